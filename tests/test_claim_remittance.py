import base64
import io
import time

import openpyxl

from odoo import Command
from odoo.exceptions import ValidationError
from odoo.tests import tagged

from .claim_common import ClaimCommon


@tagged("post_install", "-at_install")
class TestClaimRemittance(ClaimCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.cashier = cls.member("billing", "cashier")
        cls.company.collection_request_user_id = cls.cashier
        cls.first = cls.invoice(cls.acme, 1200, overdue=20, ref="PO-7781")
        cls.second = cls.invoice(cls.acme, 600, overdue=10)
        cls.third = cls.invoice(cls.acme, 333.33, overdue=5)

    def advice(self, text=None, content=None, name="advice.csv", **vals):
        """The request that an advice becomes."""
        wizard = self.env["collection.remittance.read"].with_context(default_account_id=self.account(self.acme).id)
        if content:
            vals.update(file=base64.b64encode(content), file_name=name)
        action = wizard.create({"text": text, **vals}).action_apply()
        return self.Request.browse(action["res_id"])

    def rows(self, request):
        """(document or the reason why there is none, amount to apply) of the lines."""
        return [(line.problem or line.move_id, line.amount_currency) for line in request.line_ids]

    def test_pasted_lines_by_number_reference_and_amount(self):
        receipt = self.unapplied(self.acme, 2133.33)
        request = self.advice(
            f"{self.second.name} 600.00\nyour order PO 7781: $1,200.00\nlast one 333.33\nTotal 2,133.33"
        )
        self.assertEqual(self.rows(request), [(self.second, 600), (self.first, 1200), (self.third, 333.33)])
        self.assertEqual((request.unmatched_count, request.amount_difference), (0, 0))
        self.assertEqual(request.credit_line_ids, self.money(receipt), "The receipt of just the total is the money")
        self.assertEqual(request.message_attachment_count, 1)
        request.with_user(self.cashier).action_apply()
        self.assertEqual(request.state, "done")
        self.assertFigures(self.acme, amount_total=0)

    def test_unmatched_lines_are_named(self):
        self.pay(self.third)
        request = self.advice(
            f"{self.first.name} 1,200.00\nINV/1999/1 44.00\n{self.third.name} 333.33\nCredit RINV/3 (50.00)\n{self.first.name} 10.00"
        )
        self.assertEqual(
            self.rows(request), [(self.first, 1200), ("not_found", 0), ("paid", 0), ("credit", 0), ("repeated", 0)]
        )
        self.assertEqual(request.line_ids[1].text, "INV/1999/1 44.00")
        self.assertEqual((request.unmatched_count, request.amount_unmatched), (4, 337.33))

    def test_somebody_who_knows_matches_the_rest(self):
        line = self.advice("who knows 605.00\nmore 1.00").line_ids[0]
        line.with_user(self.cashier).move_line_id = self.items(self.second)
        self.assertEqual((line.problem, line.amount_currency, line.move_name), (False, 600, self.second.name))

    def test_over_and_under(self):
        request = self.advice(f"{self.first.name} 1,000.00\n{self.second.name} 650.00")
        self.assertEqual(self.rows(request), [(self.first, 1000), (self.second, 600)])
        self.assertIn("stays open", request.line_ids[0].remark)
        self.assertIn("more than is open", request.line_ids[1].remark)
        self.assertEqual(sum(request.line_ids.mapped("amount_stated")), 1650)

    def test_wrong_total_is_told(self):
        request = self.advice(f"{self.first.name} 1,200.00\n{self.second.name} 600.00\nTotal: 1,900.00")
        self.assertEqual((request.stated_total, request.amount_difference), (1900, 100))

    def test_instalments_oldest_first(self):
        move = self.instalments(self.acme, [(100, 30), (200, 1)])
        request = self.advice(f"{move.name} 250.00")
        self.assertEqual(request.line_ids.mapped("amount_currency"), [100, 150])
        self.assertEqual(request.line_ids.move_line_id, self.items(move))

    def test_groups_documents_are_known_strangers_are_not(self):
        self.acme.parent_id = self.customer("Holding")
        sister = self.invoice(self.customer("Sister", parent_id=self.acme.parent_id.id), 50, overdue=5)
        stranger = self.invoice(self.customer("Stranger"), 70, overdue=5)
        request = self.advice(f"{sister.name} 50.00\n{stranger.name} 70.00")
        self.assertEqual(self.rows(request), [(sister, 50), ("not_found", 0)])
        self.assertIn("Sister", request.line_ids[0].remark)

    def test_other_currency(self):
        euro = self.foreign_currency()
        move = self.invoice(self.acme, 77, overdue=5, currency=euro)
        with self.assertRaisesRegex(ValidationError, "in EUR, you chose USD"):
            self.advice(f"{move.name} EUR 77.00", currency_id=self.company.currency_id.id)
        request = self.advice(f"{move.name} EUR 77.00", currency_id=euro.id)
        self.assertEqual((self.rows(request), request.currency_id), ([(move, 77)], euro))
        mixed = self.advice(f"{move.name} 77.00", currency_id=self.company.currency_id.id)
        self.assertEqual(self.rows(mixed), [("currency", 0)])

    def test_files(self):
        book = openpyxl.Workbook()
        for row in (
            ("Invoice", "Date", "Amount paid"),
            (self.first.name, "2026-03-01", 1200),
            (self.second.name, "", 600.0),
        ):
            book.active.append(row)
        content = io.BytesIO()
        book.save(content)
        text = f"Invoice;Paid\n{self.first.name};1200,00\n{self.second.name};600,00\n"
        for name, data in (
            ("a.xlsx", content.getvalue()),
            ("a.csv", text.encode("utf-16")),
            ("a.txt", text.replace(";", "  ").encode()),
        ):
            with self.subTest(name):
                self.assertEqual(
                    self.rows(self.advice(content=data, name=name)), [(self.first, 1200), (self.second, 600)]
                )

    def test_pdf_with_text(self):
        from reportlab.pdfgen.canvas import Canvas

        content = io.BytesIO()
        canvas = Canvas(content)
        canvas.drawString(72, 700, f"{self.first.name}   1,200.00")
        canvas.drawString(72, 680, f"{self.second.name}   600.00")
        canvas.save()
        self.assertEqual(
            self.rows(self.advice(content=content.getvalue(), name="a.pdf")), [(self.first, 1200), (self.second, 600)]
        )

    def test_refused(self):
        bad = (
            ({"text": ""}, "No line"),
            ({"text": "thank you"}, "No line"),
            ({"text": "card 4111 1111 1111 1111 100.00"}, "payment card"),
            ({"content": b"a;b\n4111111111111111;5\n"}, "payment card"),
            ({"content": b"PK\x03\x04broken", "name": "a.xlsx"}, "damaged"),
            ({"content": b"\xd0\xcf\x11\xe0old", "name": "a.xls"}, "cannot be read"),
            ({"content": b"%PDF-1.4 nothing", "name": "a.pdf"}, "picture"),
            ({"content": b'a;"b\n1;2', "name": "a.csv"}, "quotation"),
            ({"text": "x 1.00\n" * 5001}, "more than 5000"),
        )
        for vals, words in bad:
            with self.subTest(words), self.assertRaisesRegex(ValidationError, words):
                self.advice(**vals)

    def test_a_thousand_lines(self):
        moves = self.env["account.move"].create(
            [
                {
                    "move_type": "out_invoice",
                    "partner_id": self.acme.id,
                    "invoice_date": self.day(-60),
                    "invoice_line_ids": [
                        Command.create({"name": "x", "price_unit": 10 + place, "tax_ids": [Command.clear()]})
                    ],
                }
                for place in range(100)
            ]
        )
        moves.action_post()
        lines = [f"{move.name}\t{move.amount_total:.2f}" for move in moves]
        lines += [f"OLD-{place}\t{place}.77" for place in range(900)]
        begun = time.monotonic()
        request = self.advice("\n".join(lines))
        self.assertLess(time.monotonic() - begun, 10)
        self.assertEqual((len(request.line_ids), request.unmatched_count), (1000, 900))
        self.assertEqual(request.amount, sum(moves.mapped("amount_total")))

    def test_of_a_claim(self):
        claim = self.claim(self.first)
        action = claim.action_remittance()
        wizard = self.env["collection.remittance.read"].with_context(**action["context"])
        request = self.Request.browse(wizard.create({"text": f"{self.first.name} 1200.00"}).action_apply()["res_id"])
        self.assertEqual((request.claim_id, claim.request_count), (claim, 1))
