from odoo.tests import tagged

from .statement_common import KINDS, StatementCommon


@tagged("post_install", "-at_install")
class TestStatementFigures(StatementCommon):
    """The closing balance is the ledger's, whatever the kind; what is due now is what SPEC §9 says."""

    def history(self):
        """Two months of one customer: invoices, instalments, part payments, a credit, an opening entry, two currencies."""
        euro = self.foreign_currency()
        old = self.invoice(self.acme, 1000, overdue=70)
        self.pay(old, 400, payment_date=self.day(-45))
        self.instalments(self.acme, [(300, 40), (200, 5), (100, -20)])
        self.entry(self.contact(self.acme), 250, overdue=100)
        paid = self.invoice(self.acme, 500, overdue=10)
        self.pay(paid, 500, payment_date=self.day(-3))
        self.credit(self.acme, 75, overdue=20)
        self.unapplied(self.acme, 60, date=self.day(-2))
        foreign = self.invoice(self.acme, 200, overdue=15, currency=euro)
        self.pay(foreign, 50, currency_id=euro.id, payment_date=self.day(-1))
        return euro

    def test_all_kinds_close_with_the_ledger_on_every_date(self):
        euro = self.history()
        for days in (0, -1, -2, -3, -17, -18, -45, -46, -100, -131):
            ledger = self.ledger(self.acme, days)
            sums = {}
            for kind in KINDS:
                with self.subTest(days=days, kind=kind):
                    statement = self.statement(date=self.day(days), kind=kind)
                    self.assertAlmostEqual(statement.amount_total, ledger, 2)
                    self.assertEqual(
                        statement._tie_out()[statement],
                        {"statement": statement.amount_total, "ledger": round(ledger, 2)},
                    )
                    totals = statement.total_ids
                    self.assertAlmostEqual(sum(totals.mapped("amount_company")), ledger, 2)
                    if totals:
                        sums[kind] = {
                            total.currency_id: total.amount_balance for total in totals if total.amount_balance
                        }
            self.assertEqual(sums.get("open_item"), sums.get("activity"))
            self.assertEqual(sums.get("open_item"), sums.get("balance_forward"))
        self.assertEqual(self.total(currency=euro).amount_balance, 150)

    def test_opening_movements_and_closing(self):
        self.history()
        document = self.document(kind="activity", date=self.day(0), date_from=self.day(-17))
        section = document["sections"][0]
        self.assertAlmostEqual(section["opening"], self.total(date=self.day(-18)).amount_balance, 2)
        self.assertEqual(section["lines"][-1]["running"], section["balance"])
        self.assertEqual([row["kind"] for row in section["lines"]], ["payment", "payment"])
        self.assertEqual(section["lines"][0]["applied"], [(self.acme_invoice(500).name, 500)])

    def acme_invoice(self, amount):
        domain = [("partner_id", "=", self.acme.id), ("amount_total", "=", amount), ("move_type", "=", "out_invoice")]
        return self.env["account.move"].search(domain)

    def test_amount_now_due(self):
        """Overdue + due today − disputed of these − unapplied; what was promised stays in."""
        late = self.items(self.invoice(self.acme, 1000, overdue=40))
        self.items(self.invoice(self.acme, 300, overdue=0))
        later = self.items(self.invoice(self.acme, 500, overdue=-1))
        self.place(late, 250, kind="dispute", days=None)
        self.place(late, 400, kind="promise")
        self.place(later, 500, kind="dispute", days=None)
        self.unapplied(self.acme, 60)
        self.credit(self.acme, 80, reserved=True)
        total = self.total()
        self.assertEqual(total.amount_overdue, 1000)
        self.assertEqual(total.amount_due_today, 300)
        self.assertEqual((total.amount_disputed, total.amount_disputed_due, total.amount_promised), (750, 250, 400))
        self.assertEqual((total.amount_unapplied, total.amount_reserved), (140, 80))
        self.assertEqual(total.amount_now_due, 1000 + 300 - 250 - 60)
        self.assertEqual(total.amount_balance, 1660)

    def test_more_credit_than_due_asks_for_nothing(self):
        self.invoice(self.acme, 100, overdue=5)
        self.credit(self.acme, 130)
        self.assertEqual(self.total().amount_now_due, 0)

    def test_buckets_follow_the_date_and_the_limits(self):
        self.company.collection_bucket_1 = 10
        for overdue in (-1, 0, 1, 10, 11, 60, 61, 90, 91, 120, 121):
            self.invoice(self.acme, 1, overdue=overdue)
        total = self.total()
        self.assertEqual([total[f"aging_{age}"] for age in ("current", 1, 2, 3, 4, 5)], [2, 2, 2, 2, 2, 1])
        self.assertEqual(self.total(date=self.day(-1)).aging_1, 2)

    def test_holds_of_a_past_date(self):
        item = self.items(self.invoice(self.acme, 500, overdue=40))
        with self.at(-20):
            hold = self.place(item, 200, kind="dispute", days=None)
        with self.at(-10):
            hold._release()
        disputed = {days: self.total(date=self.day(days)).amount_disputed for days in (-21, -20, -11, -10)}
        self.assertEqual(disputed, {-21: 0, -20: 200, -11: 200, -10: 0})

    def test_a_credit_of_another_currency_reduces_nothing(self):
        euro = self.foreign_currency()
        self.invoice(self.acme, 100, overdue=10)
        self.credit(self.acme, 500, currency=euro)
        statement = self.statement()
        self.assertEqual(
            {total.currency_id: total.amount_now_due for total in statement.total_ids},
            {self.company.currency_id: 100, euro: 0},
        )

    def test_a_payment_that_is_not_posted_is_in_the_balance_and_not_due(self):
        invoice = self.invoice(self.acme, 1000, overdue=50)
        self.pay(invoice, 600, payment_date=self.day(-7)).action_draft()
        for kind in KINDS:
            total = self.total(kind=kind)
            self.assertEqual(
                (total.amount_balance, total.amount_unposted, total.amount_now_due), (1000, 600, 400), kind
            )

    def test_settled_with_another_customer_or_currency(self):
        """What one customer paid for another: either statement ties, and says with what it was settled."""
        euro = self.foreign_currency()
        other = self.customer("Beta Ltd.")
        invoice = self.invoice(self.acme, 100, overdue=10)
        payment = self.unapplied(other, 100, date=self.day(-5))
        (self.items(invoice) + self.items(payment.move_id)).reconcile()
        foreign = self.invoice(self.acme, 50, overdue=3, currency=euro)
        dollars = self.unapplied(self.acme, 100, date=self.day(-4))
        (self.items(foreign) + self.items(dollars.move_id)).reconcile()
        self.invoice(self.acme, 7, overdue=1)
        self.invoice(other, 9, overdue=1)
        for partner, balance in ((self.acme, 7), (other, 9)):
            for kind in KINDS:
                with self.subTest(partner=partner.name, kind=kind):
                    statement = self.statement(partner, kind=kind)
                    self.assertFalse(statement.error)
                    self.assertAlmostEqual(statement.amount_total, balance, 2)
                    tie = statement._tie_out()[statement]
                    self.assertAlmostEqual(tie["ledger"], balance, 2)
        rows = self.document(self.acme, kind="activity")["sections"][0]["lines"]
        self.assertIn(("transfer", payment.move_id.name, -100), [(r["kind"], r["name"], r["amount"]) for r in rows])

    def test_two_companies_keep_apart(self):
        second = self.second_company()["company"]
        self.invoice(self.acme, 100, overdue=5)
        self.invoice(self.acme, 70, overdue=5, company=second)
        self.assertEqual(self.statement().amount_total, 100)
        self.assertEqual(self.statement(company=second).amount_total, 70)

    def test_figures_of_many_accounts_are_one_query(self):
        partners = [self.customer(f"Customer {number}") for number in range(5)]
        for partner in partners:
            self.invoice(partner, 100, overdue=5)
        accounts = self.accounts(*partners)
        self.Statement._figures(accounts, self.day(0))
        self.env.invalidate_all()
        with self.assertQueryCount(8):
            figures = self.Statement._figures(accounts, self.day(0))
        self.assertEqual(len(figures), 5)
