from odoo.tests import HttpCase, tagged

from .common import CollectionsCommon


@tagged("post_install", "-at_install")
class TestAccountTour(CollectionsCommon, HttpCase):
    """What a collector and a manager click in the account room, each with the rights of the role and nothing more."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.collector = cls.member("collector", login="tour_collector", name="Tour Collector")
        cls.colleague = cls.member("collector", login="tour_colleague", name="Tour Colleague")
        cls.manager = cls.member("manager", login="tour_manager", name="Tour Manager")
        cls.alder = cls._account("Alder Works", [(12000, 40)], cls.collector)
        cls.birch = cls._account("Birch Supply", [(2000, 10)], cls.collector)
        cls.cedar = cls._account("Cedar Mills", [(500, 9)], cls.collector)
        cls.dogwood = cls._account("Dogwood Motors", [(300, 5)])
        cls.elm = cls._account("Elm Trading", [(4000, 45), (500, 20)], cls.colleague)

    @classmethod
    def _account(cls, name, invoices, collector=None):
        customer = cls.customer(name)
        for amount, overdue in invoices:
            cls.invoice(customer, amount, overdue=overdue)
        account = cls.account(customer)
        account.collector_id = collector
        return account

    def test_collector_works_the_list(self):
        self.start_tour("/odoo/collections-worklist", "collection_worklist", login="tour_collector")
        accounts = self.alder + self.birch + self.cedar + self.dogwood
        self.assertFalse(any(accounts.mapped("on_worklist")))
        logs = accounts.work_log_ids
        self.assertEqual(logs.user_id, self.collector)
        self.assertEqual(self.alder.work_log_ids.reason_id, self.env.ref("account_collections.work_reason_reviewed"))
        self.assertEqual(self.alder.next_action, "Check the bank")
        self.assertEqual(self.birch.skipped_on, self.today)
        self.assertEqual(self.cedar.snoozed_until, self.day(7))
        self.assertEqual(self.dogwood.hold_ids.user_id, self.collector)
        self.assertEqual(self.dogwood.hold_ids.date_until, self.day(23))
        self.assertEqual(self.dogwood.amount_collectible, 0)

    def test_collector_works_by_keyboard(self):
        self.start_tour("/odoo/collections-worklist", "collection_worklist_keyboard", login="tour_collector")
        self.assertEqual(self.env["collection.work.log"].search([]).account_id, self.birch)
        self.assertFalse(self.birch.on_worklist)

    def test_collector_is_done_with_several_at_once(self):
        self.start_tour("/odoo/collections-worklist", "collection_worklist_selection", login="tour_collector")
        done = self.env["collection.work.log"].search([("action", "=", "done")])
        self.assertEqual(done.account_id, self.birch + self.cedar)
        self.assertTrue(self.alder.on_worklist)

    def test_manager_finds_a_collectors_account(self):
        self.start_tour("/odoo/collections-accounts", "collection_accounts_manager", login="tour_manager")
