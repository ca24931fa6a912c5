"""Measures one case in a process of its own, so that the peak of memory is that case's.

    harness.py CASE --db NAME --conf FILE [--rounds N] [--warm N]

A case is a function of a `Bench` that prepares what it needs, once, and returns the function to be timed; that one returns what
it made, to be looked at (a dict). Every repetition runs in a savepoint that is rolled back, on an empty record cache. A timed function
that consists of several steps returns their seconds as `parts`; one that rewrites a table, and whose preparation wrote nothing, has its
name as `rewrites`: it is vacuumed after every repetition, as the server would do between two days. One line of JSON is printed.
"""

import argparse
import gc
import json
import os
import resource
import statistics
import sys
import time
import warnings
from datetime import timezone

import psutil
import psycopg2

import odoo.init  # noqa: F401
from odoo import api, fields
from odoo.modules.registry import Registry
from odoo.tools import config

CASES = {}


def case(function):
    CASES[function.__name__] = function
    return function


def settings(conf, db):
    """Read the configuration; `odoo.init`, imported above, sets Python up as the server does."""
    config.parse_config(["-c", conf, "-d", db, "--no-http", "--log-level=error"])


class Bench:
    def __init__(self, cr):
        self.cr = cr
        self.today = fields.Datetime.now().replace(tzinfo=timezone.utc).date()
        # The administrator, with record rules: nothing is measured as superuser that a user would do.
        self.env = self.env_of(2)
        domain = [("account_type", "=", "asset_receivable")]
        self.receivables = tuple(self.env["account.account"].search(domain).ids)

    def env_of(self, uid, **context):
        return api.Environment(self.cr, uid, {"allowed_company_ids": [1], "lang": "en_US", "tz": "UTC", **context})

    def sql(self, query, parameters=None):
        self.cr.execute(query, parameters)
        return self.cr.fetchall() if self.cr.description else self.cr.rowcount

    def settle(self):
        """What was prepared is as if it had been there: written, statistics known, kept with the transaction."""
        self.env.flush_all()
        self.cr.precommit.clear()
        self.cr.postcommit.clear()

    def stopwatch(self):
        self.env.flush_all()
        return time.perf_counter()


def _processor_time(server):
    """Seconds of the processor that this process and its PostgreSQL session used: what others do at the same time hardly shows."""
    used = server.cpu_times()
    return time.process_time() + used.user + used.system


def _vacuum(db, table):
    connection = psycopg2.connect(host=config["db_host"], port=config["db_port"], user=config["db_user"], dbname=db)
    connection.autocommit = True
    connection.cursor().execute(f"VACUUM {table}")
    connection.close()


def measure(name, db, rounds, warm):
    registry = Registry(db)
    with registry.cursor() as cr:
        bench = Bench(cr)
        timed = CASES[name](bench)
        bench.settle()
        base = psutil.Process().memory_info().rss
        results, seconds, queries, work = [], [], [], 0.0
        server = psutil.Process(cr._cnx.get_backend_pid())
        for turn in range(warm + rounds):
            cr.execute("SAVEPOINT bench")
            bench.env.invalidate_all()
            gc.collect()
            before, spent, started = cr.sql_log_count, _processor_time(server), time.perf_counter()
            result = timed() or {}
            bench.env.flush_all()
            if turn >= warm:
                seconds.append(time.perf_counter() - started)
                work += _processor_time(server) - spent
                queries.append(cr.sql_log_count - before)
                results.append(result)
            cr.execute("ROLLBACK TO SAVEPOINT bench")
            bench.env.clear()
            bench.settle()
            if rewritten := getattr(timed, "rewrites", ""):
                cr.rollback()
                _vacuum(db, rewritten)
        cr.rollback()
    return {
        "case": name,
        "seconds": seconds,
        "processor": work / rounds,
        "parts": {key: statistics.median(r["parts"][key] for r in results) for key in results[0].get("parts", ())},
        "made": {key: value for key, value in results[-1].items() if key != "parts"},
        "queries": queries[-1],
        "memory": (resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024 - base) / 2**20,
    }


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("case")
    parser.add_argument("--db", required=True)
    parser.add_argument("--conf", required=True)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--warm", type=int, default=1)
    arguments = parser.parse_args()
    warnings.simplefilter("ignore")
    settings(arguments.conf, arguments.db)
    import cases_ours
    import cases_peers
    import cases_promises
    import cases_statements

    assert cases_ours and cases_peers and cases_promises and cases_statements
    print(json.dumps(measure(arguments.case, arguments.db, arguments.rounds, arguments.warm), default=str), flush=True)
    os._exit(0)  # not a moment for threads that Odoo keeps


if __name__ == "__main__":
    sys.modules["harness"] = sys.modules["__main__"]  # the cases register with this module, not with a second copy
    main()
