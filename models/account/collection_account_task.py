from odoo import api, fields, models
from odoo.tools import SQL

TASK = "account_collections.mail_activity_type_task"


class CollectionAccount(models.Model):
    """Tasks that managers give on an account: it stands in the worklist from the day the task is due until it is done."""

    _inherit = "collection.account"

    task_due_date = fields.Date(string="Task Due", readonly=True, help="The earliest open task of a manager.")
    task_ids = fields.Many2many("mail.activity", string="Tasks", compute="_compute_task_ids")

    def _guarded_fields(self):
        return super()._guarded_fields() | {"task_due_date"}

    @api.model
    def _task_type(self):
        return self.env.ref(TASK, raise_if_not_found=False) or self.env["mail.activity.type"]

    @api.depends("activity_ids")
    def _compute_task_ids(self):
        kind = self._task_type()
        for account in self:
            account.task_ids = account.activity_ids.filtered(lambda activity: activity.activity_type_id == kind)

    # ------------------------------------------------------------------
    # Refresh
    # ------------------------------------------------------------------

    @api.model
    def _refresh_cases(self):
        return [
            *super()._refresh_cases(),
            (
                SQL(
                    "mail_activity o JOIN scope s ON s.id = o.res_id"
                    " WHERE o.res_model = 'collection.account' AND o.active AND o.activity_type_id = %s",
                    self._task_type().id or 0,
                ),
                SQL("o.res_id"),
                {"task_due_date": SQL("MIN(o.date_deadline)")},
            ),
        ]

    @api.model
    def _refresh_due_conditions(self):
        """A task that is due, whatever there is to collect; once the account is worked, on the next day again."""
        return [
            *super()._refresh_due_conditions(),
            SQL("n.task_due_date <= n.figures_date AND COALESCE(n.last_worked_date < n.figures_date, TRUE)"),
        ]

    # ------------------------------------------------------------------
    # Actions
    # ------------------------------------------------------------------

    def action_give_task(self):
        """Ask who is to do what until when on these accounts; the collector, today, is proposed."""
        self.check_access("write")
        collectors = self.collector_id
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Give a Task"),
            "res_model": "mail.activity.schedule",
            "view_mode": "form",
            "target": "new",
            "context": {
                "active_model": self._name,
                "active_ids": self.ids,
                "default_res_model": self._name,
                "default_res_ids": str(self.ids),
                "default_activity_type_id": self._task_type().id,
                "default_activity_user_id": collectors.id if len(collectors) == 1 else self.env.uid,
                "default_date_deadline": fields.Date.to_string(self.company_id[:1]._collection_today()),
            },
        }
