from odoo import SUPERUSER_ID
from odoo.exceptions import AccessError, UserError
from odoo.tests import tagged

from .dunning_common import DunningCommon


@tagged("post_install", "-at_install")
class TestDunningFinalDemand(DunningCommon):
    """A manager approves final demands: the policy's step asks, so whoever confirmed the run may approve."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.manager, cls.assistant = cls.member("manager"), cls.member("assistant")
        cls.move = cls.old(cls.acme)

    @classmethod
    def old(cls, partner, amount=100):
        """An invoice that is ripe for a final demand."""
        move = cls.invoice(partner, amount, overdue=60)
        cls.noticed(move, 30, ago=20)
        return move

    def final(self, partner=None):
        return self.notice(partner or self.acme, channel="final_demand", state="due")

    def approve(self, notice, user=None):
        return notice.with_user(user or self.manager).action_approve()

    # ------------------------------------------------------------------
    # Asked and decided
    # ------------------------------------------------------------------

    def test_the_step_asks(self):
        self.confirm()
        approval = self.final().approval_ids
        self.assertEqual((approval.state, approval.role, approval.kind), ("waiting", "manager", "final_demand"))
        self.assertEqual(approval.requester_id.id, SUPERUSER_ID)
        self.assertEqual((approval.partner_id, approval.amount, approval.date_since), (self.acme, 100, self.day(-60)))
        self.assertIn(self.move.name, str(approval.details_text))
        self.assertIn("acme.corp@example.com", approval.effect)
        self.assertIn("10 calendar days", approval.effect)

    def test_simulating_asks_nobody(self):
        self.simulate()
        self.assertFalse(self.env["collection.approval"].search_count([("kind", "=", "final_demand")]))

    def test_who_confirmed_the_run_may_approve(self):
        run = self.Run.with_user(self.manager).create({"company_id": self.company.id})
        run.action_simulate()
        run.action_confirm()
        final = self.final()
        self.assertFalse(self.go_out() & final, "Not before it is approved")
        self.approve(final)
        self.assertEqual((final.ready, final.released_by_id, final.approval_state), (True, self.manager, "approved"))
        self.assertIn(final, self.go_out())

    def test_daily_job_asks_and_does_not_approve(self):
        self.Run.with_user(SUPERUSER_ID)._run_today(self.company)
        final = self.final()
        self.assertEqual((final.approval_state, final.ready), ("waiting", False))
        with self.assertRefused(UserError, "given by people"):
            final.with_user(SUPERUSER_ID).action_release()

    def test_assistants_do_not_approve(self):
        self.confirm()
        for act in (
            lambda: self.approve(self.final(), self.assistant),
            lambda: self.final().with_user(self.assistant).action_release(),
            lambda: self.final().approval_ids.with_user(self.assistant).action_approve(),
        ):
            with self.assertRefused(UserError, "AR manager"):
                act()
        with self.assertRaises(AccessError):
            self.final().with_user(self.manager).action_submit()
        self.assertFalse(self.final().ready)

    def test_released_together_with_ordinary_notices(self):
        self.step(3).needs_release = True
        self.invoice(self.customer("Young"), 100, overdue=3)
        run = self.confirm()
        waiting = run.notice_ids.filtered("needs_release")
        self.assertEqual(len(waiting), 2)
        waiting.with_user(self.manager).action_release()
        self.assertEqual(waiting.mapped("ready"), [True, True])

    # ------------------------------------------------------------------
    # Refused
    # ------------------------------------------------------------------

    def test_refused(self):
        self.confirm()
        final = self.final()
        final.with_user(self.manager).action_refuse("Our salesman talks to them on Friday")
        self.assertEqual((final.state, final.suppress_reason), ("suppressed", "refused"))
        self.assertIn("Friday", final.error)
        self.assertIn("refused", self.reasons_anywhere(self.move))

    def reasons_anywhere(self, move):
        return self.env["collection.notice.line"].search([("move_id", "=", move.id)]).mapped("suppress_reason")

    def test_refused_is_not_proposed_again_for_a_month(self):
        self.confirm()
        self.final().with_user(self.manager).action_refuse("Not now")
        for day, proposed in ((1, 0), (29, 0), (30, 1)):
            with self.subTest(day=day), self.at(day):
                run = self.simulate()
                self.assertEqual(len(run.notice_ids.filtered(lambda each: each.channel == "final_demand")), proposed)

    def test_retry_days_of_the_policy(self):
        self.policy.final_demand_retry_days = 5
        self.confirm()
        self.final().with_user(self.manager).action_refuse("Not now")
        for day, proposed in ((4, False), (5, True)):
            with self.at(day):
                self.confirm()
                self.assertEqual(bool(self.final()), proposed)
        self.assertEqual(self.final().approval_state, "waiting")

    # ------------------------------------------------------------------
    # What changes
    # ------------------------------------------------------------------

    def test_payment_of_a_part_does_not_void(self):
        self.confirm()
        final = self.final()
        self.approve(final)
        self.pay(self.move, 40)
        self.assertIn(final, self.go_out())
        self.assertEqual((final.amount, final.approval_ids.state), (60, "approved"))

    def test_paid_while_waiting(self):
        self.confirm()
        final = self.final()
        approval = final.approval_ids
        self.pay(self.move)
        self.confirm()
        self.assertEqual((final.state, final.suppress_reason), ("suppressed", "paid"))
        self.assertEqual((approval.state, approval.void_reason), ("void", "Paid or closed meanwhile"))
        self.assertFalse(final.run_id.activity_ids)

    def test_more_to_pay_is_asked_anew(self):
        credit = self.credit(self.acme, 40)
        self.confirm()
        final = self.final()
        first = final.approval_ids
        self.assertEqual(first.amount, 60)
        self.approve(final)
        self.items(credit).collection_reserved = True
        self.assertFalse(final._send())
        self.assertEqual((first.state, first.approver_id), ("void", self.manager))
        self.assertEqual((final.state, final.ready, final.approval_state), ("due", False, "waiting"))
        again = final.approval_ids - first
        self.assertEqual((again.amount, again.requester_id.id), (100, SUPERUSER_ID))
        self.approve(final)
        self.assertTrue(final._send())

    def test_another_recipient_is_asked_anew(self):
        self.confirm()
        final = self.final()
        first = final.approval_ids
        self.approve(final)
        self.acme.collection_ap_contact_id = self.contact(self.acme)
        self.assertFalse(final._send())
        again = final.approval_ids - first
        self.assertEqual((first.state, again.state), ("void", "waiting"))
        self.assertIn("ann@example.com", again.effect)

    def test_cancelled_by_a_person(self):
        self.confirm()
        final = self.final()
        final.with_user(self.assistant).action_cancel()
        self.assertEqual(final.approval_ids.state, "void")
        self.assertIn(self.assistant.name, final.approval_ids.void_reason)

    def test_joined_by_a_later_run(self):
        """Two items, one of them ripe a day later: one request for both."""
        late = self.invoice(self.acme, 50, overdue=59)
        self.noticed(late, 30, ago=20)
        self.confirm()
        first = self.final().approval_ids
        self.assertEqual(first.amount, 100)
        with self.at(1):
            self.confirm()
        self.assertEqual(first.state, "void")
        self.assertIn("Joined", first.void_reason)
        self.assertEqual((self.final().approval_ids.amount, self.final().approval_state), (150, "waiting"))

    # ------------------------------------------------------------------
    # Many
    # ------------------------------------------------------------------

    def test_one_task_for_all(self):
        second = self.member("manager", "second")
        self.old(self.customer("Other"))
        run = self.confirm()
        self.assertLessEqual(self.manager | second, run.activity_ids.user_id)
        self.assertEqual(len(run.activity_ids), len(run.activity_ids.user_id))
        self.assertEqual(run.to_approve_count, 2)
        shown = self.env["collection.approval"].search(run.action_view_approvals()["domain"])
        self.assertEqual(len(shown), 2)
        self.approve(self.final())
        self.assertTrue(run.activity_ids)
        self.approve(self.final(self.env["res.partner"].search([("name", "=", "Other")])))
        self.assertFalse(run.activity_ids)

    def test_asking_and_deciding_take_as_many_queries_for_many(self):
        counts = {}
        for number in (3, 30):
            for index in range(number):
                self.old(self.customer(f"Customer {number}-{index}"))
            run = self.simulate()
            asked = self._queries(run.action_confirm)
            self.assertEqual(run.to_approve_count, number + (number == 3))
            waiting = run.notice_ids.approval_ids.with_user(self.manager)
            counts[number] = asked, self._queries(waiting.action_approve)
            self.assertFalse(run.to_approve_count)
        for few, many in zip(counts[3], counts[30]):
            self.assertLessEqual(many - few, 12, counts)

    def _queries(self, work):
        self.env.flush_all()
        self.env.invalidate_all()
        before = self.cr.sql_log_count
        work()
        self.env.flush_all()
        return self.cr.sql_log_count - before
