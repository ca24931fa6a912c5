from odoo import api, fields, models
from odoo.fields import Domain
from odoo.tools import SQL

# What changes an account's figures when it changes on a posted line.
_TOUCHING = {"partner_id", "account_id", "date_maturity", "no_followup", "collection_reserved"}
_TOUCHING |= {"debit", "credit", "balance", "amount_currency", "currency_id"}


class AccountMoveLine(models.Model):
    _inherit = "account.move.line"

    collection_hold_ids = fields.One2many(
        "collection.hold",
        "move_line_id",
        string="Holds",
        groups="account_collections.group_collector,account_collections.group_auditor",
    )
    collection_days_overdue = fields.Integer(
        string="Days Overdue",
        compute="_compute_collection_item",
        help="Days from the due date to the company's business date; negative before the due date.",
    )
    collection_held = fields.Monetary(
        string="Held", compute="_compute_collection_item", currency_field="currency_id", help="Not chased at present."
    )
    collection_free = fields.Monetary(
        string="To Collect",
        compute="_compute_collection_item",
        currency_field="currency_id",
        help="Open amount less holds.",
    )

    # For the one search box: an open item by what is left of it.
    _collection_find_residual_idx = models.Index(
        "(amount_residual_currency) WHERE reconciled IS NOT TRUE AND parent_state = 'posted' AND amount_residual != 0"
    )

    # ------------------------------------------------------------------
    # Computes
    # ------------------------------------------------------------------

    @api.depends(
        "date_maturity",
        "date",
        "company_id",
        "amount_residual",
        "amount_residual_currency",
        "collection_hold_ids.amount_currency",
        "collection_hold_ids.date_released",
    )
    def _compute_collection_item(self):
        held = self._collection_held_amounts()
        today = {company: company._collection_today() for company in self.company_id}
        for line in self:
            due = line.date_maturity or line.date
            line.collection_days_overdue = (today[line.company_id] - due).days if due and line.company_id else 0
            open_amount = abs(line.amount_residual_currency)
            line.collection_held = min(held.get(line.id, 0.0), open_amount)
            line.collection_free = open_amount - line.collection_held if line.amount_residual > 0 else 0.0

    def _collection_held_amounts(self):
        """What holds in force keep from being chased, in each item's currency; not capped.

        :return: dict of line id to amount
        """
        held = dict.fromkeys(self.ids, 0.0)
        # The sum says nothing about why; the reasons are shown only to those who may read the holds.
        Hold = self.env["collection.hold"].sudo()
        for company, lines in self.filtered("company_id").grouped("company_id").items():
            domain = Domain("move_line_id", "in", lines.ids) & Hold._live_domain(company._collection_today())
            held.update(
                (line.id, amount)
                for line, amount in Hold._read_group(domain, ["move_line_id"], ["amount_currency:sum"])
            )
        return held

    def _collection_free_amounts(self):
        """Open amount less holds in force, in each item's currency, never below zero; credits count positive.

        :return: dict of line id to amount
        """
        held = self._collection_held_amounts()
        return {
            line.id: line.currency_id.round(max(0.0, abs(line.amount_residual_currency) - held[line.id]))
            for line in self
        }

    # ------------------------------------------------------------------
    # Choke points
    # ------------------------------------------------------------------

    @api.model_create_multi
    def create(self, vals_list):
        lines = super().create(vals_list)
        posted = lines.filtered(lambda line: line.parent_state == "posted")
        if posted:
            self.env["collection.account"]._touch(lines=posted.ids)
        return lines

    def write(self, vals):
        posted = self.browse()
        if _TOUCHING & vals.keys():
            posted = self.filtered(lambda line: line.parent_state == "posted")
        if posted:
            # The customer whom the item leaves, and after the commit the one who has it then.
            self.env["collection.account"]._touch(pairs=posted._collection_pairs(), lines=posted.ids)
        return super().write(vals)

    def unlink(self):
        posted = self.filtered(lambda line: line.parent_state == "posted")
        if posted:
            self.env["collection.account"]._touch(pairs=posted._collection_pairs())
        return super().unlink()

    def _collection_pairs(self):
        """(commercial partner id or 0, company id) of receivable lines, as a set."""
        receivable = self.filtered(lambda line: line.account_id.account_type == "asset_receivable")
        return {(line.partner_id.commercial_partner_id.id or 0, line.company_id.id) for line in receivable}

    @api.model
    def _collection_held_query(self, day, lines=None):
        """Amounts held of each item on a day: `SQL` with `move_line_id` and `amount_currency`.

        :param day: a date, or an `SQL` that gives one from the hold `h`
        :param lines: `SQL` condition on the hold `h`
        """
        return SQL(
            "SELECT h.move_line_id, SUM(h.amount_currency) AS amount_currency FROM collection_hold h"
            " WHERE %(live)s AND (%(where)s) GROUP BY h.move_line_id",
            live=self.env["collection.hold"]._live_condition(day),
            where=lines or SQL("TRUE"),
        )
