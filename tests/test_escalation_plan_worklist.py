from unittest.mock import patch

from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tests import tagged
from odoo.tools import SQL

from .plan_common import PlanCommon

RULES = ("plan_rule_age", "plan_rule_promises", "plan_rule_credit_hold")


@tagged("post_install", "-at_install")
class TestPlanWorklist(PlanCommon):
    """When a plan is mandatory, late steps in the worklist, and what the figures say of a plan."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.Rule = cls.env["collection.plan.rule"]
        for name in RULES:
            cls.env.ref(f"account_collections.{name}").active = False

    def rule(self, **vals):
        return self.Rule.create({"name": "Plan needed", **vals})

    # ------------------------------------------------------------------
    # Mandatory
    # ------------------------------------------------------------------

    def test_age_and_amount(self):
        rule = self.rule(amount_from=1000, days_from=40)
        cases = [(1000, 40, rule), (999.99, 40, False), (1000, 39, False), (1000.01, 41, rule)]
        for number, (amount, days, expected) in enumerate(cases):
            with self.subTest(amount=amount, days=days):
                customer = self.customer(f"Customer {number}")
                self.invoice(customer, amount, overdue=days)
                self.assertFigures(
                    customer,
                    plan_rule_id=expected or self.Rule,
                    plan_required_date=self.today if expected else False,
                    on_worklist=True,
                )

    def test_broken_promises(self):
        rule = self.rule(level_from=2)
        account = self.account(self.acme)
        for level, expected in ((1, self.Rule), (2, rule), (3, rule)):
            self._break(account, level)
            self.assertFigures(self.acme, broken_promise_level=level, plan_rule_id=expected)

    def _break(self, account, count):
        existing = account.promise_ids.filtered(lambda promise: promise.state == "broken")
        self.env["collection.promise"]._unguarded().create(
            [
                {"account_id": account.id, "state": "broken", "broken_on": self.day(-1), "confirmed_on": self.day(-9)}
                for _each in range(count - len(existing))
            ]
        )
        self.Account._touch(accounts=account.ids)

    def test_credit_hold_is_what_the_status_says(self):
        rule = self.rule(on_credit_hold=True)
        self.assertFigures(self.acme, plan_rule_id=self.Rule)
        Account = self.env.registry["collection.account"]
        base = Account._refresh_status_cases

        def cases(model):
            return [*base(model), (40, "credit_hold", SQL("n.amount_overdue >= 1000"))]

        with patch.object(Account, "_refresh_status_cases", cases):
            self.Account._touch(accounts=self.account(self.acme).ids)
            self.assertFigures(self.acme, plan_rule_id=rule, plan_required_date=self.today)

    def test_rule_of_another_company(self):
        other = self.second_company()["company"]
        self.invoice(self.acme, 50, overdue=5, company=other)
        rule = self.rule(amount_from=1, company_id=other.id)
        self.Account._touch_everything()
        self.assertFigures(self.acme, plan_rule_id=self.Rule)
        self.assertFigures(self.acme, other, plan_rule_id=rule)

    def test_rule_without_a_condition(self):
        for vals in ({}, {"amount_from": -1}, {"days_from": -1, "amount_from": 5}):
            with self.subTest(vals), self.assertRaises(ValidationError):
                self.rule(**vals)

    def test_missing_since_until_submitted(self):
        self.rule(amount_from=1000)
        self.assertFigures(self.acme, plan_required_date=self.today)
        with self.at(3):
            self.Account._touch(accounts=self.account(self.acme).ids)
            self.assertFigures(self.acme, plan_required_date=self.today)
            plan = self.plan((7, 400))
            self.assertFigures(self.acme, plan_required_date=self.today)
            self.submit(plan)
            self.assertFigures(self.acme, plan_required_date=False, plan_is_set=True)
            plan.with_user(self.manager).action_refuse("Too little")
            self.assertFigures(self.acme, plan_required_date=self.day(3), plan_is_set=False)

    def test_missing_plan_brings_the_account_to_the_worklist(self):
        account = self.account(self.acme)
        account.next_action_date = self.day(9)
        self.assertFigures(self.acme, on_worklist=False)
        before = account.priority
        self.rule(amount_from=1000)
        self.Account._touch_everything()
        self.assertFigures(self.acme, on_worklist=True, priority=before + 10)
        self.assertIn("Plan of action missing", [line["rule"] for line in account.priority_lines])
        account._work("done", self.reason(), next_action_date=self.day(9))
        self.assertFigures(self.acme, on_worklist=False)
        with self.at(1):
            self.Account._touch(accounts=account.ids)
            self.assertFigures(self.acme, on_worklist=True)

    def test_one_query_for_all(self):
        self.rule(amount_from=1000)
        for number in range(5):
            self.invoice(self.customer(f"Other {number}"), 2000, overdue=5)
        self.Account._refresh_touched()
        accounts = self.Account.search([])
        accounts._refresh()
        self.env.flush_all()
        self.env["collection.priority.rule"].search([]).mapped("metric")
        with self.assertQueryCount(6):  # however many accounts there are
            accounts._refresh()

    # ------------------------------------------------------------------
    # Late steps
    # ------------------------------------------------------------------

    def test_steps_come_up_when_due_and_late(self):
        self.active((7, 400), (14, 600))
        account = self.account(self.acme)
        account.write({"next_action": False, "next_action_date": self.day(60)})
        plain = account.priority
        for day, late, points in ((6, 0, 0), (7, 0, 10), (8, 1, 25)):
            with self.at(day), self.subTest(day=day):
                self.Account._touch(accounts=account.ids)
                account = self.assertFigures(self.acme, plan_step_date=self.day(7), plan_late_count=late)
                self.assertEqual(account.on_worklist, day >= 7)
                names = [line["rule"] for line in account.priority_lines]
                self.assertEqual(
                    ("Step of a plan due" in names, "Step of a plan late" in names), (points > 0, points > 10)
                )
        self.assertTrue(plain)
        with self.at(8):
            self.env.invalidate_all()
            step = account.plan_id.step_ids.sorted("due_date")[0]
            self.assertTrue(step.is_late)
            self.assertEqual(self.env["collection.plan.step"].search([("is_late", "=", True)]), step)
            step.with_user(self.collector).action_done("Paid")
            self.assertFigures(self.acme, plan_step_date=self.day(14), plan_late_count=0)

    def test_steps_of_a_plan_that_is_not_carried_out_are_not_late(self):
        plan = self.approve(self.submit(self.plan((7, 400))))
        with self.at(8):
            self.Account._touch(accounts=plan.account_id.ids)
            self.assertFigures(self.acme, plan_step_date=False, plan_late_count=0)
            self.assertFalse(plan.step_ids.is_late)

    def test_day_sheet(self):
        self.rule(amount_from=1000)
        self.account(self.acme)
        Day = self.env["collection.day"].with_user(self.collector)
        sections = {each["key"]: each for each in Day._of_today(self.collector, self.company)._since_last_shift()}
        self.assertEqual((sections["plans_missing"]["count"], sections["plans_missing"]["amount"]), (1, 1000))
        self.active((7, 400))
        with self.at(8):
            self.Account._touch(accounts=self.account(self.acme).ids)
            self.account(self.acme)
            sections = {each["key"]: each for each in Day._of_today(self.collector, self.company)._since_last_shift()}
            self.assertEqual((sections["plans_missing"]["count"], sections["plan_steps_late"]["count"]), (0, 1))

    # ------------------------------------------------------------------
    # Figures and the job
    # ------------------------------------------------------------------

    def run_job(self):
        cron = self.env.ref("account_collections.ir_cron_plans")
        with self.enter_registry_test_mode():
            cron.method_direct_trigger()
        self.env.invalidate_all()

    def test_cash_counts_from_the_start(self):
        other = self.invoice(self.acme, 300, overdue=10)
        plan = self.active((7, 400), (14, 600))
        self.pay(other, 50, payment_date=self.day(-1))
        self.pay(other, 60)
        self.pay(self.move, 500, payment_date=self.day(2))
        self.env.invalidate_all()
        self.assertEqual((plan.amount_received, plan.progress), (560, 56))
        self.assertEqual(plan.step_ids.sorted("due_date").mapped("amount_received"), [400, 160])

    def test_what_is_no_cash_does_not_count(self):
        plan = self.active((7, 400))
        refund = self.credit(self.acme, 250)
        (self.items(refund) + self.items(self.move)).reconcile()
        self.assertEqual(plan.amount_received, 0)

    def test_cash_of_contacts_and_in_another_currency(self):
        eur = self.foreign_currency("EUR", rate=0.5)
        invoice = self.invoice(self.contact(self.acme), 100, overdue=3, currency=eur)
        plan = self.active((7, 400))
        self.pay(invoice, 100, currency_id=eur.id)
        self.env.invalidate_all()
        self.assertEqual(plan.amount_received, 200)

    def test_proposed_when_the_cash_is_in(self):
        plan = self.active((7, 400))
        for amount, expected in ((399.99, False), (0.01, "achieved")):
            payment = self.pay(self.move, amount)
            self.run_job()
            self.assertEqual(plan.proposal, expected)
        task = plan.activity_ids.filtered(lambda task: "achieved" in task.summary)
        self.assertEqual(task.user_id, self.company._collection_manager())
        self.run_job()
        self.assertEqual(len(plan.activity_ids), 2, "Twice the same job changes nothing")
        payment.action_draft()
        payment.action_cancel()
        self.run_job()
        self.assertEqual((plan.proposal, len(plan.activity_ids)), (False, 1))

    def test_proposed_after_the_review(self):
        plan = self.active((7, 400), review_date=self.day(10))
        for day, expected in ((9, False), (10, False), (11, "failed")):
            with self.at(day), self.subTest(day=day):
                self.run_job()
                self.assertEqual((plan.proposal, plan.state), (expected, "active"))

    def test_people_decide(self):
        plan = self.active((7, 400))
        with self.assertRaises(AccessError):
            plan.with_user(self.collector).action_close("achieved", "x")
        with self.assertRaisesRegex(UserError, "give the reason"):
            plan.with_user(self.assistant).action_close("achieved")
        with self.assertRaisesRegex(UserError, "ends achieved or failed"):
            plan.with_user(self.assistant).action_close("cancelled")
        self.pay(self.move, 400)
        self.env.invalidate_all()
        plan.with_user(self.assistant).action_close("achieved")
        self.assertEqual((plan.state, plan.closed_by_id, plan.amount_received_final), ("achieved", self.assistant, 400))
        self.assertFalse(plan.activity_ids)
        self.pay(self.move, 100)
        self.env.invalidate_all()
        self.assertEqual(plan.amount_received, 400)
        with self.assertRaisesRegex(UserError, "cannot end"):
            plan.with_user(self.assistant).action_close("failed", "x")

    def test_the_job_starts_plans_on_their_day(self):
        plan = self.approve(self.submit(self.plan((7, 400), date_start=self.day(2))))
        for day, state in ((1, "approved"), (2, "active")):
            with self.at(day), self.subTest(day=day):
                self.run_job()
                self.assertEqual(plan.state, state)
        self.assertEqual(plan.started_on, self.day(2))

    def test_the_job_looks_at_plans_by_sets(self):
        plans = self.active((7, 400))
        for number in range(6):
            customer = self.customer(f"Other {number}")
            self.invoice(customer, 100, overdue=5)
            plans |= self.active((7, 50), partner=customer)
        self.env.flush_all()
        self.env.invalidate_all()
        with self.assertQueryCount(20):
            plans._propose()

    # ------------------------------------------------------------------
    # Merging customers
    # ------------------------------------------------------------------

    def test_merged_customers_keep_one_plan(self):
        other = self.customer("Acme Corporation")
        self.invoice(other, 300, overdue=10)
        kept, given = self.active((7, 400)), self.active((7, 100), partner=other)
        self.env["collection.account"]._merge_customers(other, self.acme)
        self.assertEqual((kept.state, given.state), ("active", "superseded"))
        self.assertEqual(given.account_id, kept.account_id)
