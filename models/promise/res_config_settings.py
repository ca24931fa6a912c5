from odoo import fields, models


class ResConfigSettings(models.TransientModel):
    _inherit = "res.config.settings"

    collection_promise_grace_days = fields.Integer(related="company_id.collection_promise_grace_days", readonly=False)
    collection_promise_horizon_days = fields.Integer(
        related="company_id.collection_promise_horizon_days", readonly=False
    )
    collection_promise_tolerance_percent = fields.Float(
        related="company_id.collection_promise_tolerance_percent", readonly=False
    )
    collection_promise_tolerance_amount = fields.Monetary(
        related="company_id.collection_promise_tolerance_amount",
        currency_field="currency_id",
        readonly=False,
    )
    collection_promise_partial_percent = fields.Float(
        related="company_id.collection_promise_partial_percent", readonly=False
    )
    collection_promise_bank_days = fields.Integer(related="company_id.collection_promise_bank_days", readonly=False)
    collection_promise_escalate_level = fields.Integer(
        related="company_id.collection_promise_escalate_level", readonly=False
    )
