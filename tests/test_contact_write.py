from lxml import html

from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tests import Form, tagged

from .common import CollectionsCommon


@tagged("post_install", "-at_install")
class TestContactWrite(CollectionsCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.collector = cls.member("collector")
        cls.acme = cls.customer()
        cls.ann = cls.contact(cls.acme)
        cls.acme.collection_ap_contact_id = cls.ann
        cls.late = cls.invoice(cls.acme, 100, overdue=5, ref="PO 77")
        cls.later = cls.invoice(cls.acme, 40, overdue=-5)
        cls.acme_account = cls.account(cls.acme)

    def dialog(self, account=None, **values):
        account = (account or self.acme_account).with_user(self.collector)
        action = account.action_write_email()
        form = Form(self.env["collection.contact.write"].with_user(self.collector).with_context(**action["context"]))
        for name, value in values.items():
            setattr(form, name, value)
        return form.save()

    def rows(self, text):
        return [
            [" ".join(cell.text_content().split()) for cell in row.xpath("td")]
            for row in html.fromstring(str(text)).xpath("//table[thead]/tbody/tr")
        ]

    def test_prepared_and_sent(self):
        wizard = self.dialog()
        self.assertEqual(wizard.contact_id, self.ann)
        self.assertEqual(wizard.line_ids, self.items(self.late))
        self.assertIn("Dear Ann Payable", wizard.body)
        self.assertNotIn("<table", wizard.body)
        self.assertEqual(self.rows(wizard.items_preview)[0][:2], [self.late.name, "PO 77"])
        wizard.action_send()
        activity = self.acme_account.contact_activity_ids
        self.assertRecordValues(
            activity,
            [
                {
                    "channel": "email",
                    "direction": "out",
                    "contact_id": self.ann.id,
                    "move_ids": self.late.ids,
                    "outcome_id": self.outcome("email_sent").id,
                    "state": "done",
                    "user_id": self.collector.id,
                    "is_attempt": False,
                }
            ],
        )
        message = activity.mail_message_id
        self.assertEqual((message.model, message.res_id), ("collection.account", self.acme_account.id))
        self.assertEqual(message.partner_ids, self.ann)
        self.assertEqual(self.rows(message.body)[0][0], self.late.name)
        self.assertTrue(message.sudo().notification_ids.filtered(lambda each: each.res_partner_id == self.ann))
        self.assertFalse(self.acme_account.last_contact_date, "An e-mail reaches nobody for certain")
        self.assertEqual(self.acme_account.next_action_date, self.day(7))

    def test_items_are_in_the_mail_whatever_is_done_to_the_text(self):
        wizard = self.dialog(body="<p>In my own words</p>")
        wizard.line_ids += self.items(self.later)
        wizard.action_send()
        body = self.acme_account.contact_activity_ids.mail_message_id.body
        self.assertIn("In my own words", body)
        self.assertEqual(len([row for row in self.rows(body) if row[0] in (self.late.name, self.later.name)]), 2)

    def test_in_the_customers_language(self):
        self.env["res.lang"]._activate_lang("fr_FR")
        template = self.env.ref("account_collections.mail_template_contact_payment")
        template.with_context(lang="fr_FR").subject = "Factures ouvertes"
        self.ann.lang = "fr_FR"
        wizard = self.dialog()
        self.assertEqual(wizard.subject, "Factures ouvertes")
        self.ann.lang = "en_US"
        self.assertIn("Open invoices", self.dialog().subject)

    def test_who_must_not_be_written_to(self):
        self.ann.collection_do_not_email = True
        self.assertEqual(self.dialog().contact_id, self.acme, "The next of the recipient rule")
        with self.assertRaisesRegex(UserError, "does not want e-mails"):
            self.dialog(contact_id=self.ann).action_send()
        self.env["mail.blacklist"].sudo()._add(self.acme.email)
        with self.assertRaisesRegex(UserError, "does not want e-mails"):
            self.dialog(contact_id=self.acme).action_send()
        stranger = self.customer("Stranger")
        with self.assertRaisesRegex(UserError, "does not belong"):
            self.dialog(contact_id=stranger).action_send()
        self.assertFalse(self.acme_account.contact_activity_ids)

    def test_items_of_others_are_refused(self):
        other = self.items(self.invoice(self.customer("Other"), 7, overdue=1))
        wizard = self.dialog()
        wizard.line_ids += other
        with self.assertRaises(ValidationError):
            wizard.action_send()

    def test_auditor_writes_nothing(self):
        with self.assertRaises(AccessError):
            self.acme_account.with_user(self.member("auditor")).action_write_email()

    def test_two_currencies(self):
        euro = self.foreign_currency()
        self.invoice(self.acme, 60, overdue=2, currency=euro)
        rows = self.rows(self.dialog().items_preview)
        totals = [row for row in rows if row[0].startswith("Total")]
        self.assertEqual(sorted(row[0] for row in totals), ["Total EUR", "Total USD"])
