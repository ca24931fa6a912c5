from io import BytesIO

from openpyxl import load_workbook

from odoo.exceptions import AccessError, UserError
from odoo.tests import HttpCase, tagged

from .common import CollectionsCommon
from .letters_common import page_texts


@tagged("post_install", "-at_install")
class TestReconciliation(CollectionsCommon, HttpCase):
    """Opening, movements, closing: nothing is left unexplained, whatever moved."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.acme = cls.customer()
        cls.Sheet = cls.env["collection.reconciliation"]

    def sheet(self, days_from=-10, days_to=0, partner=None, user=None, company=None):
        account = self.account(self.acme if partner is None else partner, company)
        return self.Sheet.with_user(user or self.env.user).create(
            {"account_id": account.id, "date_from": self.day(days_from), "date_to": self.day(days_to)}
        )

    def figures(self, sheet, currency=None, field="amount"):
        """Figures that are not zero: dict of kind to amount."""
        lines = sheet.line_ids
        if currency is not None:
            lines = lines.filtered(lambda line: line.currency_id == currency)
        return {line.kind: line[field] for line in lines if line[field]}

    def assertExplained(self, sheet, **figures):
        """The figures, all there are; the closing is what the ledger says."""
        self.assertEqual(sheet.amount_difference, 0)
        found = self.figures(sheet)
        self.assertEqual({kind: round(amount, 2) for kind, amount in found.items()}, figures)
        opening = sum(amount for kind, amount in figures.items() if kind != "closing")
        self.assertAlmostEqual(opening, figures.get("closing", 0), 2)

    def dated(self, amount, days, **vals):
        """An invoice of a day counted from today."""
        day = self.day(days)
        return self.invoice(self.acme, amount, invoice_date=day, invoice_date_due=day, **vals)

    def test_invoices_credits_and_cash(self):
        old, new = self.dated(1000, -20), self.dated(300, -5)
        self.pay(old, 400, payment_date=self.day(-3))
        self.credit(self.acme, 50, invoice_date=self.day(-2))
        self.entry(self.acme, 70, overdue=1)
        sheet = self.sheet()
        self.assertExplained(sheet, opening=1000, invoice=300, cash=-400, credit_note=-50, other=70, closing=920)
        self.assertEqual(sheet.amount_ledger, 920)
        line = sheet.line_ids.filtered(lambda each: each.kind == "invoice")
        self.assertEqual(line.action_view_items()["domain"], [("id", "in", self.items(new).ids)])
        closing = sheet.line_ids.filtered(lambda each: each.kind == "closing").action_view_items()
        rows = self.env["collection.aging.report"].with_context(**closing["context"]).search(closing["domain"])
        self.assertEqual(sum(rows.mapped("amount_total")), 920)

    def test_the_first_and_the_last_day_belong_to_the_period(self):
        for days, amount in ((-11, 1), (-10, 20), (0, 300)):
            self.dated(amount, days)
        self.assertExplained(self.sheet(-10, 0), opening=1, invoice=320, closing=321)
        self.assertExplained(self.sheet(-10, -1), opening=1, invoice=20, closing=21)
        self.assertExplained(self.sheet(-9, -1), opening=21, closing=21)
        self.assertExplained(self.sheet(-11, -11), invoice=1, closing=1)

    def test_later_matches_change_no_earlier_day(self):
        bill = self.dated(1000, -20)
        self.pay(bill, payment_date=self.day(-1))
        self.assertExplained(self.sheet(-10, -2), opening=1000, closing=1000)
        self.assertExplained(self.sheet(-1, 0), opening=1000, cash=-1000)

    def test_a_payment_with_a_write_off(self):
        bill = self.dated(1000, -20)
        self.pay(
            bill,
            950,
            payment_date=self.day(-3),
            payment_difference_handling="reconcile",
            writeoff_account_id=self.company_data["default_account_expense"].id,
        )
        self.assertExplained(self.sheet(), opening=1000, cash=-950, other=-50)

    def test_a_bounce_and_a_refund(self):
        bill = self.dated(1000, -20)
        payment = self.pay(bill, payment_date=self.day(-8))
        reversal = payment.move_id._reverse_moves([{"date": self.day(-4)}], cancel=True)
        self.assertEqual(reversal.state, "posted")
        sheet = self.sheet()
        self.assertExplained(sheet, opening=1000, cash=-1000, paid_out=1000, closing=1000)

    def test_matched_with_a_draft(self):
        bill = self.dated(1000, -20)
        payment = self.pay(bill, payment_date=self.day(-8))
        payment.action_draft()
        self.assertExplained(self.sheet(), opening=1000, closing=1000)

    def test_child_contacts_and_the_opening_balance(self):
        ann = self.contact(self.acme)
        self.entry(ann, 500, overdue=15)
        self.invoice(ann, 40, overdue=-20, invoice_date=self.day(-2))
        self.assertExplained(self.sheet(), opening=500, invoice=40, closing=540)

    def test_applied_with_a_sister_company(self):
        sister = self.customer("Sister Inc.")
        bill = self.dated(1000, -20)
        payment = self.unapplied(sister, 600, date=self.day(-4))
        (self.items(bill) + self.items(payment.move_id)).reconcile()
        sheet = self.sheet()
        self.assertExplained(sheet, opening=1000, cross=-600, closing=400)
        self.assertEqual((sheet.amount_ledger, sheet.amount_cross), (1000, -600))
        self.assertExplained(self.sheet(partner=sister), cash=-600, cross=600)
        self.assertExplained(self.sheet(-3, 0), opening=400, closing=400)

    def test_two_currencies_with_an_exchange_difference(self):
        eur = self.foreign_currency("EUR", 0.5)
        self.env["res.currency.rate"].create(
            {"currency_id": eur.id, "name": self.day(-6), "rate": 0.8, "company_id": self.company.id}
        )
        euros, dollars = self.dated(100, -20, currency=eur), self.dated(30, -5)
        self.pay(euros, 60, payment_date=self.day(-3), currency_id=eur.id)
        sheet = self.sheet()
        self.assertEqual(sheet.amount_difference, 0)
        self.assertEqual(self.figures(sheet, eur, "amount_currency"), {"opening": 100, "cash": -60, "closing": 40})
        own = self.figures(sheet, eur)
        self.assertEqual((own["opening"], own["cash"], own["exchange"], own["closing"]), (200, -75, -45, 80))
        self.assertEqual(self.figures(sheet, dollars.currency_id), {"invoice": 30, "closing": 30})
        together = self.figures(sheet, self.env["res.currency"])
        self.assertEqual((together["opening"], together["closing"]), (200, 110))
        self.assertNotIn("unexplained", together)

    def test_euros_paid_in_dollars(self):
        eur = self.foreign_currency("EUR", 0.5)
        euros = self.dated(100, -20, currency=eur)
        self.pay(euros, 200, payment_date=self.day(-3), currency_id=self.company.currency_id.id)
        sheet = self.sheet()
        self.assertEqual(self.figures(sheet, eur, "amount_currency"), {"opening": 100, "cross": -100})
        self.assertEqual(self.figures(sheet, self.company.currency_id), {"cash": -200, "cross": 200})
        self.assertEqual(sheet.amount_difference, 0)

    def test_periods_that_make_no_sense(self):
        self.dated(100, -5)
        for days_from, days_to in ((0, -1), (0, 1)):
            sheet = self.sheet(days_from, days_to)
            self.assertTrue(sheet.problem)
            self.assertFalse(sheet.line_ids)
            with self.assertRaises(UserError):
                sheet.action_print()
        self.assertFalse(self.sheet(0, 0).problem)
        sheet = self.Sheet.create({"account_id": self.account(self.acme).id})
        self.assertEqual((sheet.date_from.isoformat(), sheet.date_to.isoformat()), ("2026-02-01", "2026-02-28"))

    def test_access(self):
        self.dated(100, -5)
        account = self.account(self.acme)
        collector, colleague = self.member("collector"), self.member("collector", "two")
        for role in (collector, self.member("auditor")):
            self.assertExplained(self.sheet(user=role), invoice=100, closing=100)
        sheet = self.sheet(user=colleague)
        with self.assertRaises(AccessError):
            sheet.with_user(collector).read(["date_to"])
        account.collector_id = colleague
        self.company.collection_see_all = False
        self.env.invalidate_all()
        with self.assertRaises(AccessError):
            self.sheet(user=collector)
        for role in ("resolver", "employee"):
            with self.assertRaises(AccessError):
                self.sheet(user=self.member(role))
        other = self.second_company()["company"]
        self.invoice(self.acme, 70, company=other)
        self.assertExplained(self.sheet(user=colleague), invoice=100, closing=100)

    def test_pdf_and_workbook(self):
        self.company.write({"name": "Hudson Works"})
        bill = self.dated(1000, -20, ref="=1+1")
        self.pay(bill, 400, payment_date=self.day(-3))
        sheet = self.sheet()
        book = load_workbook(BytesIO(sheet._export_xlsx()))
        figures = {row[0].value: row[3].value for row in book["Worksheet"].iter_rows(min_row=4)}
        self.assertEqual(
            (figures["Opening balance"], figures["Closing balance"], figures["Difference"]), (1000, 600, 0)
        )
        items = list(book["Items"].iter_rows(min_row=4, values_only=True))
        self.assertEqual([row[0] for row in items], ["Opening balance", "Cash received", "Closing balance"])
        self.assertEqual((items[0][2], items[0][3]), (bill.name, "=1+1"))
        self.env["ir.config_parameter"].set_param("report.url", self.base_url())
        report = self.env["ir.actions.report"].with_context(force_report_rendering=True)
        text = "".join(page_texts(report._render_qweb_pdf("account_collections.report_reconciliation", sheet.ids)[0]))
        for part in ("Openingbalance", "Cashreceived", "Unexplained", "$600.00", bill.name):
            self.assertIn(part, text)
