from datetime import date

from odoo.tests import BaseCase, tagged

from ..tools.customer_list import ListProblem, read_lines, read_list, text_lines
from ..tools.document_match import Document, Matcher
from ..tools.money_words import order_of, parse_day, parse_money


@tagged("post_install", "-at_install")
class TestStatementReviewTools(BaseCase):
    def test_amounts(self):
        for word, mark, amount in (
            ("1,234.56", "point", 1234.56),
            ("1.234,56", "point", 1234.56),
            ("1.234.567", "point", 1234567),
            ("1,234", "point", 1234),
            ("1,234", "comma", 1.234),
            ("1.234", "comma", 1234),
            ("0.123", "comma", 0.123),
            ("12,5", "point", 12.5),
            ("(12.00)", "point", -12),
            ("12.00-", "point", -12),
            ("-12", "point", -12),
            ("\u221212.00", "point", -12),
            ("12.00 CR", "point", -12),
            ("12.00 DR", "point", 12),
            ("$ 1,234.00", "point", 1234),
            ("US$12.00", "point", 12),
            ("12,00 €", "point", 12),
            ("EUR 12,00", "point", 12),
            ("1'234.50", "point", 1234.5),
            ("1\u00a0234,50", "point", 1234.5),
        ):
            self.assertEqual(parse_money(word, mark), amount, word)
        for word in ("", "abc", "12.34.56", "1,23,456", "12 34", "12a", "--5", "1.2,3,4"):
            with self.assertRaises(ValueError, msg=word):
                parse_money(word)

    def test_dates(self):
        for word, order, day in (
            ("2026-03-04", "dmy", date(2026, 3, 4)),
            ("03/04/2026", "mdy", date(2026, 3, 4)),
            ("03/04/2026", "dmy", date(2026, 4, 3)),
            ("4.3.26", "dmy", date(2026, 3, 4)),
            ("4 Mar 2026", "mdy", date(2026, 3, 4)),
            ("04-MAR-26", "mdy", date(2026, 3, 4)),
            ("March 4, 2026", "dmy", date(2026, 3, 4)),
        ):
            self.assertEqual(parse_day(word, order), day, word)
        for word in ("13/13/2026", "03/04-2026", "2026-02-30", "4 Foo 2026", "12"):
            with self.assertRaises(ValueError, msg=word):
                parse_day(word)
        self.assertEqual(order_of(["03/04/2026", "13/04/2026"]), ("dmy", True))
        self.assertEqual(order_of(["03/14/2026"]), ("mdy", True))
        self.assertEqual(order_of(["03/04/2026"]), ("mdy", False))
        self.assertEqual(order_of(["13/04/2026", "04/13/2026"]), (None, False))

    def test_pasted_lines(self):
        found = read_list(
            text_lines(
                "Open items of Acme as of 03/18/2026\n\nINV/2026/00012 03/02/2026 1,000.00\n00013  2026-03-02   $200.00\n"
                "INV-2026-14  (50.00)\nINV/2026/00016\n99.00\nwith kind regards\nTotal 1,150.00"
            )
        )
        self.assertEqual(
            [(each.number, each.reference, each.amount) for each in found.entries],
            [(3, "INV/2026/00012", 1000), (4, "00013", 200), (5, "INV-2026-14", -50)],
        )
        self.assertEqual([(each.number, each.code) for each in found.unread], [(6, "no_amount"), (7, "no_reference")])
        self.assertEqual(found.total, 1150)
        self.assertEqual(found.entries[0].date, date(2026, 3, 2))

    def test_tables(self):
        found = read_list(
            text_lines(
                "Rechnung No;Date;Open\nINV/2026/00012;18.03.2026;1.234,56\n13;19.03.2026;1.000\n14;x;abc\n"
                ";19.03.2026;5,00\nSumme;;2.239,56"
            )
        )
        self.assertEqual([each.amount for each in found.entries], [1234.56, 1000])
        self.assertEqual([(each.number, each.code) for each in found.unread], [(4, "bad_amount"), (5, "no_reference")])
        self.assertEqual((found.total, found.date_order), (2239.56, "dmy"))
        running = read_list(
            text_lines(
                'Invoice,Date,Amount,Balance\nA12,03/18/2026,"1,000.00","1,000.00"\nA13,03/19/2026,50.00,"1,050.00"'
            )
        )
        self.assertEqual([each.amount for each in running.entries], [1000, 50], "A balance that runs on is nobody's")
        sides = read_list(text_lines("Document\tDebit\tCredit\nA12\t100.00\t\nC7\t\t30.00"))
        self.assertEqual([each.amount for each in sides.entries], [100, -30])

    def test_what_is_no_list(self):
        for name, content, code in (
            ("a.xls", b"\xd0\xcf\x11\xe0", "kind"),
            ("a.xlsx", b"PK\x03\x04broken", "damaged"),
            ("a.txt", b"  \n ", "empty"),
            ("a.pdf", b"%PDF-1.4 broken", "scanned"),
        ):
            with self.assertRaises(ListProblem) as caught:
                read_lines(name, content)
            self.assertEqual(caught.exception.code, code)
        for text, code in (("Dear Sirs", "empty"), ("A1 1.00\n" * 5001, "too_long")):
            with self.assertRaises(ListProblem) as caught:
                read_list(text_lines(text))
            self.assertEqual(caught.exception.code, code)

    def test_matching(self):
        matcher = Matcher(
            [
                Document(1, "INV/2026/00012", ("PO7",), 1000, 1000),
                Document(2, "INV/2025/00012", ("PO8", "PO9"), 0, 400),
                Document(3, "INV/2026/00345", ("PO9",), 10, 20),
                Document(4, "RINV/2026/00012", (), -5, -5),
                Document(5, "INV/2026/12345", (), 7, 7),
            ]
        )
        for reference, amount, expected in (
            ("INV/2026/00012", 1, {1}),
            ("inv-2026-12", 1, {1}),
            ("INV202600012", 1, {1}),
            ("202600012", 1, {1, 4}),
            ("Invoice 2026/12", 1000, {1}),
            ("12", 1000, {1}),
            ("00012", 400, {2}),
            ("12", -5, {4}),
            ("RINV 12", -5, {4}),
            ("12345", 99, {5}),
            ("345", 20, {3}),
            ("PO8", 1, {2}),
            ("PO9", 10, {3}),
        ):
            found = matcher.find(reference, amount)
            self.assertEqual(
                {each.key for each in found.documents} & expected, expected & {each.key for each in found.documents}
            )
            self.assertTrue(found.documents, reference)
            if len(expected) == 1:
                self.assertEqual(({each.key for each in found.documents}, found.is_sure), (expected, True), reference)
        for reference, amount in (("12", 3), ("00012", 5), ("345", 11), ("PO9", 1)):
            self.assertFalse(matcher.find(reference, amount).is_sure, f"{reference} {amount} may be several, or chance")
        for reference in ("99", "XYZ", "CN12", "PO", "", "2024/12"):
            self.assertFalse(matcher.find(reference, 1000).documents, reference)
