from odoo import api, fields, models
from odoo.fields import Domain
from odoo.tools import SQL

from ...tools.combination import Sums


class CollectionAccount(models.Model):
    """What the customer says is paid."""

    _inherit = "collection.account"

    claim_ids = fields.One2many("collection.claim", "account_id", string="Claims")
    amount_claimed = fields.Monetary(
        string="Claimed Paid", readonly=True, help="What claims keep from being chased, in company currency."
    )
    claim_count = fields.Integer(string="Open Claims", readonly=True, aggregator=None)
    claim_expired_count = fields.Integer(
        string="Claims to Decide", readonly=True, aggregator=None, help="The time to find the payment is over."
    )
    application_request_count = fields.Integer(string="Requests to Apply", compute="_compute_application_request_count")

    def _guarded_fields(self):
        return super()._guarded_fields() | {"amount_claimed", "claim_count", "claim_expired_count"}

    def _compute_application_request_count(self):
        groups = self.env["collection.application.request"]._read_group(
            [("account_id", "in", self.ids), ("state", "=", "open")], ["account_id"], ["__count"]
        )
        counts = {account.id: count for account, count in groups}
        for account in self:
            account.application_request_count = counts.get(account.id, 0)

    # ------------------------------------------------------------------
    # Refresh
    # ------------------------------------------------------------------

    @api.model
    def _refresh_cases(self):
        return [
            *super()._refresh_cases(),
            (
                SQL(
                    "collection_hold h JOIN scope s ON s.id = h.account_id"
                    " JOIN account_move_line i ON i.id = h.move_line_id AND i.balance > 0 WHERE h.kind = 'claim' AND %s",
                    self.env["collection.hold"]._live_condition(SQL("s.today")),
                ),
                SQL("h.account_id"),
                {"amount_claimed": SQL("SUM(h.amount)")},
            ),
            (
                SQL("collection_claim c JOIN scope s ON s.id = c.account_id WHERE c.state IN ('open', 'expired')"),
                SQL("c.account_id"),
                {
                    "claim_count": SQL("COUNT(*)"),
                    "claim_expired_count": SQL("COUNT(*) FILTER (WHERE c.state = 'expired' OR c.hold_until < s.today)"),
                },
            ),
        ]

    @api.model
    def _refresh_due_conditions(self):
        """A claim whose time is up must be decided, once a day."""
        return [
            *super()._refresh_due_conditions(),
            SQL("n.claim_expired_count > 0 AND COALESCE(n.last_worked_date < n.figures_date, TRUE)"),
        ]

    def _figure_domain(self, figure):
        if figure == "amount_claimed":
            holds = self.env["collection.hold"].search(
                [("account_id", "in", self.ids), ("kind", "=", "claim"), ("is_live", "=", True)]
            )
            return super()._figure_domain(None) & Domain("id", "in", holds.move_line_id.ids)
        return super()._figure_domain(figure)

    # ------------------------------------------------------------------
    # What touches an account is also news for its claims
    # ------------------------------------------------------------------

    @api.model
    def _resolve_touched(self, data):
        """Judge claims and requests of touched accounts before their figures: matches, bounces, credit notes."""
        accounts = super()._resolve_touched(data)
        self.env["collection.claim"]._concerned_by(accounts)._judge()
        self.env["collection.application.request"]._concerned_by(accounts)._judge()
        return accounts

    @api.model
    def _followers_of_items(self):
        return [*super()._followers_of_items(), "collection.claim"]

    def _claim_lock(self):
        """Of two who take claims on one account at once, the later starts anew on what the first left."""
        if self:
            self.env.flush_all()
            self.env.cr.execute(
                SQL(
                    "UPDATE collection_account SET write_date = write_date WHERE id IN"
                    " (SELECT id FROM collection_account WHERE id IN %s ORDER BY id FOR NO KEY UPDATE)",
                    tuple(self.ids),
                )
            )

    def _claim_items(self, currency=None):
        """Open debit items of the account with what is not claimed yet, the oldest first: list of (item, amount)."""
        items = self.open_item_ids.filtered(
            lambda line: line.amount_residual > 0 and (not currency or line.currency_id == currency)
        )
        groups = self.env["collection.claim.line"]._read_group(
            [("move_line_id", "in", items.ids), ("claim_id.state", "in", ("open", "expired"))],
            ["move_line_id"],
            ["amount_currency:sum", "amount_applied_currency:sum"],
        )
        claimed = {item: amount - applied for item, amount, applied in groups}
        left = [
            (item, item.currency_id.round(item.amount_residual_currency - claimed.get(item, 0.0))) for item in items
        ]
        return [(item, amount) for item, amount in left if amount > 0]

    def _claim_fill(self, currency, amount):
        """Spread a claimed amount over the account's items: the one that is just as much, else the oldest first."""
        items = self._claim_items(currency)
        exact = [(item, free) for item, free in items if currency.compare_amounts(free, amount) == 0]
        if exact:
            return exact[:1]
        parts, left = [], amount
        for item, free in items:
            part = currency.round(min(left, free))
            if currency.compare_amounts(part, 0) <= 0:
                break
            parts.append((item, part))
            left -= part
        return parts

    def _application_fill(self, currency, amount):
        """Which open items an amount settles: the one or few that are just as much, else the oldest first."""
        items = [
            (item, item.amount_residual_currency)
            for item in self.open_item_ids
            if item.amount_residual > 0 and item.currency_id == currency
        ]
        units = [round(left / currency.rounding) for _item, left in items]
        places = Sums(units).find(round(amount / currency.rounding))
        if places:
            return [items[place] for place in places]
        parts, rest = [], amount
        for item, left in items:
            part = currency.round(min(rest, left))
            if currency.compare_amounts(part, 0) <= 0:
                break
            parts.append((item, part))
            rest -= part
        return parts

    # ------------------------------------------------------------------
    # Actions
    # ------------------------------------------------------------------

    def action_view_claims(self):
        """The account's claims."""
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id("account_collections.collection_claim_action")
        action["domain"] = [("account_id", "=", self.id)]
        action["context"] = {"default_account_id": self.id}
        return action

    def action_view_application_requests(self):
        """The account's requests to apply money."""
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "account_collections.collection_application_request_action"
        )
        action["domain"] = [("account_id", "=", self.id)]
        action["context"] = {"search_default_open": 1}
        return action
