from collections import defaultdict

from odoo import api, models
from odoo.tools import SQL
from odoo.tools.misc import split_every

BATCH = 10_000


class CollectionAccount(models.Model):
    """The figures of the accounts, written by sets.

    One statement computes a batch of accounts from open items and holds and updates the rows whose figures changed. Rooms above add
    what their cases say of the account through `_refresh_cases`, states through `_refresh_status_cases`, and reasons to stand in the
    worklist through `_refresh_due_conditions`. Inside these, `s` is the account row with its company's parameters and, in the last
    two, `n` the new row; `f` are the sums over its open items.
    """

    _inherit = "collection.account"

    def init(self):
        """Every account is rewritten every day, mostly in columns without an index: with room beside it the new version of a row stays
        on its page, and no index is written. Half of each page is left free for it."""
        self.env.cr.execute(SQL("ALTER TABLE %s SET (fillfactor = 50)", SQL.identifier(self._table)))
        return super().init()

    # ------------------------------------------------------------------
    # Hooks
    # ------------------------------------------------------------------

    @api.model
    def _refresh_columns(self):
        """Column to `SQL` over `s` and `f`; a column left out is not kept by the refresh."""
        amounts = "aging_current aging_1 aging_2 aging_3 aging_4 aging_5 amount_total amount_overdue amount_held"
        amounts += " amount_unapplied amount_collectible"
        return {
            **{name: SQL("COALESCE(f.%s, 0)", SQL.identifier(name)) for name in amounts.split()},
            "open_count": SQL("COALESCE(f.open_count, 0)"),
            "oldest_due_date": SQL("f.oldest_due_date"),
            "credit_limit": SQL("s.customer_limit"),
            "credit_use": SQL(
                "CASE WHEN s.use_credit_limit AND s.customer_limit > 0"
                " THEN ROUND(COALESCE(f.amount_total, 0) / s.customer_limit * 100, 1) ELSE 0 END"
            ),
            "sales_partner_id": SQL("s.customer_sales_partner_id"),
            "country_id": SQL("s.customer_country_id"),
            "figures_date": SQL("s.today"),
        }

    @api.model
    def _refresh_cases(self):
        """What the cases of a room say of the account.

        :return: list of (`SQL` of what follows FROM, joined with the accounts as `scope s`; `SQL` of the account's id in it; dict of
            the account's columns to `SQL` aggregates). An account without a row has 0, false, or no date.
        """
        return []

    @api.model
    def _refresh_kept(self):
        """Names that the derived columns read beside the refreshed ones: as they stand in the account, or settings."""
        work = ("next_action_date", "last_worked_date", "last_contact_date", "snoozed_until", "skipped_on")
        behaviour = ("status_override", "status_override_until", "average_days_late", "days_late_trend")
        return ("company_id", *work, *behaviour, *self._refresh_settings(self.env.company))

    @api.model
    def _refresh_settings(self, company):
        """Settings of a company that derived columns read, by name."""
        return {"revisit_days": company.collection_revisit_days}

    @api.model
    def _refresh_status_cases(self):
        """(rank, status, condition over `n`) for each derived status, the gravest with the lowest rank."""
        return [
            (70, "past_due", SQL("n.amount_overdue > 0")),
            (80, "watch", SQL("n.credit_use > 90 OR n.days_late_trend > 5")),
        ]

    @api.model
    def _refresh_final_statuses(self):
        """Statuses that nobody can hide by setting another one by hand."""
        return ("bankrupt", "placed", "legal")

    @api.model
    def _refresh_due_conditions(self):
        """List of `SQL` over `n`: any of them brings the account to the worklist."""
        return [
            SQL("n.next_action_date <= n.figures_date"),
            SQL(
                "n.amount_collectible > 0 AND n.next_action_date IS NULL"
                " AND (n.last_worked_date IS NULL OR n.last_worked_date + n.revisit_days <= n.figures_date)"
            ),
        ]

    @api.model
    def _refresh_derived_columns(self):
        """Columns that follow from the others: column to `SQL` over `n`."""
        cases = sorted(self._refresh_status_cases(), key=lambda case: case[0])
        status = SQL(
            "CASE %s ELSE 'good' END", SQL(" ").join(SQL("WHEN %s THEN %s", when, name) for _rank, name, when in cases)
        )
        finals = tuple(self._refresh_final_statuses())
        due = SQL(" OR ").join(SQL("(%s)", condition) for condition in self._refresh_due_conditions())
        return {
            "status": SQL(
                "CASE WHEN n.status_override IS NOT NULL AND n.status_override_until >= n.figures_date AND %(derived)s NOT IN %(finals)s"
                " THEN n.status_override ELSE %(derived)s END",
                derived=status,
                finals=finals,
            ),
            "priority": self.env["collection.priority.rule"]._sum_expression("priority"),
            "on_worklist": SQL(
                "COALESCE((%s), FALSE) AND COALESCE(n.snoozed_until <= n.figures_date, TRUE)"
                " AND COALESCE(n.skipped_on < n.figures_date, TRUE)",
                due,
            ),
        }

    @api.model
    def _refresh_derived_joins(self):
        """List of `SQL` joins on `n`: what several derived columns read is computed once there."""
        return []

    # ------------------------------------------------------------------
    # The statement
    # ------------------------------------------------------------------

    def _refresh(self):
        """Recompute the figures of these accounts from the ledger, in the current transaction.

        Rows are locked in the order of their ids; those whose figures did not change are not written.

        :return: number of accounts whose figures changed
        """
        changed = 0
        self.env.flush_all()
        for ids in split_every(BATCH, sorted(self.ids), tuple):
            for company_id, own_ids in self._lock_rows(ids).items():
                company = self.env["res.company"].sudo().browse(company_id)
                changed += len(self.env.execute_query(self._refresh_query(company, own_ids)))
        if changed:
            self.invalidate_recordset(flush=False)
        return changed

    @api.model
    def _lock_rows(self, ids):
        """Lock accounts in the order of their ids, so that no two refreshes wait for each other.

        :return: dict of company id to a list of account ids
        """
        found = defaultdict(list)
        for company_id, account_id in self.env.execute_query(
            SQL("SELECT company_id, id FROM collection_account WHERE id IN %s ORDER BY id FOR NO KEY UPDATE", ids)
        ):
            found[company_id].append(account_id)
        return found

    @api.model
    def _refresh_query(self, company, ids):
        cases, case_columns = self._refresh_case_sums()
        columns = {**self._refresh_columns(), **case_columns}
        derived = self._refresh_derived_columns()
        kept = self._refresh_kept()
        names = [SQL.identifier(name) for name in (*columns, *derived)]
        return SQL(
            """
            WITH %(sums)s, cases AS (
                %(cases)s
            ), n AS (
                SELECT s.id, %(kept)s, %(columns)s
                  FROM scope s LEFT JOIN figures f ON f.account_id = s.id LEFT JOIN cases c ON c.account_id = s.id
            ), d AS MATERIALIZED (
                SELECT n.id, %(plain)s, %(derived)s FROM n %(derived_joins)s
            )
            UPDATE collection_account a SET (%(names)s) = (%(values)s)
              FROM d WHERE a.id = d.id AND (%(own)s) IS DISTINCT FROM (%(values)s)
            RETURNING a.id
            """,
            sums=self._refresh_sums(company, ids),
            kept=SQL(", ").join(SQL("s.%s", SQL.identifier(name)) for name in kept if name not in columns),
            columns=SQL(", ").join(SQL("%s AS %s", value, SQL.identifier(name)) for name, value in columns.items()),
            cases=cases,
            derived_joins=SQL(" ").join(self._refresh_derived_joins()),
            plain=SQL(", ").join(SQL("n.%s", SQL.identifier(name)) for name in columns),
            derived=SQL(", ").join(SQL("%s AS %s", value, SQL.identifier(name)) for name, value in derived.items()),
            names=SQL(", ").join(names),
            values=SQL(", ").join(SQL("d.%s", name) for name in names),
            own=SQL(", ").join(SQL("a.%s", name) for name in names),
        )

    @api.model
    def _refresh_case_sums(self):
        """One row for each account that has cases of any room, so that the statement joins once, however many rooms there are. Each
        room's rows leave the columns of the others empty; the greatest value of each column is the one that is there.

        :return: `SQL` of the query, dict of column to `SQL` over its row `c`
        """
        parts = self._refresh_cases()
        types = {name: self._fields[name].column_type[1] for _source, _account, sums in parts for name in sums}
        empty = {"bool": SQL("FALSE"), "int4": SQL("0"), "numeric": SQL("0")}
        rows = [
            SQL(
                "SELECT %s AS account_id, %s FROM %s GROUP BY 1",
                account,
                SQL(", ").join(
                    SQL("(%s)::%s AS %s", sums.get(name, SQL("NULL")), SQL(kind), SQL.identifier(name))
                    for name, kind in types.items()
                ),
                source,
            )
            for source, account, sums in parts
        ]
        laid = [
            SQL("%s(%s) AS %s", SQL("BOOL_OR" if kind == "bool" else "MAX"), SQL.identifier(name), SQL.identifier(name))
            for name, kind in types.items()
        ]
        values = {
            name: SQL("COALESCE(c.%s, %s)", SQL.identifier(name), empty[kind])
            if kind in empty
            else SQL("c.%s", SQL.identifier(name))
            for name, kind in types.items()
        }
        return SQL(
            "SELECT account_id, %s FROM (%s) part GROUP BY account_id",
            SQL(", ").join(laid),
            SQL(" UNION ALL ").join(rows),
        ), values

    @api.model
    def _refresh_sums(self, company, ids):
        """The common table expressions `scope` (accounts of one company) and `figures` (sums over their open items).

        One company a statement: its settings are constants, and the planner's estimates hold.
        """
        buckets = ("aging_current", "aging_1", "aging_2", "aging_3", "aging_4", "aging_5")
        figures = (*buckets, "amount_overdue", "amount_held", "amount_unapplied", "open_count")
        return SQL(
            """
            scope AS (
                SELECT a.*, %(today)s AS today, %(settings)s, %(use_credit_limit)s AS use_credit_limit,
                       COALESCE((p.credit_limit ->> %(company)s::text)::numeric, %(credit_limit)s) AS customer_limit,
                       p.collection_sales_partner_id AS customer_sales_partner_id, p.country_id AS customer_country_id
                  FROM collection_account a
                  LEFT JOIN res_partner p ON p.id = a.partner_id
                 WHERE a.id IN %(ids)s
            ), held AS (
                SELECT h.move_line_id, SUM(h.amount_currency) AS amount
                  FROM collection_hold h JOIN scope s ON s.id = h.account_id
                 WHERE %(live)s
                 GROUP BY h.move_line_id
            ), item AS (
                %(items)s UNION ALL %(unidentified)s
            ), by_currency AS (
                SELECT account_id, currency_id, COUNT(*) AS open_count, %(buckets)s,
                       MIN(due) FILTER (WHERE bucket <= 5) AS oldest_due_date,
                       COALESCE(-SUM(open) FILTER (WHERE bucket > 5), 0) AS amount_unapplied,
                       COALESCE(SUM(held) FILTER (WHERE bucket <= 5), 0) AS amount_held,
                       COALESCE(SUM(held) FILTER (WHERE bucket BETWEEN 1 AND 5), 0)
                           + COALESCE(SUM(open) FILTER (WHERE bucket BETWEEN 1 AND 5 AND open_cur = 0), 0) AS not_free,
                       COALESCE(SUM(open_cur) FILTER (WHERE bucket BETWEEN 1 AND 5), 0)
                           - COALESCE(SUM(held_cur) FILTER (WHERE bucket BETWEEN 1 AND 5), 0) AS free_cur,
                       COALESCE(-SUM(open_cur) FILTER (WHERE bucket = 6), 0)
                           - COALESCE(SUM(held_cur) FILTER (WHERE bucket = 6), 0) AS credit_cur
                  FROM item GROUP BY account_id, currency_id
            ), totals AS (
                SELECT *, aging_1 + aging_2 + aging_3 + aging_4 + aging_5 AS amount_overdue FROM by_currency
            ), figures AS (
                SELECT account_id, %(figures)s, MIN(oldest_due_date) AS oldest_due_date,
                       SUM(aging_current + amount_overdue - amount_unapplied) AS amount_total,
                       SUM(ROUND((amount_overdue - not_free) * GREATEST(0, free_cur - credit_cur) / NULLIF(free_cur, 0), %(digits)s))
                           AS amount_collectible
                  FROM totals GROUP BY account_id
            )
            """,
            **(parameters := self._refresh_parameters(company)),
            ids=tuple(ids),
            settings=SQL(", ").join(
                SQL("%s AS %s", value, SQL.identifier(name)) for name, value in self._refresh_settings(company).items()
            ),
            live=self.env["collection.hold"]._live_condition(parameters["today"]),
            buckets=SQL(", ").join(
                SQL("COALESCE(SUM(open) FILTER (WHERE bucket = %s), 0) AS %s", number, SQL.identifier(name))
                for number, name in enumerate(buckets)
            ),
            figures=SQL(", ").join(SQL("SUM(%(name)s) AS %(name)s", name=SQL.identifier(name)) for name in figures),
            items=self._refresh_items(
                parameters,
                SQL(
                    "res_partner p ON p.commercial_partner_id = s.partner_id JOIN account_move_line l ON l.partner_id = p.id"
                ),
            ),
            unidentified=self._refresh_items(
                parameters, SQL("account_move_line l ON l.partner_id IS NULL AND s.partner_id IS NULL")
            ),
        )

    @api.model
    def _refresh_items(self, parameters, source):
        """The open items of the accounts in `scope`; what holds protect is rounded item by item, so that parts add up.

        Each stands in one bucket: 0 not due, 1 to 5 overdue, 6 a credit, 7 a reserved one. Sums by this number are far quicker
        than sums by amounts and dates.
        """
        return SQL(
            """
                SELECT s.id AS account_id, l.currency_id, l.amount_residual AS open, l.amount_residual_currency AS open_cur,
                       COALESCE(l.date_maturity, l.date) AS due,
                       CASE WHEN l.amount_residual < 0 THEN CASE WHEN l.collection_reserved THEN 7 ELSE 6 END
                            WHEN COALESCE(l.date_maturity, l.date) >= %(today)s THEN 0
                            WHEN COALESCE(l.date_maturity, l.date) >= %(today)s - %(b1)s THEN 1
                            WHEN COALESCE(l.date_maturity, l.date) >= %(today)s - %(b2)s THEN 2
                            WHEN COALESCE(l.date_maturity, l.date) >= %(today)s - %(b3)s THEN 3
                            WHEN COALESCE(l.date_maturity, l.date) >= %(today)s - %(b4)s THEN 4 ELSE 5 END AS bucket,
                       CASE WHEN h.amount > 0 THEN LEAST(h.amount, ABS(l.amount_residual_currency)) END AS held_cur,
                       CASE WHEN h.amount > 0 AND l.amount_residual_currency != 0
                            THEN ROUND(l.amount_residual * LEAST(h.amount, ABS(l.amount_residual_currency))
                                       / l.amount_residual_currency, %(digits)s) END AS held
                  FROM scope s
                  JOIN %(source)s
                  LEFT JOIN held h ON h.move_line_id = l.id
                 WHERE l.company_id = %(company)s AND %(open)s
            """,
            source=source,
            open=self.env["account.move.line"]._collection_open_condition("l"),
            **parameters,
        )

    @api.model
    def _refresh_parameters(self, company):
        """The settings of a company that its accounts' figures depend on, as values for the statement."""
        Partner = self.env["res.partner"].with_company(company)
        return {
            "company": company.id,
            "today": SQL("%s::date", company._collection_today()),
            **dict(zip(("b1", "b2", "b3", "b4"), company._collection_buckets())),
            "digits": company.currency_id.decimal_places,
            "credit_limit": Partner._fields["credit_limit"].get_company_dependent_fallback(Partner) or 0.0,
            "use_credit_limit": company.account_use_credit_limit,
        }
