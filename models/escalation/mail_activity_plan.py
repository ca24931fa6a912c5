from odoo import models


class MailActivity(models.Model):
    _inherit = "mail.activity"

    def _action_done(self, feedback=False, attachment_ids=None):
        """A step of a plan is done when its owner's task is."""
        # Whoever has the task owns the step, or may write its plan: that is looked at when the step is done.
        steps = self.env["collection.plan.step"].sudo().search([("task_id", "in", self.ids), ("state", "=", "open")])
        result = super()._action_done(feedback=feedback, attachment_ids=attachment_ids)
        if steps:
            steps.with_env(self.env).action_done(feedback or None)
        return result
