from unittest.mock import patch

from odoo.tests import tagged

from .statement_common import StatementCommon


@tagged("post_install", "-at_install")
class TestStatementMail(StatementCommon):
    """The e-mail of a statement: language, header, attachments, and what happens when it is refused."""

    def look_after_mails(self):
        """What the job does with mails, in the transaction of the test."""
        with patch.object(self.env.registry["ir.cron"], "_commit_progress", lambda *args, **kwargs: 100):
            self.Statement.sudo()._look_after_mails()

    def test_in_the_customers_language_with_the_companys_header(self):
        self.env["res.lang"]._activate_lang("fr_FR")
        template = self.env.ref("account_collections.mail_template_statement")
        template.with_context(lang="fr_FR").write({"subject": "Relevé", "body_html": "<p>Bonjour</p>"})
        french = self.customer("Jean Petit", lang="fr_FR")
        self.invoice(french, 1234.5, overdue=3)
        self.invoice(self.acme, 10, overdue=3)
        batch = self.make(french, self.acme, delivery="send")
        mails = {each.partner_id: each.sudo().mail_mail_id for each in batch.statement_ids}
        self.assertEqual(mails[french].subject, "Relevé")
        for part in ("Bonjour", self.company.name, "1 234,50", "never announce a change of our bank details"):
            self.assertIn(part, mails[french].body_html.replace("\u202f", " ").replace("\xa0", " "))
        self.assertIn("Statement of account", mails[self.acme].subject)
        self.assertEqual(mails[self.acme].recipient_ids, self.acme)
        self.assertEqual(mails[self.acme].state, "outgoing")
        self.assertEqual(
            mails[self.acme].attachment_ids,
            batch.statement_ids.filtered(lambda each: each.partner_id == self.acme).attachment_id,
        )

    def test_with_a_workbook(self):
        self.invoice(self.acme, 10, overdue=3)
        statement = self.statement(delivery="send", with_xlsx=True)
        self.assertEqual(len(statement.sudo().mail_mail_id.attachment_ids), 2)
        self.assertTrue(statement.xlsx_id.name.endswith(".xlsx"))

    def test_sent_refused_and_tried_again(self):
        self.company.collection_send_attempts = 2
        self.invoice(self.acme, 10, overdue=3)
        statement = self.statement(delivery="send")
        mail = statement.sudo().mail_mail_id
        mail.write({"state": "exception", "failure_reason": "550 no such user"})
        mail._postprocess_sent_message([], [], failure_reason="550 no such user", failure_type="mail_smtp")
        self.assertEqual((statement.state, statement.error), ("failed", "550 no such user"))
        self.assertTrue(statement.retry_after)
        self.invoice(self.acme, 99, overdue=3)
        with self.at(1):
            self.look_after_mails()
        self.assertEqual((statement.state, statement.attempts, mail.state), ("queued", 2, "outgoing"))
        self.assertEqual(statement.amount_total, 10, "The statement of its date, not of today")
        mail.write({"state": "exception"})
        statement.sudo()._follow_mails()
        self.assertEqual((statement.state, statement.retry_after), ("failed", False))
        self.assertIn("could not be sent", self.account(self.acme).activity_ids.mapped("summary")[0])
        statement.action_retry()
        mail.write({"state": "sent"})
        mail._postprocess_sent_message([], [])
        self.assertEqual(statement.state, "sent")

    def test_cancelled_in_the_queue(self):
        self.invoice(self.acme, 10, overdue=3)
        statement = self.statement(delivery="send")
        statement.sudo().mail_mail_id.cancel()
        self.look_after_mails()
        self.assertEqual(statement.state, "cancelled")

    def test_came_back(self):
        self.invoice(self.acme, 10, overdue=3)
        statement = self.statement(delivery="send")
        statement.sudo()._set_sent()
        statement.sudo()._message_receive_bounce("acme.corp@example.com", self.acme)
        self.assertEqual(statement.state, "bounced")
        self.assertIn("came back", self.account(self.acme).activity_ids.mapped("summary")[0])
