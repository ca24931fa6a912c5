from odoo import fields, models
from odoo.exceptions import ValidationError


class CollectionDayClose(models.TransientModel):
    _name = "collection.day.close"
    _description = "Close the Day"

    day_id = fields.Many2one("collection.day", required=True, readonly=True)
    user_id = fields.Many2one(related="day_id.user_id")
    company_id = fields.Many2one(related="day_id.company_id")
    left_count = fields.Integer(related="day_id.left_count")
    is_today = fields.Boolean(related="day_id.is_today")
    reason_id = fields.Many2one(
        "collection.work.reason",
        string="Why They Are Left",
        domain="[('action', '=', 'left')]",
        help="Holds for all accounts that are left, but those named below.",
    )
    note = fields.Text()
    line_ids = fields.One2many("collection.day.close.line", "wizard_id", string="For Another Reason")

    def action_close(self):
        """Close the day and show the sheet."""
        self.ensure_one()
        lines = self.line_ids
        if len(lines.account_id) < len(lines):
            raise ValidationError(self.env._("An account is named twice."))
        exceptions = {line.account_id: (line.reason_id, line.note) for line in lines}
        self.day_id._close(self.reason_id, self.note, exceptions)
        return {"type": "ir.actions.act_window_close"}


class CollectionDayCloseLine(models.TransientModel):
    _name = "collection.day.close.line"
    _description = "Close the Day: Account Left for Another Reason"

    wizard_id = fields.Many2one("collection.day.close", required=True, ondelete="cascade")
    user_id = fields.Many2one(related="wizard_id.user_id")
    company_id = fields.Many2one(related="wizard_id.company_id")
    account_id = fields.Many2one(
        "collection.account",
        required=True,
        domain="[('on_worklist', '=', True), ('collector_id', '=', user_id), ('company_id', '=', company_id)]",
    )
    reason_id = fields.Many2one("collection.work.reason", required=True, domain="[('action', '=', 'left')]")
    note = fields.Text()


class CollectionDay(models.Model):
    _inherit = "collection.day"

    def action_close(self):
        """Ask why accounts are left, then close the day."""
        self.ensure_one()
        self.check_access("write")
        self._check_open()
        self.sudo()._refresh_figures()  # figures are the system's own
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Close the Day"),
            "res_model": "collection.day.close",
            "view_mode": "form",
            "target": "new",
            "context": {"default_day_id": self.id},
        }
