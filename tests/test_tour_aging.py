from odoo.tests import HttpCase, tagged

from .common import CollectionsCommon


@tagged("post_install", "-at_install")
class TestAgingTour(CollectionsCommon, HttpCase):
    """A manager reads the aging report as of last month end."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.invoice(cls.customer("Old Debt Ltd"), 900, overdue=40)
        cls.pay(cls.invoice(cls.customer("Paid in March Inc"), 400, overdue=35))
        cls.invoice(cls.customer("Later LLC"), 250, overdue=-20, invoice_date=cls.today)
        cls.member("manager", login="tour_manager", password="tour_manager")

    def test_manager_reads_the_aging_as_of_last_month_end(self):
        self.start_tour("/odoo/collections-aging", "collection_aging_last_month", login="tour_manager")
