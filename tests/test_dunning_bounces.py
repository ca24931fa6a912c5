from uuid import uuid4

from odoo.tests import tagged
from odoo.tools import mute_logger

from .smtp import OneNoticeCommon, needs_smtp_sink


@needs_smtp_sink
@tagged("post_install", "-at_install")
class TestDunningBounces(OneNoticeCommon):
    """What comes back from the customers' mail servers."""

    def come_back(self, notice, action="failed", report=True):
        """What the customer's mail server returns: a delivery report (RFC 3464), or a text with the original message below."""
        report = (
            report
            and f"Reporting-MTA: dns; mx.example.com\n\nFinal-Recipient: rfc822; acme@example.com\nAction: {action}\nStatus: 5.1.1\n"
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
