from unittest.mock import patch

from odoo.exceptions import AccessError, UserError
from odoo.tests import tagged

from .common import CollectionsCommon


@tagged("post_install", "-at_install")
class TestDunningSending(CollectionsCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.collector = cls.member("collector", name="Carla", email="carla@example.com")
        cls.acme = cls.customer("Acme")
        cls.first, cls.second = cls.invoice(cls.acme, 100, overdue=5), cls.invoice(cls.acme, 200, overdue=3)
        cls.acme_account = cls.account(cls.acme)
        cls.Sending = cls.env["collection.sending"]

    def setUp(self):
        super().setUp()
        Report = self.env.registry["ir.actions.report"]
        self.startPatcher(patch.object(Report, "_render_qweb_pdf", lambda *args, **kw: (b"%PDF-1.4 test", "pdf")))

    def _items(self, moves, user=None):
        return self.items(moves).with_user(user or self.collector)

    def _sent(self, move):
        item = self._items(move)
        item.invalidate_recordset()
        return item.collection_sent_on, item.collection_sent_to

    # ------------------------------------------------------------------
    # When and to whom
    # ------------------------------------------------------------------

    def test_never_sent(self):
        self.assertEqual(self._sent(self.first), (False, False))

    def test_marked_as_sent(self):
        self.first.is_move_sent = True
        self.assertEqual(self._sent(self.first), (False, "Marked as sent"))

    def test_sent_by_odoo(self):
        attachment = self.env["ir.attachment"].create(
            {"name": "i.pdf", "raw": b"%PDF-1.4", "mimetype": "application/pdf"}
        )
        with self.at(-2):
            self.first.message_post(
                body="Your invoice",
                message_type="comment",
                subtype_xmlid="mail.mt_comment",
                partner_ids=self.acme.ids,
                attachment_ids=attachment.ids,
            )
        self.assertEqual(self._sent(self.first), (self.day(-2), "acme@example.com"))
        self.assertEqual(self._sent(self.second), (False, False))

    def test_internal_note_with_a_file_is_no_sending(self):
        attachment = self.env["ir.attachment"].create(
            {"name": "i.pdf", "raw": b"%PDF-1.4", "mimetype": "application/pdf"}
        )
        self.first.message_post(
            body="Scan",
            partner_ids=self.acme.ids,
            attachment_ids=attachment.ids,
            message_type="comment",
            subtype_xmlid="mail.mt_note",
        )
        self.assertEqual(self._sent(self.first), (False, False))

    def test_latest_counts(self):
        self._items(self.first).action_collection_resend()
        with self.at(2):
            self.acme.collection_ap_contact_id = self.contact(self.acme)
            self._items(self.first).action_collection_resend()
        self.assertEqual(self._sent(self.first), (self.day(2), "ann@example.com"))

    # ------------------------------------------------------------------
    # Sending again
    # ------------------------------------------------------------------

    def test_one_click(self):
        action = self._items(self.first).action_collection_resend()
        self.assertIn("acme@example.com", action["params"]["message"])
        row = self.Sending.search([])
        self.assertRecordValues(
            row,
            [
                {
                    "account_id": self.acme_account.id,
                    "kind": "documents",
                    "recipient_email": "acme@example.com",
                    "user_id": self.collector.id,
                    "business_date": self.today,
                    "state": "queued",
                }
            ],
        )
        self.assertEqual(row.move_ids, self.first)
        mail = row.mail_mail_id
        self.assertEqual(mail.recipient_ids, self.acme)
        self.assertEqual(len(mail.attachment_ids), 1)
        self.assertIn("carla@example.com", mail.email_from)
        self.assertIn(self.first.name, mail.body_html)
        self.assertEqual(self._sent(self.first), (self.today, "acme@example.com"))
        self.assertIn("acme@example.com", self.first.message_ids[0].body)
        self.assertEqual(self.first.message_ids[0].author_id, self.collector.partner_id)
        self.assertTrue(self.first.is_move_sent)
        contact = self.acme_account.contact_activity_ids
        self.assertEqual((contact.channel, contact.direction, contact.state), ("email", "out", "done"))
        self.assertEqual(contact.move_ids, row.move_ids)

    def test_several_in_one_mail(self):
        self._items(self.first | self.second).action_collection_resend()
        row = self.Sending.search([])
        self.assertEqual(row.move_ids, self.first | self.second)
        self.assertEqual(len(row.mail_mail_id.attachment_ids), 2)

    def test_two_customers_get_two_mails(self):
        other = self.invoice(self.customer("Globex"), 5, overdue=1)
        self.Account._refresh_touched()
        self._items(self.first | other).action_collection_resend()
        self.assertEqual(
            sorted(self.Sending.search([]).mapped("recipient_email")), ["acme@example.com", "globex@example.com"]
        )

    def test_double_click_sends_once(self):
        self._items(self.first).action_collection_resend()
        self._items(self.first).action_collection_resend()
        self.assertEqual(self.Sending.search_count([]), 1)
        with self.at("2026-03-18 15:01:01"):
            self._items(self.first).action_collection_resend()
        self.assertEqual(self.Sending.search_count([]), 2)

    def test_recipient_by_the_rule_of_notices(self):
        self.acme.collection_do_not_email = True
        with self.assertRaisesRegex(UserError, "Do not e-mail"):
            self._items(self.first).action_collection_resend()
        contact = self.contact(self.acme, type="invoice")
        self._items(self.first).action_collection_resend()
        self.assertEqual(self.Sending.search([]).recipient_id, contact)

    def test_without_address(self):
        self.acme.email = False
        with self.assertRaisesRegex(UserError, "No e-mail address"):
            self._items(self.first).action_collection_resend()
        self.assertFalse(self.Sending.search([]))
        self.env["mail.blacklist"]._add("acme@example.com")
        self.acme.email = "acme@example.com"
        with self.assertRaisesRegex(UserError, "Do not e-mail"):
            self._items(self.first).action_collection_resend()

    def test_entries_have_no_document(self):
        entry = self.entry(self.acme, 10)
        with self.assertRaises(UserError):
            self._items(entry).action_collection_resend()
        with self.assertRaises(UserError):
            self._items(entry).action_collection_download()

    def test_download(self):
        action = self._items(self.first | self.second).action_collection_download()
        files = (self.first | self.second)._collection_documents()
        self.assertEqual(len(files), 2)
        self.assertEqual(action["url"].rsplit("/", 1)[1], ",".join(map(str, files.ids)))
        self.assertNotIn("proforma", "".join(files.mapped("name")))
        self.assertTrue(files.with_user(self.collector).has_access("read"))

    # ------------------------------------------------------------------
    # The dialog
    # ------------------------------------------------------------------

    def test_dialog(self):
        Compose = self.env["collection.sending.compose"].with_user(self.collector)
        dialog = Compose.with_context(default_account_id=self.acme_account.id).create({})
        self.assertEqual(dialog.line_ids.move_id, self.first | self.second)
        self.assertIn("acme@example.com", dialog.recipient)
        with self.assertRaises(UserError):
            dialog.action_send()
        dialog.line_ids[0].selected = True
        dialog.note = "As you asked <b>today</b>"
        dialog.action_send()
        row = self.Sending.search([])
        self.assertEqual(row.move_ids, dialog.line_ids[0].move_id)
        self.assertIn("&lt;b&gt;today", row.mail_mail_id.body_html)
        with self.assertRaises(AccessError):
            dialog.with_user(self.member("collector", "other")).action_send()

    def test_dialog_without_recipient(self):
        self.acme.email = False
        Compose = self.env["collection.sending.compose"].with_user(self.collector)
        dialog = Compose.with_context(default_account_id=self.acme_account.id).create({})
        self.assertFalse(dialog.is_reachable)
        self.assertEqual(dialog.recipient, "No e-mail address")

    # ------------------------------------------------------------------
    # Who may
    # ------------------------------------------------------------------

    def test_roles(self):
        for role in ("auditor", "accountant", "employee"):
            with self.subTest(role), self.assertRaises(AccessError):
                self._items(self.first, self.member(role)).action_collection_resend()

    def test_portfolio_and_companies(self):
        self.company.collection_see_all = False
        self.acme_account.collector_id = self.member("collector", "colleague")
        with self.assertRaises(UserError):
            self._items(self.first).action_collection_resend()
        self.company.collection_see_all = True
        self._items(self.first).action_collection_resend()
        row = self.Sending.search([]).with_user(self.collector)
        self.assertTrue(row.read(["name"]))
        self.company.collection_see_all = False
        with self.assertRaises(AccessError):
            row.read(["name"])
        other = self.second_company()["company"]
        stranger = self.member("manager", "stranger", companies=other)
        with self.assertRaises(AccessError):
            row.with_user(stranger).read(["name"])

    def test_rows_are_kept(self):
        self._items(self.first).action_collection_resend()
        row = self.Sending.search([])
        for act in (
            lambda: row.write({"recipient_email": "x"}),
            row.unlink,
            lambda: self.Sending.create({"name": "x", "account_id": self.acme_account.id}),
        ):
            with self.assertRaises(UserError):
                act()

    def test_columns_cost_one_query(self):
        items = self._items(self.first | self.second)
        self.env.flush_all()
        items.move_id.mapped("is_move_sent")
        with self.assertQueryCount(2):
            items.mapped("collection_sent_on")
