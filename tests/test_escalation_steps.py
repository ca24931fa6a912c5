from odoo.exceptions import UserError
from odoo.tests import tagged

from .dunning_common import DunningCommon
from .escalation_common import EscalationCommon


@tagged("post_install", "-at_install")
class TestEscalationSteps(DunningCommon, EscalationCommon):
    """The dunning steps *escalation* and *credit hold* act through this room."""

    def at_hold(self):
        """An account whose item came to the credit hold step, and the notice of it."""
        self.bill = self.invoice(self.acme, 900, overdue=45)
        self.noticed(self.bill, 30, ago=8)
        self.acme_account = self.account(self.acme)
        self.confirm()
        return self.notice(self.acme, channel="credit_hold")

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.acme = cls.customer("Step Corp.")

    def test_a_step_proposes_a_hold(self):
        notice = self.at_hold()
        hold = self.acme_account.credit_hold_proposed_id
        self.assertEqual((hold.state, hold.source, hold.notice_id), ("proposed", "step", notice))
        self.assertFalse(self.acme_account.credit_hold_id)
        self.assertEqual(notice.task_id.user_id, self.max)
        self.confirm()
        self.assertEqual(self.acme_account.credit_hold_ids, hold)
        notice.task_id.with_user(self.max).action_feedback(feedback="Yes")
        self.assertEqual((hold.state, hold.date_from, notice.state), ("active", self.today, "sent"))
        self.assertFigures(self.acme, status="credit_hold")

    def test_accepted_on_the_hold_the_step_is_reached(self):
        notice = self.at_hold()
        hold = self.acme_account.credit_hold_proposed_id
        with self.assertRefused(UserError, "Only assistant managers"):
            hold.with_user(self.collector).action_accept()
        hold.with_user(self.ana).action_accept()
        self.assertEqual((hold.state, hold.set_by_id, notice.state), ("active", self.ana, "sent"))
        self.assertFalse(notice.task_id.active)

    def test_refused_the_step_is_reached_without_a_hold(self):
        notice = self.at_hold()
        hold = self.acme_account.credit_hold_proposed_id
        with self.assertRefused(UserError, "is a matter for: Manager"):
            hold.with_user(self.ana)._refuse("x")
        with self.assertRefused(UserError, "Say why"):
            hold.with_user(self.max)._refuse(" ")
        hold.with_user(self.max)._refuse("They pay on Friday")
        self.assertEqual((hold.state, hold.end_reason, notice.state), ("refused", "They pay on Friday", "sent"))
        with self.at(1):
            self.confirm()
        self.assertEqual(self.acme_account.credit_hold_ids, hold, "Not proposed again")

    def test_paid_the_proposal_falls(self):
        self.at_hold()
        hold = self.acme_account.credit_hold_proposed_id
        self.pay(self.bill)
        self.confirm()
        self.assertEqual(hold.state, "refused")

    def test_a_joined_notice_takes_the_proposal_along(self):
        self.at_hold()
        hold = self.acme_account.credit_hold_proposed_id
        other = self.invoice(self.acme, 100, overdue=45)
        self.noticed(other, 30, ago=8)
        self.confirm()
        joined = self.notice(self.acme, channel="credit_hold")
        self.assertEqual((len(joined.line_ids), hold.notice_id, hold.state), (2, joined, "proposed"))
        joined.with_user(self.max).action_done()
        self.assertEqual(hold.state, "active")

    def test_a_step_may_set_at_once(self):
        self.company.collection_credit_hold_by_step = "set"
        notice = self.at_hold()
        hold = self.acme_account.credit_hold_id
        self.assertEqual((hold.source, hold.notice_id, notice.state), ("step", notice, "sent"))
        self.assertFalse(notice.task_id)

    def test_on_hold_already(self):
        self.bill = self.invoice(self.acme, 900, overdue=45)
        self.account(self.acme)._set_credit_hold("By hand")
        notice = self.at_hold()
        self.assertEqual((notice.state, len(self.acme_account.credit_hold_ids)), ("sent", 1))

    def test_a_step_escalates(self):
        bill = self.invoice(self.acme, 900, overdue=75)
        self.noticed(bill, 45, ago=30, channel="credit_hold")
        self.noticed(bill, 60, ago=15, channel="final_demand")
        self.confirm()
        account = self.account(self.acme)
        escalation = self.open_of(account)
        self.assertEqual((escalation.trigger, escalation.user_id), ("step", self.max))
        self.assertIn("900.00", escalation.reason)
        notice = self.notice(self.acme, channel="escalation")
        self.assertEqual((notice.state, notice.task_id.exists()), ("sent", notice.task_id.browse()))
        self.confirm()
        self.assertEqual(self.open_of(account), escalation)

    def test_whom_the_step_names(self):
        self.step(75).responsible = "assistant"
        bill = self.invoice(self.acme, 900, overdue=75)
        self.noticed(bill, 45, ago=30, channel="credit_hold")
        self.noticed(bill, 60, ago=15, channel="final_demand")
        self.confirm()
        self.assertEqual(self.open_of(self.account(self.acme)).user_id, self.ana)

    # ------------------------------------------------------------------
    # Chasing and releasing
    # ------------------------------------------------------------------

    def test_a_hold_never_stops_chasing(self):
        bill = self.invoice(self.acme, 900, overdue=3)
        account = self.account(self.acme)
        before = (account.amount_collectible, account.on_worklist)
        account.with_user(self.ana)._set_credit_hold("Stop deliveries")
        account._refresh()
        self.assertEqual((account.amount_collectible, account.on_worklist), before)
        self.on_day(0)
        self.assertEqual(self.sent_steps(bill), [3])

    def test_the_limit_is_the_policys(self):
        self.company.collection_credit_hold_limit = 100
        self.invoice(self.acme, 500, overdue=3)
        account = self.account(self.acme)
        hold = account._set_credit_hold("x")
        self.assertEqual(hold._release_limits(self.company), {account.id: 100})
        self.policy.credit_hold_limit = 300
        self.assertEqual(hold._release_limits(self.company), {account.id: 300})
        account.policy_id = self.make_policy((3, "email"), name="Gentle", credit_hold_limit=700)
        self.assertEqual(hold._release_limits(self.company), {account.id: 700})
        version = self.change_steps({3: {"days": 4}}, account.policy_id)
        self.assertEqual(version.credit_hold_limit, 700)
        version.credit_hold_limit = 50
        self.assertEqual(hold._release_limits(self.company), {account.id: 50})
