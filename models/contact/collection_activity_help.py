from odoo import fields, models


class CollectionActivity(models.Model):
    _inherit = "collection.activity"

    help_id = fields.Many2one(
        "collection.help",
        string="Help Request",
        index="btree_not_null",
        ondelete="restrict",
        check_company=True,
        domain="[('sales_partner_id', '=', sales_partner_id)]",
        help="The request to the sales partner that was talked about.",
    )
