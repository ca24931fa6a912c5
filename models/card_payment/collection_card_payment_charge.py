from odoo import fields, models
from odoo.exceptions import UserError

CHARGED = ("charging", "pending", "authorized", "done")


class CollectionCardPayment(models.Model):
    """Charging a saved card, and what is done with an authorisation."""

    _inherit = "collection.card.payment"

    def action_charge(self):
        """Charge the saved card: the reference is written now, the provider is asked after the commit. A second click changes nothing.

        :raise UserError: consent is missing, or what is charged is no longer open
        """
        self.check_access("write")
        if self.filtered(lambda payment: payment.method != "token"):
            raise UserError(self.env._("Only a saved card is charged directly: send the link instead."))
        # A second click leaves the row alone: the provider's answer is being written to it.
        todo = self.filtered(lambda payment: payment.state not in CHARGED)
        todo._lock()
        for payment in todo:
            if payment.state in CHARGED:
                continue
            payment._update_state(("draft",), "draft")  # refuses what has ended
            payment._check_complete()
            payment._charge()
        return self._open() if len(self) == 1 else True

    def _charge(self):
        """Write the transaction under its reference, which names it at the provider for good."""
        token = self.token_id.sudo()  # providers and transactions are the system's
        transaction = (
            self.env["payment.transaction"]
            .sudo()
            .create(
                {
                    "provider_id": token.provider_id.id,
                    "payment_method_id": token.payment_method_id.id,
                    "reference": self._charge_reference(),
                    "amount": self.amount_currency,
                    "currency_id": self.currency_id.id,
                    "partner_id": token.partner_id.id,
                    "token_id": token.id,
                    "operation": "offline",
                    "collection_card_payment_id": self.id,
                }
            )
        )
        self.sudo()._unguarded().write(
            {
                "transaction_id": transaction.id,
                "provider_name": token.provider_id.name,
                "consent_on": fields.Datetime.now(),
            }
        )
        self.sudo()._set_charging()  # the hold is the system's
        transaction._collection_send_after_commit()

    def _charge_reference(self):
        """What the provider knows the charge by: our number, with the company's id, in the signs that every provider takes."""
        self.ensure_one()
        number = self.name.replace("/", "-")
        return (
            self.env["payment.transaction"].sudo()._compute_reference("none", prefix=f"{number}-{self.company_id.id}")
        )

    def action_capture(self):
        """Collect what is authorised."""
        self._act_on_authorized("_capture")
        return True

    def action_void(self):
        """Give an authorisation back: nothing is charged."""
        self._act_on_authorized("_void")
        return True

    def _act_on_authorized(self, act):
        self.check_access("write")
        self._lock()
        for payment in self:
            payment._update_state(("authorized",), "authorized")
            for transaction in payment._charges().filtered(lambda tx: tx.state == "authorized"):
                child = getattr(transaction, act)()
                (child | transaction).filtered(lambda tx: tx.state != "draft")._post_process()

    # ------------------------------------------------------------------
    # No answer
    # ------------------------------------------------------------------

    def _note_unclear(self):
        """The provider did not answer: the items stay held, nothing is charged again, and somebody looks it up."""
        for payment in self.sudo().filtered(lambda each: each.state == "charging" and not each.unclear_since):
            payment._unguarded().unclear_since = fields.Datetime.now()
            payment.account_id._add_task(
                self.env._("Card charge %(name)s: no answer", name=payment.name),
                self.env._(
                    "The provider did not answer. Look up the reference %(reference)s there: if it was charged, its message comes in by"
                    " itself or a manager records it; it is never charged twice.",
                    reference=payment.transaction_id.reference,
                ),
            )

    def action_found_charged(self):
        """A manager saw at the provider that the charge went through: it is booked."""
        self._settle_unclear("_set_done")
        return True

    def action_found_not_charged(self):
        """A manager saw at the provider that nothing was charged: the items are free again."""
        self._settle_unclear("_set_canceled")
        return True

    def _settle_unclear(self, gate):
        self.check_access("write")
        if not self.env.user.has_group("account_collections.group_manager"):
            raise UserError(self.env._("An AR manager records what was found at the provider."))
        self._lock()
        for payment in self:
            if payment.state != "charging" or not payment.unclear_since:
                raise UserError(self.env._("%(payment)s does not wait for an answer.", payment=payment.name))
            transaction = payment.sudo().transaction_id
            said = self.env._("As %(user)s found at the provider", user=self.env.user.name)
            getattr(transaction, gate)(state_message=said)
            transaction._post_process()

    def _open(self):
        """The action that shows the payment."""
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "res_model": self._name,
            "res_id": self.id,
            "view_mode": "form",
            "views": [(False, "form")],
        }
