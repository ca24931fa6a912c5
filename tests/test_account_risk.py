from odoo import Command
from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tests import tagged

from .common import CollectionsCommon


@tagged("post_install", "-at_install")
class TestAccountRisk(CollectionsCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.env["collection.priority.rule"].search([("kind", "=", "risk")]).active = False
        cls.manager = cls.member("manager")
        cls.company.collection_manager_id = cls.manager
        cls.acme = cls.customer()
        cls.bill = cls.invoice(cls.acme, 1000, overdue=5)
        cls.acme_account = cls.account(cls.acme)
        cls.spoke = cls.reason("Spoke", days=5, stage="contacted")

    def _rule(self, metric="amount_overdue", threshold=1, points=50, **vals):
        vals = {"name": metric, "kind": "risk", "metric": metric, "threshold_from": threshold, "points": points, **vals}
        return self.env["collection.priority.rule"].create(vals)

    def assertRisk(self, risk, account=None):
        account = account or self.acme_account
        account._refresh()
        self.assertEqual(account.risk_class, risk)

    def tasks(self):
        """How often the account was brought before the manager: escalated, or raised again while that is open."""
        escalations = self.acme_account.escalation_ids.filtered(lambda each: each.user_id == self.manager)
        return escalations.event_ids.filtered(lambda event: event.kind in ("opened", "again"))

    def escalate(self, day):
        with self.at(day), self.enter_registry_test_mode():
            self.acme_account._refresh()
            self.env.ref("account_collections.ir_cron_escalate_risk").method_direct_trigger()
        self.env.invalidate_all()

    # ------------------------------------------------------------------
    # The class
    # ------------------------------------------------------------------

    def test_points_and_limits(self):
        rule = self._rule()
        for points, risk in ((19, "low"), (20, "medium"), (49, "medium"), (50, "high")):
            rule.points = points
            with self.subTest(points):
                self.assertRisk(risk)
                self.assertEqual(self.acme_account.risk_points, points)
        self.company.collection_risk_high = 51
        self.assertRisk("medium")

    def test_limits_must_rise(self):
        for vals in ({"collection_risk_medium": 50}, {"collection_risk_medium": 0}, {"collection_risk_days": -1}):
            with self.subTest(vals), self.assertRaises(ValidationError):
                self.company.write(vals)

    def test_lines_tell_why(self):
        self._rule(points=30, name="Owes something")
        self._rule("days_overdue", threshold=6, points=40)
        self.assertRisk("medium")
        self.assertEqual(self.acme_account.risk_lines, [{"rule": "Owes something", "points": 30, "value": 1000.0}])
        self.assertNotIn("Owes something", [line["rule"] for line in self.acme_account.priority_lines])

    def test_risk_rules_give_no_priority(self):
        self.acme_account._refresh()
        before = self.acme_account.priority
        self._rule(points=1000)
        self.assertRisk("high")
        self.assertEqual(self.acme_account.priority, before)

    def test_amount_times_age(self):
        self._rule("amount_age", threshold=5000)
        self.assertRisk("high")
        self._rule("amount_age", threshold=5001)
        self.assertEqual(self.acme_account.risk_points, 50)

    def test_day_on_which_it_rose_is_kept(self):
        self._rule("days_overdue", threshold=7)
        self.assertRisk("low")
        for day, since in ((2, self.day(2)), (3, self.day(2))):
            with self.at(day):
                self.acme_account._refresh()
            self.assertEqual(self.acme_account.risk_date, since)

    def test_shipped_rules(self):
        rules = self.env["collection.priority.rule"].with_context(active_test=False).search([("kind", "=", "risk")])
        rules.active = True
        self.assertRisk("low")
        self.acme.credit_limit = 900
        self.company.account_use_credit_limit = True
        for payment in (self.pay(self.bill, 400), self.pay(self.bill, 300)):
            payment.action_draft()
            payment.action_cancel()
        self.account(self.acme)
        self.assertRisk("high")
        self.assertEqual([line["points"] for line in self.acme_account.risk_lines], [25, 25, 20])

    def test_nobody_sets_it_by_hand(self):
        for name, value in (("risk_class", "high"), ("risk_escalated_on", self.today), ("bounce_count", 3)):
            with self.subTest(name), self.assertRaises(AccessError):
                self.acme_account.with_user(self.manager).write({name: value})

    # ------------------------------------------------------------------
    # Bounced payments
    # ------------------------------------------------------------------

    def bounces(self):
        self.account(self.acme)
        return self.env["collection.bounce"].search([("account_id", "=", self.acme_account.id)])

    def assertBounced(self, amount, count=1):
        bounces = self.bounces()
        self.assertEqual(len(bounces), count)
        self.assertEqual(sum(bounces.mapped("amount_bounced")), amount)
        self.assertEqual(self.acme_account.bounce_count, len(bounces.filtered("amount_bounced")))

    def test_match_taken_off(self):
        payment = self.pay(self.bill, 400)
        self.items(payment.move_id).remove_move_reconcile()
        self.assertBounced(400)
        bounce = self.bounces()
        self.assertRecordValues(
            bounce, [{"kind": "unmatched", "payment_id": payment.id, "business_date": self.today, "amount": 400}]
        )

    def test_applied_again_is_no_bounce(self):
        payment = self.pay(self.bill, 400)
        self.items(payment.move_id).remove_move_reconcile()
        other = self.invoice(self.acme, 300)
        (self.items(payment.move_id) | self.items(other)).reconcile()
        self.assertBounced(100)
        (self.items(payment.move_id) | self.items(self.bill)).reconcile()
        self.assertBounced(0)

    def test_returned_by_the_bank_is_one(self):
        payment = self.pay(self.bill, 400)
        self.items(payment.move_id).remove_move_reconcile()
        returned = self.entry(self.acme, 400, journal_id=self.bank.id)
        (self.items(payment.move_id) | self.items(returned)).reconcile()
        self.assertBounced(400)

    def test_reset_to_draft_and_cancelled_is_one_bounce(self):
        payment = self.pay(self.bill, 400)
        payment.action_draft()
        self.assertBounced(400)
        payment.action_cancel()
        self.assertBounced(400)
        payment.action_draft()
        payment.action_post()
        self.assertBounced(400)  # its matches are gone

    def test_cancelled_at_once(self):
        self.pay(self.bill, 400).action_cancel()
        self.assertBounced(400)
        self.assertEqual(self.bounces().kind, "cancelled")

    def test_draft_that_is_posted_again(self):
        payment = self.pay(self.bill, 400)
        payment.action_draft()
        payment.action_post()
        self.assertBounced(0)

    def test_rejected(self):
        with self.without_entries():
            payment = self.pay(self.bill, 400)
            payment.action_reject()
        self.assertBounced(400)
        self.assertEqual(self.bounces().kind, "rejected")

    def test_reversed(self):
        payment = self.pay(self.bill, 400)
        payment.move_id._reverse_moves(cancel=True)
        self.assertBounced(400)

    def test_reversed_and_posted_later(self):
        payment = self.pay(self.bill, 400)
        reversal = payment.move_id._reverse_moves()
        self.assertFalse(self.bounces())
        reversal.action_post()
        self.assertBounced(400)
        self.assertEqual(self.bounces().kind, "reversed")

    def test_bank_line_that_is_undone(self):
        line = self.bank_line(self.bill, 250)
        line.action_undo_reconciliation()
        self.assertBounced(250)

    def test_credit_note_taken_off_is_no_bounce(self):
        credit = self.credit(self.acme, 100)
        (self.items(credit) | self.items(self.bill)).reconcile()
        self.items(credit).remove_move_reconcile()
        self.assertFalse(self.bounces())

    def test_counts_for_a_year(self):
        self.pay(self.bill, 400).action_cancel()
        self.bounces()
        for day, count in ((364, 1), (365, 0)):
            with self.at(day):
                self.acme_account._refresh()
            self.assertEqual(self.acme_account.bounce_count, count)

    def test_bookkeeper_without_collections(self):
        clerk = self.member("accountant")
        payment = self.pay(self.bill, 400)
        payment.with_user(clerk).action_draft()
        self.assertBounced(400)
        self.assertEqual(self.bounces().user_id, clerk)

    def test_kept_by_the_system(self):
        self.pay(self.bill, 400).action_cancel()
        bounce = self.bounces().with_user(self.manager)
        with self.assertRaises(UserError):
            bounce.amount = 1
        with self.assertRaises(UserError):
            bounce.unlink()

    # ------------------------------------------------------------------
    # Escalation: two business days without a touch
    # ------------------------------------------------------------------

    def test_escalates_after_two_business_days_once(self):
        self._rule()
        self.assertRisk("high")
        self.escalate(1)  # high since Wednesday; Thursday
        self.assertFalse(self.tasks())
        self.escalate(2)
        self.assertEqual(len(self.tasks()), 1)
        self.assertEqual(self.acme_account.risk_escalated_on, self.day(2))
        self.escalate(3)
        self.escalate(9)
        self.assertEqual(len(self.tasks()), 1)

    def test_weekend_and_holiday_do_not_count(self):
        # High since Friday the 20th; Monday is a holiday: escalated on Wednesday.
        self.env["resource.calendar.leaves"].create(
            {
                "name": "Founder's Day",
                "calendar_id": self.company._collection_business_calendar().id,
                "date_from": "2026-03-23 05:00:00",
                "date_to": "2026-03-24 03:00:00",
            }
        )
        self._rule("days_overdue", threshold=7)
        for day, count in ((2, 0), (3, 0), (4, 0), (5, 0), (6, 0), (7, 1)):
            with self.subTest(day):
                self.escalate(day)
                self.assertEqual(len(self.tasks()), count)

    def test_touching_begins_anew(self):
        self._rule()
        with self.at(1):
            self.acme_account._refresh()
            self.acme_account._work("done", self.spoke)
        self.escalate(2)
        self.assertFalse(self.tasks())
        self.escalate(5)  # Monday: Friday and Monday have passed
        self.assertEqual(len(self.tasks()), 1)
        with self.at(5):
            self.acme_account._work("done", self.spoke)
        self.escalate(6)
        self.assertEqual(len(self.tasks()), 1)
        self.escalate(7)
        self.assertEqual(len(self.tasks()), 2)

    def test_skipping_is_no_touch(self):
        self._rule()
        self.assertRisk("high")
        with self.at(1):
            self.acme_account._refresh()
            self.acme_account._work("skip", self.env.ref("account_collections.work_reason_skip_time"))
        self.escalate(2)
        self.assertEqual(len(self.tasks()), 1)

    def test_nothing_overdue_and_never(self):
        rule = self._rule()
        self.company.collection_risk_days = 0
        self.escalate(9)
        self.assertFalse(self.tasks())
        self.company.collection_risk_days = 2
        rule.write({"metric": "bounce_count", "threshold_from": 0})
        self.pay(self.bill)
        self.account(self.acme)
        self.escalate(12)
        self.assertEqual(self.acme_account.risk_class, "high")
        self.assertFalse(self.tasks())

    def test_goes_to_whoever_manages(self):
        self.company.collection_manager_id = False
        self.assertTrue(self.company._collection_manager().has_group("account_collections.group_manager"))
        self.manager.active = False
        self.company.collection_manager_id = self.manager
        self.assertNotEqual(self.company._collection_manager(), self.manager)

    def test_each_company_by_its_own_day(self):
        manila = self.second_company(collection_tz="Asia/Manila")["company"]
        manila.collection_manager_id = self.manager
        self.manager.company_ids = [Command.link(manila.id)]
        self.invoice(self.acme, 7, overdue=5, company=manila)
        theirs = self.account(self.acme, manila)
        self._rule()
        (self.acme_account | theirs)._refresh()  # high since Wednesday in both
        with self.at("2026-03-19 16:30:00"):  # Friday in Manila, Thursday in New York
            self.assertEqual(self.Account._untouched_risks(manila), theirs)
            self.assertFalse(self.Account._untouched_risks(self.company))
