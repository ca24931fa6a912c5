from odoo import Command
from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tests import Form, tagged

from .common import CollectionsCommon


@tagged("post_install", "-at_install")
class TestContactActivity(CollectionsCommon):
    """Logging contacts: what must be entered, what follows, and that a logged contact is a fact."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.collector, cls.manager = cls.member("collector"), cls.member("manager")
        cls.acme = cls.customer(tz="America/New_York")
        cls.ann = cls.contact(cls.acme)
        cls.move = cls.invoice(cls.acme, 100, overdue=5)
        cls.acme_account = cls.account(cls.acme)
        cls.acme_account.collector_id = cls.collector

    def draft(self, user=None, **vals):
        values = {"account_id": self.acme_account.id, "channel": "call", "direction": "in", **vals}
        return self.env["collection.activity"].with_user(user or self.collector).create(values)

    # ------------------------------------------------------------------
    # What must be entered
    # ------------------------------------------------------------------

    def test_outcomes_say_what_is_mandatory(self):
        moves = [Command.set(self.move.ids)]
        for name, missing, given in (
            ("disputes", {"move_ids": moves}, {"note": "x"}),
            ("claims_paid", {"note": " "}, {"note": "x"}),
            ("refused", {"note": "x"}, {"note": "x", "contact_id": self.ann.id}),
            ("call_back", {"next_action_date": self.today}, {"next_action_date": self.today, "next_action_time": 14.5}),
        ):
            outcome = self.outcome(name).id
            with self.subTest(name, missing=missing):
                activity = self.draft(outcome_id=outcome, **missing)
                with self.assertRaises(ValidationError):
                    activity.action_done()
                self.assertEqual(activity.state, "draft")
                self.assertEqual(self.acme_account.stage, "new", "Nothing follows from what was not logged")
                complete = self.draft(outcome_id=outcome, **given)
                self.env.cr.execute("SAVEPOINT logged")
                complete.action_done()
                self.assertEqual(complete.state, "done")
                self.env.invalidate_all()
                self.env.cr.execute("ROLLBACK TO SAVEPOINT logged")

    def test_without_an_outcome(self):
        with self.assertRaisesRegex(ValidationError, "choose an outcome"):
            self.draft().action_done()
        with self.assertRaisesRegex(ValidationError, "needs its text"):
            self.draft(channel="note").action_done()
        note = self.draft(channel="note", note="Moves to Utica in May")
        note.action_done()
        self.assertEqual(note.state, "done")
        self.assertFalse(self.acme_account.last_contact_date)

    def test_outcome_of_another_channel(self):
        with self.assertRaisesRegex(ValidationError, "no outcome of this kind"):
            self.draft(channel="email", direction="out", outcome_id=self.outcome("no_answer").id).action_done()
        with self.assertRaisesRegex(ValidationError, "no outcome of this kind"):
            self.draft(outcome_id=self.outcome("message").id).action_done()

    def test_days_and_times(self):
        for days, wrong in ((-1, True), (0, False), (1, False)):
            activity = self.draft(outcome_id=self.outcome("promised").id, next_action_date=self.day(days))
            with self.subTest(days):
                if wrong:
                    with self.assertRaisesRegex(ValidationError, "in the past"):
                        activity.action_done()
                else:
                    activity.action_done()
        with self.assertRaisesRegex(ValidationError, "before it took place"):
            self.draft(date=f"{self.today} 15:06:00")
        for wrong in ({"duration": -1}, {"next_action_time": 24}, {"next_action_time": -0.5}):
            with self.assertRaises(ValidationError):
                self.draft(**wrong)

    def test_belongs_to_somebody(self):
        with self.assertRaises(ValidationError):
            self.env["collection.activity"].create({"channel": "note", "note": "x"})

    # ------------------------------------------------------------------
    # What follows
    # ------------------------------------------------------------------

    def test_a_promise_by_phone(self):
        self.acme_account._refresh()
        self.assertTrue(self.acme_account.on_worklist)
        activity = self.draft(
            outcome_id=self.outcome("promised").id,
            contact_id=self.ann.id,
            next_action="Check the bank",
            next_action_date=self.day(2),
            duration=4,
        )
        activity.action_done()
        self.assertRegex(activity.name, r"CON/\d+")
        self.assertRecordValues(
            self.acme_account,
            [
                {
                    "stage": "promised",
                    "last_contact_date": self.today,
                    "last_worked_date": self.today,
                    "next_action": "Check the bank",
                    "next_action_date": self.day(2),
                    "on_worklist": False,
                }
            ],
        )
        log = self.acme_account.work_log_ids
        self.assertRecordValues(
            log, [{"activity_id": activity.id, "action": "done", "outcome": "Right party: promised to pay"}]
        )
        self.assertEqual(log.user_id, self.collector)
        self.assertEqual(self.acme_account.stage_ids.user_id, self.collector)

    def test_follow_up_of_the_outcome(self):
        self.contacted(self.acme_account, "no_answer", direction="out", date=f"{self.today} 14:00:00")
        self.assertEqual(self.acme_account.next_action_date, self.day(1))
        self.assertFalse(self.acme_account.last_contact_date, "Nobody was reached")
        self.assertEqual(self.acme_account.stage, "new")

    def test_outcome_that_leaves_the_account_on_the_list(self):
        self.contacted(self.acme_account, "wrong_number", direction="out", date=f"{self.today} 14:00:00")
        self.assertTrue(self.acme_account.on_worklist)
        self.assertFalse(self.acme_account.work_log_ids)

    def test_three_attempts_make_it_unreachable(self):
        for days in (2, 1):
            self.contacted(self.acme_account, "no_answer", direction="out", date=f"{self.day(-days)} 14:00:00")
        self.assertEqual(self.acme_account.stage, "new")
        self.contacted(self.acme_account, "message", direction="out", date=f"{self.today} 14:00:00")
        self.assertEqual(self.acme_account.stage, "unreachable")
        self.contacted(self.acme_account)
        self.assertEqual(self.acme_account.stage, "contacted")

    def test_one_contact_on_several_accounts(self):
        sister = self.customer("Sister Corp.")
        self.invoice(sister, 50, overdue=9)
        accounts = self.acme_account | self.account(sister)
        activity = self.contacted(accounts)
        for account in accounts:
            self.assertEqual(account.contact_activity_ids, activity)
            self.assertEqual(account.last_contact_date, self.today)
            self.assertEqual(account.work_log_ids.activity_id, activity)
        self.assertEqual(activity.account_id, self.acme_account)
        only_main = self.draft()
        self.assertEqual(only_main.account_ids, self.acme_account)

    def test_contact_with_a_sales_partner(self):
        partner = self.env["res.partner"].create({"name": "Dealer", "is_sales_partner": True})
        action = partner.with_user(self.collector).action_collection_contact()
        for accounts in (self.Account, self.acme_account):
            form = Form(
                self.env["collection.activity"].with_user(self.collector).with_context(**action["context"]),
                view="account_collections.collection_activity_view_form_dialog",
            )
            form.channel = "meeting"
            form.outcome_id = self.outcome("spoke")
            form.note = "Asked to help with Acme"
            for account in accounts:
                form.account_ids.add(account)
            activity = form.save()
            activity.action_done()
            self.assertEqual((activity.state, activity.company_id), ("done", self.company))
            self.assertEqual((activity.sales_partner_id, activity.contact_id), (partner, partner))
        self.assertEqual(self.acme_account.contact_activity_ids, activity, "Logged once, shown where it belongs")

    def test_call_back_at_a_time_of_the_customer(self):
        self.acme.tz = "America/Los_Angeles"
        self.contacted(self.acme_account, "call_back", next_action_date=self.day(1), next_action_time=14.5)
        self.assertEqual(self.acme_account.next_action_time, 14.5)
        self.assertEqual(str(self.acme_account.callback_at), f"{self.day(1)} 21:30:00")

    def test_a_later_change_of_the_outcome_rewrites_nothing(self):
        outcome = self.outcome("no_answer").copy({"company_id": self.company.id})
        activity = self.draft(direction="out", outcome_id=outcome.id, date=f"{self.today} 14:00:00")
        activity.action_done()
        outcome.write({"is_attempt": False, "is_right_party": True})
        self.assertEqual((activity.is_attempt, activity.is_right_party), (True, False))

    def test_done_twice(self):
        activity = self.contacted(self.acme_account)
        activity.action_done()
        self.assertEqual(len(self.acme_account.work_log_ids), 1)

    def test_dialog_of_several_accounts(self):
        sister = self.customer("Sister Corp.")
        self.invoice(sister, 50, overdue=9)
        accounts = (self.acme_account | self.account(sister)).with_user(self.collector)
        action = accounts.action_log_contact()
        form = Form(
            self.env["collection.activity"].with_user(self.collector).with_context(**action["context"]),
            view="account_collections.collection_activity_view_form_dialog",
        )
        form.channel = "letter"
        form.outcome_id = self.outcome("letter_sent")
        activity = form.save()
        activity.action_done()
        self.assertEqual(activity.account_ids, accounts)
        self.assertEqual(set(accounts.mapped("next_action_date")), {self.day(14)})

    def test_from_the_invoice(self):
        action = self.move.with_user(self.collector).action_collection_contact()
        self.assertEqual(action["context"]["default_account_id"], self.acme_account.id)
        self.assertEqual(action["context"]["default_move_ids"], [Command.set(self.move.ids)])
        other = self.invoice(self.customer("Other"), 1, overdue=1)
        with self.assertRaisesRegex(UserError, "one customer"):
            (self.move | other).action_collection_contact()
        stranger = self.invoice(self.customer("Stranger"), 1, post=False)
        with self.assertRaisesRegex(UserError, "no receivables"):
            stranger.action_collection_contact()

    # ------------------------------------------------------------------
    # A fact
    # ------------------------------------------------------------------

    def test_logged_contacts_stay_as_they_are(self):
        activity = self.contacted(self.acme_account, user=self.collector)
        for user in (self.collector, self.manager, self.env.user):
            mine = activity.with_user(user)
            for vals in (
                {"note": "x"},
                {"date": self.today},
                {"outcome_id": False},
                {"account_ids": [Command.clear()]},
            ):
                with self.subTest(user.login, vals=vals), self.assertRaises(UserError):
                    mine.write(vals)
            with self.assertRaises(UserError):
                mine.unlink()

    def test_what_the_system_keeps_cannot_be_given(self):
        for name, value in (
            ("state", "done"),
            ("user_id", self.manager.id),
            ("is_attempt", False),
            ("is_live", True),
            ("outside_window", False),
            ("allowed_by_id", self.manager.id),
            ("correction_reason", "x"),
            ("name", "CON/1"),
        ):
            with self.subTest(name), self.assertRaises(AccessError):
                self.draft(**{name: value})

    def test_drafts_belong_to_their_author(self):
        draft = self.draft()
        colleague = self.member("collector", "colleague")
        with self.assertRaises(AccessError):
            draft.with_user(colleague).note = "x"
        with self.assertRaises(AccessError):
            draft.with_user(colleague).action_done()
        with self.assertRaises(AccessError):
            draft.with_user(colleague).unlink()
        draft.with_user(self.member("assistant")).note = "Finished for a colleague"
        draft.unlink()

    def test_void(self):
        first = self.contacted(self.acme_account, date=f"{self.day(-3)} 14:00:00")
        wrong = self.contacted(self.acme_account)
        self.assertEqual(self.acme_account.last_contact_date, self.today)
        for user in (self.collector, self.member("assistant")):
            with self.assertRaises(AccessError):
                wrong.with_user(user).action_void("Logged on the wrong account")
        with self.assertRaises(ValidationError):
            wrong.with_user(self.manager).action_void("  ")
        wrong.with_user(self.manager).action_void("Logged on the wrong account")
        self.assertRecordValues(
            wrong,
            [
                {
                    "state": "void",
                    "is_right_party": False,
                    "correction_user_id": self.manager.id,
                    "correction_reason": "Logged on the wrong account",
                }
            ],
        )
        self.assertEqual(self.acme_account.last_contact_date, self.day(-3))
        first.with_user(self.manager).action_void("So was this")
        self.assertFalse(self.acme_account.last_contact_date)

    def test_redaction(self):
        activity = self.contacted(self.acme_account, note="His wife is ill", next_action="Send flowers")
        with self.assertRaises(AccessError):
            activity.with_user(self.collector).action_redact("Private")
        wizard = self.env["collection.activity.correct"].with_user(self.manager)
        wizard = wizard.create({"activity_ids": activity.ids, "action": "redact", "reason": "Private"})
        wizard.action_apply()
        self.assertNotIn("wife", activity.note)
        self.assertNotIn("flowers", activity.next_action)
        self.assertEqual((activity.state, activity.is_redacted, activity.correction_reason), ("done", True, "Private"))
        self.assertEqual(self.acme_account.last_contact_date, self.today, "It still took place")
        with self.assertRaises(UserError):
            self.draft().with_user(self.manager).action_redact("x")
