from odoo import api, fields, models
from odoo.exceptions import UserError

from ...tools import card_numbers
from ...tools.card_details import read_card_details


class PaymentTransaction(models.Model):
    """A provider's transaction on items that were chosen on the phone."""

    _inherit = "payment.transaction"

    collection_card_payment_id = fields.Many2one(
        "collection.card.payment", string="Card Payment", readonly=True, index="btree_not_null", ondelete="restrict"
    )
    collection_return_id = fields.Many2one(
        "collection.card.return", string="Refund Request", readonly=True, index="btree_not_null", ondelete="restrict"
    )
    collection_sent_on = fields.Datetime(
        string="Handed Over On", readonly=True, help="When the charge was begun with the provider; never a second time."
    )
    collection_logged_state = fields.Char(readonly=True)
    collection_card_brand = fields.Char(string="Card Brand", readonly=True)
    collection_last_four = fields.Char(string="Card's Last Four Digits", readonly=True)
    collection_authorization = fields.Char(string="Authorization Code", readonly=True)

    # A saved card is charged once for one payment, whatever else fails.
    _collection_charge_once = models.UniqueIndex(
        "(collection_card_payment_id) WHERE operation = 'offline' AND source_transaction_id IS NULL"
        " AND collection_card_payment_id IS NOT NULL",
        "This card was charged already.",
    )
    _collection_refund_once = models.UniqueIndex(
        "(collection_return_id) WHERE collection_return_id IS NOT NULL", "This refund was sent already."
    )

    def _collection_payment(self):
        """The card payment that a transaction, its capture or its refund belongs to."""
        self.ensure_one()
        return self.collection_card_payment_id or self.source_transaction_id.collection_card_payment_id

    # ------------------------------------------------------------------
    # What the provider says
    # ------------------------------------------------------------------

    def _process(self, provider_code, payment_data):
        """Keep of the card what may be kept. What comes twice, or before the customer is back, changes nothing."""
        transaction = super()._process(provider_code, payment_data)
        if transaction and transaction._collection_payment():
            transaction._collection_keep_details(payment_data)
        return transaction

    def _collection_keep_details(self, payment_data):
        found = read_card_details(payment_data)
        if self.token_id and not found.get("last_four"):
            found = {**read_card_details({"last4": self.token_id.payment_details or ""}), **found}
        vals = {
            "collection_card_brand": found.get("brand") or self.collection_card_brand,
            "collection_last_four": found.get("last_four") or self.collection_last_four,
            "collection_authorization": found.get("code") or self.collection_authorization,
        }
        self.write({name: value for name, value in vals.items() if value})
        payment = self._collection_payment().sudo()  # the provider's message comes from the public
        if payment.transaction_id == self and self.operation != "refund":
            payment._keep_card(self)

    def _update_state(self, allowed_states, target_state, state_message):
        """The card payment follows its transactions; a provider's words never hold a card number."""
        message = card_numbers.mask(str(state_message)) if state_message else state_message
        changed = super()._update_state(allowed_states, target_state, message)
        for transaction in changed:
            payment = transaction._collection_payment().sudo()  # as above
            if payment and transaction.operation == "refund":
                payment._follow_refund(transaction)
            elif payment:
                if not transaction.source_transaction_id and target_state in ("error", "cancel"):
                    payment._note_decline(transaction)
                payment._sync_with_transactions()
        return changed

    # ------------------------------------------------------------------
    # Booking
    # ------------------------------------------------------------------

    def _create_payment(self, **extra_create_values):
        """Money of a card payment settles exactly the items and amounts that were agreed."""
        payment = self._collection_payment().sudo()  # booked in the name of whoever brings the provider's message
        if not payment:
            return super()._create_payment(**extra_create_values)
        payment._lock()
        self.invalidate_recordset(["payment_id"])
        if self.payment_id:
            return self.payment_id
        account = payment.line_ids.move_line_id.account_id[:1]
        if account:
            extra_create_values = {"destination_account_id": account.id, **extra_create_values}
        money = super()._create_payment(**extra_create_values)
        if self.operation == "refund":
            payment._book_refund(self, money)
        else:
            payment._apply(money)
        return money

    def _post_process(self):
        """Log what became of each attempt, and issue the receipt once the money is booked."""
        result = super()._post_process()
        for transaction in self:
            payment = transaction._collection_payment().sudo()  # as above
            if payment and transaction.collection_logged_state != transaction.state:
                transaction.collection_logged_state = transaction.state
                payment._log_attempt(transaction)
            if payment:
                payment._issue_receipt()
        return result

    # ------------------------------------------------------------------
    # Refunds only by request
    # ------------------------------------------------------------------

    def action_refund(self, amount_to_refund=None):
        """Of a card payment only what was asked for and approved is refunded."""
        if payments := self.sudo().collection_card_payment_id:
            raise UserError(
                self.env._(
                    "Ask for the refund on %(payment)s: it needs approval, and opens the invoices again.",
                    payment=payments[0].name,
                )
            )
        return super().action_refund(amount_to_refund=amount_to_refund)

    @api.model
    def _collection_look_up(self):
        """What the provider knows of a transaction whose answer was lost, found by its reference.

        Odoo has no common way to ask; a provider that can be asked returns here what it would have sent.

        :return: dict of payment data, or None
        """
        return None
