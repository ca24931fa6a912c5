from odoo import api, fields, models
from odoo.tools import SQL


class CollectionPriorityRule(models.Model):
    _inherit = "collection.priority.rule"

    metric = fields.Selection(
        selection_add=[
            ("plan_step_days", "Days since a plan's step was due"),
            ("plan_missing", "Plan of action missing (1 = yes)"),
        ],
        ondelete={"plan_step_days": "cascade", "plan_missing": "cascade"},
    )

    @api.model
    def _metric_expressions(self):
        missing = self.env["collection.account"]._plan_missing_condition()
        return {
            **super()._metric_expressions(),
            "plan_step_days": SQL("n.figures_date - n.plan_step_date"),
            "plan_missing": SQL("CASE WHEN %s THEN 1 ELSE 0 END", missing),
        }
