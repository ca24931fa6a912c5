from datetime import timedelta

from odoo.tests import HttpCase, JsonRpcException, tagged
from odoo.tools import mute_logger

from .card_payment_common import CARD, CardPaymentCommon


@tagged("post_install", "-at_install")
class TestCardPaymentPage(CardPaymentCommon, HttpCase):
    """The page behind a link: everything comes from the payment, nothing from whoever holds the link."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.one = cls.items(cls.invoice(cls.acme, 100, overdue=20))
        cls.two = cls.items(cls.invoice(cls.acme, 200, overdue=10))
        cls.account(cls.acme)

    def link(self, amounts, **vals):
        payment = super().link(amounts, **vals)
        payment.sudo()._unguarded().link_expires_on = "2999-01-01 00:00:00"
        self.env.flush_all()
        return payment

    def code(self, payment):
        return payment.sudo().access_token

    def open(self, payment):
        self.env.flush_all()
        return self.url_open(f"/pay/{self.code(payment)}")

    def send(self, payment, **vals):
        method = self.env.ref("payment_demo.payment_method_demo")
        return self.make_jsonrpc_request(
            "/payment/transaction/card",
            {
                "access_token": self.code(payment),
                "provider_id": self.provider.id,
                "payment_method_id": method.id,
                "token_id": None,
                "flow": "direct",
                "tokenization_requested": False,
                "landing_route": "/elsewhere",
                **vals,
            },
        )

    def test_customer_pays_by_link(self):
        payment = self.link({self.one: 100, self.two: 50})
        page = self.open(payment)
        self.assertEqual(page.status_code, 200)
        for text in ("150.00", self.one.move_id.name, self.two.move_id.name, "No surcharge"):
            self.assertIn(text, page.text)
        self.assertNotIn("Pause the recording", page.text)
        # What the client sends of amount, payer, currency and address is not looked at.
        values = self.send(
            payment, amount=1, currency_id=self.env.ref("base.EUR").id, partner_id=self.boss.partner_id.id
        )
        self.assertEqual((values["amount"], values["partner_id"]), (150, self.ann.id))
        transaction = payment.sudo().transaction_ids
        self.assertEqual((transaction.amount, transaction.currency_id), (150, self.company.currency_id))
        self.assertTrue(transaction.landing_route.startswith("/payment/confirmation?"))
        self.make_jsonrpc_request(
            "/payment/demo/simulate_payment",
            {"reference": transaction.reference, "payment_details": CARD, "simulated_state": "done"},
        )
        self.make_jsonrpc_request("/payment/status/poll", {})
        self.env.invalidate_all()
        self.assertEqual((payment.state, self.residuals(self.one, self.two)), ("done", [0, 150]))
        self.assertEqual((payment.last_four, bool(payment.receipt_number)), ("4242", True))
        self.assertIn("This has been paid", self.open(payment).text)

    def test_dead_links(self):
        payment = self.link({self.one: 100})
        self.assertEqual(self.url_open("/pay/ABCD-EFGH-JKLM-NPQR").status_code, 404)
        self.assertEqual(self.url_open("/payment/pay?card_payment=x&card_payment_sudo=1").status_code, 404)
        with self.subTest("paid meanwhile"):
            paid = self.pay(self.one.move_id, 1)
            self.assertIn("settled meanwhile", self.open(payment).text)
            with self.assertRaises(JsonRpcException), mute_logger("odoo.http"):
                self.send(payment)
            paid.action_draft()
            paid.action_cancel()
        with self.subTest("over"):
            payment.sudo()._unguarded().link_expires_on = self.env.cr.now() - timedelta(days=9999)
            self.assertIn("has ended", self.open(payment).text)
            payment.sudo()._unguarded().link_expires_on = "2999-01-01 00:00:00"
        with self.subTest("withdrawn"):
            payment.action_withdraw()
            self.assertIn("has ended", self.open(payment).text)
            with self.assertRaises(JsonRpcException), mute_logger("odoo.http"):
                self.send(payment)
        self.assertFalse(payment.sudo().transaction_ids)

    def test_saved_cards_are_not_for_who_holds_a_link(self):
        token = self.saved_card(self.ann, payment_details="9876")
        payment = self.link({self.one: 100})
        self.assertNotIn("9876", self.open(payment).text)
        with self.assertRaises(JsonRpcException), mute_logger("odoo.http"):
            self.send(payment, flow="token", token_id=token.id)
        other = self.provider.copy({"state": "disabled"})
        with self.assertRaises(JsonRpcException), mute_logger("odoo.http"):
            self.send(payment, provider_id=other.id)

    def test_staff_pay_for_the_customer(self):
        self.authenticate("carla", "carla")
        payment = self.link({self.one: 100})
        values = self.send(payment)
        self.assertEqual(values["partner_id"], self.ann.id)

    def test_keying_needs_its_own_right(self):
        self.boss.group_ids += self.env.ref("account_collections.group_card_keying")
        vals = {"method": "keyed", "consent_name": "Ann", "consent_text": "Yes"}
        with self.assertRaisesRegex(Exception, "Key cards"):
            self.link({self.one: 100}, **vals)
        payment = self.link({self.one: 100}, user=self.boss, **vals)
        self.assertTrue(payment.paused_on and payment.consent_on)
        self.assertFalse(payment.link_url)
        with self.assertRaisesRegex(Exception, "Key cards"):
            payment.with_user(self.carla).action_open_page()
        self.assertIn("/pay/", payment.with_user(self.boss).action_open_page()["url"])
        for login, shown in ((None, False), ("carla", False), ("boss", True)):
            self.authenticate(login, login)
            page = self.open(payment).text
            self.assertEqual("Pause the recording" in page, shown, login)
            self.assertEqual("for our own staff" in page, not shown, login)

    def test_no_card_number_is_stored_with_a_saved_card(self):
        payment = self.link({self.one: 100})
        self.send(payment, tokenization_requested=True)
        transaction = payment.sudo().transaction_ids
        data = {"reference": transaction.reference, "payment_details": "4242 4242 4242 4242", "simulated_state": "done"}
        self.make_jsonrpc_request("/payment/demo/simulate_payment", data)
        self.env.invalidate_all()
        self.assertEqual(transaction.token_id.payment_details, "4242")
