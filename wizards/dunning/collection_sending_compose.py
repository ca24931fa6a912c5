from odoo import Command, api, fields, models
from odoo.exceptions import UserError


class CollectionSendingCompose(models.TransientModel):
    """Choose documents of an account, see to whom they go, send them in one e-mail or download them."""

    _name = "collection.sending.compose"
    _description = "Send Documents"

    account_id = fields.Many2one("collection.account", required=True, readonly=True)
    recipient = fields.Char(
        compute="_compute_recipient", help="By the rule of notices: A/P contact, invoice contact, customer."
    )
    is_reachable = fields.Boolean(compute="_compute_recipient")
    note = fields.Text(help="A line or two above the list of documents.")
    line_ids = fields.One2many("collection.sending.compose.line", "wizard_id", string="Documents")

    @api.model
    def default_get(self, fields_list):
        values = super().default_get(fields_list)
        account = self.env["collection.account"].browse(values.get("account_id"))
        if account and "line_ids" in fields_list:
            items = account.open_item_ids.filtered(lambda line: line.move_id.is_sale_document())
            first = {item.move_id: item for item in reversed(items)}
            values["line_ids"] = [Command.create({"move_line_id": item.id}) for item in reversed(first.values())]
        return values

    @api.depends("account_id")
    def _compute_recipient(self):
        recipients = self.env["collection.sending"]._recipients(self.account_id)
        for wizard in self:
            who = recipients.get(wizard.account_id, "")
            wizard.is_reachable = not isinstance(who, str)
            if wizard.is_reachable:
                contact = self.env["res.partner"].browse(who["recipient_id"])
                wizard.recipient = f"{contact.name or contact.display_name} <{who['email']}>"
            else:
                wizard.recipient = who

    def _chosen(self):
        self.ensure_one()
        lines = self.line_ids.filtered("selected")
        if not lines:
            raise UserError(self.env._("Tick the documents first."))
        return lines.move_line_id.move_id

    def action_send(self):
        """One e-mail with all chosen documents."""
        row = self.env["collection.sending"]._send_documents(self.account_id, self._chosen(), self.note)
        return {
            "type": "ir.actions.client",
            "tag": "display_notification",
            "params": {
                "type": "success",
                "message": self.env._("Sent to %(recipient)s.", recipient=row.recipient_email),
                "next": {"type": "ir.actions.act_window_close"},
            },
        }

    def action_download(self):
        """The chosen documents as PDF, several of them in one ZIP file."""
        return self._chosen()._collection_download()


class CollectionSendingComposeLine(models.TransientModel):
    _name = "collection.sending.compose.line"
    _description = "Send Documents: Document"

    wizard_id = fields.Many2one("collection.sending.compose", required=True, ondelete="cascade")
    selected = fields.Boolean(string="Send")
    move_line_id = fields.Many2one("account.move.line", string="Item", required=True, readonly=True)
    move_id = fields.Many2one(related="move_line_id.move_id", string="Document")
    date_maturity = fields.Date(related="move_line_id.date_maturity", string="Due")
    currency_id = fields.Many2one(related="move_line_id.currency_id")
    amount_open = fields.Monetary(related="move_line_id.amount_residual_currency", string="Open")
    sent_on = fields.Date(related="move_line_id.collection_sent_on")
    sent_to = fields.Char(related="move_line_id.collection_sent_to")
