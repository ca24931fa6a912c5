from datetime import datetime

from odoo.fields import Command
from odoo.tests import tagged
from odoo.tools import mute_logger

from .dispute_common import DisputeCommon


@tagged("post_install", "-at_install")
class TestDisputeClock(DisputeCommon):
    """Deadlines in working hours, reminders, and the wait for the customer (SPEC §5).

    It is Wednesday, 18 March 2026, 11:00 in New York; offices work from 8 to 12 and from 13 to 17 o'clock.
    """

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.cron = cls.env.ref("account_collections.ir_cron_dispute").sudo()
        cls.move = cls.invoice(cls.acme, 1000, overdue=5)

    def job(self, moment):
        with self.at(moment), self.enter_registry_test_mode():
            self.cron.method_direct_trigger()

    def test_deadline_counts_working_hours(self):
        # 24 hours: 5 on Wednesday, 8 on Thursday, 8 on Friday, 3 on Monday.
        dispute = self.dispute(self.move, route=True)
        self.assertEqual(dispute.deadline, datetime(2026, 3, 23, 15, 0))
        self.assertEqual(dispute.due_50, datetime(2026, 3, 19, 20, 0))
        self.assertEqual(dispute.due_80, datetime(2026, 3, 20, 19, 12))
        self.assertEqual(dispute.due_lead, datetime(2026, 3, 24, 15, 0))

    def test_hours_of_the_team_in_its_own_zone(self):
        self.pricing.calendar_id = self.env["resource.calendar"].create({"name": "Berlin", "tz": "Europe/Berlin"})
        # 16:00 in Berlin: 1 hour on Wednesday, 8 on Thursday, 8 on Friday, 7 on Monday until 16:00 (CET).
        dispute = self.dispute(self.move, route=True)
        self.assertEqual(dispute.deadline, datetime(2026, 3, 23, 15, 0))
        with self.at("2026-03-18 17:00:00"):
            late = self.dispute(self.invoice(self.acme, 10, overdue=5), route=True)
        # After hours in Berlin: from Thursday on, three days.
        self.assertEqual(late.deadline, datetime(2026, 3, 23, 16, 0))

    def test_public_holidays_do_not_count(self):
        with self.at("2026-05-22 12:00:00"):  # Friday before Memorial Day, 8:00 in New York
            dispute = self.dispute(self.move, route=True)
        self.assertEqual(dispute.deadline, datetime(2026, 5, 27, 21, 0))

    def test_reminders_each_once(self):
        dispute = self.dispute(self.move, route=True)
        self.as_resolver(dispute).action_review()
        moments = (
            ("2026-03-19 19:59:00", 0, 0),
            ("2026-03-19 20:00:00", 1, 50),
            ("2026-03-19 21:00:00", 1, 50),
            ("2026-03-20 19:11:00", 1, 50),
            ("2026-03-20 19:12:00", 2, 80),
            ("2026-03-23 14:59:00", 2, 80),
            ("2026-03-23 15:00:00", 3, 100),
            ("2026-03-24 14:59:00", 3, 100),
            ("2026-03-24 15:00:00", 4, 101),
            ("2026-03-30 15:00:00", 4, 101),
        )
        for moment, count, level in moments:
            self.job(moment)
            with self.subTest(moment):
                reminders = self.events(dispute, "reminder") | self.events(dispute, "climb")
                self.assertEqual((len(reminders), dispute.reminder_level), (count, level))
        self.assertEqual(len(self.events(dispute, "climb")), 1)
        tasks = dispute.activity_ids
        self.assertEqual(len(tasks.filtered(lambda task: task.user_id == self.resolver)), 3)
        self.assertIn(self.lead, tasks.filtered(lambda task: "not decided" in task.summary).user_id)

    def test_job_that_comes_late_reminds_once(self):
        dispute = self.dispute(self.move, route=True)
        self.job("2026-03-23 16:00:00")
        self.assertEqual(len(self.events(dispute, "reminder")), 1)
        self.assertIn("time is over", self.events(dispute, "reminder").note)

    def test_late_in_filter_metric_and_figures(self):
        dispute = self.dispute(self.move, route=True)
        with self.at("2026-03-23 15:00:00"):
            self.assertFalse(self.Dispute.search([("id", "=", dispute.id), ("is_late", "=", True)]))
        with self.at("2026-03-23 15:00:01"):
            self.assertEqual(self.Dispute.search([("id", "=", dispute.id), ("is_late", "=", True)]), dispute)
            self.assertEqual(self.pricing.late_count, 1)
            self.account(self.acme)._refresh()
            account = self.assertFigures(self.acme, dispute_late_count=1)
            self.assertIn("Dispute late", [line["rule"] for line in account.priority_lines])

    def test_clock_stops_while_the_customer_is_asked(self):
        dispute = self.dispute(self.move, route=True)
        with self.at("2026-03-19 15:00:00"):  # 8 of 24 hours are used
            self.as_resolver(dispute)._ask_customer("Which order was that?")
        self.assertEqual((dispute.state, dispute.hours_left), ("waiting_customer", 16))
        self.job("2026-03-24 16:00:00")  # after the old deadline
        self.assertFalse(self.events(dispute, "reminder"))
        with self.at("2026-03-25 15:00:00"):
            self.as_resolver(dispute).action_review()
        self.assertEqual(dispute.deadline, datetime(2026, 3, 27, 15, 0))
        self.assertEqual(dispute.state, "in_review")

    def test_wait_ends_after_ten_business_days(self):
        dispute = self.dispute(self.move, route=True)
        self.as_resolver(dispute)._ask_customer("Which order was that?")
        self.assertEqual(dispute.waiting_until.isoformat(), "2026-04-01")

        def reminded():
            return "Customer reminded" in " ".join(filter(None, dispute.event_ids.mapped("note")))

        for moment, state, was_reminded in (
            ("2026-03-24 15:00:00", "waiting_customer", False),
            ("2026-03-25 15:00:00", "waiting_customer", True),
            ("2026-03-26 15:00:00", "waiting_customer", True),
            ("2026-04-01 15:00:00", "waiting_customer", True),
            ("2026-04-02 15:00:00", "in_review", True),
        ):
            self.job(moment)
            with self.subTest(moment):
                self.assertEqual((dispute.state, reminded()), (state, was_reminded))
        self.assertIn("unsupported", dispute.proposal)
        self.assertEqual(len(self.events(dispute, "reminder")), 1)
        action = self.as_resolver(dispute).action_decide()
        wizard = self.env["collection.dispute.decide"].with_user(self.resolver).with_context(**action["context"])
        defaults = wizard.default_get(["dispute_id", "decision"])
        self.assertEqual(defaults["decision"], "invalid")

    def test_another_team_takes_over_the_rest_of_the_time(self):
        dispute = self.dispute(self.move, route=True)
        self.as_resolver(dispute).action_review()
        other = self.member("resolver", "otto")
        self.logistics.write({"member_ids": [Command.set(other.ids)]})
        with self.at("2026-03-19 15:00:00"):
            self.as_resolver(dispute).team_id = self.logistics
        self.assertFalse(dispute.user_id)
        self.assertEqual(dispute.deadline, datetime(2026, 3, 23, 15, 0))
        self.assertEqual(self.Dispute.with_user(other).search([("id", "=", dispute.id)]), dispute)
        self.assertFalse(self.Dispute.with_user(self.resolver).search([("id", "=", dispute.id)]))

    def test_reminders_by_sets(self):
        disputes = self.Dispute.concat(
            *(self.dispute(self.invoice(self.acme, 10, overdue=5), route=True) for _each in range(3))
        )
        self.job("2026-03-20 12:00:00")
        self.assertEqual(disputes.mapped("reminder_level"), [50, 50, 50])

    def test_a_fault_stops_one_dispute_only(self):
        first, bad, last = (self.dispute(self.invoice(self.acme, 10, overdue=5), route=True) for _each in range(3))
        original = type(self.Dispute)._reminder_text

        def text(dispute, level):
            if dispute == bad:
                raise ValueError("Out of order")
            return original(dispute, level)

        self.patch(type(self.Dispute), "_reminder_text", text)
        with mute_logger("odoo.addons.account_collections.models.ledger.collection_batches"):
            self.job("2026-03-20 12:00:00")
        self.assertEqual([each.reminder_level for each in (first, bad, last)], [50, 0, 50])
