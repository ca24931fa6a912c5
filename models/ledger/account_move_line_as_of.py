from odoo import api, models
from odoo.tools import SQL

# What the query below reads, in the form of `_depends`: to be flushed before it runs.
AS_OF_DEPENDS = {
    "account.move.line": [
        *("move_id", "partner_id", "company_id", "currency_id", "account_id", "date", "date_maturity"),
        *("balance", "amount_currency", "amount_residual", "amount_residual_currency"),
        *("reconciled", "parent_state", "matching_number", "collection_reserved"),
    ],
    "account.partial.reconcile": [
        *("debit_move_id", "credit_move_id", "amount", "max_date"),
        *("debit_amount_currency", "credit_amount_currency"),
    ],
}


class AccountMoveLine(models.Model):
    """What was open on a date: balances less the matches whose two entries are posted and that are dated up to it (SPEC §0)."""

    _inherit = "account.move.line"

    @api.model
    def _collection_as_of_query(self, day, company_ids, where=None):
        """The open items of companies at the end of a date; their amounts add up to the balance of the receivable accounts.

        Three kinds of rows: items as they stand today, for no match has changed them since; items to which later matches are
        given back; and what is matched with entries that are not posted, apart from its item and with its id below zero.
        Without common table expressions the planner leaves out the columns that nobody asks for, and reads the items' index alone.

        The caller flushes what it has written (`AS_OF_DEPENDS`).

        :param day: a date
        :param company_ids: tuple of ids
        :param where: `SQL` condition on `l`, the item, for a part of the ledger only, for instance some customers
        :return: `SQL` of a query with `id, as_of, move_line_id, move_id, contact_id` (the item's own partner), `company_id,
            item_currency_id, date, due_date, amount_original, amount_total` (open; both company currency),
            `amount_original_currency, amount_residual_currency` (in the item's), `is_reserved` and `unposted_move_id`
        """
        return SQL(
            """
            SELECT l.id, %(columns)s, l.amount_residual AS amount_total, l.amount_residual_currency,
                   NULL::integer AS unposted_move_id
              FROM account_move_line l
             WHERE %(scope)s AND l.reconciled IS NOT TRUE AND l.amount_residual != 0
               AND NOT EXISTS (SELECT FROM account_partial_reconcile WHERE debit_move_id = l.id AND max_date > %(day)s)
               AND NOT EXISTS (SELECT FROM account_partial_reconcile WHERE credit_move_id = l.id AND max_date > %(day)s)
            UNION ALL
            SELECT l.id, %(columns)s, l.amount_residual + later.amount, l.amount_residual_currency + later.amount_currency, NULL
              FROM (%(later)s) later JOIN account_move_line l ON l.id = later.line_id
             WHERE %(scope)s AND l.amount_residual + later.amount != 0
            UNION ALL
            SELECT -l.id, %(columns)s, SUM(match.amount), SUM(match.amount_currency), MIN(other.move_id)
              FROM account_move_line other
              JOIN LATERAL (%(of_other)s) match ON TRUE
              JOIN account_move_line l ON l.id = match.line_id
             WHERE other.parent_state != 'posted' AND other.matching_number IS NOT NULL AND %(scope)s
             GROUP BY l.id
            """,
            day=day,
            later=self._collection_later_matches(day, where),
            of_other=self._collection_match_query(
                SQL("credit_move_id = other.id AND max_date <= %s", day),
                SQL("debit_move_id = other.id AND max_date <= %s", day),
            ),
            columns=SQL(
                """%s::date AS as_of, l.id AS move_line_id, l.move_id, l.partner_id AS contact_id, l.company_id,
                   l.currency_id AS item_currency_id, l.date, COALESCE(l.date_maturity, l.date) AS due_date,
                   l.balance AS amount_original, l.amount_currency AS amount_original_currency,
                   l.collection_reserved AS is_reserved""",
                day,
            ),
            scope=SQL(
                "l.parent_state = 'posted' AND l.account_id IN %s AND l.company_id IN %s AND l.date <= %s AND (%s)",
                self._collection_receivable_account_ids(),
                company_ids,
                day,
                where or SQL("TRUE"),
            ),
        )

    @api.model
    def _collection_later_matches(self, day, where):
        """Per item what matches after a date took off: `line_id, amount, amount_currency`.

        Of a part of the ledger its items come first, so that the matches are found by these and not by their date alone.
        """
        return SQL(
            """SELECT line_id, SUM(match.amount) AS amount, SUM(match.amount_currency) AS amount_currency
                 FROM (%s) match %s GROUP BY line_id""",
            self._collection_match_query(SQL("max_date > %s", day), SQL("max_date > %s", day)),
            SQL("JOIN account_move_line l ON l.id = match.line_id WHERE (%s)", where) if where else SQL(),
        )

    @api.model
    def _collection_match_query(self, of_debit, of_credit):
        """What matches took off their two items: `line_id, amount, amount_currency`, with the sign of the item's balance.

        :param of_debit: `SQL` condition on the matches whose debit item is wanted
        :param of_credit: the same for the credit item
        """
        return SQL(
            """
            SELECT debit_move_id AS line_id, amount, debit_amount_currency AS amount_currency
              FROM account_partial_reconcile WHERE %(of_debit)s
            UNION ALL
            SELECT credit_move_id, -amount, -credit_amount_currency FROM account_partial_reconcile WHERE %(of_credit)s
            """,
            of_debit=of_debit,
            of_credit=of_credit,
        )
