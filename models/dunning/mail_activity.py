from odoo import models


class MailActivity(models.Model):
    _inherit = "mail.activity"

    def _action_done(self, feedback=False, attachment_ids=None):
        """A step of the dunning policy is reached when its task is done, by whom the step names or somebody above."""
        # Whoever has the task decides; the notice itself is the system's.
        notices = self.env["collection.notice"].sudo().search([("task_id", "in", self.ids), ("state", "=", "due")])
        if notices:
            notices._check_responsible()
        result = super()._action_done(feedback=feedback, attachment_ids=attachment_ids)
        if notices:
            notices._set_sent()
            notices.account_id._refresh()
            notices.run_id._close_if_done()
        return result
