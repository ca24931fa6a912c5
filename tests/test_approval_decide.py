from psycopg2 import IntegrityError

from odoo import SUPERUSER_ID
from odoo.exceptions import UserError
from odoo.tests import Form, tagged
from odoo.tools import mute_logger

from .approval_common import ApprovalCommon

LEVELS = {"approval_roles": ("assistant", "manager")}


@tagged("post_install", "-at_install")
class TestApprovalDecide(ApprovalCommon):
    # ------------------------------------------------------------------
    # Asking
    # ------------------------------------------------------------------

    def test_what_is_asked_is_kept(self):
        approval = self.ask()
        self.assertEqual((approval.state, approval.role, approval.level), ("waiting", "manager", 1))
        self.assertEqual((approval.requester_id, approval.company_id), (self.collector, self.company))
        self.assertEqual((approval.amount, approval.currency_id), (100, self.company.currency_id))
        self.assertEqual((approval.partner_id, approval.account_id.partner_id), (self.acme, self.acme))
        self.assertEqual((approval.date_since, approval.age), (self.day(-60), 60))
        self.assertIn(self.move.name, str(approval.details_text))
        self.assertTrue(approval.effect)
        self.assertRegex(approval.name, r"^APR/\d{5}$")
        self.assertEqual(self.demand.approval_state, "waiting")
        self.assertEqual(self.demand.approval_ids, approval)

    def test_once_at_a_time(self):
        self.ask()
        with self.assertRefused(UserError, "submitted already: Waiting"):
            self.ask()

    @mute_logger("odoo.sql_db")
    def test_database_keeps_one_waiting_per_level(self):
        approval = self.ask()
        with self.assertRaises(IntegrityError), self.cr.savepoint():
            approval._unguarded().copy({"res_id": approval.res_id, "res_model": approval.res_model})
            self.env.flush_all()

    def test_nobody_has_to(self):
        approved = []
        with self.subject(approval_roles=(), on_approved=approved.append):
            self.assertFalse(self.ask())
        self.assertEqual((self.demand.approval_state, len(approved)), ("not_needed", 1))

    def test_nobody_but_the_requester_can(self):
        self.leave_only(self.manager, self.assistant, self.collector)
        with self.assertRefused(UserError, f"{self.company.name} needs another user with the role “AR manager”"):
            self.ask(self.manager)
        self.assertFalse(self.demand.approval_state)
        self.ask(self.collector)

    def test_money_limits_can_leave_nobody(self):
        nobody = self.env["res.users"]
        with self.subject(may_approve=nobody), self.assertRefused(UserError, "Nobody else can approve"):
            self.ask()

    def test_lowest_role_first_and_the_next_where_it_is_empty(self):
        with self.subject(approval_roles=("assistant",)):
            self.assertEqual(self.ask().role, "assistant")
            self.demand._void_approvals("Again")
            self.assistant.active = False
            self.assertEqual(self.ask().role, "manager")
            self.demand._void_approvals("Again")
            (self.manager | self.second).active = False
            self.assertEqual(self.ask().role, "controller")

    def test_role_of_the_requester_is_empty_without_them(self):
        self.second.active = False
        self.assertEqual(self.ask(self.manager).role, "controller")

    # ------------------------------------------------------------------
    # Who decides
    # ------------------------------------------------------------------

    def test_roles(self):
        """Whoever has the role or a higher one decides; nobody else, whatever they call."""
        for role, able in (
            ("assistant", ("assistant", "manager", "controller")),
            ("manager", ("manager", "controller")),
            ("controller", ("controller",)),
        ):
            for name in ("collector", "assistant", "manager", "controller"):
                with self.subTest(asked=role, by=name), self.cr.savepoint() as savepoint:
                    with self.subject(approval_roles=(role,)):
                        approval = self.ask(self.second if role != "controller" else self.collector)
                    user = getattr(self, name)
                    if name in able:
                        self.approve(approval, user)
                        self.assertEqual((approval.state, approval.approver_id), ("approved", user))
                    else:
                        with self.assertRaises(UserError):
                            self.approve(approval, user)
                        self.assertEqual(approval.state, "waiting")
                    savepoint.rollback()
                    self.env.invalidate_all()

    def test_requester_decides_nothing(self):
        approval = self.ask(self.manager)
        for act in (
            approval.with_user(self.manager).action_approve,
            self.demand.with_user(self.manager).action_approve,
        ):
            with self.assertRefused(UserError, "you asked for this yourself"):
                act()
        with self.assertRefused(UserError, "you asked for this yourself"):
            self.refuse(approval, self.manager)
        with self.assertRefused(UserError, "you asked for this yourself"):
            self.approve(approval.sudo(), self.manager)

    @mute_logger("odoo.sql_db")
    def test_database_keeps_the_two_apart(self):
        approval = self.ask(self.manager)
        with self.assertRaises(IntegrityError), self.cr.savepoint():
            self.cr.execute("UPDATE collection_approval SET approver_id = requester_id WHERE id = %s", [approval.id])
        with self.assertRaises(IntegrityError), self.cr.savepoint():
            self.cr.execute("UPDATE collection_approval SET state = 'approved' WHERE id = %s", [approval.id])

    def test_the_system_approves_nothing(self):
        approval = self.ask()
        for records in (approval.with_user(SUPERUSER_ID), approval.sudo().with_user(SUPERUSER_ID)):
            with self.assertRefused(UserError, "given by people"):
                records.action_approve()
        self.assertEqual(approval.state, "waiting")

    def test_what_the_system_asked_any_manager_approves(self):
        approval = self.demand.with_user(SUPERUSER_ID)._request_approval(self.env["res.users"].browse(SUPERUSER_ID))
        self.approve(approval, self.manager)
        self.assertEqual(self.demand.approval_state, "approved")

    def test_beyond_ones_authority(self):
        approval = self.ask()
        with self.subject(may_approve=lambda _record, users: users - self.manager):
            with self.assertRefused(UserError, "beyond what you may approve"):
                self.approve(approval, self.manager)
            self.approve(approval, self.second)

    # ------------------------------------------------------------------
    # Deciding
    # ------------------------------------------------------------------

    def test_approved(self):
        done = []
        approval = self.ask()
        with self.subject(on_approved=lambda records: done.append((records, records.env.uid))):
            self.approve(approval, self.manager, "Fine")
        self.assertEqual(done, [(self.demand, self.manager.id)])
        self.assertEqual((approval.approver_id, approval.comment), (self.manager, "Fine"))
        self.assertEqual(approval.decided_on.date(), self.today)
        self.assertIn(f"Approved: {self.manager.name}", self.demand.message_ids[0].body)

    def test_refusing_needs_a_reason(self):
        approval = self.ask()
        for reason in (None, "", "  ", False, 7):
            with self.assertRefused(UserError, "needs a reason"):
                approval.with_user(self.manager).action_refuse(reason)
        said = []
        with self.subject(on_refused=lambda _records, reason: said.append(reason)):
            self.refuse(approval, self.manager, "He called yesterday")
        self.assertEqual((approval.state, approval.comment), ("refused", "He called yesterday"))
        self.assertEqual((self.demand.approval_state, said), ("refused", ["He called yesterday"]))

    def test_a_new_request_is_a_new_row(self):
        first = self.ask()
        self.refuse(first, self.manager)
        second = self.ask()
        self.assertEqual((first.state, second.state), ("refused", "waiting"))
        self.approve(second, self.manager)
        self.assertEqual(self.demand.approval_ids.sorted("id").mapped("state"), ["refused", "approved"])

    def test_decided_is_decided(self):
        approval = self.ask()
        self.approve(approval, self.manager)
        with self.assertRefused(UserError, r"decided already. Approved: manager .*, 2026-03-18 11:00 EDT"):
            self.refuse(approval, self.second)
        with self.assertRefused(UserError, "decided already"):
            self.demand.with_user(self.second).action_approve()

    def test_many_at_once(self):
        other = self.demand_for(self.invoice(self.customer("Other"), 50, overdue=61))
        approvals = self.ask() | self.ask(record=other)
        self.approve(approvals, self.manager)
        self.assertEqual(approvals.mapped("state"), ["approved"] * 2)

    def test_many_at_once_or_none(self):
        other = self.demand_for(self.invoice(self.customer("Other"), 50, overdue=61))
        approvals = self.ask() | self.ask(self.manager, other)
        with self.assertRefused(UserError, "Other"):
            self.approve(approvals, self.manager)
        self.assertEqual(approvals.mapped("state"), ["waiting"] * 2)

    def test_dialog(self):
        """As the web client opens it: from the list of approvals, and from the record; a refusal needs words there too."""
        for record, ids in ((self.Approval, self.ask().ids), (self.Notice, self.demand.ids)):
            with self.subTest(record._name), self.cr.savepoint() as savepoint:
                dialog = self.env["collection.approval.decide"].with_user(self.manager)
                dialog = dialog.with_context(active_model=record._name, active_ids=ids)
                with Form(dialog) as form:
                    self.assertEqual(form.approval_count, 1)
                    form.comment = "Not this month"
                form.record.action_decide()
                approval = self.demand.approval_ids
                self.assertEqual((approval.state, approval.comment), ("refused", "Not this month"))
                with self.assertRefused(UserError, "Nothing of this waits"):
                    dialog.create({"comment": "Again"})
                savepoint.rollback()
                self.env.invalidate_all()

    def test_withdrawn_by_the_requester_only(self):
        approval = self.ask()
        with self.assertRefused(UserError, "asked for by somebody else"):
            approval.with_user(self.manager).action_withdraw()
        approval.with_user(self.collector).action_withdraw()
        self.assertEqual((approval.state, approval.approver_id), ("void", self.env["res.users"]))

    # ------------------------------------------------------------------
    # Levels
    # ------------------------------------------------------------------

    def test_levels_one_after_the_other(self):
        with self.subject(**LEVELS):
            first = self.ask()
            self.assertEqual((first.role, first.level), ("assistant", 1))
            self.approve(first, self.assistant, "Worth it")
            second = self.demand.approval_ids - first
            self.assertEqual((second.role, second.level, second.requester_id), ("manager", 2, self.collector))
            self.assertEqual(self.demand.approval_state, "waiting")
            self.approve(second, self.manager)
            self.assertEqual(self.demand.approval_state, "approved")

    def test_two_signatures_are_two_peoples(self):
        with self.subject(**LEVELS):
            first = self.ask()
            self.approve(first, self.manager)
            second = self.demand.approval_ids - first
            with self.assertRefused(UserError, "you gave the first signature"):
                self.approve(second, self.manager)
            self.approve(second, self.second)

    def test_second_signature_that_nobody_could_give(self):
        self.leave_only(self.collector, self.assistant, self.manager)
        with self.subject(**LEVELS):
            first = self.ask()
            with self.assertRefused(UserError, "needs another user"):
                self.approve(first, self.manager)
            self.assertEqual(first.state, "waiting")
            self.approve(first, self.assistant)
            self.approve(self.demand.approval_ids - first, self.manager)

    def test_refused_at_the_second_level_starts_anew(self):
        with self.subject(**LEVELS):
            self.approve(self.ask(), self.assistant)
            self.refuse(self.demand.approval_ids.filtered(lambda each: each.level == 2), self.manager)
            again = self.ask()
            self.assertEqual((again.level, again.state), (1, "waiting"))
            self.approve(again, self.assistant)
            self.approve(self.demand.approval_ids.filtered(lambda each: each.state == "waiting"), self.manager)
        self.assertEqual(self.demand.approval_state, "approved")

    # ------------------------------------------------------------------
    # Tasks
    # ------------------------------------------------------------------

    def _tasks(self, approval, active=True):
        domain = [("res_model", "=", approval._name), ("res_id", "=", approval.id), ("active", "=", active)]
        return self.env["mail.activity"].with_context(active_test=False).search(domain)

    def test_tasks_of_the_approvers(self):
        approval = self.ask(self.second)
        self.assertEqual(self._tasks(approval).user_id, self.manager)
        self.assertEqual(self._tasks(approval).summary, approval.title)
        self.approve(approval, self.manager)
        self.assertFalse(self._tasks(approval))
        self.assertEqual(self._tasks(approval, active=False).user_id, self.manager)

    def test_tasks_of_the_others_fall_away(self):
        approval = self.ask()
        self.assertEqual(self._tasks(approval).user_id, self.manager | self.second)
        self.refuse(approval, self.controller)
        self.assertFalse(self._tasks(approval) | self._tasks(approval, active=False))
