"""Mails as the gateway gets them, and the company's one address."""

from email.message import EmailMessage
from unittest.mock import patch


class MailCommon:
    """For test classes with a `company`."""

    number = 0

    @classmethod
    def set_addresses(cls):
        """Mails for Collections go to collections@ours.example, other replies to c@ours.example."""
        cls.domain = cls.env["mail.alias.domain"].create(
            {"name": "ours.example", "bounce_alias": "b", "catchall_alias": "c"}
        )
        cls.company.alias_domain_id = cls.domain
        cls.company.collection_alias_id.write({"alias_name": "collections", "alias_domain_id": cls.domain.id})

    def receive(
        self,
        body="Hello",
        sender="Ann <ann@example.com>",
        to="collections@ours.example",
        files=(),
        html=None,
        **headers,
    ):
        """A mail as the gateway gets it; the message that it became."""
        MailCommon.number += 1
        mail = EmailMessage()
        mail["From"], mail["To"], mail["Subject"] = sender, to, headers.pop("subject", "Your reminder")
        mail["Message-Id"] = f"<{self.number}@customer.example>"
        for name, value in headers.items():
            mail[name.replace("_", "-")] = value
        mail.set_content(body)
        if html:
            mail.add_alternative(html, subtype="html")
        for name, content in files:
            mail.add_attachment(content, maintype="application", subtype="octet-stream", filename=name)
        with patch("odoo.addons.mail.models.mail_thread.MailThread._routing_reset_bounce"):
            self.env["mail.thread"].message_process(None, mail.as_bytes())
        return self.env["mail.message"].search([("message_id", "=", mail["Message-Id"])])
