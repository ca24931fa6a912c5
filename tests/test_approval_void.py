from odoo.exceptions import UserError
from odoo.tests import tagged

from .approval_common import ApprovalCommon


@tagged("post_install", "-at_install")
class TestApprovalVoid(ApprovalCommon):
    """A change of what was asked voids it; the facts are the record's amount here, and every change counts."""

    def setUp(self):
        super().setUp()
        self.voided = []
        self.enterContext(
            self.subject(
                approval_facts=lambda record: {"amount": record.amount},
                approval_differs=lambda _record, approved, now: approved != now,
                on_voided=lambda _records, reason: self.voided.append(reason),
            )
        )
        self.approval = self.ask()

    def _change(self, amount, user=None):
        self.demand.with_user(user or self.collector).sudo()._unguarded().write({"amount": amount})

    def test_waiting(self):
        self._change(120)
        self.assertEqual((self.approval.state, self.demand.approval_state), ("void", False))
        self.assertIn(self.collector.name, self.approval.void_reason)
        self.assertEqual(len(self.voided), 1)
        self.assertIn("to be submitted again", self.demand.message_ids[0].body)
        with self.assertRefused(UserError, "is void: Changed by"):
            self.approve(self.approval, self.manager)
        self.assertEqual(self.ask().state, "waiting")

    def test_approved_but_not_executed(self):
        self.approve(self.approval, self.manager)
        self._change(120)
        self.assertEqual((self.approval.state, self.approval.approver_id), ("void", self.manager))
        self.assertFalse(self.demand.approval_state)

    def test_executed_stays(self):
        self.approve(self.approval, self.manager)
        with self.subject(approval_is_open=False):
            self._change(120)
        self.assertEqual((self.approval.state, self.demand.approval_state), ("approved", "approved"))

    def test_what_is_no_fact_changes_nothing(self):
        self.demand._unguarded().write({"error": "x"})
        self._change(100)
        self.assertEqual(self.approval.state, "waiting")
        self.assertFalse(self.voided)

    def test_facts_of_any_kind(self):
        """They are kept as JSON: dates and tuples come back as something else, which is no change."""
        self.demand._void_approvals("Again")
        with self.subject(approval_facts=lambda record: {"day": record.date, "pair": (1, 0.1), 7: record.amount}):
            self.ask()
            self.demand._unguarded().write({"error": "x"})
            self.assertEqual(self.demand.approval_state, "waiting")
            self._change(101)
            self.assertFalse(self.demand.approval_state)

    def test_all_levels_go(self):
        self.demand._void_approvals("Again")
        with self.subject(approval_roles=("assistant", "manager")):
            self.approve(self.ask(), self.assistant)
            self._change(120)
        self.assertEqual(set(self.demand.approval_ids.mapped("state")), {"void"})

    def test_change_that_nobody_noticed_is_found_when_approving(self):
        """Facts that come from elsewhere: nothing is approved that was not asked."""
        self.env.flush_all()
        self.cr.execute("UPDATE collection_notice SET amount = 120 WHERE id = %s", [self.demand.id])
        self.env.invalidate_all()
        answer = self.approve(self.approval, self.manager)
        self.assertEqual(answer["params"]["type"], "warning")
        self.assertEqual((self.approval.state, self.demand.approval_state), ("void", False))

    def test_refusing_needs_no_unchanged_facts(self):
        self.cr.execute("UPDATE collection_notice SET amount = 120 WHERE id = %s", [self.demand.id])
        self.env.invalidate_all()
        self.refuse(self.approval, self.manager)
        self.assertEqual(self.approval.state, "refused")

    def test_approval_that_was_not_needed_may_be_now(self):
        self.demand._void_approvals("Again")
        limit = lambda record: ("manager",) if record.amount > 100 else ()
        with self.subject(approval_roles=limit):
            self.ask()
            self.assertEqual(self.demand.approval_state, "not_needed")
            self._change(90)
            self.assertEqual(self.demand.approval_state, "not_needed")
            self._change(101)
            self.assertFalse(self.demand.approval_state)

    def test_deleted_record(self):
        self.demand._unguarded().unlink()
        self.assertEqual((self.approval.state, self.approval.void_reason), ("void", "Deleted"))
        with self.assertRefused(UserError, "no longer exists"):
            self.approval.action_open_record()
