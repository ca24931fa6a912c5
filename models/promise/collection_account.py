from odoo import api, fields, models
from odoo.tools import SQL


class CollectionAccount(models.Model):
    """What the customer's promises say of the account."""

    _inherit = "collection.account"

    promise_ids = fields.One2many("collection.promise", "account_id", string="Promises")
    amount_promised = fields.Monetary(
        string="Promised", readonly=True, help="What live promises still hold, in company currency."
    )
    broken_promise_level = fields.Integer(
        string="Broken Promises",
        readonly=True,
        aggregator=None,
        help="Broken in the last 12 months, and moved from the second time on; nothing after 180 days without a break.",
    )
    promise_broken_date = fields.Date(string="Last Broken Promise", readonly=True)
    promise_next_date = fields.Date(string="Next Promise", readonly=True, help="The earliest promised date still open.")
    promise_due_count = fields.Integer(string="Promises Judged", readonly=True)
    promise_kept_rate = fields.Float(
        string="Promises Kept (%)",
        readonly=True,
        aggregator=None,
        digits=(16, 1),
        help="Kept instalments ÷ instalments that fell due, by number.",
    )
    promise_kept_amount_rate = fields.Float(
        string="Promised Amounts Kept (%)",
        readonly=True,
        aggregator=None,
        digits=(16, 1),
        help="Received in time ÷ promised amounts that fell due.",
    )

    def _guarded_fields(self):
        return super()._guarded_fields() | {
            "amount_promised",
            "broken_promise_level",
            "promise_broken_date",
            "promise_next_date",
            "promise_due_count",
            "promise_kept_rate",
            "promise_kept_amount_rate",
        }

    # ------------------------------------------------------------------
    # Refresh
    # ------------------------------------------------------------------

    @api.model
    def _refresh_cases(self):
        return [
            *super()._refresh_cases(),
            (
                SQL("collection_promise p JOIN scope s ON s.id = p.account_id WHERE p.state != 'draft'"),
                SQL("p.account_id"),
                {
                    "amount_promised": SQL("SUM(p.amount_open)"),
                    "broken_promise_level": self.env["collection.promise"]._level_expression(SQL("s.today")),
                    "promise_broken_date": SQL("MAX(p.broken_on) FILTER (WHERE p.state = 'broken')"),
                    "promise_next_date": SQL("MIN(p.next_date)"),
                    "promise_due_count": SQL("SUM(p.due_count)"),
                    "promise_kept_rate": SQL("ROUND(100.0 * SUM(p.kept_count) / NULLIF(SUM(p.due_count), 0), 1)"),
                    "promise_kept_amount_rate": SQL(
                        "ROUND(100.0 * SUM(p.amount_kept) / NULLIF(SUM(p.amount_due), 0), 1)"
                    ),
                },
            ),
        ]

    @api.model
    def _refresh_status_cases(self):
        return [
            *super()._refresh_status_cases(),
            (81, "watch", SQL("n.promise_broken_date > n.figures_date - 90")),
        ]

    @api.model
    def _refresh_due_conditions(self):
        """A broken promise brings the account back to the list, whenever it was to come back."""
        return [
            *super()._refresh_due_conditions(),
            SQL("n.amount_collectible > 0 AND n.promise_broken_date > COALESCE(n.last_worked_date, '-infinity'::date)"),
        ]

    # ------------------------------------------------------------------
    # What touches an account is also news for its promises
    # ------------------------------------------------------------------

    @api.model
    def _resolve_touched(self, data):
        """Judge the promises of touched accounts before their figures: matches, credit notes, bounces, unapplied cash."""
        accounts = super()._resolve_touched(data)
        self.env["collection.promise"]._concerned_by(accounts)._judge()
        return accounts

    @api.model
    def _followers_of_items(self):
        return [*super()._followers_of_items(), "collection.promise"]

    # ------------------------------------------------------------------
    # Actions
    # ------------------------------------------------------------------

    def action_view_promises(self):
        """The account's promises."""
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id("account_collections.collection_promise_action")
        action["domain"] = [("account_id", "=", self.id)]
        action["context"] = {"default_account_id": self.id}
        return action
