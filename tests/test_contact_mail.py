import base64
import io
from email.message import EmailMessage

import openpyxl
from reportlab.pdfgen import canvas

from odoo.exceptions import AccessError, UserError
from odoo.tests import tagged
from odoo.tools import SQL

from .dunning_common import DunningCommon
from .mail_common import MailCommon

CARD = "4111 1111 1111 1111"
MASKED = "•••• •••• •••• 1111"


@tagged("post_install", "-at_install")
class TestIncomingMail(MailCommon, DunningCommon):
    """Mails to the company's one address: filed on the sender's account, card numbers masked before they are stored."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.set_addresses()
        cls.manager, cls.collector = cls.member("manager"), cls.member("collector")
        cls.auditor = cls.member("auditor")
        cls.company.collection_manager_id = cls.manager
        cls.ann = cls.contact(cls.acme)
        cls.move = cls.invoice(cls.acme, 1000, overdue=20)
        cls.ours = cls.account(cls.acme)
        cls.ours.collector_id = cls.collector

    def tasks(self, record):
        return record.activity_ids.mapped("summary")

    # ------------------------------------------------------------------
    # Filing
    # ------------------------------------------------------------------

    def test_a_contacts_mail_lands_on_the_customers_account(self):
        message = self.receive("We pay on Friday")
        self.assertEqual((message.model, message.res_id), ("collection.account", self.ours.id))
        self.assertEqual(message.author_id, self.ann)
        self.assertIn("Answer the e-mail: Your reminder", self.tasks(self.ours))
        self.assertEqual(self.ours.activity_ids.user_id, self.collector)

    def test_a_received_mail_is_logged_as_a_contact(self):
        message = self.receive(f"We pay on Friday. Card {CARD}")
        contact = self.ours.contact_activity_ids
        self.assertEqual((contact.channel, contact.direction, contact.state), ("email", "in", "done"))
        self.assertEqual((contact.contact_id, contact.mail_message_id), (self.ann, message))
        self.assertIn(f"We pay on Friday. Card {MASKED}", contact.note)
        self.receive("Out of office", Auto_Submitted="auto-replied")
        self.assertEqual(self.ours.contact_activity_ids, contact, "A machine's answer is no contact")

    def test_colleagues_replies_stay_where_they_discuss(self):
        self.manager.email = "boss@ours.example"
        notice = self.confirm().notice_ids[:1]
        for record, account in ((notice, self.ours), (notice.run_id, self.ours.browse())):
            for to in ("collections@ours.example", "c@ours.example"):
                with self.subTest(record._name, to=to):
                    sent = record.sudo().message_post(body="What about it?", subtype_xmlid="mail.mt_comment")
                    message = self.receive(f"Leave it, {CARD}", "boss@ours.example", to, In_Reply_To=sent.message_id)
                    self.assertEqual((message.model, message.res_id), (record._name, record.id))
                    self.assertIn(MASKED, message.body)
                    warned = "Card number in an e-mail" in self.tasks(self.ours)
                    self.assertTrue(warned or not account)
        self.assertFalse(self.ours.contact_activity_ids, "No contact with the customer")

    def test_a_reply_to_a_notice_lands_on_the_account_whoever_writes(self):
        self.confirm()
        notice = self.notice(self.acme, channel="email")
        notice._send()
        self.assertIn("collections@ours.example", notice.mail_mail_id.reply_to)
        sent = notice.mail_mail_id.mail_message_id
        message = self.receive("From home", sender="boss@private.example", In_Reply_To=sent.message_id)
        self.assertEqual((message.model, message.res_id), ("collection.account", self.ours.id))

    def test_an_unknown_sender_waits_in_the_inbox(self):
        message = self.receive(sender="Stranger <who@nowhere.example>")
        entry = self.env["collection.inbox"].browse(message.res_id)
        self.assertEqual((message.model, entry.state, entry.company_id), ("collection.inbox", "new", self.company))
        self.assertEqual((entry.name, entry.email_from), ("Your reminder", '"Stranger" <who@nowhere.example>'))
        self.assertEqual((self.tasks(entry), entry.activity_ids.user_id), (["Whose e-mail is this?"], self.manager))

    def test_a_sender_of_two_customers_waits_in_the_inbox(self):
        other = self.customer("Other")
        self.contact(other)
        self.invoice(other, 10, overdue=1)
        self.account(other)
        self.assertEqual(self.receive().model, "collection.inbox")

    def test_an_assigned_mail_moves_and_the_sender_is_remembered(self):
        message = self.receive(sender="Stranger <who@nowhere.example>", files=[("proof.txt", b"paid")])
        entry = self.env["collection.inbox"].browse(message.res_id).with_user(self.collector)
        with self.assertRaises(UserError):
            entry.action_assign()
        entry.account_id = self.ours
        entry.action_assign()
        self.assertEqual((message.model, message.res_id, entry.state), ("collection.account", self.ours.id, "assigned"))
        self.assertEqual(message.attachment_ids.mapped("res_model"), ["collection.account"])
        self.assertFalse(entry.activity_ids)
        self.assertEqual(self.receive(sender="who@nowhere.example").res_id, self.ours.id)
        with self.assertRaises(UserError):
            entry.action_dismiss()

    def test_each_company_has_its_own_address(self):
        company = self.second_company()["company"]
        company.collection_alias_id.write({"alias_name": "second", "alias_domain_id": self.domain.id})
        self.invoice(self.acme, 10, overdue=3, company=company)
        theirs = self.account(self.acme, company)
        message = self.receive(to="second@ours.example")
        self.assertEqual((message.model, message.res_id), ("collection.account", theirs.id))

    def test_a_machines_answer_asks_nobody_for_anything(self):
        for headers in ({"Auto_Submitted": "auto-replied"}, {"X_Autoreply": "yes"}, {"Precedence": "auto_reply"}):
            message = self.receive("Out of office", **headers)
            self.assertEqual(message.model, "collection.account")
        self.assertFalse(self.ours.activity_ids)
        self.assertFalse(self.ours.last_contact_date)
        self.receive(Auto_Submitted="no")
        self.assertEqual(len(self.ours.activity_ids), 1)

    def test_a_forged_sender_gets_no_right(self):
        message = self.receive(sender=self.manager.email_formatted)
        self.assertEqual(message.model, "collection.inbox")

    def test_the_inbox_of_another_company(self):
        entry = self.env["collection.inbox"].browse(self.receive(sender="who@nowhere.example").res_id)
        stranger = self.member("collector", "stranger", companies=self.second_company()["company"])
        with self.assertRaises(AccessError):
            entry.with_user(stranger).read(["name"])
        for values in ({"state": "assigned"}, {"email_from": "x@y.z"}, {"company_id": 1}):
            with self.assertRaises(AccessError):
                entry.with_user(self.collector).write(values)

    # ------------------------------------------------------------------
    # Card numbers
    # ------------------------------------------------------------------

    def assertNowhere(self, digits=CARD):
        """Neither messages nor mails, tasks, files nor accounts hold the digits."""
        self.env.flush_all()
        tables = (
            "mail_message",
            "mail_mail",
            "mail_activity",
            "ir_attachment",
            "collection_account",
            "collection_inbox",
        )
        for table in tables:
            query = SQL(
                "SELECT COUNT(*) FROM %s t WHERE t::text LIKE ANY(%s)",
                SQL.identifier(table),
                [f"%{digits}%", f"%{digits.replace(' ', '')}%"],
            )
            self.assertEqual(self.env.execute_query(query), [(0,)], table)

    def test_a_card_number_is_masked_before_it_is_stored(self):
        message = self.receive(
            f"Take it from {CARD} please",
            html=f"<p>Take it from 4111<b>1111</b>-1111-1111 or {CARD}</p>",
            subject=f"Card {CARD}",
        )
        self.assertEqual(message.subject, f"Card {MASKED}")
        self.assertIn("••••<b>••••</b>-••••-1111", message.body)
        self.assertIn(MASKED, message.body)
        self.assertNowhere()
        self.assertIn("Card number in an e-mail", self.tasks(self.ours))
        self.assertFalse(self.env["collection.withheld"].search([]))

    def test_other_numbers_stay(self):
        message = self.receive("Call 4111 1111 1111 1112", files=[("list.csv", b"a,4111 1111 1111 1112")])
        self.assertIn("4111 1111 1111 1112", message.body)
        self.assertEqual(message.attachment_ids.name, "list.csv")
        self.assertNotIn("Card number in an e-mail", self.tasks(self.ours))

    def _files(self):
        book = openpyxl.Workbook()
        book.active["A1"] = CARD
        workbook, page = io.BytesIO(), io.BytesIO()
        book.save(workbook)
        pdf = canvas.Canvas(page)
        pdf.drawString(100, 700, f"Card {CARD}")
        pdf.save()
        return [
            ("note.txt", f"Card {CARD}".encode()),
            ("utf16.csv", f"a;{CARD}".encode("utf-16")),
            ("page.html", b"<p>4111<b> 1111</b> 1111 1111</p>"),
            ("card.pdf", page.getvalue()),
            ("card.xlsx", workbook.getvalue()),
        ]

    def test_attachments_with_a_card_number_are_withheld(self):
        good = ("proof.txt", b"Paid on Friday")
        message = self.receive(files=[*self._files(), good, ("4111111111111111.bin", b"\x00\x01\x02")])
        self.assertEqual(set(message.attachment_ids.mapped("name")), {"proof.txt", "••••••••••••1111.bin"})
        withheld = self.env["collection.withheld"].search([])
        self.assertEqual(set(withheld.mapped("name")), {name for name, _content in self._files()})
        self.assertEqual((withheld.account_id, withheld.message_id), (self.ours, message))
        self.assertEqual(set(withheld.mapped("state")), {"withheld"})
        note = self.ours.activity_ids.filtered(lambda task: task.summary == "Card number in an e-mail").note
        self.assertIn("card.pdf", note)
        self.assertNowhere()

    def test_a_damaged_attachment_loses_no_mail(self):
        message = self.receive(files=[("broken.pdf", b"%PDF-1.7 broken"), ("broken.xlsx", b"PK\x03\x04broken")])
        self.assertEqual(len(message.attachment_ids), 2)

    def _withheld(self):
        self.receive(files=[("note.txt", CARD.encode())])
        return self.env["collection.withheld"].search([], limit=1)

    def test_a_manager_destroys_what_was_withheld(self):
        withheld = self._withheld()
        for user in (self.collector, self.auditor):
            with self.assertRaises(AccessError):
                withheld.with_user(user).action_destroy()
        with self.assertRaises(AccessError):
            withheld.with_user(self.auditor).read(["content"])
        self.assertEqual(base64.b64decode(withheld.with_user(self.manager).content), CARD.encode())
        withheld.with_user(self.manager).action_destroy()
        self.assertEqual((withheld.state, withheld.decided_by_id), ("destroyed", self.manager))
        self.assertTrue(withheld.decided_on)
        self.env.flush_all()
        self.cr.execute("SELECT content FROM collection_withheld WHERE id = %s", [withheld.id])
        self.assertIsNone(self.cr.fetchone()[0])
        with self.assertRaises(UserError):
            withheld.with_user(self.manager).action_destroy()
        with self.assertRaises(UserError):
            withheld.sudo().unlink()

    def test_a_manager_releases_what_holds_none_after_all(self):
        withheld = self._withheld()
        message = withheld.message_id
        withheld.with_user(self.manager).action_release()
        self.assertEqual((withheld.state, message.attachment_ids.name), ("released", "note.txt"))
        self.assertEqual(
            (message.attachment_ids.res_model, message.attachment_ids.res_id), ("collection.account", self.ours.id)
        )

    def test_the_whole_mail_is_withheld_where_it_is_kept(self):
        mail = EmailMessage()
        mail["From"], mail["To"], mail["Subject"], mail["Message-Id"] = (
            "ann@example.com",
            "collections@ours.example",
            "x",
            "<whole@x>",
        )
        mail.set_content(f"Card {CARD}", cte="base64")
        self.env["mail.thread"].message_process(None, mail.as_bytes(), save_original=True)
        message = self.env["mail.message"].search([("message_id", "=", "<whole@x>")])
        self.assertFalse(message.attachment_ids)
        self.assertEqual(self.env["collection.withheld"].search([]).name, "original_email.eml")
        self.assertNowhere()
