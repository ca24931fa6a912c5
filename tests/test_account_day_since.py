from datetime import datetime

from odoo import Command
from odoo.exceptions import UserError
from odoo.tests import freeze_time as freeze
from odoo.tests import tagged

from .common import CollectionsCommon


@tagged("post_install", "-at_install")
class TestAccountDaySince(CollectionsCommon):
    """Since your last shift; the last shift ended on Tuesday at 17:00 in New York."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.collector = cls.member("collector")
        cls.acme = cls.customer()
        cls.bill = cls.invoice(cls.acme, 1000, overdue=20)
        cls.acme_account = cls.account(cls.acme)
        cls.acme_account.collector_id = cls.collector
        cls.spoke = cls.reason("Spoke", days=5, stage="contacted")
        cls.Day = cls.env["collection.day"].with_user(cls.collector)
        with freeze("2026-03-17 21:00:00"):
            cls.before = cls.Day.browse(cls.Day.action_my_day()["res_id"])
            cls.before._close(cls.env.ref("account_collections.work_reason_left_time"))

    def day_sheet(self):
        day = self.Day.browse(self.Day.action_my_day()["res_id"])
        day.invalidate_recordset()
        return day

    def line(self, key):
        return next(line for line in self.day_sheet().since_lines if line["key"] == key)

    def records(self, key):
        action = self.day_sheet().action_view_since(key)
        return self.env[action["res_model"]].with_user(self.collector).search(action["domain"])

    def test_last_shift_ended_when_the_day_was_closed(self):
        self.assertEqual(self.day_sheet().since, datetime(2026, 3, 17, 21, 0))
        self.assertEqual(self.day_sheet().since_text, "2026-03-17 17:00 EDT")

    def test_last_shift_that_was_not_closed_ended_with_its_last_account(self):
        with self.at("2026-03-18 19:00:00"):
            self.acme_account.with_user(self.collector)._work("done", self.spoke)
        with self.at(1):
            self.assertEqual(self.day_sheet().since, datetime(2026, 3, 18, 19, 0))

    def test_closed_late_does_not_hide_what_came_in_between(self):
        with self.at("2026-03-18 19:00:00"):
            self.acme_account.with_user(self.collector)._work("done", self.spoke)
            early = self.day_sheet()
        with self.at(1):
            early._close(self.env.ref("account_collections.work_reason_left_time"))
            self.assertEqual(self.day_sheet().since, datetime(2026, 3, 18, 19, 0))

    def test_first_shift_begins_after_the_last_business_day(self):
        other = self.member("collector", "newcomer")
        Day = self.env["collection.day"].with_user(other)
        with self.at("2026-03-23 15:00:00"):  # Monday
            day = Day.browse(Day.action_my_day()["res_id"])
            self.assertEqual(day.since, datetime(2026, 3, 21, 4, 0), "Friday's end in New York")

    def test_cash(self):
        self.assertEqual(self.line("cash")["count"], 0)
        for amount, moment in ((300, "2026-03-17 20:59:00"), (200, "2026-03-17 21:01:00")):
            self.pay(self.bill, amount)
            self.env.flush_all()
            part = self.bill.line_ids.matched_credit_ids.sorted("id")[-1]
            self.env.cr.execute(
                "UPDATE account_partial_reconcile SET create_date = %s WHERE id = %s", (moment, part.id)
            )
        self.assertEqual(self.line("cash"), {"key": "cash", "label": "Cash received", "count": 1, "amount": 200.0})
        self.assertEqual(self.records("cash").mapped("balance"), [-200])

    def _decide_approval(self, moment, **vals):
        Approval = self.env["collection.approval"]
        approval = Approval._request(
            [
                {
                    "res_model": "collection.account",
                    "res_id": self.acme_account.id,
                    "company_id": self.company.id,
                    "currency_id": self.company.currency_id.id,
                    "title": "A favour",
                    "requester_id": self.env.uid,
                    "role": "manager",
                    **vals,
                }
            ]
        )
        decision = {"approver_id": self.member("manager", f"boss{approval.id}").id, "decided_on": moment}
        approval.sudo()._update_state(("waiting",), "approved", **decision)
        return approval

    def test_approvals_decided(self):
        early, late = "2026-03-17 20:59:00", "2026-03-17 21:01:00"
        on_account = {"account_id": self.acme_account.id}
        self._decide_approval(early, **on_account)
        self._decide_approval(late)
        mine = self._decide_approval(late, requester_id=self.collector.id)
        theirs = self._decide_approval(late, **on_account)
        self.assertEqual(self.line("decisions")["count"], 2)
        self.assertEqual(self.records("decisions"), mine | theirs)

    def test_disputes_decided(self):
        reasons = self.env["collection.dispute.reason"].search([], limit=2)
        item = self.acme_account.open_item_ids
        decided = (("2026-03-17 20:59:00", 10), ("2026-03-17 21:01:00", 30))
        for reason, (moment, part) in zip(reasons, decided):
            dispute = self.env["collection.dispute"].create(
                {
                    "account_id": self.acme_account.id,
                    "reason_id": reason.id,
                    "line_ids": [Command.create({"move_line_id": item.id, "part": "amount", "amount_currency": part})],
                }
            )
            dispute._unguarded().write({"decision": "invalid", "decided_on": moment, "state": "decided"})
        self.assertEqual((self.line("disputes")["count"], self.line("disputes")["amount"]), (1, 30))
        self.assertEqual(self.records("disputes"), dispute)

    def test_bounced_payments(self):
        payment = self.pay(self.bill, 300)
        payment.action_draft()
        line = self.line("bounces")
        self.assertEqual((line["count"], line["amount"]), (1, 300))
        self.assertEqual(self.records("bounces").account_id, self.acme_account)
        payment.action_post()
        self.assertEqual(self.line("bounces")["count"], 0)

    def test_replies(self):
        for date, author in (
            ("2026-03-17 22:00:00", self.acme),
            ("2026-03-17 23:00:00", self.acme),
            ("2026-03-17 20:00:00", self.acme),
            ("2026-03-17 22:00:00", self.collector.partner_id),
        ):
            message = self.acme_account.message_post(body="Hello", message_type="email", author_id=author.id)
            message.date = date
        self.assertEqual(self.line("replies")["count"], 2)
        self.assertEqual(self.records("replies"), self.acme_account)

    def test_others_accounts_do_not_count(self):
        self.acme_account.collector_id = False
        self.pay(self.bill, 300).action_draft()
        self.assertEqual(self.line("bounces")["count"], 0)

    def test_unknown_section(self):
        with self.assertRaises(UserError):
            self.day_sheet().action_view_since("nothing")
