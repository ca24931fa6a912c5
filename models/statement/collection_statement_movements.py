from collections import defaultdict
from datetime import timedelta

from odoo import api, models
from odoo.tools import SQL

# What a document is for the customer: `m` is its entry.
KIND = """CASE WHEN m.move_type IN ('out_invoice', 'out_receipt') AND m.debit_origin_id IS NOT NULL THEN 'debit_note'
    WHEN m.move_type IN ('out_invoice', 'out_receipt') THEN 'invoice' WHEN m.move_type = 'out_refund' THEN 'credit_note'
    WHEN COALESCE(m.origin_payment_id, m.statement_line_id) IS NOT NULL THEN 'payment' ELSE 'entry' END"""


class CollectionStatement(models.Model):
    """The lines of statements: open items of a date, or what happened between two dates; of a whole set of accounts at once."""

    _inherit = "collection.statement"

    # ------------------------------------------------------------------
    # Open items
    # ------------------------------------------------------------------

    @api.model
    def _open_items(self, accounts, day):
        """The open items of accounts at the end of a day with what their documents say, oldest due first.

        :return: dict of account id to list of dicts
        """
        self.env.flush_all()
        result = defaultdict(list)
        for company, group in accounts.grouped("company_id").items():
            scope = self._scope(group)
            for row in self.env.execute_query_dict(self._items_query(company, day, scope)) if scope else ():
                result[row["account_id"]].append(self._item_values(row, day))
        return result

    @api.model
    def _items_query(self, company, day, scope):
        """The open items of `_open_query` with their documents' columns."""
        return SQL(
            """
            SELECT o.account_id, o.item_currency_id AS currency_id, o.move_line_id, o.move_id, o.unposted_move_id, o.date, o.due_date,
                   o.amount_original_currency AS original, o.amount_residual_currency AS open, o.is_reserved,
                   o.disputed, o.promised, d.disputes, %(document)s
              FROM (%(open)s) o
              JOIN account_move m ON m.id = o.move_id
              %(joins)s
              LEFT JOIN (SELECT h.move_line_id, STRING_AGG(DISTINCT x.name, ', ' ORDER BY x.name) AS disputes
                           FROM collection_hold h JOIN collection_dispute x ON x.id = h.res_id
                          WHERE h.account_id = ANY(%(accounts)s) AND h.kind = 'dispute' AND h.res_model = 'collection.dispute' AND %(live)s
                          GROUP BY h.move_line_id) d ON d.move_line_id = o.move_line_id
             WHERE o.amount_residual_currency != 0
             ORDER BY o.account_id, o.due_date, o.date, o.move_id, o.id
            """,
            open=self._open_query(company, day, scope),
            document=self._document_columns(),
            joins=self._document_joins(),
            accounts=list(set(scope.values())),
            live=self.env["collection.hold"]._live_condition(SQL("%s::date", day)),
        )

    @api.model
    def _document_columns(self):
        """What the document `m` says of itself."""
        return SQL(
            "m.name, m.ref, %s AS kind, ship.city AS ship_city, ship.name AS ship_name, seller.name AS seller",
            SQL(KIND),
        )

    @api.model
    def _document_joins(self):
        return SQL(
            """LEFT JOIN res_partner ship ON ship.id = m.partner_shipping_id AND m.move_type IN ('out_invoice', 'out_refund', 'out_receipt')
               LEFT JOIN res_partner seller ON seller.id = m.collection_sales_partner_id"""
        )

    @api.model
    def _item_values(self, row, day):
        """A row of `_items_query` with the days that the item is overdue, and amounts as floats."""
        numbers = {name: float(row[name] or 0.0) for name in ("original", "open", "disputed", "promised")}
        return {**row, **numbers, "days": (day - row["due_date"]).days}

    # ------------------------------------------------------------------
    # Movements
    # ------------------------------------------------------------------

    @api.model
    def _movements(self, accounts, first, last):
        """What happened on accounts from one day to another, both included, in time order.

        One row per document and currency, with the amounts of its journal items; besides, what matches with items of other customers
        or currencies moved. With the opening balance they add up to the open items of the last day.

        :return: dict of account id to list of dicts; `amount` is in the item's currency, a credit below zero
        """
        self.env.flush_all()
        result = defaultdict(list)
        for company, group in accounts.grouped("company_id").items():
            scope = self._scope(group)
            for row in self.env.execute_query_dict(self._movement_query(company, first, last, scope)) if scope else ():
                result[row["account_id"]].append({**row, "amount": float(row["amount"])})
        return result

    @api.model
    def _movement_query(self, company, first, last, scope):
        return SQL(
            """
            SELECT q.account_id, q.currency_id, q.date, q.due_date, q.amount, m.id AS move_id,
                   CASE WHEN q.other_id IS NULL THEN m.name ELSE other.name END AS name, m.ref,
                   CASE WHEN q.other_id IS NULL THEN %(kind)s ELSE 'transfer' END AS kind,
                   ship.city AS ship_city, ship.name AS ship_name, seller.name AS seller
              FROM (SELECT s.account_id, l.currency_id, l.date, MAX(COALESCE(l.date_maturity, l.date)) AS due_date, l.move_id,
                           NULL::int4 AS other_id, SUM(l.amount_currency) AS amount
                      FROM unnest(%(contacts)s::int[], %(accounts)s::int[]) s (contact_id, account_id)
                      JOIN account_move_line l ON l.partner_id = s.contact_id
                     WHERE l.account_id IN %(receivable)s AND l.company_id = %(company)s AND l.parent_state = 'posted'
                       AND l.date BETWEEN %(first)s AND %(last)s
                     GROUP BY s.account_id, l.currency_id, l.date, l.move_id
                    UNION ALL
                    SELECT account_id, currency_id, date, NULL, move_id, other_id, SUM(amount_currency)
                      FROM (%(moved)s) moved GROUP BY account_id, currency_id, date, move_id, other_id
                   ) q
              JOIN account_move m ON m.id = q.move_id
              LEFT JOIN account_move other ON other.id = q.other_id
              %(joins)s
             WHERE q.amount != 0
             ORDER BY q.account_id, q.date, m.id, q.other_id NULLS FIRST
            """,
            kind=SQL(KIND),
            contacts=list(scope),
            accounts=list(scope.values()),
            receivable=self.env["account.move.line"]._collection_receivable_account_ids(),
            company=company.id,
            first=first,
            last=last,
            moved=self._moved_query(company, scope, SQL("p.max_date BETWEEN %s AND %s", first, last)),
            joins=self._document_joins(),
        )

    @api.model
    def _openings(self, accounts, first):
        """The balance of accounts before a day, by currency: dict of account to dict of currency to amount."""
        return {
            account: {currency: values["amount_balance"] for currency, values in found.items()}
            for account, found in self._figures(accounts, first - timedelta(days=1)).items()
        }

    @api.model
    def _applications(self, move_ids, day):
        """To which documents payments and credits were applied up to a day: dict of move id to list of (document, amount)."""
        if not move_ids:
            return {}
        result = defaultdict(list)
        query = SQL(
            """SELECT credit.move_id, m.name, SUM(p.credit_amount_currency)
                 FROM account_move_line credit
                 JOIN account_partial_reconcile p ON p.credit_move_id = credit.id AND p.max_date <= %(day)s
                 JOIN account_move_line debit ON debit.id = p.debit_move_id AND debit.parent_state = 'posted'
                 JOIN account_move m ON m.id = debit.move_id
                WHERE credit.move_id = ANY(%(moves)s) AND credit.account_id IN %(receivable)s AND p.credit_amount_currency != 0
                GROUP BY credit.move_id, m.id ORDER BY credit.move_id, m.date, m.id""",
            day=day,
            moves=list(move_ids),
            receivable=self.env["account.move.line"]._collection_receivable_account_ids(),
        )
        for move_id, name, amount in self.env.execute_query(query):
            result[move_id].append((name, float(amount)))
        return result

    @api.model
    def _last_payments(self, accounts, day):
        """The last cash that came in from each account's customer up to a day: dict of account id to (date, amount, currency)."""
        self.env.flush_all()
        Currency, result = self.env["res.currency"], {}
        for company, group in accounts.grouped("company_id").items():
            scope = self._scope(group)
            query = SQL(
                """
                SELECT DISTINCT ON (s.account_id) s.account_id, l.date, -SUM(l.amount_currency), l.currency_id
                  FROM unnest(%(contacts)s::int[], %(accounts)s::int[]) s (contact_id, account_id)
                  JOIN account_move_line l ON l.partner_id = s.contact_id
                  JOIN account_journal j ON j.id = l.journal_id AND j.type IN ('bank', 'cash', 'credit')
                 WHERE l.account_id IN %(receivable)s AND l.company_id = %(company)s AND l.parent_state = 'posted' AND l.balance < 0
                   AND l.date <= %(day)s
                 GROUP BY s.account_id, l.date, l.move_id, l.currency_id
                 ORDER BY s.account_id, l.date DESC, l.move_id DESC
                """,
                contacts=list(scope),
                accounts=list(scope.values()),
                receivable=self.env["account.move.line"]._collection_receivable_account_ids(),
                company=company.id,
                day=day,
            )
            for account_id, date, amount, currency_id in self.env.execute_query(query):
                result[account_id] = (date, float(amount), Currency.browse(currency_id))
        return result
