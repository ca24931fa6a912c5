from odoo import models
from odoo.exceptions import UserError

from .collection_policy_step import ROLE_GROUPS


class CollectionNotice(models.Model):
    """What people do with notices: release them, do what they ask for, take them back."""

    _inherit = "collection.notice"

    def _check_responsible(self):
        """Who may release or do a step: the role it names, or a higher one."""
        Step = self.env["collection.policy.step"]
        roles = dict(Step._fields["responsible"]._description_selection(self.env))
        for step in self.step_id or [Step]:
            role = step._responsible_role()
            if not self.env.user.has_group(f"account_collections.{ROLE_GROUPS[role]}"):
                raise UserError(
                    self.env._("“%(step)s” is a matter for: %(role)s.", step=step.name or "", role=roles[role])
                )

    def action_release(self):
        """Let notices go whose step waits for a person; final demands are approved by it."""
        self.check_access("read")
        finals = self.filtered(lambda notice: notice.approval_state == "waiting")
        (self - finals)._release()
        return finals.action_approve() if finals else None

    def _release(self):
        """Let go what needs a person's release, but no approval."""
        if not self:
            return
        self._check_responsible()
        for notice in self:
            if (
                notice.approval_state
                or notice.state != "due"
                or notice.ready
                or notice.run_id.state not in ("confirmed", "done")
            ):
                raise UserError(self.env._("%(notice)s is not waiting to be released.", notice=notice.name))
        # Whoever is responsible releases; the notices themselves are the system's.
        self.sudo()._unguarded().write({"ready": True, "needs_release": False, "released_by_id": self.env.uid})
        self.sudo()._raise_tasks()
        self._trigger_sending()

    def action_done(self):
        """Log that a step which a person does was done: the letter is posted, the call made, the task carried out."""
        self.check_access("read")
        self._check_responsible()
        for notice in self:
            if notice.recipient_email:
                raise UserError(self.env._("%(notice)s goes out by e-mail: it is sent by itself.", notice=notice.name))
            if notice.state != "due" or not notice.ready:
                raise UserError(self.env._("%(notice)s is not waiting to be done.", notice=notice.name))
        notices = self.sudo()  # as above
        for company, group in notices.grouped("company_id").items():
            group._set_deadline(company)
        notices._set_sent()
        notices.account_id._refresh()
        notices.run_id._close_if_done()

    def action_cancel(self):
        """Take back notices that were not sent; their items can be noticed again by a later run."""
        self.check_access("read")
        if not self.env.user.has_group("account_collections.group_assistant_manager"):
            raise UserError(self.env._("Only assistant managers and managers cancel notices."))
        self.sudo()._set_cancelled(self.env._("Cancelled by %(user)s", user=self.env.user.name))

    def action_view_account(self):
        self.ensure_one()
        return self._main_account().action_open()

    def _main_account(self):
        """The account that tasks about the notice are put on: its customer's, or the first of a sales partner's customers."""
        return self.account_id or self.line_ids.account_id[:1]
