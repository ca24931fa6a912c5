from odoo import Command, api, fields, models
from odoo.exceptions import ValidationError


class CollectionHoldPlace(models.TransientModel):
    _name = "collection.hold.place"
    _description = "Pause Items"

    account_id = fields.Many2one("collection.account", required=True, readonly=True)
    company_id = fields.Many2one(related="account_id.company_id")
    date_until = fields.Date(string="Until", required=True)
    reason = fields.Char(required=True)
    line_ids = fields.One2many("collection.hold.place.line", "wizard_id", string="Items")

    @api.model
    def default_get(self, fields_list):
        values = super().default_get(fields_list)
        account = self.env["collection.account"].browse(values.get("account_id"))
        if account and "line_ids" in fields_list:
            items = account.open_item_ids.filtered(lambda line: line.amount_residual > 0)
            free = items._collection_free_amounts()
            values["line_ids"] = [
                Command.create({"move_line_id": line.id, "amount_currency": free[line.id]})
                for line in items
                if free[line.id] > 0
            ]
        return values

    def action_place(self):
        """Place a hold on each chosen item."""
        self.ensure_one()
        lines = self.line_ids.filtered("selected")
        if not lines:
            raise ValidationError(self.env._("Tick the items that are to be paused."))
        self.env["collection.hold"].create(
            [
                {
                    "account_id": self.account_id.id,
                    "move_line_id": line.move_line_id.id,
                    "amount_currency": line.amount_currency,
                    "date_until": self.date_until,
                    "reason": self.reason,
                }
                for line in lines
            ]
        )
        self.account_id.sudo()._refresh()  # figures are the system's own
        return {"type": "ir.actions.act_window_close"}


class CollectionHoldPlaceLine(models.TransientModel):
    _name = "collection.hold.place.line"
    _description = "Pause Items: Item"

    wizard_id = fields.Many2one("collection.hold.place", required=True, ondelete="cascade")
    selected = fields.Boolean(string="Pause")
    move_line_id = fields.Many2one("account.move.line", string="Item", required=True, readonly=True)
    move_id = fields.Many2one(related="move_line_id.move_id", string="Document")
    date_maturity = fields.Date(related="move_line_id.date_maturity")
    currency_id = fields.Many2one(related="move_line_id.currency_id")
    amount_open = fields.Monetary(related="move_line_id.amount_residual_currency", string="Open")
    amount_currency = fields.Monetary(string="Pause Amount")
