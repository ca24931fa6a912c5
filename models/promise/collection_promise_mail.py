from odoo import models


class CollectionPromise(models.Model):
    """The confirmation that goes to the customer, in its language."""

    _inherit = "collection.promise"

    def _mail_recipient(self):
        """Who gets the confirmation: who promised, else the accounts-payable contact, the invoice contact, the customer.

        Whoever is not to be written to by e-mail is passed over; empty when nobody is left.
        """
        self.ensure_one()
        customer = self.partner_id
        invoice = customer.child_ids.filtered(lambda each: each.type == "invoice")
        candidates = [self.contact_id, customer.collection_ap_contact_id, *invoice, customer]
        emails = [each.email_normalized for each in candidates if each.email_normalized]
        # Odoo's list of addresses that want no mail is for mail administrators; here it only spares people.
        blocked = set(self.env["mail.blacklist"].sudo().search([("email", "in", emails)]).mapped("email"))
        for contact in candidates:
            email = contact.email_normalized
            if contact.active and email and email not in blocked and not contact.collection_do_not_email:
                return contact
        return self.env["res.partner"]

    def _mail_lang(self):
        """Template helper: the language of the confirmation."""
        self.ensure_one()
        recipient = self._mail_recipient()
        return recipient.lang or self.partner_id.lang or self.company_id.partner_id.lang or "en_US"

    def _mail_installments(self):
        """Template helper: (date, amount) of what is promised, as the recipient writes them."""
        lang = self.env["res.lang"]._lang_get(self.env.context.get("lang") or self._mail_lang())
        return [
            (
                each.date.strftime(lang.date_format) if lang else str(each.date),
                self.currency_id.format(each.amount_currency),
            )
            for each in self.installment_ids.sorted("date")
            if each.state in ("open", "pending_application", "draft", "kept", "partially_kept")
        ]

    def _send_confirmation(self):
        """Queue the confirmation of each promise; where nobody may be written to, say so on the promise."""
        template = self.env.ref("account_collections.mail_template_promise", raise_if_not_found=False)
        for promise in self:
            recipient = promise._mail_recipient()
            if self.env.context.get("collection_no_confirmation"):
                promise._unguarded().write({"mail_note": self.env._("Sent by other means, as the collector chose")})
                continue
            if not recipient or not template:
                why = self.env._("Nobody of this customer may be written to by e-mail, or no address is known")
                promise._unguarded().write({"mail_note": why})
                promise._message_log(body=why)
                continue
            # The template is the company's text, and the queue the system's.
            mail_id = template.sudo().send_mail(
                promise.id,
                email_values={"recipient_ids": [(6, 0, recipient.ids)], "email_to": False, "auto_delete": False},
                email_layout_xmlid="mail.mail_notification_light",
            )
            promise._unguarded().write(
                {"mail_id": mail_id, "confirmed_to": recipient.email_normalized, "mail_note": False}
            )

    def action_send_confirmation(self):
        """Send the confirmation once more, to whom it would go today."""
        self.check_access("write")
        live = self.filtered(lambda each: each.state in ("open", "pending_application"))
        (self - live)._update_state((), "open")
        live.sudo()._send_confirmation()
        return True
