import sys
import tempfile
from collections import Counter
from pathlib import Path
from unittest.mock import patch

from odoo.tests import tagged

from .common import CollectionsCommon
from .smtp import needs_smtp_sink

DEV = Path(__file__).resolve().parents[1] / "dev"
with patch.object(sys, "path", [str(DEV), *sys.path]):
    import dunning_day
    import load_histories
    from history_file import CannotLoad, read

HEADER = "countryCode,customerID,PaperlessDate,invoiceNumber,InvoiceDate,DueDate,InvoiceAmount,Disputed,SettledDate"
HEADER += ",PaperlessBill,DaysToSettle,DaysLate"
# Loaded on 2026-03-18, the last due date (1/31) becomes that day: 775 days later.
ROWS = [
    "818,AAA,,1001,11/1/2023,12/1/2023,50.25,No,12/15/2023,Electronic,44,14",  # paid late
    "818,AAA,4/9/2023,1002,12/1/2023,12/31/2023,70,No,2/10/2024,Electronic,71,41",  # 31 days overdue, paid in ten days
    "770,BBB,,1003,12/5/2023,1/4/2024,80.5,Yes,3/1/2024,Paper,87,57",  # 27 days overdue, disputed
    "770,BBB,,1004,12/10/2023,1/9/2024,12.75,Yes,1/12/2024,Paper,33,3",  # disputed, yet paid
    "391,CCC,,1005,1/1/2024,1/31/2024,33,No,,,,",  # due today, never paid
]


@tagged("post_install", "-at_install")
class TestRealInput(CollectionsCommon):
    """The loader of late-payment histories, and the dunning day on what it loads."""

    def file(self, *lines, encoding="utf-8"):
        path = Path(self.enterContext(tempfile.TemporaryDirectory())) / "histories.csv"
        path.write_bytes("\n".join(lines).encode(encoding))
        return path

    def load(self, *rows):
        return load_histories.Loader(self.env, self.company).load(read(self.file(HEADER, *rows)))

    def moves(self):
        return {
            move.ref: move
            for move in self.env["account.move"].search([("company_id", "=", self.company.id), ("ref", "!=", False)])
        }

    # ------------------------------------------------------------------
    # Good files
    # ------------------------------------------------------------------

    def test_what_is_loaded(self):
        added = self.load(*ROWS)
        self.assertEqual(added, {"customers": 3, "invoices": 5, "payments": 2, "holds": 1})
        moves = self.moves()
        last = moves["1005"]
        self.assertEqual(
            (last.invoice_date, last.invoice_date_due, last.amount_residual), (self.day(-30), self.today, 33)
        )
        self.assertEqual(moves["1001"].payment_state, "paid")
        cash = moves["1001"]._get_reconciled_payments()
        self.assertEqual((cash.date - moves["1001"].invoice_date_due).days, 14)
        self.assertEqual(moves["1002"].amount_residual, 70, "A payment of the future is not made")
        [hold] = self.items(moves["1003"]).collection_hold_ids
        self.assertEqual((hold.reason, hold.amount_currency, hold.kind), ("Disputed", 80.5, "manual"))
        self.assertIn("Disputed", moves["1004"].narration)
        self.assertFalse(self.items(moves["1004"]).collection_hold_ids, "It is paid: there is nothing left to hold")
        self.assertEqual(moves["1002"].partner_id.email, "aaa@customers.example.com")
        self.assertFalse(moves["1003"].partner_id.email, "Billed on paper")
        self.assertFigures(moves["1003"].partner_id, amount_overdue=80.5, amount_collectible=0)

    def test_loading_again_adds_nothing_twice(self):
        self.load(*ROWS)
        nothing = {"customers": 0, "invoices": 0, "payments": 0, "holds": 0}
        self.assertEqual(self.load(*ROWS), nothing)
        with self.at(10):
            self.assertEqual(self.load(*ROWS), {**nothing, "payments": 1}, "The one that came in meanwhile")
        self.assertEqual(len(self.moves()), 5)
        payments = self.env["account.payment"].search([("company_id", "=", self.company.id)])
        self.assertEqual(sorted(payments.mapped("memo")), ["1001", "1002", "1004"])

    def test_limit_takes_the_last(self):
        bills = read(self.file(HEADER, *ROWS), limit=2)
        self.assertEqual([bill.number for bill in bills], ["1004", "1005"])

    # ------------------------------------------------------------------
    # Bad files
    # ------------------------------------------------------------------

    def assertBad(self, words, path):
        with self.assertRaises(CannotLoad) as caught:
            read(path)
        for word in words:
            self.assertIn(word, str(caught.exception))

    def test_bad_files(self):
        good = ROWS[0]
        self.assertBad(["cannot be read", "No such file"], "no/such/file.csv")
        self.assertBad(
            ["no column DueDate, Disputed"],
            self.file("customerID,invoiceNumber,InvoiceDate,InvoiceAmount,SettledDate,PaperlessBill", good),
        )
        self.assertBad(["no column customerID", "none at all"], self.file(""))
        self.assertBad(["holds no invoices"], self.file(HEADER))
        self.assertBad(
            ["not UTF-8 text (line 3)"], self.file(HEADER, good, good.replace("AAA", "Müller"), encoding="latin-1")
        )
        self.assertBad(["line 3: invoice 1001 stands in the file twice"], self.file(HEADER, good, good))
        for old, new, words in (
            ("12/1/2023", "2023-12-01", ["line 2: DueDate is '2023-12-01', not a date like 12/31/2013"]),
            ("12/1/2023", "13/1/2023", ["DueDate is '13/1/2023'"]),
            ("50.25", "50,25 EUR", ["line 2", "'Yes', 'No'"]),
            ("50.25", "", ["InvoiceAmount is '', not a number"]),
            ("50.25", "-3", ["InvoiceAmount is '-3': it must be more than zero"]),
            (",No,", ",Maybe,", ["Disputed is 'Maybe'"]),
            (",1001,", ",,", ["invoiceNumber is empty"]),
            ("12/1/2023", "10/1/2023", ["before its own date"]),
        ):
            self.assertBad(words, self.file(HEADER, good.replace(old, new)))

    def test_all_errors_at_once_and_nothing_loaded(self):
        bad = [f"1,A,,{number},1/1/2024,never,1,No,,,," for number in range(30)]
        self.assertBad(["line 2:", "line 21:", "and 10 more"], self.file(HEADER, *bad))

    def test_company_without_a_bank(self):
        empty = self.env["res.company"].sudo().create({"name": "Nothing Yet"})
        with self.assertRaisesRegex(CannotLoad, "no bank journal"):
            load_histories.Loader(self.env(su=True), empty)

    # ------------------------------------------------------------------
    # The day
    # ------------------------------------------------------------------

    def run_day(self):
        with patch.object(self.registry["ir.mail_server"], "_disable_send", lambda *_args: False):
            return dunning_day.run(self.env(su=True), self.company)

    @needs_smtp_sink
    def test_day_on_a_few_rows(self):
        self.load(*ROWS)
        figures = self.run_day()
        expected = {
            "Invoices": 5,
            "Open items": 3,
            "Overdue": 150.5,
            "Collectible": 70,
            "Overdue items": 2,
            "Left out": 1,
        }
        expected |= {"Notices": 2, "Messages received": 2}
        self.assertEqual({name: figures[name] for name in expected}, expected)

    @needs_smtp_sink
    def test_day_on_a_slice_of_the_real_file(self):
        if not load_histories.DEFAULT_CSV.exists():
            self.skipTest(f"The public histories are not there: {load_histories.DEFAULT_CSV}")
        bills = read(load_histories.DEFAULT_CSV, limit=300)
        added = load_histories.Loader(self.env, self.company).load(bills)
        unpaid = [bill for bill in bills if bill.settled > bills[-1].due]
        self.assertEqual(added["invoices"], 300)
        self.assertEqual(added["payments"], 300 - len(unpaid))
        self.assertEqual(added["holds"], sum(bill.is_disputed for bill in unpaid))
        figures = self.run_day()
        self.assertEqual(figures["Open items"], len(unpaid))
        self.assertAlmostEqual(figures["Open"], sum(bill.amount for bill in unpaid), 2)
        overdue = [bill for bill in unpaid if bill.due < bills[-1].due]
        self.assertAlmostEqual(figures["Overdue"], sum(bill.amount for bill in overdue), 2)
        self.assertGreater(figures["Messages received"], 0)
        self.assertEqual(figures["Messages received"], figures["  sent"])
        notices = self.env["collection.notice"].search([("company_id", "=", self.company.id)])
        items = notices.line_ids.filtered("counted")
        self.assertEqual(set(Counter(items.mapped("move_id")).values()), {1}, "Each item stands in one notice")
        disputed = {bill.number for bill in unpaid if bill.is_disputed}
        self.assertFalse(disputed & set(items.mapped("ref")), "Nobody is dunned for what is disputed")
