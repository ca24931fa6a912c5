from odoo import fields, models


class CollectionCardPayment(models.Model):
    """Every attempt stands in the account's history."""

    _inherit = "collection.card.payment"

    def _log_contact(self, note, channel="note", direction="out"):
        """Log a contact of this charge, in the name of whoever took it."""
        for payment in self:
            # Whoever pays or brings the provider's message has no rights here.
            self.env["collection.activity"].sudo()._unguarded()._log(
                [
                    {
                        "account_id": payment.account_id.id,
                        "channel": channel,
                        "direction": direction,
                        "contact_id": payment.payer_id.id,
                        "user_id": payment.user_id.id,
                        "date": fields.Datetime.now(),
                        "move_ids": payment.line_ids.move_id.ids,
                        "card_payment_id": payment.id,
                        "note": note,
                    }
                ]
            )

    def _log_attempt(self, transaction):
        """What became of an attempt, or of a refund."""
        self.ensure_one()
        _ = self.env._
        facts = {
            "name": self.name,
            "amount": self.currency_id.format(abs(transaction.amount)),
            "card": self.card_text or _("card"),
            "reason": transaction.state_message or _("no reason given"),
        }
        if transaction.operation == "refund":
            notes = {
                "done": _("Refund of %(amount)s for %(name)s.", **facts),
                "error": _("The provider refused to refund %(amount)s of %(name)s: %(reason)s", **facts),
                "cancel": _("The refund of %(amount)s of %(name)s was cancelled: %(reason)s", **facts),
            }
        else:
            notes = {
                "done": _("%(name)s: %(amount)s charged to %(card)s.", **facts),
                "authorized": _("%(name)s: %(amount)s authorized on %(card)s, not collected yet.", **facts),
                "pending": _("%(name)s: %(amount)s is pending at the provider.", **facts),
                "error": _("%(name)s: charge of %(amount)s declined: %(reason)s", **facts),
                "cancel": _("%(name)s: charge of %(amount)s cancelled: %(reason)s", **facts),
            }
        if note := notes.get(transaction.state):
            by_customer = self.method == "link" and transaction.operation != "refund"
            self._log_contact(note, *(("portal", "in") if by_customer else ("note", "out")))
