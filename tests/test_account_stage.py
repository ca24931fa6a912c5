from odoo.exceptions import AccessError, UserError
from odoo.tests import tagged

from .common import CollectionsCommon


@tagged("post_install", "-at_install")
class TestAccountStage(CollectionsCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.collector = cls.member("collector")
        cls.acme = cls.customer()
        cls.bill = cls.invoice(cls.acme, 100, overdue=5)
        cls.acme_account = cls.account(cls.acme)
        cls.acme_account.collector_id = cls.collector
        cls.spoke = cls.reason("Spoke", days=5, stage="contacted")
        cls.wrote = cls.reason("Wrote", days=5)
        cls.no_time = cls.env.ref("account_collections.work_reason_skip_time")

    def _work(self, reason, day=0, account=None):
        with self.at(day):
            return (account or self.acme_account).with_user(self.collector)._work(reason.action, reason)

    def _attempt(self, day=0, account=None):
        with self.at(day):
            self.contacted(account or self.acme_account, "no_answer", self.collector, direction="out")

    def assertStage(self, stage, account=None):
        self.assertEqual((account or self.acme_account).stage, stage)

    # ------------------------------------------------------------------
    # The gate
    # ------------------------------------------------------------------

    def test_new_account_is_new(self):
        self.assertStage("new")
        self.assertFalse(self.acme_account.stage_date)
        self.assertFalse(self.acme_account.stage_ids)

    def test_change_is_kept_with_what_was_before(self):
        self.acme_account._set_stage("contacted", "They called")
        with self.at(4):
            changed = self.acme_account.with_user(self.collector)._set_stage("promised", "Pays on Friday", self.bill)
        self.assertEqual(changed, self.acme_account)
        self.assertRecordValues(self.acme_account, [{"stage": "promised", "stage_date": self.day(4)}])
        self.assertRecordValues(
            self.acme_account.stage_ids.sorted("id"),
            [
                {"stage": "contacted", "previous": "new", "business_date": self.today, "days_before": 0, "res_id": 0},
                {
                    "stage": "promised",
                    "previous": "contacted",
                    "business_date": self.day(4),
                    "days_before": 4,
                    "res_id": self.bill.id,
                },
            ],
        )
        self.assertEqual(self.acme_account.stage_ids[0].user_id, self.collector)
        self.assertEqual(self.acme_account.stage_ids[0].reason, "Pays on Friday")

    def test_same_stage_writes_nothing(self):
        self.acme_account._set_stage("refused")
        with self.at(3):
            self.assertFalse(self.acme_account._set_stage("refused"))
        self.assertEqual(len(self.acme_account.stage_ids), 1)
        self.assertEqual(self.acme_account.stage_date, self.today)

    def test_many_at_once(self):
        customers = [self.customer(f"Customer {number}") for number in range(20)]
        for customer in customers:
            self.invoice(customer, 10, overdue=3)
        self.Account._refresh_touched()
        accounts = self.Account.search([("partner_id", "in", [customer.id for customer in customers])])
        accounts[:2]._set_stage("disputed")
        self.env.flush_all()
        self.env.invalidate_all()
        with self.assertQueryCount(12):
            changed = accounts._set_stage("disputed")
            self.env.flush_all()
        self.assertEqual(changed, accounts[2:])
        self.assertEqual(set(accounts.mapped("stage")), {"disputed"})

    def test_business_date_of_each_company(self):
        manila = self.second_company(collection_tz="Asia/Manila")["company"]
        self.invoice(self.acme, 7, overdue=5, company=manila)
        theirs = self.account(self.acme, manila)
        with self.at("2026-03-18 16:30:00"):
            (self.acme_account | theirs)._set_stage("contacted")
        self.assertEqual(self.acme_account.stage_date, self.today)
        self.assertEqual(theirs.stage_date, self.day(1))
        self.assertEqual(theirs.stage_ids.company_id, manila)

    def test_nobody_sets_it_by_hand(self):
        self.acme_account._set_stage("contacted")
        row = self.acme_account.stage_ids
        for user in (self.collector, self.member("manager")):
            with self.subTest(user.login):
                with self.assertRaises(AccessError):
                    self.acme_account.with_user(user).stage = "promised"
                with self.assertRaises(AccessError):
                    row.with_user(user).reason = "x"
                with self.assertRaises(UserError):
                    row.with_user(user).unlink()
                with self.assertRaises(AccessError):
                    row.with_user(user).create({"account_id": self.acme_account.id, "stage": "new", "previous": "new"})

    # ------------------------------------------------------------------
    # Outcomes
    # ------------------------------------------------------------------

    def test_outcome_sets_its_stage(self):
        log = self._work(self.spoke)
        self.assertStage("contacted")
        row = self.acme_account.stage_ids
        self.assertEqual((row.res_model, row.res_id, row.reason), (log._name, log.id, self.spoke.name))

    def test_outcome_without_a_stage_and_skipping_change_nothing(self):
        self._work(self.wrote)
        self.no_time.stage = "refused"  # only outcomes bring an account to a stage
        self._work(self.no_time)
        self.assertStage("new")

    # ------------------------------------------------------------------
    # Unreachable: three attempts in fourteen days
    # ------------------------------------------------------------------

    def test_third_attempt_makes_it_unreachable(self):
        self._attempt()
        self._attempt()
        self.assertStage("new")
        self._attempt()
        self.assertStage("unreachable")

    def test_attempts_within_fourteen_days(self):
        for last, stage in ((14, "new"), (13, "unreachable")):
            with self.subTest(last):
                account = self._fresh(f"Last {last}")
                for day in (0, 7, last):
                    self._attempt(day, account)
                self.assertStage(stage, account)

    def _fresh(self, name):
        customer = self.customer(name)
        self.invoice(customer, 10, overdue=5)
        return self.account(customer)

    def test_limits_are_settings(self):
        self.company.collection_unreachable_attempts = 2
        self.company.collection_unreachable_days = 2
        self._attempt(5)
        self._attempt(7)
        self.assertStage("new")
        self._attempt(8)
        self.assertStage("unreachable")

    def test_right_person_in_between_begins_anew(self):
        self._attempt(5)
        self._attempt(6)
        self._work(self.spoke, 7)
        self._attempt(8)
        self._attempt(9)
        self.assertStage("contacted")
        self._attempt(12)
        self.assertStage("unreachable")

    def test_writing_is_neither_attempt_nor_answer(self):
        self._attempt(0)
        self._work(self.wrote, 1)
        self._attempt(2)
        self.assertStage("new")
        self._attempt(5)
        self.assertStage("unreachable")

    def test_answer_by_other_ways_is_not_overruled_at_night(self):
        for day in range(3):
            self._attempt(day)
        with self.at(4):
            self.acme_account._set_stage("promised", "In the portal")
        with self.at(5):
            self.acme_account._derive_stages()
        self.assertStage("promised")

    def test_right_person_reached_brings_it_back(self):
        for day in range(3):
            self._attempt(day)
        self._work(self.spoke, 3)
        self.assertStage("contacted")

    def test_job_derives_by_sets(self):
        accounts = self.Account.concat(*(self._fresh(f"Customer {number}") for number in range(10)))
        self.company.collection_unreachable_attempts = 9
        for _attempt in range(3):
            self._attempt(account=accounts[:6])
        self.company.collection_unreachable_attempts = 3
        self.assertEqual(accounts._unreachable_accounts(), accounts[:6])
        self.env.flush_all()
        self.env.invalidate_all()
        with self.assertQueryCount(16):
            accounts._derive_stages()
            self.env.flush_all()
        self.assertEqual(accounts.mapped("stage"), ["unreachable"] * 6 + ["new"] * 4)

    def test_job_of_the_next_day(self):
        self.company.collection_unreachable_attempts = 9
        for _attempt in range(3):
            self._attempt()
        self.company.collection_unreachable_attempts = 3
        with self.at(1), self.enter_registry_test_mode():
            self.env.ref("account_collections.ir_cron_refresh").method_direct_trigger()
        self.env.invalidate_all()
        self.assertStage("unreachable")

    def test_everything_paid_is_new_again(self):
        self.acme_account._set_stage("promised")
        self.acme_account._derive_stages()
        self.assertStage("promised")
        self.pay(self.bill)
        self.account(self.acme)._derive_stages()
        self.assertStage("new")
