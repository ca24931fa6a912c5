"""Runs the cases and prints what was measured against the targets.

Ours and what it is compared with are measured in turns, in processes of their own, so that what else the machine does meanwhile hits
both; a ratio is that of the two medians. Ours is measured in a database with the add-on, the others in one with the peers' add-ons and
without ours, on the same data; the bare insert of a run's rows needs our tables, and is measured in ours.
"""

import json
import os
import statistics
import subprocess
import sys
from pathlib import Path

HERE = Path(__file__).parent
ENV = os.environ
SIZES = [int(size) for size in ENV["SIZES"].split()]
ONLY = ENV.get("ONLY", "").split()
FULL = ENV.get("PEERS") == "full"
TURNS = int(ENV.get("TURNS") or 3)
OURS = "refresh_all refresh_unchanged refresh_100 worklist run_dunning bare_run run_next_day send_mails".split()
OURS += "aging aging_held aging_past aging_past_held promises_nightly".split()
OURS += "statement_figures statement_html statement_pdf statement_pdf_single statements_100 statements_1000".split()
# Slow ones are measured once, without a warm-up; they are compared with targets of an order of magnitude.
ONCE = "oca_run oca_aging oca_aging_past statements_100 statements_1000".split()
results = {}


# ------------------------------------------------------------------
# Measuring
# ------------------------------------------------------------------


def _measure(name, size, rounds, warm):
    side = "ours" if name in OURS else "peers"
    conf = ENV["BENCH_CONF"] if side == "ours" else ENV["BENCH_PEERS_CONF"]
    command = [
        ENV["BENCH_PYTHON"],
        str(HERE / "harness.py"),
        name,
        "--db",
        f"{ENV['BENCH_PREFIX']}_{side}_{size}",
        "--conf",
        conf,
    ]
    command += ["--rounds", str(rounds), "--warm", str(warm)]
    found = subprocess.run(command, check=False, stdin=subprocess.DEVNULL, capture_output=True, text=True)
    if found.returncode or not found.stdout.strip():
        raise SystemExit(
            f"\nThe case {name} failed at {size} items (exit code {found.returncode}):\n{found.stderr[-4000:]}"
        )
    return json.loads(found.stdout.strip().splitlines()[-1])


def measure(size, *names, turns=TURNS, rounds=5):
    """Measure cases in turns and keep the median of all their repetitions."""
    todo = [name for name in names if (name, size) not in results]
    found = {name: [] for name in todo}
    for turn in range(turns):
        for name in todo:
            if name in ONCE:
                if not turn:
                    found[name].append(_measure(name, size, 1, 0))
            else:
                found[name].append(_measure(name, size, rounds, 1))
            print(".", end="", file=sys.stderr, flush=True)
    for name, runs in found.items():
        seconds = [each for run in runs for each in run["seconds"]]
        parts = {key: statistics.median(run["parts"][key] for run in runs) for key in runs[0]["parts"]}
        memory = max(run["memory"] for run in runs)
        results[name, size] = {
            **runs[-1],
            "parts": parts,
            "memory": memory,
            "processor": statistics.median(run["processor"] for run in runs),
            "all": seconds,
            "seconds": statistics.median(seconds),
        }
    return [results[name, size] for name in names]


# ------------------------------------------------------------------
# The table
# ------------------------------------------------------------------


class Table:
    HEAD = ("measured", "items", "ours", "compared with", "ratio", "processor", "target", "")

    def __init__(self):
        self.rows, self.missed = [], 0

    def row(self, what, size, ours, other, ratio, target, met=None, processor=""):
        self.missed += met is False
        verdict = {True: "met", False: "MISSED", None: ""}[met]
        self.rows.append((what, f"{size:,}", ours, other, ratio, processor, target, verdict))

    def at_most(self, what, size, ours, other, name, times, extra=0.0):
        """A row whose target is a multiple of something else, and so many seconds more."""
        target = f"≤ {times:g} ×" + (f" + {extra * 1000:.0f} ms" if extra else "")
        mine, its = ours["seconds"], other["seconds"]
        processor = f"{ours['processor'] / other['processor']:.2f}"
        compared = f"{name} {clock(its)}"
        self.row(what, size, clock(mine), compared, f"{mine / its:.2f}", target, mine <= times * its + extra, processor)

    def faster(self, what, size, ours, other, name, times, counts=True):
        ratio = other / ours
        self.row(
            what,
            size,
            clock(ours),
            f"{name} {clock(other)}",
            f"1/{ratio:.0f}",
            f"≥ {times} × faster",
            ratio >= times if counts else None,
        )

    def show(self):
        print()
        widths = [max(len(row[i]) for row in (self.HEAD, *self.rows)) for i in range(len(self.HEAD))]
        for number, row in enumerate((self.HEAD, *self.rows)):
            print(
                "  ".join(
                    cell.ljust(width) if i in (0, 3, 6, 7) else cell.rjust(width)
                    for i, (cell, width) in enumerate(zip(row, widths))
                )
            )
            if not number:
                print("  ".join("-" * width for width in widths))
        print(f"\n{self.missed or 'No'} target{'s' if self.missed != 1 else ''} missed.")


def clock(seconds):
    return f"{seconds:.2f} s" if seconds >= 1 else f"{seconds * 1000:.1f} ms"


def figures(table, size):
    refresh, unchanged, bare = measure(size, "refresh_all", "refresh_unchanged", "bare_aging")
    table.at_most("refresh of all accounts, all rows written", size, refresh, bare, "bare SQL aging", 4)
    table.at_most("refresh of all accounts, nothing changed", size, unchanged, bare, "bare SQL aging", 4)
    batches = -(-refresh["made"]["accounts"] // 10_000)
    queries = refresh["queries"]
    table.row(
        f"    queries, {batches} batch(es) of 10,000 accounts",
        size,
        str(queries),
        "",
        "",
        "≤ 10 a batch",
        queries <= 10 * batches,
    )
    [hundred] = measure(size, "refresh_100", rounds=15)
    table.row(
        "refresh of 100 touched accounts",
        size,
        clock(hundred["seconds"]),
        "",
        "",
        "≤ 60 ms",
        hundred["seconds"] <= 0.06,
    )


def worklist(table, size):
    ours, stock = measure(size, "worklist", "stock_partners", rounds=15)
    table.at_most("worklist of a collector, first 80", size, ours, stock, "stock list of partners", 1.5)
    if size != SIZES[0]:
        small = results["worklist", SIZES[0]]
        name = f"at {SIZES[0]:,} items"
        table.at_most("    the same with more accounts", size, ours, small, name, 1.25)


def aging(table, size):
    for case, title, other in (
        ("aging", "as of today", "bare_aging"),
        ("aging_past", "as of 90 days ago", "bare_aging_past"),
    ):
        names = (case, f"{case}_held", other, other.replace("bare", "oca"))
        plain, held, bare, oca = measure(size, *names)
        table.at_most(f"aging report {title}, 80 groups, totals", size, plain, bare, "bare SQL", 2, 0.06)
        table.at_most("    with the held columns", size, held, bare, "bare SQL", 4, 0.06)
        times = 30 if case == "aging" else 25
        table.faster(
            "    against OCA account_financial_report",
            size,
            held["seconds"],
            oca["seconds"],
            "OCA",
            times,
            size >= 100_000,
        )
        memory = max(plain["memory"], held["memory"])
        table.row(
            "    memory", size, f"+{memory:.0f} MB", f"OCA +{oca['memory']:.0f} MB", "", "≤ +100 MB", memory <= 100
        )


def run(table, size):
    ours, bare = measure(size, "run_dunning", "bare_run")
    made = ours["made"]
    table.at_most(
        f"run: simulate + confirm ({made['notices']:,} notices, {made['lines']:,} items)",
        size,
        ours,
        bare,
        "bare SQL insert",
        3,
    )
    table.row("    queries", size, str(ours["queries"]), "", "", "bounded: ≤ 150", ours["queries"] <= 150)
    [following] = measure(size, "run_next_day", turns=1)
    made = following["made"]
    table.row(f"    on the next day ({made['notices']:,} notices)", size, clock(following["seconds"]), "", "", "")
    if size == SIZES[0] or FULL:
        [oca] = measure(size, "oca_run")
        title = f"    against OCA account_credit_control ({oca['made']['lines']:,} lines)"
        table.faster(title, size, ours["seconds"], oca["seconds"], "OCA", 25)
    else:
        table.row("    against OCA account_credit_control", size, "", "not measured: PEERS=full", "", "≥ 25 × faster")


def send(table, size):
    [ours] = measure(size, "send_mails", turns=1, rounds=2)
    count = ours["made"]["mails"]
    each = ours["seconds"] / max(count, 1)
    assert count and count == ours["made"]["asked"], f"{count} of {ours['made']['asked']} notices were queued"
    table.row(f"sending {count:,} e-mail notices, each", size, clock(each), "", "", "≤ 20 ms", each <= 0.02)
    if size == SIZES[0] or FULL:
        oca, statements = measure(size, "oca_mails", "oca_statements", turns=1, rounds=3)
        table.faster(
            "    against OCA's e-mails without PDF", size, each, oca["seconds"] / oca["made"]["mails"], "OCA", 4
        )
        table.faster(
            "    against OCA's statements as HTML",
            size,
            each,
            statements["seconds"] / statements["made"]["statements"],
            "OCA",
            1,
            False,
        )


def promises(table, size):
    [ours] = measure(size, "promises_nightly", turns=1, rounds=1)
    count = ours["made"]["promises"]
    each = ours["seconds"] / max(count, 1)
    title = f"nightly judgement of {count:,} promises, each"
    if size == SIZES[0]:
        table.row(title, size, clock(each), "", "", "")
        return
    small = results["promises_nightly", SIZES[0]]
    before = small["seconds"] / max(small["made"]["promises"], 1)
    name, ratio = f"at {SIZES[0]:,} items {clock(before)}", each / before
    table.row(title, size, clock(each), name, f"{ratio:.2f}", "≤ 1.25 × (linear)", ratio <= 1.25)


def statements(table, size):
    ours, bare, oca = measure(size, "statement_figures", "bare_statement_figures", "oca_statement_figures", rounds=3)
    title = f"statements: figures of {ours['made']['customers']:,} customers"
    table.at_most(title, size, ours, bare, "bare SQL", 3)
    table.faster("    against OCA partner_statement", size, ours["seconds"], oca["seconds"], "OCA", 5)
    html, oca = measure(size, "statement_html", "oca_statements", turns=1, rounds=3)
    table.at_most(f"    {html['made']['statements']} as HTML", size, html, oca, "OCA", 1)
    if size != SIZES[0]:
        return
    batch, single = measure(size, "statement_pdf", "statement_pdf_single", turns=1, rounds=1)
    one = single["seconds"] / single["made"]["statements"]
    each = batch["seconds"] / batch["made"]["statements"]
    table.faster("    a PDF in a batch of 100", size, each, one, "one by one", 2)
    few, many = measure(size, "statements_100", "statements_1000")
    more = many["memory"] - few["memory"]
    title = f"    memory of a batch of {many['made']['statements']:,}"
    ours, other = f"+{many['memory']:.0f} MB", f"of {few['made']['statements']}: +{few['memory']:.0f} MB"
    table.row(title, size, ours, other, "", "≤ 50 MB more", more <= 50)


SECTIONS = {
    "figures": figures,
    "worklist": worklist,
    "aging": aging,
    "run": run,
    "send": send,
    "promises": promises,
    "statements": statements,
}


def main():
    table = Table()
    for key, section in SECTIONS.items():
        if ONLY and key not in ONLY:
            continue
        for size in SIZES:
            section(table, size)
    table.show()
    if ENV.get("JSON"):
        Path(ENV["JSON"]).write_text(
            json.dumps([{"items": size, **found} for (_name, size), found in results.items()], indent=1)
        )


if __name__ == "__main__":
    main()
