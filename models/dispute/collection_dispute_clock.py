import pytz

from odoo import api, fields, models
from odoo.fields import Domain

from .collection_dispute import RUNNING

# Percent of the time used, and the column with the moment; the last one goes to the team's lead a working day later.
REMINDERS = {50: "due_50", 80: "due_80", 100: "deadline", 101: "due_lead"}
LEAD_HOURS = 8.0


class CollectionDispute(models.Model):
    """Deadlines in working hours. The clock stops only while the customer is asked."""

    _inherit = "collection.dispute"

    hours = fields.Float(string="Time Allowed", readonly=True, copy=False, help="Working hours.")
    hours_left = fields.Float(
        readonly=True, copy=False, help="Working hours that were left when the wait for the customer began."
    )
    deadline = fields.Datetime(readonly=True, copy=False, help="Until when it must be decided, in the team's hours.")
    due_50 = fields.Datetime(string="Half of the Time", readonly=True, copy=False)
    due_80 = fields.Datetime(string="80 % of the Time", readonly=True, copy=False)
    due_lead = fields.Datetime(string="Passed to the Lead", readonly=True, copy=False)
    reminder_level = fields.Integer(readonly=True, copy=False, aggregator=None)
    round_number = fields.Integer(default=0, readonly=True, copy=False)
    waiting_until = fields.Date(
        readonly=True, copy=False, help="Last day for the customer's answer; then it goes on as not supported."
    )
    waiting_remind_on = fields.Date(readonly=True, copy=False)
    is_late = fields.Boolean(string="Late", compute="_compute_is_late", search="_search_is_late")
    proposal = fields.Char(readonly=True, copy=False, help="What the system proposes.")

    _deadline_idx = models.Index("(deadline) WHERE state IN ('routed', 'in_review')")
    _waiting_idx = models.Index("(waiting_until) WHERE state = 'waiting_customer'")
    _account_idx = models.Index("(account_id, state, deadline)")

    @api.depends("deadline", "state")
    def _compute_is_late(self):
        now = fields.Datetime.now()
        for dispute in self:
            dispute.is_late = dispute.state in RUNNING and bool(dispute.deadline) and dispute.deadline < now

    def _search_is_late(self, operator, value):
        if operator != "in":
            return NotImplemented
        late = Domain("state", "in", RUNNING) & Domain("deadline", "<", fields.Datetime.now())
        return Domain.OR([late] * (True in value) + [~late] * (False in value))

    def _guarded_fields(self):
        return super()._guarded_fields() | {
            *("hours", "hours_left", "deadline", "due_50", "due_80", "due_lead", "reminder_level", "round_number"),
            *("waiting_until", "waiting_remind_on", "proposal"),
        }

    # ------------------------------------------------------------------
    # The clock
    # ------------------------------------------------------------------

    def _start_clock(self):
        """Start a new round with the full time of the reason."""
        for dispute in self:
            dispute._unguarded().write(
                {
                    "hours": dispute.reason_id.hours,
                    "reminder_level": 0,
                    "round_number": dispute.round_number + 1,
                    "proposal": False,
                    **dispute._clock_vals(dispute.reason_id.hours, dispute.reason_id.hours),
                }
            )

    def _clock_vals(self, left, total):
        """The moments at which reminders and the deadline come when `left` of `total` working hours remain from now on."""
        self.ensure_one()
        calendar = self.team_id._collection_calendar(self.company_id)
        now = fields.Datetime.now()

        def plan(hours):
            return calendar.plan_hours(hours, now, compute_leaves=True) if hours > 0 else now

        deadline = plan(left)
        return {
            "due_50": plan(left - 0.5 * total),
            "due_80": plan(left - 0.2 * total),
            "deadline": deadline,
            "due_lead": calendar.plan_hours(LEAD_HOURS, deadline, compute_leaves=True),
            "hours_left": left,
        }

    def _hours_left_now(self):
        """Working hours from now to the deadline; 0 when it has passed."""
        self.ensure_one()
        now = fields.Datetime.now()
        if not self.deadline or self.deadline <= now:
            return 0.0
        calendar = self.team_id._collection_calendar(self.company_id)
        return calendar.get_work_hours_count(pytz.utc.localize(now), pytz.utc.localize(self.deadline))

    def _on_team_changed(self):
        """Another team: its hours count, whoever was assigned stays only as a member of it."""
        for dispute in self:
            team = dispute.team_id
            if dispute.user_id and dispute.user_id not in team.member_ids | team.user_id:
                dispute.with_context(dispute_routing=True).user_id = False
            if dispute.state in RUNNING and dispute.deadline:
                left = dispute._hours_left_now()
                if left:
                    dispute._unguarded().write(dispute._clock_vals(left, dispute.hours))
        self.filtered(lambda dispute: dispute.state in RUNNING)._notify_team()

    # ------------------------------------------------------------------
    # Waiting for the customer
    # ------------------------------------------------------------------

    def _set_waiting(self):
        """Stop the clock until the customer answers or the wait ends."""
        for dispute in self:
            company = dispute.company_id
            today = company._collection_today()
            days = company.collection_dispute_waiting_days
            dispute._update_state(
                RUNNING,
                "waiting_customer",
                hours_left=dispute._hours_left_now(),
                waiting_until=company._collection_add_business_days(today, days),
                waiting_remind_on=company._collection_add_business_days(today, (days + 1) // 2),
                proposal=False,
            )

    def _end_waiting(self, proposal=False):
        """The clock goes on with the hours that were left; reminders that went out do not come again."""
        for dispute in self:
            if dispute._update_state(("waiting_customer",), "in_review", proposal=proposal):
                clock = dispute._clock_vals(dispute.hours_left, dispute.hours)
                dispute._unguarded().write({**clock, "waiting_until": False, "waiting_remind_on": False})
                account = dispute.sudo().account_id
                if account.stage == "awaiting_documents":
                    account._set_stage("disputed", self.env._("%(dispute)s goes on", dispute=dispute.name), dispute)

    # ------------------------------------------------------------------
    # Unattended
    # ------------------------------------------------------------------

    @api.model
    def _cron_dispute(self):
        """Reminders and their climbing, the end of waiting, holds that no longer fit: in batches, each committed."""
        if self.env["collection.batches"]._work((self, *work) for work in self._due_work()):
            self._judge_all()
            self.env["ir.cron"]._commit_progress(1)

    @api.model
    def _due_work(self):
        """(domain, method) of what is due by the clock."""
        now = fields.Datetime.now()
        reminders = Domain.OR(
            Domain("reminder_level", "<", level) & Domain(column, "<=", now) for level, column in REMINDERS.items()
        )
        companies = self.env["res.company"].search([]).grouped(lambda company: company._collection_today())
        waiting = Domain("state", "=", "waiting_customer")

        def by_day(column, operator):
            return Domain.OR(
                Domain("company_id", "in", group.ids) & Domain(column, operator, day)
                for day, group in companies.items()
            )

        model = type(self)
        return [
            (Domain("state", "in", RUNNING) & reminders, model._remind),
            (waiting & by_day("waiting_until", "<"), model._give_up_waiting),
            (waiting & by_day("waiting_remind_on", "<="), model._remind_customer),
        ]

    def _remind(self):
        """Remind whoever works on it of the time used; after the deadline the team's lead. Each once in a round."""
        now = fields.Datetime.now()
        for dispute in self:
            level = max(each for each, column in REMINDERS.items() if dispute[column] and dispute[column] <= now)
            if level <= dispute.reminder_level:
                continue
            climbs = level > 100
            dispute._unguarded().reminder_level = level
            dispute._log_event(
                "climb" if climbs else "reminder",
                note=dispute._reminder_text(level),
                key=f"reminder:{dispute.round_number}:{level}",
            )
            dispute._add_resolver_task(dispute._reminder_text(level), to_lead=climbs)
        self.env["collection.account"]._touch(accounts=self.account_id.ids)

    def _reminder_text(self, level):
        when = self.company_id._collection_local_time(self.deadline)
        if level > 100:
            return self.env._("Late and not decided: due %(when)s", when=when)
        if level == 100:
            return self.env._("The time is over: due %(when)s", when=when)
        return self.env._("%(percent)s %% of the time is used: due %(when)s", percent=level, when=when)

    def _give_up_waiting(self):
        """The customer did not answer: the clock goes on, with the proposal to refuse it."""
        proposal = self.env._("Invalid, unsupported: the customer did not answer in time.")
        self._end_waiting(proposal=proposal)
        for dispute in self:
            dispute._add_resolver_task(proposal)
