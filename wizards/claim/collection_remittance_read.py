import base64

from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError

from ...tools.file_text import read_text
from ...tools.remittance import MAX_ROWS, RemittanceProblem, read_file, read_remittance, text_rows


class CollectionRemittanceRead(models.TransientModel):
    _name = "collection.remittance.read"
    _description = "Read a Remittance Advice"

    account_id = fields.Many2one("collection.account", required=True, readonly=True)
    claim_id = fields.Many2one("collection.claim", readonly=True)
    company_id = fields.Many2one(related="account_id.company_id")
    currency_id = fields.Many2one("res.currency", required=True, help="In which the advice states its amounts.")
    text = fields.Text(help="Pasted from the e-mail, or rows copied from a spreadsheet.")
    file = fields.Binary(attachment=False, help="CSV, XLSX or PDF with text in it.")
    file_name = fields.Char()
    note = fields.Text()
    user_id = fields.Many2one(
        "res.users", string="Owner", domain="[('share', '=', False)]", help="Who is asked to apply the money."
    )

    @api.model
    def default_get(self, fields_list):
        values = super().default_get(fields_list)
        claim = self.env["collection.claim"].browse(values.get("claim_id") or ())
        account_id = claim.account_id.id or values.get("account_id")
        if not account_id and self.env.context.get("active_model") == "collection.account":
            account_id = self.env.context.get("active_id")
        account = self.env["collection.account"].browse(account_id or ())
        if account:
            items = account.open_item_ids.filtered(lambda item: item.amount_residual > 0)
            currency = claim.currency_id or items[:1].currency_id or account.currency_id
            values.update(account_id=account.id, currency_id=currency.id)
            values["user_id"] = account.company_id._collection_applier().id
        return values

    def action_apply(self):
        """Make a request of it: matched lines, and those to which nothing was found.

        :raise ValidationError: nothing can be read, or it is in another currency
        """
        self.ensure_one()
        if not self.account_id.partner_id:
            raise ValidationError(self.env._("Choose the customer's account: an advice is matched with its items."))
        content = base64.b64decode(self.file or b"")
        if content:
            self._refuse_card_numbers(content)
        try:
            rows = read_file(self.file_name or "", content) if content else text_rows(self.text or "")
            remittance = read_remittance(rows)
        except RemittanceProblem as problem:
            raise ValidationError(self._words(problem.code)) from problem
        self._check_currency(remittance)
        vals = {"claim_id": self.claim_id.id, "note": self.note}
        if self.user_id:
            vals["user_id"] = self.user_id.id
        Request = self.env["collection.application.request"]
        request = Request._create_from_remittance(self.account_id, remittance, self.currency_id, **vals)
        self._keep(request, content)
        return request._open_form()

    def _refuse_card_numbers(self, content):
        text, is_html = read_text(self.file_name or "", content)
        self.env["collection.card.guard"]._refuse([(self.env._("File"), text, is_html)])

    def _check_currency(self, remittance):
        if remittance.currencies and self.currency_id.name not in remittance.currencies:
            raise ValidationError(
                self.env._(
                    "The advice is in %(other)s, you chose %(own)s. Choose its currency, and one advice for each.",
                    other=", ".join(sorted(remittance.currencies)),
                    own=self.currency_id.name,
                )
            )

    def _keep(self, request, content):
        """The advice stays with the request as it came."""
        name = self.file_name or self.env._("Remittance advice.txt")
        raw = content or (self.text or "").encode()
        attachment = self.env["ir.attachment"].create(
            {"name": name, "raw": raw, "res_model": request._name, "res_id": request.id}
        )
        request.message_post(
            body=self.env._("Remittance advice"), attachment_ids=attachment.ids, subtype_xmlid="mail.mt_note"
        )

    def _words(self, code):
        words = {
            "kind": self.env._("This kind of file cannot be read: send it as XLSX, CSV or PDF."),
            "encoding": self.env._("The letters of the file cannot be read. Save it as UTF-8."),
            "quotes": self.env._("The file has a quotation mark that does not end."),
            "long_cell": self.env._("A cell of the file is too long for a remittance advice."),
            "damaged": self.env._("The workbook is damaged or protected by a password."),
            "scanned": self.env._("The PDF holds a picture and no text. Paste the lines instead."),
            "too_long": self.env._("The advice has more than %(rows)s lines. Divide it.", rows=MAX_ROWS),
            "empty": self.env._("No line with an amount was found. Paste the lines with number and amount."),
        }
        return words[code]


class CollectionAccount(models.Model):
    _inherit = "collection.account"

    def action_remittance(self):
        """Read a remittance advice: paste it, or take its file."""
        self.ensure_one()
        if not self.partner_id:
            raise UserError(self.env._("Choose the customer's account: an advice is matched with its items."))
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Remittance advice of %(customer)s", customer=self.display_name),
            "res_model": "collection.remittance.read",
            "view_mode": "form",
            "target": "new",
            "context": {"default_account_id": self.id},
        }


class CollectionClaim(models.Model):
    _inherit = "collection.claim"

    def action_remittance(self):
        """Read the remittance advice of the claimed payment."""
        self.ensure_one()
        action = self.account_id.action_remittance()
        return {**action, "context": {**action["context"], "default_claim_id": self.id}}
