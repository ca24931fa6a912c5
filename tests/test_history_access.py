from odoo.exceptions import AccessError, UserError
from odoo.tests import HttpCase, tagged

from .history_common import HistoryCommon
from .letters_common import page_texts


@tagged("post_install", "-at_install")
class TestHistoryAccess(HistoryCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.bill = cls.invoice(cls.acme, 1000, overdue=40)

    def test_roles(self):
        account = self.account(self.acme)
        for role in ("collector", "assistant", "manager", "auditor"):
            with self.subTest(role=role):
                user = self.member(role)
                self.assertEqual(self.rows(self.acme, user=user).reference, self.bill.name)
                self.assertEqual(self.rows(self.bill, user=user).mapped("kind"), ["invoice"])
        for role in ("resolver", "employee"):
            with self.subTest(role=role), self.assertRaises(AccessError):
                self.History.with_user(self.member(role)).search([("account_id", "=", account.id)])
        with self.assertRaises(AccessError):
            self.rows(self.acme).with_user(self.collector).unlink()

    def test_a_collector_sees_the_portfolio_only(self):
        rows = self.rows(self.acme)
        rows.account_id.collector_id = self.member("collector", "other")
        self.company.collection_see_all = False
        domain = [("account_id", "=", rows.account_id.id)]
        self.assertFalse(self.History.with_user(self.collector).search(domain))
        self.env.invalidate_all()
        with self.assertRaises(AccessError):
            rows.with_user(self.collector).read(["title"])
        with self.assertRaises(UserError):
            self.bill.with_user(self.collector).action_view_collection_history()
        with self.assertRaises(AccessError):
            self.print(user=self.collector).action_print()

    def test_two_companies(self):
        other = self.second_company()["company"]
        abroad = self.invoice(self.acme, 250, company=other)
        account = self.account(self.acme, other)
        domain = [("account_id", "in", (account | self.account(self.acme)).ids)]
        user = self.member("manager")
        self.assertEqual(self.History.with_user(user).search(domain).mapped("reference"), [self.bill.name])
        both = self.member("manager", "both", companies=self.company | other)
        rows = self.History.with_user(both).with_context(allowed_company_ids=(self.company | other).ids).search(domain)
        self.assertEqual(
            {row.reference: row.company_id for row in rows}, {abroad.name: other, self.bill.name: self.company}
        )

    def test_the_company_gives_the_hour(self):
        account = self.account(self.acme)
        self.company.collection_tz = "Asia/Manila"
        with self.on(0, "16:30:00"):
            self.contacted(account)
        row = self.rows(self.acme, kind="call")
        self.assertEqual((row.when, row.business_date), ("2026-03-19 00:30 PST", self.day(1)))

    def print(self, user=None, **vals):
        vals = {"account_ids": self.account(self.acme).ids, **vals}
        return self.env["collection.action.history.print"].with_user(user or self.env.user).create(vals)

    def test_what_is_printed(self):
        account = self.account(self.acme)
        with self.on(-1):
            self.contacted(account)
            account._set_stage("refused", "Said no")
        self.assertEqual(
            self.print()._rows(account).mapped("kind"), ["invoice", "call", "stage", "stage"], "Contacted, then refused"
        )
        self.assertEqual(self.print().row_count, 4)
        self.assertEqual(self.print(with_internal=False).row_count, 2)
        self.assertEqual(self.print(kind="call").row_count, 1)
        for days, count in ((-2, 1), (-1, 4), (0, 4)):
            self.assertEqual(self.print(date_to=self.day(days)).row_count, count, days)
        for days, count in ((-1, 3), (0, 0)):
            self.assertEqual(self.print(date_from=self.day(days)).row_count, count, days)
        self.assertEqual(self.print(move_id=self.bill.id).row_count, 1)
        with self.assertRaises(UserError):
            self.print(date_from=self.day(1), date_to=self.day(0))
        with self.assertRaises(AccessError):
            self.print().with_user(self.collector).read(["kind"])

    def test_a_printout_is_asked_for_where_the_accounts_are_known(self):
        rows = self.rows(self.acme)
        context = rows.action_print()["context"]
        self.assertEqual(context["default_account_ids"], rows.account_id.ids)
        with self.assertRaises(UserError):
            self.History.action_print()


@tagged("post_install", "-at_install")
class TestHistoryPdf(HistoryCommon, HttpCase):
    def test_pdf(self):
        self.invoice(self.acme, 1000, overdue=40)
        account = self.account(self.acme)
        account.note = "<p>Pays by cheque only</p>"
        notes = [
            {
                "account_id": account.id,
                "account_ids": account.ids,
                "channel": "note",
                "state": "done",
                "note": f"Note number {n}",
            }
            for n in range(1000)
        ]
        self.env["collection.activity"]._unguarded().create(notes)
        wizard = (
            self.env["collection.action.history.print"]
            .with_user(self.collector)
            .create({"account_ids": account.ids, "with_notes": True})
        )
        report = self.env["ir.actions.report"].with_user(self.collector)
        html = report._render_qweb_html("account_collections.report_action_history", wizard.ids)[0].decode()
        self.assertIn("Pays by cheque only", html)
        self.assertIn("America/New_York", html)
        self.assertEqual(html.count("Note number"), 1000)
        self.assertEqual(wizard.action_print()["report_name"], "account_collections.report_action_history")
        self.env["ir.config_parameter"].set_param("report.url", self.base_url())
        report = report.with_context(force_report_rendering=True)
        pages = page_texts(report._render_qweb_pdf("account_collections.report_action_history", wizard.ids)[0])
        text = "".join(pages)
        self.assertGreater(len(pages), 10)
        self.assertIn(f"Page{len(pages)}/{len(pages)}", text)
        for number in range(100, 1000, 100):
            self.assertEqual(text.count(f"Notenumber{number}"), 1)
