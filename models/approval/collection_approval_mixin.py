import json

from odoo import api, fields, models
from odoo.exceptions import UserError


class CollectionApprovalMixin(models.AbstractModel):
    """What somebody else must approve. The record keeps its own state; the rooms say by hooks what is asked and what follows.

    A record is asked about in levels (`_approval_roles`), each decided by another person, and nothing is decided by whoever asked.
    """

    _name = "collection.approval.mixin"
    _description = "Subject to Approval"
    _inherit = ["collection.guard"]

    approval_state = fields.Selection(
        [
            ("waiting", "Waiting for Approval"),
            ("approved", "Approved"),
            ("refused", "Refused"),
            ("not_needed", "No Approval Needed"),
        ],
        string="Approval",
        readonly=True,
        copy=False,
        index="btree_not_null",
    )
    approval_ids = fields.One2many(
        "collection.approval",
        "res_id",
        string="Approvals",
        domain=lambda self: [("res_model", "=", self._name)],
        readonly=True,
        copy=False,
    )

    def _guarded_fields(self):
        """Rooms add theirs to these."""
        return super()._guarded_fields() | {"approval_state", "approval_ids"}

    # ------------------------------------------------------------------
    # Hooks of the rooms
    # ------------------------------------------------------------------

    def _approval_kind(self):
        """Key in the selection `kind` of `collection.approval`, to which rooms add theirs."""
        return "other"

    def _approval_facts(self):
        """What is approved, as a dict: a change makes the approval void."""
        self.ensure_one()
        return {}

    def _approval_snapshot(self):
        """The facts as they are kept: as JSON, dates as text."""
        return json.loads(json.dumps(self._approval_facts(), default=str))

    def _approval_differs(self, approved, now):
        """Whether a change of facts makes the approval void; by default every one does."""
        return approved != now

    def _approval_summary(self):
        """What the approver decides on.

        :return: dict of `title`, `amount` and `currency` (`res.currency`), `partner` (`res.partner`), `since` (date of the oldest
            item), `effect` (what happens if approved), `details` (list of (label, text)); all but the title may be left out
        """
        self.ensure_one()
        return {"title": self.display_name}

    def _approval_roles(self):
        """Who must decide, in this order, each a level: keys of `ROLES`. A higher role may act in the place of a lower one.

        Empty: nobody has to, and submitting approves.
        """
        self.ensure_one()
        return ("manager",)

    def _may_approve(self, users):
        """Those of the users whose authority covers this record, beside having the role; money limits narrow it."""
        self.ensure_one()
        return users

    def _approval_is_open(self):
        """Whether the record did not take effect yet, so that a change still voids its approval."""
        self.ensure_one()
        return True

    def _on_submitted(self):
        """These now wait for approval."""

    def _on_approved(self):
        """All levels of these are approved; runs with the system's rights in the approver's name."""

    def _on_refused(self, reason):
        """These are refused; runs like `_on_approved`."""

    def _on_voided(self, reason):
        """The approval of these is void, whether it waited or was given; they have to be submitted again."""

    def _notify_approvers(self, users, approvals):
        """Tell users what waits for them; a room whose requests come by thousands gives one task for all."""
        approvals._schedule_activities(users)

    def _action_open_for_approval(self):
        """The action that shows the record to its approver."""
        self.ensure_one()
        return {"type": "ir.actions.act_window", "res_model": self._name, "res_id": self.id, "view_mode": "form"}

    # ------------------------------------------------------------------
    # Actions
    # ------------------------------------------------------------------

    def action_submit(self):
        """Ask for approval, in the user's name.

        :raise UserError: it waits already, or nobody but the requester could approve
        """
        self.check_access("write")
        self._request_approval(self.env.user)

    def action_approve(self, comment=None):
        """Approve the record's waiting level; see `collection.approval.action_approve`."""
        return self._waiting_approvals().action_approve(comment)

    def action_refuse(self, reason=None):
        """Refuse the record's waiting level, with the reason."""
        return self._waiting_approvals().action_refuse(reason)

    def action_withdraw_approval(self):
        """Take back what the user asked for."""
        self._waiting_approvals().action_withdraw()

    def _waiting_approvals(self):
        self.check_access("read")
        waiting = self.approval_ids.filtered(lambda each: each.state == "waiting")
        if missing := self.browse(set(self.ids) - set(waiting.mapped("res_id"))):
            last = missing[:1].approval_ids[:1]
            if last:
                last._check_waiting()
            raise UserError(self.env._("%(record)s does not wait for your approval.", record=missing[:1].display_name))
        return waiting

    # ------------------------------------------------------------------
    # Void on change
    # ------------------------------------------------------------------

    def write(self, vals):
        result = super().write(vals)
        if vals.keys() - {"approval_state"}:
            self._void_if_changed()
        return result

    def _void_if_changed(self):
        """Void what is approved or waits and is no longer what was asked for; called where facts change that are not the record's own.

        :return: the records whose approval is void now
        """
        live = self.filtered(
            lambda record: record.approval_state in ("waiting", "approved") and record._approval_is_open()
        )
        # That nobody had to approve may have changed with the record too.
        free = self.filtered(lambda record: record.approval_state == "not_needed" and record._approval_is_open())
        changed = free.filtered(lambda record: record._approval_roles())
        if live:
            rows = live.sudo().approval_ids._live_of_record().grouped("res_id")  # the rows are the system's
            for record in live:
                now = record._approval_snapshot()
                if any(record._approval_differs(row.facts, now) for row in rows.get(record.id, ())):
                    changed |= record
        if changed:
            changed._void_approvals(self.env._("Changed by %(user)s after it was submitted", user=self.env.user.name))
        return changed

    def _void_approvals(self, reason):
        """The approvals of these do not hold any more; they stay as rows, and a new request is a new row."""
        rows = self.sudo().approval_ids._live_of_record()  # as above
        rows._finish_activities()
        rows._update_state(("waiting", "approved"), "void", void_reason=reason, voided_on=fields.Datetime.now())
        # The record is the system's to change here: the change that voids it was allowed.
        records = self.sudo()
        records._set_approval_state(False)
        records._log_approval(
            {record.id: self.env._("Approval void, to be submitted again: %(why)s", why=reason) for record in records}
        )
        records._on_voided(reason)

    @api.ondelete(at_uninstall=False)
    def _unlink_void_approvals(self):
        rows = self.sudo().approval_ids._live_of_record()  # as above
        rows._finish_activities()
        rows._update_state(
            ("waiting", "approved"), "void", void_reason=self.env._("Deleted"), voided_on=fields.Datetime.now()
        )
