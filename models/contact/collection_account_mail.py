from odoo import api, fields, models
from odoo.tools import email_normalize, html2plaintext
from odoo.tools.mail import unfold_references

# Characters of the mail's text that the contact shows; the whole mail stands in the thread.
_EXCERPT = 1000


class CollectionAccount(models.Model):
    """Mails that come in on an account."""

    _inherit = "collection.account"

    @api.model
    def _of_sender(self, email_from, company):
        """The account of the customer whose contact wrote, in the company; none where no or several customers have the address.

        A sender's address proves nothing: it decides where a mail is filed, and gives nobody a right.
        """
        address = email_normalize(email_from or "")
        if not address:
            return self.browse()
        # The gateway's user need not see partners.
        senders = self.env["res.partner"].sudo().search([("email_normalized", "=", address)])
        customers = senders.commercial_partner_id
        accounts = self.sudo().search([("partner_id", "in", customers.ids), ("company_id", "=", company.id)])
        return accounts if len(accounts) == 1 else self.browse()

    @api.model
    def _of_reply(self, message_dict, company):
        """Where in the company a reply belongs; nowhere where the mail replies to nothing of ours."""
        for record in self._replied_records(message_dict):
            target = record._collection_reply_target(message_dict)
            if target and target.company_id == company:
                return target
        return self.browse()

    @api.model
    def _replied_records(self, message_dict):
        """The records of ours to whose messages a mail replies, the latest first.

        Odoo takes a reply for a forward where the address belongs to another model than the thread.
        """
        named = unfold_references(message_dict.get("references") or message_dict.get("in_reply_to") or "")
        # The gateway's user need not see messages.
        messages = self.env["mail.message"].sudo().search([("message_id", "in", named[-32:])], order="id desc")
        ours = messages.filtered(lambda each: (each.model or "").startswith("collection.") and each.res_id)
        records = (self.env[message.model].sudo().browse(message.res_id).exists() for message in ours)
        return [record for record in records if record]

    def _collection_reply_received(self, message, **links):
        """A person wrote: the contact is logged, and the collector gets the task to answer."""
        self._log_email(message, **links)
        subject = message.subject or self.env._("no subject")
        return self.sudo()._add_task(self.env._("Answer the e-mail: %s", subject[:80]), "")

    def _log_email(self, message, **links):
        """The mail as a contact with the customer.

        :param links: what it is about, as fields of the contact
        """
        self.ensure_one()
        subject = message.subject or self.env._("no subject")
        received = self.env.ref("account_collections.activity_outcome_email_received", raise_if_not_found=False)
        author = message.author_id
        # The gateway acts for the customer, who has no rights here.
        return (
            self.env["collection.activity"]
            .sudo()
            ._unguarded()
            ._log(
                [
                    {
                        "account_id": self.id,
                        "channel": "email",
                        "direction": "in",
                        "contact_id": author.commercial_partner_id == self.partner_id and author.id,
                        "date": min(message.date, fields.Datetime.now()),
                        "outcome_id": received and received.id,
                        "note": f"{subject}\n\n{html2plaintext(message.body or '')[:_EXCERPT]}",
                        "mail_message_id": message.id,
                        **links,
                    }
                ]
            )
        )
