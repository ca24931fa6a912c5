"""The add-on's own cases, and the bare SQL that writes the same rows."""

from datetime import timedelta

from harness import case

from odoo.tools.misc import split_every

# ------------------------------------------------------------------
# Figures
# ------------------------------------------------------------------


@case
def refresh_all(bench):
    """The figures of all accounts on a new business date: every row is written."""
    accounts = bench.env["collection.account"].sudo().search([])

    def run():
        return {"accounts": len(accounts), "written": accounts._refresh()}

    run.rewrites = "collection_account"
    return run


@case
def refresh_unchanged(bench):
    """The same when nothing changed."""
    accounts = bench.env["collection.account"].sudo().search([])
    accounts._refresh()

    def run():
        return {"accounts": len(accounts), "written": accounts._refresh()}

    return run


@case
def refresh_100(bench):
    """What follows the commit of a transaction that touched an item of each of 100 accounts."""
    rows = bench.sql(
        "SELECT MAX(l.id) FROM account_move_line l WHERE l.account_id IN %s AND l.reconciled IS NOT TRUE AND l.parent_state = 'posted'"
        " GROUP BY l.partner_id ORDER BY MD5(l.partner_id::text) LIMIT 100",
        [bench.receivables],
    )
    lines = [row[0] for row in rows]

    def run():
        Account = bench.env["collection.account"].sudo()
        Account._touch(lines=lines)
        return {"accounts": len(Account._refresh_touched())}

    return run


# ------------------------------------------------------------------
# Worklist
# ------------------------------------------------------------------

# Fields that the list's widgets read beside their own.
WIDGET_FIELDS = {
    "collection_aging_bar": "aging_current aging_1 aging_2 aging_3 aging_4 aging_5 aging_labels currency_id",
    "list_activity": "activity_exception_decoration activity_exception_icon activity_state activity_summary"
    " activity_type_icon activity_type_id",
}


def _read_by(view):
    """What the web client asks for to show a list: every field of the view, hidden columns too, and what its widgets need."""
    from lxml import etree

    model = view["models"]["collection.account"]["fields"]
    names = {}
    for node in etree.fromstring(view["views"]["list"]["arch"]).iter("field"):
        for name in (node.get("name"), *WIDGET_FIELDS.get(node.get("widget"), "").split()):
            kind = model[name]["type"] if name in model else None
            names[name] = (
                {"fields": {"display_name": {}} if kind == "many2one" else {}}
                if kind in ("many2one", "one2many", "many2many")
                else {}
            )
    return names


@case
def worklist(bench):
    """A collector opens the worklist as the menu does: own accounts and nobody's, by priority, the first 80."""
    collector = bench.env["res.users"].sudo().search([("login", "=", "collector0")])
    env = bench.env_of(collector.id)
    action = env.ref("account_collections.collection_worklist_action").sudo()
    view = action.view_ids.filtered(lambda each: each.view_mode == "list").view_id
    shown = _read_by(env["collection.account"].get_views([(view.id, "list"), (False, "search")]))
    domain = [("on_worklist", "=", True), "|", ("collector_id", "=", collector.id), ("collector_id", "=", False)]

    def run():
        found = env["collection.account"].web_search_read(domain, shown, limit=80, count_limit=10001)
        return {"rows": len(found["records"]), "of": found["length"], "fields": len(shown)}

    return run


# ------------------------------------------------------------------
# Aging report
# ------------------------------------------------------------------


def _aging(bench, day, held):
    """The report's list by customer, as the web client asks for it: the first 80 groups, their number, every column's totals."""
    from lxml import etree

    Report = bench.env["collection.aging.report"].with_context(collection_as_of=str(day))
    arch = Report.get_view(bench.env.ref("account_collections.collection_aging_report_view_list").id, "list")["arch"]
    described = Report.fields_get()
    names = [node.get("name") for node in etree.fromstring(arch).iter("field")]
    names = [
        name
        for name in names
        if described[name].get("aggregator") and (held or name not in ("amount_held", "amount_free"))
    ]
    sums = [f"{name}:{described[name]['aggregator']}" for name in names]
    for name in names:
        if currency := described[name].get("currency_field"):
            sums += [f"{currency}:array_agg_distinct", f"{name}:sum_currency"]
    sums = list(dict.fromkeys(sums))
    reading = {"partner_id": {"display_name": {}}}

    def run():
        found = Report.web_read_group([], ["partner_id"], sums, limit=80, groupby_read_specification=reading)
        return {"groups": len(found["groups"]), "of": found["length"], "sums": len(sums)}

    return run


@case
def aging(bench):
    return _aging(bench, bench.today, held=False)


@case
def aging_held(bench):
    return _aging(bench, bench.today, held=True)


@case
def aging_past(bench):
    return _aging(bench, bench.today - timedelta(days=90), held=False)


@case
def aging_past_held(bench):
    return _aging(bench, bench.today - timedelta(days=90), held=True)


# ------------------------------------------------------------------
# Runs
# ------------------------------------------------------------------

NOTICES = "SELECT * FROM collection_notice WHERE run_id = %s"
LINES = "SELECT l.* FROM collection_notice_line l JOIN collection_notice n ON n.id = l.notice_id WHERE n.run_id = %s"


def _made_by(bench, run):
    notices = bench.sql(f"SELECT COUNT(*), COUNT(*) FILTER (WHERE state = 'due') FROM ({NOTICES}) z", [run.id])[0]
    [(lines,)] = bench.sql(f"SELECT COUNT(*) FROM ({LINES}) z", [run.id])
    return {"notices": notices[0], "ready": notices[1], "lines": lines}


@case
def run_dunning(bench):
    """Simulate and confirm: afterwards the notices wait to be sent, and what was left out stands with its reason."""
    Run = bench.env["collection.run"]

    def run():
        started = bench.stopwatch()
        made = Run.create({"company_id": 1})
        made.action_simulate()
        simulated = bench.stopwatch()
        made.action_confirm()
        parts = {"simulate": simulated - started, "confirm": bench.stopwatch() - simulated}
        return {"parts": parts, **_made_by(bench, made)}

    return run


@case
def bare_run(bench):
    """The rows that a run writes, inserted once more from tables that hold them, into the same tables with all their indexes."""
    made = bench.env["collection.run"].create({"company_id": 1})
    made.action_simulate()
    made.action_confirm()
    bench.env.flush_all()
    info = _made_by(bench, made)
    bench.sql(f"CREATE TEMPORARY TABLE kept_notice AS {NOTICES}", [made.id])
    bench.sql(f"CREATE TEMPORARY TABLE kept_line AS {LINES}", [made.id])
    bench.sql("DELETE FROM collection_notice_line WHERE id IN (SELECT id FROM kept_line)")
    bench.sql("DELETE FROM collection_notice WHERE run_id = %s", [made.id])
    bench.sql("ANALYZE kept_notice; ANALYZE kept_line")

    def run():
        bench.sql("INSERT INTO collection_notice SELECT * FROM kept_notice")
        bench.sql("INSERT INTO collection_notice_line SELECT * FROM kept_line")
        return info

    return run


@case
def run_next_day(bench):
    """The daily run when everything was sent the day before and little is new: the whole ledger is looked at, few rows are written."""
    first = bench.env["collection.run"].create({"company_id": 1})
    first.action_simulate()
    first.action_confirm()
    bench.env.flush_all()
    bench.sql(
        "UPDATE collection_notice SET state = 'sent', sent_on = %s WHERE run_id = %s AND state = 'due'",
        [bench.today - timedelta(days=1), first.id],
    )
    bench.sql("ANALYZE collection_notice; ANALYZE collection_notice_line")

    def run():
        made = bench.env["collection.run"].create({"company_id": 1})
        made.action_simulate()
        made.action_confirm()
        return _made_by(bench, made)

    return run


# ------------------------------------------------------------------
# Sending
# ------------------------------------------------------------------


@case
def send_mails(bench):
    """Hand over up to 1,000 e-mails to Odoo's queue, as the job does, in its batches."""
    from odoo.addons.account_collections.models.dunning.collection_notice_send import _BATCH

    made = bench.env["collection.run"].create({"company_id": 1})
    made.action_simulate()
    made.action_confirm()
    bench.env.flush_all()
    Notice = bench.env(su=True)["collection.notice"]
    Notice.search([("run_id", "=", made.id)]).step_id.attach_documents = False
    bench.env.flush_all()
    bench.sql("ANALYZE collection_notice; ANALYZE collection_notice_line")
    rows = bench.sql(
        "SELECT id FROM collection_notice WHERE run_id = %s AND state = 'due' AND ready AND channel = 'email'"
        " AND date_not_before <= %s ORDER BY id LIMIT 1000",
        [made.id, bench.today],
    )
    ids = [row[0] for row in rows]

    def run():
        queued = 0
        for batch in split_every(_BATCH, ids, list):
            queued += len(Notice.browse(batch)._send())
            bench.env.flush_all()
            bench.env.invalidate_all()  # as after the job's commit
        return {"mails": queued, "asked": len(ids)}

    return run
