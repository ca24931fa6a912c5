from odoo.exceptions import UserError
from odoo.tests import tagged
from odoo.tools import mute_logger

from .statement_common import StatementCommon


@tagged("post_install", "-at_install")
class TestStatementSchedule(StatementCommon):
    """Monthly statements: after the month's cash is posted, once for each account and month. The month is February 2026."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.env["res.company"].search([]).collection_statement_schedule = "never"
        cls.invoice(cls.acme, 100, overdue=40)
        cls.beta = cls.customer("Beta Ltd.")
        cls.invoice(cls.beta, 70, overdue=40)
        cls.account(cls.acme).statement_schedule = "monthly"

    def work(self, day=0):
        """What the hourly job does on a day."""
        self.env.flush_all()
        with self.at(day), self.printer() as calls, self.enter_registry_test_mode():
            self.env.ref("account_collections.ir_cron_statements").sudo().method_direct_trigger()
        self.env.invalidate_all()
        return calls

    def cash(self, day):
        """Something that came into the bank on a day of March or February."""
        return self.bank_line(
            self.invoice(self.customer(f"Payer {day}"), 5, overdue=60), 5, days=(day - self.day(0)).days
        )

    @property
    def batch(self):
        return self.Batch.search([("company_id", "=", self.company.id), ("period", "=", "2026-02")])

    def test_waits_for_the_cash_then_goes_once(self):
        self.cash(self.day(-30))  # 16 February
        self.work()
        batch = self.batch
        self.assertEqual((batch.state, batch.statement_ids.ids), ("waiting", []))
        self.assertIn("2026-02-16", batch.waits_for)
        self.assertEqual(batch.activity_ids.user_id, self.company._collection_manager(), "The manager is asked")
        self.work()
        self.assertEqual(len(batch.activity_ids), 1, "Once")
        self.cash(self.day(-19))  # 27 February, the last business day
        self.work()
        self.assertEqual((batch.state, batch.statement_ids.partner_id), ("done", self.acme))
        statement = batch.statement_ids
        self.assertEqual((statement.state, statement.period, str(statement.date)), ("queued", "2026-02", "2026-02-28"))
        self.assertEqual(statement.amount_total, 100)
        for day in (0, 1, 12):
            self.assertFalse(self.work(day))
        self.assertEqual(len(batch.statement_ids), 1)
        self.assertEqual(len(self.batch), 1)
        self.cash(self.day(13))
        self.work(20)
        april = self.Batch.search([("company_id", "=", self.company.id), ("period", "=", "2026-03")])
        self.assertEqual(len(april), 1)

    def test_not_before_its_day(self):
        self.cash(self.day(-19))
        for day, made in (
            (-17, False),
            (-16, False),
            (-15, True),
        ):  # 1, 2 and 3 March; two business days after the month
            with self.subTest(day=day):
                self.work(day)
                self.assertEqual(bool(self.batch), made)

    def test_drafts_of_the_month_hold_it_back(self):
        self.cash(self.day(-10))
        payment = self.unapplied(self.beta, 30, date=self.day(-25))
        payment.action_draft()
        self.work()
        self.assertEqual(self.batch.state, "waiting")
        self.assertIn("drafts", self.batch.waits_for)
        payment.action_post()
        self.work()
        self.assertEqual(self.batch.state, "done")

    def test_a_manager_starts_it_anyway(self):
        self.work()
        batch = self.batch
        self.assertIn("No cash", batch.waits_for)
        with self.assertRaises(UserError):
            batch.with_user(self.collector).action_start()
        batch.with_user(self.manager).action_start()
        self.work()
        self.assertEqual((batch.state, batch.made_count), ("done", 1))

    def test_company_default_and_who_is_left_out(self):
        self.company.collection_statement_schedule = "monthly"
        credit, closed, never, placed = (self.customer(name) for name in ("Credit", "Closed", "Never", "Placed"))
        self.credit(credit, 20, overdue=40)
        self.pay(self.invoice(closed, 10, overdue=60), 10, payment_date=self.day(-40))
        for partner in (never, placed):
            self.invoice(partner, 10, overdue=40)
        self.account(never).statement_schedule = "never"
        account = self.account(placed)
        self.env.cr.execute("UPDATE collection_account SET status = 'bankrupt' WHERE id = %s", [account.id])
        self.env.invalidate_all()
        self.cash(self.day(-10))
        self.work()
        found = {each.partner_id: each.reason or each.state for each in self.batch.statement_ids}
        self.assertEqual({found[partner] for partner in (self.acme, self.beta)}, {"queued"})
        self.assertEqual((found[credit], found[closed]), ("credit_balance", "nothing"))
        self.assertFalse({never, placed} & found.keys())

    def test_kind_and_detail_of_each_customer(self):
        self.account(self.acme).write({"statement_kind": "activity", "statement_detail": "summary"})
        self.account(self.beta).statement_schedule = "monthly"
        self.cash(self.day(-10))
        self.work()
        kinds = {each.partner_id: (each.kind, each.detail, str(each.date_from)) for each in self.batch.statement_ids}
        self.assertEqual(kinds[self.acme], ("activity", "summary", "2026-02-01"))
        self.assertEqual(kinds[self.beta], ("open_item", "detail", "False"))

    def test_the_key_of_account_and_month_is_the_databases(self):
        self.cash(self.day(-10))
        self.work()
        batch = self.batch
        batch.sudo()._unguarded().write({"state": "running", "is_complete": False})
        self.work()
        self.assertEqual(len(batch.statement_ids), 1)
        with self.assertRaises(Exception) as caught, self.cr.savepoint(), mute_logger("odoo.sql_db"):
            batch._create_statements([batch._statement_vals(self.account(self.acme))])
        self.assertIn("collection_statement_account_period_unique", str(caught.exception))
        statement = batch.statement_ids
        statement.sudo()._unguarded().write({"state": "failed"})
        statement.action_cancel()
        batch.sudo()._unguarded().write({"state": "running", "is_complete": False})
        self.work()
        self.assertEqual(batch.statement_ids, statement, "Taken back by hand: not made again by itself")

    def test_merged_customers(self):
        self.account(self.beta).statement_schedule = "monthly"
        self.cash(self.day(-10))
        self.work()
        statements = self.batch.statement_ids
        self.assertEqual(set(statements.mapped("period")), {"2026-02"})
        wizard = self.env["base.partner.merge.automatic.wizard"].create({})
        wizard._merge((self.acme | self.beta).ids, self.acme)
        self.env.invalidate_all()
        self.assertEqual(statements.account_id.partner_id, self.acme)
        self.assertEqual(sorted(statements.mapped("period"), key=str), ["2026-02", False])
