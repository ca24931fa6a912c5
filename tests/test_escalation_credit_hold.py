from odoo.exceptions import AccessError, UserError
from odoo.tests import tagged

from .escalation_common import EscalationCommon


@tagged("post_install", "-at_install")
class TestEscalationCreditHold(EscalationCommon):
    """Set, lifted with a reason by a manager, kept; proposed for release when little enough is overdue."""

    def set_hold(self, by=None, account=None, reason="Stop deliveries"):
        wizard = (
            self.env["collection.credit.hold.change"]
            .with_user(by or self.ana)
            .create({"act": "set", "account_ids": (account or self.acme_account).ids, "reason": reason})
        )
        wizard.action_set()
        return (account or self.acme_account).credit_hold_id

    def lift(self, hold, by=None, reason="Paid"):
        self.env["collection.credit.hold.change"].with_user(by or self.max).create(
            {"act": "lift", "hold_ids": hold.ids, "reason": reason}
        ).action_end()

    def test_set_and_lifted(self):
        hold = self.set_hold()
        self.assertEqual(
            (hold.state, hold.source, hold.set_by_id, hold.date_from, hold.amount_overdue),
            ("active", "manual", self.ana, self.today, 1000),
        )
        self.assertFigures(self.acme, status="credit_hold", is_credit_hold=True)
        self.assertRegex(self.acme_account.credit_hold_text, "^Credit hold since .*: Stop deliveries$")
        self.assertRegex(self.told(self.collector)[0], "CH/")
        with self.at(3):
            self.lift(hold)
        self.assertEqual(
            (hold.state, hold.date_to, hold.ended_by_id, hold.end_reason), ("lifted", self.day(3), self.max, "Paid")
        )
        self.assertFigures(self.acme, status="past_due", is_credit_hold=False)
        self.assertFalse(self.acme_account.credit_hold_text)
        again = self.set_hold()
        self.assertEqual(self.acme_account.credit_hold_ids, again | hold)

    def test_only_managers_lift(self):
        hold = self.set_hold()
        for user in (self.ana, self.collector, self.member("auditor")):
            with self.subTest(user.login), self.assertRefused(AccessError, "Only AR managers lift"):
                hold.with_user(user)._lift("x")
            with self.assertRaises(AccessError):
                hold.with_user(user).action_lift()
        with self.assertRaises(AccessError):
            self.acme_account.with_user(self.ana).action_lift_credit_hold()
        self.assertEqual(self.acme_account.with_user(self.max).action_lift_credit_hold()["target"], "new")

    def test_collectors_set_none(self):
        with self.assertRefused(UserError, "Only assistant managers"):
            self.acme_account.with_user(self.collector).action_credit_hold()
        with self.assertRaises(AccessError):
            self.set_hold(by=self.collector)

    def test_what_is_refused(self):
        for reason in (False, " "):
            with self.assertRefused(UserError, "needs a reason"):
                self.set_hold(reason=reason)
        hold = self.set_hold()
        with self.assertRefused(UserError, "is on credit hold already"):
            self.set_hold()
        with self.assertRefused(UserError, "Say why"):
            self.lift(hold, reason=" ")
        self.lift(hold)
        self.lift(hold, reason="Again")
        self.assertEqual(hold.end_reason, "Paid")
        self.entry(False, 10, overdue=3)
        with self.assertRefused(UserError, "no customer"):
            self.set_hold(account=self.account(False))

    def test_history_is_kept(self):
        hold = self.set_hold()
        for name, value in (("state", "lifted"), ("reason", "x"), ("date_from", self.day(-3))):
            with self.assertRaises(AccessError):
                hold.with_user(self.max).write({name: value})
        with self.assertRaises(UserError):
            hold.sudo().unlink()

    # ------------------------------------------------------------------
    # Banner
    # ------------------------------------------------------------------

    def test_whoever_invoices_or_calls_knows(self):
        invoice = self.invoice(self.acme, 5, post=False)
        contact = self.contact(self.acme)
        child = self.invoice(contact, 5, post=False)
        billing = self.member("billing")
        self.assertFalse(invoice.collection_credit_hold_text)
        hold = self.set_hold()
        (invoice | child).invalidate_recordset()
        for move in invoice | child | self.bill:
            self.assertIn("Stop deliveries", move.with_user(billing).collection_credit_hold_text)
        vals = {"account_id": self.acme_account.id, "account_ids": self.acme_account.ids}
        call = self.env["collection.activity"].with_user(self.collector).new(vals)
        self.assertEqual(call.credit_hold_text, self.acme_account.credit_hold_text, "Once")
        other = self.second_company()["company"]
        self.assertFalse(self.invoice(self.acme, 5, company=other).collection_credit_hold_text)
        self.lift(hold)
        invoice.invalidate_recordset()
        self.assertFalse(invoice.collection_credit_hold_text)

    # ------------------------------------------------------------------
    # Release
    # ------------------------------------------------------------------

    def test_proposed_for_release_below_the_limit(self):
        self.company.collection_credit_hold_limit = 400
        hold = self.set_hold()
        self.night(0)
        self.assertFalse(hold.release_proposed_date)
        self.pay(self.bill, 600)
        self.night(0)
        self.assertFalse(hold.release_proposed_date, "400 is not below 400")
        self.pay(self.bill, 0.01)
        self.night(1)
        self.assertEqual((hold.release_proposed_date, hold.state), (self.day(1), "active"))
        self.assertEqual(self.tasks(hold), self.max)
        self.night(1)
        self.night(2)
        self.assertEqual((len(hold.activity_ids), hold.release_proposed_date), (1, self.day(1)))
        self.invoice(self.acme, 50, overdue=3)
        self.night(2)
        self.assertFalse(hold.release_proposed_date or hold.activity_ids)
        self.pay(self.bill)
        self.night(3)
        self.lift(hold)
        self.assertFalse(hold.activity_ids)

    def test_without_a_limit_when_nothing_is_overdue(self):
        hold = self.set_hold()
        self.pay(self.bill, 999.99)
        self.night(0)
        self.assertFalse(hold.release_proposed_date)
        self.pay(self.bill)
        self.night(0)
        self.assertTrue(hold.release_proposed_date)

    # ------------------------------------------------------------------
    # Merging
    # ------------------------------------------------------------------

    def test_merged_customers_have_one(self):
        beta = self.customer("Beta")
        self.invoice(beta, 50, overdue=3)
        beta_account = self.account(beta)
        holds = self.set_hold() | self.set_hold(account=beta_account)
        escalations = self.request() | self.request(account=beta_account)
        self.env["base.partner.merge.automatic.wizard"]._merge((beta | self.acme).ids, self.acme)
        self.env.invalidate_all()
        self.assertEqual(sorted(holds.mapped("state")), ["active", "lifted"])
        self.assertEqual(sorted(escalations.mapped("state")), ["open", "withdrawn"])
        self.assertEqual((holds | holds).account_id, self.acme_account)
