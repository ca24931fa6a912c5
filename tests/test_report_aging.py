from unittest.mock import patch

from odoo import fields
from odoo.exceptions import UserError
from odoo.tests import tagged

from .common_aging import AMOUNTS, AgingCommon


@tagged("post_install", "-at_install")
class TestReportAging(AgingCommon):
    def test_without_a_date_each_company_stands_at_its_business_date(self):
        manila = self.second_company(name="Manila Inc.", collection_tz="Asia/Manila")["company"]
        companies = self.company + manila
        for company in companies:
            self.invoice(self.acme, 100, overdue=0, company=company)
        with self.at("2026-03-19 01:00:00"):  # 21:00 on the 18th in New York, 09:00 on the 19th in Manila
            rows = self.Report.with_context(allowed_company_ids=companies.ids).search(
                [("partner_id", "=", self.acme.id)]
            )
            self.assertEqual({row.company_id: row.days_overdue for row in rows}, {self.company: 0, manila: 1})

    def test_later_matches_are_taken_back_by_their_dates(self):
        invoice = self.invoice(self.acme, 1000, overdue=40)
        self.pay(invoice, 300, payment_date=self.day(-10))
        self.pay(invoice, 700, payment_date=self.day(-5))
        expected = {-41: 1000, -11: 1000, -10: 700, -6: 700, -5: 0, 0: 0}
        for days, amount in expected.items():
            with self.subTest(days=days):
                self.assertAlmostEqual(sum(self.assertTies(days).mapped("amount_total")), amount, 2)
        self.assertEqual(self.rows(-6).days_overdue, 34)
        self.assertFalse(self.rows(-71), "An item is not in the report before its own date")

    def test_a_payment_applied_later_stands_apart_until_then(self):
        """A payment of the 8th that is applied on the 18th: a match is dated by the later of its entries, not by the click."""
        invoice = self.invoice(self.acme, 400, overdue=5)
        payment = self.unapplied(self.acme, 400, date=self.day(-10))
        with_payment = self.assertTies(-10)
        self.assertEqual(sorted(with_payment.mapped("amount_total")), [-400, 400])
        (self.items(invoice) + self.items(payment.move_id)).reconcile()
        self.assertFalse(self.assertTies())
        self.assertFalse(self.assertTies(-10), "The match bears the date of the payment, as in Odoo's own reports")
        self.items(invoice).remove_move_reconcile()
        self.assertEqual(sorted(self.assertTies().mapped("amount_total")), [-400, 400])

    def test_ties_at_month_end_before_and_after_a_later_reconciliation(self):
        invoice = self.invoice(self.acme, 500, overdue=60)
        self.invoice(self.acme, 80, overdue=-20)
        self.credit(self.acme, 30, overdue=20)
        month_end = -18
        before = {row.id: row.amount_total for row in self.assertTies(month_end)}
        self.pay(invoice, 500)
        after = {row.id: row.amount_total for row in self.assertTies(month_end)}
        self.assertEqual(before, after)
        self.assertEqual(len(self.assertTies()), 2)

    def test_entries_of_the_future_are_left_out(self):
        invoice = self.invoice(self.acme, 100, overdue=10)
        self.pay(invoice, 100, payment_date=self.day(3))
        rows = self.assertTies()
        self.assertEqual(rows.mapped("amount_total"), [100], "The payment is dated after today, and so is its match")
        self.assertEqual(rows.aging_1, 100)

    def test_one_environment_two_dates(self):
        invoice = self.invoice(self.acme, 900, overdue=20)
        self.pay(invoice, 400)
        today, yesterday = self.rows(), self.rows(-1)
        self.assertEqual(today.ids, yesterday.ids)
        self.assertEqual((today.amount_total, yesterday.amount_total), (500, 900))
        self.assertEqual((today.as_of, yesterday.as_of), (self.day(0), self.day(-1)))
        text = self.Report.with_context(collection_as_of=fields.Date.to_string(self.day(-1)))
        self.assertEqual(text.browse(today.ids).amount_total, 900)

    def test_a_search_shows_what_happened_since_the_last_one(self):
        invoice = self.invoice(self.acme, 900)
        self.assertEqual(self.rows().amount_total, 900)
        self.pay(invoice, 200)
        self.assertEqual(self.rows().amount_total, 700)

    def test_refuses_what_is_no_date_or_still_to_come(self):
        for value in ("2026-13-01", "yesterday", 7, self.day(1), fields.Date.to_string(self.day(1))):
            with self.subTest(value=value), self.assertRaises(UserError):
                self.Report.with_context(collection_as_of=value).search([])

    # ------------------------------------------------------------------
    # Matches with entries that are not posted
    # ------------------------------------------------------------------

    def test_payment_reset_to_draft_is_a_line_of_its_own(self):
        invoice = self.invoice(self.acme, 1000, overdue=50)
        payment = self.pay(invoice, 600, payment_date=self.day(-7))
        payment.action_draft()
        self.assertEqual(self.items(invoice).amount_residual, 400, "Odoo keeps the match with the draft")
        rows = self.assertTies()
        item, flagged = rows.sorted("is_unposted")
        self.assertEqual((item.amount_total, item.kind, item.aging_2), (400, "invoice", 400))
        self.assertEqual((flagged.amount_total, flagged.kind, flagged.aging_2), (600, "unposted_match", 600))
        self.assertEqual((flagged.move_id, flagged.unposted_move_id), (invoice, payment.move_id))
        self.assertEqual(flagged.amount_free, 0, "Nobody is chased for what looks paid")
        self.assertEqual(self.Report._tie_out(self.company, self.today)["unposted"], 600)
        self.assertEqual(
            self.assertTies(-8).mapped("amount_total"), [1000], "Before the payment the item was simply open"
        )
        self.assertEqual(self.Report.browse(flagged.id).amount_total, 600)

    def test_invoice_reset_to_draft_leaves_its_payment_apart(self):
        invoice = self.invoice(self.acme, 300, overdue=50)
        self.pay(invoice, 300)
        invoice.button_draft()
        if not self.env["account.partial.reconcile"].search_count([("debit_move_id", "in", invoice.line_ids.ids)]):
            self.skipTest("Odoo takes the match of a draft invoice off")
        row = self.assertTies()
        self.assertEqual((row.kind, row.amount_unapplied, row.amount_total), ("unposted_match", 300, -300))

    # ------------------------------------------------------------------
    # Holds
    # ------------------------------------------------------------------

    def test_held_on_a_past_date_after_its_release(self):
        item = self.items(self.invoice(self.acme, 500, overdue=40))
        with self.at(-20):
            hold = self.hold(item, 200, days=10)
        with self.at(-10):
            hold._release()
        held = {days: (self.rows(days).amount_held, self.rows(days).amount_free) for days in (-21, -20, -11, -10, 0)}
        self.assertEqual(held, {-21: (0, 500), -20: (200, 300), -11: (200, 300), -10: (0, 500), 0: (0, 500)})

    def test_held_is_at_most_what_was_open_and_in_company_currency(self):
        euro = self.foreign_currency()
        invoice = self.invoice(self.acme, 100, overdue=10, currency=euro)
        self.hold(self.items(invoice), 80)
        row = self.rows()
        self.assertEqual((row.amount_total, row.amount_held, row.amount_free), (200, 160, 40))
        self.pay(invoice, 70, currency_id=euro.id)
        row = self.rows()
        self.assertEqual((row.amount_total, row.amount_held, row.amount_free), (60, 60, 0))

    def test_rooms_may_ask_for_one_kind_of_hold(self):
        item = self.items(self.invoice(self.acme, 500, overdue=40))
        self.hold(item, 200)
        self.place(item, 100, kind="payment")
        self.assertEqual(self.rows().amount_held, 300)
        with patch.object(
            self.env.registry["collection.aging.report"], "_held_columns", lambda self: {"amount_held": ["payment"]}
        ):
            self.assertEqual(self.rows().amount_held, 100)

    def test_figures_equal_the_account(self):
        euro = self.foreign_currency()
        self.instalments(self.acme, [(300, 70), (200, 10), (100, -20)])
        self.invoice(self.acme, 55.55, overdue=95, currency=euro)
        self.credit(self.acme, 30)
        self.hold(self.items(self.invoice(self.acme, 500, overdue=40)), 123.45)
        [group] = self.Report.formatted_read_group(
            [("partner_id", "=", self.acme.id)], ["account_id"], [f"{name}:sum" for name in (*AMOUNTS, "amount_held")]
        )
        expected = {name: group[f"{name}:sum"] for name in (*AMOUNTS, "amount_held")}
        self.assertFigures(self.acme, **expected)
