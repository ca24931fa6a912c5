import csv
from datetime import date, timedelta
from unittest import SkipTest

from odoo.tests import BaseCase, TransactionCase, tagged
from odoo.tools import file_open

from ..demo import plan

TERMS = {"15days": [15], "30days": [30], "45days": [45], "60days": [60], "instalments": [30, 60, 90]}


@tagged("post_install", "-at_install")
class TestDemoPlan(BaseCase):
    """The plan of the demo company makes sense on every day of installation; no demo data needed."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        with file_open("account_collections/demo/res.partner-2-customers.csv") as file:
            cls.customers = {
                row["id"].removeprefix("demo_partner_"): TERMS[row["property_payment_term_id/id"].rpartition("_")[2]]
                for row in csv.DictReader(file)
            }

    def _aging(self, today):
        """Open amounts in six buckets, from not due to more than 120 days overdue; currencies added as they are."""
        buckets = [0.0] * 6
        for customer, terms in self.customers.items():
            for sale in plan.sales_of(customer, today):
                amount = sum(line.quantity * line.price for line in sale.lines) / len(terms)
                for instalment, days in enumerate(terms):
                    due, left = sale.date + timedelta(days=days), amount
                    for _day, share in plan.payments_of(sale, instalment, due, today):
                        left -= left * share
                    overdue = (today - due).days
                    buckets[min(5, (overdue + 29) // 30) if overdue > 0 else 0] += left
        return buckets

    def test_names_in_lists_exist(self):
        listed = " ".join(
            [*plan.SIZES.values(), *plan.BEHAVIOURS.values(), *plan.STOPPED_FOR, *plan.EURO_CUSTOMERS]
        ).split()
        self.assertEqual(set(listed) - self.customers.keys(), set())
        self.assertEqual(set(plan.names(plan.BEHAVIOURS["stopped"])), set(plan.STOPPED_FOR))

    def test_same_plan_every_day(self):
        monday = date(2026, 3, 2)
        first, later = (plan.sales_of("kendall", day) for day in (monday, monday + timedelta(days=364)))
        self.assertEqual([sale.lines for sale in first], [sale.lines for sale in later])
        self.assertEqual({(late.date - sale.date).days for sale, late in zip(first, later)}, {364})

    def test_sales_lie_in_the_last_nine_months(self):
        today = date(2026, 3, 4)
        sales = [sale for customer in self.customers for sale in plan.sales_of(customer, today)]
        self.assertGreaterEqual(len(sales), 400)
        self.assertGreaterEqual(min(sale.date for sale in sales), today - timedelta(days=plan.DAYS + 2))
        self.assertLess(max(sale.date for sale in sales), today)
        self.assertFalse([sale.date for sale in sales if sale.date.weekday() > 4], "Invoiced on a weekend")
        amounts = [sum(line.quantity * line.price for line in sale.lines) for sale in sales]
        self.assertGreater(min(amounts), 70)
        self.assertLess(max(amounts), 60_000)

    def test_aging_is_plausible_on_any_day(self):
        for weeks in range(0, 52, 4):
            today = date(2026, 1, 5) + timedelta(days=weeks * 7 + weeks % 7)
            with self.subTest(today=today):
                buckets = self._aging(today)
                shares = [amount / sum(buckets) for amount in buckets]
                self.assertTrue(0.5 < shares[0] < 0.7, shares)
                self.assertTrue(0.05 < shares[4] + shares[5] < 0.15, shares)
                self.assertGreater(min(shares), 0.005, shares)


@tagged("post_install", "-at_install")
class TestDemoCompany(TransactionCase):
    """The demo company as it was installed."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        if not cls.env.ref("account_collections.demo_partner_kendall", raise_if_not_found=False):
            raise SkipTest("The demo company is not in this database; install with --with-demo to test it.")
        cls.company = cls.env.ref("base.main_company")
        cls.env = cls.env(context={"allowed_company_ids": cls.company.ids})
        cls.today = cls.company._collection_today()
        # Whatever was entered since by hand counts too; the demo company alone is the least.
        cls.accounts = cls.env["collection.account"].search([("company_id", "=", cls.company.id)])
        cls.invoices = cls.env["account.move"].search(
            [("company_id", "=", cls.company.id), ("move_type", "=", "out_invoice"), ("state", "=", "posted")]
        )
        cls.items = cls.env["account.move.line"].search(
            cls.env["account.move.line"]._collection_open_domain(cls.company)
        )

    def test_customers(self):
        customers = self.accounts.partner_id
        self.assertGreaterEqual(len(customers), 60)
        self.assertGreaterEqual(len(customers.filtered(lambda each: each.country_id.code != "US")), 10)
        self.assertGreater(len(set(customers.mapped("tz"))), 15)
        self.assertTrue(customers.filtered(lambda each: not each.email))
        self.assertTrue(customers.filtered("collection_do_not_email"))
        self.assertTrue(customers.filtered("collection_ap_contact_id"))
        self.assertTrue({"es_ES", "fr_FR"} <= set(customers.mapped("lang")))
        self.assertEqual(self.env["res.partner"].search_count([("is_sales_partner", "=", True)]), 3)
        self.assertEqual(len(customers.collection_sales_partner_id), 3)

    def test_payer_group_keeps_its_own_accounts(self):
        parent = self.env.ref("account_collections.demo_partner_meridian")
        subsidiaries = parent.child_ids.filtered("is_company")
        self.assertEqual(len(subsidiaries), 3)
        self.assertEqual(subsidiaries.commercial_partner_id, subsidiaries)
        self.assertEqual(subsidiaries & self.accounts.partner_id, subsidiaries)
        self.assertEqual(parent.collection_payer_group_id.partner_ids, parent | subsidiaries)

    def test_invoices(self):
        self.assertGreaterEqual(len(self.invoices), 400)
        self.assertGreaterEqual(set(self.invoices.currency_id.mapped("name")), {"USD", "EUR"})
        self.assertLess((self.today - min(self.invoices.mapped("invoice_date"))).days, 300)
        self.assertTrue({"paid", "partial", "not_paid"} <= set(self.invoices.mapped("payment_state")))
        self.assertTrue(
            self.invoices.filtered(lambda move: len(move.line_ids.filtered("date_maturity")) == 3), "Instalments"
        )
        self.assertTrue(
            self.invoices.filtered(lambda move: move.partner_id != move.commercial_partner_id), "Child contacts"
        )
        self.assertTrue(self.invoices.filtered("amount_tax"))

    def test_every_bucket(self):
        for bucket in ("aging_current", "aging_1", "aging_2", "aging_3", "aging_4", "aging_5"):
            self.assertTrue(self.accounts.filtered(lambda account, name=bucket: account[name] > 0), bucket)

    def test_credits_and_holds(self):
        open_credits = self.items.filtered(lambda line: line.amount_residual < 0)
        self.assertTrue(open_credits.filtered(lambda line: line.move_type == "out_refund"))
        self.assertTrue(open_credits.filtered("move_id.origin_payment_id"))
        self.assertTrue(open_credits.filtered("collection_reserved"))
        self.assertTrue(open_credits.filtered(lambda line: not line.partner_id), "A receipt from nobody")
        self.assertTrue(self.items.filtered(lambda line: line.move_type == "entry" and line.amount_residual > 0))
        live = self.env["collection.hold"].search([("company_id", "=", self.company.id), ("is_live", "=", True)])
        self.assertGreaterEqual(set(live.mapped("kind")), {"manual", "payment"})
        self.assertTrue(self.accounts.filtered(lambda account: account.credit_use > 100))

    def test_disputes_at_every_step(self):
        disputes = self.env["collection.dispute"].search([("company_id", "=", self.company.id)])
        passed = {"new", "routed", "in_review", "waiting_customer", "resolving", "closed", "void"}
        self.assertGreaterEqual(set(disputes.mapped("state")), passed)
        self.assertGreaterEqual(set(disputes.mapped("decision")), {"valid", "partly", "invalid", False})
        self.assertTrue(disputes.filtered("is_late"))
        self.assertTrue(disputes.filtered("asked_on"))
        self.assertTrue(self.accounts.filtered("amount_disputed"))

    def test_help_of_sales_partners(self):
        requests = self.env["collection.help"].search([("company_id", "=", self.company.id)])
        self.assertGreaterEqual(set(requests.mapped("state")), {"draft", "sent", "answered", "expired", "closed"})
        self.assertEqual(len(requests.sales_partner_id), 3)
        calls = self.env["collection.activity"].search([("sales_partner_id", "!=", False), ("channel", "=", "call")])
        self.assertEqual(max(len(call.account_ids) for call in calls), 2)

    def test_plans_and_meetings(self):
        plans = self.env["collection.plan"].search([("company_id", "=", self.company.id)])
        self.assertGreaterEqual(set(plans.mapped("state")), {"active", "submitted", "returned", "draft"})
        self.assertTrue(plans.filtered("late_count"))
        self.assertTrue(plans.filtered(lambda each: each.proposal == "failed"))
        self.assertTrue(self.accounts.filtered("plan_required_date"))
        reviews = self.env["collection.review"].search([("company_id", "=", self.company.id)], order="date")
        self.assertEqual(reviews.mapped("state"), ["closed", "open"])
        self.assertTrue(reviews.item_ids.opinion_ids)

    def test_accounts_add_up_to_the_ledger(self):
        self.accounts._refresh()
        [[balance]] = self.env["account.move.line"]._read_group(
            [
                ("company_id", "=", self.company.id),
                ("parent_state", "=", "posted"),
                ("account_id.account_type", "=", "asset_receivable"),
                ("account_id.non_trade", "=", False),
            ],
            aggregates=["balance:sum"],
        )
        total = sum(self.accounts.mapped("amount_total"))
        self.assertEqual(self.company.currency_id.compare_amounts(total, balance), 0, f"{total} ≠ {balance}")
        unidentified = self.accounts.filtered(lambda account: not account.partner_id)
        self.assertLess(unidentified.amount_total, 0)

    def test_what_came_in_from_outside(self):
        log = self.env["collection.golive"].search([("company_id", "=", self.company.id)])
        self.assertEqual((log.imported_count, log.error_count), (3, 1))
        self.assertEqual(self.env["collection.inbox"].search([]).mapped("state"), ["new"])
        withheld = self.env["collection.withheld"].search([])
        self.assertIn("•••• 1111", withheld.message_id.body)

    def test_roles(self):
        for login, role in {
            "collector": "collector",
            "collector2": "collector",
            "assistant": "assistant_manager",
            "manager": "manager",
            "resolver": "resolver",
            "auditor": "auditor",
        }.items():
            user = self.env["res.users"].search([("login", "=", login)])
            self.assertTrue(user.has_group(f"account_collections.group_{role}"), login)
            self.env["res.users"].with_user(user)._check_credentials(
                {"type": "password", "login": login, "password": login}, {"interactive": True}
            )
        collectors = {account.collector_id.login for account in self.accounts}
        self.assertEqual(collectors, {"collector", "collector2", False})

    def test_dunning_history(self):
        notices = self.env["collection.notice"].search([("company_id", "=", self.company.id)])
        self.assertGreater(len(notices.filtered(lambda notice: notice.state == "sent")), 100)
        self.assertTrue(notices.filtered(lambda notice: notice.state == "bounced"))
        self.assertTrue(notices.filtered("suppress_reason"))
        states = self.env["collection.run"].search([("company_id", "=", self.company.id)], order="date").mapped("state")
        self.assertEqual(states[:6], ["done"] * 6)
        # The last ones wait for the manager, who has final demands to decide on.
        self.assertLessEqual(set(states[6:-1]), {"done", "confirmed"})
        self.assertEqual(states[-1], "simulated")
        self.assertTrue(self.env["collection.approval"].search([("state", "=", "waiting")]))
        waiting_letters = notices.filtered(lambda notice: notice.is_letter and notice.state == "due" and notice.ready)
        self.assertTrue(waiting_letters)
        self.assertTrue(notices.task_id.filtered("active"), "Somebody has to decide on a graver step")
        versions = self.company.collection_policy_id._family()
        self.assertEqual(versions.mapped("validity"), ["current", "future"])
        waiting = self.env["mail.mail"].search_count([("state", "in", ("outgoing", "exception"))])
        self.assertEqual(waiting, 0, "Mail of the demo company's past is still in the queue")
