from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError
from odoo.tools import format_date

from .collection_plan import LIVE

STEP_TASK = "account_collections.mail_activity_type_plan_step"
PLAN_TASK = "account_collections.mail_activity_type_plan"


class CollectionPlan(models.Model):
    """From a draft to its end. Every change of state goes through `_update_state`."""

    _inherit = "collection.plan"

    submitted_on = fields.Date(readonly=True, copy=False)
    approved_on = fields.Date(readonly=True, copy=False)
    started_on = fields.Date(readonly=True, copy=False)
    closed_on = fields.Date(readonly=True, copy=False, help="The last day on which cash counted for the plan.")
    closed_by_id = fields.Many2one("res.users", readonly=True, copy=False, ondelete="restrict")
    closed_reason = fields.Char(string="Why It Ended", readonly=True, copy=False)
    returned_reason = fields.Text(string="Why Returned", readonly=True, copy=False)
    next_step_id = fields.Many2one("collection.plan.step", compute="_compute_next_step")
    next_due_date = fields.Date(string="Next Due", compute="_compute_next_step")
    next_step_text = fields.Char(string="What Comes Next", compute="_compute_next_step")
    late_count = fields.Integer(string="Late Steps", compute="_compute_next_step")

    def _guarded_fields(self):
        return super()._guarded_fields() | {
            *("submitted_on", "approved_on", "started_on", "closed_on", "closed_by_id", "closed_reason"),
            "returned_reason",
        }

    @api.depends("step_ids.state", "step_ids.due_date", "state")
    def _compute_next_step(self):
        for plan in self:
            steps = plan.step_ids.filtered(lambda step: step.state == "open" and step.due_date)
            following = steps.sorted("due_date")[:1] if plan.state in LIVE else steps[:0]
            plan.next_step_id, plan.next_due_date = following, following.due_date
            plan.next_step_text = following and self.env._(
                "%(step)s (%(owner)s), due %(date)s",
                step=following.name,
                owner=following.user_id.name,
                date=format_date(self.env, following.due_date),
            )
            plan.late_count = len(steps.filtered("is_late"))

    # ------------------------------------------------------------------
    # Gate
    # ------------------------------------------------------------------

    def _update_state(self, allowed, target, **vals):
        changed = super()._update_state(allowed, target, **vals)
        if changed:
            self.env["collection.account"]._touch(accounts=changed.sudo().account_id.ids)
        return changed

    def _check_decider(self):
        if not self.env.su and not self.env.user.has_group("account_collections.group_assistant_manager"):
            raise AccessError(self.env._("Assistant managers and managers decide how a plan ends."))

    # ------------------------------------------------------------------
    # Carrying out
    # ------------------------------------------------------------------

    def action_start(self):
        """Begin to carry out what was approved; the nightly job does so on the plan's start day."""
        self.check_access("write")
        for plan in self:
            if plan.state != "approved":
                raise UserError(self.env._("%(plan)s is not approved, or has begun already.", plan=plan.display_name))
        self.sudo()._start()  # tasks of others, and the account's stage, are the system's

    def _start(self):
        """Begin, with a task for the owner of each step; the account is on a plan from now on."""
        started = self.browse()
        for company, plans in self.grouped("company_id").items():
            today = company._collection_today()
            started |= plans._update_state(("approved",), "active", started_on=today)
        started._give_tasks()
        for plan in started:
            plan.account_id._set_stage("on_plan", self.env._("Plan of action %(plan)s", plan=plan.name), plan)
        started._announce_next_step()
        return started

    def _give_tasks(self):
        """A task on the plan for the owner of each open step; nobody is written an e-mail about each."""
        steps = self.step_ids.filtered(lambda step: step.state == "open" and not step.task_id)
        kind = self.env.ref(STEP_TASK)
        model_id = self.env["ir.model"]._get_id(self._name)
        tasks = (
            self.env["mail.activity"]
            .with_context(mail_activity_quick_update=True)
            .create(
                [
                    {
                        "activity_type_id": kind.id,
                        "automated": True,
                        "res_model_id": model_id,
                        "res_id": step.plan_id.id,
                        "summary": step.name,
                        "date_deadline": step.due_date,
                        "user_id": step.user_id.id,
                    }
                    for step in steps
                ]
            )
        )
        for step, task in zip(steps, tasks):
            step._unguarded().task_id = task

    def _end_tasks(self, *kinds):
        """Tasks of these kinds on these plans fall away."""
        types = self.env["mail.activity.type"].concat(*(self.env.ref(kind) for kind in kinds))
        # Whoever ends them need not have them.
        self.sudo().activity_ids.filtered(lambda task: task.activity_type_id in types).unlink()

    def _announce_next_step(self):
        """The next step is the account's next action, where that is empty, later, past or a step of this plan."""
        for plan in self.filtered(lambda each: each.state == "active"):
            account, step = plan.account_id, plan.next_step_id
            today, planned = plan.company_id._collection_today(), account.next_action_date
            own = account.next_action in plan.step_ids.mapped("name")
            if step and (own or not planned or planned > step.due_date or planned < today):
                account.write({"next_action": step.name, "next_action_date": max(step.due_date, today)})

    # ------------------------------------------------------------------
    # Ending
    # ------------------------------------------------------------------

    def action_close(self, target, reason=None):
        """Decide how the plan ended.

        :param target: ``achieved`` or ``failed``
        :param reason: needed where the figures say something else
        """
        self.check_access("write")
        self._check_decider()
        if target not in ("achieved", "failed"):
            raise UserError(self.env._("A plan ends achieved or failed."))
        for plan in self:
            if plan.state != "active":
                raise UserError(self.env._("%(plan)s is not being carried out: it cannot end.", plan=plan.display_name))
            if plan._verdict() != target and not (reason or "").strip():
                raise UserError(
                    self.env._("The figures of %(plan)s say something else: give the reason.", plan=plan.display_name)
                )
        self.sudo()._close(("active",), target, reason)  # tasks of others

    def action_cancel(self, reason=None):
        """Give the plan up. What was approved needs an assistant manager or manager."""
        self.check_access("write")
        if not (reason or "").strip():
            raise UserError(self.env._("Giving a plan up needs a reason."))
        if any(plan.state in LIVE for plan in self):
            self._check_decider()
        if waiting := self.filtered(lambda plan: plan.state == "submitted"):
            raise UserError(self.env._("%(plan)s waits for its approval: withdraw it first.", plan=waiting[0].name))
        self.sudo()._close(("draft", "returned", *LIVE), "cancelled", reason)  # as above

    def _close(self, allowed, target, reason=None):
        for company, plans in self.grouped("company_id").items():
            received = {plan: plan.amount_received for plan in plans}
            changed = plans._update_state(
                allowed,
                target,
                closed_on=company._collection_today(),
                closed_by_id=self.env.uid,
                closed_reason=reason,
                proposal=False,
            )
            for plan in changed:
                plan._unguarded().amount_received_final = received[plan]
            changed._end_tasks(STEP_TASK, PLAN_TASK)
