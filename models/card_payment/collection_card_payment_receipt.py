from odoo import fields, models
from odoo.exceptions import UserError

from .collection_card_payment import PAID

_TRIES = 3


class CollectionCardPayment(models.Model):
    """The receipt: issued once, when the money is booked; every print after the first is a duplicate."""

    _inherit = "collection.card.payment"

    # ------------------------------------------------------------------
    # Issuing
    # ------------------------------------------------------------------

    def _issue_receipt(self):
        """Number the receipts of what is paid and booked, and have them mailed. What was issued stays as it was."""
        todo = self.sudo().filtered(
            lambda each: (
                each.state in PAID
                and not each.receipt_number
                and each._charges().payment_id | each._captures().payment_id
            )
        )
        for payment in todo:
            sequence = self.env["ir.sequence"].sudo().with_company(payment.company_id)  # numbers are the system's
            payment._unguarded().write(
                {
                    "receipt_number": sequence.next_by_code("collection.card.receipt"),
                    "receipt_on": fields.Datetime.now(),
                    "amount_received_currency": sum(payment._paid_transactions().mapped("amount")),
                    "balance_left_currency": payment._balance_left(),
                    "receipt_mail_due": True,
                }
            )
            payment._sync_holds()
        if todo:
            self.env.ref("account_collections.ir_cron_card_receipts").sudo()._trigger()

    def _captures(self):
        return self.sudo().transaction_ids.child_transaction_ids.filtered(lambda tx: tx.operation != "refund")

    def _balance_left(self):
        """What the customer owes in the currency of the charge, credits taken off."""
        lines = self.env["account.move.line"].sudo()  # also what the payer's collector does not see
        domain = lines._collection_open_domain(self.company_id)
        items = lines.search(domain & self._customer_domain())
        return self.currency_id.round(sum(items.mapped("amount_residual_currency")))

    def _customer_domain(self):
        return fields.Domain("partner_id.commercial_partner_id", "=", self.partner_id.id) & fields.Domain(
            "currency_id", "=", self.currency_id.id
        )

    # ------------------------------------------------------------------
    # Printing
    # ------------------------------------------------------------------

    def action_print_receipt(self):
        """Print the receipt; after the first time it is marked as a duplicate.

        :raise UserError: nothing was paid, so that there is no receipt
        """
        self.check_access("read")
        self._check_has_receipt()
        return self.env.ref("account_collections.action_report_card_receipt").report_action(self)

    def _check_has_receipt(self):
        if without := self.filtered(lambda each: not each.receipt_number):
            raise UserError(
                self.env._("%(payment)s has no receipt: only what was paid has one.", payment=without[0].name)
            )

    def _receipt_values(self):
        """What the receipt shows beside its own fields, in the language of the context."""
        self.ensure_one()
        received = self.amount_received_currency
        unapplied = self.currency_id.round(received - self.amount_applied_currency)
        lang = self.env.context.get("lang") or self._mail_lang()
        words, said = self.currency_id._amount_in_words(received, lang)
        return {
            "amount": self.currency_id.format(received),
            "words": words,
            "words_in_english": said != lang,
            "merchant": self.company_id.name,
            "paid": self._moment(self.paid_on),
            "issued": self._moment(self.receipt_on),
            "now": self._moment(fields.Datetime.now()),
            "payer": self.payer_id.name or self.consent_name or self.partner_id.name,
            "customer": self.partner_id.name,
            "reference": self._paid_transactions()[:1].reference or self.name,
            "unapplied": unapplied > 0 and self.currency_id.format(unapplied),
            "balance": self.currency_id.format(self.balance_left_currency),
        }

    def _count_receipt(self):
        """Count one more issue of each receipt.

        :return: dict of payment id to how many there are now
        """
        for payment in self.sudo():  # who only reads may print, and the count is the system's
            payment._unguarded().receipt_count = payment.receipt_count + 1
        return {payment.id: payment.receipt_count for payment in self.sudo()}

    # ------------------------------------------------------------------
    # E-mail
    # ------------------------------------------------------------------

    def action_mail_receipt(self):
        """Mail the receipt once more, to whom it would go today."""
        self.check_access("write")
        self._check_has_receipt()
        self.sudo()._unguarded().write({"receipt_mail_due": True, "receipt_mail_tries": 0, "receipt_mail_error": False})
        self.env.ref("account_collections.ir_cron_card_receipts").sudo()._trigger()  # as above
        return True

    def _mail_receipt(self):
        """Queue the receipt's e-mail with its PDF. Where it cannot be made it is tried again, then shown as not mailed."""
        self.ensure_one()
        recipient = self._mail_recipient()
        if not recipient:
            self._unguarded().write(
                {
                    "receipt_mail_due": False,
                    "receipt_mail_error": self.env._("Nobody of this customer may be written to by e-mail"),
                }
            )
            return
        try:
            with self.env.cr.savepoint():
                mail_id = self._send_mail(self.env.ref("account_collections.mail_template_card_receipt"), recipient)
        except UserError as error:
            # For instance that the program which makes PDFs is missing or died.
            tries = self.receipt_mail_tries + 1
            self._unguarded().write(
                {
                    "receipt_mail_tries": tries,
                    "receipt_mail_due": tries < _TRIES,
                    "receipt_mail_error": self.env._(
                        "The receipt could not be made: %(reason)s", reason=str(error)[:300]
                    ),
                }
            )
            return
        self._unguarded().write(
            {
                "receipt_mail_id": mail_id,
                "receipt_mail_to": recipient.email_normalized,
                "receipt_mail_due": False,
                "receipt_mail_error": False,
            }
        )
