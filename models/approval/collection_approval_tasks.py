from odoo import models


class CollectionApproval(models.Model):
    """Tasks of those who decide."""

    _inherit = "collection.approval"

    def _schedule_activities(self, users):
        """A task on each of these for each of the users."""
        kind = self.env.ref("account_collections.mail_activity_type_approval")
        model = self.env["ir.model"]._get_id(self._name)
        # Whoever asks need have no right on approvals or on other people's tasks.
        self.env["mail.activity"].sudo().create(
            [
                {
                    "activity_type_id": kind.id,
                    "automated": True,
                    "res_model_id": model,
                    "res_id": approval.id,
                    "user_id": user.id,
                    "summary": approval.title,
                    "date_deadline": approval.company_id._collection_today(),
                }
                for approval in self
                for user in users
            ]
        )

    def _finish_activities(self, comment=None):
        """The decider's own task is done, those of the others fall away."""
        # As above: the tasks of the others.
        tasks = self.env["mail.activity"].sudo().search([("res_model", "=", self._name), ("res_id", "in", self.ids)])
        own = tasks.filtered(lambda task: task.user_id == self.env.user)
        if own:
            own.action_feedback(feedback=comment or False)
        (tasks - own).unlink()
