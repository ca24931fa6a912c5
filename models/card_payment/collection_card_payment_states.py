from odoo import fields, models

from .collection_card_payment import HOLDING, PAID

# Whatever became of a charge here: money that arrives is recorded.
_ANY_UNPAID = ("draft", "link_sent", "charging", "pending", "authorized", "declined", "cancelled", "expired")


class CollectionCardPayment(models.Model):
    """The state of a charge: begun and withdrawn by people, the rest by what the provider says of its transactions."""

    _inherit = "collection.card.payment"

    # ------------------------------------------------------------------
    # Gates
    # ------------------------------------------------------------------

    def _set_link_sent(self, **vals):
        return self._update_state(("draft", *HOLDING), "link_sent", **vals)

    def _set_charging(self):
        return self._update_state(("draft",), "charging")

    def _set_pending(self):
        return self._update_state(_ANY_UNPAID, "pending", unclear_since=False)

    def _set_authorized(self):
        return self._update_state(_ANY_UNPAID, "authorized", unclear_since=False)

    def _set_done(self):
        return self._update_state(_ANY_UNPAID, "done", paid_on=fields.Datetime.now(), unclear_since=False)

    def _set_declined(self, reason):
        return self._update_state(HOLDING, "declined", closed_reason=reason, unclear_since=False)

    def _set_cancelled(self, reason):
        return self._update_state(("draft", "link_sent"), "cancelled", closed_reason=reason)

    def _set_expired(self):
        return self._update_state(
            ("link_sent", *HOLDING), "expired", closed_reason=self.env._("Nobody paid before the link ended")
        )

    def _set_returned(self, target):
        return self._update_state(PAID, target)

    def _update_state(self, allowed, target, **vals):
        changed = super()._update_state(allowed, target, **vals)
        if changed:
            changed._sync_holds()
        return changed

    # ------------------------------------------------------------------
    # What the provider says
    # ------------------------------------------------------------------

    def _charges(self):
        """The attempts, without captures and refunds, the latest first; the system's record."""
        return self.sudo().transaction_ids.filtered(
            lambda tx: not tx.source_transaction_id and tx.operation not in ("refund", "validation")
        )

    def _sync_with_transactions(self):
        """Bring the state to what the provider has said so far, however often and in whatever order."""
        for payment in self.sudo():  # a provider's message comes from the public
            if payment.state in PAID:
                continue
            charges = payment._charges()
            found = next(
                (tx for state in ("done", "authorized", "pending") for tx in charges if tx.state == state), None
            )
            if found:
                payment._keep_card(found)
                getattr(payment, f"_set_{found.state}")()
            elif payment.state in HOLDING and not charges.filtered(
                lambda tx: tx.state == "draft" and tx.operation == "offline"
            ):
                payment._go_on_after_decline(charges)

    def _go_on_after_decline(self, charges):
        """A saved card is declined for good; whoever pays by a link may try another card while it is good."""
        last = charges[:1]
        if self.method == "token":
            self._set_declined(last.state_message or self.env._("Declined by the provider"))
        elif self.link_expires_on and self.link_expires_on > fields.Datetime.now():
            self._set_link_sent()
        else:
            self._set_expired()

    def _keep_card(self, transaction):
        """What may be kept of the card and the charge: brand, last four digits, the provider's reference, authorisation code."""
        self._unguarded().write(
            {
                "transaction_id": transaction.id,
                "provider_name": transaction.provider_id.name,
                "provider_reference": transaction.provider_reference,
                "card_brand": transaction.collection_card_brand or transaction.payment_method_id.name,
                "last_four": transaction.collection_last_four,
                "authorization_code": transaction.collection_authorization,
            }
        )

    def _note_decline(self, transaction):
        """An attempt failed: counted, with the provider's reason."""
        self.sudo()._unguarded().write(
            {
                "decline_count": self.sudo().decline_count + 1,
                "decline_reason": transaction.state_message or self.env._("Declined by the provider"),
            }
        )

    # ------------------------------------------------------------------
    # Holds: nobody who has paid is dunned
    # ------------------------------------------------------------------

    def _holds(self):
        """The holds of these charges that still stand; they are the system's."""
        return (
            self.env["collection.hold"]
            .sudo()
            .search([("res_model", "=", self._name), ("res_id", "in", self.ids), ("date_released", "=", False)])
        )

    def _is_awaited(self):
        """Whether money may be on its way that the ledger does not show yet."""
        posted = self.sudo().transaction_ids.payment_id
        return self.state in HOLDING or (self.state == "done" and not posted)

    def _sync_holds(self):
        """Hold what is on its way, as far as nothing else holds it; release the rest. Holds are never edited."""
        standing = self._holds().grouped("res_id") if self.ids else {}
        vals_list = []
        for payment in self.sudo():
            wanted = payment._wanted_holds(standing.get(payment.id, self.env["collection.hold"]))
            holds = standing.get(payment.id, self.env["collection.hold"])
            if {hold.move_line_id.id: hold.amount_currency for hold in holds} == wanted:
                continue
            holds._release(payment._hold_reason())
            vals_list += [
                {
                    "account_id": payment.account_id.id,
                    "move_line_id": item,
                    "amount_currency": amount,
                    "kind": "payment",
                    "reason": payment._hold_reason(),
                    "res_model": self._name,
                    "res_id": payment.id,
                }
                for item, amount in wanted.items()
            ]
        if vals_list:
            self.env["collection.hold"]._place(vals_list)

    def _wanted_holds(self, standing):
        """Dict of item id to amount."""
        if not self._is_awaited():
            return {}
        own = {hold.move_line_id.id: hold.amount_currency for hold in standing}
        items = self.line_ids.move_line_id
        free = items._collection_free_amounts()
        wanted = {}
        for line in self.line_ids.filtered("move_line_id"):
            item = line.move_line_id
            left = line.amount_currency - line.amount_applied_currency
            amount = self.currency_id.round(min(left, max(0.0, free[item.id] + own.get(item.id, 0.0))))
            if self.currency_id.compare_amounts(amount, 0) > 0 and item.amount_residual_currency > 0:
                wanted[item.id] = amount
        return wanted

    def _hold_reason(self):
        state = dict(self._fields["state"]._description_selection(self.env)).get(self.state)
        return self.env._("Card payment %(name)s is “%(state)s”", name=self.name, state=state)
