import time

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Domain
from odoo.tools import SQL, format_date


class CollectionRun(models.Model):
    _name = "collection.run"
    _description = "Dunning Run"
    _inherit = ["collection.guard", "mail.thread"]
    _order = "date desc, id desc"
    _check_company_auto = True

    name = fields.Char(string="Reference", default="/", readonly=True, copy=False)
    company_id = fields.Many2one("res.company", required=True, default=lambda self: self.env.company, index=True)
    currency_id = fields.Many2one(related="company_id.currency_id")
    date = fields.Date(
        string="Business Date", readonly=True, copy=False, help="Date for which the steps were worked out."
    )
    state = fields.Selection(
        [("draft", "Draft"), ("simulated", "Simulated"), ("confirmed", "Confirmed"), ("done", "Done")],
        required=True,
        default="draft",
        readonly=True,
        copy=False,
        tracking=True,
        help="Simulated: to be looked at, nothing is sent. Confirmed: notices are being sent. Done: all of them have an outcome.",
    )
    is_automatic = fields.Boolean(readonly=True, copy=False)
    confirmed_by_id = fields.Many2one("res.users", readonly=True, copy=False)
    confirmed_on = fields.Datetime(readonly=True, copy=False)
    bank_date = fields.Date(
        string="Bank Data Up To",
        readonly=True,
        copy=False,
        help="Date of the last payment or bank statement line known to the run.",
    )
    notice_ids = fields.One2many("collection.notice", "run_id", string="Notices")
    going_out_ids = fields.One2many("collection.notice", "run_id", domain=[("state", "!=", "suppressed")])
    to_send_count = fields.Integer(string="To Send", compute="_compute_counts")
    to_do_count = fields.Integer(string="To Do by People", compute="_compute_counts")
    sent_count = fields.Integer(string="Sent or Done", compute="_compute_counts")
    failed_count = fields.Integer(string="Failed or Bounced", compute="_compute_counts")
    suppressed_count = fields.Integer(
        string="Left Out",
        readonly=True,
        copy=False,
        help="Items that had come to a step and were left out, each with its reason.",
    )
    amount_asked = fields.Monetary(string="Amount Asked For", compute="_compute_counts")

    # ------------------------------------------------------------------
    # Computes
    # ------------------------------------------------------------------

    @api.depends("notice_ids.state", "notice_ids.recipient_email", "notice_ids.amount")
    def _compute_counts(self):
        Notice = self.env["collection.notice"]
        mine = Domain("run_id", "in", self.ids)
        groups = Notice._read_group(mine, ["run_id", "state"], ["__count", "amount:sum"])
        by_mail = Notice._read_group(
            mine & Domain("state", "=", "due") & Domain("recipient_email", "!=", False), ["run_id"], ["__count"]
        )
        self.to_send_count = self.to_do_count = self.sent_count = self.failed_count = 0
        self.amount_asked = 0.0
        for run, count in by_mail:
            run.to_send_count = count
        for run, state, count, amount in groups:
            if state == "due":
                run.to_do_count = count - run.to_send_count
            elif state in ("queued", "sent"):
                run.sent_count += count
            elif state in ("failed", "bounced"):
                run.failed_count += count
            if state not in ("suppressed", "cancelled"):
                run.amount_asked += amount

    def _guarded_fields(self):
        names = "name date state is_automatic confirmed_by_id confirmed_on bank_date notice_ids going_out_ids suppressed_count"
        return frozenset(names.split())

    @api.model_create_multi
    def create(self, vals_list):
        runs = super().create(vals_list)
        for run in runs:
            run._unguarded().name = self.env["ir.sequence"].sudo().next_by_code("collection.run") or "/"
        return runs

    def write(self, vals):
        if "company_id" in vals and any(run.state != "draft" for run in self):
            raise UserError(self.env._("A run stays with the company for which it was simulated."))
        return super().write(vals)

    def unlink(self):
        """Take what was only planned along; the rows of what was left out stay, without the run."""
        plans = self.sudo().filtered(lambda run: run.state in ("draft", "simulated"))
        plans._drop_plan()
        plans.notice_ids._unguarded().write({"run_id": False})
        return super().unlink()

    @api.ondelete(at_uninstall=False)
    def _unlink_except_append_only(self):
        """A draft that sent nothing may go; what was confirmed stays."""
        if any(run.state in ("confirmed", "done") for run in self):
            raise UserError(self.env._("A confirmed run is kept as a record of what was sent."))

    # ------------------------------------------------------------------
    # Actions
    # ------------------------------------------------------------------

    def action_simulate(self):
        """Work out who gets what and who does not, and why; nothing is sent.

        May be repeated; a simulation that somebody left unconfirmed in the same company gives way to the new one.
        """
        self.check_access("write")
        for run in self:
            company, started = run.company_id, time.monotonic()
            run._check_ready()
            run._lock_company(company)
            run._discard_simulations()
            run._unguarded().write({"date": company._collection_today(), "bank_date": run._bank_date()})
            # Notices are written by sets for every account of the company, whatever portfolio the user has.
            run.sudo()._prepare_notices()
            run._update_state(("draft", "simulated"), "simulated")
            run._unguarded().write({"warnings": run._find_warnings(), "simulated_seconds": time.monotonic() - started})

    def action_confirm(self):
        """Let the notices go: e-mails are sent in the background, letters and calls stand in the lists of those who do them."""
        self.check_access("write")
        if not self.env.user.has_group("account_collections.group_assistant_manager") and not self.env.su:
            raise UserError(self.env._("Only assistant managers and managers confirm runs."))
        for run in self:
            run._lock()
            if run.state != "simulated":
                raise UserError(self.env._("%(run)s must be simulated before it is confirmed.", run=run.name))
            if run.date != run.company_id._collection_today():
                raise UserError(
                    self.env._(
                        "%(run)s was simulated for %(date)s. Simulate it again for today.",
                        run=run.name,
                        date=format_date(self.env, run.date),
                    )
                )
            run.sudo()._recheck_waiting()
            run.sudo()._join_waiting_notices()
            self.env.cr.execute(
                SQL(
                    "UPDATE collection_notice SET ready = NOT needs_release WHERE run_id = %s AND state = 'due'", run.id
                )
            )
            run._update_state(
                ("simulated",), "confirmed", confirmed_by_id=self.env.uid, confirmed_on=fields.Datetime.now()
            )
            self.env["collection.notice"].sudo()._ask_for_final_demands(run)
            run.sudo()._mark_policies_used()
            run.sudo()._hand_out_tasks()
            run.sudo()._close_if_done()
        self.env["collection.notice"].invalidate_model(flush=False)
        self.sudo()._touch_called_accounts()
        self.env["collection.notice"]._trigger_sending()

    def action_view_left_out(self):
        """The items that were left out on the run's day, by reason; the context key `run_reason` names one."""
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "account_collections.collection_notice_line_action_left_out"
        )
        action["domain"] = [
            ("company_id", "=", self.company_id.id),
            ("suppress_reason", "!=", False),
            ("date_first", "<=", self.date),
            ("date_last", ">=", self.date),
        ]
        if reason := self.env.context.get("run_reason"):
            action["domain"].append(("suppress_reason", "=", reason))
            action["context"] = {}
        action["display_name"] = self.env._("Left out by %(run)s", run=self.name)
        return action

    def action_view_notices(self):
        """The run's notices; the context key `run_filter` names the search filter to start with."""
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id("account_collections.collection_notice_action")
        action["domain"] = [("run_id", "=", self.id)]
        chosen = self.env.context.get("run_filter")
        action["context"] = {f"search_default_{chosen}": 1} if chosen else {}
        action["display_name"] = self.env._("Notices of %(run)s", run=self.name)
        return action

    # ------------------------------------------------------------------
    # Business methods
    # ------------------------------------------------------------------

    def _check_ready(self):
        """Refuse to simulate without a usable policy, or once the run went out."""
        self.ensure_one()
        if self.state in ("confirmed", "done"):
            raise UserError(self.env._("%(run)s is confirmed already. Make a new run.", run=self.name))
        if not self.company_id.collection_policy_id:
            raise UserError(
                self.env._(
                    "%(company)s has no dunning policy. Choose one in the settings.", company=self.company_id.name
                )
            )
        policies = self._policies_in_use(self.company_id)
        if not policies & self.company_id.collection_policy_id._family():
            raise UserError(
                self.env._(
                    "No version of policy %(policy)s is valid today. Put one in force.",
                    policy=self.company_id.collection_policy_id.name,
                )
            )
        policies._check_usable()

    def _lock(self):
        """Hold the run against a second user or worker who confirms it.

        :raise UserError: somebody else is at it
        """
        self.flush_recordset()
        if not self.try_lock_for_update(allow_referencing=True):
            raise UserError(self.env._("%(run)s is being confirmed by somebody else.", run=self.name))
        self.invalidate_recordset(["state"])

    def _discard_simulations(self):
        """Take back what was only simulated in this company, in this run or another: it was never more than a plan."""
        others = self.sudo().search([("company_id", "=", self.company_id.id), ("state", "=", "simulated")])
        others._drop_plan()
        (others - self)._update_state(("simulated",), "draft")

    def _drop_plan(self):
        """Forget the notices of runs that were not confirmed."""
        self.env.flush_all()
        self.env.cr.execute(
            SQL(
                "DELETE FROM collection_notice WHERE run_id IN %s AND state = 'due' AND NOT ready",
                tuple(self.ids) or (0,),
            )
        )
        self.env.invalidate_all(flush=False)

    def _bank_date(self):
        """Date of the company's last bank statement line or customer payment: how fresh the cash is that the run knows."""
        [[day]] = self.env.execute_query(
            SQL(
                """SELECT GREATEST(
                       (SELECT MAX(m.date) FROM account_bank_statement_line s JOIN account_move m ON m.id = s.move_id
                         WHERE m.company_id = %(company)s AND m.state = 'posted' AND m.date <= %(today)s),
                       (SELECT MAX(p.date) FROM account_payment p
                         WHERE p.company_id = %(company)s AND p.payment_type = 'inbound' AND p.state IN ('in_process', 'paid')
                           AND p.date <= %(today)s))""",
                company=self.company_id.id,
                today=self.company_id._collection_today(),
            )
        )
        return day
