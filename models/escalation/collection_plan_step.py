from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.fields import Domain

# What is decided on with the plan.
_FACTS = {"plan_id", "sequence", "name", "user_id", "due_date", "amount_expected"}


class CollectionPlanStep(models.Model):
    _name = "collection.plan.step"
    _description = "Step of a Plan"
    _inherit = ["collection.guard"]
    _order = "plan_id desc, due_date, sequence, id"
    _check_company_auto = True

    plan_id = fields.Many2one("collection.plan", required=True, index=True, ondelete="cascade")
    account_id = fields.Many2one(related="plan_id.account_id", store=True, precompute=True)
    company_id = fields.Many2one(related="plan_id.company_id", store=True, precompute=True)
    currency_id = fields.Many2one(related="company_id.currency_id")
    plan_state = fields.Selection(related="plan_id.state", string="Plan Is")
    sequence = fields.Integer(default=10)
    name = fields.Char(string="Action", required=True)
    user_id = fields.Many2one(
        "res.users",
        string="Owner",
        required=True,
        index=True,
        default=lambda self: self.env.user,
        domain="[('share', '=', False)]",
        check_company=True,
        ondelete="restrict",
        help="Who does it. Anybody with a role in Collections; the step comes up among their tasks.",
    )
    due_date = fields.Date(string="Due", required=True)
    amount_expected = fields.Monetary(
        string="Expected Cash", help="What this step brings in; 0 where it prepares another."
    )
    amount_received = fields.Monetary(
        string="Received",
        compute="_compute_amount_received",
        help="Cash since the plan's start, counted for the steps in the order of their dates.",
    )
    state = fields.Selection([("open", "Open"), ("done", "Done")], required=True, default="open", readonly=True)
    is_late = fields.Boolean(string="Late", compute="_compute_is_late", search="_search_is_late")
    done_on = fields.Date(readonly=True)
    done_by_id = fields.Many2one("res.users", readonly=True, ondelete="restrict")
    result = fields.Char(readonly=True, help="What came of it.")
    task_id = fields.Many2one("mail.activity", readonly=True, index="btree_not_null", ondelete="set null")
    previous_id = fields.Many2one(
        "collection.plan.step",
        string="In the Version Before",
        readonly=True,
        index="btree_not_null",
        ondelete="set null",
    )

    _expected_positive = models.Constraint(
        "CHECK(amount_expected >= 0)", "The cash that a step brings in cannot be negative."
    )

    # ------------------------------------------------------------------
    # Computes and checks
    # ------------------------------------------------------------------

    @api.depends("plan_id.amount_received", "due_date", "amount_expected")
    def _compute_amount_received(self):
        """What came in fills the steps in the order of their dates; the last one takes no more than is expected either."""
        for plan, steps in self.grouped("plan_id").items():
            left, amounts = plan.amount_received, {}
            for step in plan.step_ids.sorted(lambda each: (each.due_date or plan.date_start, each.sequence, each.id)):
                amounts[step] = min(left, step.amount_expected)
                left -= amounts[step]
            for step in steps:
                step.amount_received = amounts.get(step, 0.0)

    @api.depends("due_date", "state", "plan_id.state")
    def _compute_is_late(self):
        today = {company: company._collection_today() for company in self.company_id}
        for step in self:
            due = step.due_date if step.state == "open" and step.plan_id.state == "active" else None
            step.is_late = bool(due and due < today[step.company_id])

    def _search_is_late(self, operator, value):
        if operator != "in":
            return NotImplemented
        # Every company has its own date; which of them the user sees is for the record rules.
        companies = self.env["res.company"].sudo().search([])
        late = Domain.OR(
            Domain("company_id", "in", group.ids) & Domain("due_date", "<", day)
            for day, group in companies.grouped(lambda company: company._collection_today()).items()
        )
        late &= Domain("state", "=", "open") & Domain("plan_id.state", "=", "active")
        return Domain.OR([late] * (True in value) + [~late] * (False in value))

    @api.constrains("user_id", "plan_id")
    def _check_owner(self):
        for step in self.sudo():  # anybody's rights count
            owner = step.user_id
            if owner.share or not owner._has_group("account_collections.group_collector"):
                raise ValidationError(
                    self.env._(
                        "%(user)s has no role in Collections and could not see the plan: “%(step)s” needs another owner.",
                        user=owner.name,
                        step=step.name,
                    )
                )

    # ------------------------------------------------------------------
    # What stays as it was
    # ------------------------------------------------------------------

    def _guarded_fields(self):
        return frozenset({"state", "done_on", "done_by_id", "result", "task_id", "previous_id", "amount_received"})

    @api.model_create_multi
    def create(self, vals_list):
        steps = super().create(vals_list)
        steps.plan_id._check_open_to_change()
        return steps

    def write(self, vals):
        if _FACTS & vals.keys():
            self._check_open_to_change()
        return super().write(vals)

    def _check_open_to_change(self):
        if self._has_pass():
            return
        self.plan_id._check_open_to_change()
        if done := self.filtered(lambda step: step.state == "done"):
            raise UserError(self.env._("“%(step)s” is done and stays as it is.", step=done[0].name))

    @api.ondelete(at_uninstall=False)
    def _unlink_except_append_only(self):
        """A step goes as long as its plan is being written, done ones stay."""
        self._check_open_to_change()

    # ------------------------------------------------------------------
    # Doing
    # ------------------------------------------------------------------

    def action_done(self, result=None):
        """The step is done.

        :param result: what came of it, in words
        :raise AccessError: the user neither owns the step nor may write its plan
        :raise UserError: the plan is not being carried out, or the step is done already
        """
        self.check_access("read")
        user = self.env.user
        for step in self:
            if step.user_id != user and not step.plan_id.has_access("write"):
                raise AccessError(
                    self.env._("“%(step)s” is a step of %(user)s.", step=step.name, user=step.user_id.name)
                )
            if step.plan_id.state != "active":
                raise UserError(
                    self.env._("%(plan)s is not being carried out: its steps wait.", plan=step.plan_id.display_name)
                )
        # The owner may not be allowed to change the plan otherwise.
        self.sudo()._set_done(result)
        return True

    def _set_done(self, result=None):
        """Note what is done, today and in the user's name, end the tasks, and say what comes next on the account."""
        changed = self.browse()
        for company, steps in self.grouped("company_id").items():
            changed |= steps._update_state(
                ("open",), "done", done_on=company._collection_today(), done_by_id=self.env.uid, result=result
            )
        if tasks := changed.task_id.filtered("active"):
            tasks.action_feedback(feedback=result or False)
        for step in changed:
            said = self.env._("Step done: %(step)s.", step=step.name)
            step.plan_id._message_log(body=f"{said} {result}" if result else said)
        changed.plan_id._announce_next_step()
        self.env["collection.account"]._touch(accounts=changed.account_id.ids)
        return changed

    def action_view_plan(self):
        """Open the plan that the step belongs to."""
        return self.plan_id._get_plan_action()
