from odoo import fields, models
from odoo.exceptions import AccessError, UserError, ValidationError


class CollectionActivity(models.Model):
    """What a manager may do about a logged contact: void it, or take its text away (SPEC §0). Who, when and why is kept."""

    _inherit = "collection.activity"

    is_redacted = fields.Boolean(string="Redacted", readonly=True)
    correction_user_id = fields.Many2one("res.users", string="Corrected By", readonly=True)
    correction_date = fields.Datetime(string="Corrected On", readonly=True)
    correction_reason = fields.Char(string="Reason of the Correction", readonly=True)

    def _guarded_fields(self):
        return super()._guarded_fields() | {
            "is_redacted",
            "correction_user_id",
            "correction_date",
            "correction_reason",
        }

    def action_void(self, reason):
        """Declare contacts void that were logged by mistake, e.g. on the wrong account: they count nowhere any more.

        :param reason: why, in the manager's words; kept with the contact
        """
        vals = self._prepare_correction_vals(reason)
        voided = self._update_state({"draft", "done"}, "void", timer_running=False, **vals)
        voided.account_ids._recompute_last_contact()
        return voided

    def action_redact(self, reason):
        """Replace the text of logged contacts; the contact itself stays and counts."""
        vals = self._prepare_correction_vals(reason)
        if any(activity.state == "draft" for activity in self):
            raise UserError(self.env._("An open contact can still be edited; only a logged one is redacted."))
        text = self.env._("[Text removed by a manager]")
        self._unguarded().write({**vals, "note": text, "is_redacted": True})
        for activity in self.filtered("next_action"):
            activity._unguarded().next_action = text

    def _prepare_correction_vals(self, reason):
        self.check_access("write")
        if not self.env.user.has_group("account_collections.group_manager"):
            raise AccessError(self.env._("Only managers void or redact contacts."))
        if not (reason or "").strip():
            raise ValidationError(self.env._("Give the reason: it stays with the contact."))
        return {
            "correction_user_id": self.env.uid,
            "correction_date": fields.Datetime.now(),
            "correction_reason": reason,
        }
