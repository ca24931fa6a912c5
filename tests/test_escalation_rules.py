from psycopg2 import IntegrityError

from odoo.exceptions import ValidationError
from odoo.tests import tagged
from odoo.tools import mute_logger

from .escalation_common import EscalationCommon


@tagged("post_install", "-at_install")
class TestEscalationRules(EscalationCommon):
    """Rules raise accounts by themselves; one open escalation for an account and a reason."""

    def raised(self, account=None):
        return self.open_of(account).mapped("trigger")

    def test_amount(self):
        for threshold, found in ((1000.01, []), (1000, ["amount"])):
            rule = self.rule(threshold=threshold)
            self.night(0)
            self.assertEqual(self.raised(), found, threshold)
        escalation = self.open_of()
        self.assertEqual((escalation.rule_id, escalation.user_id, escalation.rung), (rule, self.max, "manager"))
        self.assertFalse(escalation.from_user_id)
        self.assertIn("1,000.00", escalation.reason)
        self.night(0)
        self.assertEqual(len(self.open_of()), 1)

    def test_what_is_held_is_no_reason(self):
        self.rule()
        self.rule("age", 1)
        self.hold(self.items(self.bill), 1000)
        self.night(0)
        self.assertFalse(self.raised())

    def test_age(self):
        rule = self.rule("age", 41)
        self.night(0)
        self.assertFalse(self.raised())
        rule.threshold = 40
        rule.min_amount = 1000.01
        self.night(0)
        self.assertFalse(self.raised())
        rule.min_amount = 1000
        self.night(0)
        self.assertEqual(self.raised(), ["age"])

    def test_risk(self):
        self.env["collection.priority.rule"].search([("kind", "=", "risk")]).active = False
        self.env["collection.priority.rule"].create(
            {"name": "x", "kind": "risk", "metric": "amount_overdue", "threshold_from": 1, "points": 30}
        )
        rule = self.rule("risk", 31)
        self.night(0)
        self.assertFalse(self.raised())
        rule.threshold = 30
        self.night(0)
        self.assertEqual(self.raised(), ["risk"])

    def test_attempts_without_contact(self):
        rule = self.rule("attempts", 3)
        account = self.acme_account
        for _call in range(2):
            self.contacted(account, "no_answer", direction="out", call_exception="return_call")
        self.night(0)
        self.assertFalse(self.raised())
        self.contacted(account, "no_answer", direction="out", call_exception="return_call")
        self.contacted(account, "spoke")
        self.night(0)
        self.assertFalse(self.raised(), "Reached since")
        with self.at(1):
            for _call in range(3):
                self.contacted(account, "no_answer", direction="out", call_exception="return_call")
        self.night(14)
        self.assertEqual(self.raised(), ["attempts"])
        self.open_of().with_user(self.max)._decide("advise", "x")
        rule.repeat_days = 1
        self.night(15)
        self.assertFalse(self.raised(), "Longer ago than the days that count")

    def test_dispute_late(self):
        self.rule("dispute_late", 1)
        self.env["collection.dispute"].create(
            {
                "account_id": self.acme_account.id,
                "reason_id": self.env.ref("account_collections.dispute_reason_pricing").id,
                "line_ids": [(0, 0, {"move_line_id": self.items(self.bill).id})],
            }
        ).action_route()
        self.night(0)
        self.assertFalse(self.raised())
        self.night(9)
        self.assertEqual(self.raised(), ["dispute_late"])

    def test_two_reasons_two_escalations(self):
        self.rule()
        self.rule("age", 30, rung="assistant")
        self.rule("age", 20)
        self.night(0)
        self.assertEqual(sorted(self.raised()), ["age", "amount"])
        self.assertEqual(self.open_of(trigger="age").user_id, self.ana)

    def test_not_again_for_some_days_after_a_decision(self):
        self.rule(repeat_days=3)
        self.night(0)
        self.decide(self.open_of())
        for day, found in ((0, []), (2, []), (3, ["amount"])):
            self.night(day)
            self.assertEqual(self.raised(), found, day)

    def test_settled_it_lapses(self):
        self.rule()
        self.night(0)
        escalation, asked = self.open_of(), self.request()
        self.pay(self.bill, 999)
        self.night(0)
        self.assertEqual(escalation.state, "open")
        self.pay(self.bill)
        self.night(0)
        self.assertEqual((escalation.state, asked.state), ("lapsed", "open"))
        self.assertFalse(escalation.activity_ids)

    def test_companies(self):
        other = self.second_company()["company"]
        self.invoice(self.acme, 5000, overdue=3, company=other)
        theirs = self.account(self.acme, other)
        self.rule(company_id=other.id)
        self.night(0)
        theirs._refresh()
        self.night(0)
        self.assertFalse(self.raised())
        self.assertEqual(self.raised(theirs), ["amount"])

    def test_bad_numbers(self):
        for vals in ({"threshold": 0}, {"threshold": -1}, {"min_amount": -1}, {"repeat_days": 0}):
            with self.subTest(vals), mute_logger("odoo.sql_db"), self.assertRaises(IntegrityError):
                self.rule(**vals)
        with self.assertRefused(ValidationError, "whole numbers"):
            self.rule("age", 1.5)

    def test_many_cost_few_queries(self):
        for number in range(20):
            customer = self.customer(f"Customer {number}")
            self.invoice(customer, 2000, overdue=3)
        self.account(customer)
        rule = self.rule(threshold=2000)
        accounts = self.Account.search(rule._account_domain(self.company))
        self.assertEqual(len(accounts), 20)
        self.env.flush_all()
        self.env.invalidate_all()
        with self.assertQueryCount(110):
            accounts._open_by_rule(rule)
            self.env.flush_all()
        self.assertEqual(self.told(self.max), ["20 escalations for you to decide"], "One message for all")

    def test_a_fault_does_not_stop_the_others(self):
        beta = self.customer("Beta")
        self.invoice(beta, 2000, overdue=3)
        beta_account = self.account(beta)
        self.rule()
        model = type(self.acme_account)
        prepare = model._create_escalations

        def fail(accounts, *args, **kwargs):
            if beta_account in accounts:
                raise ValueError("Broken")
            return prepare(accounts, *args, **kwargs)

        self.patch(model, "_create_escalations", fail)
        with mute_logger("odoo.addons.account_collections.models.ledger.collection_batches"):
            self.night(0)
        self.assertEqual((self.raised(), self.raised(beta_account)), (["amount"], []))

    # ------------------------------------------------------------------
    # What other rooms bring up
    # ------------------------------------------------------------------

    def test_other_rooms_bring_accounts_up(self):
        self.acme_account._escalate("High risk")
        self.acme_account._escalate("Promise broken again", "promise_level")
        self.assertEqual(sorted(self.raised()), ["promise_level", "risk"])
        self.assertEqual(self.open_of().user_id, self.max)
        self.acme_account._escalate("High risk still")
        self.assertEqual(self.kinds(self.open_of(trigger="risk")), ["opened", "again"])
