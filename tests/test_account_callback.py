from datetime import datetime

from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tests import tagged

from .common import CollectionsCommon


@tagged("post_install", "-at_install")
class TestAccountCallback(CollectionsCommon):
    """A call-back at 14:30 in Los Angeles is 17:30 in New York and 21:30 UTC."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.collector = cls.member("collector")
        cls.acme = cls.customer(tz="America/Los_Angeles")
        cls.invoice(cls.acme, 100, overdue=5)
        cls.acme_account = cls.account(cls.acme)
        cls.large = cls.customer("Globex")
        cls.invoice(cls.large, 90000, overdue=95)
        cls.large_account = cls.account(cls.large)
        (cls.acme_account | cls.large_account).collector_id = cls.collector
        cls.spoke = cls.reason("Spoke", days=5, stage="contacted")

    def agree(self, day=0, time=14.5, account=None):
        account = (account or self.acme_account).with_user(self.collector)
        return account._work("done", self.spoke, next_action_date=self.day(day), next_action_time=time)

    def worklist(self, moment):
        """What the collector sees at a moment, in the order of the list."""
        with self.at(moment):
            return self.Account.with_user(self.collector).search(
                [("to_work", "=", True), ("collector_id", "=", self.collector.id)],
                order="is_callback_due desc, priority desc, amount_collectible desc, id",
            )

    def test_moment_in_the_customers_zone(self):
        self.agree()
        self.assertEqual(self.acme_account.callback_at, datetime(2026, 3, 18, 21, 30))
        self.assertEqual(self.acme_account.callback_text, "Wed 14:30 PDT · 17:30 EDT")

    def test_same_zone_is_told_once(self):
        self.acme.tz = "America/New_York"
        self.agree()
        self.assertEqual(self.acme_account.callback_text, "Wed 14:30 EDT")

    def test_zone_that_is_corrected_moves_the_moment(self):
        self.agree()
        self.acme.tz = "America/Chicago"
        self.assertEqual(self.acme_account.callback_at, datetime(2026, 3, 18, 19, 30))

    def test_companys_zone_stands_in(self):
        self.acme.tz = False
        self.agree()
        self.assertEqual(self.acme_account.callback_at, datetime(2026, 3, 18, 18, 30))
        self.company.collection_tz = "America/Chicago"
        self.assertEqual(self.acme_account.callback_at, datetime(2026, 3, 18, 19, 30))

    def test_stays_away_until_then_and_pops_to_the_top(self):
        """No figure is refreshed in between."""
        self.agree()
        self.assertEqual(self.worklist("2026-03-18 21:29:00"), self.large_account)
        for moment in ("2026-03-18 21:30:00", "2026-03-18 21:31:00"):
            self.assertEqual(self.worklist(moment), self.acme_account + self.large_account)

    def test_next_account_is_the_one_to_call_back(self):
        self.agree()
        others = self.large_account.with_user(self.collector).with_context(collection_list_ids=self.large_account.ids)
        with self.at("2026-03-18 21:29:00"):
            self.assertFalse(others._next_on_worklist())
        with self.at("2026-03-18 21:30:00"):
            self.assertEqual(others._next_on_worklist(), self.acme_account)

    def test_without_a_time_it_is_there_all_day(self):
        self.agree(time=0.0)
        self.assertFalse(self.acme_account.callback_at)
        self.assertEqual(self.worklist(0), self.large_account + self.acme_account)

    def test_later_day(self):
        self.agree(day=1)
        self.assertEqual(self.worklist("2026-03-18 21:30:00"), self.large_account)
        with self.at("2026-03-19 13:00:00"):
            (self.acme_account | self.large_account)._refresh()
            self.assertTrue(self.acme_account.on_worklist)
        self.assertEqual(self.worklist("2026-03-19 21:29:00"), self.large_account)
        self.assertEqual(self.worklist("2026-03-19 21:30:00"), self.acme_account + self.large_account)

    def test_customers_tomorrow_is_our_today(self):
        """Thursday 9:00 in Manila is Wednesday 21:00 in New York."""
        self.acme.tz = "Asia/Manila"
        self.agree(day=1, time=9.0)
        self.assertTrue(self.acme_account.on_worklist, "It falls on today")
        self.assertNotIn(self.acme_account, self.worklist("2026-03-19 00:59:00"))
        self.assertEqual(self.worklist("2026-03-19 01:00:00")[:1], self.acme_account)
        self.assertEqual(self.acme_account.callback_text, "Thu 09:00 PST · 21:00 Wed EDT")

    def test_customers_today_is_our_tomorrow(self):
        """Wednesday 23:00 in Los Angeles is Thursday 2:00 in New York."""
        self.agree(time=23.0)
        self.assertEqual(self.worklist("2026-03-18 22:00:00"), self.large_account)
        self.assertEqual(self.worklist("2026-03-19 05:59:00"), self.large_account)
        self.assertEqual(self.worklist("2026-03-19 06:00:00")[:1], self.acme_account)

    def test_skipping_and_snoozing_put_it_aside(self):
        skip = self.env.ref("account_collections.work_reason_skip_time")
        self.agree()
        with self.at("2026-03-18 22:00:00"):
            self.acme_account.with_user(self.collector)._work("skip", skip)
        self.assertNotIn(self.acme_account, self.worklist("2026-03-18 22:01:00"))
        with self.at("2026-03-19 15:00:00"):
            self.acme_account._refresh()
        self.assertEqual(self.worklist("2026-03-19 15:00:00")[:1], self.acme_account, "Back on the next day")
        with self.at("2026-03-19 15:00:00"):
            self.acme_account.with_user(self.collector)._work("snooze", next_action_date=self.day(5))
        self.assertNotIn(self.acme_account, self.worklist("2026-03-19 16:00:00"))

    def test_done_ends_it(self):
        self.agree()
        with self.at("2026-03-18 22:00:00"):
            self.acme_account.with_user(self.collector)._work("done", self.spoke)
            self.assertFalse(self.acme_account.callback_at)
        self.assertEqual(self.worklist("2026-03-18 22:01:00"), self.large_account)

    def test_date_that_is_cleared_takes_the_time_along(self):
        self.agree()
        self.acme_account.with_user(self.collector).next_action_date = False
        self.assertEqual(self.acme_account.next_action_time, 0)
        self.assertFalse(self.acme_account.callback_at)

    def test_time_of_day(self):
        for time in (-0.5, 24, 30):
            with self.subTest(time), self.assertRaises(ValidationError):
                self.acme_account.write({"next_action_date": self.today, "next_action_time": time})

    def test_hour_that_summer_time_leaves_out(self):
        with self.at("2026-03-06 15:00:00"):
            self.agree(day=-10, time=2.5)  # 2026-03-08, when clocks go from two to three
        self.assertEqual(self.acme_account.callback_at, datetime(2026, 3, 8, 10, 30))

    def test_filter_and_flag(self):
        self.agree()
        Account = self.Account.with_user(self.collector)
        for moment, due in (("2026-03-18 21:29:00", False), ("2026-03-18 21:30:00", True)):
            with self.at(moment):
                self.acme_account.invalidate_recordset()
                self.assertEqual(self.acme_account.is_callback_due, due)
                self.assertEqual(self.acme_account.to_work, due)
                self.assertEqual(self.acme_account in Account.search([("is_callback_due", "=", True)]), due)
                self.assertEqual(self.acme_account in Account.search([("is_callback_due", "=", False)]), not due)
                self.assertIn(self.large_account, Account.search([("is_callback_due", "=", False)]))

    def test_moment_is_the_systems(self):
        with self.assertRaises(AccessError):
            self.acme_account.with_user(self.collector).callback_at = "2026-03-18 21:30:00"

    def test_dialog_shows_both_clocks(self):
        action = self.acme_account.with_user(self.collector).action_work_done()
        dialog = self.env[action["res_model"]].with_user(self.collector).with_context(**action["context"])
        dialog = dialog.create({"reason_id": self.spoke.id, "next_action_date": self.today, "next_action_time": 14.5})
        self.assertEqual(dialog.callback_text, "Wed 14:30 PDT · 17:30 EDT")
        dialog.action_apply()
        self.assertEqual(self.acme_account.callback_at, datetime(2026, 3, 18, 21, 30))


@tagged("post_install", "-at_install")
class TestAccountTask(CollectionsCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.collector, cls.manager = cls.member("collector"), cls.member("manager")
        cls.acme = cls.customer()
        cls.invoice(cls.acme, 100, overdue=-20)
        cls.acme_account = cls.account(cls.acme)
        cls.acme_account.collector_id = cls.collector

    def give(self, day=0, accounts=None):
        accounts = (accounts or self.acme_account).with_user(self.manager)
        action = accounts.action_give_task()
        wizard = self.env[action["res_model"]].with_user(self.manager).with_context(**action["context"])
        wizard = wizard.create({"summary": "Ask for the POD", "date_deadline": self.day(day)})
        wizard.action_schedule_activities()
        return accounts.activity_ids

    def assertListed(self, listed, day=0):
        with self.at(day):
            self.account(self.acme)._refresh()
            self.assertEqual(self.acme_account.on_worklist, listed)

    def test_task_brings_the_account_to_the_list_when_due(self):
        self.assertListed(False)
        task = self.give(day=2)
        self.assertEqual(task.user_id, self.collector, "The collector is proposed")
        for day, listed in ((0, False), (1, False), (2, True), (3, True)):
            self.assertListed(listed, day)

    def test_task_gives_points(self):
        self.give()
        self.account(self.acme)
        self.assertIn("Manager's task is due", [line["rule"] for line in self.acme_account.priority_lines])
        self.assertEqual(self.acme_account.task_due_date, self.today)

    def test_done_takes_it_off(self):
        task = self.give()
        self.assertListed(True)
        self.assertEqual(self.acme_account.task_ids, task)
        task.with_user(self.collector).action_done()
        self.assertListed(False)
        self.assertFalse(self.acme_account.task_due_date)
        self.acme_account.invalidate_recordset()
        self.assertFalse(self.acme_account.task_ids)

    def test_worked_but_not_done_is_back_tomorrow(self):
        self.give()
        self.acme_account.with_user(self.collector)._work(
            "done", self.reason("Spoke", days=5), next_action_date=self.day(9)
        )
        self.assertListed(False)
        self.assertListed(True, 1)

    def test_moved_and_deleted(self):
        task = self.give()
        task.date_deadline = self.day(4)
        self.assertListed(False)
        self.assertListed(True, 4)
        task.unlink()
        self.assertListed(False, 4)

    def test_other_activities_do_not_count(self):
        self.acme_account._add_task("Look at this", "")
        self.assertListed(False)

    def test_several_accounts(self):
        other = self.customer("Globex")
        self.invoice(other, 10, overdue=-5)
        accounts = self.acme_account | self.account(other)
        self.give(accounts=accounts)
        self.Account._refresh_touched()
        self.assertEqual(accounts.mapped("on_worklist"), [True, True])

    def test_auditor_gives_none(self):
        with self.assertRaises(UserError):
            self.acme_account.with_user(self.member("auditor")).action_give_task()
