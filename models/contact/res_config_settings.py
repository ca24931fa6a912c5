from odoo import api, fields, models


class ResConfigSettings(models.TransientModel):
    _inherit = "res.config.settings"

    # Written together: one after the other, the hours would be out of order on the way.
    collection_call_from = fields.Float(compute="_compute_collection_calls", store=True, readonly=False)
    collection_call_to = fields.Float(compute="_compute_collection_calls", store=True, readonly=False)
    collection_call_limit = fields.Integer(related="company_id.collection_call_limit", readonly=False)
    collection_call_limit_days = fields.Integer(related="company_id.collection_call_limit_days", readonly=False)
    collection_help_days = fields.Integer(related="company_id.collection_help_days", readonly=False)
    collection_help_remind_days = fields.Integer(related="company_id.collection_help_remind_days", readonly=False)

    @api.depends("company_id")
    def _compute_collection_calls(self):
        for settings in self:
            settings.collection_call_from = settings.company_id.collection_call_from
            settings.collection_call_to = settings.company_id.collection_call_to

    def set_values(self):
        result = super().set_values()
        hours = {name: self[name] for name in ("collection_call_from", "collection_call_to")}
        if any(self.company_id[name] != hour for name, hour in hours.items()):
            self.company_id.write(hours)
        return result
