from odoo import api, fields, models
from odoo.tools import SQL, format_date

from .collection_plan import LIVE, PREPARED, STATES


class CollectionAccount(models.Model):
    """What plans of action say of the account: whether one is needed, the one in force, its next step."""

    _inherit = "collection.account"

    plan_ids = fields.One2many("collection.plan", "account_id", string="Plans of Action")
    plan_is_set = fields.Boolean(
        string="Has a Plan", readonly=True, help="One is submitted, approved or being carried out."
    )
    plan_step_date = fields.Date(
        string="Plan Step Due", readonly=True, help="The earliest open step of the plan that is carried out."
    )
    plan_late_count = fields.Integer(string="Late Plan Steps", readonly=True, aggregator=None)
    plan_rule_id = fields.Many2one(
        "collection.plan.rule",
        string="Plan Mandatory Because",
        readonly=True,
        ondelete="set null",
        help="The first rule that asks for a plan of action, whether there is one or not.",
    )
    plan_required_date = fields.Date(
        string="Plan Missing Since",
        readonly=True,
        help="A rule asks for a plan of action, and none is submitted or in force.",
    )
    plan_id = fields.Many2one("collection.plan", string="Plan of Action", compute="_compute_plan")
    plan_state = fields.Selection(STATES, string="Plan Is", compute="_compute_plan")
    plan_returned_reason = fields.Text(string="Why the Plan Was Returned", compute="_compute_plan")
    plan_step_id = fields.Many2one("collection.plan.step", string="Next Step", compute="_compute_plan")
    plan_step_text = fields.Char(string="What Comes Next", compute="_compute_plan")
    plan_missing_text = fields.Char(string="Why a Plan Is Missing", compute="_compute_plan_missing_text")
    plan_count = fields.Integer(string="Plans", compute="_compute_plan")

    def _guarded_fields(self):
        return super()._guarded_fields() | {
            *("plan_is_set", "plan_step_date", "plan_late_count", "plan_rule_id", "plan_required_date"),
        }

    @api.depends("plan_ids.state", "plan_ids.step_ids.state")
    def _compute_plan(self):
        """The plan that is worked on: what is in force, else what is being prepared."""
        for account in self:
            plans = account.plan_ids
            live = plans.filtered(lambda plan: plan.state in LIVE)
            account.plan_count = len(plans)
            account.plan_id = (live or plans.filtered(lambda plan: plan.state in PREPARED))[:1]
            account.plan_state = account.plan_id.state
            account.plan_returned_reason = account.plan_id.returned_reason
            account.plan_step_id, account.plan_step_text = live.next_step_id[:1], live[:1].next_step_text

    @api.depends("plan_rule_id", "plan_required_date")
    def _compute_plan_missing_text(self):
        for account in self:
            account.plan_missing_text = account.plan_required_date and self.env._(
                "A plan of action is mandatory since %(date)s: %(rule)s",
                date=format_date(self.env, account.plan_required_date),
                rule=account.plan_rule_id.name,
            )

    # ------------------------------------------------------------------
    # Refresh
    # ------------------------------------------------------------------

    @api.model
    def _refresh_cases(self):
        return [
            *super()._refresh_cases(),
            (
                SQL(
                    "collection_plan p JOIN scope s ON s.id = p.account_id"
                    " LEFT JOIN collection_plan_step step ON step.plan_id = p.id AND step.state = 'open' AND p.state = 'active'"
                    " WHERE p.state IN ('submitted', 'approved', 'active')"
                ),
                SQL("p.account_id"),
                {
                    "plan_is_set": SQL("TRUE"),
                    "plan_step_date": SQL("MIN(step.due_date)"),
                    "plan_late_count": SQL("COUNT(step.id) FILTER (WHERE step.due_date < s.today)"),
                },
            ),
        ]

    @api.model
    def _refresh_kept(self):
        return (*super()._refresh_kept(), "plan_required_date")

    @api.model
    def _plan_rule_case(self):
        """The rule that asks for a plan, as SQL over `n`. Credit hold is what the status says of it, whichever room does."""
        holds = [when for _rank, name, when in self._refresh_status_cases() if name == "credit_hold"]
        on_hold = SQL(" OR ").join(SQL("(%s)", when) for when in holds) if holds else SQL("FALSE")
        return self.env["collection.plan.rule"]._case(on_hold)

    @api.model
    def _plan_missing_condition(self):
        """A rule asks for a plan and there is none, as SQL over `n`."""
        return SQL("(NOT n.plan_is_set AND (%s) IS NOT NULL)", self._plan_rule_case())

    @api.model
    def _refresh_derived_columns(self):
        return {
            **super()._refresh_derived_columns(),
            "plan_rule_id": self._plan_rule_case(),
            "plan_required_date": SQL(
                "CASE WHEN %s THEN COALESCE(n.plan_required_date, n.figures_date) END", self._plan_missing_condition()
            ),
        }

    @api.model
    def _refresh_due_conditions(self):
        """A step that is due, or a plan that has to be drawn up while there is something to collect; once the account is worked,
        on the next day again."""
        return [
            *super()._refresh_due_conditions(),
            SQL("n.plan_step_date <= n.figures_date AND COALESCE(n.last_worked_date < n.figures_date, TRUE)"),
            SQL(
                "n.amount_collectible > 0 AND COALESCE(n.last_worked_date < n.figures_date, TRUE) AND %s",
                self._plan_missing_condition(),
            ),
        ]

    # ------------------------------------------------------------------
    # Merging customers
    # ------------------------------------------------------------------

    def _repoint(self, kept):
        """Of two plans in force, or in preparation, that of the joined account gives way: an account has one of each."""
        for target, states in (("superseded", LIVE), ("cancelled", PREPARED)):
            plans = self.env["collection.plan"].search([("account_id", "=", self.id), ("state", "in", states)])
            if plans and self.env["collection.plan"].search_count(
                [("account_id", "=", kept.id), ("state", "in", states)], limit=1
            ):
                reason = self.env._("Joined with account %(number)s", number=kept.name)
                if waiting := plans.filtered(lambda plan: plan.approval_state == "waiting"):
                    waiting._void_approvals(reason)
                plans._close((*states, "draft"), target, reason)
        self.env.flush_all()
        return super()._repoint(kept)

    # ------------------------------------------------------------------
    # Actions
    # ------------------------------------------------------------------

    def action_plan(self):
        """Open the plan that is worked on, or a new one."""
        self.ensure_one()
        if self.plan_id:
            return self.plan_id._get_plan_action()
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Plan of Action"),
            "res_model": "collection.plan",
            "view_mode": "form",
            "context": {"default_account_id": self.id},
        }

    def action_view_plans(self):
        """All plans of the account with their versions."""
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id("account_collections.collection_plan_action")
        return {**action, "domain": [("account_id", "=", self.id)], "context": {"default_account_id": self.id}}

    def action_plan_step_done(self):
        """The next step is done; asks what came of it."""
        self.ensure_one()
        return self.plan_step_id.action_ask_done()
