from odoo import api, models
from odoo.fields import Domain


class AccountPayment(models.Model):
    _inherit = "account.payment"

    @api.model
    def _collection_unbooked_domain(self):
        """Customer payments that are registered but have no journal entry (SPEC §0, "payments without an entry")."""
        return (
            Domain("move_id", "=", False)
            & Domain("payment_type", "=", "inbound")
            & Domain("partner_type", "=", "customer")
            & Domain("state", "in", ("in_process", "paid"))
        )

    def _collection_is_awaiting_bank(self):
        """Whether the payment says that its invoices are paid while the ledger does not show it yet.

        A payment validated by hand stands for money only as long as its invoices are shown as paid with an open residual; once
        the bank line is matched, the residual itself tells what is left.
        """
        self.ensure_one()
        if self.move_id or self.payment_type != "inbound" or self.partner_type != "customer":
            return False
        if self.state == "in_process":
            return True
        shown = any(move.payment_state in ("in_payment", "paid") for move in self.invoice_ids)
        return self.state == "paid" and shown and not self._collection_is_banked()

    def _collection_is_banked(self):
        """Whether a match of just this amount closed a part of its invoices: Odoo's own sign that the bank line has come."""
        items = self.invoice_ids.line_ids.filtered(lambda line: line.account_id.account_type == "asset_receivable")
        return any(
            self.currency_id.compare_amounts(part.debit_amount_currency, self.amount) == 0
            for part in items.matched_credit_ids
        )
