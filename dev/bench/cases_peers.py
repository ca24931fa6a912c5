"""What ours is compared with: the add-ons of the OCA, stock Odoo, bare SQL on Odoo's own indexes."""

import copy
from datetime import timedelta

from harness import case

# ------------------------------------------------------------------
# Bare SQL
# ------------------------------------------------------------------

BUCKETS = """SUM(open) FILTER (WHERE due >= %(day)s), SUM(open) FILTER (WHERE due < %(day)s AND due >= %(day)s - 30),
    SUM(open) FILTER (WHERE due < %(day)s - 30 AND due >= %(day)s - 60),
    SUM(open) FILTER (WHERE due < %(day)s - 60 AND due >= %(day)s - 90),
    SUM(open) FILTER (WHERE due < %(day)s - 90), SUM(open)"""
TODAY = f"""SELECT l.partner_id, {BUCKETS.replace("open", "l.amount_residual").replace("due", "l.date_maturity")}
  FROM account_move_line l
 WHERE l.account_id IN %(accounts)s AND l.reconciled IS NOT TRUE AND l.parent_state = 'posted' AND l.company_id = 1
 GROUP BY l.partner_id"""
# Back from today's residuals: the matches made after the day are taken off again.
PAST = f"""WITH later AS (
    SELECT id, SUM(amount) AS amount FROM (
        SELECT debit_move_id AS id, amount FROM account_partial_reconcile WHERE max_date > %(day)s
        UNION ALL SELECT credit_move_id, -amount FROM account_partial_reconcile WHERE max_date > %(day)s) z GROUP BY id
), item AS (
    SELECT l.partner_id, l.date_maturity AS due, l.amount_residual + COALESCE(b.amount, 0) AS open
      FROM account_move_line l LEFT JOIN later b ON b.id = l.id
     WHERE l.account_id IN %(accounts)s AND l.reconciled IS NOT TRUE AND l.parent_state = 'posted' AND l.company_id = 1
       AND l.date <= %(day)s
    UNION ALL
    SELECT l.partner_id, l.date_maturity, l.amount_residual + b.amount FROM later b JOIN account_move_line l ON l.id = b.id
     WHERE l.account_id IN %(accounts)s AND l.reconciled AND l.parent_state = 'posted' AND l.company_id = 1
       AND l.date <= %(day)s
) SELECT partner_id, {BUCKETS} FROM item WHERE open != 0 GROUP BY partner_id"""


def _bare(bench, query, day):
    def run():
        rows = bench.sql(query, {"day": day, "accounts": bench.receivables})
        return {"customers": len(rows), "total": float(sum(row[6] or 0 for row in rows))}

    return run


@case
def bare_aging(bench):
    return _bare(bench, TODAY, bench.today)


@case
def bare_aging_past(bench):
    return _bare(bench, PAST, bench.today - timedelta(days=90))


# ------------------------------------------------------------------
# Stock Odoo
# ------------------------------------------------------------------


@case
def stock_partners(bench):
    """A list of 80 customers with what they owe."""
    shown = {"display_name": {}, "email": {}, "phone": {}, "credit": {}, "debit": {}, "currency_id": {"fields": {}}}

    def run():
        found = bench.env["res.partner"].web_search_read(
            [("customer_rank", ">", 0)], shown, limit=80, count_limit=10001
        )
        return {"rows": len(found["records"])}

    return run


# ------------------------------------------------------------------
# OCA account_financial_report
# ------------------------------------------------------------------


def _oca_aging(bench, day):
    wizard = bench.env["aged.partner.balance.report.wizard"].create(
        {
            "date_at": day,
            "target_move": "posted",
            "company_id": 1,
            "show_move_line_details": False,
            "account_ids": [(6, 0, bench.receivables)],
            "age_partner_config_id": False,
        }
    )
    data = {**wizard._prepare_report_data(), "date_at": str(day)}  # as it arrives from the browser

    def run():
        report = bench.env["report.account_financial_report.aged_partner_balance"]
        values = report._get_report_values(wizard.ids, dict(data))["aged_partner_balance"]
        return {
            "customers": sum(len(each["partners"]) for each in values),
            "total": round(sum(each["residual"] for each in values), 2),
        }

    return run


@case
def oca_aging(bench):
    return _oca_aging(bench, bench.today)


@case
def oca_aging_past(bench):
    return _oca_aging(bench, bench.today - timedelta(days=90))


# ------------------------------------------------------------------
# OCA account_credit_control
# ------------------------------------------------------------------


def _oca_lines(bench):
    run = bench.env["credit.control.run"].create({"date": bench.today, "company_id": 1})
    run.generate_credit_lines()
    bench.env.flush_all()
    return run


@case
def oca_run(bench):
    """A run, and the communications to which its lines are gathered: what ours writes in one go."""

    def run():
        started = bench.stopwatch()
        made = _oca_lines(bench)
        lines = bench.stopwatch() - started
        # Marking as ready is not counted: ours are ready when confirmed, the peer does it by hand.
        bench.sql("UPDATE credit_control_line SET state = 'to_be_sent' WHERE run_id = %s", [made.id])
        bench.env.invalidate_all()
        started = bench.stopwatch()
        ready = made.line_ids.filtered(lambda line: line.state == "to_be_sent")
        letters = bench.env["credit.control.communication"]._generate_comm_from_credit_lines(ready)
        letters = len(letters)
        return {
            "parts": {"run": lines, "communications": bench.stopwatch() - started},
            "lines": len(ready),
            "letters": letters,
        }

    return run


@case
def oca_mails(bench):
    """The e-mails of 20 communications, without the PDF, into Odoo's queue."""
    bench.env.ref("account_credit_control.email_template_credit_control_base").report_template_ids = False
    made = _oca_lines(bench)
    bench.sql("UPDATE credit_control_line SET state = 'to_be_sent' WHERE run_id = %s", [made.id])
    bench.env.invalidate_all()
    lines = made.line_ids.filtered(lambda line: line.channel == "email")
    first = set(lines.partner_id.ids[:20])
    lines = lines.filtered(lambda line: line.partner_id.id in first)
    letters = bench.env["credit.control.communication"]._generate_comm_from_credit_lines(lines)[:20]
    bench.env.flush_all()

    def run():
        letters._generate_emails()
        return {"mails": len(letters)}

    return run


# ------------------------------------------------------------------
# OCA partner_statement
# ------------------------------------------------------------------


@case
def oca_statements(bench):
    """The outstanding statements of 100 customers as HTML: the peer's letter with a customer's open items."""
    rows = bench.sql(
        "SELECT partner_id FROM account_move_line WHERE account_id IN %s AND NOT reconciled AND amount_residual > 0"
        " GROUP BY partner_id ORDER BY MD5(partner_id::text) LIMIT 100",
        [bench.receivables],
    )
    ids = [row[0] for row in rows]
    wizard = bench.env["outstanding.statement.wizard"].with_context(active_ids=ids, model="res.partner").create({})
    data = wizard._prepare_statement()

    def run():
        report = bench.env["ir.actions.report"]
        html, _kind = report._render_qweb_html(
            "partner_statement.outstanding_statement", list(ids), data=copy.deepcopy(data)
        )
        return {"statements": len(ids), "bytes": len(html)}

    return run
