from odoo.exceptions import AccessError
from odoo.tests import BaseCase, tagged

from ..tools.find_terms import read_amount, read_phone
from .common import CollectionsCommon


@tagged("post_install", "-at_install")
class TestFindTerms(BaseCase):
    def test_amounts_of_all_countries(self):
        for text, amount in {
            "1234.56": 1234.56,
            "1,234.56": 1234.56,
            "1234,56": 1234.56,
            "1.234,56": 1234.56,
            "1 234,56": 1234.56,
            "1'234.56": 1234.56,
            "$1,234.56": 1234.56,
            "€ 1.234,56": 1234.56,
            "1,234": 1234,
            "1.234": 1234,
            "1,234,567": 1234567,
            "12,5": 12.5,
            "-80.00": 80,
            "1234 USD": 1234,
        }.items():
            with self.subTest(text):
                self.assertEqual(read_amount(text), amount)

    def test_what_is_no_amount(self):
        for text in ("", "acme", "INV/2026/00001", "12-34", "1a2", "1" * 16, "..", "1.2.3,4,5x"):
            with self.subTest(text):
                self.assertIsNone(read_amount(text))

    def test_phones(self):
        for text, digits in {
            "+1 212-555-0143": "12125550143",
            "(212) 555-0143": "2125550143",
            "212.555.0143 x12": "2125550143",
            "0043 1 5550": "4315550",
            "0143": None,
            "5501": "5501",
            "PO 5501": None,
            "123": None,
        }.items():
            with self.subTest(text):
                self.assertEqual(read_phone(text), digits)


@tagged("post_install", "-at_install")
class TestAccountFind(CollectionsCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.acme = cls.customer(
            "Acme Corp.", phone="+1 212-555-0143", ref="C1001", vat="US987", email="billing@acme.example.com"
        )
        cls.ann = cls.contact(cls.acme, "Ann Payable", phone="(646) 555-0199 ext. 7", email="ann.p@acme.example.com")
        cls.other = cls.customer("Globex", phone="+1 212-555-0144")
        cls.inv = cls.invoice(cls.acme, 1234.56, overdue=5, ref="PO-77812", payment_reference="RF18539")
        cls.invoice(cls.other, 99, overdue=5)
        cls.acme_account = cls.account(cls.acme)
        cls.other_account = cls.account(cls.other)

    def _found(self, text, user=None):
        return self.Account.with_user(user or self.env.user).search([("find", "ilike", text)])

    def assertFinds(self, *texts, account=None):
        for text in texts:
            with self.subTest(text):
                self.assertEqual(self._found(text), account or self.acme_account)

    def test_invoice(self):
        number = self.inv.name
        self.assertFinds(number, number.lower(), f"  {number} ", str(self.inv.sequence_number).zfill(5))

    def test_purchase_order(self):
        self.assertFinds("PO-77812", "po-77812", "PO-778", "RF18539")

    def test_amounts(self):
        self.assertFinds("1234.56", "1,234.56", "1234,56", "1.234,56", "$ 1,234.56")
        self.pay(self.inv, 234)
        self.assertFinds("1000.56", "1,000.56", "234")
        self.assertFinds("1234.56")
        self.assertFalse(self._found("1234.57"))

    def test_paid_invoice_is_found_too(self):
        self.pay(self.inv, 1234.56)
        self.assertFinds(self.inv.name, "1234.56")

    def test_cheque_number(self):
        self.unapplied(self.acme, 55, memo="Cheque 100482")
        self.assertFinds("Cheque 100482", "cheque 1004", "55.00")

    def test_bank_line(self):
        line = self.env["account.bank.statement.line"].create(
            {
                "payment_ref": "WIRE 99881 ACME",
                "journal_id": self.bank.id,
                "amount": 77.25,
                "date": self.today,
                "partner_id": self.acme.id,
            }
        )
        self.assertTrue(line)
        self.assertFinds("wire 99881", "77.25")

    def test_payment_of_nobody_leads_to_the_unidentified_account(self):
        self.entry(False, -10)
        self.env["account.bank.statement.line"].create(
            {"payment_ref": "LOCKBOX 5", "journal_id": self.bank.id, "amount": 3, "date": self.today}
        )
        unidentified = self.account(False)
        self.assertTrue(unidentified)
        self.assertEqual(self._found("lockbox 5"), unidentified)

    def test_phone(self):
        self.assertFinds(
            "+1 212-555-0143", "2125550143", "(212) 555 0143", "212.555.0143", "555-0143", "001 212 555 0143"
        )
        self.assertFinds("646 555 0199", "+1 (646) 555-0199")
        self.assertFalse(self._found("917-555-0143"), "Another area code")

    def test_email(self):
        self.assertFinds("billing@acme.example.com", "Billing@Acme.example.com", "ann.p@acme", "@acme.example.com")

    def test_customer(self):
        self.assertFinds("acme", "Acme Corp", "Ann Payable", "C1001", "c1001", "US987", self.acme_account.name)
        self.assertFinds(self.acme_account.name.lower(), self.acme_account.name.lstrip("A0").zfill(6))

    def test_nothing_finds_nothing(self):
        for text in ("  ", "%", "_", "''", "no such thing", "\\"):
            with self.subTest(text):
                self.assertFalse(self._found(text))

    def test_wildcards_are_plain_text(self):
        self.assertFalse(self._found("PO%812"))
        self.assertFalse(self._found("PO_77812"))

    def test_drafts_and_bills_lead_nowhere(self):
        self.invoice(self.acme, 4321, post=False, ref="PO-DRAFT")
        self.assertFalse(self._found("4321"))
        self.assertFalse(self._found("PO-DRAFT"))

    # ------------------------------------------------------------------
    # Who may see what
    # ------------------------------------------------------------------

    def test_portfolio(self):
        collector = self.member("collector")
        self.company.collection_see_all = False
        self.acme_account.collector_id = self.member("collector", "colleague")
        for text in (self.inv.name, "PO-77812", "1234.56", "212-555-0143", "billing@acme.example.com", "acme"):
            with self.subTest(text):
                self.assertFalse(self._found(text, collector))
                self.assertFalse(self.Account.with_user(collector).find_accounts(text)["accounts"])
        self.assertEqual(self._found("Globex", collector), self.other_account)

    def test_companies(self):
        other = self.second_company()["company"]
        self.invoice(self.acme, 808, company=other, ref="PO-OTHER")
        theirs = self.account(self.acme, other)
        here = self.Account.with_context(allowed_company_ids=self.company.ids)
        both = self.Account.with_context(allowed_company_ids=(self.company | other).ids)
        self.assertFalse(here.search([("find", "ilike", "PO-OTHER")]))
        self.assertFalse(here.search([("find", "ilike", "808")]))
        self.assertEqual(both.search([("find", "ilike", "PO-OTHER")]), theirs)
        self.assertEqual(both.search([("find", "ilike", "acme")]), self.acme_account | theirs)

    def test_roles_without_collections(self):
        for role in ("resolver", "employee", "accountant"):
            with self.subTest(role), self.assertRaises(AccessError):
                self.Account.with_user(self.member(role)).find_accounts("acme")

    def test_auditor_finds(self):
        self.assertEqual(self._found("acme", self.member("auditor")), self.acme_account)

    # ------------------------------------------------------------------
    # The quick search
    # ------------------------------------------------------------------

    def test_quick_search_says_by_what_it_was_found(self):
        collector = self.member("collector")
        found = self.Account.with_user(collector).find_accounts("po-77812")
        self.assertEqual([hit["id"] for hit in found["accounts"]], self.acme_account.ids)
        self.assertIn(self.inv.name, found["accounts"][0]["detail"])
        self.assertFalse(found["more"])

    def test_quick_search_is_bounded(self):
        for number in range(4):
            self.invoice(self.customer(f"Same Name {number}"), 5, overdue=1)
        self.Account._refresh_touched()
        found = self.Account.find_accounts("Same Name", limit=3)
        self.assertEqual(len(found["accounts"]), 3)
        self.assertTrue(found["more"])
        self.assertFalse(self.Account.find_accounts("")["accounts"])

    def test_a_search_is_few_queries(self):
        self.env.flush_all()
        self._found("warm")
        with self.assertQueryCount(4):
            self._found("1234.56")
