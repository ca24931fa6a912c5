from odoo import Command, api, fields, models
from odoo.exceptions import UserError

from .collection_plan import LIVE, PREPARED


class CollectionPlan(models.Model):
    """Versions. A change of what was approved is a new record; the version in force stays so until that one is approved."""

    _inherit = "collection.plan"

    version = fields.Integer(required=True, default=1, readonly=True, copy=False, aggregator=None)
    first_id = fields.Many2one(
        "collection.plan", readonly=True, copy=False, index="btree_not_null", ondelete="restrict"
    )
    previous_id = fields.Many2one(
        "collection.plan",
        string="Version Before",
        readonly=True,
        copy=False,
        index="btree_not_null",
        ondelete="restrict",
    )
    change_reason = fields.Char(string="What Changes", readonly=True, copy=False)
    later_ids = fields.One2many("collection.plan", "first_id", string="Later Versions", readonly=True)
    next_ids = fields.One2many("collection.plan", "previous_id", string="Replacements", readonly=True)
    version_ids = fields.Many2many("collection.plan", string="Versions", compute="_compute_version_ids")
    version_count = fields.Integer(compute="_compute_version_ids")
    newer_id = fields.Many2one("collection.plan", string="Newer Version", compute="_compute_version_ids")

    def _guarded_fields(self):
        return super()._guarded_fields() | {
            *("version", "first_id", "previous_id", "change_reason", "later_ids", "next_ids"),
        }

    @api.depends("later_ids", "first_id.later_ids", "next_ids.state")
    def _compute_version_ids(self):
        for plan in self:
            first = plan.first_id or plan
            plan.version_ids = (first._origin | first.later_ids).sorted("version", reverse=True)
            plan.version_count = len(plan.version_ids)
            plan.newer_id = plan.next_ids.filtered(lambda each: each.state != "cancelled")[:1]

    def _revise(self, reason):
        """A draft of the next version, with the steps as they stand.

        :param reason: what changes, in words
        :return: the draft
        :raise UserError: there is no reason, the plan is not in force, or its next version is being written already
        """
        self.ensure_one()
        self.check_access("write")
        if not (reason or "").strip():
            raise UserError(self.env._("Say what changes: whoever approves the new version reads it first."))
        if self.state not in LIVE:
            raise UserError(
                self.env._("%(plan)s is not in force: there is nothing to replace.", plan=self.display_name)
            )
        # That there is one may be said to whoever may write the account.
        prepared = self.sudo().search([("account_id", "=", self.account_id.id), ("state", "in", PREPARED)], limit=1)
        if prepared:
            raise UserError(
                self.env._("%(plan)s is being prepared already. Go on with it.", plan=prepared.display_name)
            )
        return self._unguarded().create([self._prepare_version_vals(reason)]).with_env(self.env)

    def _prepare_version_vals(self, reason):
        return {
            "name": self.name,
            "account_id": self.account_id.id,
            "version": self._last_version() + 1,
            "first_id": (self.first_id or self).id,
            "previous_id": self.id,
            "change_reason": reason,
            "date_start": self.date_start,
            "review_date": self.review_date,
            "root_cause": self.root_cause,
            "fallback": self.fallback,
            "step_ids": [Command.create(step._prepare_version_vals()) for step in self.step_ids],
        }

    def _last_version(self):
        return max(self.version_ids.mapped("version"))

    def _replace_by(self, newer):
        """The newer version takes over: also what was done meanwhile."""
        for step in newer.step_ids.filtered(lambda each: each.state == "open" and each.previous_id.state == "done"):
            before = step.previous_id
            step._unguarded().write(
                {
                    "state": "done",
                    "done_on": before.done_on,
                    "done_by_id": before.done_by_id.id,
                    "result": before.result,
                }
            )
        self._close(LIVE, "superseded", self.env._("Replaced by version %(version)s", version=newer.version))
        self.flush_recordset()  # one in force for each account, also in between

    def action_open_version(self):
        """Open this version."""
        return self._get_plan_action()

    def action_view_versions(self):
        """All versions, the newest first."""
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Versions of %(plan)s", plan=self.name),
            "res_model": self._name,
            "view_mode": "list,form",
            "domain": [("id", "in", self.version_ids.ids)],
            "context": {"on_versions": True},
        }


class CollectionPlanStep(models.Model):
    _inherit = "collection.plan.step"

    def _prepare_version_vals(self):
        """The step in the next version of its plan."""
        return {
            "sequence": self.sequence,
            "name": self.name,
            "user_id": self.user_id.id,
            "due_date": self.due_date,
            "amount_expected": self.amount_expected,
            "state": self.state,
            "done_on": self.done_on,
            "done_by_id": self.done_by_id.id,
            "result": self.result,
            "previous_id": self.id,
        }
