from odoo import api, models
from odoo.tools import SQL


class CollectionAgingReport(models.Model):
    """The report's own query: journal items and their matches, and nothing else."""

    _inherit = "collection.aging.report"
    _depends = {
        "account.move": ["name", "ref", "move_type", "debit_origin_id", "origin_payment_id", "statement_line_id"]
        + ["invoice_user_id", "collection_sales_partner_id"],
        "account.move.line": [
            "move_id",
            "partner_id",
            "company_id",
            "currency_id",
            "account_id",
            "date",
            "date_maturity",
        ]
        + ["balance", "amount_currency", "amount_residual", "amount_residual_currency", "reconciled", "parent_state"]
        + ["matching_number"],
        "account.partial.reconcile": ["debit_move_id", "credit_move_id", "amount", "max_date"]
        + ["debit_amount_currency", "credit_amount_currency"],
        "collection.account": ["partner_id", "company_id", "collector_id"],
        "collection.hold": [
            "company_id",
            "move_line_id",
            "amount_currency",
            "kind",
            "date_from",
            "date_until",
            "date_released",
        ],
        "res.company": [
            "currency_id",
            "collection_bucket_1",
            "collection_bucket_2",
            "collection_bucket_3",
            "collection_bucket_4",
        ],
        "res.partner": ["commercial_partner_id", "country_id"],
    }

    @property
    def _table_query(self):
        by_day = {}
        for company, day in self._as_of_by_company().items():
            by_day.setdefault(day, []).append(company.id)
        return SQL(" UNION ALL ").join(
            SQL("(%s)", self._aging_query(day, tuple(company_ids))) for day, company_ids in by_day.items()
        )

    @api.model
    def _aging_query(self, day, company_ids):
        """The open items of companies on a date.

        Three kinds of rows: items as they stand today, for no match has changed them since; items to which later matches are
        given back; and what is matched with entries that are not posted, apart from its item and with its id below zero.
        Without common table expressions the planner leaves out the columns that nobody asks for, and reads the items' index alone.
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
            later=SQL(
                "SELECT line_id, SUM(amount) AS amount, SUM(amount_currency) AS amount_currency FROM (%s) match GROUP BY line_id",
                self._match_query(SQL("max_date > %s", day), SQL("max_date > %s", day)),
            ),
            of_other=self._match_query(
                SQL("credit_move_id = other.id AND max_date <= %s", day),
                SQL("debit_move_id = other.id AND max_date <= %s", day),
            ),
            columns=SQL(
                """%s::date AS as_of, l.id AS move_line_id, l.move_id, l.partner_id AS contact_id, l.company_id,
                   l.currency_id AS item_currency_id, l.date, COALESCE(l.date_maturity, l.date) AS due_date,
                   l.balance AS amount_original, l.amount_currency AS amount_original_currency""",
                day,
            ),
            scope=SQL(
                "l.parent_state = 'posted' AND l.account_id IN %s AND l.company_id IN %s AND l.date <= %s",
                self.env["account.move.line"]._collection_receivable_account_ids(),
                company_ids,
                day,
            ),
        )

    @api.model
    def _match_query(self, of_debit, of_credit):
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
