from collections import defaultdict
from datetime import timedelta

from odoo import api, fields, models
from odoo.fields import Domain

# A change of these may begin or end "on its way to the bank".
_TELLING = {"state", "invoice_ids", "amount", "move_id", "date"}


class AccountPayment(models.Model):
    _inherit = "account.payment"

    @api.model_create_multi
    def create(self, vals_list):
        payments = super().create(vals_list)
        payments._collection_sync_holds()
        return payments

    def write(self, vals):
        result = super().write(vals)
        if _TELLING & vals.keys():
            self._collection_sync_holds()
        return result

    def unlink(self):
        self._collection_holds()._release(self.env._("The payment was deleted"))
        return super().unlink()

    def _collection_holds(self):
        """The payment holds of these payments that still stand."""
        # Cashiers register payments without access to Collections.
        return self.env["collection.hold"].sudo().search(
            [("res_model", "=", self._name), ("res_id", "in", self.ids), ("date_released", "=", False)]
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
            holds._release(self.env._("Payment %(name)s is %(state)s", name=payment.display_name, state=payment.state))
            vals_list += payment._prepare_collection_hold_vals(wanted)
        if vals_list:
            self.env["collection.hold"]._place(vals_list)

    def _collection_hold_amounts(self):
        """How the payment spreads over the open items of its invoices, oldest first: dict of line id to amount.

        Empty once the payment is banked, rejected, or older than the company waits for it.
        """
        self.ensure_one()
        company = self.company_id
        last_day = self.date + timedelta(days=company.collection_payment_hold_days)
        if not self._collection_is_awaiting_bank() or last_day < company._collection_today():
            return {}
        lines = self.invoice_ids.line_ids.filtered_domain(
            self.env["account.move.line"]._collection_open_domain(company) & Domain("amount_residual", ">", 0)
        )
        others = lines._collection_held_amounts()
        own = defaultdict(float)
        for hold in self._collection_holds():
            own[hold.move_line_id.id] += hold.amount_currency
        left, amounts = self.amount, {}
        for line in lines.sorted(lambda line: (line.date_maturity or line.date, line.id)):
            free = line.amount_residual_currency - others[line.id] + own[line.id]
            available = self.currency_id._convert(left, line.currency_id, company, self.date)
            held = line.currency_id.round(min(free, available))
            if held > 0:
                amounts[line.id] = held
                left -= line.currency_id._convert(held, self.currency_id, company, self.date)
        return amounts

    def _prepare_collection_hold_vals(self, amounts):
        account = self.env["collection.account"]._for_partner(self.partner_id, self.company_id)
        return [
            {
                "account_id": account.id,
                "move_line_id": line_id,
                "amount_currency": amount,
                "kind": "payment",
                "date_until": self.date + timedelta(days=self.company_id.collection_payment_hold_days),
                "reason": self.env._("Payment %(name)s is on its way to the bank", name=self.display_name),
                "res_model": self._name,
                "res_id": self.id,
            }
            for line_id, amount in amounts.items()
        ]

    @api.model
    def _cron_collection_unbooked(self):
        """Give up waiting for payments that never reached the bank: release the invoices and ask the collector to check."""
        Hold = self.env["collection.hold"]
        for company in self.env["res.company"].search([]):
            late = Hold.search(
                [
                    ("company_id", "=", company.id),
                    ("kind", "=", "payment"),
                    ("date_released", "=", False),
                    ("date_until", "<", company._collection_today()),
                ]
            )
            payments = self.browse(set(late.mapped("res_id"))).exists()
            late._release(self.env._("The payment did not reach the bank in time"))
            for account, holds in late.grouped("account_id").items():
                names = ", ".join(payments.filtered(lambda p: p.id in holds.mapped("res_id")).mapped("display_name"))
                account.activity_schedule(
                    "mail.mail_activity_data_todo",
                    fields.Date.to_date(company._collection_today()),
                    summary=self.env._("Payment not banked: %(names)s", names=names),
                    note=self.env._("Registered, but without a bank line. Its invoices are chased again from today."),
                    user_id=account._task_user().id,
                )
