import time

from odoo.tests import TransactionCase, tagged

from ..tools.combination import Sums
from ..tools.remittance import RemittanceProblem, read_remittance, text_rows


@tagged("post_install", "-at_install")
class TestCombination(TransactionCase):
    def test_the_fewest(self):
        sums = Sums([100, 250, 300, 400, 550])
        for target, places in (
            (300, (2,)),
            (350, (0, 1)),
            (950, (3, 4)),
            (650, (0, 4)),
            (850, (1, 2, 2)),
            (1, ()),
            (0, ()),
        ):
            found = sums.find(target)
            with self.subTest(target):
                self.assertEqual(sum(sums.amounts[place] for place in found), target if found else 0)
                self.assertEqual(bool(found), bool(places))
                self.assertLessEqual(len(found), 5)
        self.assertEqual(len(sums.find(300, smallest=2)), 0)
        self.assertEqual(sums.find(1600), (0, 1, 2, 3, 4), "All together")

    def test_bounded(self):
        begun = time.monotonic()
        sums = Sums(range(1000, 9000, 2))
        self.assertEqual(len(sums.amounts), 200)
        for target in range(100):
            sums.find(10_001 + 2 * target)
        self.assertLess(time.monotonic() - begun, 1.0)


@tagged("post_install", "-at_install")
class TestRemittanceText(TransactionCase):
    def rows(self, text, **kwargs):
        return read_remittance(text_rows(text, **kwargs))

    def test_pasted_lines(self):
        read = self.rows(
            "Payment of Acme\nINV/2026/00042  03/01/2026  $1,200.00\nInvoice 57: 600.50 USD\nless credit RINV/1 (50.00)\nTotal 1,750.50"
        )
        self.assertEqual([row.amount for row in read.rows], [1200, 600.5, -50])
        self.assertEqual(read.total, 1750.5)
        self.assertIn("INV202600042", read.rows[0].references)
        self.assertIn("57", read.rows[1].references)
        self.assertEqual(read.currencies, {"USD"})

    def test_table_takes_the_paid_column(self):
        read = self.rows(
            "Invoice;Date;Gross;Discount;Net paid\nA-1;2026-01-01;100,00;2,00;98,00\nA-2;2026-01-01;50,00;0;50,00",
            is_table=True,
        )
        self.assertEqual([(row.references[0], row.amount) for row in read.rows], [("A1", 98), ("A2", 50)])

    def test_spreadsheet_pasted(self):
        read = self.rows("Reference\tAmount\nINV/1\t10\nINV/2\t20.5\nTotal\t30.5")
        self.assertEqual(([row.amount for row in read.rows], read.total), ([10, 20.5], 30.5))

    def test_refused(self):
        for text, code in (("", "empty"), ("hello there", "empty"), ("x 1.00\n" * 5001, "too_long")):
            with self.subTest(code), self.assertRaises(RemittanceProblem) as caught:
                self.rows(text)
            self.assertEqual(caught.exception.code, code)
