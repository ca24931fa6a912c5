from datetime import timedelta

from odoo import api, fields, models
from odoo.exceptions import UserError


class CollectionCardReturn(models.Model):
    """A refund is asked for, approved by somebody else, and then handed to the provider once."""

    _inherit = "collection.card.return"

    def _approval_kind(self):
        return "card_refund"

    def _approval_roles(self):
        return ("manager",) if self.kind == "refund" else ()

    def _approval_is_open(self):
        return self.state in ("draft", "waiting")

    def _approval_facts(self):
        self.ensure_one()
        return {
            "payment": self.payment_id.id,
            "items": sorted([line.line_id.id, line.amount_currency] for line in self.line_ids),
        }

    def _approval_summary(self):
        self.ensure_one()
        _ = self.env._
        payment = self.payment_id
        return {
            "title": _("Refund to a card: %(record)s", record=self.display_name),
            "amount": self.amount_currency,
            "currency": self.currency_id,
            "partner": self.partner_id,
            "since": payment.receipt_on and self.company_id._collection_date(payment.receipt_on),
            "effect": _("The amount goes back to the card, and the items are open again."),
            "details": [
                (_("Receipt"), payment.receipt_number),
                (_("Card"), payment.card_text or ""),
                (_("Reason"), self.reason),
                *((line.move_name, self.currency_id.format(line.amount_currency)) for line in self.line_ids),
            ],
        }

    def action_submit(self):
        """Ask an AR manager to approve the refund.

        :raise UserError: a chargeback is recorded instead, or nobody else could approve
        """
        if self.filtered(lambda each: each.kind != "refund"):
            raise UserError(self.env._("A chargeback is not approved: it is recorded."))
        self._check_draft()
        return super().action_submit()

    def _on_submitted(self):
        result = super()._on_submitted()
        self._set_waiting()
        return result

    def _on_refused(self, reason):
        result = super()._on_refused(reason)
        self._set_refused()
        return result

    def _on_voided(self, reason):
        result = super()._on_voided(reason)
        self.filtered(lambda each: each.state == "waiting")._update_state(("waiting",), "draft")
        return result

    def _on_approved(self):
        """Write the refund's transaction now; the provider is asked after the commit, once."""
        result = super()._on_approved()
        for record in self.filtered(lambda each: each.kind == "refund" and each.state in ("draft", "waiting")):
            record.payment_id._lock()
            record._check_draft()
            # A card that was removed since can be refunded all the same.
            transaction = record.payment_id._paid_transactions()._create_child_transaction(
                record.amount_currency, is_refund=True, token_id=False, collection_return_id=record.id
            )
            record._set_sent()
            transaction._collection_send_after_commit()
        return result

    # ------------------------------------------------------------------
    # No answer
    # ------------------------------------------------------------------

    def _note_unclear(self):
        """The provider did not answer: it is not asked a second time, and somebody looks it up."""
        for record in self.sudo().filtered(lambda each: each.state == "sent" and not each.unclear_since):
            record._unguarded().unclear_since = fields.Datetime.now()
            record.account_id._add_task(
                self.env._("Refund %(name)s: no answer", name=record.name),
                self.env._(
                    "The provider did not answer. Look up the reference %(reference)s there and record what you find.",
                    reference=record.transaction_ids[:1].reference,
                ),
            )

    def action_found_refunded(self):
        """A manager saw at the provider that the money went back: it is booked."""
        return self._settle_unclear("_set_done")

    def action_found_not_refunded(self):
        """A manager saw at the provider that nothing went back."""
        return self._settle_unclear("_set_canceled")

    def _settle_unclear(self, gate):
        self.check_access("write")
        if not self.env.user.has_group("account_collections.group_manager"):
            raise UserError(self.env._("An AR manager records what was found at the provider."))
        for record in self:
            record.payment_id._lock()
            if record.state != "sent" or not record.unclear_since:
                raise UserError(self.env._("%(record)s does not wait for an answer.", record=record.name))
            transaction = record.sudo().transaction_ids  # transactions are the system's
            getattr(transaction, gate)(
                state_message=self.env._("As %(user)s found at the provider", user=self.env.user.name)
            )
            transaction._post_process()
        return True

    @api.model
    def _check_all_stuck(self, now):
        """Refunds without an answer: booked where it came meanwhile, else brought to somebody. Nothing is refunded twice."""
        for record in self.search([("state", "=", "sent")]):
            transaction = record.transaction_ids
            if transaction.state != "draft":
                record.payment_id._follow_refund(transaction)
                if not transaction.is_post_processed:
                    transaction._post_process()
            elif not transaction.collection_sent_on:
                if transaction.create_date < now - timedelta(minutes=10):
                    transaction._set_canceled(state_message=self.env._("The server stopped before it was refunded"))
            elif data := transaction._collection_look_up():
                transaction._process(transaction.provider_code, data)
            elif transaction.collection_sent_on < now - timedelta(minutes=10):
                record._note_unclear()
