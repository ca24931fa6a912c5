from unittest.mock import patch

from odoo.exceptions import UserError
from odoo.tests import tagged

from .card_payment_common import CardPaymentCommon

REPORT = "account_collections.action_report_card_receipt"


@tagged("post_install", "-at_install")
class TestCardPaymentReceipt(CardPaymentCommon):
    """What stands on a receipt, and how it goes out."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.one = cls.items(cls.invoice(cls.acme, 1234.5, overdue=20))
        cls.two = cls.items(cls.invoice(cls.acme, 200, overdue=10))
        cls.account(cls.acme)

    def html(self, payment, user=None):
        report = self.env["ir.actions.report"].with_user(user or self.carla)
        return str(report._render_qweb_html(REPORT, payment.ids)[0], "utf-8")

    def mail(self):
        with self.enter_registry_test_mode():
            self.env.ref("account_collections.ir_cron_card_receipts").sudo().method_direct_trigger()
        self.env.invalidate_all()

    def test_what_it_says(self):
        payment = self.charge({self.one: 1234.5, self.two: 50})
        payment.transaction_id.sudo().collection_authorization = "A1B2C3"
        payment._keep_card(payment.transaction_id.sudo())
        page = self.html(payment)
        for text in (
            self.company.name,
            payment.receipt_number,
            "1,284.50",
            "two hundred and eighty-four",
            "•••• 4242",
            "A1B2C3",
            "EDT",
            self.one.move_id.name,
            "200.00",
            "150.00",
            self.account(self.acme).name,
        ):
            self.assertIn(text, page)
        self.assertNotIn("Expir", page)
        self.assertEqual(payment.balance_left_currency, 150)

    def test_all_but_the_first_are_duplicates(self):
        payment = self.charge({self.one: 100})
        self.assertNotIn("DUPLICATE", self.html(payment))
        for count in (2, 3):
            self.assertIn("DUPLICATE", self.html(payment, self.boss))
            self.assertEqual(payment.receipt_count, count)

    def test_no_receipt_before_the_money(self):
        for payment in (
            self.take({self.one: 1}),
            self.charge({self.one: 1}, "pending"),
            self.charge({self.one: 1}, "error"),
        ):
            with self.assertRaises(UserError):
                payment.action_print_receipt()
            with self.assertRaises(UserError):
                self.html(payment)

    def test_mailed_once_in_the_payers_language(self):
        self.env["res.lang"]._activate_lang("fr_FR")
        self.ann.lang = "fr_FR"
        payment = self.charge({self.one: 100})
        self.assertEqual(payment._mail_lang(), "fr_FR")
        with patch.object(
            self.env.registry["ir.actions.report"], "_render_qweb_pdf", lambda *_a, **_k: (b"%PDF-1.4", "pdf")
        ):
            self.mail()
            self.mail()
        mail = payment.receipt_mail_id.sudo()
        self.assertEqual((mail.recipient_ids, payment.receipt_mail_to), (self.ann, "ann@example.com"))
        self.assertIn(payment.receipt_number, mail.subject)
        self.assertTrue(mail.attachment_ids)
        found = self.env["mail.mail"].sudo().search([("model", "=", payment._name), ("res_id", "=", payment.id)])
        self.assertEqual(len(found), 1)

    def test_pdf_that_cannot_be_made_is_tried_again_then_shown(self):
        payment = self.charge({self.one: 100})

        def dies(*_args, **_kwargs):
            raise UserError("Wkhtmltopdf failed")  # pylint: disable=translation-required

        with patch.object(self.env.registry["ir.actions.report"], "_render_qweb_pdf", dies):
            for left in (True, True, False, False):
                self.mail()
                self.assertEqual(payment.receipt_mail_due, left)
        self.assertIn("Wkhtmltopdf failed", payment.receipt_mail_error)
        self.assertEqual((payment.state, self.residuals(self.one)), ("done", [1134.5]))
        with patch.object(
            self.env.registry["ir.actions.report"], "_render_qweb_pdf", lambda *_a, **_k: (b"%PDF-1.4", "pdf")
        ):
            payment.action_mail_receipt()
            self.mail()
        self.assertTrue(payment.receipt_mail_id)
        self.assertFalse(payment.receipt_mail_error)

    def test_nobody_to_write_to(self):
        (self.ann | self.acme).collection_do_not_email = True
        payment = self.charge({self.one: 100})
        self.mail()
        self.assertFalse(payment.receipt_mail_id or payment.receipt_mail_due)
        self.assertTrue(payment.receipt_mail_error)
        with self.assertRaises(UserError):
            self.take({self.one: 1}).action_send_link()

    def test_link_mail(self):
        payment = self.take({self.one: 100})
        payment.action_send_link()
        mail = payment.sudo().mail_id
        self.assertIn(payment.sudo().access_token, mail.body_html)
        self.assertIn("100.00", mail.body_html)
        self.assertEqual((payment.mail_to, mail.recipient_ids), ("ann@example.com", self.ann))
        mail.write({"state": "exception", "failure_reason": "550 refused"})
        self.assertIn("550 refused", payment.mail_text)
        self.assertEqual(payment.state, "link_sent")
