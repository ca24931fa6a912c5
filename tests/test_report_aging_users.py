from datetime import timedelta

from odoo import fields
from odoo.exceptions import AccessError, UserError
from odoo.tests import tagged

from .common_aging import AgingCommon


@tagged("post_install", "-at_install")
class TestReportAgingUsers(AgingCommon):
    def test_roles(self):
        self.invoice(self.acme, 100, overdue=5)
        self.account(self.acme)
        for role in ("collector", "assistant", "manager", "auditor"):
            with self.subTest(role=role):
                user = self.member(role)
                self.assertEqual(self.rows(user=user).amount_total, 100)
                wizard = self.env["collection.aging.report.open"].with_user(user).create({})
                self.assertEqual(wizard.amount_report, 100)
        for role in ("resolver", "employee"):
            with self.subTest(role=role), self.assertRaises(AccessError):
                self.rows(user=self.member(role))
        with self.assertRaises(AccessError):
            self.rows(user=self.env.ref("base.user_admin").browse(self.member("manager", "m2").id)).unlink()

    def test_a_collector_sees_the_portfolio_only(self):
        mine, theirs, nobodys = (self.customer(name) for name in ("Mine Inc.", "Theirs Inc.", "Nobody's Inc."))
        user, colleague = self.member("collector", "one"), self.member("collector", "two")
        for partner in (mine, theirs, nobodys):
            self.invoice(partner, 100, overdue=5)
        self.account(mine).collector_id = user
        self.account(theirs).collector_id = colleague
        self.account(nobodys)
        self.assertEqual(len(self.rows(user=user)), 3)
        self.company.collection_see_all = False
        self.assertEqual(self.rows(user=user).partner_id, mine + nobodys)
        self.assertEqual(self.rows(user=self.member("assistant")).partner_id, mine + theirs + nobodys)
        with self.assertRaises(AccessError):
            self.rows(partner=theirs).with_user(user).read(["amount_total"])
        groups = self.Report.with_user(user).formatted_read_group([], ["collector_id"], ["amount_total:sum"])
        self.assertEqual({group["collector_id"] and group["collector_id"][0] for group in groups}, {user.id, False})
        tie = self.Report.with_user(user)._tie_out(self.company, self.today)
        self.assertEqual(tie["report"], 300, "The tie-out is of the whole company")
        wizard = self.env["collection.aging.report.open"].with_user(user).create({})
        self.assertEqual((wizard.amount_report, wizard.amount_visible, wizard.amount_difference), (300, 200, 0))

    def test_other_companies_are_closed(self):
        other = self.second_company()["company"]
        self.invoice(self.acme, 250, company=other)
        user = self.member("manager")
        self.assertFalse(self.Report.with_user(user).search([("company_id", "=", other.id)]))
        row = self.rows(company=other)
        self.assertFalse(row.with_user(user).with_context(allowed_company_ids=self.company.ids).read(["amount_total"]))
        with self.assertRaises(AccessError):
            row.with_user(user).read(["amount_total"])
        with self.assertRaises(AccessError):
            self.env["collection.aging.report.open"].with_user(user).create({"company_id": other.id}).read(
                ["amount_ledger"]
            )

    # ------------------------------------------------------------------
    # The dialog
    # ------------------------------------------------------------------

    def test_dialog_ties_and_opens_the_report(self):
        invoice = self.invoice(self.acme, 500, overdue=60)
        self.pay(invoice, 200, payment_date=self.day(-2)).action_draft()
        wizard = self.env["collection.aging.report.open"].create({})
        self.assertEqual((wizard.date, wizard.amount_report, wizard.amount_ledger), (self.today, 500, 500))
        self.assertEqual((wizard.amount_difference, wizard.amount_unposted), (0, 200))
        wizard.period = "last_month"
        self.assertEqual(wizard.date, fields.Date.to_date("2026-02-28"))
        self.assertEqual((wizard.amount_report, wizard.amount_unposted), (500, 0))
        wizard.period = "last_quarter"
        self.assertEqual(wizard.date, fields.Date.to_date("2025-12-31"))
        wizard.write({"period": "other", "date": self.day(-10)})
        action = wizard.action_open()
        self.assertEqual(action["context"]["collection_as_of"], "2026-03-08")
        self.assertIn("03/08/2026", action["name"])
        rows = self.Report.with_context(**action["context"]).search(action["domain"])
        self.assertEqual(rows.as_of, self.day(-10))

    def test_dialog_refuses_the_future(self):
        wizard = self.env["collection.aging.report.open"].create({"period": "other", "date": self.today + timedelta(1)})
        self.assertTrue(wizard.is_future)
        for action in (wizard.action_open, wizard.action_export, wizard.action_export_items):
            with self.assertRaisesRegex(UserError, "still to come"):
                action()

    def test_a_row_opens_its_document(self):
        invoice = self.invoice(self.acme, 500)
        self.assertEqual(self.rows().action_open_document()["res_id"], invoice.id)
        action = self.Report.with_context(collection_as_of="2026-02-28").action_choose()
        self.assertEqual(action["context"]["default_date"], "2026-02-28")
