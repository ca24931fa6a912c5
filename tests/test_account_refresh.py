from unittest.mock import patch

from odoo import Command
from odoo.exceptions import AccessError
from odoo.tests import tagged

from ..models.account.collection_account_touch import _KEY
from .common import CollectionsCommon


@tagged("post_install", "-at_install")
class TestAccountRefresh(CollectionsCommon):
    """What a refresh writes and costs, the hourly job, and who may not write figures."""

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
        self.env["account.move"].create(
            {"date": self.today, "line_ids": [Command.create(line) for line in lines]}
        ).action_post()

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
        self.assertLessEqual(touched[2] + refreshed[2], touched[1] + refreshed[1] + 2)
        self.assertLessEqual(touched[2], 25)
        self.assertLessEqual(refreshed[2], 12)

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
        self.assertEqual(
            sum(line["points"] for line in self.globex_account.priority_lines), self.globex_account.priority
        )

    def test_opening_an_account_refreshes_it_for_those_who_may_read(self):
        self.pay(self.open, 10)
        self._touched().clear()
        auditor = self.member("auditor")
        action = self.acme_account.with_user(auditor).action_open()
        self.assertEqual((action["res_id"], self.acme_account.amount_total), (self.acme_account.id, 90))
        with self.assertRaises(AccessError):
            self.acme_account.with_user(self.member("employee")).action_open()
