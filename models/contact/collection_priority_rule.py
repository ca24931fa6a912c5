from odoo import api, fields, models
from odoo.tools import SQL


class CollectionPriorityRule(models.Model):
    _inherit = "collection.priority.rule"

    metric = fields.Selection(
        selection_add=[
            ("inquiry_days", "Days since an inquiry was due"),
            ("help_days", "Days since a help request came back"),
        ],
        ondelete={"inquiry_days": "cascade", "help_days": "cascade"},
    )

    @api.model
    def _metric_expressions(self):
        return {
            **super()._metric_expressions(),
            "inquiry_days": SQL("n.figures_date - n.inquiry_deadline"),
            "help_days": SQL("n.figures_date - n.help_turn_date"),
        }
