from odoo import Command
from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tests import tagged

from .dunning_common import DunningCommon


@tagged("post_install", "-at_install")
class TestDunningVersions(DunningCommon):
    """Versions of a policy: which one is valid, what may be changed, and where items go on (SPEC §2)."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.own = cls.make_policy((3, "email"), (15, "email"), (30, "email"), name="Own")
        cls.company.collection_policy_id = cls.own

    def draft(self, *days, policy=None, date_from=0, **vals):
        """A draft of the next version, with e-mail steps on these days (default: the same steps)."""
        policy = policy or self.own
        action = policy.action_new_version()
        version = self.env["collection.policy"].browse(action["res_id"])
        if days:
            commands = [Command.create({"days": day, "channel": "email", "sequence": day}) for day in days]
            version.step_ids = [Command.clear(), *commands]
        version.write({"date_from": self.day(date_from), **vals})
        return version

    def version(self, *days, **options):
        version = self.draft(*days, **options)
        version.action_put_in_force()
        return version

    # ------------------------------------------------------------------
    # Which version
    # ------------------------------------------------------------------

    def test_a_run_uses_the_version_of_its_business_date(self):
        """Items at day 20 and step 15; the new version has a step on day 21 and begins tomorrow."""
        self.version(3, 21, date_from=1)
        invoice = self.invoice(self.acme, 100, overdue=20)
        self.noticed(invoice, 15, ago=9, policy=self.own)
        for day, steps in ((0, [15]), (1, [15, 21])):
            self.on_day(day)
            self.assertEqual(self.steps_of(invoice), steps, f"day {day}")

    def test_each_company_goes_by_its_own_business_date(self):
        """At 15:00 UTC it is tomorrow already in Kiritimati."""
        second = self.second_company(name="East", collection_tz="Pacific/Kiritimati")["company"]
        second.collection_policy_id = self.own
        self.version(3, 10, date_from=1)
        here = self.invoice(self.acme, 100, overdue=11)
        there = self.invoice(self.acme, 100, overdue=11, company=second)
        self.confirm()
        self.confirm(second)
        self.assertEqual((self.steps_of(here), self.steps_of(there)), ([3], [10]))

    def test_all_who_point_to_any_version_are_under_the_valid_one(self):
        tag = self.env["res.partner.category"].create({"name": "Tag"})
        policies = {name: self.make_policy((3, "email"), name=name) for name in ("invoice", "account", "seller", "tag")}
        policies["tag"].tag_ids = tag
        valid = {
            name: self.version(10 + number, policy=policy) for number, (name, policy) in enumerate(policies.items())
        }
        seller = self.env["res.partner"].create({"name": "Seller", "is_sales_partner": True})
        seller.collection_policy_id = policies["seller"]
        moves = {name: self.invoice(self.customer(name), 100, overdue=14) for name in policies}
        moves["invoice"].collection_policy_id = valid["invoice"]
        self.account(moves["account"].partner_id).policy_id = policies["account"]
        moves["seller"].partner_id.collection_sales_partner_id = seller
        moves["tag"].partner_id.category_id = tag
        self.account(self.acme)._refresh()
        for move in moves.values():
            self.account(move.partner_id)._refresh()
        self.confirm()
        steps = {name: self.steps_of(move) for name, move in moves.items()}
        self.assertEqual(steps, {"invoice": [10], "account": [11], "seller": [12], "tag": [13]})

    def test_until_the_day_before_the_next(self):
        second = self.version(date_from=10)
        third = self.version(date_from=20)
        self.assertEqual((self.own.date_to, second.date_to, third.date_to), (self.day(9), self.day(19), False))
        self.assertEqual([version.validity for version in (self.own, second, third)], ["current", "future", "future"])
        for day, valid in ((9, self.own), (10, second), (19, second), (20, third)):
            self.assertEqual(self.own._valid_on(self.day(day)), valid, f"day {day}")
        with self.at(10):
            self.env.invalidate_all()
            self.assertEqual([version.validity for version in self.own._family()], ["past", "current", "future"])
            found = self.env["collection.policy"].search(
                [("validity", "=", "current"), ("id", "in", self.own._family().ids)]
            )
            self.assertEqual(found, second)

    def test_no_version_valid_yet(self):
        self.own.date_from = self.day(1)
        with self.assertRefused(UserError, "No version of policy Own is valid today"):
            self.simulate()
        self.own.date_from = self.day(0)
        self.simulate()

    def test_a_draft_chases_nobody(self):
        self.draft(1, 2, date_from=0)
        invoice = self.invoice(self.acme, 100, overdue=4)
        self.confirm()
        self.assertEqual(self.lines(invoice).step_id.policy_id, self.own)

    # ------------------------------------------------------------------
    # Where items go on
    # ------------------------------------------------------------------

    def test_items_go_on_by_days(self):
        """At step 15 of the old version: the next step is the first after day 15 in the new."""
        moves = {days: self.invoice(self.customer(f"Due {days}"), 100, overdue=days) for days in (15, 16, 17, 18)}
        for move in moves.values():
            self.noticed(move, 15, ago=8, policy=self.own)
        new = self.version(5, 14, 15, 17)
        self.confirm()
        self.assertEqual(
            {days: self.steps_of(move) for days, move in moves.items()},
            {15: [15], 16: [15], 17: [15, 17], 18: [15, 17]},
        )
        self.assertEqual(self.lines(moves[17])[-1:].step_id.policy_id, new)
        self.assertEqual(self.lines(moves[17])[:1].step_id.policy_id, self.own, "Old notices keep their step")

    def test_a_new_version_brings_no_graver_first_step(self):
        fresh, old = self.invoice(self.acme, 100, overdue=200), self.invoice(self.customer("Old"), 100, overdue=200)
        self.noticed(old, 3, ago=9, policy=self.own)
        new = self.draft(date_from=0)
        new.step_ids = [
            Command.clear(),
            Command.create({"days": 4, "channel": "email", "sequence": 4}),
            Command.create({"days": 10, "channel": "final_demand", "sequence": 10}),
            Command.create({"days": 11, "channel": "credit_hold", "sequence": 11}),
        ]
        new.action_put_in_force()
        self.confirm()
        self.assertEqual(self.steps_of(fresh), [4])
        self.assertEqual(sorted(self.steps_of(old)), [3, 4, 11], "A final demand only ten days after the notice")

    def test_what_waits_in_the_old_version_joins_the_notice_of_the_new(self):
        """Waiting at step 15 of the old version, the item reaches the same day's step of the new: one notice, once."""
        first = self.invoice(self.acme, 10, overdue=3)
        waiting = self.invoice(self.acme, 100, overdue=14)
        self.noticed(waiting, 3, ago=11, policy=self.own)
        self.on_day(0)
        self.on_day(1)
        self.version(3, 15, 40, date_from=2)
        self.on_day(2)
        self.assertEqual(self.sent_steps(first), [3])
        due = self.notice(self.acme, state="due")
        self.assertEqual((len(due), due.line_ids.filtered("counted").move_id), (1, waiting))
        with self.at(7):
            self.go_out()
        self.assertEqual(self.sent_steps(waiting), [3, 15])

    # ------------------------------------------------------------------
    # What may be changed
    # ------------------------------------------------------------------

    def test_a_used_version_stays_as_it_was(self):
        step = self.step(3, policy=self.own)
        step.days = 4
        self.invoice(self.acme, 100, overdue=4)
        self.simulate()
        step.days = 3
        self.confirm()
        self.assertTrue(self.own.is_used)
        for values in (
            {"days": 5},
            {"channel": "letter"},
            {"min_amount": 5},
            {"needs_release": True},
            {"active": False},
        ):
            with self.assertRefused(UserError, "Own is in use.*new version"):
                step.write(values)
        with self.assertRefused(UserError, "Own is in use"):
            self.own.step_ids = [Command.create({"days": 50, "channel": "letter", "sequence": 50})]
        with self.assertRefused(UserError, "Own is in use"):
            self.step(30, policy=self.own).unlink()
        with self.assertRefused(UserError, "Own is in use"):
            self.own.date_from = self.day(1)
        with self.assertRefused(UserError, "in use and stays readable"):
            self.own.unlink()
        step.write({"days": 3, "name": "Friendly", "responsible": "assistant"})

    def test_new_version_is_a_copy_of_its_own(self):
        self.own.write({"min_days_between": 5, "first_step_id": self.step(15, policy=self.own).id})
        draft = self.draft()
        self.assertEqual(draft.mapped("step_ids.days"), [3, 15, 30])
        self.assertEqual((draft.version, draft.state, draft.min_days_between), (2, "draft", 5))
        self.assertEqual((draft.first_step_id.days, draft.first_step_id.policy_id), (15, draft))
        self.assertEqual(draft.display_name, "Own, version 2")
        self.assertEqual(self.own.action_new_version()["res_id"], draft.id, "One draft at a time")
        draft.step_ids[0].days = 4
        self.assertEqual(self.own.mapped("step_ids.days"), [3, 15, 30])
        draft.unlink()
        self.assertEqual(self.own.action_new_version()["res_id"] > 0, True)

    def test_dates_that_overlap_or_lie_in_the_past(self):
        second = self.version(date_from=5)
        for days in (4, 6):
            self.version(date_from=days)
        third = self.draft(date_from=5)
        with self.assertRefused(ValidationError, "version 2 would both begin|would both begin on"):
            third.action_put_in_force()
        third.date_from = self.day(-1)
        with self.assertRefused(UserError, "cannot begin in the past: choose 03/18/2026"):
            third.action_put_in_force()
        third.date_from = False
        with self.assertRefused(ValidationError, "from which day"):
            third.action_put_in_force()
        third.date_from = self.day(0)
        third.action_put_in_force()
        second.action_back_to_draft()
        self.assertEqual(second.validity, "draft")

    def test_a_draft_that_cannot_work_is_not_put_in_force(self):
        draft = self.draft()
        draft.step_ids = [Command.clear()]
        with self.assertRefused(UserError, "has no steps"):
            draft.action_put_in_force()

    def test_the_first_version_and_versions_in_use(self):
        second = self.version(date_from=0)
        with self.assertRefused(UserError, "in use and stays readable"):
            self.own.unlink()
        with self.assertRefused(UserError, "first version stays in force"):
            self.own.action_back_to_draft()
        self.invoice(self.acme, 100, overdue=4)
        self.confirm()
        self.assertEqual((self.own.is_used, second.is_used), (False, True))
        for act in (second.action_back_to_draft, second.unlink):
            with self.assertRaises(UserError):
                act()

    def test_the_family_is_named_and_archived_as_one(self):
        second = self.version(date_from=5)
        self.company.collection_policy_id = self.policy
        second.write({"name": "Renamed", "active": False})
        self.assertEqual((self.own.name, self.own.active), ("Renamed", False))
        second.active = True
        self.company.collection_policy_id = self.own
        with self.assertRefused(ValidationError, "is in use"):
            second.active = False

    def test_versions_are_the_managers(self):
        draft = self.draft()
        for role in ("collector", "assistant", "auditor"):
            user = self.member(role)
            for act in (self.own.action_new_version, draft.action_put_in_force, draft.action_back_to_draft):
                with self.assertRaises(AccessError, msg=role):
                    getattr(act.__self__.with_user(user), act.__name__)()
            self.assertEqual(self.own.with_user(user).validity, "current")
        manager = self.member("manager")
        for values in ({"state": "active"}, {"is_used": True}, {"version": 9}, {"first_id": False}):
            with self.assertRaises(AccessError):
                draft.with_user(manager).write(values)
        draft.with_user(manager).action_put_in_force()
