"""The nightly judgement of promises: one for each open debit item, made by SQL, half of them past their deadline."""

from harness import case

_MADE = """
INSERT INTO collection_promise (name, account_id, company_id, currency_id, date, channel, source, user_id, state, amount, amount_currency,
                                amount_open, amount_open_currency, next_date, last_deadline, confirmed_on, tolerance_percent,
                                tolerance_amount, partial_percent, create_uid, write_uid, create_date, write_date)
SELECT 'BENCH/' || l.id, a.id, a.company_id, l.currency_id, %(today)s::date - 20, 'call', 'collector', 1, 'open', l.amount_residual,
       l.amount_residual_currency, l.amount_residual, l.amount_residual_currency, d.day, d.day + 3, %(today)s::date - 20, 1, 50, 50,
       1, 1, now(), now()
  FROM account_move_line l
  JOIN res_partner p ON p.id = l.partner_id
  JOIN collection_account a ON a.partner_id = p.commercial_partner_id AND a.company_id = l.company_id
  CROSS JOIN LATERAL (SELECT %(today)s::date + CASE WHEN l.id %% 2 = 0 THEN 10 ELSE -10 END AS day) d
 WHERE l.account_id IN %(accounts)s AND l.reconciled IS NOT TRUE AND l.parent_state = 'posted' AND l.amount_residual > 0
   AND l.amount_residual_currency > 0
 ORDER BY l.id LIMIT %(limit)s;

INSERT INTO collection_promise_installment (promise_id, company_id, date, amount, amount_currency, state, deadline, wait_until,
                                            amount_due_currency, create_uid, write_uid, create_date, write_date)
SELECT id, company_id, next_date, amount, amount_currency, 'open', last_deadline, last_deadline + 3, amount_currency, 1, 1, now(), now()
  FROM collection_promise WHERE name LIKE 'BENCH/%%';

INSERT INTO collection_promise_line (promise_id, company_id, move_line_id, move_id, move_name, due_date, amount, amount_currency,
                                     after_partial_id, create_uid, write_uid, create_date, write_date)
SELECT p.id, p.company_id, l.id, l.move_id, l.move_name, COALESCE(l.date_maturity, l.date), p.amount, p.amount_currency, 0, 1, 1,
       now(), now()
  FROM collection_promise p JOIN account_move_line l ON l.id = SUBSTRING(p.name FROM 7)::int WHERE p.name LIKE 'BENCH/%%'
"""


@case
def promises_nightly(bench):
    """Every live promise is judged: half are broken with their tasks and levels, half go on and hold their item."""
    from odoo.addons.account_collections.models.promise.collection_promise_judge import BATCH

    bench.sql(_MADE, {"today": bench.today, "accounts": bench.receivables, "limit": 100_000})
    bench.sql("ANALYZE collection_promise; ANALYZE collection_promise_installment; ANALYZE collection_promise_line")
    Promise = bench.env(su=True)["collection.promise"]

    def run():
        judged = 0
        while promises := Promise.search(Promise._to_judge_domain(), order="account_id, id", limit=BATCH):
            promises._evaluate()
            judged += len(promises)
            bench.env.flush_all()
            bench.env.invalidate_all()  # as after the job's commit
        return {"promises": judged}

    return run
