from odoo import Command, fields, models
from odoo.exceptions import UserError
from odoo.tools import html2plaintext
from odoo.tools.misc import clean_context

from ...tools.mail_items import put_items

# Characters of the mail's text that stand in the answer; the whole mail stands in the thread.
_EXCERPT = 1000


class CollectionHelp(models.Model):
    """E-mails to the sales partner, and its replies, which come to the request's own thread."""

    _inherit = "collection.help"

    _collection_keeps_replies = True

    def _mail_get_partner_fields(self, introspect_fields=False):
        return ["contact_id"]

    # ------------------------------------------------------------------
    # Out
    # ------------------------------------------------------------------

    def _check_sendable(self):
        """:raise UserError: there is nobody to write to, or nothing to ask about"""
        self.ensure_one()
        if not self.contact_id._collection_may_write():
            raise UserError(
                self.env._(
                    "%(person)s has no e-mail address, or does not want e-mails: choose somebody else at %(partner)s, or call.",
                    person=(self.contact_id or self.sales_partner_id).display_name,
                    partner=self.sales_partner_id.display_name,
                )
            )
        self.line_ids._check_whose()
        if not self.line_ids._open_items():
            raise UserError(
                self.env._("%(request)s: nothing is open of what you ask about.", request=self.name)
                if self.line_ids
                else self.env._("%(request)s: choose the invoices you ask about.", request=self.name)
            )

    def _ask(self, template_xmlid, with_documents=False):
        """Write to the partners, and keep each e-mail as one contact of all accounts.

        Texts are rendered by language, in batches; each partner reads about its own customers' open items only.
        """
        outcome = self.env.ref("account_collections.activity_outcome_help_asked", raise_if_not_found=False)
        texts = {}
        for lang, group in self.grouped("lang").items():
            requests = group.with_context(lang=lang)
            # Whoever may ask need not have rights on templates.
            template = self.env.ref(template_xmlid).sudo().with_context(lang=lang)
            subjects = template._render_field("subject", requests.ids)
            bodies = template._render_field("body_html", requests.ids)
            for request in requests:
                texts[request.id] = (subjects[request.id], request._put_items(bodies[request.id]))
        messages = self._post_all(texts, with_documents)
        # Meanwhile some of the accounts may be a colleague's.
        contacts = (
            self.env["collection.activity"]
            .sudo()
            ._log(
                [
                    {
                        **request._prepare_contact_vals(),
                        "direction": "out",
                        "outcome_id": outcome and outcome.id,
                        "note": messages[request.id].subject,
                    }
                    for request in self
                ]
            )
        )
        for request, contact in zip(self, contacts):
            contact._unguarded().mail_message_id = messages[request.id]

    def _put_items(self, text):
        """The template's text with the table of what is open."""
        self.ensure_one()
        table = self.line_ids._open_items()._collection_items_table(self.company_id, self.lang, with_customer=True)
        return put_items(text, table)

    def _post_all(self, texts, with_documents):
        """Post one e-mail on each request: messages, e-mails and what is known of their delivery are each made in one go.

        :param texts: dict of request id to (subject, text)
        :return: dict of request id to `mail.message`
        """
        # E-mails are the system's; whoever asks needs no right on them. Defaults in the context are another model's.
        # pylint: disable-next=context-overridden
        own = self.sudo().with_context(clean_context(self.env.context))
        messages = own.env["mail.message"].create(
            [request._prepare_message_vals(*texts[request.id], with_documents) for request in own]
        )
        by_request = dict(zip(own, messages))
        mails = own.env["mail.mail"].create(
            [
                {
                    "mail_message_id": message.id,
                    "body_html": request._mail_body(message),
                    "recipient_ids": [Command.set(request.contact_id.ids)],
                    "is_notification": True,
                    "auto_delete": True,
                }
                for request, message in by_request.items()
            ]
        )
        own.env["mail.notification"].create(
            [
                {
                    "author_id": mail.mail_message_id.author_id.id,
                    "mail_message_id": mail.mail_message_id.id,
                    "mail_mail_id": mail.id,
                    "res_partner_id": mail.recipient_ids.id,
                    "notification_type": "email",
                    "notification_status": "ready",
                    "is_read": True,
                }
                for mail in mails
            ]
        )
        if self.env.context.get("mail_notify_force_send", True):
            mails.send_after_commit()
        return {request.id: message for request, message in by_request.items()}

    def _prepare_message_vals(self, subject, text, with_documents):
        self.ensure_one()
        documents = self.env["ir.attachment"]
        if with_documents and self.kind_id.attach_documents:
            documents = self.line_ids._open_items().move_id._collection_documents()
        user = self.user_id
        reply_to = self.company_id._collection_mail_address()
        return {
            "model": self._name,
            "res_id": self.id,
            "record_name": self.display_name,
            "subject": subject,
            "body": text,
            "author_id": user.partner_id.id,
            "email_from": user.email_formatted or self.company_id.email_formatted,
            "partner_ids": [Command.set(self.contact_id.ids)],
            # Copies, since a posted message takes its attachments to itself.
            "attachment_ids": [
                Command.create({"name": each.name, "raw": each.raw, "res_model": self._name, "res_id": self.id})
                for each in documents
            ],
            "message_type": "comment",
            "subtype_id": self.env["ir.model.data"]._xmlid_to_res_id("mail.mt_comment"),
            **({"reply_to": reply_to} if reply_to else {}),
        }

    def _mail_body(self, message):
        """The whole e-mail: the message in Odoo's frame, in the partner's language."""
        self.ensure_one()
        own = self.with_context(lang=self.lang)
        frame = "mail.mail_notification_light"
        return own.env["mail.render.mixin"]._render_encapsulate(
            frame, message.body, add_context={"message": message}, context_record=own
        )

    def _prepare_contact_vals(self):
        """One contact with the partner, which shows on each account that it is about."""
        self.ensure_one()
        return {
            "help_id": self.id,
            "sales_partner_id": self.sales_partner_id.id,
            "account_ids": [Command.set(self.account_ids.ids)],
            "move_ids": [Command.set(self.line_ids.move_id.ids)],
            "contact_id": self.contact_id.id,
            "channel": "email",
            "date": fields.Datetime.now(),
        }

    # ------------------------------------------------------------------
    # In
    # ------------------------------------------------------------------

    def _collection_reply_received(self, message):
        """A person at the partner's wrote: that is the answer; whoever asked gets the task to go on."""
        self.ensure_one()
        text = html2plaintext(message.body or "").strip()[:_EXCERPT]
        if self.state in ("sent", "expired"):
            self._set_answered(text, min(message.date, fields.Datetime.now()))
        elif self.state == "answered":
            self._unguarded().answer = f"{self.answer or ''}\n\n{text}".strip()
        received = self.env.ref("account_collections.activity_outcome_email_received", raise_if_not_found=False)
        author = message.author_id
        own = author.commercial_partner_id == self.sales_partner_id.commercial_partner_id
        contact = (
            self.env["collection.activity"]
            ._unguarded()
            ._log(
                [
                    {
                        **self._prepare_contact_vals(),
                        "direction": "in",
                        "contact_id": own and author.id,
                        "date": min(message.date, fields.Datetime.now()),
                        "outcome_id": received and received.id,
                        "note": f"{message.subject or ''}\n\n{text}".strip(),
                    }
                ]
            )
        )
        contact._unguarded().mail_message_id = message
        self._add_tasks(self.env._("%(partner)s answered", partner=self.sales_partner_id.name))

    def _message_receive_bounce(self, email, partner):
        """The partner was not reached: better known now than when the answer is due."""
        result = super()._message_receive_bounce(email, partner)
        # The mail gateway's user need not see requests.
        asked = self.sudo().filtered(lambda request: request.state == "sent")
        asked._add_tasks(self.env._("The e-mail came back: %(email)s", email=email or ""))
        return result
