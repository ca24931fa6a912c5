import re

from odoo import api, models
from odoo.tools import SQL

# How old is an item, and which part of it is a debit; `r` is the report's row.
_DAYS = "(%(r)s.as_of - %(r)s.due_date)"
_DEBIT = "CASE WHEN {} AND %(r)s.amount_total > 0 THEN %(r)s.amount_total ELSE 0 END"

# What is not in the report's own query: a field's expression over its row `r` and the joins that it names.
COLUMNS = {
    "name": "%(move)s.name",
    "ref": "%(move)s.ref",
    "kind": """CASE WHEN %(r)s.unposted_move_id IS NOT NULL THEN 'unposted_match'
        WHEN %(move)s.move_type IN ('out_invoice', 'out_receipt') AND %(move)s.debit_origin_id IS NOT NULL THEN 'debit_note'
        WHEN %(move)s.move_type IN ('out_invoice', 'out_receipt') THEN 'invoice'
        WHEN %(move)s.move_type = 'out_refund' THEN 'credit_note'
        WHEN COALESCE(%(move)s.origin_payment_id, %(move)s.statement_line_id) IS NOT NULL THEN 'payment'
        ELSE 'entry' END""",
    "invoice_user_id": "%(move)s.invoice_user_id",
    "sales_partner_id": "%(move)s.collection_sales_partner_id",
    "partner_id": "%(contact)s.commercial_partner_id",
    "country_id": "%(customer)s.country_id",
    "account_id": "%(account)s.id",
    "collector_id": "%(account)s.collector_id",
    "currency_id": "%(company)s.currency_id",
    "is_unposted": "(%(r)s.unposted_move_id IS NOT NULL)",
    "days_overdue": f"CASE WHEN %(r)s.amount_total > 0 THEN {_DAYS} END",
    "bucket": f"""CASE WHEN %(r)s.amount_total < 0 THEN 'credit' WHEN {_DAYS} <= 0 THEN '0'
        WHEN {_DAYS} <= %(company)s.collection_bucket_1 THEN '1' WHEN {_DAYS} <= %(company)s.collection_bucket_2 THEN '2'
        WHEN {_DAYS} <= %(company)s.collection_bucket_3 THEN '3' WHEN {_DAYS} <= %(company)s.collection_bucket_4 THEN '4' ELSE '5' END""",
    "aging_current": _DEBIT.format(f"{_DAYS} <= 0"),
    "aging_1": _DEBIT.format(f"{_DAYS} BETWEEN 1 AND %(company)s.collection_bucket_1"),
    "aging_2": _DEBIT.format(
        f"{_DAYS} BETWEEN %(company)s.collection_bucket_1 + 1 AND %(company)s.collection_bucket_2"
    ),
    "aging_3": _DEBIT.format(
        f"{_DAYS} BETWEEN %(company)s.collection_bucket_2 + 1 AND %(company)s.collection_bucket_3"
    ),
    "aging_4": _DEBIT.format(
        f"{_DAYS} BETWEEN %(company)s.collection_bucket_3 + 1 AND %(company)s.collection_bucket_4"
    ),
    "aging_5": _DEBIT.format(f"{_DAYS} > %(company)s.collection_bucket_4"),
    "amount_overdue": _DEBIT.format(f"{_DAYS} > 0"),
    "amount_unapplied": "CASE WHEN %(r)s.amount_total < 0 THEN -%(r)s.amount_total ELSE 0 END",
    "amount_free": _DEBIT.format("%(r)s.unposted_move_id IS NULL") + " - ({held})",
}

# The part of a debit that holds protect, in company currency; {0} is the held amount in the item's currency.
_HELD = """CASE WHEN %(held)s.{0} IS NULL OR %(r)s.amount_total <= 0 THEN 0
    ELSE COALESCE(ROUND(%(r)s.amount_total * LEAST(%(held)s.{0}, ABS(%(r)s.amount_residual_currency))
                        / NULLIF(ABS(%(r)s.amount_residual_currency), 0), %(currency)s.decimal_places), 0)
    END"""


class CollectionAgingReport(models.Model):
    """Fields that are not in the report's own query: expressions whose joins are added when a field is asked for, so that a
    report by customer does not pay for holds or documents.
    """

    _inherit = "collection.aging.report"

    # ------------------------------------------------------------------
    # Hooks
    # ------------------------------------------------------------------

    @api.model
    def _held_columns(self):
        """Fields that show what is held: name to the kinds of hold that count, all of them when None."""
        return {"amount_held": None}

    @api.model
    def _aging_columns(self):
        """Expressions of the fields that are not in the query itself: field to text over `r` and joins of `_aging_joins`."""
        held = {name: _HELD.format(name) for name in self._held_columns()}
        return {**COLUMNS, **held, "amount_free": COLUMNS["amount_free"].format(held=held["amount_held"])}

    @api.model
    def _aging_joins(self):
        """Tables that expressions may name: alias to (kind of join, table or method that gives it, condition over `r` and joins)."""
        return {
            "move": ("LEFT JOIN", "account_move", "%(move)s.id = %(r)s.move_id"),
            "contact": ("LEFT JOIN", "res_partner", "%(contact)s.id = %(r)s.contact_id"),
            "customer": ("LEFT JOIN", "res_partner", "%(customer)s.id = %(contact)s.commercial_partner_id"),
            "account": (
                "LEFT JOIN",
                "collection_account",
                """%(account)s.company_id = %(r)s.company_id
                   AND COALESCE(%(account)s.partner_id, 0) = COALESCE(%(contact)s.commercial_partner_id, 0)""",
            ),
            "company": ("JOIN", "res_company", "%(company)s.id = %(r)s.company_id"),
            "currency": ("JOIN", "res_currency", "%(currency)s.id = %(company)s.currency_id"),
            "held": (
                "LEFT JOIN",
                self._held_table,
                "%(held)s.move_line_id = %(r)s.move_line_id AND %(r)s.unposted_move_id IS NULL",
            ),
        }

    # ------------------------------------------------------------------
    # Fields as expressions
    # ------------------------------------------------------------------

    def _field_to_sql(self, alias, field_expr, query=None):
        template = self._aging_columns().get(field_expr)
        if template is None:
            return super()._field_to_sql(alias, field_expr, query)
        self._check_field_access(self._fields[field_expr], "read")
        return self._aging_sql(template, query, r=alias)

    def _aging_sql(self, template, query, **aliases):
        """The `SQL` of an expression over known aliases, after adding to the query whatever else it names."""
        names = set(re.findall(r"%\((\w+)\)s", template)) - set(aliases)
        for name in sorted(names):
            aliases[name] = self._aging_join(name, aliases["r"], query)
        return SQL(template, **{name: SQL.identifier(alias) for name, alias in aliases.items()})

    def _aging_join(self, name, alias, query):
        kind, table, condition = self._aging_joins()[name]
        joined = query.make_alias(alias, name)
        on = self._aging_sql(condition, query, r=alias, **{name: joined})
        query.add_join(kind, joined, table() if callable(table) else table, on)
        return joined

    @api.model
    def _held_table(self):
        """Amounts held on the date of the report, by item and in its currency, one column for each of `_held_columns`."""
        days = self._as_of_by_company()
        day = SQL(
            "CASE h.company_id %s END",
            SQL(" ").join(SQL("WHEN %s THEN %s::date", c.id, day) for c, day in days.items()),
        )
        sums = [
            SQL(
                "SUM(h.amount_currency) FILTER (WHERE %s) AS %s",
                SQL("h.kind IN %s", tuple(kinds)) if kinds else SQL("TRUE"),
                SQL.identifier(name),
            )
            for name, kinds in self._held_columns().items()
        ]
        return SQL(
            "(SELECT h.move_line_id, %(sums)s FROM collection_hold h WHERE %(live)s GROUP BY h.move_line_id)",
            sums=SQL(", ").join(sums),
            live=self.env["collection.hold"]._live_condition(day),
        )
