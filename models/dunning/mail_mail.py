from odoo import models


class MailMail(models.Model):
    _inherit = "mail.mail"

    def _postprocess_sent_message(self, success_pids, success_emails, failure_reason=False, failure_type=None):
        """Tell the notices of these mails how the mail server answered."""
        mails = self.filtered(lambda mail: mail.model == "collection.notice")
        # The mail queue works for everybody; a notice's state follows its mail.
        notices = self.env["collection.notice"].sudo().search([("mail_mail_id", "in", mails.ids)]) if mails else []
        if notices and (failure_type or failure_reason):
            notices._set_failed(failure_reason or failure_type)
        elif notices:
            notices._set_sent()
        return super()._postprocess_sent_message(
            success_pids, success_emails, failure_reason=failure_reason, failure_type=failure_type
        )
