from datetime import timedelta

from odoo import api, fields, models
from odoo.exceptions import ValidationError
from odoo.fields import Domain
from odoo.tools import SQL

# What rules look at; the other triggers come from people and from steps.
RULE_TRIGGERS = [
    ("amount", "Amount"),
    ("age", "Age"),
    ("promise_level", "Promise level"),
    ("risk", "Risk"),
    ("attempts", "Attempts without contact"),
    ("dispute_late", "Dispute late"),
]


class CollectionEscalationRule(models.Model):
    _name = "collection.escalation.rule"
    _description = "Escalation Rule"
    _order = "sequence, id"

    name = fields.Char(required=True, translate=True)
    sequence = fields.Integer(default=10)
    active = fields.Boolean(default=True)
    company_id = fields.Many2one("res.company", help="Empty: the rule counts in every company.")
    currency_id = fields.Many2one("res.currency", compute="_compute_currency_id")
    trigger = fields.Selection(RULE_TRIGGERS, string="What", required=True, default="amount")
    threshold = fields.Float(
        string="From",
        required=True,
        help="Amount: collectible, in the company's currency. Age: days overdue of the oldest item. Promise level: broken promises. "
        "Risk: points. Attempts: calls since the customer was last reached, in the days that make an account unreachable. "
        "Dispute late: number of disputes past their deadline.",
    )
    min_amount = fields.Monetary(
        string="Overdue at Least", help="Accounts with less overdue than this are not escalated by the rule."
    )
    rung = fields.Selection(
        [("assistant", "Assistant manager"), ("manager", "AR manager"), ("top", "Above the AR manager")],
        string="To",
        required=True,
        default="manager",
    )
    repeat_days = fields.Integer(
        string="Again After",
        required=True,
        default=30,
        help="Calendar days after a decision in which the rule does not raise the same account again.",
    )

    _numbers = models.Constraint(
        "CHECK(threshold > 0 AND min_amount >= 0 AND repeat_days >= 1)",
        "A rule needs a threshold above zero, at least one day until it asks again, and no negative amount.",
    )

    @api.depends("company_id")
    @api.depends_context("company")
    def _compute_currency_id(self):
        for rule in self:
            rule.currency_id = (rule.company_id or self.env.company).currency_id

    @api.constrains("trigger", "threshold")
    def _check_threshold(self):
        for rule in self:
            if rule.trigger not in ("amount",) and rule.threshold != int(rule.threshold):
                raise ValidationError(
                    self.env._(
                        "“%(rule)s”: days, points and attempts are whole numbers, not %(number)s.",
                        rule=rule.name,
                        number=rule.threshold,
                    )
                )

    # ------------------------------------------------------------------
    # What a rule finds
    # ------------------------------------------------------------------

    @api.model
    def _rules_of(self, company):
        return self.search([("company_id", "in", (False, company.id))])

    def _account_domain(self, company):
        """The accounts of a company that this rule brings before somebody now, as a domain.

        Those with an open escalation for the same reason, or one decided on lately, are left out.
        """
        self.ensure_one()
        today = company._collection_today()
        lately = Domain("decided_date", ">", today - timedelta(self.repeat_days))
        known = Domain("trigger", "=", self.trigger) & (Domain("state", "=", "open") | lately)
        found = (
            Domain("company_id", "=", company.id)
            & Domain("amount_overdue", ">", 0)
            & Domain("amount_overdue", ">=", self.min_amount)
            & self._trigger_domain(company, today)
            & self.env["collection.account"]._escalatable_domain()
        )
        return found & Domain("escalation_ids", "not any", known)

    def _trigger_domain(self, company, today):
        """What the rule measures. What holds protect is no reason by its amount or age."""
        asked = Domain("amount_collectible", ">", 0)
        if self.trigger == "amount":
            return Domain("amount_collectible", ">=", self.threshold)
        if self.trigger == "age":
            return asked & Domain("oldest_due_date", "<=", today - timedelta(int(self.threshold)))
        if self.trigger == "promise_level":
            return asked & Domain("broken_promise_level", ">=", self.threshold)
        if self.trigger == "risk":
            return Domain("risk_points", ">=", self.threshold)
        if self.trigger == "dispute_late":
            return Domain("dispute_late_count", ">=", self.threshold)
        return asked & Domain("id", "in", self._tried(company, today))

    def _tried(self, company, today):
        """Accounts of a company with so many attempts since the right person was last reached, as `SQL` of ids."""
        since = today - timedelta(company.collection_unreachable_days - 1)
        accounts = SQL("SELECT id FROM collection_account WHERE company_id = %s AND amount_overdue > 0", company.id)
        self.env.flush_all()
        attempts = self.env["collection.account"]._attempt_queries(SQL("(%s)", accounts), since)
        return SQL(
            """(WITH attempt AS (%(attempts)s), reached AS (
                   SELECT account_id, MAX(moment) AS moment FROM attempt WHERE is_right_party GROUP BY account_id
               )
               SELECT t.account_id FROM attempt t LEFT JOIN reached r ON r.account_id = t.account_id
                WHERE t.is_attempt AND (r.moment IS NULL OR t.moment > r.moment)
                GROUP BY t.account_id HAVING COUNT(*) >= %(least)s)""",
            attempts=SQL(" UNION ALL ").join(attempts),
            least=int(self.threshold),
        )

    def _reason_for(self, account):
        """Why this rule raises an account, in words."""
        values = {"rule": self.name, "threshold": int(self.threshold)}
        if self.trigger == "amount":
            return self.env._(
                "%(rule)s: %(amount)s collectible",
                rule=self.name,
                amount=account.currency_id.format(account.amount_collectible),
            )
        if self.trigger == "age":
            return self.env._("%(rule)s: oldest item %(days)s days overdue", rule=self.name, days=account.oldest_days)
        if self.trigger == "promise_level":
            return self.env._("%(rule)s: level %(level)s", rule=self.name, level=account.broken_promise_level)
        if self.trigger == "risk":
            return self.env._("%(rule)s: %(points)s points", rule=self.name, points=account.risk_points)
        if self.trigger == "dispute_late":
            return self.env._("%(rule)s: %(count)s late", rule=self.name, count=account.dispute_late_count)
        return self.env._("%(rule)s: %(threshold)s attempts or more without contact", **values)
