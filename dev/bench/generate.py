"""Fills a database with receivables, by SQL.

Made of N items: open ones (86 % untouched invoices, 7 % partly paid, 5 % credit notes, 2 % payments that are not matched) and half
as many paid invoices; for N/10 customers, some with far more items than others; 5 % of the documents in euro; terms of 15, 30 and 60
days; invoice dates up to 400 days back, more of them recent. All dates are relative to `today`, all randomness comes from one seed:
two databases filled on one day hold the same data, whatever is installed in them.

Every column is copied from one real row that the ORM made (`prepare`), but for those that must differ; so columns that other modules
added are filled as Odoo would fill them.
"""

import json

from odoo.fields import Command

RATE = "1.10"  # company currency for one euro
KEY = "bench.template"


# ------------------------------------------------------------------
# Template rows, through the ORM
# ------------------------------------------------------------------


def prepare(env, today):
    """Make the rows that `fill` copies; their ids are kept as a parameter."""
    company = env.company
    euro = env.ref("base.EUR")
    euro.active = True
    env["res.currency.rate"].create(
        {"name": "2020-01-01", "currency_id": euro.id, "rate": 1 / float(RATE), "company_id": company.id}
    )
    partner = env["res.partner"].create(
        {
            "name": "Template",
            "is_company": True,
            "email": "template@example.com",
            "street": "1 Main Street",
            "city": "Springfield",
            "zip": "12345",
            "country_id": env.ref("base.us").id,
            "lang": "en_US",
            "customer_rank": 1,
        }
    )
    receivable = partner.property_account_receivable_id
    journals = {
        kind: env["account.journal"].search([("type", "=", kind), ("company_id", "=", company.id)], limit=1)
        for kind in ("sale", "bank")
    }
    income = env["account.account"].search([("account_type", "=", "income")], limit=1)
    moves = {
        kind: _document(env, kind, partner, journals["sale"], income, today) for kind in ("out_invoice", "out_refund")
    }
    bank = journals["bank"].default_account_id
    moves["entry"] = env["account.move"].create(
        {
            "move_type": "entry",
            "journal_id": journals["bank"].id,
            "date": today,
            "partner_id": partner.id,
            "line_ids": [
                Command.create({"name": "Payment", "account_id": bank.id, "debit": 100.0, "partner_id": partner.id}),
                Command.create(
                    {"name": "Payment", "account_id": receivable.id, "credit": 100.0, "partner_id": partner.id}
                ),
            ],
        }
    )
    template = {"partner": partner.id, "company": company.id, "own": company.currency_id.id, "euro": euro.id}
    for kind, move in moves.items():
        move.action_post()
        ours = move.line_ids.filtered(lambda line: line.account_id == receivable)
        template[kind] = [move.id, ours.id, (move.line_ids - ours).id]
    env["ir.config_parameter"].sudo().set_param(KEY, json.dumps(template))


def _document(env, kind, partner, journal, account, today):
    line = Command.create(
        {"name": "Services", "quantity": 1, "price_unit": 100.0, "account_id": account.id, "tax_ids": []}
    )
    return env["account.move"].create(
        {
            "move_type": kind,
            "partner_id": partner.id,
            "journal_id": journal.id,
            "invoice_date": today,
            "invoice_date_due": today,
            "invoice_line_ids": [line],
        }
    )


# ------------------------------------------------------------------
# Rows in number, by SQL
# ------------------------------------------------------------------


def copy_row(cr, table, row, source, values):
    """Insert a copy of the row `row` of `table` for each row `s` of `source`, with `values` in place of its own."""
    cr.execute(
        "SELECT column_name FROM information_schema.columns WHERE table_schema = 'public' AND table_name = %s"
        " AND is_generated = 'NEVER' ORDER BY ordinal_position",
        [table],
    )
    columns = [name for (name,) in cr.fetchall()]
    names = ", ".join(f'"{name}"' for name in columns)
    expressions = ", ".join(f"({values[name]})" if name in values else f't."{name}"' for name in columns)
    cr.execute(f"INSERT INTO {table} ({names}) SELECT {expressions} FROM {source} s, {table} t WHERE t.id = {row}")


class Filler:
    """Fills the database of a psycopg2 connection (a superuser's: foreign keys are not checked meanwhile)."""

    def __init__(self, connection, items, today):
        self.cr = connection.cursor()
        self.items, self.customers, self.total, self.today = items, items // 10, items + items // 2, today
        self.cr.execute("SELECT value FROM ir_config_parameter WHERE key = %s", [KEY])
        self.template = json.loads(self.cr.fetchone()[0])

    def fill(self):
        self.cr.execute(
            "SET session_replication_role = replica; SET work_mem = '256MB'; SET maintenance_work_mem = '512MB'"
        )
        self.cr.execute("SELECT setseed(0.42)")
        tables = ("account_move", "account_move_line", "account_partial_reconcile")
        indexes = self._drop_indexes(tables)
        self.last = {table: self._last_id(table) for table in (*tables, "res_partner", "account_full_reconcile")}
        self._partners()
        self._plan()
        self._documents("out_invoice", "kind IN ('open', 'part', 'paid')")
        self._documents("out_refund", "kind = 'refund'")
        self._payments()
        self._matches()
        for table in self.last:
            self.cr.execute(f"SELECT setval(pg_get_serial_sequence('{table}', 'id'), (SELECT MAX(id) FROM {table}))")
        for definition in indexes:
            self.cr.execute(definition)

    def _drop_indexes(self, tables):
        """Drop the indexes that no constraint owns; return the statements that make them again."""
        self.cr.execute(
            """SELECT i.indexrelid::regclass::text, pg_get_indexdef(i.indexrelid) FROM pg_index i
                WHERE i.indrelid = ANY(%s::regclass[])
                  AND NOT EXISTS (SELECT 1 FROM pg_constraint c WHERE c.conindid = i.indexrelid)""",
            [list(tables)],
        )
        found = self.cr.fetchall()
        for name, _definition in found:
            self.cr.execute(f"DROP INDEX {name}")
        return [definition for _name, definition in found]

    def _last_id(self, table):
        self.cr.execute(f"SELECT COALESCE(MAX(id), 0) FROM {table}")
        return self.cr.fetchone()[0]

    def _partners(self):
        name = "'Customer ' || LPAD(s.n::text, 6, '0')"
        email = "CASE WHEN s.n % 20 != 0 THEN 'c' || s.n || '@example.com' END"
        copy_row(
            self.cr,
            "res_partner",
            self.template["partner"],
            f"(SELECT n, {self.last['res_partner']} + n AS id FROM generate_series(1, {self.customers}) n)",
            {
                "id": "s.id",
                **dict.fromkeys(("name", "complete_name", "commercial_company_name"), name),
                **dict.fromkeys(("email", "email_normalized"), email),
                "ref": "'C' || LPAD(s.n::text, 6, '0')",
                "street": "s.n || ' Main Street'",
                "commercial_partner_id": "s.id",
            },
        )

    def _plan(self):
        """The temporary table `plan`: one row per document, with its number among the payments and among the matches."""
        self.cr.execute(
            f"""
            CREATE TEMPORARY TABLE plan AS
            WITH r AS MATERIALIZED (
                SELECT i, random() r1, random() r2, random() r3, random() r4, random() r5, random() r6, random() r7
                  FROM generate_series(1, {self.total}) i
            ), k AS (
                SELECT *, CASE WHEN i > {self.items} THEN 'paid' WHEN i % 100 < 86 THEN 'open' WHEN i % 100 < 93 THEN 'part'
                               WHEN i % 100 < 98 THEN 'refund' ELSE 'unapplied' END AS kind,
                       DATE '{self.today}' - FLOOR(CASE WHEN i > {self.items} THEN 30 + r2 * 510 ELSE POWER(r2, 3) * 400 END)::int AS day,
                       CASE WHEN r3 < 0.2 THEN 15 WHEN r3 < 0.8 THEN 30 ELSE 60 END AS terms,
                       ROUND((50 + 5000 * POWER(r4, 3))::numeric, 2) AS total_cur, r5 < 0.05 AS in_euro
                  FROM r
            ), p AS (
                SELECT i, kind, day, day + terms AS due, total_cur, CASE WHEN in_euro THEN {RATE} ELSE 1 END AS rate,
                       CASE WHEN in_euro THEN {self.template["euro"]} ELSE {self.template["own"]} END AS currency,
                       {self.last["res_partner"]} + 1 + FLOOR(POWER(r1, 1.6) * {self.customers})::int AS partner,
                       CASE kind WHEN 'part' THEN ROUND(total_cur * (0.2 + 0.6 * r6)::numeric, 2)
                                 WHEN 'paid' THEN total_cur WHEN 'unapplied' THEN total_cur ELSE 0 END AS paid_cur,
                       LEAST(DATE '{self.today}', GREATEST(day, day + terms - 10 + FLOOR(r7 * 70)::int)) AS paid_on
                  FROM k
            )
            SELECT *, ROUND(total_cur * rate, 2) AS total, ROUND(paid_cur * rate, 2) AS paid,
                   CASE WHEN paid_cur > 0 THEN ROW_NUMBER() OVER (PARTITION BY paid_cur > 0 ORDER BY i) END AS payment,
                   CASE WHEN kind IN ('part', 'paid') THEN ROW_NUMBER() OVER (PARTITION BY kind IN ('part', 'paid') ORDER BY i) END AS match
              FROM p ORDER BY i;
            ANALYZE plan"""
        )

    def _matching(self):
        """Columns of a line that say with what it is matched."""
        full = f"CASE WHEN s.kind = 'paid' THEN {self.last['account_full_reconcile']} + s.match END"
        part = f"CASE WHEN s.kind = 'part' THEN 'P' || ({self.last['account_partial_reconcile']} + s.match) END"
        return {"full_reconcile_id": full, "matching_number": f"COALESCE(({full})::text, {part})"}

    def _documents(self, kind, condition):
        move, receivable, other = self.template[kind]
        sign, prefix = (1, "INV/BENCH/") if kind == "out_invoice" else (-1, "RINV/BENCH/")
        moves, lines = self.last["account_move"], self.last["account_move_line"]
        source = f"(SELECT *, '{prefix}' || LPAD(i::text, 8, '0') AS label FROM plan WHERE {condition})"
        dates = {
            **dict.fromkeys(("date", "invoice_date"), "s.day"),
            **dict.fromkeys(("create_date", "write_date"), "s.day::timestamp"),
        }
        own = {
            "ref": "CASE WHEN s.i % 3 = 0 THEN 'PO' || s.i END",
            "partner_id": "s.partner",
            "currency_id": "s.currency",
            **dates,
        }
        signed = (
            "amount_untaxed_signed",
            "amount_total_signed",
            "amount_untaxed_in_currency_signed",
            "amount_total_in_currency_signed",
        )
        copy_row(
            self.cr,
            "account_move",
            move,
            source,
            {
                **own,
                "id": f"{moves} + s.i",
                **dict.fromkeys(("name", "payment_reference"), "s.label"),
                "sequence_prefix": f"'{prefix}'",
                "sequence_number": "s.i",
                **dict.fromkeys(("commercial_partner_id", "partner_shipping_id"), "s.partner"),
                "invoice_partner_display_name": f"'Customer ' || LPAD((s.partner - {self.last['res_partner']})::text, 6, '0')",
                "invoice_date_due": "s.due",
                "delivery_date": "NULL",
                "access_token": "NULL",
                "invoice_currency_rate": "1 / s.rate",
                "payment_state": "CASE s.kind WHEN 'paid' THEN 'paid' WHEN 'part' THEN 'partial' ELSE 'not_paid' END",
                **dict.fromkeys(("amount_untaxed", "amount_total"), "s.total_cur"),
                "amount_residual": "s.total_cur - s.paid_cur",
                **{name: f"{sign} * s.total{'_cur' if 'in_currency' in name else ''}" for name in signed},
                "amount_residual_signed": f"{sign} * (s.total - s.paid)",
            },
        )
        line = {**own, "move_id": f"{moves} + s.i", "move_name": "s.label"}
        copy_row(
            self.cr,
            "account_move_line",
            receivable,
            source,
            {
                **line,
                "id": f"{lines} + 2 * s.i - 1",
                "name": "s.label",
                "date_maturity": "s.due",
                "debit" if sign > 0 else "credit": "s.total",
                "balance": f"{sign} * s.total",
                "amount_currency": f"{sign} * s.total_cur",
                "amount_residual": f"{sign} * (s.total - s.paid)",
                "amount_residual_currency": f"{sign} * (s.total_cur - s.paid_cur)",
                "reconciled": "s.kind = 'paid'",
                **dict.fromkeys(("price_unit", "price_subtotal", "price_total"), f"{-sign} * s.total_cur"),
                **self._matching(),
            },
        )
        values = {
            "id": f"{lines} + 2 * s.i",
            "credit" if sign > 0 else "debit": "s.total",
            "balance": f"{-sign} * s.total",
        }
        values["amount_currency"] = f"{-sign} * s.total_cur"
        values.update(dict.fromkeys(("price_unit", "price_subtotal", "price_total"), "s.total_cur"))
        copy_row(self.cr, "account_move_line", other, source, {**line, **values})

    def _payments(self):
        move, receivable, bank = self.template["entry"]
        moves, lines = self.last["account_move"] + self.total, self.last["account_move_line"] + 2 * self.total
        source = "(SELECT *, 'BNK1/BENCH/' || LPAD(payment::text, 8, '0') AS label FROM plan WHERE payment IS NOT NULL)"
        dates = {"date": "s.paid_on", **dict.fromkeys(("create_date", "write_date"), "s.paid_on::timestamp")}
        values = {
            "id": f"{moves} + s.payment",
            "name": "s.label",
            "sequence_prefix": "'BNK1/BENCH/'",
            "sequence_number": "s.payment",
            **dict.fromkeys(("partner_id", "commercial_partner_id"), "s.partner"),
            "partner_shipping_id": "NULL",
            "access_token": "NULL",
            **dict.fromkeys(("amount_total", "amount_total_signed", "amount_total_in_currency_signed"), "s.paid"),
        }
        copy_row(self.cr, "account_move", move, source, {**values, **dates})
        line = {
            "move_id": f"{moves} + s.payment",
            "move_name": "s.label",
            "partner_id": "s.partner",
            "currency_id": "s.currency",
        }
        line.update(dates, date_maturity="s.paid_on", name="'Payment ' || s.label")
        open_credit = {
            "id": f"{lines} + 2 * s.payment - 1",
            "credit": "s.paid",
            "balance": "-s.paid",
            "amount_currency": "-s.paid_cur",
            "amount_residual": "CASE WHEN s.kind = 'unapplied' THEN -s.paid ELSE 0 END",
            "amount_residual_currency": "CASE WHEN s.kind = 'unapplied' THEN -s.paid_cur ELSE 0 END",
            "reconciled": "s.kind != 'unapplied'",
        }
        copy_row(self.cr, "account_move_line", receivable, source, {**line, **open_credit, **self._matching()})
        values = {"id": f"{lines} + 2 * s.payment", "debit": "s.paid"}
        values.update(dict.fromkeys(("balance", "amount_residual"), "s.paid"))
        values.update(dict.fromkeys(("amount_currency", "amount_residual_currency"), "s.paid_cur"))
        copy_row(self.cr, "account_move_line", bank, source, {**line, **values})

    def _matches(self):
        full, part, lines = (
            self.last[each] for each in ("account_full_reconcile", "account_partial_reconcile", "account_move_line")
        )
        self.cr.execute(
            f"""
            INSERT INTO account_full_reconcile (id, create_uid, write_uid, create_date, write_date)
            SELECT {full} + match, 1, 1, paid_on, paid_on FROM plan WHERE kind = 'paid';
            INSERT INTO account_partial_reconcile (id, debit_move_id, credit_move_id, full_reconcile_id, debit_currency_id,
                   credit_currency_id, company_id, max_date, amount, debit_amount_currency, credit_amount_currency,
                   create_uid, write_uid, create_date, write_date)
            SELECT {part} + match, {lines} + 2 * i - 1, {lines} + 2 * {self.total} + 2 * payment - 1,
                   CASE WHEN kind = 'paid' THEN {full} + match END, currency, currency, {self.template["company"]},
                   GREATEST(day, paid_on), paid, paid_cur, paid_cur, 1, 1, paid_on, paid_on
              FROM plan WHERE match IS NOT NULL"""
        )


def check(cr, items):
    """Refuse data that does not tie: unbalanced entries, residuals that the matches do not explain, a wrong number of open items."""
    cr.execute(
        """SELECT (SELECT COUNT(*) FROM (SELECT FROM account_move_line GROUP BY move_id HAVING SUM(balance) != 0) z),
                  COUNT(*) FILTER (WHERE l.amount_residual != l.balance - COALESCE(d.s, 0) + COALESCE(c.s, 0)),
                  COUNT(*) FILTER (WHERE l.reconciled IS NOT TRUE)
             FROM account_move_line l JOIN account_account a ON a.id = l.account_id
             LEFT JOIN (SELECT debit_move_id id, SUM(amount) s FROM account_partial_reconcile GROUP BY 1) d ON d.id = l.id
             LEFT JOIN (SELECT credit_move_id id, SUM(amount) s FROM account_partial_reconcile GROUP BY 1) c ON c.id = l.id
            WHERE a.account_type = 'asset_receivable'"""
    )
    unbalanced, unexplained, count = cr.fetchone()
    assert not unbalanced, f"{unbalanced} entries do not balance"
    assert not unexplained, f"{unexplained} residuals are not what the matches leave"
    assert count == items + 3, f"{count} open items instead of {items} and the three of the template"
