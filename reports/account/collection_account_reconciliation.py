from datetime import timedelta

from odoo import models
from odoo.tools import SQL

# What moves the balance between two dates, in the order of the worksheet.
MOVEMENTS = ("invoice", "credit_note", "cash", "paid_out", "other", "exchange", "cross")


class CollectionAccount(models.Model):
    """The balance of an account followed from one date to another (SPEC §9), item by item."""

    _inherit = "collection.account"

    def _reconciliation_rows(self, date_from, date_to):
        """What was open before a period, what moved in it, and what was open at its end.

        The open items come from the matches as of the dates, the movements from the journal items: that opening and movements add
        up to the closing is a check of one against the other.

        :param date_from: first day of the period
        :param date_to: its last day
        :return: list of dicts of `kind` (``opening``, one of `MOVEMENTS`, ``closing``), `line_id`, `move_id`, `date`,
            `currency_id`, `amount` (company currency) and `amount_currency` (the item's), in time order
        """
        self.ensure_one()
        self.check_access("read")
        self.env.flush_all()
        rows = [
            *self._reconciliation_open("opening", date_from - timedelta(1)),
            *self._reconciliation_items(date_from, date_to),
            *self._reconciliation_cross(date_from, date_to),
            *self._reconciliation_open("closing", date_to),
        ]
        return [row for row in rows if row["amount"] or row["amount_currency"]]

    def _reconciliation_scope(self, alias):
        """`SQL` condition: an item of this account's customer, without its company."""
        item = SQL.identifier(alias, "partner_id")
        if not self.partner_id:
            return SQL("%s IS NULL", item)
        return SQL("%s IN (SELECT id FROM res_partner WHERE commercial_partner_id = %s)", item, self.partner_id.id)

    def _reconciliation_open(self, kind, day):
        query = self.env["account.move.line"]._collection_as_of_query(
            day, (self.company_id.id,), self._reconciliation_scope("l")
        )
        return [
            {"kind": kind, **row}
            for row in self._reconciliation_read(
                SQL(
                    """SELECT o.move_line_id AS line_id, o.move_id, o.date, o.item_currency_id AS currency_id, o.amount_total AS amount,
                              o.amount_residual_currency AS amount_currency FROM (%s) o ORDER BY o.date, o.move_line_id""",
                    query,
                )
            )
        ]

    def _reconciliation_read(self, query):
        self.env.cr.execute(query)
        return self.env.cr.dictfetchall()

    def _reconciliation_items(self, date_from, date_to):
        """Journal items of the period. Of an entry that also holds a write-off, only the share that is money counts as cash."""
        found = self._reconciliation_read(
            SQL(
                """
                SELECT l.id AS line_id, l.move_id, l.date, l.currency_id, l.balance AS amount, l.amount_currency, money.share,
                       CASE WHEN m.move_type IN ('out_invoice', 'out_receipt') THEN 'invoice'
                            WHEN m.move_type = 'out_refund' THEN 'credit_note'
                            WHEN m.journal_id = c.currency_exchange_journal_id THEN 'exchange' END AS kind
                  FROM account_move_line l
                  JOIN account_move m ON m.id = l.move_id
                  JOIN res_company c ON c.id = l.company_id
                  JOIN LATERAL (
                        SELECT GREATEST(0, LEAST(1, COALESCE(SUM(m.balance) FILTER (WHERE %(is_money)s)
                               / NULLIF(-SUM(m.balance) FILTER (WHERE m.account_id = l.account_id), 0), 0))) AS share
                          FROM account_move_line m JOIN account_account acc ON acc.id = m.account_id WHERE m.move_id = l.move_id
                       ) money ON TRUE
                 WHERE %(scope)s AND l.company_id = %(company)s AND l.account_id IN %(accounts)s AND l.parent_state = 'posted'
                   AND l.date BETWEEN %(date_from)s AND %(date_to)s
                 ORDER BY l.date, l.id
                """,
                is_money=self.env["account.partial.reconcile"]._collection_money_condition(),
                scope=self._reconciliation_scope("l"),
                company=self.company_id.id,
                accounts=self.env["account.move.line"]._collection_receivable_account_ids(),
                date_from=date_from,
                date_to=date_to,
            )
        )
        currencies = self.env["res.currency"].browse({row["currency_id"] for row in found}).grouped("id")
        return [part for row in found for part in self._reconciliation_split(row, currencies[row["currency_id"]])]

    def _reconciliation_split(self, row, currency):
        share = float(row.pop("share"))
        if row["kind"] or not share:
            return [{**row, "kind": row["kind"] or "other"}]
        money = self.currency_id.round(float(row["amount"]) * share)
        money_currency = currency.round(float(row["amount_currency"]) * share)
        rest = {
            "amount": self.currency_id.round(float(row["amount"]) - money),
            "amount_currency": currency.round(float(row["amount_currency"]) - money_currency),
        }
        cash = {"kind": "cash" if row["amount"] < 0 else "paid_out", "amount": money, "amount_currency": money_currency}
        return [{**row, **cash}, {**row, **rest, "kind": "other"}]

    def _reconciliation_cross(self, date_from, date_to):
        """Matches of the period with items of another customer, company or currency: they move open amounts from one to the other."""
        debit = self._reconciliation_cross_side("debit_move_id", "credit_move_id", -1, date_from, date_to)
        credit = self._reconciliation_cross_side("credit_move_id", "debit_move_id", 1, date_from, date_to)
        return self._reconciliation_read(SQL("%s UNION ALL %s ORDER BY date, line_id", debit, credit))

    def _reconciliation_cross_side(self, own, other, sign, date_from, date_to):
        """`SQL` of what such matches took off this account's items on one side of them.

        :param own: column of the match that holds this account's item
        :param sign: -1 for debit items, which get less, 1 for credit items
        """
        return SQL(
            """
            SELECT 'cross' AS kind, own.id AS line_id, own.move_id, p.max_date AS date, own.currency_id, %(sign)s * p.amount AS amount,
                   %(sign)s * p.%(amount_currency)s AS amount_currency
              FROM account_move_line own
              JOIN account_partial_reconcile p ON p.%(own)s = own.id AND p.max_date BETWEEN %(date_from)s AND %(date_to)s
              JOIN account_move_line other ON other.id = p.%(other)s AND other.parent_state = 'posted'
              LEFT JOIN res_partner owner ON owner.id = other.partner_id
             WHERE %(scope)s AND own.company_id = %(company)s AND own.account_id IN %(accounts)s AND own.parent_state = 'posted'
               AND (owner.commercial_partner_id IS DISTINCT FROM %(customer)s OR other.currency_id != own.currency_id
                    OR other.company_id != own.company_id)
            """,
            sign=sign,
            own=SQL.identifier(own),
            other=SQL.identifier(other),
            amount_currency=SQL.identifier(own.replace("_move_id", "_amount_currency")),
            date_from=date_from,
            date_to=date_to,
            scope=self._reconciliation_scope("own"),
            company=self.company_id.id,
            accounts=self.env["account.move.line"]._collection_receivable_account_ids(),
            customer=self.partner_id.id or None,
        )
