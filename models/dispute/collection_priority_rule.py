from odoo import api, fields, models
from odoo.tools import SQL


class CollectionPriorityRule(models.Model):
    _inherit = "collection.priority.rule"

    metric = fields.Selection(
        selection_add=[
            ("dispute_won", "Dispute decided in our favour, not worked since (1 = yes)"),
            ("dispute_late", "Disputes past their deadline"),
            ("dispute_asked", "Questions of resolvers"),
        ],
        ondelete={"dispute_won": "cascade", "dispute_late": "cascade", "dispute_asked": "cascade"},
    )

    @api.model
    def _metric_expressions(self):
        return {
            **super()._metric_expressions(),
            "dispute_won": SQL(
                "CASE WHEN n.dispute_won_date <= n.figures_date AND n.amount_collectible > 0"
                " AND COALESCE(n.last_worked_date < n.dispute_won_date, TRUE) THEN 1 ELSE 0 END"
            ),
            "dispute_late": SQL("n.dispute_late_count"),
            "dispute_asked": SQL("n.dispute_asked_count"),
        }
