from odoo.exceptions import ValidationError
from odoo.tests import Form, tagged

from .common import CollectionsCommon


@tagged("post_install", "-at_install")
class TestAccountPage(CollectionsCommon):
    """What the account's page leads to: the items of a figure, the next account; filters by date; settings."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.collector = cls.member("collector")
        cls.colleague = cls.member("collector", login="colleague")

    def worked_account(self, name, amount, collector=None, **vals):
        """An account on the worklist; the greater the amount, the higher it stands."""
        self.invoice(customer := self.customer(name), amount, overdue=5, **vals)
        account = self.account(customer)
        account.collector_id = self.collector if collector is None else collector
        return account

    def next_of(self, account, listed=None):
        return account.with_user(self.collector).with_context(collection_list_ids=listed)._next_on_worklist()

    # ------------------------------------------------------------------
    # From a figure to its items
    # ------------------------------------------------------------------

    def test_items_of_each_figure_add_up_to_it(self):
        customer = self.customer()
        for amount, overdue in enumerate((-1, 0, 1, 30, 31, 60, 61, 90, 91, 120, 121), start=1):
            self.invoice(customer, amount, overdue=overdue)
        self.credit(customer, 500)
        self.entry(customer, 1000, overdue=45)
        held = self.invoice(customer, 2000, overdue=3)
        self.hold(self.items(held))
        account = self.account(customer)
        figures = "aging_current aging_1 aging_2 aging_3 aging_4 aging_5 amount_overdue amount_held"
        for figure in figures.split():
            action = account.with_context(collection_items=figure).action_view_items()
            items = self.env["account.move.line"].search(action["domain"])
            self.assertTrue(items, figure)
            self.assertEqual(sum(items.mapped("amount_residual")), account[figure], figure)
        action = account.with_context(collection_items="amount_unapplied").action_view_items()
        unapplied = self.env["account.move.line"].search(action["domain"])
        self.assertEqual(sum(unapplied.mapped("amount_residual")), -500)
        everything = self.env["account.move.line"].search(account.action_view_items()["domain"])
        self.assertEqual(everything, account.open_item_ids)

    def test_labels_follow_the_limits_of_the_company(self):
        account = self.worked_account("Acme", 100)
        self.assertEqual(account.aging_labels, ["Not due", "1–30", "31–60", "61–90", "91–120", "> 120"])
        self.company.collection_bucket_1 = 15
        account.invalidate_recordset()
        self.assertEqual(account.aging_labels[1:3], ["1–15", "16–60"])

    # ------------------------------------------------------------------
    # The next account
    # ------------------------------------------------------------------

    def test_next_is_the_most_urgent_of_mine_and_nobodys(self):
        self.worked_account("Colleague's", 90000, self.colleague)
        nobodys = self.worked_account("Nobody's", 20000, False)
        mine = self.worked_account("Mine", 2000)
        self.assertEqual(self.next_of(mine), nobodys)
        self.assertEqual(self.next_of(nobodys), mine)
        nobodys._work("skip", self.env.ref("account_collections.work_reason_skip_time"))
        self.assertFalse(self.next_of(mine))
        self.assertEqual(mine.with_user(self.collector).action_next()["tag"], "display_notification")

    def test_next_follows_the_list_that_the_user_came_from(self):
        first, second, third, unlisted = (self.worked_account(name, 20000 - i) for i, name in enumerate("ABCD"))
        listed = [third.id, first.id, second.id]
        self.assertEqual(self.next_of(third, listed), first)
        self.assertEqual(self.next_of(first, listed), second)
        self.assertEqual(self.next_of(second, listed), unlisted, "at its end, the rest of the worklist")
        unlisted._work("skip", self.env.ref("account_collections.work_reason_skip_time"))
        self.assertIn(self.next_of(second, listed), first + third, "then what was passed over")
        first._work("skip", self.env.ref("account_collections.work_reason_skip_time"))
        self.assertEqual(self.next_of(third, listed), second, "what was worked is left out")

    def test_next_stays_within_what_the_user_may_see(self):
        self.company.collection_see_all = False
        mine = self.worked_account("Mine", 2000)
        hidden = self.worked_account("Colleague's", 90000, self.colleague)
        self.assertFalse(self.next_of(mine, [mine.id, hidden.id]))

    def test_save_and_next(self):
        first, second = self.worked_account("A", 20000), self.worked_account("B", 2000)
        Wizard = self.env["collection.account.work"].with_user(self.collector)
        form = Form(Wizard.with_context(first.action_work_done()["context"], collection_list_ids=[first.id, second.id]))
        form.reason_id = self.reason(days=2)
        action = form.save().action_apply_next()
        self.assertEqual((action["tag"], action["params"]), ("collection_open_account", {"account_id": second.id}))
        self.assertFalse(first.on_worklist)

    def test_several_at_once_keep_their_own_days(self):
        accounts = self.worked_account("A", 20000) + self.worked_account("B", 2000)
        accounts.with_user(self.collector)._work("done", self.reason(days=2))
        self.assertEqual(accounts.mapped("next_action_date"), [self.day(2)] * 2)

    # ------------------------------------------------------------------
    # Filters by date
    # ------------------------------------------------------------------

    def test_filters_know_the_company_s_date(self):
        account = self.worked_account("Acme", 100)
        account.next_action_date = self.today
        found = self.Account.with_user(self.collector).search
        follow_up = [("day_filter", "=", "follow_up"), ("id", "=", account.id)]
        # 00:30 in Manila is still the day before in New York.
        with self.at(f"{self.day(-1)} 16:30:00"):
            self.assertFalse(found(follow_up))
        with self.at(f"{self.today} 03:59:00"):
            self.assertFalse(found(follow_up))
        with self.at(f"{self.today} 04:00:00"):
            self.assertEqual(found(follow_up), account)
        self.assertTrue(found([("day_filter", "=", "silent"), ("id", "=", account.id)]))
        self.contacted(account)
        self.assertFalse(found([("day_filter", "=", "silent"), ("id", "=", account.id)]))
        self.assertTrue(found([("day_filter", "in", ["worked", "snoozed"]), ("id", "=", account.id)]))
        self.assertFalse(found([("day_filter", "=", "snoozed"), ("id", "=", account.id)]))
        logs = [("is_today", "=", True), ("account_id", "=", account.id)]
        self.assertEqual(self.env["collection.work.log"].search(logs), account.work_log_ids)
        with self.at(1):
            self.assertFalse(self.env["collection.work.log"].search(logs))

    def test_silent_for_fourteen_days(self):
        account = self.worked_account("Acme", 100)
        self.contacted(account)
        silent = [("day_filter", "=", "silent"), ("id", "=", account.id)]
        with self.at(14):
            self.assertFalse(self.Account.search(silent))
        with self.at(15):
            self.assertTrue(self.Account.search(silent))

    # ------------------------------------------------------------------
    # Settings
    # ------------------------------------------------------------------

    def test_limits_that_rise_are_set_together(self):
        customer = self.customer()
        self.invoice(customer, 100, overdue=31)
        self.assertFigures(customer, aging_2=100)
        settings = self.env["res.config.settings"].create({"company_id": self.company.id})
        self.assertEqual(settings.collection_bucket_2, 60)
        settings.write({f"collection_bucket_{number}": 45 * number for number in range(1, 5)})
        settings.set_values()
        self.assertEqual(self.company._collection_buckets(), (45, 90, 135, 180))
        self.assertFigures(customer, aging_1=100, aging_2=0)
        settings.collection_bucket_4 = 100
        with self.assertRaisesRegex(ValidationError, "45 / 90 / 135 / 100"):
            settings.set_values()
