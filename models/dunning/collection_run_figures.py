from odoo import api, fields, models
from odoo.tools import SQL, format_date


class CollectionRun(models.Model):
    """What a run says of itself: how fresh the bank data is, what went out by which channel, what was left out and why."""

    _inherit = "collection.run"

    warnings = fields.Text(
        readonly=True, copy=False, help="What to know before confirming: old bank data, no address to write from."
    )
    simulated_seconds = fields.Float(string="Prepared In (Seconds)", readonly=True, copy=False, digits=(12, 1))
    done_on = fields.Datetime(readonly=True, copy=False, help="When everything of it was sent or done.")
    duration = fields.Float(
        string="Duration (Hours)",
        compute="_compute_duration",
        help="From confirming until everything was sent or done.",
    )
    reason_ids = fields.One2many("collection.run.reason", "run_id", string="Left Out by Reason", readonly=True)
    figures = fields.Html(
        compute="_compute_figures", sanitize=False, help="Notices by channel and state, amounts by currency."
    )

    def _guarded_fields(self):
        return super()._guarded_fields() | {"warnings", "simulated_seconds", "done_on", "reason_ids"}

    @api.depends("confirmed_on", "done_on")
    def _compute_duration(self):
        for run in self:
            both = run.confirmed_on and run.done_on
            run.duration = (run.done_on - run.confirmed_on).total_seconds() / 3600 if both else 0

    @api.depends("notice_ids.state", "notice_ids.channel", "notice_ids.amount")
    def _compute_figures(self):
        Notice, Line = self.env["collection.notice"], self.env["collection.notice.line"]
        channels = dict(Notice._selection_channel())
        states = dict(Notice._fields["state"]._description_selection(self.env))
        for run in self:
            going = [("run_id", "=", run.id), ("state", "not in", ("suppressed", "cancelled"))]
            counts = Notice._read_group(going, ["channel", "state"], ["__count"])
            amounts = Notice._read_group(going, ["channel"], ["amount:sum"])
            totals = Line._read_group(
                [("notice_id.run_id", "=", run.id), ("counted", "=", True)],
                ["currency_id"],
                ["amount_currency:sum", "__count"],
            )
            shown = [state for state in states if any(each == state for _channel, each, _count in counts)]
            values = {
                "run": run,
                "states": [(state, states[state]) for state in shown],
                "rows": [(channels[channel], amount, channel) for channel, amount in amounts],
                "counts": {(channel, state): count for channel, state, count in counts},
                "totals": totals,
            }
            run.figures = self.env["ir.qweb"]._render("account_collections.run_figures", values) if counts else False

    # ------------------------------------------------------------------
    # Before confirming
    # ------------------------------------------------------------------

    def _find_warnings(self):
        """What the person who confirms should know; one line each.

        :return: text, or False
        """
        self.ensure_one()
        company, day = self.company_id, self.bank_date
        today = company._collection_today()
        found = []
        if not day:
            found.append(
                self.env._("No payment and no bank statement line is known: whoever has paid would be reminded too.")
            )
        elif company._collection_add_business_days(day, company.collection_bank_days) < today:
            found.append(
                self.env._(
                    "Bank data ends on %(date)s, more than %(days)s business days ago: customers who paid since would be reminded.",
                    date=format_date(self.env, day),
                    days=company.collection_bank_days,
                )
            )
        if not company.email:
            found.append(
                self.env._(
                    "%(company)s has no e-mail address: notices go out from the collector's address, or from that of whoever sends. "
                    "Enter one on the company.",
                    company=company.name,
                )
            )
        return "\n".join(found) or False

    # ------------------------------------------------------------------
    # Figures that stay
    # ------------------------------------------------------------------

    def _insert_reasons(self):
        """What this run leaves out, added up by reason and currency: later runs move the single rows on."""
        self.env.cr.execute(
            SQL(
                """
                DELETE FROM collection_run_reason WHERE run_id = %(run)s;
                INSERT INTO collection_run_reason (run_id, company_id, date, reason, currency_id, item_count, account_count,
                                                   amount_currency, amount, create_uid, create_date, write_uid, write_date)
                SELECT %(run)s, %(company)s, %(today)s, reason, currency_id, COUNT(*), COUNT(DISTINCT account_id), SUM(open_cur),
                       ROUND(SUM(open), %(digits)s), %(stamp)s
                  FROM collection_run_item WHERE reason IS NOT NULL GROUP BY reason, currency_id
                """,
                **self._insert_parameters(),
            )
        )
