from odoo.tests import tagged

from ..models.account.collection_account_touch import _KEY
from .common import CollectionsCommon


@tagged("post_install", "-at_install")
class TestAccountTouch(CollectionsCommon):
    """Figures follow the ledger: each choke point touches, `_refresh_touched()` brings the figures up to date."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.acme = cls.customer()
        cls.globex = cls.customer("Globex")
        cls.open = cls.invoice(cls.acme, 100, overdue=5)
        cls.item = cls.items(cls.open)
        cls.other = cls.invoice(cls.globex, 40, overdue=50)
        cls.acme_account = cls.account(cls.acme)
        cls.globex_account = cls.account(cls.globex)

    def _touched(self):
        return self.env.cr.postcommit.data.get(_KEY) or {}

    def _forget(self):
        self.env.flush_all()
        self.Account._refresh_touched()

    def assertTotals(self, acme, globex=40):
        self.assertFigures(self.acme, amount_total=acme)
        self.assertFigures(self.globex, amount_total=globex)

    # ------------------------------------------------------------------
    # Accounts are made
    # ------------------------------------------------------------------

    def test_account_is_made_with_the_first_item(self):
        customer = self.customer("New Customer")
        invoice = self.invoice(customer, 10, post=False)
        self.assertFalse(self.account(customer))
        invoice.action_post()
        account = self.account(customer)
        self.assertRecordValues(
            account, [{"company_id": self.company.id, "currency_id": self.company.currency_id.id, "amount_total": 10}]
        )
        self.assertTrue(account.name.startswith("A"))
        self.invoice(customer, 10)
        self.assertEqual(self.account(customer), account)

    def test_one_account_for_each_company(self):
        other = self.second_company()["company"]
        self.invoice(self.acme, 7, company=other)
        account = self.account(self.acme, other)
        self.assertNotEqual(account, self.acme_account)
        self.assertFigures(self.acme, company=other, amount_total=7)
        self.assertTotals(100)

    def test_account_number_grows_beyond_six_digits(self):
        self.env.cr.execute("ALTER SEQUENCE collection_account_id_seq RESTART WITH 1999999")
        one, two = self.customer("One"), self.customer("Two")
        self.invoice(one, 1)
        self.invoice(two, 1)
        names = (self.account(one) | self.account(two)).mapped("name")
        self.assertEqual(len(set(names)), 2)
        self.assertGreater(len(names[0]), 7)

    def test_job_makes_accounts_of_customers_who_were_never_touched(self):
        customer = self.customer("Old Customer")
        self.invoice(customer, 10)
        self._touched().clear()
        self.Account._insert_missing()
        self.assertTrue(self.Account.search([("partner_id", "=", customer.id)]))

    # ------------------------------------------------------------------
    # Choke points
    # ------------------------------------------------------------------

    def test_post_and_reset(self):
        invoice = self.invoice(self.acme, 10)
        self.assertTotals(110)
        invoice.button_draft()
        self.assertTotals(100)
        invoice.action_post()
        self.assertTotals(110)

    def test_pay_and_take_back(self):
        payment = self.pay(self.open, 60)
        self.assertTotals(40)
        self.item.remove_move_reconcile()
        self.assertFigures(self.acme, amount_total=40, amount_unapplied=60, amount_overdue=100)
        (self.item | self.items(payment.move_id)).reconcile()
        self.assertFigures(self.acme, amount_total=40, amount_unapplied=0, amount_overdue=40)
        payment.action_cancel()
        self.assertTotals(100)

    def test_reverse(self):
        self.open._reverse_moves([{"date": self.today}], cancel=True)
        self.assertTotals(0)

    def test_due_date(self):
        self.assertFigures(self.acme, amount_overdue=100)
        self.item.date_maturity = self.day(1)
        self.assertFigures(self.acme, amount_overdue=0, aging_current=100)
        self.item.date_maturity = self.day(-31)
        self.assertFigures(self.acme, aging_2=100)

    def test_customer_of_an_item(self):
        entry = self.entry(self.acme, 30)
        self.assertTotals(130)
        entry.line_ids.partner_id = self.globex
        self.assertTotals(100, 70)
        entry.line_ids.partner_id = False
        self.assertTotals(100)
        self.assertFigures(self.env["res.partner"], amount_total=30)

    def test_hold_follows_its_item_to_another_customer(self):
        entry = self.entry(self.acme, 30, overdue=3)
        hold = self.hold(self.items(entry), 20)
        self.assertFigures(self.acme, amount_held=20, amount_collectible=110)
        entry.line_ids.partner_id = self.globex
        self.assertFigures(self.acme, amount_held=0, amount_collectible=100)
        self.assertFigures(self.globex, amount_held=20, amount_collectible=50)
        self.assertEqual(hold.account_id, self.globex_account)

    def test_account_of_an_item(self):
        other = self.receivable.copy({"non_trade": True})
        entry = self.entry(self.acme, 30)
        self.assertTotals(130)
        self.items(entry).account_id = other
        self.assertTotals(100)
        self.items(entry).account_id = self.receivable
        self.assertTotals(130)

    def test_amount_of_an_item(self):
        entry = self.entry(self.acme, 30)
        self.assertTotals(130)
        debit, credit = entry.line_ids.sorted("balance", reverse=True)
        lenient = {"skip_readonly_check": True, "check_move_validity": False}
        debit.with_context(**lenient).debit = 35
        credit.with_context(**lenient).credit = 35
        self.assertTotals(135)

    def test_reserved_credit(self):
        credit = self.items(self.credit(self.acme, 30))
        self.assertFigures(self.acme, amount_collectible=70)
        credit.collection_reserved = True
        self.assertFigures(self.acme, amount_collectible=100)

    def test_follow_up_toggle_is_noticed(self):
        self._forget()
        self.item.no_followup = True
        self.assertIn(self.item.id, self._touched()["lines"])

    def test_what_does_not_matter_is_not_noticed(self):
        self._forget()
        self.item.name = "Other words"
        self.open.ref = "PO 4711"
        self.acme.comment = "Nice people"
        self.invoice(self.acme, 5, post=False)
        self.assertFalse(any(self._touched().get(kind) for kind in ("lines", "moves", "accounts", "pairs", "partners")))

    def test_kind_of_an_account(self):
        self.receivable.non_trade = True
        self.assertTotals(0, 0)
        self.receivable.non_trade = False
        self.assertTotals(100)
        self._forget()
        self.receivable.write({"account_type": "asset_receivable", "non_trade": False})
        self.assertNotIn("everything", self._touched(), "The same kind as before")

    def test_hold_placed_and_released(self):
        hold = self.hold(self.item, 30)
        self.assertFigures(self.acme, amount_held=30)
        hold._release()
        self.assertFigures(self.acme, amount_held=0)

    def test_company_settings(self):
        self.company.collection_bucket_1 = 4
        self.assertFigures(self.acme, aging_1=0, aging_2=100)
        self.company.collection_tz = "Pacific/Pago_Pago"
        with self.at("2026-03-19 08:00:00"):
            self.assertFigures(self.acme, figures_date=self.today)
            self.company.collection_tz = "Asia/Manila"
            self.assertFigures(self.acme, figures_date=self.day(1))
        self._forget()
        self.company.write({"collection_bucket_1": 4, "name": "Renamed"})
        self.assertNotIn("everything", self._touched(), "Nothing changed")

    def test_customer_data(self):
        partner = self.customer("Dealer", is_sales_partner=True)
        self.acme.write({"collection_sales_partner_id": partner.id, "country_id": self.env.ref("base.ca").id})
        self.assertFigures(self.acme, sales_partner_id=partner, country_id=self.env.ref("base.ca"))

    def test_credit_limit(self):
        self.company.account_use_credit_limit = True
        self.acme.credit_limit = 80
        self.assertFigures(self.acme, credit_limit=80, credit_use=125)
        self.globex.with_company(self.company).credit_limit = 400
        self.assertFigures(self.globex, credit_limit=400, credit_use=10)
        self.company.account_use_credit_limit = False
        self.assertFigures(self.acme, credit_use=0)

    # ------------------------------------------------------------------
    # Customers who join
    # ------------------------------------------------------------------

    def test_contact_gets_another_parent(self):
        contact = self.customer("Branch Office", is_company=False)
        invoice = self.invoice(contact, 30, overdue=3)
        hold = self.hold(self.items(invoice), 10)
        own = self.account(contact)
        contact.parent_id = self.acme
        self.assertFigures(self.acme, amount_total=130, amount_held=10)
        self.assertEqual((hold.account_id, own.amount_total), (self.acme_account, 0))

    def test_contact_becomes_a_company_of_its_own(self):
        contact = self.contact(self.acme)
        self.entry(contact, 30)
        self.assertTotals(130)
        contact.is_company = True
        self.assertTotals(100)
        self.assertFigures(contact, amount_total=30)
