from unittest.mock import patch

from odoo.tests import tagged

from .help_common import HelpCommon
from .mail_common import MailCommon


@tagged("post_install", "-at_install")
class TestHelpMail(MailCommon, HelpCommon):
    """E-mails to sales partners, their replies, reminders, and requests that return unanswered."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.set_addresses()

    def reply(self, request, body="They pay on Friday", sender="dealer@example.com", to="collections", **headers):
        """The dealer's reply to the request's first mail; the message that it became."""
        headers |= {"subject": f"Re: {request.name}", "In-Reply-To": request.contact_ids.mail_message_id[:1].message_id}
        return self.receive(body, sender, f"{to}@ours.example", **headers)

    def cron(self):
        with self.enter_registry_test_mode():
            self.env.ref("account_collections.ir_cron_help").method_direct_trigger()

    def mails(self, request):
        return self.env["mail.message"].search(
            [("model", "=", request._name), ("res_id", "=", request.id), ("partner_ids", "in", self.dealer.ids)]
        )

    # ------------------------------------------------------------------
    # Out
    # ------------------------------------------------------------------

    def test_the_mail(self):
        soon = self.invoice(self.acme, 60, overdue=-3)
        request = self.request(self.acme_bill + self.birch_bill + soon, send=True)
        mail = self.mails(request)
        self.assertEqual(len(mail), 1)
        self.assertEqual(mail.author_id, self.collector.partner_id)
        self.assertIn("collections@ours.example", mail.reply_to)
        self.assertIn(request.name, mail.subject)
        for text in (
            "Acme",
            "Birch",
            self.acme_bill.name,
            self.birch_bill.name,
            soon.name,
            "Please call",
            "03/23/2026",
        ):
            self.assertIn(text, mail.body)
        self.assertNotIn(self.cedar_bill.name, mail.body)

    def test_in_the_partners_language(self):
        self.env["res.lang"]._activate_lang("fr_FR")
        self.dealer.lang = "fr_FR"
        self.kind().with_context(lang="fr_FR").question = "Veuillez appeler votre client."
        template = self.env.ref("account_collections.mail_template_help_request")
        template.with_context(lang="fr_FR").subject = "{{ object.name }} : votre aide"
        request = self.request(send=True)
        self.assertEqual((request.lang, request.question), ("fr_FR", "Veuillez appeler votre client."))
        self.assertEqual(self.mails(request).subject, f"{request.name} : votre aide")
        self.assertIn("23/03/2026", self.mails(request).body)

    def test_attached_invoices(self):
        with patch.object(
            self.env.registry["ir.actions.report"], "_render_qweb_pdf", lambda *args, **kwargs: (b"%PDF-1.4 x", "pdf")
        ):
            request = self.request(kind_id=self.kind("proof").id, send=True)
        self.assertEqual(len(self.mails(request).attachment_ids), 2)

    # ------------------------------------------------------------------
    # In
    # ------------------------------------------------------------------

    def test_reply_lands_on_the_request(self):
        for to in ("collections", "c"):
            with self.subTest(to):
                request = self.request(send=True)
                message = self.reply(request, to=to)
                self.assertEqual((message.model, message.res_id), (request._name, request.id))
                self.assertEqual((request.state, request.answer), ("answered", "They pay on Friday"))
                self.assertEqual(request.turn_date, self.today)
                self.assertEqual(request.activity_ids.user_id, self.collector)
                reply = request.contact_ids.filtered(lambda contact: contact.direction == "in")
                self.assertRecordValues(
                    reply,
                    [{"contact_id": self.dealer.id, "account_ids": self.accounts.ids, "mail_message_id": message.id}],
                )
                request.result = "solved"
                request.action_close()
                self.assertFalse(request.activity_ids)
        self.assertFigures(self.acme, stage="new", last_contact_date=False)

    def test_a_machines_answer_is_none(self):
        request = self.request(send=True)
        self.reply(request, "Out of office", **{"Auto-Submitted": "auto-replied"})
        self.assertEqual((request.state, request.answer), ("sent", False))

    def test_our_own_mail_is_no_answer(self):
        request = self.request(send=True)
        self.collector.email = "carla@ours.example"
        self.reply(request, "Colleagues, see below", sender="carla@ours.example")
        self.assertEqual(request.state, "sent")

    def test_card_numbers_are_masked(self):
        request = self.request(send=True)
        message = self.reply(request, "Take our card 4111 1111 1111 1111")
        for text in (request.answer, message.body, request.contact_ids.sorted("id")[-1].note):
            self.assertIn("1111", text)
            self.assertNotIn("4111 1111", text)

    def test_more_replies_and_late_ones(self):
        request = self.request(send=True)
        self.reply(request, "We look into it")
        self.reply(request, "They pay on Friday")
        self.assertEqual(request.answer, "We look into it\n\nThey pay on Friday")
        late = self.request(send=True)
        with self.at(6):
            self.cron()
            self.assertEqual(late.state, "expired")
            self.reply(late, "Sorry")
            self.assertEqual((late.state, late.answer), ("answered", "Sorry"))
        request.result = "solved"
        request.action_close()
        self.reply(request, "By the way")
        self.assertEqual((request.state, len(request.activity_ids)), ("closed", 1))

    def test_a_foreign_company_does_not_get_the_reply(self):
        request = self.request(send=True)
        data = self.second_company()
        other = data["company"]
        other.alias_domain_id = self.company.alias_domain_id
        other.collection_alias_id.write({"alias_name": "others", "alias_domain_id": self.company.alias_domain_id.id})
        self.reply(request, to="others")
        self.assertEqual(request.state, "sent")

    def test_a_bounce_is_told(self):
        request = self.request(send=True)
        request._message_receive_bounce("dealer@example.com", self.dealer)
        self.assertIn("came back", request.activity_ids.summary)
        self.assertEqual((request.state, request.activity_ids.user_id), ("sent", self.collector))

    # ------------------------------------------------------------------
    # Reminder, return
    # ------------------------------------------------------------------

    def test_reminded_once_before_the_answer_is_due(self):
        request = self.request(send=True)  # asked on Wednesday, due on Monday, reminded on Friday
        for day, mails, reminded in ((0, 1, False), (1, 1, False), (2, 2, True), (3, 2, True), (5, 2, True)):
            with self.subTest(day), self.at(day):
                self.cron()
                self.cron()
                self.assertEqual((len(self.mails(request)), bool(request.reminded_on)), (mails, reminded))
                self.assertEqual(request.state, "sent")
        self.assertEqual(len(request.contact_ids), 2)
        self.assertEqual(self.account(self.acme).last_worked_date, self.today, "A reminder is nobody's work")

    def test_not_reminded_on_the_day_it_was_asked(self):
        request = self.request(date_due=self.today, send=True)
        self.cron()
        self.assertFalse(request.reminded_on)

    def test_reminder_lists_what_is_open_still(self):
        request = self.request(send=True)
        self.pay(self.acme_bill)
        with self.at(2):
            self.cron()
        reminder = self.mails(request)[0]
        self.assertNotIn(self.acme_bill.name, reminder.body)
        self.assertIn(self.birch_bill.name, reminder.body)

    def test_no_reminder_where_nobody_can_be_written_to(self):
        request = self.request(send=True)
        self.dealer.collection_do_not_email = True
        with self.at(2):
            self.cron()
            self.cron()
        self.assertEqual(len(self.mails(request)), 1)
        self.assertRecordValues(request.activity_ids, [{"user_id": self.collector.id}])

    def test_unanswered_returns_on_the_day_after(self):
        request = self.request(send=True)
        self.accounts[1].next_action_date = False
        for day, state, late in ((4, "sent", False), (5, "sent", False), (6, "expired", True)):
            with self.subTest(day), self.at(day):
                self.cron()
                request.invalidate_recordset(["is_late"])
                self.assertEqual((request.state, request.is_late), (state, late))
                found = self.Help.search([("is_late", "=", True), ("id", "=", request.id)])
                self.assertEqual(bool(found), late)
        with self.at(6):
            self.cron()
            self.assertRecordValues(
                request, [{"turn_date": self.day(6), "activity_user_id": self.collector.id, "answer": False}]
            )
            self.assertEqual(len(request.activity_ids), 1)
            for customer in (self.acme, self.birch):
                self.assertFigures(customer, on_worklist=True, help_turn_date=self.day(6))
            self.assertEqual(self.accounts[1].next_action_date, self.day(6))

    def test_late_before_the_job_has_run(self):
        request = self.request(send=True)
        with self.at(6):
            request.invalidate_recordset(["is_late"])
            self.assertTrue(request.is_late)
            self.assertIn(request, self.Help.search([("is_late", "=", True)]))
            self.assertNotIn(request, self.Help.search([("is_late", "=", False)]))

    def test_business_date_of_the_company(self):
        request = self.request(send=True)
        with self.at("2026-03-24 03:30:00"):  # Monday, 23:30 in New York
            self.cron()
            self.assertEqual(request.state, "sent")
        with self.at("2026-03-24 04:30:00"):
            self.cron()
            self.assertEqual(request.state, "expired")

    def test_a_colleague_who_left_gets_nothing_back(self):
        request = self.request(send=True)
        self.accounts.collector_id = self.colleague
        self.collector.active = False
        with self.at(6):
            self.cron()
        self.assertEqual(request.activity_ids.user_id, self.colleague)

    def test_asked_again(self):
        request = self.request(send=True)
        with self.at(6):
            self.cron()
            request.with_user(self.collector).action_ask_again()
            self.assertRecordValues(
                request,
                [{"state": "sent", "sent_on": self.day(6), "date_due": self.day(9), "turn_date": False}],
            )
            self.assertFalse(request.activity_ids)
            self.assertFalse(request.reminded_on)
            self.assertFigures(self.acme, help_turn_date=False, on_worklist=False)
        with self.at(8):
            self.cron()
            self.assertEqual(request.reminded_on, self.day(8))

    def test_nothing_left_open_closes_it(self):
        request = self.request(send=True)
        self.pay(self.acme_bill)
        self.cron()
        self.assertEqual(request.state, "sent")
        self.pay(self.birch_bill)
        self.cron()
        self.assertRecordValues(request, [{"state": "closed", "result": "settled"}])

    def test_a_fault_stops_no_other(self):
        bad, good = self.request(self.acme_bill, send=True), self.request(self.birch_bill, send=True)
        original = type(self.Help)._put_items

        def fail(request, text):
            if request.id == bad.id:
                raise ValueError("broken")
            return original(request, text)

        with (
            self.at(2),
            patch.object(self.env.registry["collection.help"], "_put_items", fail),
            self.assertLogs("odoo.addons.account_collections.models.ledger.collection_batches", "ERROR"),
        ):
            self.cron()
        self.assertEqual((bool(bad.reminded_on), bool(good.reminded_on)), (False, True))
        self.assertEqual((len(self.mails(bad)), len(self.mails(good))), (1, 2))

    def queries(self, count, method):
        """How many queries it takes for as many requests."""
        requests = self.Help.browse()
        for number in range(count):
            customer = self.customer(f"Customer {method} {count} {number}", collection_sales_partner_id=self.dealer.id)
            requests += self.request(self.invoice(customer, 10, overdue=3))
        requests._unguarded().write({"state": "sent", "sent_on": self.today})
        self.env.flush_all()
        self.env.invalidate_all()
        before = self.env.cr.sql_log_count
        getattr(requests.with_context(mail_notify_force_send=False), method)()
        self.env.flush_all()
        return self.env.cr.sql_log_count - before

    def test_returning_goes_by_sets(self):
        few, many = (self.queries(count, "_set_expired") for count in (2, 12))
        self.assertLess(many, few + 10, "As many queries, however many requests return")

    def test_reminding_goes_by_sets(self):
        few, many = (self.queries(count, "_remind") for count in (2, 12))
        self.assertLess(many, few + 10 * 9, "The number of its contact and the like; one e-mail alone takes forty")

    def test_a_refused_mail_is_seen(self):
        request = self.request(send=True)
        notification = self.mails(request).notification_ids
        self.assertRecordValues(
            notification,
            [
                {
                    "res_partner_id": self.dealer.id,
                    "notification_type": "email",
                    "author_id": self.collector.partner_id.id,
                }
            ],
        )
