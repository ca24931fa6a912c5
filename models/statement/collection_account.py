from odoo import api, fields, models
from odoo.fields import Domain
from odoo.tools import SQL

from .collection_statement import DETAILS, KINDS


class CollectionAccount(models.Model):
    _inherit = "collection.account"

    statement_schedule = fields.Selection(
        [("monthly", "Every month"), ("never", "On request only")],
        string="Statements",
        tracking=True,
        help="Empty: as the company's settings say.",
    )
    statement_kind = fields.Selection(
        KINDS,
        string="Kind of Statement",
        help="Open items: what is unpaid. Balance forward: the balance before the month, the month's documents, the balance after it. "
        "Activity: the same with the balance after each document, and what payments were applied to. Empty: as the company's "
        "settings say.",
    )
    statement_detail = fields.Selection(DETAILS, string="Statement Shows", help="Empty: as the company's settings say.")
    statement_ids = fields.One2many("collection.statement", "account_id", string="Statements Made")
    statement_count = fields.Integer(compute="_compute_statement_count")

    def _compute_statement_count(self):
        groups = self.env["collection.statement"]._read_group(
            [("account_id", "in", self.ids), ("state", "not in", ("left_out", "cancelled"))],
            ["account_id"],
            ["__count"],
        )
        counts = {account.id: count for account, count in groups}
        for account in self:
            account.statement_count = counts.get(account.id, 0)

    def _statement_kind(self):
        return self.statement_kind or self.company_id.collection_statement_kind

    def _statement_detail(self):
        return self.statement_detail or self.company_id.collection_statement_detail

    @api.model
    def _statement_schedulable_domain(self):
        """Accounts that may get statements without being asked for; rooms take theirs out."""
        return Domain("partner_id", "!=", False) & Domain("status", "not in", ("placed", "legal", "bankrupt"))

    @api.model
    def _statement_scheduled_domain(self, company):
        """Accounts of a company that get a statement every month."""
        wanted = Domain("statement_schedule", "=", "monthly")
        if company.collection_statement_schedule == "monthly":
            wanted |= Domain("statement_schedule", "=", False)
        return Domain("company_id", "=", company.id) & wanted & self._statement_schedulable_domain()

    def _ask_for_statement_address(self):
        """A task for whoever works each account that a statement reaches in no way; one at a time."""
        kind = self.env.ref("account_collections.mail_activity_type_address")
        asked = self.activity_ids.filtered(lambda task: task.activity_type_id == kind)
        for account in self.filtered(lambda account: not account.activity_ids & asked):
            account.activity_schedule(
                activity_type_id=kind.id,
                date_deadline=account.company_id._collection_today(),
                summary=self.env._("No address to send the statement to"),
                note=self.env._("A statement is due, but neither an e-mail nor a postal address is known."),
                user_id=account._task_user().id,
            )

    def _repoint(self, kept):
        """Of a month for which both joined accounts got a statement, the other's is no longer the scheduled one."""
        self.env.cr.execute(
            SQL(
                """UPDATE collection_statement o SET period = NULL FROM collection_statement k
                    WHERE o.account_id = %s AND k.account_id = %s AND o.period = k.period""",
                self.id,
                kept.id,
            )
        )
        return super()._repoint(kept)

    # ------------------------------------------------------------------
    # Actions
    # ------------------------------------------------------------------

    def action_view_statements(self):
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id("account_collections.collection_statement_action")
        return {
            **action,
            "domain": ["|", ("account_id", "=", self.id), ("account_ids", "in", self.ids)],
            "context": {"search_default_made": 1},
        }
