from collections import defaultdict

from odoo import api, models
from odoo.tools import SQL

BUCKETS = ("aging_current", "aging_1", "aging_2", "aging_3", "aging_4", "aging_5")
# Amounts of one account and currency, in that currency; `amount_company` in the company's.
FIGURES = (
    *("amount_balance", "amount_company", *BUCKETS, "amount_overdue", "amount_due_today", "amount_unapplied"),
    *(
        "amount_reserved",
        "amount_disputed",
        "amount_disputed_due",
        "amount_promised",
        "amount_unposted",
        "amount_now_due",
    ),
)


class CollectionStatement(models.Model):
    """What statements say of open items: one query for a whole set of accounts, from the ledger as of a date."""

    _inherit = "collection.statement"

    @api.model
    def _scope(self, accounts):
        """Contact id → account id, of all contacts of the accounts' customers; archived ones too."""
        rows = self.env.execute_query(
            SQL(
                """SELECT p.id, a.id FROM collection_account a JOIN res_partner p ON p.commercial_partner_id = a.partner_id
                    WHERE a.id = ANY(%s)""",
                list(accounts.ids),
            )
        )
        return dict(rows)

    @api.model
    def _open_query(self, company, day, scope):
        """The open items of some customers of one company at the end of a day, each with what was disputed and promised of it then.

        :param scope: dict of contact id to account id
        :return: `SQL` of a query with `account_id` and what `_collection_as_of_query` gives, `disputed` and `promised` (in the item's
            currency, at most what is open)
        """
        contacts, accounts = list(scope), list(scope.values())
        held = (
            "CASE WHEN i.unposted_move_id IS NULL AND i.amount_residual_currency > 0"
            " THEN LEAST(i.amount_residual_currency, COALESCE(h.{0}, 0)) END"
        )
        return SQL(
            """
            WITH s (contact_id, account_id) AS MATERIALIZED (SELECT * FROM unnest(%(contacts)s::int[], %(accounts)s::int[]))
            SELECT s.account_id, i.*, %(disputed)s AS disputed, %(promised)s AS promised
              FROM (%(items)s) i
              JOIN s ON s.contact_id = i.contact_id
              LEFT JOIN (SELECT h.move_line_id, SUM(h.amount_currency) FILTER (WHERE h.kind = 'dispute') AS disputed,
                                SUM(h.amount_currency) FILTER (WHERE h.kind = 'promise') AS promised
                           FROM collection_hold h
                          WHERE h.account_id IN (SELECT account_id FROM s) AND h.kind IN ('dispute', 'promise') AND %(live)s
                          GROUP BY h.move_line_id) h ON h.move_line_id = i.move_line_id
            """,
            items=self.env["account.move.line"]._collection_as_of_query(
                day, (company.id,), SQL("l.partner_id IN (SELECT contact_id FROM s)")
            ),
            disputed=SQL(held.format("disputed")),
            promised=SQL(held.format("promised")),
            contacts=contacts,
            accounts=accounts,
            live=self.env["collection.hold"]._live_condition(SQL("%s::date", day)),
        )

    @api.model
    def _figures(self, accounts, day):
        """What a set of accounts owes at the end of a day, by currency.

        Buckets hold debits only, by days overdue on that day. Now due is what is overdue or due on the day, less what of it is
        disputed, less unapplied credits that are not reserved; what was promised stays in. An amount that is matched with an
        entry that is not posted looks paid to the customer: it is part of the balance and of its bucket, and not due.

        :param accounts: `collection.account` records
        :return: dict of account to dict of `res.currency` to dict of `FIGURES`; accounts with nothing open are left out
        """
        self.env.flush_all()
        Currency = self.env["res.currency"]
        result = defaultdict(dict)
        for company, group in accounts.grouped("company_id").items():
            scope = self._scope(group)
            if not scope:
                continue
            for row in self.env.execute_query_dict(self._figures_query(company, day, scope)):
                account = accounts.browse(row.pop("account_id"))
                currency = Currency.browse(row.pop("currency_id"))
                result[account][currency] = self._complete_figures(row)
        return dict(result)

    @api.model
    def _figures_query(self, company, day, scope):
        ages = [
            SQL("SUM(q.debit) FILTER (WHERE q.days BETWEEN %s AND %s)::float8 AS %s", low, high, SQL.identifier(name))
            for name, (low, high) in zip(BUCKETS, self._ages(company))
        ]
        return SQL(
            """
            SELECT q.account_id, q.item_currency_id AS currency_id, SUM(q.amount_residual_currency)::float8 AS amount_balance,
                   SUM(q.amount_total)::float8 AS amount_company, %(ages)s,
                   SUM(q.debit) FILTER (WHERE q.days > 0)::float8 AS amount_overdue,
                   SUM(q.debit) FILTER (WHERE q.days = 0)::float8 AS amount_due_today,
                   SUM(q.debit - q.amount_residual_currency)::float8 AS amount_unapplied,
                   SUM(q.debit - q.amount_residual_currency) FILTER (WHERE q.is_reserved)::float8 AS amount_reserved,
                   SUM(q.disputed)::float8 AS amount_disputed,
                   SUM(q.disputed) FILTER (WHERE q.days >= 0)::float8 AS amount_disputed_due,
                   SUM(q.promised)::float8 AS amount_promised,
                   SUM(q.amount_residual_currency) FILTER (WHERE q.unposted_move_id IS NOT NULL)::float8 AS amount_unposted,
                   SUM(q.debit) FILTER (WHERE q.unposted_move_id IS NOT NULL AND q.days >= 0)::float8 AS unposted_due
              FROM (SELECT o.*, o.as_of - o.due_date AS days, GREATEST(o.amount_residual_currency, 0) AS debit
                      FROM (%(open)s) o) q
             GROUP BY q.account_id, q.item_currency_id
            """,
            ages=SQL(", ").join(ages),
            open=self._open_query(company, day, scope),
        )

    @api.model
    def _ages(self, company):
        """The days overdue of the six buckets: (first, last) of each."""
        limits = company._collection_buckets()
        return [
            (-1_000_000, 0),
            *((low + 1, high) for low, high in zip((0, *limits), limits)),
            (limits[-1] + 1, 1_000_000),
        ]

    @api.model
    def _complete_figures(self, row):
        """A row of `_figures_query` as floats, with what is due now."""
        values = {name: value or 0.0 for name, value in row.items()}
        unposted_due = values.pop("unposted_due")
        due = values["amount_overdue"] + values["amount_due_today"] - unposted_due - values["amount_disputed_due"]
        values["amount_now_due"] = max(0.0, due - values["amount_unapplied"] + values["amount_reserved"])
        return values

    # ------------------------------------------------------------------
    # The ledger's own words
    # ------------------------------------------------------------------

    @api.model
    def _ledger_balances(self, accounts, day):
        """What the receivable accounts hold for each account at the end of a day, in company currency, and what was settled with items of
        other customers.

        :return: dict of account to (balance of the journal items, net of matches with items of other customers); their sum is what
            the open items add up to
        """
        self.env.flush_all()
        result = {}
        for company, group in accounts.grouped("company_id").items():
            scope = self._scope(group)
            query = SQL(
                """
                WITH s (contact_id, account_id) AS (SELECT * FROM unnest(%(contacts)s::int[], %(accounts)s::int[])),
                line AS (
                    SELECT s.account_id, l.id, l.balance FROM account_move_line l JOIN s ON s.contact_id = l.partner_id
                     WHERE l.account_id IN %(receivable)s AND l.company_id = %(company)s AND l.parent_state = 'posted'
                       AND l.date <= %(day)s
                )
                SELECT account_id, SUM(balance), SUM(moved) FROM (
                    SELECT account_id, balance, 0 AS moved FROM line
                    UNION ALL
                    SELECT account_id, 0, amount FROM (%(moved)s) m
                ) q GROUP BY account_id
                """,
                contacts=list(scope),
                accounts=list(scope.values()),
                receivable=self.env["account.move.line"]._collection_receivable_account_ids(),
                company=company.id,
                day=day,
                moved=self._moved_query(company, scope, SQL("p.max_date <= %s", day)),
            )
            result.update(
                (accounts.browse(account_id), (float(balance), float(moved)))
                for account_id, balance, moved in self.env.execute_query(query)
            )
        return result

    @api.model
    def _moved_query(self, company, scope, when):
        """What matches move between accounts or currencies: the two sides of a match whose items have different customers, companies or
        currencies. Within one account and currency a match changes nothing in the balance.

        :param when: `SQL` condition on the match `p`
        :return: `SQL` with `account_id, currency_id, date, move_id, other_id, amount` (company currency), `amount_currency`
        """
        return SQL(
            """
            SELECT s.account_id, own.currency_id, p.max_date AS date, own.move_id, other.move_id AS other_id, p.amount, p.amount_currency
              FROM unnest(%(contacts)s::int[], %(accounts)s::int[]) s (contact_id, account_id)
              JOIN account_move_line own ON own.partner_id = s.contact_id AND own.account_id IN %(receivable)s
                   AND own.company_id = %(company)s AND own.parent_state = 'posted'
              JOIN LATERAL (
                    SELECT p.credit_move_id AS other_id, p.max_date, -p.amount AS amount, -p.debit_amount_currency AS amount_currency
                      FROM account_partial_reconcile p WHERE p.debit_move_id = own.id AND (%(when)s)
                    UNION ALL
                    SELECT p.debit_move_id, p.max_date, p.amount, p.credit_amount_currency
                      FROM account_partial_reconcile p WHERE p.credit_move_id = own.id AND (%(when)s)
                   ) p ON TRUE
              JOIN account_move_line other ON other.id = p.other_id AND other.parent_state = 'posted'
              JOIN res_partner own_partner ON own_partner.id = own.partner_id
              LEFT JOIN res_partner other_partner ON other_partner.id = other.partner_id
             WHERE (own.currency_id, own.company_id, own_partner.commercial_partner_id)
                   IS DISTINCT FROM (other.currency_id, other.company_id, other_partner.commercial_partner_id)
            """,
            contacts=list(scope),
            accounts=list(scope.values()),
            receivable=self.env["account.move.line"]._collection_receivable_account_ids(),
            company=company.id,
            when=when,
        )
