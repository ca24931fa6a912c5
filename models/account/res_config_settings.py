from odoo import api, fields, models


class ResConfigSettings(models.TransientModel):
    _inherit = "res.config.settings"

    collection_tz = fields.Selection(related="company_id.collection_tz", readonly=False)
    collection_calendar_id = fields.Many2one(related="company_id.collection_calendar_id", readonly=False)
    collection_see_all = fields.Boolean(related="company_id.collection_see_all", readonly=False)
    collection_manager_id = fields.Many2one(related="company_id.collection_manager_id", readonly=False)
    collection_revisit_days = fields.Integer(related="company_id.collection_revisit_days", readonly=False)
    collection_unreachable_attempts = fields.Integer(
        related="company_id.collection_unreachable_attempts", readonly=False
    )
    collection_unreachable_days = fields.Integer(related="company_id.collection_unreachable_days", readonly=False)
    collection_risk_medium = fields.Integer(compute="_compute_collection_risk", store=True, readonly=False)
    collection_risk_high = fields.Integer(compute="_compute_collection_risk", store=True, readonly=False)
    collection_risk_days = fields.Integer(related="company_id.collection_risk_days", readonly=False)
    collection_payment_hold_days = fields.Integer(related="company_id.collection_payment_hold_days", readonly=False)

    # Written together: one after the other, limits that rise would be out of order on the way.
    collection_bucket_1 = fields.Integer(compute="_compute_collection_buckets", store=True, readonly=False)
    collection_bucket_2 = fields.Integer(compute="_compute_collection_buckets", store=True, readonly=False)
    collection_bucket_3 = fields.Integer(compute="_compute_collection_buckets", store=True, readonly=False)
    collection_bucket_4 = fields.Integer(compute="_compute_collection_buckets", store=True, readonly=False)

    @api.depends("company_id")
    def _compute_collection_buckets(self):
        for settings in self:
            for number, limit in enumerate(settings.company_id._collection_buckets(), start=1):
                settings[f"collection_bucket_{number}"] = limit

    @api.depends("company_id")
    def _compute_collection_risk(self):
        for settings in self:
            settings.collection_risk_medium = settings.company_id.collection_risk_medium
            settings.collection_risk_high = settings.company_id.collection_risk_high

    def set_values(self):
        result = super().set_values()
        limits = {f"collection_bucket_{number}": self[f"collection_bucket_{number}"] for number in range(1, 5)}
        limits |= {name: self[name] for name in ("collection_risk_medium", "collection_risk_high")}
        if any(self.company_id[name] != limit for name, limit in limits.items()):
            self.company_id.write(limits)
        return result
