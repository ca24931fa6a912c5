from odoo.exceptions import UserError
from odoo.tests import Form, tagged

from .common import CollectionsCommon


@tagged("post_install", "-at_install")
class TestAccountOthers(CollectionsCommon):
    """Two collectors on one account: the second is told who did what, and nothing is done twice."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.first, cls.second = cls.member("collector", name="Ann First"), cls.member("collector", "second")
        cls.acme = cls.customer("Acme")
        cls.invoice(cls.acme, 100, overdue=5)
        cls.acme_account = cls.account(cls.acme)
        cls.settled = cls.reason("Settled")

    def _dialog(self, user, action="done"):
        Work = self.env["collection.account.work"].with_user(user)
        return Form(Work.with_context(default_action=action, default_account_ids=self.acme_account.ids))

    def _others(self, user):
        self.acme_account.invalidate_recordset(["others_text"])
        return self.acme_account.with_user(user).others_text

    def test_who_did_what_today(self):
        self.assertFalse(self._others(self.second))
        self.acme_account.with_user(self.first)._work("done", self.settled)
        self.assertRegex(self._others(self.second), "Ann First, .*EDT: Settled")
        self.assertFalse(self._others(self.first), "One's own work is no news")
        with self.at(1):
            self.assertFalse(self._others(self.second), "Yesterday's is none either")

    def test_dialog_shows_it(self):
        self.acme_account.with_user(self.first)._work("done", self.settled)
        self.assertIn("Acme: Ann First", self._dialog(self.second).others_text)

    def test_done_by_another_while_the_dialog_was_open(self):
        dialog = self._dialog(self.second)
        dialog.reason_id = self.settled
        wizard = dialog.save()
        with self.at("2026-03-18 15:01:00"):
            self.acme_account.with_user(self.first)._work("done", self.settled)
            with self.assertRaisesRegex(UserError, "Acme: Ann First"):
                wizard.action_apply()
            self.assertEqual(len(self.acme_account.work_log_ids), 1)
            again = self._dialog(self.second)
            again.reason_id = self.settled
            again.save().action_apply()
        self.assertEqual(len(self.acme_account.work_log_ids), 2)

    def test_a_call_that_goes_on(self):
        activity = (
            self.env["collection.activity"]
            .with_user(self.first)
            .create({"account_id": self.acme_account.id, "channel": "call", "direction": "out", "timer_running": True})
        )
        self.assertTrue(activity.is_live)
        self.assertIn("Ann First is on the phone", self._others(self.second))
        with self.at("2026-03-18 16:00:01"):
            self.assertFalse(self._others(self.second), "Left open, not kept up for an hour")
