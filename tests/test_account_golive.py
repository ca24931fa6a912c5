import base64

from odoo.exceptions import AccessError, UserError
from odoo.sql_db import db_connect
from odoo.tests import tagged

from ..tools.csv_file import decode
from .golive_common import GoliveCommon


@tagged("post_install", "-at_install")
class TestGolive(GoliveCommon):
    """Collectors, notes and holds from files: checked line by line, imported all at once, and only once."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.acme.write({"ref": "C-100", "vat": "US123456789"})
        cls.blue = cls.customer("Blue Ridge Tools", ref="C-200")
        cls.move = cls.invoice(cls.acme, 1000, overdue=20)
        cls.second = cls.invoice(cls.blue, 500, overdue=5)
        cls.acme_account, cls.blue_account = cls.account(cls.acme), cls.account(cls.blue)

    # ------------------------------------------------------------------
    # Finding customers
    # ------------------------------------------------------------------

    def test_customers_by_number_reference_tax_number_and_name(self):
        for text in (self.acme_account.name, self.acme_account.name.lower(), "c-100", "US123456789", "ACME CORP."):
            with self.subTest(text):
                wizard = self.check("collector", f"customer,collector\n{text},collector")
                self.assertCounts(wizard, new=1)

    def test_unknown_ambiguous_and_idle_customers(self):
        self.customer("Acme Corp.", ref="C-300")
        twin = self.customer("Twin", ref="T")
        self.invoice(twin, 1, overdue=1)
        other = self.customer("Other", ref="T")
        self.invoice(other, 1, overdue=1)
        self.customer("Idle")
        lines = [
            "customer,collector",
            "Nobody,collector",
            "T,collector",
            "Idle,collector",
            ",collector",
            "Acme Corp.,collector",
        ]
        wizard = self.check("collector", lines)
        self.assertProblem(wizard, 2, "No customer has “Nobody”", "Customer")
        self.assertProblem(wizard, 3, "means 2 customers")
        self.assertProblem(wizard, 4, "has no receivables")
        self.assertProblem(wizard, 5, "Customer is missing")
        # The second Acme has no receivables here: there is only one account that the name can mean.
        self.assertCounts(wizard, new=1, errors=4)

    # ------------------------------------------------------------------
    # Dry run, confirmation, repetition
    # ------------------------------------------------------------------

    def test_nothing_is_imported_until_clean_or_confirmed(self):
        lines = ["Customer;Collector", "C-100;collector", "Nobody;collector", "C-200;ghost"]
        wizard = self.check("collector", lines)
        self.assertCounts(wizard, new=1, errors=2)
        self.assertProblem(wizard, 4, "No active user has the login “ghost”", "Collector")
        wizard.action_import()
        self.assertEqual(wizard.state, "checked")
        self.assertFalse(self.acme_account.collector_id)
        self.assertFalse(self.env["collection.golive"].search([]))
        wizard.action_import_good()
        self.assertEqual(wizard.state, "done")
        self.assertEqual(self.acme_account.collector_id, self.collector)
        self.assertFalse(self.blue_account.collector_id)
        log = wizard.golive_id
        self.assertEqual((log.user_id, log.file_name, log.kind), (self.manager, "collector.csv", "collector"))
        self.assertEqual((log.line_count, log.imported_count, log.same_count, log.error_count), (3, 1, 0, 2))
        told = decode(base64.b64decode(log.problem_file))
        self.assertIn("No customer has “Nobody”", told)

    def test_the_import_must_be_checked_first(self):
        wizard = self.upload("collector", "customer,collector\nC-100,collector")
        for action in ("action_import", "action_import_good"):
            with self.assertRefused(UserError, "Check the file first"):
                getattr(wizard, action)()
        with self.assertRefused(UserError, "Choose a file"):
            self.env["collection.golive.import"].with_user(self.manager).create({"kind": "note"}).action_check()

    def test_what_changed_since_the_check_is_shown_first(self):
        wizard = self.check("collector", "customer,collector\nC-100,collector\nC-200,collector")
        self.collector.active = False
        for action in ("action_import", "action_import_good"):
            getattr(wizard, action)()
            self.assertEqual((wizard.state, wizard.error_count), ("checked", 2))
            self.assertFalse(self.acme_account.collector_id)
            wizard.problem_file = False

    def test_importing_again_changes_nothing(self):
        files = {
            "collector": "customer,collector\nC-100,collector",
            "note": 'customer,note\nC-100,"Pays on the 10th\nCall <Ann> & Bob"\nC-100,Second note',
            "hold": f"invoice,amount,until,reason\n{self.move.name},100,2026-04-30,Price list\n{self.second.name},,2026-04-30,Return",
        }
        for kind, content in files.items():
            with self.subTest(kind):
                self.bring_in(kind, content)
                again = self.check(kind, content)
                self.assertEqual((again.new_count, again.error_count), (0, 0))
                before = (self.acme_account.note, self.env["collection.hold"].search_count([]))
                again.action_import()
                self.assertEqual((self.acme_account.note, self.env["collection.hold"].search_count([])), before)
                self.assertEqual(again.golive_id.imported_count, 0)

    def test_equal_lines_are_taken_once_and_contradictions_refused(self):
        colleague = self.member("collector", "colleague")
        lines = [
            "customer,collector",
            "C-100,collector",
            "Acme Corp.,collector",
            "C-200,collector",
            f"C-200,{colleague.login}",
        ]
        wizard = self.check("collector", lines)
        self.assertIn((3, "Says the same as line 2."), self.warnings(wizard))
        self.assertProblem(wizard, 4, "Line 5 says something else")
        self.assertProblem(wizard, 5, "Line 4 says something else")
        self.assertCounts(wizard, new=1, same=1, errors=2)

    # ------------------------------------------------------------------
    # Kinds
    # ------------------------------------------------------------------

    def test_collectors_must_be_able_to_work(self):
        self.member("employee")
        elsewhere = self.member("collector", "elsewhere", companies=self.second_company()["company"])
        lines = ["customer,collector", "C-100,employee", f"C-200,{elsewhere.login}"]
        wizard = self.check("collector", lines)
        self.assertProblem(wizard, 2, "has no access to Collections")
        self.assertProblem(wizard, 3, "does not work in")
        self.acme_account.collector_id = self.manager
        wizard = self.check("collector", "customer,collector\nC-100,collector")
        self.assertEqual(self.warnings(wizard), [(2, "Replaces Mara Manager.")])

    def test_notes_are_added_below_what_is_there(self):
        self.acme_account.note = "<p>Old note</p>"
        wizard = self.check("note", 'customer,note\nC-100,"New <b>note</b>\nsecond line"')
        self.assertEqual(self.warnings(wizard), [(2, "Is added below the note that is there.")])
        wizard.action_import()
        self.assertEqual(self.acme_account.note, "<p>Old note</p><p>New &lt;b&gt;note&lt;/b&gt;<br>second line</p>")

    def test_holds(self):
        paid = self.invoice(self.acme, 50, overdue=3)
        self.pay(paid)
        parts = self.instalments(self.acme, [(300, 10), (700, -20)])
        draft = self.invoice(self.acme, 10, post=False)
        name = self.move.name
        lines = [
            "invoice,customer,due_date,amount,until,reason",
            f'{name},C-100,,"1,000.01",2026-04-30,Too much',
            f"{name},C-200,,10,2026-04-30,Not theirs",
            f"{name},,,10,2026-03-17,Over",
            f"{name},,,0,2026-04-30,Nothing",
            f"{name},,,10.005,2026-04-30,Decimals",
            f"{name},,,ten,2026-04-31,Words",
            f"{paid.name},,,,2026-04-30,Paid",
            f"{parts.name},,,10,2026-04-30,Which",
            f"{parts.name},,{self.day(-10)},300,2026-04-30,Fits",
            f"{parts.name},,{self.day(-11)},300,2026-04-30,No such part",
            f"{draft.id},,,,2026-04-30,Unknown",
            f"{name},,,600,2026-03-18,Today still",
            f"{name},,,401,2026-04-30,Together too much",
        ]
        wizard = self.check("hold", lines)
        for line, words in (
            (2, "Only $\xa01,000.00"),
            (3, "a document of another customer"),
            (4, "over already"),
            (5, "more than zero"),
            (6, "more decimals"),
            (7, "is no amount"),
            (7, "is no date"),
            (9, "due in parts"),
            (11, "no open part with this due date"),
            (12, "No posted document"),
            (14, "Only $\xa0400.00"),
        ):
            self.assertProblem(wizard, line, words)
        self.assertIn((8, f"Nothing of {paid.name} is open."), self.warnings(wizard))
        self.assertCounts(wizard, new=2, same=1, errors=10)
        wizard.action_import_good()
        holds = self.acme_account.hold_ids.sorted("amount")
        self.assertEqual(holds.mapped("amount"), [300, 600])
        self.assertEqual(holds.mapped("user_id"), self.manager)
        self.assertEqual((holds.mapped("kind"), holds.mapped("date_from")), (["manual"] * 2, [self.today] * 2))
        self.assertEqual(holds[0].move_line_id, self.items(parts)[0])

    def test_holds_in_the_items_currency(self):
        move = self.invoice(self.acme, 100, overdue=3, currency=self.foreign_currency(rate=0.5))
        self.bring_in(
            "hold",
            f"invoice;amount;until;reason\n{move.name};50,5;30.04.2026;Euro",
            date_order="dmy",
            decimal_mark="comma",
        )
        hold = self.acme_account.hold_ids
        self.assertEqual((hold.amount_currency, hold.amount), (50.5, 101))

    def test_documents_by_the_reference_on_an_opening_balance(self):
        entry = self.entry(self.acme, 250, overdue=90, ref="OLD-1")
        self.items(entry).name = "R-777"
        other = self.entry(self.blue, 250, overdue=90)
        self.items(other).name = "R-777"
        wizard = self.check("hold", ["invoice,until,reason", "R-777,2026-04-30,Which"])
        self.assertProblem(wizard, 2, "More than one document")
        self.bring_in(
            "hold", ["invoice,customer,until,reason", "R-777,C-100,2026-04-30,Old", "R-777,C-200,2026-04-30,Old"]
        )
        self.assertEqual(self.acme_account.hold_ids.move_line_id, self.items(entry))
        wizard = self.check("hold", ["invoice,until,reason", "OLD-1,2026-04-30,Again"])
        self.assertProblem(wizard, 2, "Only $\xa00.00")

    # ------------------------------------------------------------------
    # Files
    # ------------------------------------------------------------------

    def test_files_that_are_none(self):
        for content, words in (
            (b"PK\x03\x04", "no CSV file"),
            ("customer,collector", "nothing below it"),
            ("customer,user\nC-100,x", "Missing: Collector. Found: customer, user."),
            ("customer,Customer,collector\nC-100,C-100,x", "names a column twice: Customer"),
            ('customer,collector\n"C-100,x', "Line 2: quotation marks"),
            (b"customer,collector\n" + b"x," * 5_500_000, "10 MB is the most"),
            ("customer,collector\n" + "a,b\n" * 50_001, "50001 lines"),
        ):
            with self.subTest(words), self.assertRefused(UserError, words):
                self.check("collector", content)

    def test_a_line_with_too_many_cells(self):
        wizard = self.check("collector", "customer,collector,spare\nC-100,collector,kept\nC-200,collector,x,y")
        self.assertProblem(wizard, 3, "more cells than there are columns")
        self.assertCounts(wizard, new=1, errors=1)

    def test_the_template_is_a_file_of_its_kind(self):
        for kind, model in self.env["collection.golive"]._golive_kinds().items():
            wizard = self.upload(kind, base64.b64decode(self.env["collection.golive"]._template(kind)))
            rows = self.env[model]._read_content(base64.b64decode(wizard.file), wizard._options())
            self.assertGreaterEqual(len(rows), 2, kind)
            self.assertFalse([row.errors for row in rows if row.errors], kind)

    def test_the_error_list_is_harmless_in_a_spreadsheet(self):
        wizard = self.check("collector", 'customer,collector\n"=HYPERLINK(1)",collector')
        told = decode(base64.b64decode(wizard.problem_file))
        self.assertIn("'=HYPERLINK(1)", told)
        self.assertNotIn(",=HYPERLINK", told)

    # ------------------------------------------------------------------
    # Rights
    # ------------------------------------------------------------------

    def test_only_managers_import(self):
        content = "customer,collector\nC-100,collector"
        for role in ("assistant", "auditor", "billing", "employee"):
            with self.subTest(role), self.assertRaises(AccessError):
                self.check("collector", content, user=self.member(role))
        wizard = self.check("collector", content)
        with self.assertRaises(AccessError):
            wizard.with_user(self.member("manager", "second")).action_import()

    def test_only_into_ones_own_company(self):
        company = self.second_company()["company"]
        with self.assertRaises(AccessError):
            self.check("collector", "customer,collector\nC-100,collector", company_id=company.id)
        wizard = self.check("collector", "customer,collector\nC-100,collector")
        wizard.company_id = company
        with self.assertRaises(AccessError):
            wizard.action_import()

    def test_the_log_is_kept(self):
        log = self.bring_in("collector", "customer,collector\nC-100,collector").golive_id
        self.assertEqual(log.with_user(self.member("auditor")).imported_count, 1)
        for act in (
            lambda: log.write({"imported_count": 5}),
            log.unlink,
            lambda: log.sudo().write({"file_name": "x"}),
        ):
            with self.assertRaises(AccessError):
                act()
        with self.assertRaises(UserError):
            log.sudo().unlink()

    def test_two_imports_at_once(self):
        company = self.env.ref("base.main_company")  # the other session must see it
        with db_connect(self.cr.dbname).cursor() as other:
            other.execute("SET LOCAL lock_timeout = '5s'")
            other.execute("SELECT id FROM res_company WHERE id = %s FOR NO KEY UPDATE", [company.id])
            with self.assertRefused(UserError, "Another import or run"):
                self.env["collection.golive"]._lock_company(company)
        self.env["collection.golive"]._lock_company(company)

    # ------------------------------------------------------------------
    # Size
    # ------------------------------------------------------------------

    def _queries(self, kind, lines):
        self.env.invalidate_all()
        before = self.cr.sql_log_count
        wizard = self.check(kind, lines)
        wizard.action_import()
        self.env.flush_all()
        self.assertEqual((wizard.state, wizard.golive_id.imported_count), ("done", len(lines) - 1))
        return self.cr.sql_log_count - before

    def test_files_are_read_and_written_by_sets(self):
        customers = self.env["res.partner"].create(
            [{"name": f"C{n}", "ref": f"R{n}", "is_company": True} for n in range(110)]
        )
        moves = self.env["account.move"].create(
            [
                {
                    "move_type": "out_invoice",
                    "partner_id": customer.id,
                    "invoice_date": self.day(-60),
                    "invoice_line_ids": [(0, 0, {"name": "x", "price_unit": 10, "tax_ids": [(5,)]})],
                }
                for customer in customers
            ]
        )
        moves.action_post()
        self.Account._refresh_touched()
        kinds = {
            "collector": ["customer,collector", *(f"R{n},collector" for n in range(110))],
            "note": ["customer,note", *(f"R{n},Note {n}" for n in range(110))],
            "hold": ["invoice,until,reason", *(f"{move.name},2026-04-30,Old" for move in moves)],
        }
        for kind, (header, *lines) in kinds.items():
            with self.subTest(kind):
                self._queries(kind, [header, *lines[:2]])
                few = self._queries(kind, [header, *lines[2:12]])
                many = self._queries(kind, [header, *lines[12:]])
                self.assertLessEqual(many - few, 12, f"{few} queries for 10 lines, {many} for 98")
