from unittest.mock import patch

from odoo.tests import HttpCase, tagged

from .common import CollectionsCommon


@tagged("post_install", "-at_install")
class TestFindingTour(CollectionsCommon, HttpCase):
    """Finding, payer groups, transfers, many at once, data gaps, sending again: each with the rights of the role and no more."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.collector = cls.member("collector", login="tour_collector", name="Tour Collector", email="tc@example.com")
        cls.colleague = cls.member("collector", login="tour_colleague", name="Tour Colleague")
        cls.assistant = cls.member("assistant", login="tour_assistant", name="Tour Assistant")
        cls.alder = cls._account("Alder Works", 12000, cls.collector, phone="+1 212-555-0101")
        cls.birch = cls._account("Birch Supply", 2000, cls.collector)
        cls.cedar = cls._account("Cedar Mills", 500, cls.collector, collection_do_not_email=True)
        cls.elm = cls._account("Elm Trading", 4000, cls.colleague)

    @classmethod
    def _account(cls, name, amount, collector, **vals):
        customer = cls.customer(name, **vals)
        cls.invoice(customer, amount, overdue=40, ref="PO-4711" if name == "Alder Works" else False)
        account = cls.account(customer)
        account.collector_id = collector
        return account

    def test_find(self):
        self.company.collection_see_all = False
        self.start_tour("/odoo/collections-worklist", "collection_find", login="tour_collector")

    def test_payer_group(self):
        members = self.alder.partner_id | self.birch.partner_id
        self.env["collection.payer.group"].create({"name": "Tree Companies", "partner_ids": members.ids})
        self.start_tour("/odoo/collections-payer-groups", "collection_payer_group", login="tour_collector")
        self.assertEqual((self.alder | self.birch).mapped("last_worked_date"), [self.today] * 2)
        self.assertFalse(self.cedar.last_contact_date)

    def test_transfer(self):
        self.start_tour("/odoo/collections-transfers/new", "collection_transfer", login="tour_assistant")
        self.assertEqual((self.alder | self.birch | self.cedar).collector_id, self.colleague)

    def test_bulk(self):
        self.start_tour("/odoo/collections-worklist", "collection_bulk", login="tour_collector")
        sendings = self.env["collection.sending"].search([])
        self.assertEqual(sendings.account_id, self.alder | self.birch)

    def test_data_gap(self):
        self.start_tour("/odoo/collections-data-gaps", "collection_data_gap", login="tour_collector")
        self.assertEqual(self.birch.phone, "+1 212-555-0177")

    def test_resend(self):
        Report = self.env.registry["ir.actions.report"]
        self.startPatcher(patch.object(Report, "_render_qweb_pdf", lambda *args, **kw: (b"%PDF-1.4 test", "pdf")))
        self.start_tour("/odoo/collections-worklist", "collection_resend", login="tour_collector")
        self.assertEqual(self.env["collection.sending"].search([]).account_id, self.alder)
