from odoo import fields, models


class ResConfigSettings(models.TransientModel):
    _inherit = "res.config.settings"

    collection_card_link_hours = fields.Integer(related="company_id.collection_card_link_hours", readonly=False)
    collection_card_consent = fields.Text(related="company_id.collection_card_consent", readonly=False)
