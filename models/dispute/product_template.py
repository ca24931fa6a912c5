from odoo import fields, models


class ProductTemplate(models.Model):
    _inherit = "product.template"

    collection_is_freight = fields.Boolean(
        string="Freight", help="Freight and delivery: customers may dispute it apart from the goods."
    )
