"""Fills the benchmark's databases.

data.py template --db NAME --conf FILE          the rows that are copied (once for each set of modules)
data.py fill --db NAME --conf FILE --items N    N open items; with our add-on also accounts, holds and notices of a month ago
"""

import argparse
from datetime import datetime, timedelta, timezone

import generate
import psycopg2
from freezegun import freeze_time
from harness import settings

from odoo import api
from odoo.fields import Command, Domain
from odoo.modules.registry import Registry

TABLES = "res_partner account_move account_move_line account_partial_reconcile account_full_reconcile"
OUR_TABLES = "collection_account collection_hold collection_run collection_notice collection_notice_line"


def today():
    return datetime.now(timezone.utc).date()


def template(db):
    with Registry(db).cursor() as cr:
        env = api.Environment(cr, 2, {"allowed_company_ids": [1], "tracking_disable": True})
        generate.prepare(env, today())
        if "credit.control.policy" in env:
            policy = env.ref("account_credit_control.credit_control_3_time")
            policy.account_ids = env["account.account"].search([("account_type", "=", "asset_receivable")])
            env.company.credit_policy_id = policy


def fill(db, items):
    from odoo.tools import config

    connection = psycopg2.connect(host=config["db_host"], port=config["db_port"], user=config["db_user"], dbname=db)
    generate.Filler(connection, items, today()).fill()
    connection.commit()
    connection.autocommit = True
    cursor = connection.cursor()
    cursor.execute("ANALYZE")
    generate.check(cursor, items)
    with Registry(db).cursor() as cr:
        env = api.Environment(cr, api.SUPERUSER_ID, {"allowed_company_ids": [1], "tracking_disable": True})
        if "collection.account" in env:
            _work(env)
    _vacuum(cursor, f"{TABLES} {OUR_TABLES}")
    connection.close()


def _vacuum(cursor, tables):
    """Statistics, and the visibility map for scans of an index alone."""
    for table in tables.split():
        cursor.execute("SELECT to_regclass(%s)", [table])
        if cursor.fetchone()[0]:
            cursor.execute(f"VACUUM ANALYZE {table}")


# ------------------------------------------------------------------
# Our own rows
# ------------------------------------------------------------------


def _work(env):
    """A company that has been at it for a while: portfolios, holds, what was sent, figures of yesterday."""
    now = datetime.now()
    Account = env["collection.account"]
    Account._insert_missing()
    _portfolios(env)
    _holds(env)
    with freeze_time(now - timedelta(days=30)):
        _history(env)
    with freeze_time(now - timedelta(days=1)):
        accounts = Account.search([])
        accounts._refresh_behaviour()
        accounts._refresh()
    env.cr.postcommit.clear()


def _portfolios(env):
    """Three collectors; a quarter of the accounts is nobody's."""
    group = env.ref("account_collections.group_collector")
    collectors = env["res.users"].create(
        [
            {"name": f"Collector {number}", "login": f"collector{number}", "group_ids": [Command.set(group.ids)]}
            for number in range(3)
        ]
    )
    env.cr.execute("UPDATE collection_account SET collector_id = (%s::int[])[1 + id %% 4]", [[*collectors.ids, None]])
    env.invalidate_all()


def _holds(env):
    """5 % of the open debit items are held, half of them in part."""
    day = today()
    domain = env["account.move.line"]._collection_open_domain(env.company) & Domain("amount_residual", ">", 0)
    item = env["account.move.line"].search(domain, limit=1)
    hold = (
        env["collection.hold"]
        ._unguarded()
        .create(
            {
                "account_id": env["collection.account"]._for_partner(item.partner_id, env.company).id,
                "move_line_id": item.id,
                "kind": "manual",
                "reason": "Benchmark",
                "date_from": day - timedelta(days=60),
                "date_until": day + timedelta(days=30),
            }
        )
    )
    env.flush_all()
    source = """(SELECT l.id AS line_id, a.id AS account_id, l.currency_id, l.amount_residual_currency / (1 + l.id % 2) AS amount_currency,
                        l.amount_residual / (1 + l.id % 2) AS amount
                   FROM account_move_line l JOIN collection_account a ON a.partner_id = l.partner_id AND a.company_id = l.company_id
                  WHERE l.reconciled IS NOT TRUE AND l.amount_residual > 0 AND l.id % 20 = 0)"""
    values = {
        "id": "nextval('collection_hold_id_seq')",
        "move_line_id": "s.line_id",
        "account_id": "s.account_id",
        "currency_id": "s.currency_id",
        "amount_currency": "ROUND(s.amount_currency, 2)",
        "amount": "ROUND(s.amount, 2)",
    }
    generate.copy_row(env.cr, "collection_hold", hold.id, source, values)


def _history(env):
    """A run of a month ago, sent to three customers in ten; the others are new to dunning."""
    run = env["collection.run"].create({"company_id": 1})
    run.action_simulate()
    env.flush_all()
    env.cr.execute("DELETE FROM collection_notice WHERE account_id % 10 >= 3")
    env.invalidate_all()
    run.action_confirm()
    env.cr.execute("UPDATE collection_notice SET state = 'sent', ready = TRUE, sent_on = date WHERE state = 'due'")
    env.invalidate_all()
    run._close_if_done()
    env.flush_all()


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("command", choices=["template", "fill"])
    parser.add_argument("--db", required=True)
    parser.add_argument("--conf", required=True)
    parser.add_argument("--items", type=int)
    arguments = parser.parse_args()
    settings(arguments.conf, arguments.db)
    if arguments.command == "template":
        template(arguments.db)
    else:
        fill(arguments.db, arguments.items)


if __name__ == "__main__":
    main()
