from datetime import datetime
from io import BytesIO

import openpyxl

from odoo.tests import tagged

from .statement_common import KINDS, StatementCommon


@tagged("post_install", "-at_install")
class TestStatementWorkbook(StatementCommon):
    def book(self, *partners, **vals):
        batch = self.make(*partners, delivery="xlsx", **vals)
        self.assertEqual((batch.state, set(batch.statement_ids.mapped("state"))), ("done", {"printed"}))
        return openpyxl.load_workbook(BytesIO(batch.attachment_id.raw))

    def rows(self, sheet):
        return [list(row) for row in sheet.iter_rows(min_row=3, values_only=True)]

    def test_numbers_dates_and_a_total_that_ties(self):
        euro = self.foreign_currency()
        beta = self.customer("=1+1 Ltd.")
        first = self.invoice(self.acme, 1000, overdue=40, ref="0815")
        self.pay(first, 250)
        self.invoice(self.acme, 50, overdue=3, currency=euro)
        self.invoice(beta, 70, overdue=-5)
        for kind in KINDS:
            with self.subTest(kind=kind):
                book = self.book(self.acme, beta, kind=kind, date_from=self.day(-200))
                totals, lines = self.rows(book["Totals"]), self.rows(book["Lines"])
                balance = totals[0].index("Balance")
                by_key = {(row[1], row[3]): row for row in totals[1:]}
                self.assertEqual(by_key["Acme Corp.", "USD"][balance], 750)
                self.assertEqual(by_key["Acme Corp.", "EUR"][balance], 50)
                self.assertEqual(by_key["=1+1 Ltd.", "USD"][balance], 70)
                sums = {row[3]: row[balance] for row in totals if row[0] == "Total"}
                self.assertEqual(sums, {"USD": 820, "EUR": 50})
                tie = {row[0]: row[-1] for row in totals if row[0] and not row[3] and row[0] != "Total"}
                self.assertEqual(list(tie.values()), [920, 920, 0])
                row = next(row for row in lines if row[5] == first.name)
                self.assertEqual(row[7], "0815")
                self.assertIsInstance(row[4], datetime)
                amount = lines[0].index("Open" if kind == "open_item" else "Amount")
                self.assertEqual(row[amount], 750 if kind == "open_item" else 1000)
