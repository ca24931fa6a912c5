from odoo import fields, models


class CollectionAccount(models.Model):
    """The payer group that an account belongs to."""

    _inherit = "collection.account"

    payer_group_id = fields.Many2one(
        related="partner_id.collection_payer_group_id",
        string="Payer Group",
        help="Customers for whom one office pays; one call serves all of them.",
    )

    def action_view_payer_group(self):
        """Open the group with the figures of all its members."""
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "res_model": "collection.payer.group",
            "res_id": self.payer_group_id.id,
            "view_mode": "form",
            "name": self.payer_group_id.display_name,
        }
