from odoo import api, fields, models
from odoo.tools import SQL


class CollectionAccount(models.Model):
    _inherit = "collection.account"

    policy_id = fields.Many2one(
        "collection.policy",
        string="Own Policy",
        index="btree_not_null",
        check_company=True,
        tracking=True,
        ondelete="restrict",
        help="Empty: the company's policy.",
    )
    notice_ids = fields.One2many("collection.notice", "account_id", string="Notices")
    call_due_date = fields.Date(string="Call Due Since", readonly=True, help="A step of the dunning policy asks for a call.")
    last_notice_date = fields.Date(string="Last Notice", readonly=True)

    def _guarded_fields(self):
        return super()._guarded_fields() | {"call_due_date", "last_notice_date"}

    # ------------------------------------------------------------------
    # Refresh
    # ------------------------------------------------------------------

    @api.model
    def _refresh_columns(self):
        return {
            **super()._refresh_columns(),
            "call_due_date": SQL("notices.call_due_date"),
            "last_notice_date": SQL("notices.last_notice_date"),
        }

    @api.model
    def _refresh_joins(self):
        return [
            *super()._refresh_joins(),
            SQL(
                """LEFT JOIN LATERAL (
                       SELECT MIN(o.date) FILTER (WHERE o.state = 'due' AND o.ready AND o.channel = 'call') AS call_due_date,
                              MAX(o.sent_on) FILTER (WHERE o.state IN ('queued', 'sent')) AS last_notice_date
                         FROM collection_notice o
                        WHERE o.account_id = s.id AND o.state IN ('due', 'queued', 'sent')
                   ) notices ON TRUE"""
            ),
        ]

    @api.model
    def _refresh_due_conditions(self):
        """A call that a step asks for, unless a later date was agreed or it was tried today already."""
        return [
            *super()._refresh_due_conditions(),
            SQL(
                "n.call_due_date <= n.figures_date AND COALESCE(n.next_action_date <= n.figures_date, TRUE)"
                " AND COALESCE(n.last_worked_date < n.figures_date, TRUE)"
            ),
        ]

    # ------------------------------------------------------------------
    # Working the list
    # ------------------------------------------------------------------

    def _prepare_worked_vals(self, log):
        if log.action == "done" and log.reason_id.completes_call:
            calls = self.env["collection.notice"].search(
                [("account_id", "=", self.id), ("state", "=", "due"), ("channel", "=", "call"), ("ready", "=", True)]
            )
            calls._set_sent()
        return super()._prepare_worked_vals(log)
