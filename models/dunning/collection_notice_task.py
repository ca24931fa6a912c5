from odoo import api, fields, models
from odoo.tools import SQL

from .collection_policy_step import ROLE_GROUPS, TASK_CHANNELS


class CollectionNotice(models.Model):
    """Steps that somebody does or decides on: an activity on the account for whom the step names; done, the step is reached."""

    _inherit = "collection.notice"

    task_id = fields.Many2one("mail.activity", readonly=True, copy=False, index="btree_not_null", ondelete="set null")

    @api.model
    def _task_condition(self):
        """Steps to be decided on for which nobody has a task, as SQL on `collection_notice` under the alias `n`."""
        return SQL("n.state = 'due' AND n.ready AND n.task_id IS NULL AND n.channel IN %s", TASK_CHANNELS)

    def _raise_tasks(self):
        """Give each of these steps to whom it names, once: an activity on the account, due today."""
        todo = self.filtered(
            lambda each: each.state == "due" and each.ready and each.channel in TASK_CHANNELS and not each.task_id
        )
        kind = self.env.ref("account_collections.mail_activity_type_step")
        model = self.env["ir.model"]._get_id("collection.account")
        users = {}
        vals_list = []
        for notice in todo:
            role, account = notice.step_id._responsible_role(), notice._main_account()
            key = (notice.company_id, role, account if role == "collector" else None)
            if key not in users:
                users[key] = notice._responsible_user(role)
            vals_list.append(
                {
                    "activity_type_id": kind.id,
                    "res_model_id": model,
                    "res_id": account.id,
                    "date_deadline": notice.company_id._collection_today(),
                    "summary": notice.step_id.name,
                    "note": notice._task_note(),
                    "user_id": users[key].id,
                }
            )
        # A manager finds them in the list of activities; one e-mail for each would be noise.
        tasks = self.env["mail.activity"].with_context(mail_activity_quick_update=True).create(vals_list)
        for notice, task in zip(todo, tasks):
            notice._unguarded().write({"task_id": task.id})
        todo.flush_recordset(["task_id"])

    def _task_note(self):
        """What is to be done, in a sentence."""
        self.ensure_one()
        lines = self.line_ids.filtered("counted")
        facts = {"notice": self.name, "count": len(lines), "amount": self.currency_id.format(self.amount)}
        if self.channel == "portal_upload":
            return self.env._(
                "%(notice)s: %(amount)s. Upload to the customer's portal, then mark this as done: %(documents)s",
                documents=", ".join(dict.fromkeys(lines.mapped("move_name"))),
                **facts,
            )
        return self.env._("%(notice)s: %(count)s items, %(amount)s. Decide, then mark this as done.", **facts)

    def _responsible_user(self, role):
        """Who gets the task of a step: the role that it names, else whoever gets the account's tasks."""
        self.ensure_one()
        account, company = self._main_account(), self.company_id
        if role == "collector":
            return account._task_user()
        if role == "manager" and company.collection_manager_id.active:
            return company.collection_manager_id
        members = self.env.ref(f"account_collections.{ROLE_GROUPS[role]}").sudo().all_user_ids
        members = members.filtered(lambda user: user.active and not user.share and company in user.company_ids)
        managers = members.filtered(lambda user: user.has_group("account_collections.group_manager"))
        fitting = members - managers if role == "assistant" else members
        return (fitting or members).sorted("id")[:1] or account._task_user()

    def _set_sent(self):
        result = super()._set_sent()
        if tasks := self.sudo().task_id.filtered("active"):
            tasks._action_done()
        return result

    def _set_suppressed(self, reason):
        changed = super()._set_suppressed(reason)
        changed.sudo().task_id.unlink()
        return changed

    def _set_cancelled(self, why, allowed=("due", "failed")):
        changed = super()._set_cancelled(why, allowed)
        changed.sudo().task_id.unlink()
        return changed
