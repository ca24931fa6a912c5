from odoo import fields, models
from odoo.fields import Domain
from odoo.tools import SQL


class AccountMoveLine(models.Model):
    _inherit = "account.move.line"

    collection_dispute_names = fields.Char(
        string="Dispute",
        compute="_compute_collection_dispute_names",
        help="Numbers of the disputes that still stand.",
    )
    collection_short_paid = fields.Boolean(
        string="Short Payment",
        compute="_compute_collection_short_paid",
        search="_search_collection_short_paid",
        help="Paid except for a small rest that is neither disputed nor held.",
    )

    def _compute_collection_dispute_names(self):
        # A number says nothing about the dispute; documents to the customer carry it whoever prints them.
        lines = self.env["collection.dispute.line"].sudo()
        found = lines.search([("move_line_id", "in", self.ids), ("live", "=", True)]).grouped("move_line_id")
        for line in self:
            own = found.get(line._origin.sudo(), lines)
            line.collection_dispute_names = ", ".join(sorted(set(own.dispute_id.mapped("name")))) or False

    def _compute_collection_short_paid(self):
        short = self.search([("id", "in", self.ids), ("collection_short_paid", "=", True)])
        for line in self:
            line.collection_short_paid = line._origin in short

    def _search_collection_short_paid(self, operator, value):
        if operator != "in" or set(value) != {True}:
            return NotImplemented
        conditions = []
        for company in self.env.companies:
            query = SQL(
                """(SELECT l.id FROM account_move_line l
                     WHERE l.company_id = %(company)s AND %(open)s AND l.amount_residual > 0
                       AND l.amount_residual < %(limit)s AND l.amount_residual < l.balance
                       AND EXISTS (SELECT FROM account_partial_reconcile p WHERE p.debit_move_id = l.id)
                       AND NOT EXISTS (SELECT FROM collection_hold h WHERE h.move_line_id = l.id AND %(live)s))""",
                company=company.id,
                open=self._collection_open_condition("l"),
                limit=company.collection_short_payment_limit,
                live=self.env["collection.hold"]._live_condition(SQL("%s::date", company._collection_today())),
            )
            conditions.append(Domain("id", "in", query))
        return Domain.OR(conditions)

    def _collection_booked_ratio(self):
        """Company currency per unit of the item's currency, as booked."""
        self.ensure_one()
        residual, residual_currency = abs(self.amount_residual), abs(self.amount_residual_currency)
        return residual / residual_currency if residual and residual_currency else 1.0

    def _collection_dispute_room(self):
        """What is open of each item and not held, in its currency; may be below zero. Nothing where the entry is not posted.

        :return: dict of line id to amount
        """
        held = self._collection_held_amounts()
        return {
            line.id: (line.amount_residual_currency if line.parent_state == "posted" else 0.0) - held[line.id]
            for line in self
        }

    def _collection_judge_disputes(self):
        """Follow a change of what is open of these items, of whichever side."""
        if not self:
            return
        self.env["collection.dispute.line"].flush_model(["live", "move_line_id", "dispute_id"])
        self.env["collection.hold"].flush_model(["move_line_id", "kind", "date_released", "res_id"])
        self.env["account.move"].flush_model(["collection_resolves_dispute_id"])
        rows = self.env.execute_query(
            SQL(
                """
                SELECT dispute_id FROM collection_dispute_line WHERE live AND move_line_id IN %(ids)s
                UNION SELECT res_id FROM collection_hold
                       WHERE kind = 'dispute' AND date_released IS NULL AND move_line_id IN %(ids)s
                UNION SELECT m.collection_resolves_dispute_id FROM account_move_line l JOIN account_move m ON m.id = l.move_id
                       WHERE l.id IN %(ids)s AND m.collection_resolves_dispute_id IS NOT NULL
                """,
                ids=tuple(self.ids),
            )
        )
        # Bookkeepers reconcile without seeing disputes.
        self.env["collection.dispute"].sudo().browse(row[0] for row in rows)._judge()

    def action_collection_dispute_rest(self):
        """Dispute what is left of these items."""
        return self.env["collection.account"]._action_dispute(self)
