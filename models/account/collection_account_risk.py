from datetime import timedelta

from odoo import api, fields, models
from odoo.fields import Domain
from odoo.tools import SQL

RISKS = [("low", "Low"), ("medium", "Medium"), ("high", "High")]


class CollectionAccount(models.Model):
    """Risk class by visible rules, and what happens when an account of high risk is left alone."""

    _inherit = "collection.account"

    bounce_count = fields.Integer(
        string="Bounced Payments", readonly=True, aggregator=None, help="In the last twelve months."
    )
    bounce_ids = fields.One2many("collection.bounce", "account_id", string="Bounces")
    risk_class = fields.Selection(
        RISKS,
        string="Risk",
        required=True,
        default="low",
        readonly=True,
        help="Follows from the points of the risk rules; from how many on is a setting.",
    )
    risk_points = fields.Integer(readonly=True, aggregator=None)
    risk_date = fields.Date(string="Risk Since", readonly=True)
    risk_escalated_on = fields.Date(readonly=True, copy=False)
    risk_lines = fields.Json(compute="_compute_risk_lines")

    def _guarded_fields(self):
        return super()._guarded_fields() | {
            "bounce_count",
            "risk_class",
            "risk_points",
            "risk_date",
            "risk_escalated_on",
        }

    @api.depends("risk_points")
    def _compute_risk_lines(self):
        """Why an account is of its risk class: the rules that gave points."""
        lines = self._explain("risk")
        for account in self:
            account.risk_lines = lines.get(account.id, [])

    # ------------------------------------------------------------------
    # Refresh
    # ------------------------------------------------------------------

    @api.model
    def _refresh_cases(self):
        return [
            *super()._refresh_cases(),
            (
                SQL(
                    "collection_bounce o JOIN scope s ON s.id = o.account_id"
                    " WHERE o.amount_bounced > 0 AND o.business_date > s.today - 365"
                ),
                SQL("o.account_id"),
                {"bounce_count": SQL("COUNT(*)")},
            ),
        ]

    @api.model
    def _refresh_kept(self):
        return (*super()._refresh_kept(), "risk_class", "risk_date")

    @api.model
    def _refresh_settings(self, company):
        return {
            **super()._refresh_settings(company),
            "risk_medium": company.collection_risk_medium,
            "risk_high": company.collection_risk_high,
        }

    @api.model
    def _refresh_derived_joins(self):
        points = self.env["collection.priority.rule"]._sum_expression("risk")
        # OFFSET keeps the planner from writing the rules out wherever their sum is read.
        return [
            *super()._refresh_derived_joins(),
            SQL(
                """CROSS JOIN LATERAL (
                       SELECT v.points, CASE WHEN v.points >= n.risk_high THEN 'high' WHEN v.points >= n.risk_medium THEN 'medium'
                                             ELSE 'low' END AS class
                         FROM (SELECT (%s)::integer AS points OFFSET 0) v OFFSET 0
                   ) risk""",
                points,
            ),
        ]

    @api.model
    def _refresh_derived_columns(self):
        return {
            **super()._refresh_derived_columns(),
            "risk_points": SQL("risk.points"),
            "risk_class": SQL("risk.class"),
            "risk_date": SQL(
                "CASE WHEN n.risk_class IS DISTINCT FROM risk.class THEN n.figures_date ELSE n.risk_date END"
            ),
        }

    # ------------------------------------------------------------------
    # Escalation
    # ------------------------------------------------------------------

    def _escalate(self, reason, cause="risk"):
        """Bring these accounts before the manager: a task for each. The room of escalations puts its own records in their place.

        :param reason: why, in words
        :param cause: what it follows from, as a technical name: ``risk``, ``promise_level``
        """
        for company, accounts in self.grouped("company_id").items():
            # The manager sees them among the tasks: not one e-mail for each.
            accounts.with_context(mail_activity_quick_update=True).activity_schedule(
                "mail.mail_activity_data_todo",
                company._collection_today(),
                summary=reason,
                user_id=company._collection_manager().id,
            )

    @api.model
    def _untouched_risks(self, company):
        """Overdue accounts of high risk that nobody has touched for the company's number of business days, and that were not
        escalated since."""
        days = company.collection_risk_days
        if not days:
            return self.browse()
        today = company._collection_today()
        # The last day from which so many business days have passed by today.
        limit = company._collection_add_business_days(
            company._collection_add_business_days(today, 1), -days
        ) - timedelta(1)
        at_rest = [
            Domain(name, "=", False) | Domain(name, "<=", limit)
            for name in ("risk_date", "last_worked_date", "last_contact_date")
        ]
        accounts = self.search(
            Domain("company_id", "=", company.id)
            & Domain("risk_class", "=", "high")
            & Domain("amount_overdue", ">", 0)
            & Domain.AND(at_rest)
        )

        def touched_on(account):
            dates = (account.risk_date, account.last_worked_date, account.last_contact_date)
            return max((day for day in dates if day), default=None)

        return accounts.filtered(
            lambda account: (
                not account.risk_escalated_on
                or (touched_on(account) and account.risk_escalated_on <= touched_on(account))
            )
        )

    @api.model
    def _cron_escalate_risk(self):
        """Escalate, company by company, what is of high risk and left alone; each occurrence once."""
        companies = self.env["res.company"].search([])
        self.env["ir.cron"]._commit_progress(remaining=len(companies))
        for company in companies:
            accounts = self._untouched_risks(company)
            accounts._unguarded().write({"risk_escalated_on": company._collection_today()})
            accounts._escalate(
                self.env._(
                    "High risk, and nobody touched it for %(days)s business days", days=company.collection_risk_days
                )
            )
            if not self.env["ir.cron"]._commit_progress(1):
                break
