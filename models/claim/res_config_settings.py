from odoo import fields, models


class ResConfigSettings(models.TransientModel):
    _inherit = "res.config.settings"

    collection_claim_hold_days = fields.Integer(related="company_id.collection_claim_hold_days", readonly=False)
    collection_claim_tolerance_percent = fields.Float(
        related="company_id.collection_claim_tolerance_percent", readonly=False
    )
    collection_claim_tolerance_amount = fields.Monetary(
        related="company_id.collection_claim_tolerance_amount", currency_field="currency_id", readonly=False
    )
    collection_request_days = fields.Integer(related="company_id.collection_request_days", readonly=False)
    collection_request_user_id = fields.Many2one(related="company_id.collection_request_user_id", readonly=False)
    collection_duplicate_days = fields.Integer(related="company_id.collection_duplicate_days", readonly=False)
