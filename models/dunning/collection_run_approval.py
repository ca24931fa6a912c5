from odoo import fields, models


class CollectionRun(models.Model):
    """The final demands of a run wait for a manager; one task on the run tells of all of them."""

    _name = "collection.run"
    _inherit = ["collection.run", "mail.activity.mixin"]

    to_approve_count = fields.Integer(string="To Approve", compute="_compute_to_approve_count")

    def _compute_to_approve_count(self):
        groups = self.env["collection.notice"]._read_group(
            [("run_id", "in", self.ids), ("approval_state", "=", "waiting")], ["run_id"], ["__count"]
        )
        counts = {run.id: count for run, count in groups}
        for run in self:
            run.to_approve_count = counts.get(run.id, 0)

    def _ask_approvers(self, users):
        """A task for each of the users to decide on the run's final demands, unless they have one."""
        self.ensure_one()
        kind = self.env.ref("account_collections.mail_activity_type_final_demand")
        # Tasks are given by the system, whoever confirmed the run.
        run = self.sudo()
        asked = run.activity_ids.filtered(lambda task: task.activity_type_id == kind).user_id
        for user in users - asked:
            run.activity_schedule(
                activity_type_id=kind.id,
                date_deadline=run.company_id._collection_today(),
                summary=self.env._("Final demands to approve"),
                user_id=user.id,
            )

    def _finish_approving(self):
        """Where nothing waits any more, the decider's task is done and those of the others fall away."""
        waiting = (
            self.env["collection.notice"]
            .sudo()
            ._read_group([("run_id", "in", self.ids), ("approval_state", "=", "waiting")], ["run_id"])
        )
        kind = self.env.ref("account_collections.mail_activity_type_final_demand")
        done = self.sudo() - self.browse(run.id for (run,) in waiting)
        tasks = done.activity_ids.filtered(lambda task: task.activity_type_id == kind)
        own = tasks.filtered(lambda task: task.user_id == self.env.user)
        if own:
            own.action_feedback()
        (tasks - own).unlink()

    def action_view_approvals(self):
        """The final demands of this run that wait for a decision, or were decided."""
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id("account_collections.collection_approval_action")
        notices = self.env["collection.notice"].search([("run_id", "=", self.id), ("approval_state", "!=", False)])
        action["domain"] = [("res_model", "=", notices._name), ("res_id", "in", notices.ids)]
        action["context"] = {"search_default_waiting": 1}
        action["display_name"] = self.env._("Final demands of %(run)s", run=self.name)
        return action
