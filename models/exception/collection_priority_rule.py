from odoo import api, fields, models
from odoo.tools import SQL


class CollectionPriorityRule(models.Model):
    _inherit = "collection.priority.rule"

    metric = fields.Selection(
        selection_add=[("pay_run_days", "Days until the customer's next pay run")],
        ondelete={"pay_run_days": "cascade"},
    )

    @api.model
    def _metric_expressions(self):
        return {
            **super()._metric_expressions(),
            "pay_run_days": SQL("n.exception_pay_run - n.figures_date"),
        }
