from datetime import timedelta
from unittest.mock import patch

from odoo import fields
from odoo.tests import tagged
from odoo.tools import mute_logger

from odoo.addons.base.models import ir_mail_server

from .smtp import OneNoticeCommon, free_port, html_of, needs_smtp_sink

QUEUE_LOG = "odoo.addons.mail.models.mail_mail"


@needs_smtp_sink
@tagged("post_install", "-at_install")
class TestDunningFaults(OneNoticeCommon):
    """What the mail server refuses, puts off or never answers is seen, tried again, and sent once."""

    def assertFailed(self, notice, words, attempts, minutes):
        self.assertEqual((notice.state, notice.attempts), ("failed", attempts))
        self.assertIn(words, notice.error)
        expected = minutes and fields.Datetime.add(fields.Datetime.now(), minutes=minutes)
        self.assertEqual(notice.retry_after, expected)

    # ------------------------------------------------------------------
    # SMTP
    # ------------------------------------------------------------------

    @mute_logger(QUEUE_LOG)
    def test_refused_connection_is_tried_again_and_then_left(self):
        self.server.smtp_port = free_port()
        notice = self.notice()
        self.send()
        self.assertFailed(notice, "refused", 1, 15)
        mail, message_id = notice.mail_mail_id, notice.mail_mail_id.message_id
        moment = fields.Datetime.now()
        for attempts, waited, wait in ((2, 15, 60), (3, 60, 240), (4, 240, 0)):
            with self.at(str(moment + timedelta(minutes=waited - 1))):
                self.send()
                self.assertEqual(notice.attempts, attempts - 1, "Not before its time")
            moment += timedelta(minutes=waited)
            self.assertFalse(self.tasks())
            with self.at(str(moment)):
                self.send()
                self.assertFailed(notice, "refused", attempts, wait)
        self.assertEqual(self.tasks().user_id, self.collector, "Given up: the collector is told")
        with self.at(30):
            self.send()
            self.assertEqual((notice.state, notice.attempts), ("failed", 4))

        self.server.smtp_port = self.sink.port
        notice.with_user(self.collector).action_retry()
        self.send()
        self.assertEqual((notice.state, notice.error, notice.retry_after), ("sent", False, False))
        self.assertEqual(
            (notice.mail_mail_id, mail.message_id), (mail, message_id), "The same e-mail from first to last"
        )
        self.assertEqual(
            [message["Message-Id"] for message in self.sink.messages if message["X-Rcpt"] == "acme@example.com"],
            [message_id],
        )
        self.assertEqual(
            self.env["mail.mail"].search_count([("model", "=", notice._name), ("res_id", "=", notice.id)]), 1
        )

    @mute_logger(QUEUE_LOG)
    def test_company_decides_on_the_number_of_attempts(self):
        self.company.collection_send_attempts = 1
        self.server.smtp_port = free_port()
        notice = self.notice()
        self.send()
        self.assertFailed(notice, "refused", 1, 0)
        self.assertTrue(self.tasks())

    @mute_logger(QUEUE_LOG)
    def test_rejected_recipient_stops_no_other(self):
        self.invoice(self.customer("Beta"), 50, overdue=16)
        self.sink.refused["acme@example.com"] = "550 5.1.1 No such user here"
        notices = self.run_today()
        self.send()
        acme = notices.filtered(lambda notice: notice.partner_id == self.acme)
        self.assertFailed(acme, "No such user here", 1, 15)
        self.assertEqual((notices - acme).state, "sent")
        self.assertEqual(len(self.sink.of(notices)), 1)

        message_id = acme.mail_mail_id.message_id
        self.acme.email = "payables@acme.example.com"
        acme.with_user(self.collector).action_retry()
        self.send()
        self.assertEqual((acme.state, acme.recipient_email), ("sent", "payables@acme.example.com"))
        [message] = self.sink.of(acme)[acme.id]
        self.assertEqual((message["Message-Id"], message["X-Rcpt"]), (message_id, "payables@acme.example.com"))

    @mute_logger(QUEUE_LOG)
    def test_put_off(self):
        self.sink.put_off = "451 4.7.1 Greylisted, try again later"
        notice = self.notice()
        self.send()
        self.assertFailed(notice, "Greylisted", 1, 15)
        self.sink.put_off = None
        with self.at("2026-03-18 15:15:00"):
            self.send()
        self.assertEqual((notice.state, len(self.sink.of(notice)[notice.id])), ("sent", 1))

    @mute_logger(QUEUE_LOG)
    def test_server_that_falls_silent(self):
        self.sink.is_silent = True
        notice = self.notice()
        with patch.object(ir_mail_server, "SMTP_TIMEOUT", 0.3):
            self.send()
        self.hand_over()
        self.assertFailed(notice, "broke off before it answered", 1, 15)
        self.sink.is_silent = False
        with self.at("2026-03-18 15:15:00"):
            self.send()
        self.assertEqual((notice.state, len(self.sink.of(notice)[notice.id])), ("sent", 1))

    # ------------------------------------------------------------------
    # What changes while a notice waits for its next try
    # ------------------------------------------------------------------

    @mute_logger(QUEUE_LOG)
    def test_paid_before_the_next_try(self):
        self.sink.put_off = "451 Later"
        notice = self.notice()
        self.send()
        self.pay(self.bill)
        self.sink.put_off = None
        with self.at("2026-03-18 15:15:00"):
            self.send()
        self.assertEqual((notice.state, notice.suppress_reason), ("suppressed", "paid"))
        self.assertEqual(notice.mail_mail_id.state, "cancel")
        self.assertFalse(self.sink.messages, "Who has paid is not dunned")

    @mute_logger(QUEUE_LOG)
    def test_part_paid_before_the_next_try(self):
        second = self.invoice(self.acme, 70.25, overdue=17)
        self.sink.put_off = "451 Later"
        notice = self.notice()
        self.send()
        self.pay(self.bill)
        self.sink.put_off = None
        with self.at("2026-03-18 15:15:00"):
            self.send()
        [message] = self.sink.of(notice)[notice.id]
        self.assertIn(second.name, html_of(message))
        self.assertNotIn(self.bill.name, html_of(message))
        self.assertEqual((notice.state, notice.amount), ("sent", 70.25))

    def test_template_that_does_not_render(self):
        self.invoice(self.customer("Beta"), 50, overdue=16)
        self.invoice(self.customer("Gamma"), 50, overdue=4)
        template = self.env.ref("account_collections.mail_template_past_due").sudo()
        good = template.body_html
        notices = self.run_today()
        acme = notices.filtered(lambda notice: notice.partner_id == self.acme)
        # Odoo refuses to save a template that fails for a notice which it picks: this one fails for Acme alone.
        with patch.object(self.registry["mail.template"], "_check_can_be_rendered"):
            template.body_html = "<p t-out=\"object.no_such_field if object.partner_id.name == 'Acme' else 'Pay'\"/>"
        with mute_logger("odoo.addons.mail.models.mail_render_mixin"):
            self.send()
        self.assertFailed(acme, "no_such_field", 1, 15)
        self.assertNotIn("Traceback", acme.error)
        self.assertEqual((notices - acme).mapped("state"), ["sent", "sent"], "All others go out")
        self.assertEqual(len(self.sink.of(notices)), 2)
        template.body_html = good
        acme.with_user(self.collector).action_retry()
        self.send()
        self.assertEqual((acme.state, len(self.sink.of(acme)[acme.id])), ("sent", 1))

    # ------------------------------------------------------------------
    # Odoo's mail queue
    # ------------------------------------------------------------------

    def test_cancelled_or_deleted_in_the_queue(self):
        self.invoice(self.customer("Beta"), 50, overdue=16)
        notices = self.run_today()
        self.hand_over()
        mails = notices.mail_mail_id.sudo()
        mails[0].cancel()
        mails[1].unlink()
        self.send()
        self.assertEqual(notices.mapped("state"), ["cancelled", "cancelled"])
        self.assertFalse(self.sink.messages)
        again = self.run_today()
        self.assertEqual(len(again), 2, "Their items can be noticed again")
        self.send()
        self.assertEqual(again.mapped("state"), ["sent", "sent"])

    def test_answer_lost_with_a_worker(self):
        notice = self.notice()
        self.hand_over()
        notice.mail_mail_id.sudo().state = "sent"
        self.hand_over()
        self.assertEqual(notice.state, "sent")

    def test_queue_goes_on_whatever_state_a_notice_is_in(self):
        self.invoice(self.customer("Beta"), 50, overdue=16)
        notices = self.run_today()
        self.send()
        notices[0].sudo()._set_bounced("Came back")
        notices.mail_mail_id.sudo().mark_outgoing()
        self.deliver()
        self.assertEqual(notices.mapped("state"), ["bounced", "sent"])
        self.assertEqual(notices.mail_mail_id.mapped("state"), ["sent", "sent"])

    # ------------------------------------------------------------------
    # The daily job
    # ------------------------------------------------------------------

    def test_unusable_policy_stops_no_other_company(self):
        data = self.second_company()
        self.invoice(self.acme, 70, overdue=16, company=data["company"])
        self.Account._refresh_touched()
        self.company.collection_policy_id = self.env["collection.policy"].sudo().create({"name": "Empty"})
        job = self.env.ref("account_collections.ir_cron_run").sudo()
        for _twice in range(2):
            with self.enter_registry_test_mode():
                job.method_direct_trigger()
        runs = self.run_model.sudo().search([("company_id", "in", (self.company | data["company"]).ids)])
        refused = runs.filtered(lambda run: run.company_id == self.company)
        self.assertEqual([run.state for run in (refused, runs - refused)], ["draft", "confirmed"])
        self.assertIn("has no steps", refused.message_ids[0].body)
