from datetime import datetime

from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tests import tagged

from .common import CollectionsCommon


@tagged("post_install", "-at_install")
class TestAccountDay(CollectionsCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.collector, cls.colleague = cls.member("collector"), cls.member("collector", "colleague", name="Colleague")
        cls.assistant, cls.manager, cls.auditor = (cls.member(role) for role in ("assistant", "manager", "auditor"))
        cls.accounts = cls.Account
        for number in range(4):
            customer = cls.customer(f"Customer {number}")
            cls.invoice(customer, 100 * (number + 1), overdue=5)
            cls.accounts += cls.account(customer)
        cls.accounts.collector_id = cls.collector
        cls.spoke = cls.reason("Spoke", days=5, stage="contacted")
        cls.no_time = cls.env.ref("account_collections.work_reason_skip_time")
        cls.late = cls.env.ref("account_collections.work_reason_left_time")
        cls.waiting = cls.env.ref("account_collections.work_reason_left_waiting")
        cls.other = cls.env.ref("account_collections.work_reason_left_other")
        cls.Day = cls.env["collection.day"]

    def my_day(self, user=None):
        action = self.Day.with_user(user or self.collector).action_my_day()
        return self.Day.browse(action["res_id"]).with_user(user or self.collector)

    def work(self, account, action="done", reason=None, **vals):
        reasons = {"done": self.spoke, "skip": self.no_time}
        return account.with_user(self.collector)._work(action, reason or reasons.get(action), **vals)

    # ------------------------------------------------------------------
    # Figures
    # ------------------------------------------------------------------

    def test_figures_follow_the_work(self):
        self.assertRecordValues(
            self.my_day(), [{"worked_count": 0, "left_count": 4, "overdue_count": 4, "coverage": 0}]
        )
        self.work(self.accounts[0])
        self.work(self.accounts[0])  # twice is once
        self.work(self.accounts[1], "skip")
        self.work(self.accounts[2], "snooze", next_action_date=self.day(3))
        day = self.my_day()
        self.assertRecordValues(
            day,
            [
                {
                    "worked_count": 1,
                    "skipped_count": 1,
                    "snoozed_count": 1,
                    "left_count": 1,
                    "touched_count": 1,
                    "coverage": 25,
                    "date": self.today,
                    "state": "open",
                }
            ],
        )
        self.assertEqual(day.left_account_ids, self.accounts[3])
        self.assertEqual(len(day.log_ids), 4)

    def test_one_sheet_a_day(self):
        day = self.my_day()
        self.assertEqual(self.my_day(), day)
        self.work(self.accounts[0])
        self.assertEqual(self.Day.search([("user_id", "=", self.collector.id)]), day)
        with self.at(1):
            self.assertNotEqual(self.my_day(), day)

    def test_work_opens_the_sheet(self):
        self.work(self.accounts[0])
        day = self.Day.search([("user_id", "=", self.collector.id)])
        self.assertEqual((day.date, day.state), (self.today, "open"))

    def test_business_date_of_the_company(self):
        """A collector in Manila who works at half past twelve at night works on New York's day before."""
        self.collector.tz = "Asia/Manila"
        with self.at("2026-03-18 16:30:00"):
            self.assertEqual(self.my_day().date, self.today)
        with self.at("2026-03-19 03:59:00"):
            self.assertEqual(self.my_day().date, self.today)
        with self.at("2026-03-19 04:00:00"):
            self.assertEqual(self.my_day().date, self.day(1))

    def test_coverage_looks_back_fourteen_days(self):
        with self.at(-14):
            self.work(self.accounts[0])
        with self.at(-13):
            self.work(self.accounts[1])
        self.accounts._refresh()
        self.assertRecordValues(self.my_day(), [{"touched_count": 1, "coverage": 25}])

    def test_coverage_counts_overdue_accounts_only(self):
        self.work(self.accounts[0])
        for account in self.accounts[1:]:
            self.pay(account.open_item_ids.move_id)
            self.account(account.partner_id)
        self.assertRecordValues(self.my_day(), [{"overdue_count": 1, "coverage": 100}])
        self.pay(self.accounts[0].open_item_ids.move_id)
        self.account(self.accounts[0].partner_id)
        self.assertRecordValues(self.my_day(), [{"overdue_count": 0, "coverage": 100}])

    def test_cash_of_the_day_on_own_accounts(self):
        self.pay(self.accounts[0].open_item_ids.move_id, 60)
        self.pay(self.accounts[1].open_item_ids.move_id, 50, payment_date=self.day(-1))
        self.accounts[2].collector_id = self.colleague
        self.pay(self.accounts[2].open_item_ids.move_id, 40)
        (self.items(self.credit(self.accounts[3].partner_id, 5)) | self.accounts[3].open_item_ids[:1]).reconcile()
        day = self.my_day()
        self.assertEqual(day.amount_cash, 60)
        lines = day.with_context(collection_figure="amount_cash").action_view_figure()
        self.assertEqual(self.env["account.move.line"].search(lines["domain"]).mapped("balance"), [-60])

    def test_cash_in_company_currency(self):
        euro = self.foreign_currency()
        bill = self.invoice(self.accounts[0].partner_id, 50, overdue=3, currency=euro)
        self.pay(bill, currency_id=euro.id)
        self.assertEqual(self.my_day().amount_cash, 100)

    def test_figures_lead_to_their_records(self):
        self.work(self.accounts[0])
        self.work(self.accounts[1], "skip")
        day = self.my_day()
        expected = {
            "worked_count": ("collection.work.log", self.accounts[0]),
            "skipped_count": ("collection.work.log", self.accounts[1]),
            "left_count": ("collection.account", self.accounts[2:]),
            "coverage": ("collection.account", self.accounts[1:]),
        }
        for figure, (model, accounts) in expected.items():
            with self.subTest(figure):
                action = day.with_context(collection_figure=figure).action_view_figure()
                records = self.env[model].with_user(self.collector).search(action["domain"])
                self.assertEqual(action["res_model"], model)
                found = records if model == "collection.account" else records.account_id
                self.assertEqual(found.sorted("id"), accounts.sorted("id"))

    def test_team_in_few_queries(self):
        for user in (self.collector, self.colleague, self.assistant):
            self.my_day(user)
        days = self.Day.search([("is_today", "=", True)])
        self.assertEqual(len(days), 3)
        self.env.flush_all()
        self.env.invalidate_all()
        with self.assertQueryCount(20):
            days._refresh_figures()
            self.env.flush_all()

    def test_job_refreshes_the_sheets_of_today(self):
        day = self.my_day()
        self.work(self.accounts[0])
        with self.enter_registry_test_mode():
            self.env.ref("account_collections.ir_cron_day_figures").method_direct_trigger()
        self.env.invalidate_all()
        self.assertEqual(day.worked_count, 1)

    # ------------------------------------------------------------------
    # Closing
    # ------------------------------------------------------------------

    def test_closing_asks_why_accounts_are_left(self):
        day = self.my_day()
        for reason, note in ((None, None), (self.no_time, None), (self.other, " ")):
            with self.subTest(reason and reason.name), self.assertRaises(ValidationError):
                day._close(reason, note)
        self.assertEqual(day.state, "open")
        self.assertFalse(day.left_ids)

    def test_closing_records_a_reason_for_each_account(self):
        self.work(self.accounts[0])
        day = self.my_day()
        with self.at("2026-03-18 22:05:00"):
            day._close(self.late, "Tomorrow first", {self.accounts[3]: (self.waiting, "POD")})
        self.assertRecordValues(
            day,
            [
                {
                    "state": "closed",
                    "closed_by_id": self.collector.id,
                    "closed_on": datetime(2026, 3, 18, 22, 5),
                    "reason_id": self.late.id,
                    "left_count": 3,
                    "worked_count": 1,
                }
            ],
        )
        reasons = {left.account_id: (left.reason_id, left.note) for left in day.left_ids}
        self.assertEqual(
            reasons,
            {
                self.accounts[1]: (self.late, "Tomorrow first"),
                self.accounts[2]: (self.late, "Tomorrow first"),
                self.accounts[3]: (self.waiting, "POD"),
            },
        )
        self.assertEqual(sum(day.left_ids.mapped("amount_collectible")), 900)

    def test_reason_for_each_one_and_none_for_all(self):
        day = self.my_day()
        day._close(exceptions=dict.fromkeys(self.accounts, (self.waiting, None)))
        self.assertEqual(day.state, "closed")
        self.assertEqual(day.left_ids.reason_id, self.waiting)

    def test_nothing_left_needs_no_reason(self):
        self.work(self.accounts)
        day = self.my_day()
        day._close()
        self.assertEqual(day.state, "closed")
        self.assertFalse(day.left_ids)

    def test_closed_sheet_is_locked(self):
        day = self.my_day()
        day._close(self.late)
        self.work(self.accounts[0])
        self.assertEqual(self.my_day(), day)
        self.assertEqual((day.worked_count, day.left_count), (0, 4))
        for act in (day.unlink, lambda: day.write({"note": "x"}), lambda: day.left_ids[0].write({"note": "x"})):
            with self.assertRaises(UserError):
                act()

    def test_second_is_told_who_closed_it_and_when(self):
        day = self.my_day()
        dialog = self._dialog(day)
        with self.at("2026-03-18 21:00:00"):
            day.with_user(self.manager)._close(self.late)
        for act in (dialog.action_close, day.action_close):
            with self.assertRaises(UserError) as caught:
                act()
            told = f"{self.manager.name} closed this day already, on 2026-03-18 17:00 EDT."
            self.assertEqual(str(caught.exception), told)
        self.assertEqual(len(day.left_ids), 4)

    def _dialog(self, day, **vals):
        action = day.action_close()
        Dialog = self.env[action["res_model"]].with_user(self.collector).with_context(**action["context"])
        return Dialog.create({"reason_id": self.late.id, **vals})

    def test_dialog(self):
        day = self.my_day()
        line = {"account_id": self.accounts[0].id, "reason_id": self.waiting.id}
        twice = self._dialog(day, line_ids=[(0, 0, line), (0, 0, line)])
        with self.assertRaises(ValidationError):
            twice.action_close()
        self._dialog(day, line_ids=[(0, 0, line)]).action_close()
        self.assertEqual(
            day.left_ids.filtered(lambda left: left.reason_id == self.waiting).account_id, self.accounts[0]
        )

    def test_earlier_day_is_shown_and_closed_with_one_reason(self):
        early = self.my_day()
        with self.at(2):
            self.work(self.accounts)
            day = self.my_day()
            self.assertEqual(day.earlier_count, 1)
            self.assertEqual(self.Day.search(day.action_view_earlier()["domain"]), early)
            with self.assertRaises(ValidationError):
                early._close()
            early._close(self.late)
            day.invalidate_recordset()
            self.assertEqual(day.earlier_count, 0)
        self.assertEqual((early.left_count, early.worked_count, early.state), (4, 0, "closed"))
        self.assertFalse(early.left_ids, "That evening's list is gone")

    # ------------------------------------------------------------------
    # Who
    # ------------------------------------------------------------------

    def test_collectors_see_their_own_and_others_all(self):
        mine, theirs = self.my_day(), self.my_day(self.colleague)
        days = mine | theirs
        for user, seen in (
            (self.collector, mine),
            (self.colleague, theirs),
            (self.assistant, days),
            (self.manager, days),
            (self.auditor, days),
        ):
            with self.subTest(user.login):
                self.assertEqual(self.Day.with_user(user).search([("id", "in", days.ids)]), seen)

    def test_closing_is_for_the_collector_and_managers(self):
        day = self.my_day()
        for user in (self.colleague, self.auditor):
            with self.subTest(user.login), self.assertRaises(AccessError):
                day.with_user(user)._close(self.late)
            with self.subTest(user.login), self.assertRaises(AccessError):
                day.with_user(user).action_close()
        for user in (self.auditor, self.member("resolver"), self.member("employee")):
            with self.subTest(user.login), self.assertRaises(AccessError):
                self.Day.with_user(user).action_my_day()
        day.with_user(self.assistant)._close(self.late)
        self.assertEqual(day.closed_by_id, self.assistant)

    def test_sheets_of_two_companies(self):
        other = self.second_company()["company"]
        self.collector.company_ids += other
        mine = self.my_day()
        action = self.Day.with_user(self.collector).with_company(other).action_my_day()
        theirs = self.Day.browse(action["res_id"])
        self.assertEqual(theirs.company_id, other)
        self.assertNotEqual(theirs, mine)
        self.assertEqual(theirs.left_count, 0)
        self.assertNotIn(theirs, self.Day.with_user(self.manager).search([]))

    def test_nobody_makes_or_changes_one_by_hand(self):
        day = self.my_day()
        for user in (self.collector, self.manager):
            with self.subTest(user.login), self.assertRaises(AccessError):
                self.Day.with_user(user).create({"user_id": user.id, "company_id": self.company.id, "date": self.today})
            with self.subTest(user.login), self.assertRaises(AccessError):
                day.with_user(user).write({"worked_count": 99})

    # ------------------------------------------------------------------
    # Coverage by collector
    # ------------------------------------------------------------------

    def test_coverage_by_collector(self):
        self.accounts[3].collector_id = self.colleague
        self.work(self.accounts[0])
        self.env.flush_all()
        for user in (self.assistant, self.manager, self.auditor):
            rows = self.env["collection.coverage"].with_user(user).search([("collector_id", "=", self.collector.id)])
            self.assertRecordValues(
                rows, [{"overdue_count": 3, "touched_count": 1, "untouched_count": 2, "amount_untouched": 500}]
            )
            self.assertAlmostEqual(rows.coverage, 33.33, 1)
        action = rows.with_context(collection_untouched=True).action_view_accounts()
        self.assertEqual(self.Account.search(action["domain"]).sorted("id"), self.accounts[1:3].sorted("id"))
        with self.assertRaises(AccessError):
            self.env["collection.coverage"].with_user(self.collector).search([])
