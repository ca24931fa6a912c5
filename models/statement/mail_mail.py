from odoo import models


class MailMail(models.Model):
    _inherit = "mail.mail"

    def _postprocess_sent_message(self, success_pids, success_emails, failure_reason=False, failure_type=None):
        """Tell the statements of these mails how the mail server answered; whatever state they are in, the queue must go on."""
        mails = self.filtered(lambda mail: mail.model == "collection.statement")
        if mails:
            # The mail queue works for everybody; a statement's state follows its mail.
            Statement = self.env["collection.statement"].sudo()
            Statement.search([("mail_mail_id", "in", mails.ids), ("state", "in", ("queued", "failed"))])._follow_mails()
        return super()._postprocess_sent_message(
            success_pids, success_emails, failure_reason=failure_reason, failure_type=failure_type
        )
