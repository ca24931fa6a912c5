from unittest.mock import patch

from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tests import Form, tagged

from .common import CollectionsCommon


@tagged("post_install", "-at_install")
class TestContactInquiry(CollectionsCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.collector, cls.manager = cls.member("collector"), cls.member("manager")
        cls.company.collection_manager_id = cls.manager
        cls.acme = cls.customer()
        cls.ann = cls.contact(cls.acme, phone="+1 555 0100")
        cls.move = cls.invoice(cls.acme, 100, overdue=5)
        cls.acme_account = cls.account(cls.acme)
        cls.acme_account.collector_id = cls.collector

    @classmethod
    def kind(cls, name):
        return cls.env.ref(f"account_collections.inquiry_type_{name}")

    def inquiry(self, kind="pod", user=None, **vals):
        return (
            self.env["collection.inquiry"]
            .with_user(user or self.collector)
            .create(
                {
                    "account_id": self.acme_account.id,
                    "partner_id": self.ann.id,
                    "type_id": self.kind(kind).id,
                    "question": "Please send it",
                    **vals,
                }
            )
        )

    def test_deadline_counts_business_days(self):
        # Wednesday; a Friday before a weekend; before a public holiday.
        for day, kind, deadline in (
            ("2026-03-18", "pod", "2026-03-20"),
            ("2026-03-20", "pod", "2026-03-24"),
            ("2026-03-20", "invoice_copy", "2026-03-23"),
            ("2026-05-22", "invoice_copy", "2026-05-26"),
        ):
            with self.subTest(day, kind=kind):
                self.assertEqual(str(self.inquiry(kind, date=day).deadline), deadline)

    def test_late_ones_stand_in_the_worklist(self):
        self.hold(self.acme_account.open_item_ids, days=60)
        inquiry = self.inquiry("pod")
        for day, due, late in ((0, False, False), (1, False, False), (2, True, False), (5, True, True)):
            with self.subTest(day), self.at(day):
                self.acme_account._refresh()
                inquiry.invalidate_recordset(["is_late"])
                self.assertEqual(self.acme_account.on_worklist, due)
                self.assertEqual(inquiry.is_late, late)
                self.assertEqual(bool(inquiry.search([("is_late", "=", True), ("id", "=", inquiry.id)])), late)
                self.assertEqual(bool(inquiry.search([("is_late", "=", False), ("id", "=", inquiry.id)])), not late)
                points = [line for line in self.acme_account.priority_lines or [] if line["rule"] == "Inquiry is due"]
                self.assertEqual(bool(points), due)
        with self.at(5):
            inquiry.answer = "It is on its way"
            inquiry.action_told()
            self.assertFalse(self.acme_account.inquiry_deadline)
            self.assertFalse(self.acme_account.on_worklist)

    def test_told_by_phone(self):
        inquiry = self.inquiry()
        with self.assertRaisesRegex(ValidationError, "what the requester was told"):
            inquiry.action_told()
        with self.assertRaises(UserError):
            inquiry.action_close()
        inquiry.answer = "It was signed by J. Doe on the 3rd"
        inquiry.action_told()
        self.assertEqual((inquiry.state, inquiry.answered_by_id), ("answered", self.collector))
        self.assertRecordValues(
            inquiry.contact_ids,
            [{"channel": "call", "contact_id": self.ann.id, "state": "done", "account_id": self.acme_account.id}],
        )
        inquiry.action_close()
        self.assertEqual(inquiry.state, "closed")
        with self.assertRaisesRegex(UserError, "kept as it is"):
            inquiry.question = "x"
        inquiry.action_reopen()
        self.assertEqual(inquiry.state, "new")

    def test_inquiries_are_not_deleted(self):
        inquiry = self.inquiry()
        with self.assertRaises(AccessError):
            inquiry.unlink()
        with self.assertRaises(UserError):
            inquiry.sudo().unlink()
        for vals in ({"state": "closed"}, {"answered_by_id": self.manager.id}, {"checked_on": "2026-03-18 10:00:00"}):
            with self.assertRaises(AccessError):
                inquiry.write(vals)

    # ------------------------------------------------------------------
    # Bank details
    # ------------------------------------------------------------------

    def test_bank_details_need_a_call_back(self):
        inquiry = self.inquiry("bank", answer="Changed")
        for act in (inquiry.action_told, inquiry.action_answer):
            with self.assertRaisesRegex(UserError, "call-back check"):
                act()
        with self.assertRaisesRegex(ValidationError, "whom you called back"):
            inquiry.action_check()
        stranger = self.contact(self.acme, "Without a Number")
        inquiry.write({"check_contact_id": stranger.id, "check_result": "confirmed"})
        with self.assertRaisesRegex(ValidationError, "no phone number on file"):
            inquiry.action_check()
        inquiry.check_contact_id = self.ann
        inquiry.action_check()
        self.assertRecordValues(
            inquiry, [{"check_phone": "+1 555 0100", "checked_by_id": self.collector.id, "state": "new"}]
        )
        self.assertTrue(inquiry.checked_on)
        self.ann.phone = "+1 555 0666"
        with self.assertRaisesRegex(UserError, "stays as it is"):
            inquiry.check_result = "denied"
        inquiry.action_told()
        inquiry.action_close()
        self.assertEqual((inquiry.state, inquiry.check_phone), ("closed", "+1 555 0100"))

    def test_denied_request_warns_the_manager(self):
        inquiry = self.inquiry("bank")
        inquiry.write({"check_contact_id": self.ann.id, "check_result": "denied"})
        inquiry.action_check()
        self.assertIn("not the customer's request", self.acme_account.activity_ids.summary)
        self.assertEqual(self.acme_account.activity_ids.user_id, self.collector)

    # ------------------------------------------------------------------
    # Cases
    # ------------------------------------------------------------------

    def test_only_credit_requests_become_cases(self):
        action = {"type": "ir.actions.act_window", "res_model": "res.partner"}
        request, other = self.inquiry("credit_request"), self.inquiry("pod")
        with patch.object(self.env.registry["collection.inquiry"], "_case_action", lambda self: action):
            self.assertEqual((request.may_open_case, other.may_open_case), (True, False))
            self.assertEqual(request.action_open_case(), action)
            with self.assertRaisesRegex(UserError, "cannot become a case"):
                other.action_open_case()
        request._tell_result("Granted")
        self.assertEqual(self.acme_account.activity_ids.user_id, self.collector)

    # ------------------------------------------------------------------
    # Whose documents
    # ------------------------------------------------------------------

    def test_a_sales_partner_gets_its_own_orders_only(self):
        dealer = self.env["res.partner"].create({"name": "Dealer", "is_sales_partner": True, "email": "d@example.com"})
        own = self.invoice(self.customer("Sold Through", collection_sales_partner_id=dealer.id), 10, overdue=3)
        self.assertEqual(own.collection_sales_partner_id, dealer)
        vals = {"account_id": False, "sales_partner_id": dealer.id, "partner_id": dealer.id}
        self.inquiry("commission", move_ids=own.ids, **vals)
        with self.assertRaisesRegex(ValidationError, "no document of Dealer"):
            self.inquiry("commission", move_ids=(own + self.move).ids, **vals)
        with self.assertRaisesRegex(ValidationError, "no document of Acme"):
            self.inquiry(move_ids=own.ids)

    def test_belongs_to_somebody(self):
        with self.assertRaises(ValidationError):
            self.inquiry(account_id=False)

    def test_portfolio(self):
        self.company.collection_see_all = False
        inquiry = self.inquiry()
        stranger = self.member("collector", "stranger")
        with self.assertRaises(AccessError):
            inquiry.with_user(stranger).read(["question"])
        with self.assertRaises(AccessError):
            self.inquiry(user=stranger)

    # ------------------------------------------------------------------
    # Answering
    # ------------------------------------------------------------------

    def _answer(self, inquiry, **values):
        action = inquiry.action_answer()
        form = Form(self.env["collection.contact.write"].with_user(self.collector).with_context(**action["context"]))
        for name, value in values.items():
            setattr(form, name, value)
        return form.save()

    def test_answer_by_email(self):
        inquiry = self.inquiry("invoice_copy", move_ids=self.move.ids)
        wizard = self._answer(inquiry)
        self.assertEqual(wizard.contact_id, self.ann)
        self.assertTrue(wizard.attach_documents)
        self.assertEqual(wizard.line_ids, self.items(self.move))
        with patch.object(
            self.env.registry["ir.actions.report"], "_render_qweb_pdf", lambda *args, **kwargs: (b"%PDF-1.4 x", "pdf")
        ):
            wizard.action_send()
        self.assertEqual(inquiry.state, "answered")
        message = inquiry.contact_ids.mail_message_id
        self.assertEqual(message.partner_ids, self.ann)
        self.assertEqual(message.attachment_ids.mapped("raw"), [b"%PDF-1.4 x"])
        self.assertIn(self.move.name, message.body)
        self.assertEqual(len(self.move._collection_documents()), 1, "The invoice keeps its own")
        self.assertRecordValues(
            inquiry.contact_ids, [{"channel": "email", "direction": "out", "move_ids": self.move.ids, "state": "done"}]
        )
