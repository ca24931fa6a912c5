from odoo import fields, models


class CollectionApproval(models.Model):
    _inherit = "collection.approval"

    account_id = fields.Many2one("collection.account", readonly=True, index="btree_not_null", ondelete="set null")
    collector_id = fields.Many2one(related="account_id.collector_id")

    def action_view_account(self):
        """Open the account that this is about, with fresh figures."""
        self.ensure_one()
        return self.account_id.action_open()
