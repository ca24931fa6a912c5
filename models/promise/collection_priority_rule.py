from odoo import api, fields, models
from odoo.tools import SQL


class CollectionPriorityRule(models.Model):
    _inherit = "collection.priority.rule"

    metric = fields.Selection(
        selection_add=[
            ("broken_promise_level", "Level of broken promises"),
            ("promise_due_days", "Days since the promised date"),
            ("promise_missed", "Promises not kept (%)"),
        ],
        ondelete={
            "broken_promise_level": "cascade",
            "promise_due_days": "cascade",
            "promise_missed": "cascade",
        },
    )

    @api.model
    def _metric_expressions(self):
        return {
            **super()._metric_expressions(),
            "broken_promise_level": SQL("n.broken_promise_level"),
            "promise_due_days": SQL("n.figures_date - n.promise_next_date"),
            # Nothing fell due yet: nothing is known.
            "promise_missed": SQL("CASE WHEN n.promise_due_count > 0 THEN 100 - n.promise_kept_rate END"),
        }
