from odoo import fields, models


class ResConfigSettings(models.TransientModel):
    _inherit = "res.config.settings"

    collection_review_hold_days = fields.Integer(related="company_id.collection_review_hold_days", readonly=False)
