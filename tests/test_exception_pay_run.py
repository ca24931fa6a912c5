from datetime import date

from odoo import Command
from odoo.tests import tagged

from odoo.addons.account_collections.tools.pay_run import next_pay_run, parse_days

from .exception_common import ExceptionCommon


@tagged("post_install", "-at_install")
class TestExceptionPayRun(ExceptionCommon):
    """On Wednesday, 2026-03-18, the next pay runs of the 10th and 25th are Wednesday the 25th and Friday, April 10th."""

    # ------------------------------------------------------------------
    # The calendar
    # ------------------------------------------------------------------

    def test_next_pay_run(self):
        weekend = {5, 6}
        for day, days, weekdays, shift, expected in (
            ("2026-03-24", [10, 25], set(), "after", "2026-03-25"),
            ("2026-03-25", [10, 25], set(), "after", "2026-03-25"),
            ("2026-03-26", [10, 25], set(), "after", "2026-04-10"),
            ("2026-01-09", [10], set(), "after", "2026-01-12"),  # the 10th is a Saturday
            ("2026-01-10", [10], set(), "after", "2026-01-12"),
            ("2026-01-12", [10], set(), "after", "2026-01-12"),
            ("2026-01-13", [10], set(), "after", "2026-02-10"),
            ("2026-01-09", [10], set(), "before", "2026-01-09"),
            ("2026-01-10", [10], set(), "before", "2026-02-10"),
            ("2026-02-27", [31], set(), "before", "2026-02-27"),  # the last day, a Saturday
            ("2026-02-27", [31], set(), "after", "2026-03-02"),
            ("2026-03-18", [], {4}, "after", "2026-03-20"),
            ("2026-03-21", [25], {0}, "after", "2026-03-23"),
        ):
            with self.subTest(day=day, days=days, weekdays=weekdays, shift=shift):
                found = next_pay_run(
                    date.fromisoformat(day), days, weekdays, lambda each: each.weekday() not in weekend, shift
                )
                self.assertEqual(found, date.fromisoformat(expected))

    def test_days_as_people_write_them(self):
        for text, expected in (
            ("10, 25", [10, 25]),
            ("25/10", [10, 25]),
            ("10th and", None),
            ("32", None),
            ("0", None),
            (False, []),
        ):
            with self.subTest(text=text):
                if expected is None:
                    self.assertRaises(ValueError, parse_days, text)
                else:
                    self.assertEqual(parse_days(text), expected)

    # ------------------------------------------------------------------
    # What it moves
    # ------------------------------------------------------------------

    def test_contact_dates_move_due_dates_do_not(self):
        invoice = self.invoice(self.acme, 100, overdue=10)
        account = self.account(self.acme)
        aging = account.read(["aging_1", "amount_overdue", "oldest_due_date", "amount_collectible"])
        due = self.items(invoice).date_maturity
        self.pay_run()
        for day, expected in ((0, 7), (6, 7), (7, 7), (8, 23)):
            account.next_action_date = self.day(day)
            self.assertEqual(account.next_action_date, self.day(expected), day)
        account._work("done", self.reason(), next_action="Call", next_action_date=self.day(2), next_action_time=10.5)
        self.assertEqual(account.next_action_date, self.day(7), "call-backs too")
        self.assertEqual(self.items(invoice).date_maturity, due)
        self.assertEqual(
            self.account(self.acme).read(["aging_1", "amount_overdue", "oldest_due_date", "amount_collectible"]), aging
        )

    def test_promised_dates_move(self):
        item = self.items(self.invoice(self.acme, 100, overdue=10))
        self.pay_run()
        promise = self.env["collection.promise"].create(
            {
                "account_id": self.account(self.acme).id,
                "line_ids": [Command.create({"move_line_id": item.id, "amount_currency": 100})],
                "installment_ids": [Command.create({"date": self.day(2), "amount_currency": 100})],
            }
        )
        self.assertEqual(promise.installment_ids.date, self.day(7))
        promise.installment_ids.date = self.day(8)
        self.assertEqual(promise.installment_ids.date, self.day(23))
        promise.installment_ids.date = self.day(7)
        promise.action_confirm()
        self.assertEqual((promise.next_date, promise.state), (self.day(7), "open"))

    def test_only_of_the_customers_under_it(self):
        other = self.customer("Other")
        self.invoice(self.acme, 100, overdue=10)
        self.invoice(other, 100, overdue=10)
        self.pay_run()
        both = self.account(self.acme) | self.account(other)
        both.write({"next_action_date": self.day(2)})
        self.assertEqual(both.mapped("next_action_date"), [self.day(7), self.day(2)])

    def test_until_it_is_approved_nothing_moves(self):
        self.invoice(self.acme, 100, overdue=10)
        self.proposed("pay_run", pay_days="25")
        account = self.account(self.acme)
        account.next_action_date = self.day(2)
        self.assertEqual(account.next_action_date, self.day(2))

    def test_pay_run_in_the_worklist(self):
        self.invoice(self.acme, 100, overdue=10)
        self.pay_run()
        self.assertFigures(self.acme, exception_pay_run=self.day(7), exception_count=1)
        with self.at(8):
            self.run_job()
            self.account(self.acme)._refresh()
            self.assertFigures(self.acme, exception_pay_run=self.day(23))
