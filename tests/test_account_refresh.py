import random
from unittest.mock import patch

from odoo import Command
from odoo.exceptions import AccessError
from odoo.tests import tagged

from ..models.account.collection_account_touch import _KEY
from .common import CollectionsCommon


@tagged("post_install", "-at_install")
class TestAccountRefresh(CollectionsCommon):
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
        self.assertRecordValues(account, [{"company_id": self.company.id, "currency_id": self.company.currency_id.id, "amount_total": 10}])
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
        self.env.cr.execute("SELECT setval('collection_account_id_seq', GREATEST(1999998, (SELECT last_value FROM collection_account_id_seq)))")
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

    # ------------------------------------------------------------------
    # What is written
    # ------------------------------------------------------------------

    def test_unchanged_rows_are_not_written(self):
        self.env.cr.execute("SELECT xmin, ctid FROM collection_account WHERE id = %s", [self.acme_account.id])
        before = self.env.cr.fetchall()
        self.assertEqual((self.acme_account | self.globex_account)._refresh(), 0)
        self.env.cr.execute("SELECT xmin, ctid FROM collection_account WHERE id = %s", [self.acme_account.id])
        self.assertEqual(self.env.cr.fetchall(), before)
        self.pay(self.open, 10)
        self.assertEqual((self.acme_account | self.globex_account)._refresh(), 1)

    def test_touching_reads_and_writes_nothing(self):
        self._forget()
        with self.assertQueryCount(0):
            self.Account._touch(lines=[1, 2], moves=[3], accounts=[4], pairs=[(5, 6)], partners=[7])

    def test_posting_costs_no_more_queries(self):
        """Stock Odoo's posting, with and without our hooks."""

        def post(count):
            moves = self.env["account.move"]
            for number in range(count):
                moves |= self.invoice(self.acme, 10 + number, post=False)
            self.env.flush_all()
            self.env.invalidate_all()
            before = self.env.cr.sql_log_count
            moves.action_post()
            self.env.flush_all()
            return self.env.cr.sql_log_count - before

        post(1)
        ours = post(20)
        registry = self.env.registry
        with (
            patch.object(registry["collection.account"], "_touch", lambda *args, **kwargs: None),
            patch.object(registry["account.payment"], "_collection_sync_holds", lambda payments: None),
        ):
            stock = post(20)
        self.assertLessEqual(ours, stock + 1)

    def _entry_for(self, number):
        """One entry with an item for each of `number` new customers."""
        customers = self.env["res.partner"].create([{"name": f"Customer {number}-{each}"} for each in range(number)])
        lines = [{"account_id": self.receivable.id, "partner_id": customer.id, "debit": 1} for customer in customers]
        lines.append({"account_id": self.revenue.id, "credit": number})
        self.env["account.move"].create({"date": self.today, "line_ids": [Command.create(line) for line in lines]}).action_post()

    def test_queries_do_not_grow_with_the_accounts(self):
        touched, refreshed = [], []
        for number in (1, 1, 200):
            self._entry_for(number)
            self.env.flush_all()
            self.env.invalidate_all()
            before = self.env.cr.sql_log_count
            accounts = self.Account._refresh_touched()
            touched.append(self.env.cr.sql_log_count - before)
            self.assertEqual(len(accounts), number)
            self.env.invalidate_all()
            before = self.env.cr.sql_log_count
            accounts._refresh()
            refreshed.append(self.env.cr.sql_log_count - before)
        self.assertEqual((touched[1], refreshed[1]), (touched[2], refreshed[2]))
        self.assertLessEqual(touched[2], 20)
        self.assertLessEqual(refreshed[2], 10)

    # ------------------------------------------------------------------
    # Nobody writes figures
    # ------------------------------------------------------------------

    def test_figures_cannot_be_written(self):
        values = {
            "amount_collectible": 1,
            "amount_total": 1,
            "aging_1": 1,
            "status": "good",
            "priority": 999,
            "on_worklist": True,
            "figures_date": self.today,
            "snoozed_until": self.day(30),
            "last_contact_date": self.today,
            "partner_id": self.globex.id,
            "company_id": self.company.id,
            "currency_id": self.env.ref("base.EUR").id,
            "name": "A1",
        }
        for user in ("collector", "manager"):
            account = self.acme_account.with_user(self.member(user))
            for name, value in values.items():
                with self.subTest(name, user=user), self.assertRaises(AccessError):
                    account.write({name: value})
        with self.assertRaises(AccessError):
            self.acme_account.sudo().amount_total = 5

    def test_every_column_that_the_refresh_keeps_is_guarded(self):
        kept = self.Account._refresh_columns().keys() | self.Account._refresh_derived_columns().keys()
        self.assertFalse(kept - self.Account._guarded_fields())

    # ------------------------------------------------------------------
    # The hourly job
    # ------------------------------------------------------------------

    def _job(self):
        cron = self.env.ref("account_collections.ir_cron_refresh")
        with self.enter_registry_test_mode():
            cron.method_direct_trigger()
        self.env.invalidate_all()

    def test_new_business_date(self):
        self.invoice(self.acme, 10)
        self._forget()
        self._job()
        self.assertEqual((self.acme_account.amount_overdue, self.acme_account.figures_date), (100, self.today))
        with self.at("2026-03-19 03:59:00"):  # one minute before midnight in New York
            self._job()
            self.assertEqual(self.acme_account.figures_date, self.today)
        with self.at("2026-03-19 04:00:00"):
            self._job()
            self.assertEqual((self.acme_account.amount_overdue, self.acme_account.figures_date), (110, self.day(1)))

    def test_only_companies_with_a_new_date(self):
        manila = self.second_company(collection_tz="Asia/Manila")["company"]
        self.invoice(self.acme, 7, company=manila)
        theirs = self.account(self.acme, manila)
        with self.at("2026-03-18 16:30:00"):
            self._job()
            self.assertEqual((self.acme_account | theirs).mapped("figures_date"), [self.today, self.day(1)])

    def test_lost_callback_is_caught_up(self):
        self._job()
        with self.at(0):
            self.invoice(self.acme, 10)
            self._touched().clear()
            self.assertEqual(self.acme_account.amount_total, 100)
            self._job()
        self.assertEqual(self.acme_account.amount_total, 110)

    def test_everything_after_a_change_of_settings(self):
        self._job()
        self.company.collection_bucket_1 = 4
        self._touched().clear()
        self._job()
        self.assertEqual((self.acme_account.aging_1, self.acme_account.aging_2), (0, 100))

    def test_job_works_in_batches(self):
        for number in range(5):
            self.entry(self.customer(f"Customer {number}"), 10)
        self._forget()
        with (
            self.at(1),
            patch("odoo.addons.account_collections.models.account.collection_account_touch.BATCH", 2),
        ):
            self._job()
            stale = self.Account.search([("company_id", "=", self.company.id), ("figures_date", "!=", self.day(1))])
            self.assertFalse(stale)

    # ------------------------------------------------------------------
    # Behaviour
    # ------------------------------------------------------------------

    def test_average_days_late_and_its_trend(self):
        for amount, overdue, paid in ((100, 200, 190), (300, 200, 170), (100, 40, 10)):
            invoice = self.invoice(self.acme, amount, overdue=overdue)
            self.pay(invoice, amount, payment_date=self.day(-paid))
        self.acme_account.action_refresh()
        # Before: (100×10 + 300×30) ÷ 400 = 25 days; the last 90 days: 30; together (400×25 + 100×30) ÷ 500 = 26.
        self.assertRecordValues(self.acme_account, [{"average_days_late": 26, "days_late_trend": 5}])

    def test_credit_notes_and_write_offs_say_nothing_about_paying(self):
        credit = self.credit(self.acme, 100)
        (self.items(credit) | self.item).reconcile()
        self.acme_account.action_refresh()
        self.assertEqual(self.acme_account.average_days_late, 0)

    def test_status_and_points_follow_behaviour_at_once(self):
        self.globex_account.action_refresh()
        invoice = self.invoice(self.globex, 1000, overdue=60)
        self.pay(invoice, 1000, payment_date=self.day(-20))
        self.Account._refresh_touched()
        self.globex_account.action_open()
        self.assertEqual(self.globex_account.average_days_late, 40)
        self.assertEqual(sum(line["points"] for line in self.globex_account.priority_lines), self.globex_account.priority)

    def test_opening_an_account_refreshes_it_for_those_who_may_read(self):
        self.pay(self.open, 10)
        self._touched().clear()
        auditor = self.member("auditor")
        action = self.acme_account.with_user(auditor).action_open()
        self.assertEqual((action["res_id"], self.acme_account.amount_total), (self.acme_account.id, 90))
        with self.assertRaises(AccessError):
            self.acme_account.with_user(self.member("employee")).action_open()


@tagged("post_install", "-at_install")
class TestAccountOracle(CollectionsCommon):
    """Stored figures equal what a person would work out with pencil and paper."""

    def _naive(self, partner):
        company, today = self.company, self.company._collection_today()
        lines = self.env["account.move.line"].search([("company_id", "=", company.id), ("parent_state", "=", "posted")])
        lines = lines.filtered(
            lambda line: line.account_id.account_type == "asset_receivable"
            and not line.account_id.non_trade
            and line.partner_id.commercial_partner_id == partner
            and line.amount_residual
        )
        figures = dict.fromkeys((f"aging_{number}" for number in ("current", 1, 2, 3, 4, 5)), 0.0)
        figures |= {"amount_unapplied": 0.0, "amount_held": 0.0, "amount_overdue": 0.0, "open_count": len(lines)}
        chased, credits = {}, {}
        for line in lines:
            held = sum(
                hold.amount_currency
                for hold in self.env["collection.hold"].search([("move_line_id", "=", line.id)])
                if hold.date_from <= today <= (hold.date_until or today) and not (hold.date_released and hold.date_released <= today)
            )
            held = min(held, abs(line.amount_residual_currency))
            if line.amount_residual < 0:
                figures["amount_unapplied"] -= line.amount_residual
                if not line.collection_reserved:
                    credits[line.currency_id] = credits.get(line.currency_id, 0) - line.amount_residual_currency - held
                continue
            ratio = line.amount_residual / line.amount_residual_currency
            held_company = company.currency_id.round(held * ratio)
            figures["amount_held"] += held_company
            days = (today - line.date_maturity).days
            name = "current" if days <= 0 else 1 + sum(days > limit for limit in company._collection_buckets())
            figures[f"aging_{name}"] += line.amount_residual
            if days > 0:
                figures["amount_overdue"] += line.amount_residual
                free, free_currency = chased.get(line.currency_id, (0, 0))
                chased[line.currency_id] = (
                    free + line.amount_residual - held_company,
                    free_currency + line.amount_residual_currency - held,
                )
        figures["amount_collectible"] = sum(
            company.currency_id.round(free * max(0, free_currency - credits.get(currency, 0)) / free_currency)
            for currency, (free, free_currency) in chased.items()
            if free_currency
        )
        figures["amount_total"] = sum(lines.mapped("amount_residual"))
        return figures

    def test_random_mix(self):
        dice = random.Random(19)
        eur, jpy = self.foreign_currency("EUR", rate=0.83), self.foreign_currency("JPY", rate=151.37)
        currencies = [self.company.currency_id] * 3 + [eur, jpy]
        customers = [self.customer(f"Customer {number}") for number in range(5)]
        contacts = [self.contact(customer) for customer in customers]
        items = self.env["account.move.line"]
        for _each in range(70):
            number, currency = dice.randrange(5), dice.choice(currencies)
            amount, overdue = dice.choice([1, 7.77, 100, 333.33, 12345.67]), dice.choice([-40, -1, 0, 1, 30, 31, 60, 61, 90, 91, 120, 121, 300])
            if currency == jpy:
                amount = round(amount) * 100
            what = dice.choice(["invoice", "invoice", "instalments", "entry", "credit", "reserved", "negative"])
            if what == "instalments":
                move = self.instalments(customers[number], [(amount, overdue + 20), (amount, overdue)], currency=currency)
            elif what in ("entry", "negative"):
                sign = -1 if what == "negative" else 1
                move = self.entry(contacts[number], sign * amount, overdue=overdue, currency=currency)
            elif what in ("credit", "reserved"):
                move = self.credit(customers[number], amount, overdue=overdue, currency=currency, reserved=what == "reserved")
            else:
                move = self.invoice(customers[number], amount, overdue=overdue, currency=currency)
            items |= self.items(move)
        self.account(customers[0])
        for item in items:
            part = item.currency_id.round(abs(item.amount_residual_currency) * dice.choice([0.1, 0.5, 1]))
            if dice.random() < 0.5 and part:
                hold = self.place(item, part, days=dice.choice([0, 5, None]))
                if dice.random() < 0.2:
                    hold._release()
            if dice.random() < 0.25 and item.amount_residual > 0 and item.move_id.is_invoice() and part:
                self.pay(item.move_id, part, currency_id=item.currency_id.id)
        self.Account._refresh_touched()
        for day in (0, 1, 6):
            with self.at(day):
                self.Account.search([("company_id", "=", self.company.id)])._refresh()
                for customer in customers:
                    with self.subTest(day=day, customer=customer.name):
                        self.assertFigures(customer, **self._naive(customer))
