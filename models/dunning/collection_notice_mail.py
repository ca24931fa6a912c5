import logging

from psycopg2 import errors as pgerrors

from odoo import Command, models
from odoo.exceptions import UserError

from ...tools.mail_items import put_items

_logger = logging.getLogger(__name__)


def _reason(error):
    """What a person needs to know of an error: its first cause, without the traceback that a renderer puts into its message."""
    while error.__cause__:
        error = error.__cause__
    return str(error) or type(error).__name__


class CollectionNotice(models.Model):
    """The e-mail of a notice: the template's text, the generated table of items, the attachments."""

    _inherit = "collection.notice"

    def _send_group(self, company, template, lang):
        """Queue notices that share template and language; where that fails, one by one, so that one bad record stops no other."""
        try:
            with self.env.cr.savepoint():
                return self._queue_mails(company, template, lang)
        except pgerrors.OperationalError:
            raise
        except Exception as error:
            if len(self) > 1:
                queued = self.browse()
                for notice in self:
                    queued |= notice._send_group(company, template, lang)
                return queued
            _logger.info("Notice %s could not be prepared", self.id, exc_info=True)
            self.invalidate_recordset(flush=False)
            self._unguarded().write({"attempts": self.attempts + 1})
            self._set_failed(self.env._("The e-mail could not be prepared: %(reason)s", reason=_reason(error)))
            return self.browse()

    def _queue_mails(self, company, template, lang):
        """Render and create the mails of one template and language in one batch, and mark their notices as queued."""
        if not template:
            raise UserError(self.env._("The step “%(step)s” has no template.", step=self[:1].step_id.name))
        notices = self.with_company(company).with_context(lang=lang)
        # In one go what the tables of items name, each for its own notice.
        self.line_ids.move_line_id.mapped("collection_dispute_names")
        template = template.sudo().with_company(company).with_context(lang=lang)
        subjects = template._render_field("subject", notices.ids)
        bodies = template._render_field("body_html", notices.ids)
        senders = template._render_field("email_from", notices.ids)
        replies = template._render_field("reply_to", notices.ids)
        attachments = notices._mail_attachments(template)
        texts = {notice: notice._mail_text(bodies[notice.id]) for notice in notices}
        values = {
            notice: {
                "subject": subjects[notice.id],
                # What the discussion shows; without it the client takes the message for a removed one.
                "body": texts[notice],
                "body_html": notice._mail_body(texts[notice]),
                "email_from": senders[notice.id] or company.email_formatted,
                "reply_to": company._collection_mail_address() or replies[notice.id] or company.email_formatted,
                "recipient_ids": [Command.set(notice.recipient_id.ids)],
                "attachment_ids": [Command.set(attachments[notice.id])],
                "failure_reason": False,
                "failure_type": False,
            }
            for notice in notices
        }
        mails = self._hand_over(values)
        today = company._collection_today()
        for notice in self:
            notice._set_queued(mails[notice.id], today)
        self.env["collection.account"]._touch(accounts=self.account_id.ids)
        return self

    def _hand_over(self, values):
        """Put one e-mail for each notice into Odoo's queue: the one of an earlier attempt once more, else a new one.

        :param values: dict of notice to the values of its `mail.mail`
        :return: dict of notice id to `mail.mail`
        """
        # Mails are the system's; the collector's rights end at the notice.
        Mail = self.env["mail.mail"].sudo()
        first = [notice for notice in values if not notice.mail_mail_id]
        fixed = {"model": self._name, "auto_delete": False}
        created = Mail.create(
            [{**values[notice], **fixed, "res_id": notice.id, "record_name": notice.name} for notice in first]
        )
        mails = {notice.id: mail for notice, mail in zip(first, created)}
        for notice in values:
            if notice.id not in mails:
                mails[notice.id] = notice.sudo().mail_mail_id
                mails[notice.id].write(values[notice])
                mails[notice.id].mark_outgoing()
        return mails

    def _mail_text(self, text):
        """The template's text with the generated table of items."""
        self.ensure_one()
        table = self.env["ir.qweb"]._render("account_collections.notice_items", self._items_values(), lang=self.lang)
        return put_items(text, table)

    def _mail_body(self, text):
        """The whole mail: the company's header, the text with its table, the footer."""
        self.ensure_one()
        values = {"notice": self, "company": self.company_id, "lang": self.lang, "body": text}
        return self.env["ir.qweb"]._render("account_collections.notice_mail", values, lang=self.lang)

    def _items_values(self):
        """What the generated parts of e-mails and letters show."""
        today = self.company_id._collection_today()
        lines = self.line_ids.filtered("counted").sorted(lambda line: (line.currency_id.id, line.due_date, line.id))
        soon = lines.filtered(lambda line: line.due_date >= today)
        return {
            "notice": self,
            "company": self.company_id,
            "lines": lines,
            "sections": [
                (kind, part, part._totals()) for kind, part in (("overdue", lines - soon), ("soon", soon)) if part
            ],
            "today": today,
            "lang": self.lang,
        }

    def _mail_attachments(self, template):
        """Attachments of each notice: the template's own, and the invoices' PDFs where the step asks for them.

        :return: dict of notice id to list of attachment ids
        """
        result = {notice.id: list(template.attachment_ids.ids) for notice in self}
        for notice in self.filtered(lambda each: each.step_id.attach_documents):
            moves = notice.line_ids.filtered("counted").move_id
            result[notice.id] += moves._collection_documents().ids
        return result
