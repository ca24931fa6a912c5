from odoo import fields, models


class CollectionPlanReason(models.TransientModel):
    """Asks for the words that go with an act on a plan or a step, and does it."""

    _name = "collection.plan.reason"
    _description = "Words on a Plan"

    act = fields.Selection(
        [
            ("done", "Step done"),
            ("revise", "New version"),
            ("achieved", "Achieved"),
            ("failed", "Failed"),
            ("cancelled", "Give up"),
        ],
        required=True,
        readonly=True,
    )
    plan_id = fields.Many2one("collection.plan", required=True, readonly=True)
    step_id = fields.Many2one("collection.plan.step", readonly=True)
    reason = fields.Char()

    def action_apply(self):
        """Do it, with the words."""
        self.ensure_one()
        if self.act == "revise":
            return self.plan_id._revise(self.reason)._get_plan_action()
        if self.act == "done":
            self.step_id.action_done(self.reason)
        elif self.act == "cancelled":
            self.plan_id.action_cancel(self.reason)
        else:
            self.plan_id.action_close(self.act, self.reason)
        return {"type": "ir.actions.act_window_close"}


class CollectionPlan(models.Model):
    _inherit = "collection.plan"

    def action_revise(self):
        """Ask what changes, for a new version."""
        return self._ask_reason("revise", self.env._("New Version of %(plan)s", plan=self.name))

    def action_achieved(self):
        """Confirm what the figures say; where they say something else, ask why."""
        return self._close_or_ask("achieved", self.env._("Achieved: %(plan)s", plan=self.name))

    def action_failed(self):
        """As `action_achieved`."""
        return self._close_or_ask("failed", self.env._("Failed: %(plan)s", plan=self.name))

    def action_ask_cancel(self):
        """Ask why the plan is given up."""
        return self._ask_reason("cancelled", self.env._("Give Up %(plan)s", plan=self.name))

    def _close_or_ask(self, target, title):
        return self.action_close(target) if self._verdict() == target else self._ask_reason(target, title)

    def _ask_reason(self, act, title, step=None):
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "name": title,
            "res_model": "collection.plan.reason",
            "view_mode": "form",
            "target": "new",
            "context": {
                "default_act": act,
                "default_plan_id": self.id,
                "default_step_id": step.id if step else False,
            },
        }


class CollectionPlanStep(models.Model):
    _inherit = "collection.plan.step"

    def action_ask_done(self):
        """Ask what came of the step."""
        self.ensure_one()
        return self.plan_id._ask_reason("done", self.env._("Done: %(step)s", step=self.name), step=self)
