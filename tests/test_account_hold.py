import json

from psycopg2 import IntegrityError

from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tests import tagged
from odoo.tools import mute_logger

from .common import CollectionsCommon


@tagged("post_install", "-at_install")
class TestAccountHold(CollectionsCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.acme = cls.customer()
        cls.collector = cls.member("collector")
        cls.item = cls.items(cls.invoice(cls.acme, 100, overdue=5))
        cls.acme_account = cls.account(cls.acme)
        cls.Hold = cls.env["collection.hold"]
        cls.eur = cls.foreign_currency(rate=0.3)

    def _vals(self, **vals):
        return {
            "account_id": self.acme_account.id,
            "move_line_id": self.item.id,
            "date_until": self.day(7),
            "reason": "Waiting for the customer's new bank",
            **vals,
        }

    def _collectors(self, **vals):
        return self.Hold.with_user(self.collector).create(self._vals(**vals))

    # ------------------------------------------------------------------
    # A person's hold
    # ------------------------------------------------------------------

    def test_collector_pauses_an_item(self):
        hold = self._collectors(amount_currency=40)
        self.assertRecordValues(
            hold,
            [
                {
                    "kind": "manual",
                    "amount": 40,
                    "date_from": self.today,
                    "user_id": self.collector.id,
                    "is_live": True,
                    "company_id": self.company.id,
                }
            ],
        )
        self.assertTrue(hold.name.startswith("HOLD/"))
        self.assertFigures(self.acme, amount_collectible=60)

    def test_without_an_amount_all_that_is_free_is_held(self):
        self._collectors(amount_currency=40)
        self.assertEqual(self._collectors().amount_currency, 60)
        self.assertFigures(self.acme, amount_collectible=0)

    def test_company_amount_alone(self):
        self.assertEqual(self._collectors(amount=25).amount_currency, 25)

    def test_amounts_at_the_booked_ratio(self):
        item = self.items(self.invoice(self.acme, 100, overdue=5, currency=self.eur))
        self.assertEqual(item.amount_residual, 333.33)
        for given, amount_currency, amount in (
            ({"amount_currency": 10}, 10, 33.33),
            ({"amount": 33.33}, 10, 33.33),
            ({"amount_currency": 10, "amount": 300}, 10, 33.33),
            ({}, 70, 233.33),
        ):
            with self.subTest(given):
                hold = self._collectors(move_line_id=item.id, **given)
                self.assertRecordValues(
                    hold, [{"amount_currency": amount_currency, "amount": amount, "currency_id": self.eur.id}]
                )

    def test_needs_a_reason_and_an_end(self):
        for missing in ({"reason": False}, {"reason": "  "}, {"date_until": False}):
            with self.subTest(missing), self.assertRaises(ValidationError):
                self._collectors(**missing)

    @mute_logger("odoo.sql_db")
    def test_ends_today_at_the_earliest(self):
        self._collectors(amount_currency=1, date_until=self.today)
        with self.assertRaises(IntegrityError):
            self._collectors(amount_currency=1, date_until=self.day(-1))

    @mute_logger("odoo.sql_db")
    def test_nothing_cannot_be_held(self):
        for amount in (0, -5):
            with self.subTest(amount), self.assertRaises(IntegrityError):
                self._collectors(amount_currency=amount)

    def test_not_more_than_is_open(self):
        self._collectors(amount_currency=60)
        with self.assertRaises(ValidationError):
            self._collectors(amount_currency=40.01)
        self._collectors(amount_currency=40)
        with self.assertRaises(IntegrityError), mute_logger("odoo.sql_db"):
            self._collectors()

    def test_only_open_receivables_of_the_customer(self):
        globex = self.items(self.invoice(self.customer("Globex"), 100, overdue=5))
        revenue = self.item.move_id.line_ids - self.item
        payable = self.invoice(self.acme, 100, move_type="in_invoice").line_ids.filtered("date_maturity")[:1]
        draft = self.items(self.invoice(self.acme, 100, post=False))
        theirs = self.items(self.invoice(self.acme, 55, company=self.second_company()["company"]))
        for item in (globex, revenue[:1], payable, draft, theirs):
            with self.subTest(item.display_name), self.assertRaises(UserError):
                self.Hold.create(self._vals(move_line_id=item.id, amount_currency=1))

    # ------------------------------------------------------------------
    # Never edited
    # ------------------------------------------------------------------

    def test_cannot_be_changed(self):
        hold = self._collectors(amount_currency=40)
        for vals in (
            {"amount_currency": 10},
            {"amount": 10},
            {"date_until": self.day(90)},
            {"reason": "x"},
            {"name": "x"},
            {"kind": "payment"},
        ):
            for user in (self.collector, self.env.user):
                with self.subTest(vals=vals, user=user.login), self.assertRaises(UserError):
                    hold.with_user(user).write(vals)
            with self.subTest(vals=vals, user="superuser"), self.assertRaises(UserError):
                hold.sudo().write(vals)

    def test_cannot_be_deleted(self):
        hold = self._collectors(amount_currency=40)
        with self.assertRaises(AccessError):
            hold.with_user(self.collector).unlink()
        with self.assertRaises(UserError):
            hold.sudo().unlink()

    def test_cannot_be_changed_through_its_account(self):
        hold = self._collectors(amount_currency=40)
        for command in ([1, hold.id, {"amount_currency": 1}], [2, hold.id, 0], [3, hold.id, 0]):
            with self.subTest(command), self.assertRaises(UserError):
                self.acme_account.with_user(self.collector).write({"hold_ids": [command]})

    def test_release_and_place_anew(self):
        hold = self._collectors(amount_currency=40)
        with self.at(1):
            hold.with_user(self.collector).action_release()
            self.assertRecordValues(hold, [{"date_released": self.day(1), "amount_currency": 40, "is_live": False}])
            self.assertIn(self.collector.name, hold.released_reason)
            self.assertFigures(self.acme, amount_collectible=100)
            self._collectors(amount_currency=70)
            self.assertFigures(self.acme, amount_collectible=30)
        self.assertTrue(hold._is_live_on(self.today), "As of yesterday, it was in force")
        self.assertFalse(hold._is_live_on(self.day(1)))

    def test_releasing_twice_keeps_the_first_day(self):
        hold = self._collectors(amount_currency=40)
        hold.with_user(self.collector).action_release()
        with self.at(3):
            hold.with_user(self.collector).action_release()
        self.assertEqual(hold.date_released, self.today)

    def test_holds_of_cases_are_not_released_by_hand(self):
        hold = self.place(self.item, 40)
        for user in (self.collector, self.env.user):
            with self.assertRaises(UserError):
                hold.with_user(user).action_release()

    def test_released_hold_frees_its_amount_for_another(self):
        hold = self._collectors(amount_currency=100)
        hold.with_user(self.collector).action_release()
        self._collectors(amount_currency=100)
        self.assertFigures(self.acme, amount_collectible=0, amount_held=100)

    # ------------------------------------------------------------------
    # What users and RPC cannot set
    # ------------------------------------------------------------------

    def test_guarded_values_of_a_new_hold(self):
        for vals in (
            {"user_id": self.env.user.id},
            {"date_from": self.day(-30)},
            {"date_released": self.today},
            {"res_model": "account.payment", "res_id": 1},
            {"name": "HOLD/1"},
        ):
            with self.subTest(vals), self.assertRaises(AccessError):
                self._collectors(amount_currency=1, **vals)
        with self.assertRaises(UserError):
            self._collectors(amount_currency=1, kind="payment")

    def test_defaults_of_a_context_are_no_way_around(self):
        context = {
            "default_kind": "payment",
            "default_date_from": "2020-01-01",
            "default_res_id": 7,
            "default_date_released": "2020-01-02",
        }
        hold = self.Hold.with_user(self.collector).with_context(**context).create(self._vals(amount_currency=1))
        self.assertRecordValues(
            hold, [{"kind": "manual", "date_from": self.today, "res_id": 0, "date_released": False}]
        )

    def test_pass_cannot_be_forged_through_json(self):
        hold = self._collectors(amount_currency=40)
        for forged in (True, 1, "pass", {}, [], None, "<object object at 0x7f>"):
            context = json.loads(json.dumps({"collection_guard": forged}))
            if isinstance(forged, (dict, list)):
                continue  # a context with them is refused by the framework: it must be hashable
            with self.subTest(forged), self.assertRaises(UserError):
                hold.with_user(self.collector).with_context(**context).write({"amount_currency": 1})
            with self.subTest(forged), self.assertRaises(AccessError):
                self.acme_account.with_user(self.collector).with_context(**context).write({"amount_collectible": 1})

    def test_new_holds_do_not_carry_the_pass(self):
        hold = self.place(self.item, 40)
        self.assertFalse(hold._has_pass())
        self.assertFalse(self._collectors(amount_currency=1)._has_pass())

    # ------------------------------------------------------------------
    # In force
    # ------------------------------------------------------------------

    def test_in_force(self):
        one = self._collectors(amount_currency=10, date_until=self.day(2))
        released = self._collectors(amount_currency=10)
        released.with_user(self.collector).action_release()
        later = self.place(self.item, 10, days=None, date_from=self.day(3))
        mine = [("account_id", "=", self.acme_account.id)]
        for day, live in ((0, one), (2, one), (3, later), (900, later)):
            with self.subTest(day), self.at(day):
                (one | released | later).invalidate_recordset(["is_live"])
                self.assertEqual(self.Hold.search([*mine, ("is_live", "=", True)]), live)
                self.assertEqual(self.Hold.search([*mine, ("is_live", "!=", True)]), (one | released | later) - live)
                self.assertEqual(self.Hold.search([*mine, ("is_live", "=", False)]), (one | released | later) - live)
                self.assertEqual(self.Hold.search([*mine, ("is_live", "in", [True, False])]), one | released | later)
                self.assertEqual((one | released | later).filtered("is_live"), live)
                held = self.item._collection_held_amounts()[self.item.id]
                self.assertEqual(held, sum(live.mapped("amount_currency")))

    def test_in_force_by_each_companys_date(self):
        other = self.second_company(collection_tz="Asia/Manila")["company"]
        theirs = self.items(self.invoice(self.acme, 55, overdue=5, company=other))
        here, there = self.hold(self.item, 10, days=0), self.hold(theirs, 10, days=0)
        with self.at("2026-03-18 16:30:00"):  # tomorrow in Manila
            for env in (self.env, self.env(su=True), self.env(context={"allowed_company_ids": [self.company.id]})):
                self.assertEqual(
                    env["collection.hold"].search([("is_live", "=", True), ("id", "in", (here | there).ids)]), here
                )

    def test_item_shows_what_is_held_and_free(self):
        credit = self.items(self.credit(self.acme, 50))
        self.assertRecordValues(
            self.item, [{"collection_held": 0, "collection_free": 100, "collection_days_overdue": 5}]
        )
        self._collectors(amount_currency=40)
        self.assertRecordValues(
            self.item | credit,
            [{"collection_held": 40, "collection_free": 60}, {"collection_held": 0, "collection_free": 0}],
        )
        self.pay(self.item.move_id, 80)
        self.assertRecordValues(self.item, [{"collection_held": 20, "collection_free": 0}])

    def test_items_are_shown_in_few_queries(self):
        invoices = self.invoice(self.acme, 1, overdue=5)
        for _each in range(20):
            invoices |= self.invoice(self.acme, 1, overdue=5)
        items = self.items(invoices)
        self.hold(items[0], 1)
        self.env.flush_all()
        fields = ["collection_held", "collection_free", "collection_days_overdue"]
        counts = []
        for lines in (items[:2], items):
            self.env.invalidate_all()
            before = self.env.cr.sql_log_count
            lines.read(fields)
            counts.append(self.env.cr.sql_log_count - before)
        self.assertLessEqual(counts[1], counts[0])

    # ------------------------------------------------------------------
    # The dialog
    # ------------------------------------------------------------------

    def _dialog(self, user=None, **vals):
        Dialog = self.env["collection.hold.place"].with_user(user or self.collector)
        return Dialog.with_context(default_account_id=self.acme_account.id).create(
            {"date_until": self.day(7), "reason": "Holiday", **vals}
        )

    def test_dialog_offers_what_is_free(self):
        self._collectors(amount_currency=40)
        self.invoice(self.acme, 30, overdue=-3)
        self.credit(self.acme, 20)
        dialog = self._dialog()
        self.assertEqual(sorted(dialog.line_ids.mapped("amount_currency")), [30, 60])
        with self.assertRaises(ValidationError):
            dialog.action_place()
        dialog.line_ids.selected = True
        dialog.action_place()
        self.assertFigures(self.acme, amount_collectible=0, amount_held=130)

    def test_dialog_is_its_users_own(self):
        dialog = self._dialog()
        other = self.member("collector", "other")
        with self.assertRaises(AccessError):
            dialog.with_user(other).read(["reason"])
