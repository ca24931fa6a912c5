"""Statements of account: the figures of many customers, their pages, and a whole batch; beside bare SQL and OCA partner_statement."""

import copy

from harness import case

BARE = """SELECT l.partner_id, l.currency_id, SUM(l.amount_residual_currency), SUM(l.amount_residual),
       SUM(l.amount_residual_currency) FILTER (WHERE l.amount_residual > 0 AND l.date_maturity >= %(day)s),
       SUM(l.amount_residual_currency) FILTER (WHERE l.amount_residual > 0 AND l.date_maturity < %(day)s
                                               AND l.date_maturity >= %(day)s - 30),
       SUM(l.amount_residual_currency) FILTER (WHERE l.amount_residual > 0 AND l.date_maturity < %(day)s - 30
                                               AND l.date_maturity >= %(day)s - 60),
       SUM(l.amount_residual_currency) FILTER (WHERE l.amount_residual > 0 AND l.date_maturity < %(day)s - 60
                                               AND l.date_maturity >= %(day)s - 90),
       SUM(l.amount_residual_currency) FILTER (WHERE l.amount_residual > 0 AND l.date_maturity < %(day)s - 90),
       SUM(l.amount_residual_currency) FILTER (WHERE l.amount_residual < 0)
  FROM account_move_line l
 WHERE l.account_id IN %(accounts)s AND l.reconciled IS NOT TRUE AND l.parent_state = 'posted' AND l.company_id = 1
   AND l.partner_id = ANY(%(partners)s)
 GROUP BY l.partner_id, l.currency_id"""


def _partners(bench, count):
    """So many customers that owe something, always the same ones."""
    rows = bench.sql(
        "SELECT partner_id FROM account_move_line WHERE account_id IN %s AND NOT reconciled AND amount_residual > 0"
        " GROUP BY partner_id ORDER BY MD5(partner_id::text) LIMIT %s",
        [bench.receivables, count],
    )
    return [row[0] for row in rows]


def _accounts(bench, count):
    return bench.env["collection.account"].search([("partner_id", "in", _partners(bench, count))])


def _batch(bench, count, delivery="file"):
    """A batch whose statements are still to be made."""
    Batch = bench.env(su=True)["collection.statement.batch"]._unguarded()
    values = {"kind": "open_item", "detail": "detail", "date": bench.today, "delivery": delivery, "is_complete": True}
    batch = Batch.create({**values, "name": "BENCH", "company_id": 1, "with_credit": True})
    batch._add_statements(_accounts(bench, count).sudo())
    # Nobody serves style sheets here: what is measured is the making of pages, not the waiting for them.
    bench.env["ir.config_parameter"].sudo().set_param("report.url", "http://127.0.0.1:1")
    bench.env.flush_all()
    return batch


# ------------------------------------------------------------------
# Figures
# ------------------------------------------------------------------


@case
def statement_figures(bench):
    """What 1,000 customers owe today, by currency."""
    accounts = _accounts(bench, 1_000)

    def run():
        found = bench.env["collection.statement"]._figures(accounts, bench.today)
        total = sum(each["amount_company"] for own in found.values() for each in own.values())
        return {"customers": len(found), "total": round(total, 2)}

    return run


@case
def bare_statement_figures(bench):
    partners = _partners(bench, 1_000)

    def run():
        rows = bench.sql(BARE, {"day": bench.today, "accounts": bench.receivables, "partners": partners})
        return {"customers": len({row[0] for row in rows}), "total": round(float(sum(row[3] for row in rows)), 2)}

    return run


def _outstanding(bench, count):
    ids = _partners(bench, count)
    wizard = bench.env["outstanding.statement.wizard"].with_context(active_ids=ids, model="res.partner").create({})
    return ids, wizard._prepare_statement()


@case
def oca_statement_figures(bench):
    """The same of the peer: the lines and sums of its outstanding statement."""
    ids, data = _outstanding(bench, 1_000)

    def run():
        report = bench.env["report.partner_statement.outstanding_statement"]
        return {"customers": len(report._get_report_values(list(ids), copy.deepcopy(data))["data"])}

    return run


# ------------------------------------------------------------------
# Pages
# ------------------------------------------------------------------


@case
def statement_html(bench):
    """The pages of 100 customers, contents and all, as HTML."""
    statements = _batch(bench, 100).statement_ids

    def run():
        report = bench.env(su=True)["ir.actions.report"]
        html, _kind = report._render_qweb_html("account_collections.report_statement", statements.ids)
        return {"statements": len(statements), "bytes": len(html)}

    return run


@case
def statement_pdf(bench):
    """The PDFs of 100 customers as a batch makes them: one call of wkhtmltopdf."""
    statements = _batch(bench, 100).statement_ids

    def run():
        return {"statements": len(statements._render_pdfs(statements._documents()))}

    return run


@case
def statement_pdf_single(bench):
    """Ten of them one by one."""
    statements = _batch(bench, 10).statement_ids

    def run():
        return {"statements": sum(len(each._render_pdfs(each._documents())) for each in statements)}

    return run


# ------------------------------------------------------------------
# Batches
# ------------------------------------------------------------------


def _made(bench, count):
    batch = _batch(bench, count, "print")

    def run():
        while batch._work_chunk():
            bench.env.flush_all()
            bench.env.invalidate_all()  # as after the job's commit
        batch._finish()
        assert batch.state == "done", batch.error
        return {"statements": batch.made_count, "left_out": batch.left_out_count}

    return run


@case
def statements_100(bench):
    """A batch of 100, printed into one file."""
    return _made(bench, 100)


@case
def statements_1000(bench):
    return _made(bench, 1_000)
