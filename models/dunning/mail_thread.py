from odoo import api, models
from odoo.tools.mail import decode_message_header


class MailThread(models.AbstractModel):
    _inherit = "mail.thread"

    @api.model
    def _message_parse_extract_bounce(self, email_message, message_dict):
        """Tell more of a returned notice than core does.

        A report that delivery is only late, or succeeded (RFC 3464, "Action"), is no bounce of the notice. A return that does not
        name the address that failed can only mean the one that the notice went to.
        """
        values = super()._message_parse_extract_bounce(email_message, message_dict)
        message = values.get("bounced_message")
        if not message or message.model != "collection.notice":
            return values
        # The mail gateway's user need not see notices.
        notice = self.env["collection.notice"].sudo().browse(message.res_id).exists()
        actions = {
            decode_message_header(part, "Action").strip().lower() for part in email_message.walk() if part["Action"]
        }
        if actions and "failed" not in actions:
            values.update(bounced_email=False, bounced_partner=self.env["res.partner"].sudo())
        elif not values["bounced_email"]:
            values.update(bounced_email=notice.recipient_email, bounced_partner=notice.recipient_id)
        return values
