from odoo import api, fields, models


class ResConfigSettings(models.TransientModel):
    _inherit = "res.config.settings"

    collection_policy_id = fields.Many2one(related="company_id.collection_policy_id", readonly=False)
    collection_auto_run = fields.Boolean(related="company_id.collection_auto_run", readonly=False)
    collection_send_attempts = fields.Integer(related="company_id.collection_send_attempts", readonly=False)
    collection_bank_days = fields.Integer(related="company_id.collection_bank_days", readonly=False)
    collection_daily_job = fields.Boolean(
        string="Daily Dunning Job",
        compute="_compute_collection_daily_job",
        inverse="_inverse_collection_daily_job",
        help="For all companies: the scheduled action that makes, confirms and sends a run each day. Switched off after installation, "
        "so that nobody is written to before you say so.",
    )

    @api.depends("company_id")
    def _compute_collection_daily_job(self):
        # Settings are the administrator's page, also where that is not the one for scheduled actions.
        job = self.env.ref("account_collections.ir_cron_run").sudo()
        self.collection_daily_job = job.active

    def _inverse_collection_daily_job(self):
        self.env.ref("account_collections.ir_cron_run").sudo().active = self[:1].collection_daily_job
