from odoo import api, fields, models
from odoo.exceptions import ValidationError
from odoo.tools import SQL


class CollectionPriorityRule(models.Model):
    _name = "collection.priority.rule"
    _description = "Priority Rule"
    _order = "sequence, id"

    name = fields.Char(required=True, translate=True)
    kind = fields.Selection(
        [("priority", "Place in the worklist"), ("risk", "Risk class")],
        string="Points For",
        required=True,
        default="priority",
    )
    sequence = fields.Integer(default=10)
    active = fields.Boolean(default=True)
    company_id = fields.Many2one(
        "res.company", help="Empty: the rule counts in every company. A company's rule counts in its branches too."
    )
    metric = fields.Selection(
        [
            ("amount_collectible", "Amount collectible"),
            ("amount_overdue", "Amount overdue"),
            ("days_overdue", "Days overdue of the oldest item"),
            ("days_silent", "Days since the last contact"),
            ("follow_up_days", "Days since the follow-up was due"),
            ("credit_use", "Credit limit used (%)"),
            ("average_days_late", "Average days late"),
            ("amount_unapplied", "Unapplied credits"),
            ("amount_age", "Amount overdue × days of the oldest item"),
            ("days_late_trend", "Paying later than before (days)"),
            ("bounce_count", "Bounced payments in the last 12 months"),
            ("task_days", "Days since a manager's task was due"),
        ],
        required=True,
        help="What is measured on the account. Amounts are in the company's currency.",
    )
    threshold_from = fields.Float(
        string="From", required=True, default=0.0, help="The rule applies from this value on."
    )
    threshold_to = fields.Float(string="Below", help="…and below this one. Empty (0): no upper limit.")
    points = fields.Integer(required=True, default=10)

    @api.constrains("threshold_from", "threshold_to")
    def _check_thresholds(self):
        for rule in self:
            if rule.threshold_to and rule.threshold_to <= rule.threshold_from:
                raise ValidationError(
                    self.env._("“%(rule)s”: the upper limit must be above the lower one, or empty.", rule=rule.name)
                )

    @api.model_create_multi
    def create(self, vals_list):
        rules = super().create(vals_list)
        self.env["collection.account"]._touch_everything()
        return rules

    def write(self, vals):
        self.env["collection.account"]._touch_everything()
        return super().write(vals)

    def unlink(self):
        self.env["collection.account"]._touch_everything()
        return super().unlink()

    # ------------------------------------------------------------------
    # Rules as SQL
    # ------------------------------------------------------------------

    @api.model
    def _metric_expressions(self):
        """The value of each metric as SQL over `n`, a row with the columns of `collection_account`. Rooms add theirs."""
        return {
            "amount_collectible": SQL("n.amount_collectible"),
            "amount_overdue": SQL("n.amount_overdue"),
            "days_overdue": SQL("n.figures_date - n.oldest_due_date"),
            # Never spoken to: silent since the oldest item fell due.
            "days_silent": SQL("n.figures_date - GREATEST(n.last_contact_date, n.oldest_due_date)"),
            "follow_up_days": SQL("n.figures_date - n.next_action_date"),
            "credit_use": SQL("n.credit_use"),
            "average_days_late": SQL("n.average_days_late"),
            "amount_unapplied": SQL("n.amount_unapplied"),
            "amount_age": SQL("n.amount_overdue * (n.figures_date - n.oldest_due_date)"),
            "days_late_trend": SQL("n.days_late_trend"),
            "bounce_count": SQL("n.bounce_count"),
            "task_days": SQL("n.figures_date - n.task_due_date"),
        }

    def _points_expression(self, value):
        """The points of one rule as SQL over `n`: its points where its metric, of that `value`, is within its limits, else 0."""
        self.ensure_one()
        condition = SQL("%s >= %s", value, self.threshold_from)
        if self.threshold_to:
            condition = SQL("%s AND %s < %s", condition, value, self.threshold_to)
        if self.company_id:
            companies = self.env["res.company"].sudo().search([("id", "child_of", self.company_id.id)])
            condition = SQL("n.company_id IN %s AND %s", tuple(companies.ids), condition)
        return SQL("CASE WHEN %s THEN %s ELSE 0 END", condition, self.points)

    @api.model
    def _rules(self, kind):
        """All active rules of one kind."""
        return self.search_fetch(
            [("kind", "=", kind)], ["metric", "threshold_from", "threshold_to", "company_id", "points"]
        )

    @api.model
    def _sum_expression(self, kind):
        """The sum of the points of all active rules of one kind as SQL over `n`."""
        # Record rules hide other companies' rules from the user who triggers a refresh; each rule names its company itself.
        rules = self.sudo()._rules(kind)
        values = self._metric_expressions()
        return SQL(" + ").join([rule._points_expression(values[rule.metric]) for rule in rules] or [SQL("0")])
