from odoo import fields, models
from odoo.exceptions import UserError


class CollectionAccount(models.Model):
    _inherit = "collection.account"

    statement_review_count = fields.Integer(string="Statement Reviews", compute="_compute_statement_review_count")

    def _compute_statement_review_count(self):
        groups = self.env["collection.statement.review"]._read_group(
            [("account_id", "in", self.ids)], ["account_id"], ["__count"]
        )
        counts = {account.id: count for account, count in groups}
        for account in self:
            account.statement_review_count = counts.get(account.id, 0)

    def action_review_statement(self):
        """Compare a list of the customer's with what is open here."""
        self.ensure_one()
        if not self.partner_id:
            raise UserError(self.env._("Choose the customer's account: a list is compared with its items."))
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Review a List of %(customer)s", customer=self.display_name),
            "res_model": "collection.statement.review",
            "view_mode": "form",
            "context": {"default_account_id": self.id},
        }

    def action_view_statement_reviews(self):
        """The lists of the customer's that were compared."""
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id("account_collections.collection_statement_review_action")
        return {**action, "domain": [("account_id", "=", self.id)], "context": {"default_account_id": self.id}}
