from psycopg2.errors import CheckViolation

from odoo import Command
from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tests import tagged
from odoo.tools import mute_logger

from .plan_common import PlanCommon


@tagged("post_install", "-at_install")
class TestPlan(PlanCommon):
    """A plan from the draft to its end."""

    # ------------------------------------------------------------------
    # Submitting
    # ------------------------------------------------------------------

    def test_submitted_with_the_exposure_of_the_day(self):
        plan = self.plan((7, 400), (14, 600))
        self.assertEqual((plan.state, plan.date_start, plan.amount_expected), ("draft", self.today, 1000))
        self.invoice(self.acme, 500, overdue=-5)
        self.submit(plan)
        self.assertEqual((plan.state, plan.approval_state), ("submitted", "waiting"))
        self.assertEqual((plan.exposure_total, plan.exposure_overdue, plan.exposure_oldest_days), (1500, 1000, 40))
        self.assertEqual(plan.exposure_aging[:3], [["Not due", 500], ["1–30", 0], ["31–60", 1000]])
        self.pay(self.move, 300)
        self.Account._refresh_touched()
        plan.invalidate_recordset()
        self.assertEqual((plan.exposure_total, plan.amount_total, plan.amount_overdue), (1500, 1200, 700))

    def test_what_is_missing_is_said(self):
        for vals, words in (
            ({"root_cause": " "}, "why the customer does not pay"),
            ({"fallback": False}, "what happens if it fails"),
            ({"review_date": False}, "the review date"),
            ({"step_ids": []}, "at least one step"),
            ({"review_date": self.day(-1)}, "in the past"),
            ({"review_date": self.day(6)}, "due after its review"),
        ):
            with self.subTest(words):
                plan = self.plan(**vals)
                with self.assertRaisesRegex(UserError, words):
                    self.submit(plan)
                plan.with_user(self.collector).unlink()

    def test_steps_in_the_past_or_without_cash(self):
        plan = self.plan((-1, 400))
        with self.assertRaisesRegex(UserError, "late from the beginning"):
            self.submit(plan)
        plan.step_ids.write({"due_date": self.today, "amount_expected": 0})
        with self.assertRaisesRegex(UserError, "expects no cash"):
            self.submit(plan)
        plan.step_ids.amount_expected = 0.01
        plan.review_date = self.today
        self.submit(plan)

    def test_negative_cash_is_refused(self):
        with mute_logger("odoo.sql_db"), self.assertRaises(CheckViolation):
            self.plan((7, -1))
            self.env.flush_all()

    def test_owner_needs_a_role(self):
        plan = self.plan()
        with self.assertRaisesRegex(ValidationError, "has no role in Collections"):
            plan.step_ids.user_id = self.member("employee")

    def test_one_plan_at_a_time(self):
        plan = self.plan()
        with self.assertRaisesRegex(UserError, "being prepared for this account already"):
            self.plan()
        self.approve(self.submit(plan))
        with self.assertRaisesRegex(UserError, "makes a new version"):
            self.plan()

    def test_account_without_customer_and_of_another_company(self):
        other = self.second_company()["company"]
        self.invoice(self.acme, 50, overdue=5, company=other)
        plan = self.plan()
        with self.assertRaises(UserError):
            plan.account_id = self.account(self.acme, other)

    # ------------------------------------------------------------------
    # Deciding
    # ------------------------------------------------------------------

    def test_returned_resubmitted_approved(self):
        plan = self.submit(self.plan())
        plan.with_user(self.manager).action_refuse("Two instalments are too few")
        self.assertEqual((plan.state, plan.returned_reason), ("returned", "Two instalments are too few"))
        self.assertEqual(plan.activity_ids.user_id, self.collector)
        mine = plan.with_user(self.collector)
        mine.step_ids.amount_expected = 700
        mine.action_submit()
        self.assertFalse(plan.activity_ids.filtered(lambda task: task.user_id == self.collector))
        self.approve(plan)
        self.assertEqual((plan.state, plan.approval_state, plan.approved_on), ("approved", "approved", self.today))
        self.assertEqual(plan.approval_ids.sorted("id").mapped("state"), ["refused", "approved"])

    def test_returning_needs_a_reason(self):
        plan = self.submit(self.plan())
        with self.assertRaisesRegex(UserError, "needs a reason"):
            plan.with_user(self.manager).action_refuse(" ")

    def test_submitted_stays_as_it_is(self):
        plan = self.submit(self.plan()).with_user(self.collector)
        for act in (
            lambda: plan.write({"root_cause": "Another"}),
            lambda: plan.step_ids.write({"amount_expected": 1}),
            plan.step_ids.unlink,
            lambda: plan.write({"step_ids": [Command.create({"name": "x", "due_date": self.today})]}),
        ):
            with self.assertRaisesRegex(UserError, "waits for its approval"):
                act()
        plan.action_withdraw_approval()
        self.assertEqual(plan.state, "draft")
        plan.root_cause = "Another"

    def test_approved_stays_as_it_is(self):
        plan = self.approve(self.submit(self.plan()))
        for user in (self.collector, self.manager):
            for act in (
                lambda own: own.write({"review_date": self.day(60)}),
                lambda own: own.step_ids.write({"due_date": self.day(60)}),
                lambda own: own.unlink(),
            ):
                with self.assertRaises(UserError):
                    act(plan.with_user(user))

    def test_the_system_keeps_states_and_results(self):
        plan = self.plan().with_user(self.collector)
        for record, vals in (
            (plan, {"state": "approved"}),
            (plan, {"version": 7}),
            (plan, {"proposal": "achieved"}),
            (plan, {"approval_state": "approved"}),
            (plan.step_ids, {"state": "done"}),
            (plan.step_ids, {"done_on": self.today}),
        ):
            with self.subTest(vals), self.assertRaises(AccessError):
                record.write(vals)
        with self.assertRaises(AccessError):
            plan.write({"step_ids": [Command.create({"name": "x", "due_date": self.today, "state": "done"})]})
        plan.unlink()
        with self.assertRaises(AccessError):
            self.plan(step_ids=[Command.create({"name": "x", "due_date": self.today, "state": "done"})])

    def test_seen_plans_are_not_deleted(self):
        plan = self.submit(self.plan())
        plan.with_user(self.manager).action_refuse("No")
        with self.assertRaises(UserError):
            plan.with_user(self.collector).unlink()
        plan.with_user(self.collector).action_cancel("The customer paid")
        self.assertEqual(plan.state, "cancelled")

    # ------------------------------------------------------------------
    # Who decides, and who is not there
    # ------------------------------------------------------------------

    def test_nobody_approves_the_own_plan(self):
        plan = self.plan(user=self.manager)
        with self.assertRaisesRegex(UserError, "Nobody else can approve"):
            self.submit(plan, self.manager)
        self.assertEqual(plan.state, "draft")
        other = self.member("manager", "second")
        self.submit(plan, self.manager)
        with self.assertRaisesRegex(UserError, "you asked for this yourself"):
            self.approve(plan, self.manager)
        self.approve(plan, other)

    def test_assistants_and_collectors_do_not_approve(self):
        plan = self.submit(self.plan())
        for user in (self.assistant, self.collector):
            with self.assertRaises(UserError):
                self.approve(plan, user)
        self.assertEqual(plan.state, "submitted")

    def test_approver_absent_with_a_substitute(self):
        self.absent(self.manager, self.assistant)
        plan = self.submit(self.plan())
        self.assertLessEqual(self.manager | self.assistant, plan.approval_ids.activity_ids.user_id)
        self.approve(plan, self.assistant)
        self.assertEqual(plan.approval_ids.on_behalf_id, self.manager)
        self.assertEqual(plan.state, "approved")

    def test_substitute_who_asked_for_it(self):
        self.absent(self.manager, self.assistant)
        plan = self.submit(self.plan(user=self.assistant), self.assistant)
        with self.assertRaisesRegex(UserError, "you asked for this yourself"):
            self.approve(plan, self.assistant)
        self.approve(plan, self.manager)

    def test_absence_that_is_over_gives_no_right(self):
        self.absent(self.manager, self.assistant, end=1)
        plan = self.submit(self.plan())
        with self.at(2), self.assertRaisesRegex(UserError, "is decided by"):
            self.approve(plan, self.assistant)

    def test_approver_gone_without_a_substitute(self):
        plan = self.plan()
        self.manager.active = False
        with self.assertRaisesRegex(UserError, "needs another user with the role “AR manager”"):
            self.submit(plan)
        self.assertEqual((plan.state, plan.approval_state), ("draft", False))

    def test_approver_gone_after_it_was_submitted(self):
        self.absent(self.manager, self.assistant)
        plan = self.submit(self.plan())
        self.manager.active = False
        with self.assertRaisesRegex(UserError, "is decided by"):
            self.approve(plan, self.assistant)
        self.approve(plan, self.member("controller"))

    # ------------------------------------------------------------------
    # Carrying out
    # ------------------------------------------------------------------

    def test_started_with_tasks_stage_and_next_action(self):
        plan = self.active((7, 400), (14, 600))
        account = self.account(self.acme)
        self.assertEqual((plan.state, plan.started_on, account.stage), ("active", self.today, "on_plan"))
        self.assertEqual(plan.activity_ids.mapped("date_deadline"), [self.day(7), self.day(14)])
        self.assertEqual(plan.activity_ids.user_id, self.collector)
        self.assertEqual((account.next_action, account.next_action_date), ("Instalment 1", self.day(7)))
        self.assertEqual(account.plan_step_id, plan.next_step_id)

    def test_an_earlier_next_action_stays(self):
        account = self.account(self.acme)
        account.write({"next_action": "Call", "next_action_date": self.day(3)})
        self.active()
        self.assertEqual((account.next_action, account.next_action_date), ("Call", self.day(3)))

    def test_not_started_before_it_is_approved(self):
        plan = self.plan().with_user(self.collector)
        with self.assertRaisesRegex(UserError, "is not approved"):
            plan.action_start()
        with self.assertRaisesRegex(UserError, "its steps wait"):
            plan.step_ids.action_done()

    def test_done_steps(self):
        plan = self.active((7, 400), (14, 600))
        first, second = plan.step_ids.sorted("due_date")
        first.with_user(self.collector).action_done("Cheque received")
        self.assertEqual(
            (first.state, first.done_on, first.done_by_id, first.result),
            ("done", self.today, self.collector, "Cheque received"),
        )
        self.assertEqual(plan.activity_ids, second.task_id)
        second.task_id.with_user(self.collector).action_feedback(feedback="All paid")
        self.assertEqual((second.state, second.result), ("done", "All paid"))
        self.assertFalse(plan.next_step_id)

    def test_steps_are_done_by_their_owner_or_who_may_write_the_plan(self):
        self.company.collection_see_all = False
        owner, stranger = self.member("collector", "owner"), self.member("collector", "stranger")
        plan = self.plan((7, 400), (14, 600))
        plan.step_ids[0].user_id = owner
        with self.assertRaises(AccessError):
            plan.with_user(owner).write({"root_cause": "x"})
        plan = self.approve(self.submit(plan))
        plan.with_user(self.collector).action_start()
        first, second = plan.step_ids
        with self.assertRaises(AccessError):
            first.with_user(stranger).action_done()
        with self.assertRaises(AccessError):
            second.with_user(owner).action_done()
        self.assertTrue(plan.with_user(owner).read(["root_cause"]))
        first.with_user(owner).action_done()
        self.assertEqual(first.done_by_id, owner)
        with self.assertRaises(AccessError):
            plan.with_user(stranger).read(["name"])

    # ------------------------------------------------------------------
    # Versions
    # ------------------------------------------------------------------

    def test_a_change_is_a_new_version(self):
        plan = self.active((7, 400), (14, 600))
        second = plan.with_user(self.collector)._revise("One more week").with_env(self.env)
        self.assertEqual((second.name, second.version, second.state), (plan.name, 2, "draft"))
        self.assertEqual((plan.state, plan.newer_id), ("active", second))
        plan.step_ids.sorted("due_date")[0].with_user(self.collector).action_done("Paid")
        second.step_ids.sorted("due_date")[1].due_date = self.day(21)
        self.approve(self.submit(second))
        self.assertEqual((plan.state, second.state), ("superseded", "active"))
        self.assertFalse(plan.activity_ids)
        first, last = second.step_ids.sorted("due_date")
        self.assertEqual((first.state, first.result, last.state), ("done", "Paid", "open"))
        self.assertEqual(second.activity_ids.date_deadline, self.day(21))
        self.assertEqual(plan.step_ids.sorted("due_date")[1].due_date, self.day(14))
        self.assertEqual(second.version_ids, second + plan)

    def test_a_refused_version_changes_nothing(self):
        plan = self.active()
        second = plan.with_user(self.collector)._revise("More time")
        self.submit(second)
        second.with_user(self.manager).action_refuse("No more time")
        self.assertEqual((plan.state, second.state), ("active", "returned"))
        second.with_user(self.collector).action_cancel("Refused")
        third = plan.with_user(self.collector)._revise("Half of it")
        self.assertEqual((third.version, plan.newer_id), (3, third))

    def test_versions_need_a_reason_and_a_plan_in_force(self):
        plan = self.active()
        mine = plan.with_user(self.collector)
        with self.assertRaisesRegex(UserError, "Say what changes"):
            mine._revise("  ")
        mine._revise("One more week")
        with self.assertRaisesRegex(UserError, "being prepared already"):
            mine._revise("Two more weeks")
        plan.with_user(self.manager).action_close("failed", "They told us")
        with self.assertRaisesRegex(UserError, "not in force"):
            mine._revise("x")

    def test_cash_counts_on_in_the_new_version(self):
        plan = self.active((7, 400))
        self.pay(self.move, 150)
        second = plan.with_user(self.collector)._revise("x")
        self.approve(self.submit(second))
        self.pay(self.move, 50)
        self.env.invalidate_all()
        self.assertEqual((plan.amount_received, second.amount_received), (150, 200))
