from odoo.exceptions import UserError
from odoo.tests import tagged

from .dunning_common import DunningCommon


@tagged("post_install", "-at_install")
class TestDunningTasks(DunningCommon):
    """Escalation, credit hold and placement review: an activity for whom the step names, until their rooms exist."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.manager, cls.assistant, cls.collector = (cls.member(role) for role in ("manager", "assistant", "collector"))
        cls.company.collection_manager_id = cls.manager
        cls.bill = cls.invoice(cls.acme, 900, overdue=45)
        cls.noticed(cls.bill, 30, ago=8)
        cls.acme_account = cls.account(cls.acme)
        cls.acme_account.collector_id = cls.collector

    def task(self):
        self.confirm()
        notice = self.notice(self.acme, channel="credit_hold")
        return notice, notice.task_id

    # ------------------------------------------------------------------
    # Who, due, done
    # ------------------------------------------------------------------

    def test_the_manager_gets_a_task_on_the_account(self):
        notice, task = self.task()
        self.assertEqual((task.res_model, task.res_id), ("collection.account", self.acme_account.id))
        self.assertEqual((task.user_id, task.date_deadline, task.summary), (self.manager, self.today, "Credit hold"))
        self.assertIn("900.00", task.note)
        self.assertFigures(self.acme, step_due_date=self.today)
        found = self.Account.search([("step_due_date", "!=", False)])
        self.assertEqual(found, self.acme_account)
        self.confirm()
        self.assertEqual(self.acme_account.activity_ids, task, "Once")
        self.assertEqual(self.notice(self.acme, channel="credit_hold"), notice)

    def test_done_it_is_reached(self):
        notice, task = self.task()
        with self.assertRefused(UserError, "“Credit hold” is a matter for: Manager"):
            task.with_user(self.collector).action_feedback(feedback="Done")
        self.assertEqual(notice.state, "due")
        task.with_user(self.manager).action_feedback(feedback="Stopped deliveries")
        self.assertEqual((notice.state, notice.sent_on), ("sent", self.today))
        self.assertFigures(self.acme, step_due_date=False)
        self.assertEqual(notice.run_id.state, "done")
        self.confirm()
        self.assertEqual(self.steps_of(self.bill), [30, 45])

    def test_marking_the_notice_closes_the_task(self):
        notice, task = self.task()
        notice.with_user(self.manager).action_done()
        self.assertEqual((notice.state, task.active), ("sent", False))
        self.assertFalse(self.acme_account.activity_ids)

    def test_paid_or_taken_back_the_task_goes(self):
        notice, _task = self.task()
        notice.action_cancel()
        self.assertFalse(self.acme_account.activity_ids)
        again, task = self.task()
        self.assertTrue(task)
        self.pay(self.bill)
        self.confirm()
        self.assertEqual((again.state, again.suppress_reason), ("suppressed", "paid"))
        self.assertFalse(self.acme_account.activity_ids)

    def test_a_joined_notice_keeps_the_task(self):
        notice, task = self.task()
        other = self.invoice(self.acme, 100, overdue=45)
        self.noticed(other, 30, ago=8)
        self.confirm()
        joined = self.notice(self.acme, channel="credit_hold")
        self.assertEqual((notice.state, joined.task_id, len(joined.line_ids)), ("cancelled", task, 2))
        self.assertEqual(self.acme_account.activity_ids, task)

    def test_a_deleted_task_comes_again(self):
        notice, task = self.task()
        task.unlink()
        self.assertEqual(notice.state, "due")
        cron = self.env.ref(f"account_collections.ir_cron_send_{self.acme_account.id % 2}")
        with self.enter_registry_test_mode():
            cron.method_direct_trigger()
        self.env.invalidate_all()
        self.assertEqual(notice.task_id.user_id, self.manager)

    def test_whom_the_step_names(self):
        hold = self.step(45)
        hold.responsible = "manager"
        for role, user in (("assistant", self.assistant), ("collector", self.collector)):
            hold.responsible = role
            notice, task = self.task()
            self.assertEqual(task.user_id, user, role)
            notice.action_cancel()
        hold.responsible = "manager"
        self.company.collection_manager_id = False
        self.assertTrue(self.task()[1].user_id.has_group("account_collections.group_manager"))

    def test_a_step_to_be_released_gives_its_task_then(self):
        self.step(45).needs_release = True
        notice, task = self.task()
        self.assertFalse(task)
        notice.with_user(self.manager).action_release()
        self.assertEqual(notice.task_id.user_id, self.manager)

    def test_many_tasks_cost_few_queries(self):
        """A few at once, the others by the sending job, which confirming wakes."""
        for number in range(30):
            bill = self.invoice(self.customer(f"Customer {number}"), 100, overdue=46)
            self.noticed(bill, 30, ago=8)
        run = self.simulate()
        with self.assertQueryCount(150):
            run.action_confirm()
        self.assertEqual(len(run.notice_ids.task_id), 10)
        with self.enter_registry_test_mode():
            for lane in range(2):
                self.env.ref(f"account_collections.ir_cron_send_{lane}").method_direct_trigger()
        self.env.invalidate_all()
        self.assertEqual(len(run.notice_ids.task_id), 31)
        self.assertEqual(set(run.notice_ids.task_id.user_id), set(self.manager))

    # ------------------------------------------------------------------
    # A placement review after a final demand
    # ------------------------------------------------------------------

    def reviewed(self, state="sent", deadline=-1):
        """Whether an item 95 days overdue comes to the placement review; its final demand's deadline counted from today."""
        bill = self.invoice(self.customer(f"{state} {deadline}"), 100, overdue=95)
        self.noticed(bill, 30, ago=40)
        demand = self.noticed(bill, 60, ago=20, state=state)
        demand.deadline = self.day(deadline)
        return bill

    def test_not_before_the_deadline_of_a_final_demand_passed(self):
        cases = {
            "yesterday": self.reviewed(),
            "today": self.reviewed(deadline=0),
            "tomorrow": self.reviewed(deadline=1),
            "bounced": self.reviewed("bounced"),
            "failed": self.reviewed("failed"),
            "none": self.invoice(self.customer("None"), 100, overdue=95),
        }
        self.noticed(cases["none"], 30, ago=40)
        self.confirm()
        self.assertEqual({name for name, bill in cases.items() if 90 in self.steps_of(bill)}, {"yesterday"})
        with self.at(1):
            self.confirm()
        self.assertIn(90, self.steps_of(cases["today"]))
        self.assertNotIn(90, self.steps_of(cases["tomorrow"]))
