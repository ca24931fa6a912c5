from odoo import api, fields, models
from odoo.tools import SQL


class CollectionPriorityRule(models.Model):
    _inherit = "collection.priority.rule"

    metric = fields.Selection(
        selection_add=[
            ("escalation_days", "Days since an escalation was due"),
            ("credit_hold", "On credit hold (1 = yes)"),
        ],
        ondelete={"escalation_days": "cascade", "credit_hold": "cascade"},
    )

    @api.model
    def _metric_expressions(self):
        return {
            **super()._metric_expressions(),
            "escalation_days": SQL("n.figures_date - n.escalation_due_date"),
            "credit_hold": SQL("CASE WHEN n.is_credit_hold THEN 1 ELSE 0 END"),
        }
