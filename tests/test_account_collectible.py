from odoo.tests import tagged

from .common import CollectionsCommon


@tagged("post_install", "-at_install")
class TestAccountCollectible(CollectionsCommon):
    """SPEC §0: what can be asked for today."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.acme = cls.customer()
        cls.eur = cls.foreign_currency(rate=0.5)

    def assertCollectible(self, amount):
        self.assertFigures(self.acme, amount_collectible=amount)

    # ------------------------------------------------------------------
    # The examples of SPEC §0
    # ------------------------------------------------------------------

    def test_credit_that_a_promise_counts_on(self):
        """Overdue 10,000 under a promise plus 8,000 free, unapplied 10,000 that the promise counts on: 8,000."""
        promised = self.items(self.invoice(self.acme, 10000, overdue=40))
        self.invoice(self.acme, 8000, overdue=10)
        payment = self.items(self.unapplied(self.acme, 10000).move_id)
        self.place(promised, 10000)
        self.place(payment, 10000)
        self.assertCollectible(8000)

    def test_dispute_on_an_item_not_yet_due(self):
        """A 5,000 dispute on an item not yet due leaves 5,000 overdue fully collectible."""
        self.invoice(self.acme, 5000, overdue=5)
        disputed = self.items(self.invoice(self.acme, 5000, overdue=-5))
        self.place(disputed, 5000)
        self.assertCollectible(5000)

    def test_credit_in_another_currency(self):
        """A EUR credit does not reduce USD items."""
        self.invoice(self.acme, 1000, overdue=5)
        self.credit(self.acme, 500, currency=self.eur)
        self.assertFigures(self.acme, amount_collectible=1000, amount_unapplied=1000, amount_total=0)

    # ------------------------------------------------------------------
    # Which items
    # ------------------------------------------------------------------

    def test_due_today_is_not_overdue(self):
        for overdue, collectible in ((-1, 0), (0, 0), (1, 100)):
            with self.subTest(overdue):
                customer = self.customer(f"Customer {overdue}")
                self.invoice(customer, 100, overdue=overdue)
                self.assertFigures(
                    customer,
                    amount_collectible=collectible,
                    amount_overdue=collectible,
                    aging_current=100 - collectible,
                )

    def test_items_not_due_are_never_collectible(self):
        self.instalments(self.acme, [(40, 31), (35, 1), (25, -5)])
        self.assertFigures(self.acme, amount_collectible=75, amount_overdue=75, aging_current=25, amount_total=100)

    def test_tomorrow_an_item_due_today_is_collectible(self):
        self.invoice(self.acme, 100)
        self.assertCollectible(0)
        with self.at(1):
            self.account(self.acme)._refresh()
            self.assertCollectible(100)

    def test_items_of_contacts_roll_up(self):
        contact = self.contact(self.acme)
        self.invoice(contact, 100, overdue=5)
        self.entry(contact, 70, overdue=3)
        self.entry(self.acme, 500, overdue=400)
        self.assertFigures(self.acme, amount_collectible=670, open_count=3, aging_5=500)
        self.assertFalse(self.Account.search([("partner_id", "=", contact.id)]))

    def test_items_without_a_partner_have_an_account_of_their_own(self):
        self.entry(None, -80)
        self.entry(None, 30, overdue=3)
        unidentified = self.account(self.env["res.partner"])
        self.assertRecordValues(
            unidentified, [{"partner_id": False, "amount_total": -50, "amount_unapplied": 80, "amount_overdue": 30}]
        )
        self.assertTrue(unidentified.display_name)

    def test_without_due_date_an_item_is_due_on_its_entrys_date(self):
        entry = self.entry(self.acme, 100, overdue=10)
        self.env.flush_all()
        self.env.cr.execute("UPDATE account_move_line SET date_maturity = NULL WHERE move_id = %s", [entry.id])
        entry.line_ids.invalidate_recordset()
        self.assertFigures(self.acme, amount_collectible=100, aging_1=100, oldest_due_date=self.day(-10))
        self.assertEqual(self.items(entry).collection_days_overdue, 10)

    def test_archived_customer(self):
        contact = self.contact(self.acme)
        self.entry(contact, 70, overdue=3)
        contact.active = False
        self.acme.active = False
        account = self.assertFigures(self.acme, amount_collectible=70)
        self.assertEqual(sum(account.open_item_ids.mapped("amount_residual")), 70)

    # ------------------------------------------------------------------
    # Credits
    # ------------------------------------------------------------------

    def test_credits_reduce_down_to_zero(self):
        self.invoice(self.acme, 100, overdue=5)
        for credit, collectible in ((99.99, 0.01), (0.01, 0), (50, 0)):
            self.credit(self.acme, credit)
            self.assertCollectible(collectible)

    def test_credit_covers_overdue_items_first(self):
        """A usable credit counts against what is overdue, however much is not due yet."""
        self.invoice(self.acme, 100, overdue=5)
        self.invoice(self.acme, 900, overdue=-20)
        self.unapplied(self.acme, 60)
        self.assertFigures(self.acme, amount_collectible=40, amount_total=940, amount_unapplied=60)

    def test_reserved_credit_is_not_usable(self):
        self.invoice(self.acme, 100, overdue=5)
        credit = self.credit(self.acme, 60, reserved=True)
        self.assertFigures(self.acme, amount_collectible=100, amount_unapplied=60, amount_total=40)
        self.items(credit).collection_reserved = False
        self.assertCollectible(40)

    def test_held_part_of_a_credit_is_not_usable(self):
        self.invoice(self.acme, 100, overdue=5)
        credit = self.items(self.credit(self.acme, 60))
        hold = self.place(credit, 45)
        self.assertFigures(self.acme, amount_collectible=85, amount_unapplied=60, amount_held=0)
        hold._release()
        self.assertCollectible(40)

    def test_hold_larger_than_its_credit(self):
        self.invoice(self.acme, 100, overdue=5)
        big, small = self.items(self.credit(self.acme, 60)), self.items(self.credit(self.acme, 10))
        self.place(big, 60)
        invoice = self.invoice(self.acme, 30, overdue=-5)
        (self.items(invoice) | big).reconcile()
        self.assertEqual((big.amount_residual, small.amount_residual), (-30, -10))
        self.assertCollectible(90)

    def test_credits_within_each_currency(self):
        self.invoice(self.acme, 100, overdue=5)
        self.invoice(self.acme, 100, overdue=5, currency=self.eur)
        self.credit(self.acme, 25, currency=self.eur)
        self.assertCollectible(100 + 150)
        self.credit(self.acme, 999, currency=self.eur)
        self.assertCollectible(100)
        self.credit(self.acme, 30)
        self.assertCollectible(70)

    # ------------------------------------------------------------------
    # Holds
    # ------------------------------------------------------------------

    def test_holds_take_their_part(self):
        item = self.items(self.invoice(self.acme, 100, overdue=5))
        self.hold(item, 30)
        self.assertFigures(self.acme, amount_collectible=70, amount_held=30, amount_overdue=100, amount_total=100)
        self.place(item, 70)
        self.assertFigures(self.acme, amount_collectible=0, amount_held=100)

    def test_hold_in_foreign_currency_counts_at_the_booked_ratio(self):
        item = self.items(self.invoice(self.acme, 100, overdue=5, currency=self.eur))
        hold = self.hold(item, 25)
        self.assertEqual((hold.amount_currency, hold.amount), (25, 50))
        self.assertFigures(self.acme, amount_collectible=150, amount_held=50)

    def test_hold_larger_than_what_is_left_is_capped(self):
        """A hold of 80 on an item of which a payment left 30 protects 30 and nothing of the other items."""
        invoice = self.invoice(self.acme, 100, overdue=5)
        self.invoice(self.acme, 40, overdue=2)
        self.hold(self.items(invoice), 80)
        self.assertCollectible(60)
        self.pay(invoice, 70)
        self.assertFigures(self.acme, amount_collectible=40, amount_held=30, amount_overdue=70)

    def test_hold_and_credit_together_never_go_below_zero(self):
        self.hold(self.items(self.invoice(self.acme, 100, overdue=5)), 90)
        self.unapplied(self.acme, 50)
        self.assertCollectible(0)

    def test_hold_counts_from_its_first_to_its_last_day(self):
        item = self.items(self.invoice(self.acme, 100, overdue=5))
        self.place(item, 100, days=5, date_from=self.day(2))
        for day, collectible in ((0, 100), (1, 100), (2, 0), (3, 0), (4, 0), (5, 0), (6, 100)):
            with self.subTest(day), self.at(day):
                self.account(self.acme)._refresh()
                self.assertCollectible(collectible)

    # ------------------------------------------------------------------
    # Buckets and totals
    # ------------------------------------------------------------------

    def test_limits_of_each_bucket(self):
        buckets = ("aging_current", "aging_1", "aging_2", "aging_3", "aging_4", "aging_5")
        for overdue, bucket in (
            *((-400, 0), (-1, 0), (0, 0), (1, 1), (29, 1), (30, 1), (31, 2), (59, 2), (60, 2), (61, 3)),
            *((89, 3), (90, 3), (91, 4), (119, 4), (120, 4), (121, 5), (1000, 5)),
        ):
            with self.subTest(overdue):
                customer = self.customer(f"Customer {overdue}")
                self.entry(customer, 100, overdue=overdue)
                expected = {name: 100.0 * (number == bucket) for number, name in enumerate(buckets)}
                self.assertFigures(customer, **expected, oldest_due_date=self.day(-overdue))

    def test_own_limits(self):
        self.company.write({f"collection_bucket_{number}": limit for number, limit in enumerate((7, 14, 21, 28), 1)})
        for overdue, name in ((7, "aging_1"), (8, "aging_2"), (28, "aging_4"), (29, "aging_5")):
            customer = self.customer(f"Customer {overdue}")
            self.entry(customer, 100, overdue=overdue)
            self.assertFigures(customer, **{name: 100})

    def test_buckets_hold_debits_only_and_the_total_ties(self):
        self.instalments(self.acme, [(40, 95), (35, 45), (25, -5)])
        self.invoice(self.acme, 500, overdue=130, currency=self.eur)
        self.credit(self.acme, 2000)
        self.unapplied(self.acme, 33.33)
        self.entry(self.acme, 10, overdue=10)
        account = self.assertFigures(
            self.acme,
            aging_current=25,
            aging_1=10,
            aging_2=35,
            aging_3=0,
            aging_4=40,
            aging_5=1000,
            amount_unapplied=2033.33,
        )
        buckets = sum(account[f"aging_{number}"] for number in range(1, 6))
        self.assertAlmostEqual(account.amount_total, account.aging_current + buckets - account.amount_unapplied, 2)
        self.assertAlmostEqual(account.amount_overdue, buckets, 2)
        self.assertAlmostEqual(account.amount_total, sum(account.open_item_ids.mapped("amount_residual")), 2)

    def test_totals_tie_to_the_ledger(self):
        globex = self.customer("Globex")
        self.invoice(self.acme, 100, overdue=5)
        paid = self.invoice(globex, 300, overdue=35)
        self.pay(paid, 120)
        self.entry(None, -77.77)
        self.invoice(self.contact(globex), 10, currency=self.eur)
        self.Account._refresh_touched()
        accounts = self.Account.search([("company_id", "=", self.company.id)])
        lines = self.env["account.move.line"].search(
            [("account_id", "=", self.receivable.id), ("parent_state", "=", "posted")]
        )
        self.assertAlmostEqual(sum(accounts.mapped("amount_total")), sum(lines.mapped("balance")), 2)

    def test_currency_without_decimals(self):
        jpy = self.foreign_currency("JPY", rate=150.0)
        self.assertEqual(jpy.decimal_places, 0)
        item = self.items(self.invoice(self.acme, 1000, overdue=5, currency=jpy))
        self.assertEqual(item.amount_residual, 6.67)
        hold = self.hold(item, 333)
        self.assertEqual(hold.amount, 2.22)
        self.assertFigures(self.acme, amount_collectible=4.45, amount_held=2.22, amount_total=6.67)

    def test_company_in_a_currency_without_decimals(self):
        jpy = self._enable_currency("JPY")
        company = self.second_company(currency_id=jpy.id, country_id=self.env.ref("base.jp").id)["company"]
        self.assertEqual(company.currency_id, jpy)
        usd = self.company.currency_id
        self.env["res.currency.rate"].create(
            {"currency_id": usd.id, "company_id": company.id, "name": "2000-01-01", "rate": 1 / 150}
        )
        item = self.items(self.invoice(self.acme, 10, overdue=5, currency=usd, company=company))
        self.assertEqual(item.amount_residual, 1500)
        self.hold(item, 3.33)
        self.assertFigures(self.acme, company=company, amount_collectible=1000, amount_held=500, amount_total=1500)

    def test_rest_of_an_exchange_rate_is_not_asked_for(self):
        """What is left in company currency only: nothing is owed in the customer's currency."""
        item = self.items(self.invoice(self.acme, 100, overdue=5, currency=self.eur))
        self.env.flush_all()
        self.env.cr.execute(
            "UPDATE account_move_line SET amount_residual = 0.01, amount_residual_currency = 0 WHERE id = %s", [item.id]
        )
        item.invalidate_recordset()
        self.assertFigures(self.acme, amount_collectible=0, amount_total=0.01, amount_overdue=0.01)
