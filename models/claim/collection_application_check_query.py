from odoo import api, models
from odoo.tools import SQL

# Bounces and matches across customers are shown for so many days.
_DAYS = 60


class CollectionApplicationCheck(models.Model):
    """The list as one query over open items, bank lines and the matches of the last weeks."""

    _inherit = "collection.application.check"

    @property
    def _table_query(self):
        parts = (
            self._query_credits(),
            self._query_bank_lines(),
            self._query_short(),
            self._query_crossed(),
            self._query_bounced(),
            self._query_unposted(),
        )
        return SQL(
            """SELECT c.source * 8 + c.number AS id, c.kind, c.company_id, a.id AS account_id, c.partner_id, c.other_partner_id,
                      c.date, c.document, c.other_document, c.currency_id, c.amount_currency, c.amount, c.move_line_id,
                      c.statement_line_id, c.bounce_id, c.key
                 FROM (SELECT u.*, CONCAT(u.kind, ':', u.source, ':', ROUND(u.amount_currency, 2)) AS key
                         FROM (%s) u) c
                 LEFT JOIN collection_account a ON a.company_id = c.company_id
                                               AND COALESCE(a.partner_id, 0) = COALESCE(c.partner_id, 0)
                WHERE NOT EXISTS (SELECT FROM collection_application_review r
                                   WHERE r.company_id = c.company_id AND r.key = c.key)""",
            SQL(" UNION ALL ").join(SQL("(%s)", part) for part in parts),
        )

    @api.model
    def _companies(self):
        return tuple(self.env.companies.ids) or (0,)

    @api.model
    def _first_day(self):
        days = [company._collection_today() for company in self.env.companies]
        return SQL("%s::date - %s", min(days), _DAYS)

    @api.model
    def _query_credits(self):
        """Open receivable credits, each under the most telling of the checks that it meets.

        A customer's credit is odd as long as the customer owes something in that currency.
        """
        Line, Part = self.env["account.move.line"], self.env["account.partial.reconcile"]
        return SQL(
            """SELECT l.id::bigint AS source, 0 AS number,
                      CASE WHEN l.partner_id IS NULL THEN 'unidentified' WHEN NOT money.is_money THEN 'credit'
                           WHEN twin.id IS NOT NULL THEN 'duplicate' WHEN fitting.id IS NOT NULL THEN 'sibling'
                           WHEN l.amount_residual != l.balance THEN 'over' ELSE 'on_account' END AS kind,
                      l.company_id, p.commercial_partner_id AS partner_id,
                      CASE WHEN twin.id IS NULL THEN fitting.partner_id END AS other_partner_id, l.date, m.name AS document,
                      COALESCE(twin.name, fitting.name) AS other_document, l.currency_id,
                      -l.amount_residual_currency AS amount_currency, -l.amount_residual AS amount, l.id AS move_line_id,
                      NULL::int AS statement_line_id, NULL::int AS bounce_id
                 FROM account_move_line l
                 JOIN account_move m ON m.id = l.move_id
                 JOIN res_company c ON c.id = l.company_id
                 LEFT JOIN res_partner p ON p.id = l.partner_id
                 CROSS JOIN LATERAL (
                       SELECT EXISTS (SELECT FROM account_move_line m JOIN account_account acc ON acc.id = m.account_id
                                       WHERE m.move_id = l.move_id AND m.balance > 0 AND %(money)s) AS is_money
                      ) money
                 LEFT JOIN LATERAL (
                       SELECT t.id, tm.name
                         FROM account_move_line t JOIN account_move tm ON tm.id = t.move_id AND tm.move_type = 'entry'
                        WHERE money.is_money AND t.partner_id IN (SELECT id FROM res_partner
                                                                   WHERE commercial_partner_id = p.commercial_partner_id)
                          AND t.company_id = l.company_id AND t.account_id = l.account_id AND t.parent_state = 'posted'
                          AND t.currency_id = l.currency_id AND t.amount_currency = l.amount_currency AND t.id < l.id
                          AND t.move_id != l.move_id AND t.date BETWEEN l.date - c.collection_duplicate_days
                                                                    AND l.date + c.collection_duplicate_days
                        ORDER BY t.id DESC LIMIT 1
                      ) twin ON l.amount_residual = l.balance
                 LEFT JOIN LATERAL (
                       SELECT o.id, om.name, sp.commercial_partner_id AS partner_id
                         FROM account_move_line o
                         JOIN account_move om ON om.id = o.move_id
                         JOIN res_partner sp ON sp.id = o.partner_id
                         JOIN res_partner s ON s.id = sp.commercial_partner_id
                         JOIN res_partner own ON own.id = p.commercial_partner_id
                        WHERE money.is_money AND o.company_id = l.company_id AND o.currency_id = l.currency_id
                          AND o.amount_residual_currency = -l.amount_residual_currency AND %(open_o)s AND s.id != own.id
                          AND (s.collection_payer_group_id = own.collection_payer_group_id
                               OR (s.parent_id IS NOT NULL OR own.parent_id IS NOT NULL) AND (%(root_s)s) = (%(root_own)s))
                        ORDER BY o.date_maturity, o.id LIMIT 1
                      ) fitting ON TRUE
                WHERE %(open_l)s AND l.company_id IN %(companies)s AND l.amount_residual < 0
                  AND l.collection_reserved IS NOT TRUE
                  AND (l.partner_id IS NULL OR fitting.id IS NOT NULL OR EXISTS (
                       SELECT FROM account_move_line d
                        WHERE d.partner_id IN (SELECT id FROM res_partner
                                                WHERE commercial_partner_id = p.commercial_partner_id)
                          AND d.company_id = l.company_id AND d.currency_id = l.currency_id AND d.amount_residual > 0 AND %(open_d)s))""",
            money=Part._collection_money_condition(),
            root_s=self.env["res.partner"]._collection_root_query(SQL("s.id")),
            root_own=self.env["res.partner"]._collection_root_query(SQL("own.id")),
            open_l=Line._collection_open_condition("l"),
            open_o=Line._collection_open_condition("o"),
            open_d=Line._collection_open_condition("d"),
            companies=self._companies(),
        )

    @api.model
    def _query_bank_lines(self):
        """Money in the bank that is on nobody's account yet."""
        return SQL(
            """SELECT st.id::bigint, 1, 'unidentified', st.company_id, p.commercial_partner_id, NULL::int, m.date,
                      COALESCE(st.payment_ref, m.name), NULL, COALESCE(st.foreign_currency_id, st.currency_id),
                      COALESCE(NULLIF(st.amount_currency, 0), st.amount), l.balance, NULL::int, st.id, NULL::int
                 FROM account_bank_statement_line st
                 JOIN account_move m ON m.id = st.move_id AND m.state = 'posted'
                 JOIN account_journal j ON j.id = m.journal_id
                 JOIN account_move_line l ON l.move_id = m.id AND l.account_id = j.default_account_id
                 LEFT JOIN res_partner p ON p.id = st.partner_id
                WHERE st.company_id IN %s AND st.is_reconciled IS NOT TRUE AND st.amount > 0""",
            self._companies(),
        )

    @api.model
    def _query_short(self):
        """Invoices paid except for a small rest that is neither disputed nor held."""
        Line, Hold = self.env["account.move.line"], self.env["collection.hold"]
        days = [company._collection_today() for company in self.env.companies]
        return SQL(
            """SELECT l.id::bigint, 2, 'short', l.company_id, p.commercial_partner_id, NULL::int, l.date, m.name, NULL,
                      l.currency_id, l.amount_residual_currency, l.amount_residual, l.id, NULL::int, NULL::int
                 FROM account_move_line l
                 JOIN account_move m ON m.id = l.move_id
                 JOIN res_company c ON c.id = l.company_id
                 LEFT JOIN res_partner p ON p.id = l.partner_id
                WHERE %(open)s AND l.company_id IN %(companies)s AND l.amount_residual > 0 AND l.amount_residual < l.balance
                  AND l.amount_residual < c.collection_short_payment_limit
                  AND EXISTS (SELECT FROM account_partial_reconcile part WHERE part.debit_move_id = l.id)
                  AND NOT EXISTS (SELECT FROM collection_hold h WHERE h.move_line_id = l.id AND %(live)s)""",
            open=Line._collection_open_condition("l"),
            companies=self._companies(),
            live=Hold._live_condition(SQL("%s::date", max(days))),
        )

    @api.model
    def _query_crossed(self):
        """Money of one customer that was applied to another's items."""
        return SQL(
            """SELECT part.id::bigint, 3, 'crossed', part.company_id, paid.commercial_partner_id, owed.commercial_partner_id,
                      part.max_date, credit_move.name, debit_move.name, debit.currency_id, part.debit_amount_currency, part.amount,
                      credit.id, NULL::int, NULL::int
                 FROM account_partial_reconcile part
                 JOIN account_move_line debit ON debit.id = part.debit_move_id AND debit.parent_state = 'posted'
                 JOIN account_move_line credit ON credit.id = part.credit_move_id AND credit.parent_state = 'posted'
                 JOIN account_move debit_move ON debit_move.id = debit.move_id
                 JOIN account_move credit_move ON credit_move.id = credit.move_id
                 JOIN res_partner owed ON owed.id = debit.partner_id
                 JOIN res_partner paid ON paid.id = credit.partner_id
                WHERE part.max_date >= %(first)s AND part.company_id IN %(companies)s AND debit.account_id IN %(accounts)s
                  AND owed.commercial_partner_id != paid.commercial_partner_id""",
            first=self._first_day(),
            companies=self._companies(),
            accounts=self.env["account.move.line"]._collection_receivable_account_ids(),
        )

    @api.model
    def _query_bounced(self):
        return SQL(
            """SELECT b.id::bigint, 4, 'bounced', b.company_id, a.partner_id, NULL::int, b.business_date, b.document, NULL,
                      c.currency_id, b.amount_bounced, b.amount_bounced, NULL::int, NULL::int, b.id
                 FROM collection_bounce b
                 JOIN collection_account a ON a.id = b.account_id
                 JOIN res_company c ON c.id = b.company_id
                WHERE b.company_id IN %s AND b.amount_bounced > 0 AND b.business_date >= %s""",
            self._companies(),
            self._first_day(),
        )

    @api.model
    def _query_unposted(self):
        """Items that look paid, but by an entry that is not posted: Odoo keeps matches with drafts (SPEC §0)."""
        return SQL(
            """SELECT part.id::bigint, 5, 'unposted', debit.company_id, p.commercial_partner_id, NULL::int, debit.date,
                      dm.name, credit.move_name, debit.currency_id, part.debit_amount_currency, part.amount, debit.id,
                      NULL::int, NULL::int
                 FROM account_move_line credit
                 JOIN account_partial_reconcile part ON part.credit_move_id = credit.id
                 JOIN account_move_line debit ON debit.id = part.debit_move_id AND debit.parent_state = 'posted'
                 JOIN account_move dm ON dm.id = debit.move_id
                 LEFT JOIN res_partner p ON p.id = debit.partner_id
                WHERE credit.parent_state != 'posted' AND credit.matching_number IS NOT NULL
                  AND debit.company_id IN %s AND debit.account_id IN %s""",
            self._companies(),
            self.env["account.move.line"]._collection_receivable_account_ids(),
        )
