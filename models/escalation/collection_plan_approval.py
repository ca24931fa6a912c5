from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import format_date

from .collection_plan_states import PLAN_TASK


class CollectionPlan(models.Model):
    """A plan is approved by an AR manager, or returned with the reason and submitted again."""

    _inherit = "collection.plan"

    may_decide = fields.Boolean(string="I May Decide", compute="_compute_may_decide")

    @api.depends("approval_ids.state")
    @api.depends_context("uid")
    def _compute_may_decide(self):
        for plan in self:
            waiting = plan.approval_ids.filtered(lambda each: each.state == "waiting")
            plan.may_decide = any(waiting.mapped("may_decide"))

    # ------------------------------------------------------------------
    # What is asked
    # ------------------------------------------------------------------

    def _approval_kind(self):
        return "plan"

    def _approval_roles(self):
        return ("manager",)

    def _approval_is_open(self):
        return self.state == "submitted"

    def _approval_facts(self):
        self.ensure_one()
        return {
            "account": self.account_id.id,
            "start": str(self.date_start),
            "review": str(self.review_date),
            "root_cause": self.root_cause or "",
            "fallback": self.fallback or "",
            "steps": [[step.name, step.user_id.id, str(step.due_date), step.amount_expected] for step in self.step_ids],
        }

    def _approval_summary(self):
        self.ensure_one()
        title = self.env._("Plan of action: %(plan)s", plan=self.display_name)
        return {
            "title": title,
            "amount": self.exposure_total,
            "currency": self.currency_id,
            "partner": self.partner_id,
            "since": self.account_id.oldest_due_date,
            "effect": self.env._(
                "The steps begin on %(start)s, and late ones come up in the worklist. %(expected)s of %(exposure)s are to come in"
                " by %(review)s.",
                start=format_date(self.env, self.date_start),
                expected=self.currency_id.format(self.amount_expected),
                exposure=self.currency_id.format(self.exposure_total),
                review=format_date(self.env, self.review_date),
            ),
            "details": self._approval_details(),
        }

    def _approval_details(self):
        """The plan in rows of (label, text)."""
        _, account, money = self.env._, self.account_id, self.currency_id.format
        overdue = _(
            "%(amount)s, oldest item %(days)s days", amount=money(self.exposure_overdue), days=self.exposure_oldest_days
        )
        aging = "; ".join(f"{label}: {money(amount)}" for label, amount in self.exposure_aging or () if amount)
        rows = [
            (_("Overdue"), overdue),
            (_("By age (days)"), aging),
            (_("Mandatory because"), account.plan_rule_id.name),
            (_("Changed because"), self.change_reason),
            (_("Root cause"), self.root_cause),
            *(
                (format_date(self.env, step.due_date), self._step_text(step))
                for step in self.step_ids.sorted("due_date")
            ),
            (_("If it fails"), self.fallback),
            (_("Review"), format_date(self.env, self.review_date)),
            (_("Broken promises"), str(account.broken_promise_level) if account.broken_promise_level else None),
            (_("Collector"), account.collector_id.name or _("Nobody")),
        ]
        return [(label, text) for label, text in rows if text]

    def _step_text(self, step):
        text = f"{step.name} ({step.user_id.name})"
        if step.amount_expected:
            text = f"{text}: {self.currency_id.format(step.amount_expected)}"
        return f"{text} ✓" if step.state == "done" else text

    # ------------------------------------------------------------------
    # Asking
    # ------------------------------------------------------------------

    def action_submit(self):
        """Ask for approval, with the account's exposure as it stands now.

        :raise UserError: something of the plan is missing, or nobody else could approve it
        """
        self.check_access("write")
        for plan in self:
            if plan.state not in ("draft", "returned"):
                raise UserError(self.env._("%(plan)s is not being written any more.", plan=plan.display_name))
            plan._check_complete()
        for plan in self:
            plan._unguarded().write(plan._exposure_vals())
        return super().action_submit()

    def _check_complete(self):
        """:raise UserError: what is missing, in words"""
        _, today = self.env._, self.company_id._collection_today()
        steps = self.step_ids
        last = max(steps.mapped("due_date"), default=None)
        problems = {
            _("why the customer does not pay"): not (self.root_cause or "").strip(),
            _("at least one step"): not steps,
            _("what happens if it fails"): not (self.fallback or "").strip(),
            _("the review date"): not self.review_date,
        }
        if missing := [name for name, lacks in problems.items() if lacks]:
            raise UserError(_("%(plan)s still lacks: %(what)s.", plan=self.name, what=", ".join(missing)))
        if self.currency_id.compare_amounts(self.amount_expected, 0) <= 0:
            raise UserError(_("%(plan)s expects no cash: enter on the steps what they bring in.", plan=self.name))
        if self.review_date < today:
            raise UserError(_("%(plan)s would be reviewed in the past.", plan=self.name))
        if late := steps.filtered(lambda step: step.state == "open" and step.due_date < today)[:1]:
            raise UserError(_("“%(step)s” would be late from the beginning.", step=late.name))
        if last > self.review_date:
            raise UserError(
                _(
                    "The last step of %(plan)s is due after its review on %(date)s.",
                    plan=self.name,
                    date=format_date(self.env, self.review_date),
                )
            )

    def _on_submitted(self):
        for company, plans in self.grouped("company_id").items():
            plans._update_state(("draft", "returned"), "submitted", submitted_on=company._collection_today())
        self._end_tasks(PLAN_TASK)
        return super()._on_submitted()

    # ------------------------------------------------------------------
    # What follows
    # ------------------------------------------------------------------

    def _on_approved(self):
        """The version before gives way; where it was being carried out, this one goes on with it at once."""
        result = super()._on_approved()
        for plan in self:
            before = plan.previous_id.filtered(lambda each: each.state in ("approved", "active"))
            runs = before.state == "active"
            before._replace_by(plan)
            plan._update_state(("submitted",), "approved", approved_on=plan.company_id._collection_today())
            if runs:
                plan._start()
        return result

    def _on_refused(self, reason):
        """Returned, with a task to go on writing for whoever drew it up."""
        self._update_state(("submitted",), "returned", returned_reason=reason)
        for plan in self.with_context(mail_activity_quick_update=True):
            plan.activity_schedule(
                PLAN_TASK,
                plan.company_id._collection_today(),
                summary=self.env._("Plan returned: %(plan)s", plan=plan.display_name),
                note=reason,
                user_id=(plan.user_id if plan.user_id.active else plan.account_id._task_user()).id,
            )
        return super()._on_refused(reason)

    def _on_voided(self, reason):
        self._update_state(("submitted",), "draft")
        return super()._on_voided(reason)
