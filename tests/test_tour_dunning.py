from odoo.tests import HttpCase, tagged

from .common import CollectionsCommon


@tagged("post_install", "-at_install")
class TestDunningTour(CollectionsCommon, HttpCase):
    """What a manager and a collector click in the dunning room."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.env["res.lang"]._activate_lang("en_US")
        cls.overdue = cls.customer("Overdue Ltd")
        cls.invoice(cls.overdue, 1200, overdue=4)
        cls.paused = cls.customer("Paused Inc")
        cls.hold(cls.items(cls.invoice(cls.paused, 700, overdue=4)))
        cls.manager = cls.member("manager", login="tour_manager", password="tour_manager")
        cls.collector = cls.member("collector", login="tour_collector", password="tour_collector")
        cls.account(cls.overdue)

    def test_manager_simulates_reviews_and_confirms(self):
        self.start_tour("/odoo/collections-runs", "collection_dunning_run", login="tour_manager")
        run = self.env["collection.run"].search([("company_id", "=", self.company.id)])
        self.assertEqual(run.state, "confirmed")
        self.assertEqual(run.confirmed_by_id, self.manager)
        notices = run.notice_ids.filtered(lambda notice: notice.state == "due")
        self.assertEqual(notices.partner_id, self.overdue)
        self.assertTrue(notices.ready)

    def test_collector_reads_why_an_item_is_left_out(self):
        run = self.env["collection.run"].create({"company_id": self.company.id})
        run.action_simulate()
        self.start_tour("/odoo/collections-left-out", "collection_dunning_reason", login="tour_collector")
