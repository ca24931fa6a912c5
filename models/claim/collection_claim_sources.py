from typing import NamedTuple

from odoo import models
from odoo.tools import SQL

from ...tools.remittance import normalize

# Of each kind of source so many are looked at, those nearest to the claim first: the search ends quickly on any ledger.
LIMIT = 200
# For how many days before the day that the customer names an applied receipt may be the claimed one.
_DAYS_BEFORE = 30


class Scope(NamedTuple):
    """What the search looks for: `own` and `siblings` are customers, `tolerance` how far an amount may be off."""

    own: int
    siblings: tuple
    companies: tuple
    amount: float
    tolerance: float
    reference: str


class CollectionClaim(models.Model):
    """Where claimed money may be: four queries, each limited, whatever the ledger holds."""

    _inherit = "collection.claim"

    def _search_scope(self):
        self.ensure_one()
        # Other companies only as far as whoever searches is allowed there.
        companies = self.company_id if self.env.su else self.company_id | self.env.user.company_ids
        company = self.company_id
        limit = company.currency_id._convert(
            company.collection_claim_tolerance_amount, self.currency_id, company, self.date
        )
        share = self.amount_currency * company.collection_claim_tolerance_percent / 100
        return Scope(
            own=self.partner_id.id,
            # Whose group it is, is no secret among those who may see the account.
            siblings=tuple(self.sudo().partner_id._collection_sibling_ids()) or (0,),
            companies=tuple(companies.ids),
            amount=self.amount_currency,
            tolerance=self.currency_id.round(min(limit, share)),
            reference=normalize(self.reference or ""),
        )

    def _read_sources(self, scope):
        """Money that may be the claimed payment, as a list of dicts.

        Keys: `source` (line, payment, statement), `id`, `partner_id`, `company_id`, `currency_id`, `total`, `open`, `date`,
        `document`, `text`, `kind`.
        """
        self.env.flush_all()
        queries = (
            self._source_open_lines(scope),
            self._source_applied_lines(scope),
            self._source_payments(scope),
            self._source_statement_lines(scope),
        )
        return [row for query in queries for row in self.env.execute_query_dict(query)]

    def _near_condition(self, scope, amount, text):
        """Whether an amount is nearly the claimed one, or a text holds the reference."""
        near = SQL("ABS(%s - %s) <= %s", amount, scope.amount, scope.tolerance + 1e-6)
        return SQL("(%s OR %s)", near, self._reference_condition(scope, text))

    def _reference_condition(self, scope, text):
        if len(scope.reference) < 3:
            return SQL("FALSE")
        return SQL("POSITION(%s IN UPPER(REGEXP_REPLACE(%s, '[^[:alnum:]]', '', 'g'))) > 0", scope.reference, text)

    def _nearest_first(self, scope, amount, text):
        return SQL(
            "ORDER BY CASE WHEN %s THEN 0 ELSE 1 END, ABS(%s - %s) LIMIT %s",
            self._reference_condition(scope, text),
            amount,
            scope.amount,
            LIMIT,
        )

    def _contacts_of(self, customers):
        return SQL("(SELECT id FROM res_partner WHERE commercial_partner_id IN %s)", customers)

    # ------------------------------------------------------------------
    # Sources
    # ------------------------------------------------------------------

    def _line_query(self, scope, where, amount):
        """:param where: makes the condition from that on a near amount or reference"""
        text = SQL(
            "CONCAT_WS(' ', l.name, l.ref, m.name, m.ref, m.payment_reference, pay.memo, pay.payment_reference, st.payment_ref)"
        )
        return SQL(
            """SELECT 'line' AS source, l.id, p.commercial_partner_id AS partner_id, l.company_id, l.currency_id,
                      -l.amount_currency::float AS total, -l.amount_residual_currency::float AS open, l.date, m.name AS document,
                      %(text)s AS text, CASE WHEN m.move_type IN ('out_refund', 'out_invoice') THEN 'credit' ELSE 'receipt' END AS kind
                 FROM account_move_line l
                 JOIN account_move m ON m.id = l.move_id
                 LEFT JOIN account_payment pay ON pay.id = l.payment_id
                 LEFT JOIN account_bank_statement_line st ON st.id = m.statement_line_id
                 LEFT JOIN res_partner p ON p.id = l.partner_id
                WHERE l.company_id IN %(companies)s AND l.amount_currency < 0 AND (%(where)s) %(order)s""",
            text=text,
            companies=scope.companies,
            where=where(self._near_condition(scope, amount, text)),
            order=self._nearest_first(scope, amount, text),
        )

    def _source_open_lines(self, scope):
        """Credits and receipts with something left: the customer's all, others' where amount or reference fit."""
        return self._line_query(
            scope,
            lambda near: SQL(
                "%s AND l.amount_residual < 0 AND l.collection_reserved IS NOT TRUE AND (l.partner_id IN %s"
                " OR (l.partner_id IS NULL OR l.partner_id IN %s) AND %s)",
                self.env["account.move.line"]._collection_open_condition("l"),
                self._contacts_of((scope.own,)),
                self._contacts_of(scope.siblings),
                near,
            ),
            SQL("-l.amount_residual_currency"),
        )

    def _source_applied_lines(self, scope):
        """Receipts of those days that are applied already: to other items, it may be."""
        return self._line_query(
            scope,
            lambda near: SQL(
                "l.account_id IN %s AND l.parent_state = 'posted' AND l.amount_residual = 0 AND l.date >= %s::date - %s"
                " AND m.move_type = 'entry' AND l.partner_id IN %s AND %s",
                self.env["account.move.line"]._collection_receivable_account_ids(),
                self.date,
                _DAYS_BEFORE,
                self._contacts_of((scope.own, *scope.siblings)),
                near,
            ),
            SQL("-l.amount_currency"),
        )

    def _source_payments(self, scope):
        """Payments that are not posted, and those that have no entry yet."""
        amount, text = SQL("pay.amount"), SQL("CONCAT_WS(' ', pay.name, pay.memo, pay.payment_reference)")
        return SQL(
            """SELECT 'payment' AS source, pay.id, p.commercial_partner_id AS partner_id, pay.company_id, pay.currency_id,
                      pay.amount::float AS total, pay.amount::float AS open, pay.date, COALESCE(pay.name, pay.memo) AS document,
                      %(text)s AS text, CASE WHEN pay.state = 'draft' THEN 'draft' ELSE 'unbooked' END AS kind
                 FROM account_payment pay LEFT JOIN res_partner p ON p.id = pay.partner_id
                WHERE pay.company_id IN %(companies)s AND pay.payment_type = 'inbound' AND pay.partner_type = 'customer'
                  AND (pay.state = 'draft' OR pay.state = 'in_process' AND pay.move_id IS NULL)
                  AND (pay.partner_id IN %(own)s OR pay.partner_id IN %(siblings)s AND %(near)s) %(order)s""",
            text=text,
            companies=scope.companies,
            own=self._contacts_of((scope.own,)),
            siblings=self._contacts_of(scope.siblings),
            near=self._near_condition(scope, amount, text),
            order=self._nearest_first(scope, amount, text),
        )

    def _source_statement_lines(self, scope):
        """Bank lines that are not reconciled, the customer's or nobody's."""
        amount = SQL("COALESCE(NULLIF(st.amount_currency, 0), st.amount)")
        text = SQL("CONCAT_WS(' ', st.payment_ref, st.partner_name, m.name, m.ref)")
        return SQL(
            """SELECT 'statement' AS source, st.id, p.commercial_partner_id AS partner_id, st.company_id,
                      COALESCE(st.foreign_currency_id, st.currency_id) AS currency_id, %(amount)s::float AS total,
                      %(amount)s::float AS open, m.date, COALESCE(m.name, st.payment_ref) AS document, %(text)s AS text,
                      'bank' AS kind
                 FROM account_bank_statement_line st
                 JOIN account_move m ON m.id = st.move_id AND m.state = 'posted'
                 LEFT JOIN res_partner p ON p.id = st.partner_id
                WHERE st.company_id IN %(companies)s AND st.is_reconciled IS NOT TRUE AND st.amount > 0
                  AND (st.partner_id IN %(own)s OR (st.partner_id IS NULL OR st.partner_id IN %(siblings)s) AND %(near)s)
                  %(order)s""",
            amount=amount,
            text=text,
            companies=scope.companies,
            own=self._contacts_of((scope.own,)),
            siblings=self._contacts_of(scope.siblings),
            near=self._near_condition(scope, amount, text),
            order=self._nearest_first(scope, amount, text),
        )
