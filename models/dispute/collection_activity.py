from odoo import fields, models


class CollectionActivity(models.Model):
    _inherit = "collection.activity"

    dispute_id = fields.Many2one(
        "collection.dispute",
        index="btree_not_null",
        ondelete="restrict",
        check_company=True,
        domain="[('partner_id', 'in', customer_ids)]",
        help="The dispute that was opened or talked about.",
    )
