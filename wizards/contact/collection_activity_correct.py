from odoo import fields, models


class CollectionActivityCorrect(models.TransientModel):
    _name = "collection.activity.correct"
    _description = "Void or Redact Contacts"

    activity_ids = fields.Many2many(
        "collection.activity", required=True, default=lambda self: self.env.context.get("active_ids")
    )
    action = fields.Selection(
        [("void", "Void: it did not take place here, and counts nowhere"), ("redact", "Redact: take the text away")],
        required=True,
        default="void",
    )
    reason = fields.Char(required=True, help="Kept with the contact, with your name and the time.")

    def action_apply(self):
        """Void or redact the contacts."""
        self.ensure_one()
        if self.action == "void":
            self.activity_ids.action_void(self.reason)
        else:
            self.activity_ids.action_redact(self.reason)
        return {"type": "ir.actions.act_window_close"}
