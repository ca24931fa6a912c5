from odoo.tests import tagged

from .common import CollectionsCommon


@tagged("post_install", "-at_install")
class TestAccountCollectible(CollectionsCommon):
    def test_overdue_invoice(self):
        customer = self.customer()
        self.invoice(customer, 100, overdue=31)
        self.assertFigures(customer, amount_collectible=100, aging_2=100, amount_overdue=100, amount_total=100)

    def test_instalments(self):
        customer = self.customer()
        invoice = self.instalments(customer, [(40, 31), (35, 1), (25, -5)])
        self.assertEqual(self.items(invoice).mapped("amount_residual"), [40, 35, 25])
        self.assertFigures(customer, aging_2=40, aging_1=35, aging_current=25)
        self.pay(invoice, 50)
        self.assertFigures(customer, amount_total=50)

    def test_helpers(self):
        customer = self.customer()
        eur = self.foreign_currency()
        i1 = self.invoice(customer, 100, overdue=10, currency=eur)
        self.entry(self.contact(customer), 70, overdue=3)
        self.credit(customer, 30)
        self.unapplied(customer, 20)
        data = self.second_company()
        self.invoice(customer, 55, overdue=3, company=data["company"])
        for role in ("collector", "assistant", "manager", "resolver", "auditor"):
            self.member(role)
        self.hold(self.items(i1), 10)
        self.assertFigures(customer, amount_total=220, amount_collectible=200, amount_unapplied=50, amount_held=20)
        self.assertFigures(customer, company=data["company"], amount_total=55)
        i2 = self.invoice(customer, 100, overdue=10)
        with self.without_entries():
            p = self.pay(i2, 100)
        self.assertFalse(p.move_id)
        self.bank_line(i2, 100)
