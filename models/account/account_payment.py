from collections import defaultdict
from datetime import timedelta

from odoo import api, models
from odoo.fields import Domain
from odoo.tools import SQL

# A change of these may begin or end "on its way to the bank".
_TELLING = {"state", "invoice_ids", "amount", "move_id", "date"}


class AccountPayment(models.Model):
    _inherit = "account.payment"

    # For the one search box.
    _collection_find_memo_idx = models.Index("(lower(memo) text_pattern_ops) WHERE partner_type = 'customer'")
    _collection_find_reference_idx = models.Index(
        "(lower(payment_reference) text_pattern_ops) WHERE partner_type = 'customer' AND payment_reference IS NOT NULL"
    )
    _collection_find_amount_idx = models.Index("(amount) WHERE partner_type = 'customer'")

    @api.model_create_multi
    def create(self, vals_list):
        payments = super().create(vals_list)
        payments._collection_sync_holds()
        return payments

    def write(self, vals):
        if "state" in vals:
            self._collection_note_bounces(vals["state"])
        result = super().write(vals)
        if _TELLING & vals.keys():
            self._collection_sync_holds()
        return result

    def unlink(self):
        self._collection_holds()._release(self.env._("The payment was deleted"))
        return super().unlink()

    def _collection_note_bounces(self, state):
        """Payments whose state is about to change: what they stood for bounces, or stands again."""
        kind = {"draft": "draft", "canceled": "cancelled", "rejected": "rejected"}.get(state)
        bounces = self.env["collection.bounce"].sudo()  # cashiers register payments without access to Collections
        received = self.filtered(
            lambda payment: payment.payment_type == "inbound" and payment.partner_type == "customer"
        )
        if kind:
            gone = received.filtered(lambda payment: payment.state in ("in_process", "paid"))
            if gone.move_id:
                bounces._note(kind, bounces._applied(SQL("credit.move_id IN %s", tuple(gone.move_id.ids))))
            bounces._note(kind, (), gone.filtered(lambda payment: payment.invoice_ids and not payment.move_id))
        else:
            back = received.filtered(lambda payment: payment.state in ("draft", "rejected"))
            moves = back.move_id.filtered(lambda move: move.state == "posted")
            # Without an entry, and without an account to make one on: as Enterprise accounting registers payments.
            bounces._post_again(
                moves, back.filtered(lambda payment: not payment.move_id and not payment.outstanding_account_id)
            )

    def _collection_holds(self):
        """The payment holds of these payments that still stand."""
        # Cashiers register payments without access to Collections.
        return (
            self.env["collection.hold"]
            .sudo()
            .search([("res_model", "=", self._name), ("res_id", "in", self.ids), ("date_released", "=", False)])
        )

    def _collection_sync_holds(self):
        """Hold the invoices of payments that the ledger does not show yet, and release those of all others."""
        standing = self._collection_holds().grouped("res_id") if self.ids else {}
        vals_list = []
        for payment in self:
            wanted = payment._collection_hold_amounts()
            holds = standing.get(payment.id, self.env["collection.hold"])
            if {hold.move_line_id.id: hold.amount_currency for hold in holds} == wanted:
                continue
            state = dict(self._fields["state"]._description_selection(self.env)).get(payment.state)
            holds._release(self.env._("Payment %(name)s is now “%(state)s”", name=payment.display_name, state=state))
            vals_list += payment._prepare_collection_hold_vals(wanted)
        if vals_list:
            self.env["collection.hold"]._place(vals_list)

    def _collection_last_hold_day(self):
        """Until when the company waits for the payment to reach the bank."""
        self.ensure_one()
        return self.date + timedelta(days=self.company_id.collection_payment_hold_days)

    def _collection_hold_amounts(self):
        """How the payment spreads over the open items of its invoices, oldest first: dict of line id to amount.

        Empty once the payment is banked, rejected, or older than the company waits for it.
        """
        self.ensure_one()
        if (
            not self._collection_is_awaiting_bank()
            or self._collection_last_hold_day() < self.company_id._collection_today()
        ):
            return {}
        # An invoice of a branch may be paid in its parent company's journal.
        lines = self.invoice_ids.line_ids.filtered_domain(
            self.env["account.move.line"]._collection_open_domain(self.invoice_ids.company_id)
            & Domain("amount_residual", ">", 0)
        )
        others = lines._collection_held_amounts()
        own = defaultdict(float)
        for hold in self._collection_holds():
            own[hold.move_line_id.id] += hold.amount_currency
        left, amounts = self.amount, {}
        for line in lines.sorted(lambda line: (line.date_maturity or line.date, line.id)):
            free = line.amount_residual_currency - others[line.id] + own[line.id]
            available = self.currency_id._convert(left, line.currency_id, self.company_id, self.date)
            held = line.currency_id.round(min(free, available))
            if line.currency_id.compare_amounts(held, 0) > 0:
                amounts[line.id] = held
                left -= line.currency_id._convert(held, self.currency_id, self.company_id, self.date)
        return amounts

    def _prepare_collection_hold_vals(self, amounts):
        items = self.env["account.move.line"].browse(amounts)
        Account = self.env["collection.account"]
        return [
            {
                "account_id": Account._for_partner(item.partner_id, item.company_id).id,
                "move_line_id": item.id,
                "amount_currency": amounts[item.id],
                "kind": "payment",
                "date_until": self._collection_last_hold_day(),
                "reason": self.env._("Payment %(name)s is on its way to the bank", name=self.display_name),
                "res_model": self._name,
                "res_id": self.id,
            }
            for item in items
        ]

    # ------------------------------------------------------------------
    # Unattended
    # ------------------------------------------------------------------

    @api.model
    def _cron_collection_unbooked(self):
        """Give up waiting for payments that never reached the bank: release the invoices and ask somebody to check."""
        Hold = self.env["collection.hold"]
        for company in self.env["res.company"].search([]):
            late = Hold.search(
                Domain("company_id", "=", company.id)
                & Domain("kind", "=", "payment")
                & Domain("res_model", "=", self._name)
                & Domain("date_released", "=", False)
                & Domain("date_until", "<", company._collection_today())
            )
            # Paid by other means in the meantime: nothing is left to ask.
            unpaid = late.filtered(lambda hold: not hold.move_line_id.reconciled)
            late._release(self.env._("The payment did not reach the bank in time"))
            for account, holds in unpaid.grouped("account_id").items():
                payments = self.browse(set(holds.mapped("res_id"))).exists()
                account._add_task(
                    self.env._("Payment not banked: %(names)s", names=", ".join(payments.mapped("display_name"))),
                    self.env._("Registered, but without a bank line. Its invoices are chased again from today."),
                )
