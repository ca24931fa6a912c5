from odoo.tests import Form, tagged

from .common import CollectionsCommon

CLOSED = "ir.actions.act_window_close"


@tagged("post_install", "-at_install")
class TestContactCase(CollectionsCommon):
    """From what the customer said on the phone to the promise or dispute, and on to the next account."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.collector = cls.member("collector")
        cls.acme, cls.next = cls.customer("Acme", email="ap@acme.example.com"), cls.customer("Next")
        cls.move = cls.invoice(cls.acme, 1000, overdue=10)
        cls.invoice(cls.acme, 200, overdue=5)
        cls.invoice(cls.next, 50, overdue=5)
        cls.account(cls.acme)

    def _contact(self, outcome, **vals):
        return (
            self.env["collection.activity"]
            .with_user(self.collector)
            .create(
                {
                    "account_id": self.account(self.acme).id,
                    "contact_id": self.acme.id,
                    "direction": "in",
                    "outcome_id": self.env.ref(f"account_collections.activity_outcome_{outcome}").id,
                    **vals,
                }
            )
        )

    def _dialog(self, action):
        return Form(self.env[action["res_model"]].with_user(self.collector).with_context(**action["context"]))

    def _promise(self, action, amount=1000):
        form = self._dialog(action)
        form.amount, form.date = amount, self.day(2)
        return form.save().action_apply()

    def test_promise_and_the_next_account(self):
        contact = self._contact("promised", channel="email")
        action = contact.action_done_next()
        self.assertEqual(contact.state, "done")
        result = self._promise(action)
        promise = contact.promise_id
        self.assertEqual(promise.account_id, self.account(self.acme))
        self.assertEqual((promise.contact_id, promise.channel, promise.state), (self.acme, "email", "open"))
        self.assertEqual(result["tag"], "collection_open_account")
        self.assertEqual(result["params"]["account_id"], self.account(self.next).id)

    def test_saving_alone_stays_on_the_account(self):
        self.assertEqual(self._promise(self._contact("promised").action_done())["type"], CLOSED)

    def test_a_channel_that_promises_do_not_know(self):
        contact = self._contact("promised", channel="sms")
        self._promise(contact.action_done())
        self.assertEqual(contact.promise_id.channel, "other")

    def test_dispute_of_the_documents_that_were_talked_about(self):
        contact = self._contact("disputes", note="Two boxes were broken", move_ids=self.move.ids)
        form = self._dialog(contact.action_done())
        form.reason_id = self.env["collection.dispute.reason"].search([("evidence", "=", "none")], limit=1)
        form.part = "amount"
        form.amount = 300
        result = form.save().action_open()
        dispute = contact.dispute_id
        self.assertEqual((dispute.description, dispute.amount), ("Two boxes were broken", 300))
        self.assertEqual(dispute.line_ids.move_line_id.move_id, self.move)
        self.assertEqual(result["type"], CLOSED)

    def test_other_outcomes_lead_to_no_dialog(self):
        self.assertEqual(
            self._contact("no_answer", direction="out", date="2026-03-17 14:00:00").action_done()["type"], CLOSED
        )

    def test_only_the_own_contact_with_that_customer_is_linked(self):
        action = self._contact("promised").action_done()
        account = self.env["collection.account"].with_user(self.collector)
        colleague = self.member("collector", "colleague")
        theirs = self._contact("spoke", note="x").with_user(colleague).sudo()
        theirs._unguarded().user_id = colleague
        elsewhere = self._contact("spoke", note="x", account_id=self.account(self.next).id)
        for contact in (theirs, elsewhere, account.env["collection.activity"].browse(999_999_999)):
            action["context"]["collection_activity_id"] = contact.id
            self._promise(action, amount=10)
            self.assertFalse(contact.exists().promise_id)

    def test_a_contact_is_linked_once(self):
        contact = self._contact("promised")
        action = contact.action_done()
        self._promise(action, amount=10)
        first = contact.promise_id
        self._promise(action, amount=20)
        self.assertEqual(contact.promise_id, first)
        self.assertEqual(len(self.account(self.acme).promise_ids), 2)
