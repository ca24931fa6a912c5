from uuid import uuid4

from odoo.tests import tagged
from odoo.tools import mute_logger

from .smtp import OneNoticeCommon, needs_smtp_sink


def report_of(address, original, sender, status, text):
    """A delivery report (RFC 3464) with three parts."""
    return (
        f"Return-Path: <>\nFrom: {sender}\nTo: <receivables@seller.example.com>\nSubject: Undeliverable: Past due\n"
        f"Message-ID: <{uuid4()}@mx.example.com>\nMIME-Version: 1.0\nAuto-Submitted: auto-replied\n"
        f'Content-Type: multipart/report; report-type=delivery-status; boundary="=_b"\n\n'
        f"--=_b\nContent-Type: text/plain; charset=utf-8\n\n{text}\n"
        f"--=_b\nContent-Type: message/delivery-status\n\n{status}\n"
        f"--=_b\n{original}\n--=_b--\n"
    )


def exchange(address, message_id):
    """Status with a capital type, the original's headers alone."""
    status = (
        "Reporting-MTA: dns;EX01.corp.example.com\nReceived-From-MTA: dns;mail.seller.example.com\n\n"
        f"Original-Recipient: RFC822;{address}\nFinal-Recipient: RFC822;{address}\nAction: failed\nStatus: 5.1.10\n"
        "Diagnostic-Code: smtp;550 5.1.10 RESOLVER.ADR.RecipientNotFound\n"
    )
    original = f"Content-Type: text/rfc822-headers\n\nMessage-ID: {message_id}\nSubject: Past due\nTo: {address}\n"
    return report_of(address, original, "postmaster@corp.example.com", status, "Your message couldn't be delivered.")


def gmail(address, message_id):
    """The id of the original in References too, the whole message below."""
    status = (
        "Reporting-MTA: dns; googlemail.com\nArrival-Date: Wed, 18 Mar 2026 08:00:00 -0700 (PDT)\n\n"
        f"Final-Recipient: rfc822; {address.upper()}\nAction: failed\nStatus: 5.1.1\n"
        "Diagnostic-Code: smtp; 550-5.1.1 The email account that you tried to reach does not exist.\n"
    )
    original = (
        f"Content-Type: message/rfc822\n\nMessage-Id: {message_id}\nSubject: Past due\nTo: {address}\n\nDear Acme\n"
    )
    text = report_of(
        address, original, "Mail Delivery Subsystem <mailer-daemon@googlemail.com>", status, "Address not found"
    )
    return text.replace("\nSubject:", f"\nReferences: {message_id}\nSubject:", 1)


def postfix(address, message_id):
    """Folded headers, a mailbox that is full for good."""
    status = (
        "Reporting-MTA: dns; mx.example.org\nX-Postfix-Queue-ID: 4ABC\n\n"
        f"Final-Recipient: rfc822; {address}\nOriginal-Recipient: rfc822;{address}\nAction: failed\nStatus: 5.2.2\n"
        "Remote-MTA: dns; store.example.org\nDiagnostic-Code: smtp; 552 5.2.2\n    Mailbox full\n"
    )
    original = (
        f"Content-Type: message/rfc822\n\nMessage-Id:\n {message_id}\nSubject: Past due\nTo: {address}\n\nDear Acme\n"
    )
    return report_of(
        address, original, "MAILER-DAEMON@mx.example.org (Mail Delivery System)", status, "This is the mail system"
    )


@needs_smtp_sink
@tagged("post_install", "-at_install")
class TestDunningBounces(OneNoticeCommon):
    """What comes back from the customers' mail servers."""

    def come_back(self, notice, action="failed", report=True, address="acme@example.com"):
        """What the customer's mail server returns: a delivery report (RFC 3464), or a text with the original message below."""
        report = (
            report
            and f"Reporting-MTA: dns; mx.example.com\n\nFinal-Recipient: rfc822; {address}\nAction: {action}\nStatus: 5.1.1\n"
        )
        parts = [("text/plain", "Your message could not be delivered."), ("message/delivery-status", report)]
        parts.append(
            (
                "message/rfc822",
                f"Message-Id: {notice.sudo().mail_mail_id.message_id}\nSubject: Past due: Acme\n\nDear Acme\n",
            )
        )
        body = "".join(f"--B\nContent-Type: {kind}\n\n{text}\n" for kind, text in parts if text)
        kind = "multipart/report; report-type=delivery-status" if report else "multipart/mixed"
        message = (
            f"From: MAILER-DAEMON@mx.example.com\nTo: receivables@seller.example.com\nSubject: Undelivered Mail\n"
            f"Message-Id: <{uuid4()}@mx.example.com>\nMIME-Version: 1.0\nContent-Type: {kind}; boundary=B\n\n{body}--B--\n"
        )
        with mute_logger("odoo.addons.mail.models.mail_thread"):
            self.env["mail.thread"].sudo().message_process(None, message)

    def test_bounce(self):
        notice = self.notice()
        self.send()
        for _twice in range(2):
            self.come_back(notice)
            self.assertEqual(notice.state, "bounced")
        self.assertIn("acme@example.com", notice.error)
        [task] = self.tasks()
        self.assertEqual(task.user_id, self.collector)
        self.assertIn("acme@example.com", task.summary)

    def receive(self, text):
        """A message as the mail server hands it over."""
        with mute_logger("odoo.addons.mail.models.mail_thread"):
            self.env["mail.thread"].sudo().message_process(None, text)

    def test_formats_of_mail_servers(self):
        """Exchange, Gmail and Postfix return different parts; each is about one notice of its own."""
        for name, make in {"exchange": exchange, "gmail": gmail, "postfix": postfix}.items():
            with self.subTest(name):
                customer = self.customer(name)
                self.invoice(customer, 50, overdue=16)
                notice = self.run_today().filtered(lambda each, customer=customer: each.partner_id == customer)
                self.send()
                self.receive(make(notice.recipient_email, notice.sudo().mail_mail_id.message_id))
                self.assertEqual(notice.state, "bounced")
                self.assertIn(notice.recipient_email, notice.error)
                self.assertEqual(customer.collection_email_bounced_on, self.today)
                self.assertEqual(customer.message_bounce, 1)

    def test_the_next_notice_goes_another_way(self):
        """First the next contact, then a letter; a corrected address or a mail from there opens the way again."""
        clerk = self.contact(self.acme, "Clerk", email="clerk@example.com", type="invoice")
        self.acme.write({"street": "1 Main Street", "city": "Troy"})
        self.invoice(self.acme, 70, overdue=-12)
        to = []
        for day in (0, 14, 28):
            with self.at(day):
                notice = self.run_today().filtered(lambda each: each.channel in ("email", "letter"))
                to.append((notice.channel, notice.recipient_id))
                if notice.channel == "email":
                    mailed = notice
                    self.send()
                    self.come_back(notice, address=notice.recipient_email)
                    self.assertEqual(notice.state, "bounced")
        self.assertEqual(to, [("email", clerk), ("email", self.acme), ("letter", self.acme)])
        self.assertEqual(
            (clerk.collection_email_bounced_on, self.acme.collection_email_bounced_on), (self.today, self.day(14))
        )
        clerk.email = "clerk@example.com"
        self.assertTrue(clerk.collection_email_bounced_on, "The same address")
        clerk.email = "new.clerk@example.com"
        self.assertFalse(clerk.collection_email_bounced_on)
        self.receive(
            f"From: {self.acme.email}\nTo: receivables@seller.example.com\nSubject: Re: Past due\n"
            f"Message-Id: <{uuid4()}@acme.example.com>\nIn-Reply-To: {mailed.sudo().mail_mail_id.message_id}\n\nHere we are\n"
        )
        self.assertFalse(self.acme.collection_email_bounced_on)

    def test_no_final_demand_after_a_bounce(self):
        notice = self.notice()
        self.send()
        self.come_back(notice)
        self.acme.email = "right@example.com"
        with self.at(60):
            self.assertNotIn("final_demand", self.run_today().mapped("channel"))

    def test_a_sent_notice_shows_its_text(self):
        """Without a text the client takes the message for one that was removed."""
        notice = self.notice()
        self.send()
        message = notice.sudo().mail_mail_id.mail_message_id
        self.assertFalse(message._is_empty())
        self.assertIn(self.bill.name, message.body)
        self.assertIn(message, notice.message_ids)

    def test_bounce_that_names_no_address(self):
        notice = self.notice()
        self.send()
        self.come_back(notice, report=False)
        self.assertEqual(notice.state, "bounced")
        self.assertIn("acme@example.com", notice.error)

    def test_late_or_successful_delivery_is_no_bounce(self):
        notice = self.notice()
        self.send()
        for action in ("delayed", "delivered", "relayed"):
            self.come_back(notice, action)
            self.assertEqual(notice.state, "sent", action)
        self.assertFalse(self.tasks())

    def test_bounce_of_a_notice_taken_back(self):
        notice = self.notice()
        self.send()
        notice.sudo()._unguarded().state = "cancelled"
        self.come_back(notice)
        self.assertEqual(notice.state, "cancelled")
