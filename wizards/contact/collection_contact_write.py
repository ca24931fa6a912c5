from markupsafe import Markup

from odoo import Command, api, fields, models
from odoo.exceptions import UserError, ValidationError

from ...tools.mail_items import put_items


class CollectionContactWrite(models.TransientModel):
    """Writing to a customer: the situation gives the text, the chosen items the table and the attachments."""

    _name = "collection.contact.write"
    _description = "Write to the Customer"

    account_id = fields.Many2one("collection.account", readonly=True)
    inquiry_id = fields.Many2one("collection.inquiry", readonly=True)
    company_id = fields.Many2one("res.company", compute="_compute_company_id")
    customer_ids = fields.Many2many("res.partner", compute="_compute_company_id")
    contact_id = fields.Many2one(
        "res.partner", string="To", compute="_compute_contact_id", store=True, readonly=False, required=True
    )
    contact_email = fields.Char(related="contact_id.email")
    lang = fields.Char(compute="_compute_lang")
    lang_name = fields.Char(string="Language", compute="_compute_lang")
    template_id = fields.Many2one(
        "mail.template", string="Situation", domain="[('model', '=', 'collection.account')]", ondelete="cascade"
    )
    line_ids = fields.Many2many(
        "account.move.line", string="Items", compute="_compute_line_ids", store=True, readonly=False
    )
    attach_documents = fields.Boolean(string="Attach the Invoices", default=False)
    subject = fields.Char(compute="_compute_text", store=True, readonly=False, required=True)
    body = fields.Html(compute="_compute_text", store=True, readonly=False, sanitize_style=True)
    items_preview = fields.Html(compute="_compute_items_preview", sanitize=False)
    attachment_ids = fields.Many2many("ir.attachment", string="More Attachments")
    next_action = fields.Char()
    next_action_date = fields.Date(string="On")

    # ------------------------------------------------------------------
    # Computes
    # ------------------------------------------------------------------

    @api.depends("account_id", "inquiry_id")
    def _compute_company_id(self):
        for wizard in self:
            wizard.company_id = wizard.account_id.company_id or wizard.inquiry_id.company_id or self.env.company
            asking = wizard.inquiry_id.sales_partner_id or wizard.account_id.partner_id
            wizard.customer_ids = asking.commercial_partner_id

    @api.depends("account_id", "inquiry_id")
    def _compute_contact_id(self):
        for wizard in self:
            asking = wizard.inquiry_id.partner_id or wizard.inquiry_id.sales_partner_id
            wizard.contact_id = asking or wizard.account_id._default_contact("email")

    @api.depends("contact_id")
    def _compute_lang(self):
        names = dict(self.env["res.lang"].get_installed())
        for wizard in self:
            customer = wizard.customer_ids[:1]
            wizard.lang = wizard.contact_id.lang or customer.lang or wizard.company_id.partner_id.lang or "en_US"
            wizard.lang_name = names.get(wizard.lang, wizard.lang)

    @api.depends("account_id", "inquiry_id")
    def _compute_line_ids(self):
        """What is overdue; of an inquiry the documents that are asked about."""
        for wizard in self:
            items = wizard.account_id.open_item_ids.filtered(lambda line: line.amount_residual > 0)
            if wizard.inquiry_id:
                wizard.line_ids = items.filtered(lambda line: line.move_id in wizard.inquiry_id.move_ids)
            else:
                today = wizard.company_id._collection_today()
                wizard.line_ids = items.filtered(lambda line: (line.date_maturity or line.date) < today)

    @api.depends("template_id", "contact_id")
    def _compute_text(self):
        for wizard in self:
            if not wizard.template_id:
                wizard.subject = wizard.subject or wizard.inquiry_id.display_name or wizard.account_id.display_name
                continue
            template = wizard.template_id.with_context(lang=wizard.lang, collection_contact_name=wizard.contact_id.name)
            account = wizard.account_id
            # A sales partner may ask without a customer of its own being concerned: the text is then its own.
            wizard.subject = (account and template._render_field("subject", account.ids)[account.id]) or wizard.subject
            wizard.body = (account and template._render_field("body_html", account.ids)[account.id]) or wizard.body

    @api.depends("line_ids", "lang")
    def _compute_items_preview(self):
        for wizard in self:
            wizard.items_preview = wizard._items_table() if wizard.line_ids else False

    # ------------------------------------------------------------------
    # The table and the attachments
    # ------------------------------------------------------------------

    def _items_table(self):
        """The generated table of the chosen items, in the recipient's language."""
        self.ensure_one()
        with_customer = bool(self.inquiry_id.sales_partner_id)
        return self.line_ids._origin._collection_items_table(self.company_id, self.lang, with_customer)

    def _prepare_attachments(self):
        """Everything that goes with the e-mail: the invoices where that is asked for, and what was added by hand."""
        self.ensure_one()
        moves = self.line_ids.move_id | (
            self.inquiry_id.move_ids if self.attach_documents else self.env["account.move"]
        )
        documents = moves._collection_documents() if self.attach_documents else self.env["ir.attachment"]
        return documents | self.attachment_ids

    # ------------------------------------------------------------------
    # Sending
    # ------------------------------------------------------------------

    def action_send(self):
        """Send the e-mail and log it as a contact.

        :raise UserError: the person cannot or must not be written to
        """
        self.ensure_one()
        source = self.inquiry_id or self.account_id
        source.check_access("write")
        self._check_sendable()
        message = source.with_context(lang=self.lang).message_post(
            subject=self.subject,
            body=put_items(self.body, self._items_table()) if self.line_ids else Markup(self.body or ""),
            partner_ids=self.contact_id.ids,
            # Copies, since a posted message takes its attachments to itself.
            attachments=[(each.name, each.raw) for each in self._prepare_attachments().sudo()],
            message_type="comment",
            subtype_xmlid="mail.mt_comment",
            email_layout_xmlid="mail.mail_notification_light",
        )
        self._log_sent(message)
        return {"type": "ir.actions.act_window_close"}

    def _check_sendable(self):
        person = self.contact_id
        if not person._collection_may_write():
            raise UserError(
                self.env._("%(person)s has no e-mail address, or does not want e-mails.", person=person.display_name)
            )
        if person.commercial_partner_id not in self.customer_ids:
            raise UserError(self.env._("%(person)s does not belong to the customer.", person=person.display_name))
        if self.line_ids - self.account_id.open_item_ids:
            raise ValidationError(self.env._("Only open items of the account can be listed."))
        if self.inquiry_id:
            self.inquiry_id._check_answerable()
            self.inquiry_id._check_documents(self.line_ids.move_id)

    def _log_sent(self, message):
        """One contact for the e-mail; an inquiry is answered by it."""
        text = f"{self.subject}\n{message.preview or ''}".strip()
        follow_up = {"next_action": self.next_action, "next_action_date": self.next_action_date}
        if self.inquiry_id:
            self.inquiry_id._set_answered(text)
            activity = self.inquiry_id._log_answer("email", text, **follow_up)
        else:
            follow_up = {name: value for name, value in follow_up.items() if value}
            activity = self.env["collection.activity"]._log(
                {
                    "account_id": self.account_id.id,
                    "channel": "email",
                    "direction": "out",
                    "contact_id": self.contact_id.id,
                    "outcome_id": self.env.ref("account_collections.activity_outcome_email_sent").id,
                    "move_ids": [Command.set(self.line_ids.move_id.ids)],
                    "note": text,
                    **follow_up,
                }
            )
        activity._unguarded().mail_message_id = message
        return activity


class CollectionAccount(models.Model):
    _inherit = "collection.account"

    def action_write_email(self):
        """Write to the customer: situation, items, preview."""
        self.ensure_one()
        self.check_access("write")
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Write to %(customer)s", customer=self.display_name),
            "res_model": "collection.contact.write",
            "view_mode": "form",
            "target": "new",
            "context": {
                "default_account_id": self.id,
                "default_template_id": self.env.ref(
                    "account_collections.mail_template_contact_payment", raise_if_not_found=False
                ).id,
            },
        }


class CollectionInquiry(models.Model):
    _inherit = "collection.inquiry"

    def action_answer(self):
        """Answer by e-mail: the type's text, the documents that were asked about."""
        self.ensure_one()
        self.check_access("write")
        self._check_answerable()
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Answer %(inquiry)s", inquiry=self.name),
            "res_model": "collection.contact.write",
            "view_mode": "form",
            "target": "new",
            "context": {
                "default_inquiry_id": self.id,
                "default_account_id": self.account_id.id,
                "default_template_id": self.type_id.mail_template_id.id,
                "default_attach_documents": self.type_id.attach_documents,
            },
        }
