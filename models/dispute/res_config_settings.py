from odoo import fields, models


class ResConfigSettings(models.TransientModel):
    _inherit = "res.config.settings"

    collection_dispute_waiting_days = fields.Integer(
        related="company_id.collection_dispute_waiting_days", readonly=False
    )
    collection_dispute_chase_days = fields.Integer(related="company_id.collection_dispute_chase_days", readonly=False)
    collection_short_payment_limit = fields.Monetary(
        related="company_id.collection_short_payment_limit", readonly=False
    )
