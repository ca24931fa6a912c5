from odoo import api, fields, models
from odoo.tools import SQL


class CollectionAccount(models.Model):
    """Questions of the customer that wait for an answer; those that are due bring the account to the worklist."""

    _inherit = "collection.account"

    inquiry_ids = fields.One2many("collection.inquiry", "account_id", string="Inquiries")
    inquiry_deadline = fields.Date(
        string="Inquiry Due", readonly=True, help="The earliest deadline of an open inquiry."
    )
    inquiry_count = fields.Integer(compute="_compute_inquiry_count", help="Inquiries without an answer.")

    def _guarded_fields(self):
        return super()._guarded_fields() | {"inquiry_deadline"}

    @api.depends("inquiry_ids.state")
    def _compute_inquiry_count(self):
        counts = self.env["collection.inquiry"]._read_group(
            [("account_id", "in", self.ids), ("state", "=", "new")], ["account_id"], ["__count"]
        )
        found = dict(counts)
        for account in self:
            account.inquiry_count = found.get(account, 0)

    # ------------------------------------------------------------------
    # Refresh
    # ------------------------------------------------------------------

    @api.model
    def _refresh_cases(self):
        return [
            *super()._refresh_cases(),
            (
                SQL("collection_inquiry i JOIN scope s ON s.id = i.account_id WHERE i.state = 'new'"),
                SQL("i.account_id"),
                {"inquiry_deadline": SQL("MIN(i.deadline)")},
            ),
        ]

    @api.model
    def _refresh_due_conditions(self):
        return [*super()._refresh_due_conditions(), SQL("n.inquiry_deadline <= n.figures_date")]

    # ------------------------------------------------------------------
    # Actions
    # ------------------------------------------------------------------

    def action_new_inquiry(self):
        """Take down a question of the customer."""
        self.ensure_one()
        self.check_access("write")
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Inquiry of %(customer)s", customer=self.display_name),
            "res_model": "collection.inquiry",
            "view_mode": "form",
            "target": "current",
            "context": {
                "default_account_id": self.id,
                "default_partner_id": self._default_contact("email").id or self.partner_id.id,
            },
        }

    def action_view_inquiries(self):
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Inquiries of %(customer)s", customer=self.display_name),
            "res_model": "collection.inquiry",
            "view_mode": "list,form",
            "domain": [("account_id", "=", self.id)],
            "context": {"default_account_id": self.id},
        }
