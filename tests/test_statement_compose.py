from odoo.exceptions import UserError
from odoo.tests import Form, tagged

from .statement_common import StatementCommon


@tagged("post_install", "-at_install")
class TestStatementCompose(StatementCommon):
    """The statement that goes with an e-mail to the customer."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.ann = cls.contact(cls.acme)
        cls.acme.collection_ap_contact_id = cls.ann
        cls.late = cls.invoice(cls.acme, 100, overdue=5)
        cls.coming = cls.invoice(cls.acme, 40, overdue=-5)
        cls.acme_account = cls.account(cls.acme)

    def dialog(self, action, **values):
        form = Form(self.env["collection.contact.write"].with_user(self.collector).with_context(**action["context"]))
        for name, value in values.items():
            setattr(form, name, value)
        return form.save()

    def compose(self, **values):
        return self.dialog(self.acme_account.with_user(self.collector).action_write_email(), **values)

    def send(self, wizard):
        with self.printer():
            wizard.action_send()
        return self.acme_account.contact_activity_ids.mail_message_id.sudo().attachment_ids

    def ask(self, kind, **vals):
        return (
            self.env["collection.inquiry"]
            .with_user(self.collector)
            .create({"type_id": self.env.ref(f"account_collections.inquiry_type_{kind}").id, "question": "?", **vals})
        )

    def test_attached_and_kept(self):
        files = self.send(self.compose(attach_statement=True))
        statement = self.acme_account.statement_ids
        self.assertEqual(files.mapped("name"), statement.attachment_id.mapped("name"))
        self.assertNotEqual(files, statement.attachment_id, "The message has a copy")
        self.assertRecordValues(
            statement, [{"kind": "open_item", "date": self.day(0), "channel": "file", "state": "printed"}]
        )
        self.assertEqual(statement.amount_total, self.ledger(self.acme))
        self.assertEqual(statement.amount_total, 140, "The statement is of the account, not of the items chosen")

    def test_only_where_asked_for(self):
        self.assertFalse(self.send(self.compose()))
        self.assertFalse(self.acme_account.statement_ids)

    def test_nothing_to_state(self):
        self.pay(self.late + self.coming)
        wizard = self.compose(attach_statement=True)
        with self.assertRaisesRegex(UserError, "no statement to attach. Nothing is open"):
            self.send(wizard)
        self.assertFalse(self.acme_account.contact_activity_ids)

    def test_who_asks_for_a_statement_gets_one(self):
        asked = self.ask("statement", account_id=self.acme_account.id, partner_id=self.ann.id)
        wizard = self.dialog(asked.action_answer(), body="<p>Here it is</p>")
        self.assertTrue(wizard.attach_statement)
        with self.printer():
            wizard.action_send()
        self.assertEqual(asked.state, "answered")
        names = asked.message_ids.sudo().attachment_ids.mapped("name")
        self.assertEqual(names, self.acme_account.statement_ids.attachment_id.mapped("name"))
        other = self.ask("invoice_copy", account_id=self.acme_account.id, partner_id=self.ann.id)
        self.assertFalse(self.dialog(other.action_answer(), body="<p>…</p>").attach_statement)

    def test_not_to_a_sales_partner(self):
        seller = self.seller()
        asked = self.ask("statement", sales_partner_id=seller.id)
        wizard = self.dialog(asked.action_answer(), body="<p>…</p>", subject="Your question", contact_id=seller)
        self.assertFalse(wizard.attach_statement or wizard.may_attach_statement)
        wizard.attach_statement = True
        with self.assertRaisesRegex(UserError, "customer itself"):
            wizard.action_send()
