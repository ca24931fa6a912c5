from odoo import Command
from odoo.exceptions import UserError, ValidationError
from odoo.tests import Form, tagged

from .promise_common import PromiseCommon


@tagged("post_install", "-at_install")
class TestPromiseEntry(PromiseCommon):
    """Taking, confirming, moving and withdrawing promises, with the rights of a collector."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.collector = cls.member("collector", name="Carla")
        cls.manager = cls.member("manager")
        cls.old = cls.items(cls.invoice(cls.acme, 15_000, overdue=40))
        cls.new = cls.items(cls.invoice(cls.acme, 8_000, overdue=5))
        cls.later = cls.items(cls.invoice(cls.acme, 500, overdue=-20))
        cls.acme_account = cls.account(cls.acme)
        cls.eur = cls.foreign_currency(rate=0.5)

    def _dialog(self, user=None, **context):
        action = self.acme_account.with_user(user or self.collector).action_promise()
        Make = self.env[action["res_model"]].with_user(user or self.collector)
        return Form(Make.with_context(**action["context"], **context))

    # ------------------------------------------------------------------
    # "20,000 on Friday"
    # ------------------------------------------------------------------

    def test_amount_and_date_fill_the_oldest_items(self):
        with self._dialog() as form:
            form.amount = 20_000
            form.quick_date = "friday"
        self.assertEqual(form.date, "2026-03-20" if isinstance(form.date, str) else self.day(2))
        form.record.action_apply()
        promise = self.acme_account.promise_ids
        self.assertRecordValues(
            promise,
            [
                {
                    "state": "open",
                    "amount": 20_000,
                    "date": self.today,
                    "user_id": self.collector.id,
                    "next_date": self.day(2),
                    "source": "collector",
                    "channel": "call",
                }
            ],
        )
        self.assertEqual(
            [(each.move_line_id, each.amount) for each in promise.line_ids], [(self.old, 15_000), (self.new, 5_000)]
        )
        self.assertFigures(self.acme, amount_collectible=3_000, amount_promised=20_000)

    def test_several_instalments(self):
        with self._dialog() as form:
            form.is_split = True
            for days, amount in ((2, 1_000), (9, 2_000)):
                with form.installment_ids.new() as instalment:
                    instalment.date = self.day(days)
                    instalment.amount = amount
        self.assertEqual(form.record.amount, 3_000)
        form.record.action_apply()
        promise = self.acme_account.promise_ids
        self.assertEqual(promise.installment_ids.mapped("amount"), [1_000, 2_000])
        self.assertEqual(promise.line_ids.mapped("amount"), [3_000])

    def test_more_than_there_is(self):
        with self._dialog() as form:
            form.amount = 23_500.01
            form.date = self.day(2)
        with self.assertRaisesRegex(ValidationError, "23,500.00"):
            form.record.action_apply()
        self.assertFalse(self.acme_account.promise_ids)

    def test_items_chosen_by_hand(self):
        with self._dialog() as form:
            form.amount = 8_000
            form.date = self.day(2)
        wizard = form.record
        wizard.line_ids = [Command.clear(), Command.create({"move_line_id": self.new.id, "amount": 8_000})]
        wizard.action_apply()
        self.assertEqual(self.acme_account.promise_ids.line_ids.move_line_id, self.new)

    def test_a_currency_of_its_own(self):
        euro = self.items(self.invoice(self.acme, 1_000, overdue=3, currency=self.eur))
        promise = self.promise(euro, (2, 600))
        self.assertEqual((promise.currency_id, promise.amount_currency, promise.amount), (self.eur, 600, 1_200))
        self.assertEqual(promise.tolerance_amount, 25)
        self.assertFigures(self.acme, amount_promised=1_200)
        with self.assertRaises(ValidationError):
            self.draft({euro: 100, self.old: 100}, (2, 200))
        self.pay(euro.move_id, 300)
        self.states(promise)
        self.assertEqual(
            (promise.installment_ids.amount_received_currency, promise.installment_ids.amount_received), (300, 600)
        )

    # ------------------------------------------------------------------
    # What is refused
    # ------------------------------------------------------------------

    def test_dates(self):
        for days in (0, 30):
            self.assertEqual(self.promise({self.old: 10}, (days, 10)).state, "open")
        with self.assertRaises(ValidationError):
            self.promise({self.old: 10}, (-1, 10))
        with self.assertRaises(ValidationError):
            self.promise({self.old: 10}, (2, 10), date=self.day(1))

    def test_only_drafts_are_deleted(self):
        draft = self.draft({self.old: 10}, (2, 10)).with_user(self.collector)
        draft.unlink()
        self.assertFalse(draft.exists())
        with self.assertRaises(UserError):
            self.promise({self.old: 10}, (2, 10)).with_user(self.manager).unlink()

    def test_horizon(self):
        near = self.draft({self.old: 10}, (30, 10)).with_user(self.collector)
        near.action_confirm()
        self.assertEqual(near.state, "open")
        far = self.draft({self.old: 10}, (31, 10)).with_user(self.collector)
        far.action_confirm()
        self.assertEqual((far.state, far.approval_state), ("draft", "waiting"))
        self.assertFalse(self.live_holds(far.sudo()))
        with self.assertRaises(UserError):
            far.action_approve()
        far.with_user(self.manager).action_approve()
        self.assertEqual(far.state, "open")
        self.assertEqual(
            self.live_holds(far.sudo()), [(self.old, 10, self.company._collection_add_business_days(self.day(31), 2))]
        )

    def test_horizon_refused(self):
        far = self.draft({self.old: 10}, (31, 10)).with_user(self.collector)
        far.action_confirm()
        far.with_user(self.manager).action_refuse("Too far away")
        self.assertEqual(far.state, "withdrawn")
        self.assertIn("Too far away", far.closed_reason)

    def test_managers_may_go_beyond_the_horizon(self):
        far = self.draft({self.old: 10}, (31, 10)).with_user(self.manager)
        far.action_confirm()
        self.assertEqual(far.state, "open")

    def test_items_that_cannot_be_promised(self):
        paid = self.invoice(self.acme, 50)
        self.pay(paid)
        draft = self.invoice(self.acme, 50, post=False)
        others = self.invoice(self.customer("Somebody Else"), 50)
        credit = self.credit(self.acme, 50)
        account = self.account(self.acme)
        for move in (paid, draft, others, credit):
            with self.subTest(move.name), self.assertRaises(ValidationError):
                self.Promise.create(
                    {
                        "account_id": account.id,
                        "line_ids": [Command.create({"move_line_id": self.items(move).id, "amount_currency": 10})],
                        "installment_ids": [Command.create({"date": self.day(2), "amount_currency": 10})],
                    }
                )

    def test_held_amounts_cannot_be_promised(self):
        self.hold(self.old, 14_000)
        with self.assertRaises(ValidationError):
            self.promise({self.old: 1_000.01}, (2, 1_000.01))
        self.promise({self.old: 1_000}, (2, 1_000))
        with self.assertRaises(ValidationError):
            self.promise({self.old: 0.01}, (2, 0.01))

    def test_sums_must_agree(self):
        with self.assertRaises(ValidationError):
            self.draft({self.old: 100}, (2, 99.99))
        promise = self.Promise.create({"account_id": self.acme_account.id})
        with self.assertRaises(ValidationError):
            promise.action_confirm()

    def test_verdicts_cannot_be_typed(self):
        promise = self.promise({self.old: 100}, (2, 100))
        mine = promise.with_user(self.collector)
        for values in ({"state": "kept"}, {"level": 0}, {"broken_on": self.today}, {"move_number": 0}):
            with self.subTest(values), self.assertRaises(UserError):
                mine.write(values)
        with self.assertRaises(UserError):
            mine.installment_ids.write({"state": "kept"})
        with self.assertRaises(UserError):
            mine.installment_ids.write({"amount_currency": 1})
        with self.assertRaises(UserError):
            mine.line_ids.unlink()
        with self.assertRaises(UserError):
            mine.unlink()
        with self.assertRaises(UserError):
            self.env["collection.hold"].with_user(self.collector).create(
                {
                    "account_id": self.acme_account.id,
                    "move_line_id": self.old.id,
                    "kind": "promise",
                    "date_until": self.today,
                }
            )

    # ------------------------------------------------------------------
    # Confirmation
    # ------------------------------------------------------------------

    def test_confirmation_in_the_customers_language(self):
        self.env["res.lang"]._activate_lang("fr_FR")
        self.acme.lang = "fr_FR"
        contact = self.contact(self.acme, lang="fr_FR")
        promise = self.promise({self.old: 1_000}, (2, 1_000), contact_id=contact.id)
        mail = promise.mail_id.sudo()
        self.assertEqual(mail.recipient_ids, contact)
        self.assertEqual(mail.state, "outgoing")
        self.assertIn("20/03/2026", mail.body_html)
        self.assertIn(self.old.move_id.name, mail.body_html)
        self.assertEqual(promise.confirmed_to, "ann@example.com")

    def test_who_gets_the_confirmation(self):
        self.acme.email = "acme@example.com"
        payable = self.contact(self.acme, "Pat", email="pat@example.com")
        self.acme.collection_ap_contact_id = payable
        said = self.contact(self.acme, "Sam", email="sam@example.com")
        promise = self.promise({self.old: 10}, (2, 10), contact_id=said.id)
        self.assertEqual(promise.confirmed_to, "sam@example.com")
        said.collection_do_not_email = True
        self.assertEqual(promise._mail_recipient(), payable)
        self.env["mail.blacklist"]._add("pat@example.com")
        self.assertEqual(promise._mail_recipient(), self.acme)
        self.acme.collection_do_not_email = True
        unsent = self.promise({self.old: 10}, (2, 10), contact_id=said.id)
        self.assertFalse(unsent.mail_id)
        self.assertTrue(unsent.mail_note)

    # ------------------------------------------------------------------
    # Withdrawing and moving
    # ------------------------------------------------------------------

    def test_withdraw(self):
        promise = self.promise({self.old: 1_000}, (2, 1_000)).with_user(self.collector)
        self.env["collection.promise.withdraw"].with_user(self.collector).create(
            {"promise_id": promise.id, "reason": "Wrong customer"}
        ).action_apply()
        self.assertEqual((promise.state, promise.closed_reason), ("withdrawn", "Wrong customer"))
        self.assertFalse(self.live_holds(promise.sudo()))
        self.assertFigures(self.acme, amount_collectible=23_000, amount_promised=0)
        with self.assertRaises(UserError):
            promise.action_confirm()

    def test_what_is_judged_cannot_be_withdrawn(self):
        promise = self.promise({self.old: 1_000}, (2, 1_000))
        with self.at(10), self.assertRaises(UserError):
            promise.action_withdraw()

    def test_move(self):
        promise = self.promise({self.old: 1_000}, (2, 1_000)).with_user(self.collector)
        action = promise.action_move()
        with Form(self.env[action["res_model"]].with_user(self.collector).with_context(**action["context"])) as form:
            self.assertEqual(form.amount, 1_000)
            form.date = self.day(5)
        form.record.action_apply()
        self.assertEqual((promise.state, promise.next_id.state), ("superseded", "open"))
        self.assertEqual(promise.next_id.move_number, 1)
        self.assertFigures(self.acme, broken_promise_level=0, amount_promised=1_000)

    def test_second_move_counts(self):
        promise = self.promise({self.old: 1_000}, (2, 1_000))
        levels = []
        for days in (3, 4, 5):
            promise = promise._move([(self.day(days), 1_000)])
            levels.append(self.account(self.acme).broken_promise_level)
        self.assertEqual(levels, [0, 1, 2])
        with self.at(179):
            self.account(self.acme)._refresh()
            self.assertEqual(self.acme_account.broken_promise_level, 2)
        with self.at(180):
            self.acme_account._refresh()
            self.assertEqual(self.acme_account.broken_promise_level, 0)

    def test_move_of_a_partly_paid_promise(self):
        promise = self.promise({self.old: 1_000}, (2, 600), (9, 400))
        self.pay(self.old.move_id, 700)
        self.states(promise)
        with self.assertRaises(UserError):
            promise._move([(self.day(12), 300.01)])
        new = promise._move([(self.day(12), 300)])
        self.assertEqual(new.line_ids.amount_currency, 300)
        self.assertEqual(promise.kept_count, 1)

    # ------------------------------------------------------------------
    # Level and status
    # ------------------------------------------------------------------

    def test_level_escalates_and_ends(self):
        self.company.collection_manager_id = self.manager
        for number, made in ((1, 0), (2, 20)):
            with self.at(made):
                promise = self.promise({self.old: 100}, (made + 2, 100))
            with self.at(made + 12):
                promise._evaluate()
                self.assertEqual((promise.state, promise.level), ("broken", number))
                managers = self.acme_account.escalation_ids.filtered(lambda each: each.user_id == self.manager)
                self.assertEqual(managers.mapped("trigger"), ["promise_level"] * (number - 1))
        for days, level in ((32 + 179, 2), (32 + 180, 0)):
            with self.at(days):
                self.acme_account._refresh()
                self.assertEqual(self.acme_account.broken_promise_level, level)

    def test_watch_after_a_broken_promise(self):
        customer = self.customer("Watched Corp.")
        invoice = self.invoice(customer, 100, overdue=-300)
        promise = self.promise(self.items(invoice), (2, 100))
        with self.at(10):
            promise._evaluate()
            self.assertFigures(customer, status="watch")
        for days, status in ((10 + 89, "watch"), (10 + 90, "good")):
            with self.at(days):
                self.assertEqual(promise.state, "broken")
                self.account(customer)._refresh()
                self.assertFigures(customer, status=status)

    def test_merged_customers(self):
        gone = self.customer("Gone Corp.")
        item = self.items(self.invoice(gone, 100, overdue=5))
        promise = self.promise(item, (2, 100))
        self.env.flush_all()
        self.env["base.partner.merge.automatic.wizard"].sudo()._merge((gone | self.acme).ids, self.acme)
        self.env.invalidate_all()
        self.assertEqual(promise.account_id, self.acme_account)
        self.assertEqual(self.states(promise)[0], "open")
        self.assertFigures(self.acme, amount_promised=100)

    def test_archived_contact(self):
        contact = self.contact(self.acme)
        promise = self.promise({self.old: 100}, (2, 100), contact_id=contact.id)
        contact.active = False
        self.assertEqual(promise._mail_recipient(), self.acme)
        self.assertEqual(self.states(promise)[0], "open")

    def test_due_filters_use_the_companys_date(self):
        today = self.promise({self.old: 10}, (0, 10))
        week = self.promise({self.old: 10}, (2, 10))
        later = self.promise({self.old: 10}, (20, 10))
        both = today | week | later
        for name, expected in (("today", today), ("week", today | week), ("late", self.Promise)):
            found = self.Promise.search([("due_filter", "=", name), ("id", "in", both.ids)])
            self.assertEqual(found, expected, name)
        with self.at(1):
            self.assertEqual(self.Promise.search([("due_filter", "=", "late"), ("id", "in", both.ids)]), today)

    def test_promise_follows_its_items_to_the_parent(self):
        child = self.customer("Child Corp.")
        item = self.items(self.invoice(child, 100, overdue=5))
        promise = self.promise(item, (2, 100))
        child.write({"is_company": False, "parent_id": self.acme.id})
        self.assertEqual(child.commercial_partner_id, self.acme)
        self.assertEqual(self.states(promise)[0], "open")
        self.assertEqual(promise.account_id, self.acme_account)
        self.assertFigures(self.acme, amount_promised=100)

    def test_withdrawn_draft_does_not_wait_for_approval(self):
        far = self.draft({self.old: 10}, (31, 10)).with_user(self.collector)
        far.action_confirm()
        far.action_withdraw("A mistake")
        self.assertEqual((far.state, far.sudo().approval_ids.state), ("withdrawn", "void"))
