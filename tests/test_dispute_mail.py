from odoo.tests import tagged

from .dispute_common import DisputeCommon
from .mail_common import MailCommon

CARD = "4111 1111 1111 1111"


@tagged("post_install", "-at_install")
class TestDisputeMail(MailCommon, DisputeCommon):
    """The customer's replies stand on the dispute, end its wait, and are seen on the account."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.set_addresses()
        cls.collector = cls.member("collector")
        bill = cls.invoice(cls.acme, 100, overdue=10)
        cls.ours = cls.account(cls.acme)
        cls.ours.collector_id = cls.collector
        cls.asked = cls.dispute(bill, user=cls.collector, route=True)
        cls.asked.with_user(cls.resolver)._ask_customer("Which order was that?")

    def question(self):
        return self.asked.message_ids.filtered(lambda message: "Which order" in (message.body or ""))

    def reply(self, body="Order 7", to="collections@ours.example", sender=None, **headers):
        sender = sender or self.acme.email
        return self.receive(body, sender, to, In_Reply_To=self.question().message_id, **headers)

    def contacts(self):
        self.ours.invalidate_recordset(["contact_activity_ids"])
        return self.ours.contact_activity_ids.filtered(lambda contact: contact.direction == "in")

    def assertAnswered(self, message):
        self.assertEqual((message.model, message.res_id), (self.asked._name, self.asked.id))
        self.assertEqual(self.asked.state, "in_review")
        self.assertIn("by e-mail", self.events(self.asked, "state")[0].note)
        self.assertIn("The customer wrote", self.asked.activity_ids.mapped("summary"))
        self.assertRecordValues(
            self.contacts(),
            [
                {
                    "channel": "email",
                    "state": "done",
                    "contact_id": message.author_id.id,
                    "mail_message_id": message.id,
                    "dispute_id": self.asked.id,
                }
            ],
        )
        self.assertIn("Order 7", self.contacts().note)

    def test_a_reply_to_the_collections_address(self):
        self.assertAnswered(self.reply())
        self.assertEqual(self.ours.stage, "disputed", "Nobody waits for documents any more")
        self.assertFalse(self.ours.activity_ids, "It is the resolver's turn")
        told = (
            self.env["mail.message"]
            .sudo()
            .search([("res_id", "=", self.asked.id), ("partner_ids", "in", self.collector.partner_id.ids)])
        )
        self.assertIn("The customer wrote about the dispute.", "".join(told.mapped("body")))

    def test_a_reply_to_the_catchall_address(self):
        self.assertAnswered(self.reply(to="c@ours.example"))

    def test_whoever_at_the_customers_answers(self):
        message = self.reply(sender="boss@private.example")
        self.assertEqual((message.model, self.asked.state), (self.asked._name, "in_review"))
        self.assertEqual((len(self.contacts()), self.contacts().contact_id.ids), (1, []))

    def test_a_machines_answer_does_not_end_the_wait(self):
        message = self.reply("Out of office", Auto_Submitted="auto-replied")
        self.assertEqual((message.res_id, self.asked.state), (self.asked.id, "waiting_customer"))
        self.assertFalse(self.contacts())

    def test_a_colleagues_reply_does_not_end_the_wait(self):
        self.resolver.email = "rita@ours.example"
        message = self.reply("I look for it as well", sender="rita@ours.example")
        self.assertEqual((message.res_id, self.asked.state), (self.asked.id, "waiting_customer"))
        self.assertFalse(self.contacts())

    def test_a_reply_after_the_end_asks_the_collector(self):
        self.asked.with_user(self.collector)._set_void("Opened by mistake")
        self.assertEqual(self.reply().model, self.asked._name)
        self.assertEqual((self.asked.state, self.contacts().dispute_id), ("void", self.asked))
        self.assertRecordValues(self.ours.activity_ids, [{"user_id": self.collector.id}])

    def test_a_card_number_is_masked_and_the_file_withheld(self):
        message = self.reply(f"Order 7, card {CARD}", files=[("card.txt", CARD.encode())])
        self.assertNotIn(CARD, message.body + self.contacts().note)
        withheld = self.env["collection.withheld"].search([("account_id", "=", self.ours.id)])
        self.assertEqual(withheld.mapped("name"), ["card.txt"])
        warning = self.asked.activity_ids.filtered(lambda task: "Card number" in task.summary)
        self.assertEqual(warning.user_id, self.collector)
        withheld.with_user(self.member("manager")).action_release()
        self.assertEqual(message.attachment_ids.mapped("res_model"), [self.asked._name])

    def test_a_foreign_company_does_not_get_the_reply(self):
        other = self.second_company()["company"]
        other.collection_alias_id.write({"alias_name": "others", "alias_domain_id": self.domain.id})
        message = self.reply(to="others@ours.example")
        self.assertNotEqual((message.model, message.res_id), (self.asked._name, self.asked.id))
        self.assertEqual(self.asked.state, "waiting_customer")
