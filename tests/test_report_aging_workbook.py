from io import BytesIO

from openpyxl import load_workbook

from odoo.exceptions import AccessError
from odoo.tests import HttpCase, tagged

from .common_aging import AgingCommon


@tagged("post_install", "-at_install")
class TestReportAgingWorkbook(AgingCommon, HttpCase):
    def workbook(self, user=None, items=True, days=0):
        report = self.Report.with_user(user) if user else self.Report
        report = report.with_context(allowed_company_ids=self.company.ids)
        return load_workbook(BytesIO(report._export_xlsx(self.company, self.day(days), items=items)))

    def test_workbook_totals_and_texts(self):
        villain = self.customer("=cmd|' /C calc'!A0")
        for name in ("+1", "-1", "@sum"):
            self.invoice(self.customer(name), 10, ref="=1+1")
        self.invoice(villain, 1000.1, overdue=45)
        self.entry(None, -70)
        self.pay(self.invoice(self.acme, 500, overdue=60), 200, payment_date=self.day(-2)).action_draft()
        book = self.workbook()
        customers, items = book["Customers"], book["Items"]
        head = [cell.value for cell in customers[3]]
        self.assertEqual(head[2:8], ["Not Due", "1–30", "31–60", "61–90", "91–120", "Over 120"])
        lines = {row[0].value: row for row in customers.iter_rows(min_row=4)}
        total = head.index("Total")
        self.assertEqual(lines["=cmd|' /C calc'!A0"][0].data_type, "s")
        self.assertEqual(lines["=cmd|' /C calc'!A0"][total].value, 1000.1)
        self.assertEqual(lines["Unidentified receipts and items"][total].value, -70)
        self.assertEqual(lines["Total"][total].value, 1460.1)
        self.assertEqual(lines["Balance of the receivable accounts"][total].value, 1460.1)
        self.assertEqual(lines["Difference"][total].value, 0)
        column = [cell.value for cell in items[3]].index("Total")
        rows = list(items.iter_rows(min_row=4))
        self.assertAlmostEqual(sum(row[column].value for row in rows), 1460.1, 2)
        self.assertEqual(len(rows), 7)
        texts = [
            cell for row in (*rows, *customers.iter_rows(min_row=4)) for cell in row if str(cell.value)[:1] in "=+-@"
        ]
        self.assertEqual({cell.data_type for cell in texts if not isinstance(cell.value, (int, float))}, {"s"})
        self.assertIn("Matched, Not Posted", [row[2].value for row in rows])
        self.assertEqual(self.workbook(items=False).sheetnames, ["Customers"])

    def test_workbook_of_a_portfolio(self):
        theirs = self.customer("Theirs Inc.")
        for partner in (self.acme, theirs):
            self.invoice(partner, 100, overdue=5)
        user = self.member("collector")
        self.account(self.acme)
        self.account(theirs).collector_id = self.member("collector", "two")
        self.company.collection_see_all = False
        book = self.workbook(user=user)
        names = [row[0].value for row in book["Customers"].iter_rows(min_row=4)]
        self.assertEqual(names, ["Acme Corp.", "Total"], "A part is not compared with the ledger")
        self.assertEqual(len(list(book["Items"].iter_rows(min_row=4))), 1)
        with self.assertRaises(AccessError):
            self.workbook(user=self.member("resolver"))

    def test_queries_do_not_grow_with_the_items(self):
        def queries(action):
            self.env.flush_all()
            self.env.invalidate_all()
            before = self.env.cr.sql_log_count
            action()
            return self.env.cr.sql_log_count - before

        def group():
            self.Report.web_read_group([], ["partner_id"], ["amount_total:sum", "amount_held:sum"], limit=80)

        self.invoice(self.acme, 100)
        few = {action: queries(action) for action in (group, self.workbook)}
        for number in range(20):
            self.invoice(self.customer(f"Customer {number}"), 100, overdue=number)
        for action, count in few.items():
            self.assertLessEqual(queries(action), count + 1)

    # ------------------------------------------------------------------
    # Download
    # ------------------------------------------------------------------

    def download(self, user, company=None, **options):
        self.authenticate(user.login, user.login)
        wizard = self.env["collection.aging.report.open"].with_user(user).create({"company_id": self.company.id})
        url = wizard.action_export_items()["url"]
        if company:
            url = url.replace(f"company_id={self.company.id}", f"company_id={company.id}")
        return self.url_open(url, **options)

    def test_download(self):
        self.invoice(self.acme, 100, overdue=5)
        for role in ("collector", "auditor"):
            with self.subTest(role=role):
                response = self.download(self.member(role))
                self.assertEqual(response.status_code, 200)
                self.assertIn("2026-03-18.xlsx", response.headers["Content-Disposition"])
                book = load_workbook(BytesIO(response.content))
                self.assertEqual(book.sheetnames, ["Customers", "Items"])
                self.assertEqual(book["Items"]["A4"].value, "Acme Corp.")

    def test_download_is_refused(self):
        other = self.second_company()["company"]
        user = self.member("manager")
        self.assertEqual(self.download(user, company=other).status_code, 403)
        self.assertEqual(self.url_open("/collections/aging.xlsx?company_id=x&as_of=2026-03-18").status_code, 400)
        self.assertEqual(
            self.url_open(f"/collections/aging.xlsx?company_id={self.company.id}&as_of=soon").status_code, 400
        )
        later = self.url_open(f"/collections/aging.xlsx?company_id={self.company.id}&as_of=2026-03-19")
        self.assertNotEqual(
            later.headers.get("Content-Type"), "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
        )
        self.authenticate(self.member("resolver").login, "resolver")
        refused = self.url_open(f"/collections/aging.xlsx?company_id={self.company.id}&as_of=2026-03-18")
        self.assertEqual(refused.status_code, 403)
        self.logout()
        anybody = self.url_open(f"/collections/aging.xlsx?company_id={self.company.id}&as_of=2026-03-18")
        self.assertIn("/web/login", anybody.url)
