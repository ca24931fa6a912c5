from odoo import fields, models


class ResConfigSettings(models.TransientModel):
    _inherit = "res.config.settings"

    collection_statement_schedule = fields.Selection(related="company_id.collection_statement_schedule", readonly=False)
    collection_statement_kind = fields.Selection(related="company_id.collection_statement_kind", readonly=False)
    collection_statement_detail = fields.Selection(related="company_id.collection_statement_detail", readonly=False)
    collection_statement_days = fields.Integer(related="company_id.collection_statement_days", readonly=False)
    collection_statement_wait_days = fields.Integer(related="company_id.collection_statement_wait_days", readonly=False)
    collection_statement_hours = fields.Char(related="company_id.collection_statement_hours", readonly=False)
    collection_remit_address = fields.Text(related="company_id.collection_remit_address", readonly=False)
    collection_remit_bank_ids = fields.Many2many(related="company_id.collection_remit_bank_ids", readonly=False)
