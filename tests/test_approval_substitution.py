from psycopg2 import IntegrityError

from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tests import tagged
from odoo.tools import mute_logger

from .approval_common import ApprovalCommon


@tagged("post_install", "-at_install")
class TestApprovalSubstitution(ApprovalCommon):
    # ------------------------------------------------------------------
    # Deciding in somebody's place
    # ------------------------------------------------------------------

    def test_acts_with_the_role_of_the_absent(self):
        approval = self.ask()
        with self.assertRaises(UserError):
            self.approve(approval, self.assistant)
        self.absent(self.manager, self.assistant)
        self.approve(approval, self.assistant)
        self.assertEqual((approval.approver_id, approval.on_behalf_id), (self.assistant, self.manager))
        self.assertIn(f"on behalf of {self.manager.name}", self.demand.message_ids[0].body)

    def test_own_role_comes_first(self):
        self.absent(self.second, self.manager)
        approval = self.ask()
        self.approve(approval, self.manager)
        self.assertFalse(approval.on_behalf_id)

    def test_while_it_lasts(self):
        for start, end, able in ((1, 5, False), (0, 5, True), (-5, 0, True), (-5, -1, False)):
            with self.subTest(start=start, end=end), self.cr.savepoint() as savepoint:
                self.absent(self.manager, self.assistant, start, end)
                approval = self.ask()
                if able:
                    self.approve(approval, self.assistant)
                else:
                    with self.assertRaises(UserError):
                        self.approve(approval, self.assistant)
                savepoint.rollback()
                self.env.invalidate_all()

    def test_requester_through_a_substitute(self):
        """Neither does the substitute of the requester decide in the requester's place, nor the requester in another's."""
        self.absent(self.manager, self.assistant)
        approval = self.ask(self.manager)
        with self.assertRaises(UserError):
            self.approve(approval, self.assistant)
        self.absent(self.second, self.collector)
        self.demand._void_approvals("Again")
        own = self.ask(self.collector)
        with self.assertRefused(UserError, "you asked for this yourself"):
            self.approve(own, self.collector)

    def test_requester_does_not_choose_the_approver(self):
        """An absence that the requester entered or prolonged gives nobody a say in the requester's own matters."""
        own = self._enter(self.manager, self.second, self.assistant)
        approval = self.ask(self.manager)
        with self.assertRaises(UserError):
            self.approve(approval, self.assistant)
        self.assertFalse(approval.with_user(self.assistant).may_decide)
        self.assertFalse(self.Approval.with_user(self.assistant).search_count([("may_decide", "=", True)]))
        own.with_user(self.second).action_end()
        theirs = self._enter(self.second, self.second, self.assistant)
        self.env.invalidate_all()
        self.assertTrue(approval.with_user(self.assistant).may_decide)
        theirs.with_user(self.manager).date_to = self.day(20)
        with self.assertRaises(UserError):
            self.approve(approval, self.assistant)

    def test_chains_are_not_followed(self):
        self.absent(self.controller, self.manager)
        self.absent(self.manager, self.assistant)
        with self.subject(approval_roles=("controller",)):
            approval = self.ask()
            with self.assertRaises(UserError):
                self.approve(approval, self.assistant)
            self.approve(approval, self.manager)

    def test_an_archived_person_has_no_substitute(self):
        self.absent(self.manager, self.assistant)
        approval = self.ask()
        self.manager.active = False
        with self.assertRaises(UserError):
            self.approve(approval, self.assistant)

    def test_other_company(self):
        other = self.second_company()["company"]
        (self.manager | self.assistant).company_ids |= other
        self.absent(self.manager, self.assistant, company_id=other.id)
        with self.assertRaises(UserError):
            self.approve(self.ask(), self.assistant)

    def test_money_limits_are_those_of_the_absent(self):
        self.absent(self.manager, self.assistant)
        with self.subject(may_approve=lambda _record, users: users & (self.second | self.assistant)):
            approval = self.ask()
            with self.assertRaises(UserError):
                self.approve(approval, self.assistant)

    def test_two_signatures_through_a_substitute(self):
        self.absent(self.manager, self.assistant)
        with self.subject(approval_roles=("assistant", "manager")):
            first = self.ask()
            self.approve(first, self.assistant)
            second = self.demand.approval_ids - first
            with self.assertRefused(UserError, "first signature"):
                self.approve(second, self.assistant)

    def test_substitute_sees_and_is_told(self):
        self.company.collection_see_all = False
        self.account(self.acme).collector_id = self.second
        self.absent(self.manager, self.collector)
        approval = self.ask(self.second)
        self.assertTrue(approval.with_user(self.collector).is_mine)
        self.assertIn(approval, self.Approval.with_user(self.collector).search([("is_mine", "=", True)]))
        self.assertEqual(approval.activity_ids.user_id, self.manager | self.collector)
        self.approve(approval, self.collector)
        self.assertEqual(approval.with_user(self.collector).read(["title"])[0]["title"], approval.title)

    # ------------------------------------------------------------------
    # Entering absences
    # ------------------------------------------------------------------

    def _enter(self, user, absent, substitute, **vals):
        return self.Substitution.with_user(user).create(
            {
                "user_id": absent.id,
                "substitute_id": substitute.id,
                "date_from": self.day(0),
                "date_to": self.day(3),
                "company_id": self.company.id,
                **vals,
            }
        )

    def test_a_manager_or_the_person(self):
        self._enter(self.assistant, self.assistant, self.collector)
        self._enter(self.manager, self.second, self.assistant)
        for user in (self.collector, self.assistant):
            with self.subTest(user.login), self.assertRaises(AccessError):
                self._enter(user, self.manager, user)
        auditor, resolver = self.member("auditor"), self.member("resolver")
        for user in (auditor, resolver):
            with self.subTest(user.login), self.assertRaises(AccessError):
                self._enter(user, user, self.collector)

    @mute_logger("odoo.sql_db")
    def test_nobody_stands_in_for_themself(self):
        with self.assertRaises(IntegrityError), self.cr.savepoint():
            self.absent(self.manager, self.manager)
            self.env.flush_all()

    def test_one_substitute_at_a_time(self):
        self.absent(self.manager, self.assistant, 5, 10)
        for start, end in ((0, 5), (10, 12), (6, 8), (1, 20)):
            with self.subTest(start=start, end=end), self.assertRefused(ValidationError, "has a substitute already"):
                self.absent(self.manager, self.second, start, end)
        self.absent(self.manager, self.second, 0, 4)
        self.absent(self.manager, self.second, 11, 12)

    @mute_logger("odoo.sql_db")
    def test_dates_in_order(self):
        self.absent(self.manager, self.assistant, 3, 3)
        with self.assertRaises(IntegrityError), self.cr.savepoint():
            self.absent(self.second, self.assistant, 3, 2)
            self.env.flush_all()

    def test_people_of_the_company(self):
        stranger = self.member("manager", "stranger", companies=self.second_company()["company"])
        for people in ((self.manager, stranger), (stranger, self.manager)):
            with self.assertRefused(ValidationError, "does not work in"):
                self.absent(*people)
        with self.assertRefused(ValidationError, "no role in Collections"):
            self.absent(self.manager, self.member("employee"))

    def test_who_and_since_when_stay(self):
        absence = self.absent(self.manager, self.assistant, -2, 5).with_user(self.manager)
        for vals in ({"substitute_id": self.second.id}, {"user_id": self.second.id}, {"date_from": self.day(-9)}):
            with self.subTest(vals), self.assertRaises(UserError):
                absence.write(vals)
        with self.assertRaises(UserError):
            absence.date_to = self.day(-2)
        with self.assertRaises(UserError):
            absence.unlink()
        absence.date_to = self.day(9)
        absence.action_end()
        self.assertEqual((absence.date_to, absence.is_current), (self.day(-1), False))
        with self.assertRaises(UserError):
            absence.date_to = self.day(9)
        self.absent(self.manager, self.assistant, 3, 5).with_user(self.manager).unlink()

    def test_nobody_prolongs_the_absence_of_others(self):
        absence = self.absent(self.manager, self.assistant)
        for user in (self.assistant, self.collector):
            for act in (
                lambda user=user: absence.with_user(user).write({"date_to": self.day(30)}),
                absence.with_user(user).action_end,
                absence.with_user(user).unlink,
            ):
                with self.assertRaises(AccessError):
                    act()

    def test_search_by_date_of_the_company(self):
        current = self.absent(self.manager, self.assistant, 0, 0)
        later = self.absent(self.second, self.assistant, 1, 1)
        domain = [("id", "in", (current | later).ids)]
        self.assertEqual(self.Substitution.search([*domain, ("is_current", "=", True)]), current)
        self.assertEqual(self.Substitution.search([*domain, ("is_current", "=", False)]), later)
        with self.at("2026-03-19 03:30:00"):  # still the 18th in New York
            self.assertEqual(self.Substitution.search([*domain, ("is_current", "=", True)]), current)
        with self.at("2026-03-19 04:30:00"):
            self.assertEqual(self.Substitution.search([*domain, ("is_current", "=", True)]), later)
