from psycopg2 import errors as pgerrors

from odoo import Command, api, models
from odoo.exceptions import UserError

# Up to so many letters are mailed while the user waits; more in the background.
AT_ONCE = 20
_CHUNK = 20
# A letter that failed so often waits for a person.
_ATTEMPTS = 3
_CONFLICTS = 20


class CollectionLetter(models.Model):
    """Mailing: the letter's text as an e-mail, with its PDF, to the right person."""

    _inherit = "collection.letter"

    def _send_mails(self):
        """Mail letters that go by e-mail: each once, with its PDF; those that cannot be made stay due, with the reason. Never commits.

        :return: dict of letters that failed to the reason
        """
        errors = {}
        letters = self.sudo().filtered(lambda letter: letter.state == "due" and letter.way == "email")
        letters = letters.try_lock_for_update()  # letters are the system's; what another worker has is not ours
        letters.invalidate_recordset()
        letters = letters.filtered(lambda letter: letter.state == "due" and letter.way == "email")
        letters = letters._still_true()._readdress().filtered(lambda letter: letter.way == "email")
        letters = letters._make_pdfs(errors)
        if letters:
            mails = self.env["mail.mail"].sudo().create([letter._prepare_mail_vals() for letter in letters])
            for letter, mail in zip(letters, mails):
                letter._unguarded().mail_mail_id = mail
            letters._set_sent()
            self.env["collection.notice"]._trigger_mail_queue()
        for letter, error in errors.items():
            letter._unguarded().write({"error": error, "attempts": letter.attempts + 1})
        return errors

    def _prepare_mail_vals(self):
        self.ensure_one()
        record = self.account_id if self.account_id and not self.sales_partner_id else self.sales_partner_id
        company = self.company_id
        values = {"letter": self, "company": company, "lang": self.lang, "text": self._letter_values()}
        return {
            # On the customer's account or the partner: bounces and replies find their way.
            "model": record._name,
            "res_id": record.id,
            "record_name": record.display_name,
            "subject": f"{company.name}: {self.subject}",
            "body": self.body,
            "body_html": self.env["ir.qweb"]._render("account_collections.letter_mail", values, lang=self.lang),
            "email_from": self.user_id.email_formatted or company.email_formatted,
            "reply_to": company._collection_mail_address() or self.user_id.email_formatted or company.email_formatted,
            "author_id": self.user_id.partner_id.id,
            "recipient_ids": [Command.set(self.recipient_id.ids)],
            "attachment_ids": [Command.set(self.attachment_id.ids)],
            "auto_delete": False,
        }

    def action_send(self):
        """Mail letters that wait, also those that failed before."""
        self._check_writer()
        letters = self.sudo().filtered(lambda letter: letter.state == "due" and letter.way == "email")  # the system's
        if not letters:
            raise UserError(self.env._("None of these letters waits to be mailed."))
        letters._unguarded().write({"attempts": 0})
        letters._go_out()

    def _go_out(self):
        """A few at once, with what went wrong; many in the background."""
        letters = self.filtered(lambda letter: letter.state == "due" and letter.way == "email")
        if len(letters) > AT_ONCE:
            letters._trigger_mails()
        else:
            letters._send_mails()

    @api.model
    def _trigger_mails(self):
        self.env.ref(
            "account_collections.ir_cron_mail_letters"
        ).sudo()._trigger()  # whoever writes letters wakes the job

    @api.model
    def _cron_mail(self):
        """Mail what waits, a few at a time; a job that was killed goes on where it stopped, two share the work."""
        Cron = self.env["ir.cron"]
        waiting = [("state", "=", "due"), ("way", "=", "email"), ("attempts", "<", _ATTEMPTS)]
        Cron._commit_progress(0, remaining=self.search_count(waiting))
        last = conflicts = 0
        while conflicts < _CONFLICTS:
            letters = self.search([*waiting, ("id", ">", last)], order="id", limit=_CHUNK)
            if not letters:
                break
            try:
                letters._send_mails()
                if not Cron._commit_progress(len(letters)):
                    break
                last, conflicts = letters[-1].id, 0
            except pgerrors.SerializationFailure:  # another worker or a user changed one of them: look again
                self.env.cr.rollback()
                conflicts += 1
