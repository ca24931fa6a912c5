from unittest import SkipTest

from odoo import Command
from odoo.exceptions import UserError
from odoo.tests import tagged

from .escalation_common import EscalationCommon


@tagged("post_install", "-at_install")
class TestEscalationSale(EscalationCommon):
    """Orders of customers on credit hold. Runs where the app `sale` is installed; the add-on does not need it."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        if "sale.order" not in cls.env.registry:
            raise SkipTest("The Sales app is not installed in this database.")
        cls.seller = cls.member("employee", "seller", name="Sam Seller")
        cls.seller.group_ids += cls.env.ref("sales_team.group_sale_salesman_all_leads")
        cls.product = cls.env["product.product"].create({"name": "Desk", "list_price": 100, "taxes_id": False})

    def order(self, partner=None, **vals):
        return (
            self.env["sale.order"]
            .with_user(self.seller)
            .create(
                {
                    "partner_id": (partner or self.acme).id,
                    "order_line": [Command.create({"product_id": self.product.id, "product_uom_qty": 1})],
                    **vals,
                }
            )
        )

    def test_warns(self):
        order = self.order()
        self.assertFalse(order.partner_credit_warning)
        self.acme_account._set_credit_hold("Stop deliveries")
        order.invalidate_recordset()
        self.assertIn("Stop deliveries", order.partner_credit_warning)
        order.action_confirm()
        self.assertEqual(order.state, "sale")
        self.assertIn("Confirmed in spite of the credit hold", order.message_ids[:2].mapped("body").__str__())

    def test_refuses(self):
        self.company.collection_credit_hold_sale = "block"
        self.acme_account._set_credit_hold("Stop deliveries")
        contact = self.contact(self.acme)
        for partner in (self.acme, contact):
            order = self.order(partner)
            with self.assertRefused(UserError, "is on credit hold.*Stop deliveries"):
                order.action_confirm()
            self.assertEqual(order.state, "draft")
        free = self.order(self.customer("Free"))
        free.action_confirm()
        self.assertEqual(free.state, "sale")
        self.acme_account.credit_hold_id._lift("Paid")
        order.action_confirm()
        self.assertEqual(order.state, "sale")

    def test_no_rule_no_word(self):
        self.company.collection_credit_hold_sale = "none"
        self.acme_account._set_credit_hold("Stop deliveries")
        order = self.order()
        self.assertFalse(order.partner_credit_warning)
        order.action_confirm()
        self.assertEqual(order.state, "sale")

    def test_a_customer_who_signs_is_not_told(self):
        self.company.collection_credit_hold_sale = "block"
        self.acme_account._set_credit_hold("Stop deliveries")
        held, free = self.order(), self.order(self.customer("Free"))
        portal = self.env.ref("base.public_user")
        (held | free).with_user(portal).sudo().action_confirm()
        self.assertEqual((held.state, free.state), ("draft", "sale"))
        self.assertEqual(held.activity_ids.user_id, self.seller)

    def test_paid_in_advance_it_passes(self):
        self.company.collection_credit_hold_sale = "block"
        self.acme_account._set_credit_hold("Stop deliveries")
        order = self.order()
        self.patch(
            type(order), "_compute_amount_paid", lambda orders: [setattr(each, "amount_paid", 100) for each in orders]
        )
        order.invalidate_recordset()
        order.action_confirm()
        self.assertEqual(order.state, "sale")

    def test_another_company(self):
        other = self.second_company()["company"]
        self.invoice(self.acme, 5, overdue=3, company=other)
        self.account(self.acme, other)._set_credit_hold("Theirs")
        self.assertFalse(self.order().partner_credit_warning)

    def test_extended_once(self):
        order_class = self.env.registry["sale.order"]
        before = order_class.action_confirm
        self.CreditHold._register_hook()
        self.assertIs(order_class.action_confirm, before)
        self.CreditHold._unregister_hook()
        self.addCleanup(self.CreditHold._register_hook)
        self.assertIsNot(order_class.action_confirm, before)
