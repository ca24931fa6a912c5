from odoo import fields, models


class ResConfigSettings(models.TransientModel):
    _inherit = "res.config.settings"

    collection_escalation_days = fields.Integer(related="company_id.collection_escalation_days", readonly=False)
    collection_escalation_top_id = fields.Many2one(related="company_id.collection_escalation_top_id", readonly=False)
    collection_credit_hold_by_step = fields.Selection(
        related="company_id.collection_credit_hold_by_step", readonly=False
    )
    collection_credit_hold_limit = fields.Monetary(related="company_id.collection_credit_hold_limit", readonly=False)
    collection_credit_hold_sale = fields.Selection(related="company_id.collection_credit_hold_sale", readonly=False)
