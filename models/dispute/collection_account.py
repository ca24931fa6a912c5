from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Domain
from odoo.tools import SQL

from .collection_dispute import RUNNING, UNDECIDED


class CollectionAccount(models.Model):
    _inherit = "collection.account"

    dispute_ids = fields.One2many("collection.dispute", "account_id", string="Disputes")
    amount_disputed = fields.Monetary(
        string="Disputed", readonly=True, help="What disputes keep from being chased, of items due or not."
    )
    dispute_count = fields.Integer(string="Open Disputes", readonly=True, aggregator=None)
    dispute_late_count = fields.Integer(string="Late Disputes", readonly=True, aggregator=None)
    dispute_asked_count = fields.Integer(
        string="Questions of Resolvers",
        readonly=True,
        aggregator=None,
        help="Disputes in which a resolver waits for us.",
    )
    dispute_won_date = fields.Date(
        string="Dispute Won", readonly=True, help="From this day on a part whose dispute was refused is chased again."
    )

    def _guarded_fields(self):
        return super()._guarded_fields() | {
            *("amount_disputed", "dispute_count", "dispute_late_count", "dispute_asked_count", "dispute_won_date"),
        }

    # ------------------------------------------------------------------
    # Refresh
    # ------------------------------------------------------------------

    @api.model
    def _refresh_cases(self):
        return [
            *super()._refresh_cases(),
            (
                SQL(
                    "collection_hold h JOIN scope s ON s.id = h.account_id WHERE h.kind = 'dispute' AND %s",
                    self.env["collection.hold"]._live_condition(SQL("s.today")),
                ),
                SQL("h.account_id"),
                {"amount_disputed": SQL("SUM(h.amount)")},
            ),
            (
                SQL(
                    "collection_dispute d JOIN scope s ON s.id = d.account_id"
                    " WHERE d.state NOT IN ('closed', 'void') OR d.chase_on > s.today - 30"
                ),
                SQL("d.account_id"),
                {
                    "dispute_count": SQL("COUNT(*) FILTER (WHERE d.state NOT IN ('closed', 'void'))"),
                    "dispute_late_count": SQL(
                        "COUNT(*) FILTER (WHERE d.state IN %s AND d.deadline < %s)", RUNNING, fields.Datetime.now()
                    ),
                    "dispute_asked_count": SQL(
                        "COUNT(*) FILTER (WHERE d.state IN %s AND d.asked_on IS NOT NULL)", UNDECIDED
                    ),
                    "dispute_won_date": SQL(
                        "MAX(d.chase_on) FILTER (WHERE d.decision IN ('invalid', 'partly') AND d.state != 'void')"
                    ),
                },
            ),
        ]

    @api.model
    def _refresh_due_conditions(self):
        """A resolver waits for an answer, or what was disputed is to be chased again."""
        return [
            *super()._refresh_due_conditions(),
            SQL("n.dispute_asked_count > 0"),
            SQL(
                "n.dispute_won_date <= n.figures_date AND n.amount_collectible > 0"
                " AND COALESCE(n.last_worked_date < n.dispute_won_date, TRUE)"
            ),
        ]

    def _figure_domain(self, figure):
        if figure == "amount_disputed":
            Line = self.env["collection.dispute.line"]
            lines = Line.search([("account_id", "in", self.ids), ("live", "=", True)])
            return super()._figure_domain(None) & Domain("id", "in", lines.move_line_id.ids)
        return super()._figure_domain(figure)

    @api.model
    def _dispute_lock(self, ids):
        """Write the rows of accounts, so that of two who dispute at once the later one starts anew."""
        self.env.cr.execute(
            SQL(
                "UPDATE collection_account SET write_date = write_date WHERE id IN"
                " (SELECT id FROM collection_account WHERE id IN %s ORDER BY id FOR NO KEY UPDATE)",
                ids,
            )
        )

    # ------------------------------------------------------------------
    # Actions
    # ------------------------------------------------------------------

    def action_dispute(self):
        """Open a dispute: what, why, and to whom."""
        self.ensure_one()
        return self._dispute_dialog(self)

    @api.model
    def _action_dispute(self, items):
        """Open a dispute about items of one customer."""
        Line = self.env["account.move.line"]
        opened = items.filtered_domain(
            Line._collection_open_domain(items.company_id) & Domain("amount_residual", ">", 0)
        )
        if not opened:
            raise UserError(self.env._("Nothing of it is open: there is nothing to dispute."))
        account = self.browse()
        for item in opened:
            account |= self._for_partner(item.partner_id, item.company_id)
        if len(account) > 1:
            raise UserError(self.env._("Choose items of one customer: a dispute belongs to one account."))
        return self._dispute_dialog(account, opened)

    def action_view_disputes(self):
        """All disputes of the account, the open ones first."""
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id("account_collections.collection_dispute_action")
        return {
            **action,
            "domain": [("account_id", "=", self.id)],
            "context": {"default_account_id": self.id},
            "view_mode": "list,form,kanban",
            "views": [(False, "list"), (False, "form"), (False, "kanban")],
        }
