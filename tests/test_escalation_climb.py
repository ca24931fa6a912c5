from odoo.exceptions import UserError
from odoo.tests import tagged

from .escalation_common import EscalationCommon


@tagged("post_install", "-at_install")
class TestEscalationClimb(EscalationCommon):
    """What is not decided in time climbs, once for a due date; absent people are stood in for, or passed over."""

    def test_due_yesterday_climbs_today_once(self):
        escalation = self.request()  # due on Thursday
        self.night(0)
        self.night(1)
        self.assertEqual((escalation.user_id, escalation.climb_count), (self.ana, 0), "Due today is not late")
        self.night(2)
        self.assertEqual(
            (escalation.user_id, escalation.rung, escalation.climb_count, escalation.due_date),
            (self.max, "manager", 1, self.day(5)),
        )
        self.assertEqual(self.tasks(escalation), self.max)
        self.night(2)
        self.assertEqual((escalation.user_id, escalation.climb_count), (self.max, 1), "Once")
        self.assertEqual(self.kinds(escalation), ["opened", "climbed"])
        self.assertEqual(len(self.told(self.max)), 1)
        self.night(5)
        self.assertEqual(escalation.climb_count, 1)
        self.night(6)
        self.assertEqual((escalation.user_id, escalation.rung), (self.cleo, "top"))

    def test_at_the_top_it_stays(self):
        escalation = self.request(user=self.cleo)
        for day in (2, 2, 5, 9):
            self.night(day)
        self.assertEqual((escalation.user_id, escalation.climb_count, escalation.due_date), (self.cleo, 0, self.day(1)))
        self.assertEqual(self.kinds(escalation), ["opened", "top"])
        with self.at(9):
            self.assertTrue(escalation.is_late)
            self.assertEqual(self.Escalation.search([("is_late", "=", True)]), escalation)
            self.decide(escalation)

    def test_nobody_above_until_somebody_comes(self):
        self.cleo.active = False
        escalation = self.request(user=self.max)
        self.night(2)
        self.assertEqual((escalation.user_id, self.kinds(escalation)), (self.max, ["opened", "top"]))
        boss = self.member("controller", "boss")
        self.night(2)
        self.assertEqual(escalation.user_id, self.max, "Looked at once a day")
        self.night(5)
        self.assertEqual(escalation.user_id, boss)

    def test_the_one_above_is_a_setting(self):
        boss = self.member("manager", "boss")
        self.company.collection_escalation_top_id = boss
        escalation = self.request(user=self.max)
        self.night(2)
        self.assertEqual((escalation.user_id, escalation.rung), (boss, "top"))
        self.decide(escalation, by=boss)
        with self.assertRefused(UserError, "does not decide in Collections"):
            self.company.collection_escalation_top_id = self.collector

    def test_it_never_climbs_to_whoever_asked(self):
        escalation = self.request(by=self.max, user=self.ana)
        self.night(2)
        self.assertEqual(escalation.user_id, self.cleo)

    def test_decided_and_withdrawn_do_not_climb(self):
        decided = self.decide(self.request())
        withdrawn = self.request()
        withdrawn.with_user(self.collector).action_withdraw()
        self.night(3)
        self.assertEqual((decided | withdrawn).mapped("climb_count"), [0, 0])

    def test_each_company_by_its_own_day(self):
        manila = self.second_company(collection_tz="Asia/Manila")["company"]
        people = self.collector | self.ana | self.max
        people.company_ids |= manila
        manila.collection_manager_id = self.max
        self.invoice(self.acme, 7, overdue=5, company=manila)
        theirs = self.account(self.acme, manila)
        escalations = self.request() | self.request(account=theirs)
        with self.at("2026-03-19 17:00:00"), self.enter_registry_test_mode():  # Friday in Manila, Thursday in New York
            self.env.ref("account_collections.ir_cron_escalation").method_direct_trigger()
        self.env.invalidate_all()
        self.assertEqual(escalations.mapped("climb_count"), [0, 1])

    def test_many_climb_in_few_queries(self):
        accounts = self.acme_account
        for number in range(20):
            customer = self.customer(f"Customer {number}")
            self.invoice(customer, 100, overdue=3)
            accounts |= self.account(customer)
        found = self.request(account=accounts)
        with self.at(2):
            self.env.flush_all()
            self.env.invalidate_all()
            with self.assertQueryCount(110):
                found.sudo()._climb()
                self.env.flush_all()
        self.assertEqual(found.user_id, self.max)
        self.assertEqual(self.told(self.max), ["21 escalations for you to decide"])

    # ------------------------------------------------------------------
    # Absent
    # ------------------------------------------------------------------

    def test_absent_with_a_substitute(self):
        self.absent(self.ana, substitute=self.max)
        escalation = self.request()
        self.assertEqual((escalation.user_id, escalation.acting_id), (self.ana, self.max))
        self.assertEqual(self.tasks(escalation), self.max)
        self.assertEqual((len(self.told(self.ana)), len(self.told(self.max))), (0, 1))
        self.decide(escalation, by=self.max)
        # A manager decides on what is an assistant's in their own role.
        self.assertEqual((escalation.decided_by_id, escalation.on_behalf_id), (self.max, self.env["res.users"]))

    def test_a_collector_stands_in(self):
        carl = self.member("collector", "carl", name="Carl Stand-In")
        self.absent(self.max, substitute=carl)
        escalation = self.request(user=self.max)
        self.assertEqual((escalation.user_id, escalation.acting_id), (self.max, carl))
        self.decide(escalation, "take_over", "Mine", by=carl)
        self.assertEqual((escalation.decided_by_id, escalation.on_behalf_id), (carl, self.max))
        self.assertEqual(self.acme_account.collector_id, carl)

    def test_the_substitute_does_not_decide_on_what_they_asked_for(self):
        self.absent(self.max, substitute=self.collector)
        with self.assertRefused(UserError, "you are the substitute"):
            self.request(user=self.max)
        wizard = (
            self.env["collection.escalation.open"].with_user(self.ana).create({"account_ids": self.acme_account.ids})
        )
        self.assertIn("Colin Collector decides", wizard.acting_text)

    def test_absent_without_a_substitute(self):
        self.absent(self.max)
        with self.assertRefused(UserError, "Max Manager is absent and has no substitute"):
            self.request(user=self.max)
        escalation = self.request()  # from Ana
        self.night(2)
        self.assertEqual(escalation.user_id, self.cleo, "Passed over")

    def test_away_and_back_again(self):
        escalation = self.request(user=self.ana, due_date=self.day(8))
        self.absent(self.ana, 1, 2, substitute=self.cleo)
        for day, person in ((0, self.ana), (1, self.cleo), (2, self.cleo), (5, self.ana)):
            self.night(day)
            self.assertEqual((escalation.user_id, escalation.acting_id), (self.ana, person), day)
            self.assertEqual(self.tasks(escalation), person)
        self.assertEqual(escalation.due_date, self.day(8))
        self.assertEqual(self.kinds(escalation), ["opened", "absent", "absent"])

    def test_leaves_while_it_is_open(self):
        escalation = self.request(due_date=self.day(8))
        self.ana.active = False
        self.night(1)
        self.assertEqual((escalation.user_id, escalation.climb_count, escalation.due_date), (self.max, 0, self.day(2)))
        self.assertEqual(self.kinds(escalation), ["opened", "absent"])
        with self.assertRefused(UserError, "Ana Assistant does not work in"):
            self.request(account=self.beta_account())

    def beta_account(self):
        beta = self.customer("Beta")
        self.invoice(beta, 50, overdue=3)
        return self.account(beta)

    def test_nobody_is_there(self):
        (self.ana | self.cleo).active = False
        self.absent(self.max)
        others = self.env["collection.approval"]._people_by_role(self.company)
        (others["assistant"] | others["manager"] | others["controller"]).filtered(
            lambda user: user not in self.max | self.env.user
        ).active = False
        wizard = (
            self.env["collection.escalation.open"]
            .with_user(self.collector)
            .create({"account_ids": self.acme_account.ids, "reason": "x"})
        )
        self.assertFalse(wizard.user_id)
        with self.assertRefused(UserError, "There is nobody in"):
            wizard.action_open()
        # A rule's finding is not lost: it waits for the manager.
        self.rule()
        self.night(0)
        self.assertEqual(self.open_of().user_id, self.max)
