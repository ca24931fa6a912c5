from odoo.exceptions import UserError, ValidationError
from odoo.tests import Form, tagged

from .card_payment_common import CardPaymentCommon


@tagged("post_install", "-at_install")
class TestCardPaymentTake(CardPaymentCommon):
    """The dialog: which items, how much, who agreed."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.old = cls.items(cls.invoice(cls.acme, 100, overdue=20))
        cls.new = cls.items(cls.invoice(cls.acme, 200, overdue=10))
        cls.next = cls.items(cls.invoice(cls.acme, 400, overdue=-10))
        cls.account(cls.acme)

    def dialog(self, user=None, **vals):
        account = self.account(self.acme)
        return Form(
            self.env["collection.card.payment.take"]
            .with_user(user or self.carla)
            .with_context(default_account_id=account.id, **vals)
        )

    def amounts(self, wizard):
        return {line.move_line_id: line.amount for line in wizard.line_ids}

    def test_overdue_is_proposed_and_an_amount_is_spread(self):
        with self.dialog() as form:
            form.payer_id = self.ann
        self.assertEqual(self.amounts(form.record), {self.old: 100, self.new: 200, self.next: 0})
        with self.dialog() as form:
            form.spread = 150
        self.assertEqual(self.amounts(form.record), {self.old: 100, self.new: 50, self.next: 0})
        with self.dialog() as form:
            form.fill = "all"
        self.assertEqual(form.record.total, 700)

    def test_what_others_charge_is_not_offered(self):
        self.link({self.old: 60})
        with self.dialog() as form:
            pass
        self.assertEqual(self.amounts(form.record)[self.old], 40)

    def test_link_from_the_dialog(self):
        with self.dialog() as form:
            form.payer_id = self.ann
        wizard = form.record
        action = wizard.action_copy_link()
        again = wizard.action_copy_link()
        self.assertEqual(action["res_id"], again["res_id"])
        payment = self.Payment.browse(action["res_id"])
        self.assertEqual((payment.state, payment.amount), ("link_sent", 300))

    def test_charge_from_the_dialog(self):
        token = self.saved_card()
        with self.dialog() as form:
            form.payer_id = self.ann
            form.spread = 30
        wizard = form.record
        self.assertEqual((wizard.method, wizard.token_id), ("token", token))
        self.assertIn("ending in 4242", wizard.consent_text)
        self.assertIn("30.00", wizard.consent_text)
        with self.assertRaisesRegex(UserError, "agreed"):
            wizard.action_charge()
        wizard.is_agreed = True
        payment = self.Payment.browse(wizard.action_charge()["res_id"])
        self.assertEqual(wizard.action_charge()["res_id"], payment.id)
        self.answer()
        self.env.invalidate_all()
        self.assertEqual((payment.state, payment.consent_name, payment.amount), ("done", "Ann Payable", 30))
        self.assertIn("30.00", payment.consent_text)
        self.assertEqual(len(payment.sudo().transaction_ids), 1)

    def test_keying_pauses_the_recording(self):
        self.boss.group_ids += self.env.ref("account_collections.group_card_keying")
        with self.dialog(self.boss) as form:
            form.payer_id = self.ann
            form.method = "keyed"
            form.is_agreed = True
        with self.assertRaisesRegex(UserError, "recording"):
            form.record.action_key()
        form.record.is_paused = True
        payment = self.Payment.browse(form.record.action_key()["res_id"])
        self.assertTrue(payment.paused_on)
        with self.dialog() as form:
            form.method = "keyed"
        form.record.update({"is_agreed": True, "is_paused": True})
        with self.assertRaises(UserError):
            form.record.action_key()

    def test_nothing_chosen_or_too_much(self):
        with self.dialog() as form:
            form.fill = "none"
        with self.assertRaises(UserError):
            form.record.action_copy_link()
        with self.dialog() as form:
            form.spread = 701
        with self.assertRaises(ValidationError):
            form.record.action_copy_link()

    def test_refund_dialog(self):
        payment = self.charge({self.old: 100, self.new: 50})
        action = payment.with_user(self.carla).action_refund()
        with Form(self.env[action["res_model"]].with_user(self.carla).with_context(**action["context"])) as form:
            form.reason = "Sent twice"
        self.assertEqual(form.record.total, 150)
        form.record.line_ids[1].amount = 0
        form.record.action_apply()
        self.assertEqual(payment.return_ids.mapped("state"), ["waiting"])
        self.assertEqual(payment.return_ids.amount_currency, 100)
