from odoo.tests import HttpCase, tagged

from .common import CollectionsCommon


@tagged("post_install", "-at_install")
class TestGoliveTour(CollectionsCommon, HttpCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.collector = cls.member("collector", login="tour_collector", name="Tour Collector")
        cls.manager = cls.member("manager", login="tour_manager", name="Tour Manager")
        cls.alder, cls.birch = cls.customer("Alder Works"), cls.customer("Birch Supply")
        for customer in (cls.alder, cls.birch):
            cls.invoice(customer, 100, overdue=10)
            cls.account(customer)

    def test_manager_mends_a_file_and_imports_it(self):
        self.start_tour("/odoo/collections-go-live", "collection_golive", login="tour_manager")
        accounts = self.account(self.alder) | self.account(self.birch)
        self.assertEqual(accounts.mapped("collector_id"), self.collector)
        log = self.env["collection.golive"].search([])
        self.assertEqual((log.user_id, log.imported_count, log.error_count), (self.manager, 2, 0))
