from odoo.exceptions import UserError
from odoo.tests import tagged

from .letter_common import LetterCommon


@tagged("post_install", "-at_install")
class TestLetterFinalDemand(LetterCommon):
    """A final demand that a person asks for is a notice of the policy: same rules, same approval."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.old = cls.invoice(cls.acme, 500, overdue=60)
        cls.collector = cls.member("collector", "asks")
        cls.manager = cls.member("manager", "decides")

    def ask(self, *partners, **vals):
        wizard = self.dialog("final_demand", *partners, user=self.collector, **vals)
        action = wizard.action_queue()
        return self.Notice.search(action["domain"])

    def why_not(self, partner):
        return self.refusals(self.dialog("final_demand", partner, user=self.collector)).get(partner.name)

    def test_needs_its_days_and_an_earlier_notice(self):
        self.assertIn("Nothing has come", self.why_not(self.acme))
        self.noticed(self.old, 30, ago=9)
        self.assertIn("Nothing has come", self.why_not(self.acme), "The earlier notice is too fresh")
        with self.at(1):
            self.assertIsNone(self.why_not(self.acme))
        with self.at(-1):
            self.assertIn("Nothing has come", self.why_not(self.acme), "59 days")

    def test_waits_for_a_manager_and_is_printed_with_the_others(self):
        self.noticed(self.old, 30, ago=12)
        notice = self.ask(self.acme, prefer="post")
        self.assertEqual((notice.channel, notice.state, notice.ready), ("final_demand", "due", False))
        self.assertEqual((notice.approval_state, notice.recipient_email), ("waiting", False))
        self.assertEqual(notice.run_id.state, "confirmed")
        with self.printer(), self.assertRefused(UserError, "None of these"):
            notice.with_user(self.collector).action_print_letters()
        with self.assertRaises(UserError):
            notice.with_user(self.collector).action_release()
        notice.with_user(self.manager).action_release()
        row = self.env["collection.letter.queue"].search([("notice_id", "=", notice.id)])
        with self.printer():
            batch = self.batch(row.with_user(self.collector).action_print_letters())
        self.assertEqual((notice.state, batch.printed_count, notice.deadline), ("sent", 1, self.day(10)))

    def test_by_email_where_wished(self):
        self.noticed(self.old, 30, ago=12)
        notice = self.ask(self.acme, prefer="email")
        self.assertEqual(notice.recipient_email, self.acme.email)

    def test_once(self):
        self.noticed(self.old, 30, ago=12)
        notice = self.ask(self.acme)
        self.assertIn(notice.name, self.why_not(self.acme))
        wizard = self.dialog("final_demand", self.acme)
        with self.assertRefused(UserError, "No letter is left"):
            wizard.action_queue()

    def test_held(self):
        self.noticed(self.old, 30, ago=12)
        self.hold(self.items(self.old), reason="Wait")
        self.assertIn("Paused by a person", self.why_not(self.acme))

    def test_only_these_accounts(self):
        other = self.invoice(self.post, 700, overdue=60)
        reminder = self.invoice(self.acme, 50, overdue=4)
        for move in (self.old, other):
            self.noticed(move, 30, ago=12)
        notice = self.ask(self.acme)
        self.assertEqual(notice.run_id.notice_ids, notice)
        self.assertFalse(self.lines(reminder))
        self.assertFalse(self.notice(self.post, channel="final_demand"))
