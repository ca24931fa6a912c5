from odoo import fields, models


class ResConfigSettings(models.TransientModel):
    _inherit = "res.config.settings"

    collection_alias_name = fields.Char(
        related="company_id.collection_alias_id.alias_name", string="Collections Address", readonly=False
    )
    collection_alias_domain = fields.Char(related="company_id.collection_alias_id.alias_domain")
