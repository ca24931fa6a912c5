from odoo.exceptions import ValidationError
from odoo.tests import tagged
from odoo.tools import SQL

from .common import CollectionsCommon


@tagged("post_install", "-at_install")
class TestAccountStatus(CollectionsCommon):
    """Status and points."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.acme = cls.customer()
        cls.Rule = cls.env["collection.priority.rule"]
        cls.Rule.search([]).active = False

    def assertStatus(self, status):
        self.assertFigures(self.acme, status=status)

    # ------------------------------------------------------------------
    # Derived status
    # ------------------------------------------------------------------

    def test_past_due(self):
        self.invoice(self.acme, 100)
        self.assertStatus("good")
        self.entry(self.acme, 1, overdue=1)
        self.assertStatus("past_due")

    def test_held_and_credited_customers_are_past_due_too(self):
        self.hold(self.items(self.invoice(self.acme, 100, overdue=5)))
        self.assertStatus("past_due")

    def test_watch_when_the_credit_limit_is_nearly_used(self):
        self.company.account_use_credit_limit = True
        self.acme.credit_limit = 1000
        for amount, status in ((899, "good"), (1, "good"), (1, "watch")):
            self.invoice(self.acme, amount, overdue=-5)
            self.assertStatus(status)
        self.company.account_use_credit_limit = False
        self.assertStatus("good")

    def test_watch_when_paying_slows_down(self):
        self.invoice(self.acme, 100, overdue=-5)
        account = self.account(self.acme)
        for trend, status in ((5, "good"), (5.1, "watch"), (-20, "good")):
            with self.subTest(trend):
                self.env.cr.execute(
                    "UPDATE collection_account SET days_late_trend = %s WHERE id = %s", [trend, account.id]
                )
                account.invalidate_recordset()
                account._refresh()
                self.assertEqual(account.status, status)

    def test_past_due_is_graver_than_watch(self):
        self.company.account_use_credit_limit = True
        self.acme.credit_limit = 10
        self.invoice(self.acme, 100, overdue=5)
        self.assertStatus("past_due")

    # ------------------------------------------------------------------
    # By hand
    # ------------------------------------------------------------------

    def _override(self, **vals):
        account = self.account(self.acme).with_user(self.collector)
        account.write(
            {
                "status_override": "watch",
                "status_override_reason": "New owner",
                "status_override_until": self.day(5),
                **vals,
            }
        )
        return account

    def test_by_hand(self):
        self.collector = self.member("collector")
        self.invoice(self.acme, 100, overdue=5)
        self.assertStatus("past_due")
        for missing in ({"status_override_reason": False}, {"status_override_until": False}):
            with self.subTest(missing), self.assertRaises(ValidationError):
                self._override(**missing)
        account = self._override()
        self.assertStatus("watch")
        for day, status in ((4, "watch"), (5, "watch"), (6, "past_due")):
            with self.subTest(day), self.at(day):
                account._refresh()
                self.assertEqual(account.status, status)

    def test_by_hand_never_hides_the_gravest(self):
        self.collector = self.member("collector")
        self.invoice(self.acme, 100, overdue=5)
        self._override()
        cases = [(10, "bankrupt", SQL("n.amount_overdue >= 100")), *self.Account._refresh_status_cases()]
        self.patch(self.registry["collection.account"], "_refresh_status_cases", lambda model: cases)
        account = self.account(self.acme)
        account._refresh()
        self.env.cr.execute("SELECT status FROM collection_account WHERE id = %s", [account.id])
        self.assertEqual(self.env.cr.fetchone()[0], "bankrupt")

    # ------------------------------------------------------------------
    # Points
    # ------------------------------------------------------------------

    def _rule(self, metric="amount_collectible", points=10, threshold_from=0, threshold_to=0, **vals):
        values = {"name": f"{metric} {threshold_from}", "metric": metric, "points": points, **vals}
        return self.Rule.create({**values, "threshold_from": threshold_from, "threshold_to": threshold_to})

    def assertPoints(self, points, partner=None, **kwargs):
        account = self.assertFigures(partner or self.acme, priority=points, **kwargs)
        self.assertEqual(sum(line["points"] for line in account.priority_lines or []), points, account.priority_lines)
        return account

    def test_shipped_rules_give_points(self):
        self.Rule.with_context(active_test=False).search([]).active = True
        self.invoice(self.acme, 12000, overdue=40)
        account = self.assertPoints(25 + 10 + 10)  # amount, days overdue, silence since the due date
        self.assertEqual([line["value"] for line in account.priority_lines], [12000, 40, 40])

    def test_bands(self):
        self._rule(points=10, threshold_from=1000, threshold_to=5000)
        self._rule(points=25, threshold_from=5000)
        for amount, points in (
            (999.99, 0),
            (1000, 10),
            (1000.01, 10),
            (4999.99, 10),
            (5000, 25),
            (5000.01, 25),
            (9e6, 25),
        ):
            with self.subTest(amount):
                customer = self.customer(f"Customer {amount}")
                self.entry(customer, amount, overdue=5)
                self.assertPoints(points, customer)

    def test_days_overdue(self):
        self._rule("days_overdue", threshold_from=31, threshold_to=61)
        for overdue, points in ((-5, 0), (30, 0), (31, 10), (60, 10), (61, 0)):
            with self.subTest(overdue):
                customer = self.customer(f"Customer {overdue}")
                self.entry(customer, 10, overdue=overdue)
                self.assertPoints(points, customer)

    def test_silence_counts_from_the_last_contact_or_the_due_date(self):
        self._rule("days_silent", threshold_from=14)
        self.entry(self.acme, 10, overdue=14)
        account = self.assertPoints(10)
        self.contacted(account)
        self.assertPoints(0)
        for day, points in ((13, 0), (14, 10), (15, 10)):
            with self.subTest(day), self.at(day):
                account._refresh()
                self.assertEqual(account.priority, points)

    def test_follow_up_that_is_due(self):
        self._rule("follow_up_days", points=25)
        self.entry(self.acme, 10, overdue=1)
        self.account(self.acme).next_action_date = self.day(3)
        for day, points in ((2, 0), (3, 25), (4, 25)):
            with self.subTest(day), self.at(day):
                self.account(self.acme)._refresh()
                self.assertPoints(points)

    def test_credit_use_and_unapplied(self):
        self.company.account_use_credit_limit = True
        self.acme.credit_limit = 100
        self._rule("credit_use", points=15, threshold_from=100.1)
        self._rule("amount_unapplied", points=3, threshold_from=20)
        self.entry(self.acme, 100, overdue=5)
        self.assertPoints(0, credit_use=100)
        self.entry(self.acme, 20, overdue=5)
        self.credit(self.acme, 19)
        self.assertPoints(15, credit_use=101)
        self.credit(self.acme, 1)
        self.assertPoints(3, credit_use=100)

    def test_rules_add_up_and_may_take_away(self):
        self._rule(points=10)
        self._rule("amount_overdue", points=5)
        self._rule("days_overdue", points=-4, threshold_from=1)
        self.invoice(self.acme, 10, overdue=5)
        self.assertPoints(11)

    def test_rule_of_another_company(self):
        other = self.second_company()["company"]
        self._rule(points=10, company_id=other.id)
        self._rule(points=3, company_id=self.company.id)
        self.invoice(self.acme, 10, overdue=5)
        self.invoice(self.acme, 10, overdue=5, company=other)
        self.assertPoints(3)
        self.assertPoints(10, company=other)

    def test_rule_of_the_company_counts_in_its_branches(self):
        branch = self.branch()
        self._rule(points=3, company_id=self.company.id)
        self._rule(points=10, company_id=branch.id)
        self.invoice(self.acme, 10, overdue=5, company=branch)
        self.invoice(self.acme, 10, overdue=5)
        self.assertPoints(13, company=branch)
        self.assertPoints(3)

    def test_changes_of_rules_count_at_once(self):
        self.invoice(self.acme, 10, overdue=5)
        self.assertPoints(0)
        rule = self._rule(points=10)
        self.assertPoints(10)
        rule.points = 12
        self.assertPoints(12)
        rule.active = False
        self.assertPoints(0)
        rule.active = True
        self.assertPoints(12)
        rule.unlink()
        self.assertPoints(0)

    def test_limits_out_of_order(self):
        for low, high in ((10, 10), (10, 9), (10, -1)):
            with self.subTest(high), self.assertRaises(ValidationError):
                self._rule(threshold_from=low, threshold_to=high)
        self._rule(threshold_from=10, threshold_to=10.01)

    def test_most_points_first(self):
        self._rule(points=10, threshold_from=50)
        small, big = self.customer("Small"), self.customer("Big")
        self.entry(small, 10, overdue=5)
        self.entry(big, 60, overdue=5)
        accounts = self.account(small) | self.account(big)
        self.assertEqual(self.Account.search([("id", "in", accounts.ids)]).partner_id, big | small)
