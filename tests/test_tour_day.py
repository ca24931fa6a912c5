from odoo.tests import HttpCase, tagged

from .common import CollectionsCommon


@tagged("post_install", "-at_install")
class TestDayTour(CollectionsCommon, HttpCase):
    """A collector's day from the first call-back to closing it, and how the manager looks at it."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.collector = cls.member("collector", login="tour_collector", name="Tour Collector")
        cls.manager = cls.member("manager", login="tour_manager", name="Tour Manager")
        cls.alder = cls._account("Alder Works", 12000, 40)
        cls.birch = cls._account("Birch Supply", 2000, 10)
        cls.cedar = cls._account("Cedar Mills", 500, 9, tz="America/Los_Angeles")
        cls.dogwood = cls._account("Dogwood Motors", 300, 5, tz="America/Los_Angeles")

    @classmethod
    def _account(cls, name, amount, overdue, **vals):
        customer = cls.customer(name, **vals)
        cls.invoice(customer, amount, overdue=overdue)
        account = cls.account(customer)
        account.collector_id = cls.collector
        return account

    def test_collectors_day(self):
        # 15:00 UTC is 8:00 in Los Angeles.
        self.cedar.write({"next_action": "Call back", "next_action_date": self.today, "next_action_time": 7.75})
        self.dogwood.write({"next_action": "Call back", "next_action_date": self.today, "next_action_time": 23.0})
        self.cedar.with_user(self.manager).activity_schedule(
            "account_collections.mail_activity_type_task",
            self.today,
            summary="Ask for the POD",
            user_id=self.collector.id,
        )
        self.pay(self.alder.open_item_ids.move_id, 50).action_draft()
        self.Account._refresh_touched()
        self.start_tour("/odoo/collections-worklist", "collection_day", login="tour_collector")
        day = self.env["collection.day"].search([("user_id", "=", self.collector.id)])
        self.assertRecordValues(day, [{"state": "closed", "date": self.today, "worked_count": 1, "left_count": 3}])
        waiting = day.left_ids.filtered(lambda left: left.reason_id.name == "Waiting for an answer")
        self.assertEqual(waiting.account_id, self.birch)
        self.assertEqual(len(day.left_ids), 3)
        self.assertFalse(self.cedar.task_ids)

    def test_manager_looks_at_coverage(self):
        spoke = self.reason("Spoke", days=5)
        self.cedar.with_user(self.collector)._work("done", spoke)
        self.start_tour("/odoo/collections-coverage", "collection_day_manager", login="tour_manager")
        self.assertEqual(self.birch.task_ids.user_id, self.collector)
        self.assertEqual(self.birch.task_ids.create_uid, self.manager)
