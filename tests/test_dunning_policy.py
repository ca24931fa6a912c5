from psycopg2 import IntegrityError

from odoo import Command
from odoo.exceptions import UserError, ValidationError
from odoo.tests import tagged
from odoo.tools import mute_logger

from .dunning_common import DunningCommon


@tagged("post_install", "-at_install")
class TestDunningPolicy(DunningCommon):
    """Which policy applies, what a new one starts with, and configuration that cannot work."""

    # ------------------------------------------------------------------
    # Whose policy
    # ------------------------------------------------------------------

    def test_invoice_account_sales_partner_tag_company(self):
        """Each level gives way to the one before it; each policy has its one step on a day of its own."""
        levels = ("invoice", "account", "seller", "tag")
        policies = {level: self.make_policy((day, "email"), name=level) for day, level in enumerate(levels, start=11)}
        tag = self.env["res.partner.category"].create({"name": "Tag"})
        policies["tag"].tag_ids = tag
        seller = self.env["res.partner"].create({"name": "Seller", "is_sales_partner": True})
        seller.collection_policy_id = policies["seller"]
        moves = {}
        for level, start in [*zip(levels, range(4)), ("company", 4)]:
            customer = self.customer(level)
            if start <= 3:
                customer.category_id = tag
            if start <= 2:
                customer.collection_sales_partner_id = seller
            moves[level] = self.invoice(customer, 100, overdue=20)
            if start <= 1:
                self.account(customer).policy_id = policies["account"]
            if start == 0:
                moves[level].collection_policy_id = policies["invoice"]
            self.account(customer)._refresh()
        self.confirm()
        steps = {level: self.steps_of(move) for level, move in moves.items()}
        self.assertEqual(steps, {"invoice": [11], "account": [12], "seller": [13], "tag": [14], "company": [15]})

    def test_an_invoice_with_a_policy_of_its_own(self):
        """The customer's other invoices stay under theirs; one notice carries them all."""
        own, other = self.invoice(self.acme, 100, overdue=20), self.invoice(self.acme, 100, overdue=20)
        own.collection_policy_id = self.make_policy((18, "email"))
        self.confirm()
        self.assertEqual((self.steps_of(own), self.steps_of(other)), ([18], [15]))
        self.assertEqual(self.notice(self.acme).step_id.days, 18)

    def test_archived_and_other_companies_policies_are_passed_over(self):
        company = self.second_company()["company"]
        archived, foreign = self.make_policy((18, "email")), self.make_policy((18, "email"), company_id=company.id)
        seller = self.env["res.partner"].create({"name": "Seller", "is_sales_partner": True})
        tag = self.env["res.partner.category"].create({"name": "Tag"})
        archived.tag_ids = tag
        archived.active = False
        seller.collection_policy_id = foreign
        self.acme.write({"category_id": tag.ids, "collection_sales_partner_id": seller.id})
        invoice = self.invoice(self.acme, 100, overdue=20)
        self.account(self.acme)._refresh()
        self.confirm()
        self.assertEqual(self.steps_of(invoice), [15])

    # ------------------------------------------------------------------
    # Configuration
    # ------------------------------------------------------------------

    def test_no_policy(self):
        self.company.collection_policy_id = False
        with self.assertRefused(UserError, "has no dunning policy"):
            self.simulate()

    def test_policies_without_steps(self):
        empty = self.env["collection.policy"].create({"name": "Empty one"})
        self.company.collection_policy_id = empty
        with self.assertRefused(UserError, "Empty one has no steps"):
            self.simulate()
        self.company.collection_policy_id = self.policy
        self.invoice(self.acme, 100, overdue=3)
        self.account(self.acme).policy_id = empty
        with self.assertRefused(UserError, "Empty one has no steps"):
            self.simulate()

    def test_a_step_without_template(self):
        self.step(15).mail_template_id = False
        with self.assertRefused(UserError, "“Past due” has no template"):
            self.simulate()

    def test_steps_in_the_wrong_order(self):
        with self.assertRefused(ValidationError, r"“Late” \(day 5\) stands after “Early” \(day 20\)"):
            self.make_policy((20, "email", {"name": "Early"}), (5, "email", {"name": "Late"}))
        policy = self.make_policy((5, "email"), (20, "email"))
        early, late = policy.step_ids
        for step, values in ((early, {"days": 30}), (early, {"sequence": 99}), (late, {"days": 2})):
            with self.subTest(values), self.assertRefused(ValidationError, "stands after"):
                step.write(values)

    def test_two_steps_towards_the_customer_on_one_day(self):
        with self.assertRefused(ValidationError, "two steps towards the customer on day 5: .*, "):
            self.make_policy((5, "email"), (5, "call"))
        self.make_policy((5, "email"), (5, "sales_partner"))
        with mute_logger("odoo.sql_db"), self.assertRaises(IntegrityError):
            self.make_policy((5, "escalation"), (5, "escalation"))

    def test_what_makes_no_sense_before_the_due_date(self):
        for channel in ("call", "final_demand", "credit_hold"):
            with self.assertRefused(ValidationError, "before the due date"):
                self.make_policy((0, channel))

    def test_a_template_for_something_else(self):
        template = self.env["mail.template"].create(
            {"name": "T", "model_id": self.env["ir.model"]._get_id("res.partner")}
        )
        with self.assertRefused(ValidationError, "not one for collection notices"):
            self.make_policy((5, "email", {"mail_template_id": template.id}))

    def test_negative_intervals(self):
        for name in ("min_days_between", "email_interval_days", "resume_business_days", "final_demand_days"):
            with mute_logger("odoo.sql_db"), self.assertRaises(IntegrityError), self.cr.savepoint():
                self.policy[name] = -1
                self.policy.flush_recordset()

    def test_new_steps_start_with_a_name_and_a_text(self):
        days = (-5, 3, 14, 15, 29, 30)
        policy = self.make_policy(
            *((day, "email") for day in days), (40, "call"), (60, "final_demand"), (70, "sales_partner")
        )
        texts = ["courtesy", "reminder", "reminder", "past_due", "past_due", "second", None, "final", "partner"]
        expected = [
            self.env.ref(f"account_collections.mail_template_{name}") if name else self.env["mail.template"]
            for name in texts
        ]
        self.assertEqual([step.mail_template_id for step in policy.step_ids], expected)
        self.assertEqual(policy.step_ids[1].name, "E-mail, day 3")

    def test_highest_first_step(self):
        cases = (
            (30, [(3, "email"), (15, "email"), (30, "email"), (45, "email"), (60, "letter")]),
            (15, [(3, "email"), (15, "email"), (20, "credit_hold"), (30, "email")]),
            (20, [(-5, "email"), (10, "call"), (20, "letter")]),
            (45, [(3, "email"), (9, "email"), (30, "email"), (45, "email", {"tone": "second"})]),
        )
        for days, steps in cases:
            self.assertEqual(self.make_policy(*steps).first_step_id.days, days, steps)
        self.assertEqual(self.policy.first_step_id, self.step(30, "email"))
        self.assertFalse(self.make_policy((10, "call")).first_step_id)

    def test_a_policy_in_use_is_not_archived(self):
        with self.assertRefused(ValidationError, f"in use: {self.company.name}"):
            self.policy.active = False
        own = self.make_policy((5, "email"))
        self.invoice(self.acme, 10)
        self.account(self.acme).policy_id = own
        with self.assertRefused(ValidationError, "1 accounts"):
            own.active = False
        self.account(self.acme).policy_id = False
        own.active = False

    def test_a_policy_of_another_company(self):
        other = self.second_company()["company"]
        policy = self.make_policy((5, "email"), company_id=other.id)
        with self.assertRefused(ValidationError, "belongs to Second Inc."):
            self.company.collection_policy_id = policy
        self.invoice(self.acme, 10)
        with self.assertRaises(UserError):
            self.account(self.acme).policy_id = policy

    def test_a_step_that_was_used_is_not_deleted(self):
        self.invoice(self.acme, 100, overdue=3)
        self.confirm()
        with self.assertRefused(UserError, "“Reminder” stands in notices"):
            self.step(3).unlink()
        with self.assertRefused(UserError, "“Reminder” stands in notices"):
            self.policy.step_ids = [Command.delete(self.step(3).id)]
        with self.assertRefused(UserError, "Standard is in use"):
            self.step(90).unlink()

    def test_aging_limits_out_of_order(self):
        with self.assertRefused(ValidationError, "must rise"):
            self.company.collection_bucket_2 = 20
        self.invoice(self.acme, 100, overdue=3)
        self.confirm()
