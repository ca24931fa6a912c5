from odoo import api, fields, models
from odoo.tools import SQL


class CollectionPriorityRule(models.Model):
    _inherit = "collection.priority.rule"

    metric = fields.Selection(
        selection_add=[("claim_expired", "Payment claims whose time is up")], ondelete={"claim_expired": "cascade"}
    )

    @api.model
    def _metric_expressions(self):
        return {**super()._metric_expressions(), "claim_expired": SQL("n.claim_expired_count")}
