from psycopg2.errors import NotNullViolation

from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tests import tagged
from odoo.tools import mute_logger

from .common import CollectionsCommon


@tagged("post_install", "-at_install")
class TestAccountWorklist(CollectionsCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.collector = cls.member("collector")
        cls.acme = cls.customer()
        cls.item = cls.items(cls.invoice(cls.acme, 100, overdue=5))
        cls.acme_account = cls.account(cls.acme)
        cls.acme_account.collector_id = cls.collector
        Reason = cls.env["collection.work.reason"]
        cls.spoke = cls.reason("Spoke", days=5)
        cls.called = Reason.create({"name": "Called", "action": "done"})
        cls.no_time = cls.env.ref("account_collections.work_reason_skip_time")
        cls.other = cls.env.ref("account_collections.work_reason_skip_other")

    def _work(self, action, *args, account=None, **kwargs):
        return (account or self.acme_account).with_user(self.collector)._work(action, *args, **kwargs)

    def assertListed(self, expected, day=0):
        """Whether the account is on the worklist on a day, by the figures of that day."""
        with self.at(day):
            self.acme_account._refresh()
            self.assertEqual(self.acme_account.on_worklist, expected, f"{day} days from today")

    def assertComesBack(self, day):
        self.assertListed(False, 0)
        self.assertListed(False, day - 1)
        self.assertListed(True, day)
        self.assertListed(True, day + 1)

    # ------------------------------------------------------------------
    # Who stands in the list
    # ------------------------------------------------------------------

    def test_something_collectible(self):
        self.assertListed(True)

    def test_nothing_collectible_stays_out(self):
        self.hold(self.item, days=7)
        for day, listed in ((0, False), (7, False), (8, True)):
            self.assertListed(listed, day)

    def test_not_due_stays_out_until_the_day_after(self):
        customer = self.customer("Globex")
        self.invoice(customer, 100, overdue=-2)
        account = self.account(customer)
        for day, listed in ((0, False), (2, False), (3, True)):
            with self.subTest(day), self.at(day):
                account._refresh()
                self.assertEqual(account.on_worklist, listed)

    def test_customer_in_credit_stays_out(self):
        self.credit(self.acme, 500)
        self.account(self.acme)
        self.assertListed(False)

    def test_follow_up_brings_it_in(self):
        self.pay(self.item.move_id, 100)
        self.assertFalse(self.account(self.acme).on_worklist)
        self.acme_account.with_user(self.collector).write(
            {"next_action": "Thank them", "next_action_date": self.day(3)}
        )
        self.Account._refresh_touched()
        self.assertComesBack(3)

    def test_follow_up_in_the_future_keeps_it_out(self):
        self.acme_account.next_action_date = self.day(3)
        self.assertComesBack(3)

    # ------------------------------------------------------------------
    # Done
    # ------------------------------------------------------------------

    def test_done_needs_an_outcome(self):
        with self.assertRaises(ValidationError):
            self._work("done")
        with self.assertRaises(ValidationError):
            self._work("done", self.no_time)

    def test_done_follows_up_after_the_outcomes_business_days(self):
        log = self._work("done", self.spoke, note="Will pay on Friday", next_action="Check the bank")
        self.assertRecordValues(
            log,
            [
                {
                    "account_id": self.acme_account.id,
                    "user_id": self.collector.id,
                    "business_date": self.today,
                    "next_action_date": self.day(7),
                    "amount_collectible": 100,
                }
            ],
        )
        self.assertRecordValues(
            self.acme_account,
            [
                {
                    "next_action": "Check the bank",
                    "next_action_date": self.day(7),
                    "last_worked_date": self.today,
                }
            ],
        )
        self.assertComesBack(7)

    def test_done_on_a_date_of_ones_own(self):
        self._work("done", self.spoke, next_action_date=self.day(2))
        self.assertComesBack(2)

    def test_follow_up_cannot_be_in_the_past(self):
        with self.assertRaises(ValidationError):
            self._work("done", self.spoke, next_action_date=self.day(-1))
        self._work("done", self.spoke, next_action_date=self.today)
        self.assertListed(True)

    def test_done_without_a_follow_up_is_revisited(self):
        self._work("done", self.called)
        self.assertFalse(self.acme_account.next_action_date)
        self.assertComesBack(7)
        self.company.collection_revisit_days = 3
        self.assertComesBack(3)

    def test_outcome_is_no_contact(self):
        self._work("done", self.env.ref("account_collections.work_reason_reviewed"))
        self.assertRecordValues(self.acme_account, [{"last_contact_date": False, "last_worked_date": self.today}])

    def test_outcome_that_needs_a_note(self):
        internal = self.env.ref("account_collections.work_reason_internal")
        for note in (None, "  "):
            with self.assertRaises(ValidationError):
                self._work("done", internal, note=note)
        self._work("done", internal, note="Sales will call")

    def test_done_ends_a_snooze(self):
        self._work("snooze", next_action_date=self.day(20))
        self._work("done", self.called, next_action_date=self.day(2))
        self.assertComesBack(2)

    # ------------------------------------------------------------------
    # Skip and snooze
    # ------------------------------------------------------------------

    def test_skip_needs_a_reason(self):
        with self.assertRaises(ValidationError):
            self._work("skip")
        with self.assertRaises(ValidationError):
            self._work("skip", self.spoke)
        with self.assertRaises(ValidationError):
            self._work("skip", self.other)
        self.assertListed(True)

    def test_skipped_is_back_tomorrow(self):
        self._work("skip", self.no_time)
        self.assertComesBack(1)
        self.assertFalse(self.acme_account.last_worked_date)

    def test_skipped_on_a_manila_evening_is_back_on_new_yorks_tomorrow(self):
        with self.at("2026-03-18 16:30:00"):  # the 19th in Manila
            self._work("skip", self.no_time)
        self.assertEqual(self.acme_account.skipped_on, self.today)

    def test_snooze_needs_a_date_after_today(self):
        for date in (None, self.day(-1), self.today):
            with self.subTest(date), self.assertRaises(ValidationError):
                self._work("snooze", next_action_date=date)

    def test_snoozed_until_its_date(self):
        self._work("snooze", next_action_date=self.day(1))
        self.assertComesBack(1)
        self._work("snooze", next_action_date=self.day(5))
        self.assertComesBack(5)

    def test_snooze_hides_a_follow_up_too(self):
        self.acme_account.next_action_date = self.today
        self._work("snooze", next_action_date=self.day(5))
        self.assertComesBack(5)

    # ------------------------------------------------------------------
    # The log
    # ------------------------------------------------------------------

    def test_log_cannot_be_forged_or_changed(self):
        log = self._work("skip", self.no_time)
        Log = self.env["collection.work.log"]
        vals = {
            "account_id": self.acme_account.id,
            "action": "skip",
            "reason_id": self.no_time.id,
            "business_date": self.today,
        }
        for user in (self.collector, self.env.user):
            with self.subTest(user.login):
                with self.assertRaises(AccessError):
                    Log.with_user(user).create(vals)
                with self.assertRaises(UserError):
                    log.with_user(user).write({"note": "x"})
                with self.assertRaises(UserError):
                    log.with_user(user).unlink()
        with self.assertRaises(NotNullViolation), mute_logger("odoo.sql_db"):
            Log.with_user(self.collector).with_context(
                **{f"default_{name}": value for name, value in vals.items()}
            ).create({})

    def test_several_at_once(self):
        customers = [self.customer(f"Customer {number}") for number in range(3)]
        for customer in customers:
            self.invoice(customer, 10, overdue=3)
        self.Account._refresh_touched()
        accounts = self.Account.search([("partner_id", "in", [customer.id for customer in customers])])
        self._work("done", self.spoke, account=accounts)
        self.assertFalse(any(accounts.mapped("on_worklist")))
        self.assertEqual(accounts.mapped("next_action_date"), [self.day(7)] * 3)

    def test_two_companies_have_two_dates(self):
        manila = self.second_company(collection_tz="Asia/Manila")["company"]
        self.collector.company_ids += manila
        self.invoice(self.acme, 7, overdue=5, company=manila)
        theirs = self.account(self.acme, manila)
        with self.at("2026-03-18 16:30:00"):
            logs = self._work("skip", self.no_time, account=self.acme_account | theirs)
        self.assertEqual(logs.sorted("id").mapped("business_date"), [self.today, self.day(1)])

    # ------------------------------------------------------------------
    # The dialog
    # ------------------------------------------------------------------

    def test_dialog(self):
        action = self.acme_account.with_user(self.collector).action_work_done()
        dialog = self.env[action["res_model"]].with_user(self.collector).with_context(**action["context"]).create({})
        with self.assertRaises(ValidationError):
            dialog.action_apply()
        dialog.reason_id = self.spoke
        self.assertEqual(dialog.next_action_date, self.day(7), "Proposed by the outcome")
        dialog.action_apply()
        self.assertEqual(self.acme_account.next_action_date, self.day(7))
        with self.assertRaises(AccessError):
            dialog.with_user(self.member("collector", "other")).action_apply()

    def test_auditor_works_nothing(self):
        auditor = self.member("auditor")
        with self.assertRaises(AccessError):
            self.acme_account.with_user(auditor)._work("skip", self.no_time)
        with self.assertRaises(AccessError):
            self.env["collection.account.work"].with_user(auditor).create({"action": "skip"})
