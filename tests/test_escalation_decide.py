from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tests import tagged

from .escalation_common import EscalationCommon


@tagged("post_install", "-at_install")
class TestEscalationDecide(EscalationCommon):
    """Asking, deciding, and what each decision does."""

    # ------------------------------------------------------------------
    # Asking
    # ------------------------------------------------------------------

    def test_a_collector_asks(self):
        escalation = self.request()
        self.assertEqual(
            (escalation.trigger, escalation.state, escalation.from_user_id, escalation.user_id, escalation.rung),
            ("request", "open", self.collector, self.ana, "assistant"),
        )
        self.assertEqual((escalation.opened_date, escalation.due_date), (self.today, self.day(1)))
        self.assertEqual((escalation.amount_overdue, escalation.oldest_days), (1000, 40))
        self.assertEqual((self.tasks(escalation), escalation.activity_ids.date_deadline), (self.ana, self.day(1)))
        self.assertEqual(self.kinds(escalation), ["opened"])
        self.assertRegex(self.told(self.ana)[0], "Escalated to you: Acme")
        self.assertFigures(self.acme, status="escalated", escalation_count=1, escalation_due_date=self.day(1))
        self.assertIn("Ana Assistant decides by", self.acme_account.escalation_text)

    def test_friday_is_due_on_monday(self):
        with self.at(2):
            self.assertEqual(self.request().due_date, self.day(5))

    def test_days_are_a_setting(self):
        self.company.collection_escalation_days = 3
        self.assertEqual(self.request().due_date, self.day(5))
        with self.assertRaises(ValidationError):
            self.company.collection_escalation_days = 0

    def test_dialog_proposes_the_next_above(self):
        dialog = self.env["collection.escalation.open"]
        for user, above in ((self.collector, self.ana), (self.ana, self.max), (self.max, self.cleo)):
            with self.subTest(user.login):
                wizard = dialog.with_user(user).create({"account_ids": self.acme_account.ids, "reason": "x"})
                self.assertEqual((wizard.user_id, wizard.due_date), (above, self.day(1)))
                self.assertNotIn(user, wizard.candidate_ids)
        wizard.action_open()
        self.assertEqual(self.open_of().from_user_id, self.max)

    def test_several_accounts_at_once(self):
        beta = self.customer("Beta")
        self.invoice(beta, 50, overdue=3)
        accounts = self.acme_account | self.account(beta)
        found = self.request(account=accounts)
        self.assertEqual(len(found), 2)
        self.assertEqual(self.told(self.ana), ["2 escalations for you to decide"])

    def test_what_is_refused(self):
        cases = (
            (lambda: self.request(reason=" "), "Say what it is about"),
            (lambda: self.request(due_date=self.day(-1)), "is past"),
            (lambda: self.request(user=self.collector), "choose an assistant manager or a manager"),
            (lambda: self.request(user=self.ana, by=self.ana), "nobody decides on what they asked for"),
            (lambda: self.request(user=self.env["res.users"]), "nobody in .* who could decide"),
            (lambda: self.acme_account.browse()._request_escalation(self.ana, "x"), "at least one account"),
        )
        for act, words in cases:
            with self.subTest(words), self.assertRefused(UserError, words):
                act()
        self.request()
        with self.assertRefused(UserError, "is with Ana Assistant already"):
            self.request(user=self.max)
        self.assertEqual(len(self.open_of()), 1)

    def test_accounts_of_two_companies(self):
        other = self.second_company()["company"]
        self.invoice(self.acme, 5, overdue=3, company=other)
        theirs = self.account(self.acme, other)
        with self.assertRefused(UserError, "one company"):
            (self.acme_account | theirs)._request_escalation(self.max, "x")
        with self.assertRefused(UserError, "Max Manager does not work in Second"):
            theirs._request_escalation(self.max, "x")

    # ------------------------------------------------------------------
    # Deciding
    # ------------------------------------------------------------------

    def test_who_decides(self):
        for user in (self.max, self.cleo, self.ana):
            self.assertTrue(self.request().with_user(user).may_decide, user.login)
            self.decide(self.open_of(), by=user)
        escalation = self.request(user=self.max, by=self.ana)
        for user, words in (
            (self.collector, "is with Max Manager"),
            (self.ana, "you asked for it, so somebody else decides"),
        ):
            with self.subTest(user.login), self.assertRefused(UserError, words):
                escalation.with_user(user).action_decide()
        self.decide(escalation, by=self.cleo)
        self.assertEqual((escalation.decided_by_id, escalation.decided_date), (self.cleo, self.today))

    def test_below_nobody_decides(self):
        escalation = self.request(user=self.max)
        with self.assertRefused(UserError, "is with Max Manager"):
            escalation.with_user(self.ana)._decide("advise", "x")
        with self.assertRaises(AccessError):
            escalation.with_user(self.member("accountant"))._decide("advise", "x")

    def test_once_and_with_words(self):
        escalation = self.request().with_user(self.ana)
        for decision, note, words in ((None, "x", "Choose"), ("nonsense", "x", "Choose"), ("advise", " ", "Say what")):
            with self.subTest(words), self.assertRefused(UserError, words):
                escalation._decide(decision, note)
        escalation._decide("advise", "Call the owner")
        for decision in ("advise", "hold"):
            with self.assertRefused(UserError, "is decided already: Ana Assistant"):
                escalation.with_user(self.max)._decide(decision, "x")
        self.assertFalse(escalation.activity_ids)
        self.assertEqual(self.kinds(escalation), ["opened", "decided"])

    def test_nothing_is_written_by_hand(self):
        escalation = self.request()
        self.decide(escalation)
        for user in (self.max, self.env.user):
            for name, value in (("state", "open"), ("decision", "hold"), ("user_id", self.max.id), ("reason", "x")):
                with self.assertRaises(AccessError):
                    escalation.with_user(user).write({name: value})
            with self.assertRaises(AccessError):
                escalation.event_ids[:1].with_user(user).write({"note": "x"})
        with self.assertRaises(UserError):
            escalation.sudo().unlink()
        with self.assertRaises(UserError):
            escalation.event_ids.sudo().unlink()

    def test_withdrawn_by_whoever_asked(self):
        escalation = self.request()
        with self.assertRefused(UserError, "only they or a manager"):
            escalation.with_user(self.ana).action_withdraw()
        escalation.with_user(self.collector).action_withdraw()
        self.assertEqual(escalation.state, "withdrawn")
        self.assertFalse(escalation.activity_ids)
        with self.assertRefused(UserError, "Withdrawn"):
            escalation.with_user(self.ana)._decide("advise", "x")
        self.assertTrue(self.request())

    # ------------------------------------------------------------------
    # What decisions do
    # ------------------------------------------------------------------

    def test_advise(self):
        self.decide(self.request(), "advise", "Call the owner")
        task = self.acme_account.task_ids
        self.assertEqual((task.user_id, task.date_deadline), (self.collector, self.today))
        self.assertIn("Call the owner", task.summary)
        self.assertFigures(self.acme, task_due_date=self.today, on_worklist=True, status="past_due")
        self.assertIn("ESC/", self.told(self.collector)[-1])

    def test_take_over(self):
        escalation = self.decide(self.request(), "take_over", "I know the owner")
        self.assertEqual(self.acme_account.collector_id, self.ana)
        self.assertTrue(self.acme_account.collector_locked)
        line = self.acme_account.assignment_ids[:1]
        self.assertEqual((line.kind, line.from_user_id, line.user_id), ("escalation", self.collector, self.ana))
        self.assertIn(escalation.name, line.reason)

    def test_hold(self):
        escalation = self.decide(self.request(), "hold", "No more on credit")
        hold = self.acme_account.credit_hold_id
        self.assertEqual(
            (hold.state, hold.source, hold.escalation_id, hold.set_by_id, hold.date_from),
            ("active", "escalation", escalation, self.ana, self.today),
        )
        self.assertFigures(self.acme, status="credit_hold", is_credit_hold=True)
        # On hold already: decided again, there is one.
        self.decide(self.request(), "hold", "Still")
        self.assertEqual(self.acme_account.credit_hold_ids, hold)

    def test_placement(self):
        self.decide(self.request(), "placement", "Give it to an agency")
        task = self.acme_account.activity_ids.filtered(lambda each: each.summary == "Placement review")
        self.assertEqual(task.user_id, self.max)
        self.assertIn("Give it to an agency", task.note)

    def test_change_plan(self):
        self.decide(self.request(), "change_plan", "Half now, half in June")
        self.assertRegex(self.acme_account.task_ids.summary, "plan of action: Half now")

    def test_whoever_drew_up_the_plan_changes_it(self):
        author = self.member("collector", "author")
        self.env["collection.plan"].with_user(author).create(
            {"account_id": self.acme_account.id, "root_cause": "A loan"}
        )
        self.decide(self.request(), "change_plan", "Half now, half in June")
        self.assertEqual(self.acme_account.task_ids.user_id, author)

    def test_a_batch_through_the_dialog(self):
        beta = self.customer("Beta")
        self.invoice(beta, 50, overdue=3)
        found = self.request(account=self.acme_account | self.account(beta))
        action = found.with_user(self.ana).action_decide()
        wizard = (
            self.env["collection.escalation.decide"]
            .with_user(self.ana)
            .with_context(**action["context"])
            .create({"decision": "hold", "note": "Both"})
        )
        self.assertEqual((wizard.escalation_count, wizard.amount_overdue), (2, 1050))
        wizard.action_decide()
        self.assertEqual(set(found.mapped("decision")), {"hold"})
        self.assertEqual(len(self.CreditHold.search([("escalation_id", "in", found.ids)])), 2)

    def test_day_sheet(self):
        Day = self.env["collection.day"]
        self.request()

        def count(user, key):
            sections = {each["key"]: each["count"] for each in Day._of_today(user, self.company)._since_last_shift()}
            return sections.get(key)

        self.assertEqual(count(self.ana, "escalations_to_decide"), 1)
        self.assertIsNone(count(self.collector, "escalations_to_decide"))
        self.decide(self.open_of())
        self.assertEqual(count(self.ana, "escalations_to_decide"), 0)
        self.assertEqual(count(self.collector, "escalations"), 1)
