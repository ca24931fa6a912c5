from odoo import api, models
from odoo.tools import SQL


class CollectionAccount(models.Model):
    """How the customer pays, and why the account stands where it does."""

    _inherit = "collection.account"

    # ------------------------------------------------------------------
    # Behaviour: changes slowly, read from paid items, refreshed nightly and when an account is opened
    # ------------------------------------------------------------------

    def _refresh_behaviour(self):
        """Recompute average days late and its trend from the cash of the last twelve months (SPEC §1), weighted by amount."""
        if not self:
            return
        self.env.flush_all()
        self._lock_rows(tuple(self.ids))
        today = SQL("(%s)::date", max(company._collection_today() for company in self.company_id))
        cash = self.env["account.partial.reconcile"]._collection_cash_query(
            SQL(
                "credit.date > %(today)s - 365 AND debit.partner_id IN ("
                "SELECT p.id FROM res_partner p JOIN collection_account a ON a.partner_id = p.commercial_partner_id WHERE a.id IN %(ids)s)",
                today=today,
                ids=tuple(self.ids),
            )
        )
        self.env.execute_query(
            SQL(
                """
                WITH paid AS (
                    SELECT a.id, c.amount, c.date - COALESCE(l.date_maturity, l.date) AS days, c.date > %(today)s - 90 AS recent
                      FROM (%(cash)s) c
                      JOIN account_move_line l ON l.id = c.debit_line_id
                      JOIN res_partner p ON p.id = c.partner_id
                      JOIN collection_account a ON a.partner_id = p.commercial_partner_id AND a.company_id = c.company_id
                     WHERE a.id IN %(ids)s
                ), late AS (
                    SELECT id, SUM(amount * days) / NULLIF(SUM(amount), 0) AS average,
                           SUM(amount * days) FILTER (WHERE recent) / NULLIF(SUM(amount) FILTER (WHERE recent), 0) AS recent,
                           SUM(amount * days) FILTER (WHERE NOT recent) / NULLIF(SUM(amount) FILTER (WHERE NOT recent), 0) AS before
                      FROM paid GROUP BY id
                ), n AS (
                    SELECT a.id, ROUND(COALESCE(late.average, 0), 1) AS average_days_late,
                           ROUND(COALESCE(late.recent - late.before, 0), 1) AS days_late_trend
                      FROM collection_account a LEFT JOIN late ON late.id = a.id WHERE a.id IN %(ids)s
                )
                UPDATE collection_account a
                   SET average_days_late = n.average_days_late, days_late_trend = n.days_late_trend
                  FROM n
                 WHERE a.id = n.id
                   AND (a.average_days_late, a.days_late_trend) IS DISTINCT FROM (n.average_days_late, n.days_late_trend)
                RETURNING a.id
                """,
                today=today,
                cash=cash,
                ids=tuple(self.ids),
            )
        )
        self.invalidate_recordset(["average_days_late", "days_late_trend"], flush=False)

    # ------------------------------------------------------------------
    # Explaining
    # ------------------------------------------------------------------

    @api.depends("priority")
    def _compute_priority_lines(self):
        """Why an account stands where it does: the rules that gave points, with what they measured."""
        lines = self._explain("priority")
        for account in self:
            account.priority_lines = lines.get(account.id, [])

    def _explain(self, kind):
        """The rules of one kind that gave points to these accounts: dict of id to dicts of `rule, points, value`."""
        rules = self.env["collection.priority.rule"].sudo()._rules(kind)
        stored = self.filtered("id")
        if not rules or not stored:
            return {}
        self.env.flush_all()
        metrics = rules._metric_expressions()
        parts = SQL(", ").join(
            SQL("%s, %s", rule._points_expression(metrics[rule.metric]), metrics[rule.metric]) for rule in rules
        )
        rows = self.env.execute_query(
            SQL("SELECT n.id, %s FROM collection_account n WHERE n.id IN %s", parts, tuple(stored.ids))
        )
        return {
            account_id: [
                {"rule": rule.name, "points": values[2 * i], "value": float(values[2 * i + 1] or 0)}
                for i, rule in enumerate(rules)
                if values[2 * i]
            ]
            for account_id, *values in rows
        }
