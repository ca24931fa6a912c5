from unittest.mock import patch

from odoo.exceptions import AccessError, UserError
from odoo.tests import tagged
from odoo.tools import mute_logger

from ..models.letter import collection_letter_mail
from .exception_common import ExceptionCommon
from .letter_common import LetterCommon
from .letters_common import page_texts

PAPER = "odoo.addons.account_collections.models.dunning.collection_paper"


@tagged("post_install", "-at_install")
class TestLetterSending(LetterCommon, ExceptionCommon):
    """To whom, by which way, printed or mailed once, and what is kept."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        for partner in (cls.acme, cls.post):
            cls.invoice(partner, 100, overdue=3)

    def certificate(self, *partners, prefer="post", **vals):
        return self.write_letters("certificate", *partners, prefer=prefer, **vals)

    def to(self, partner, prefer="email"):
        """Whom a letter to a customer would reach: (recipient, way), or the words why nobody."""
        account = self.account(partner)
        found = self.Letter._recipients(account, prefer)[account]
        return (
            found if isinstance(found, str) else (self.env["res.partner"].browse(found["recipient_id"]), found["way"])
        )

    # ------------------------------------------------------------------
    # To whom
    # ------------------------------------------------------------------

    def test_recipient_by_the_rule_of_notices(self):
        self.assertEqual(self.to(self.acme), (self.acme, "email"))
        self.assertEqual(self.to(self.acme, "post"), (self.acme, "post"))
        self.assertEqual(self.to(self.post), (self.post, "post"), "No e-mail address")
        office = self.contact(self.acme, "Invoices", email="inv@example.com", type="invoice")
        self.assertEqual(self.to(self.acme), (office, "email"))
        ap = self.contact(self.acme, "Payables", email="ap@example.com")
        self.acme.collection_ap_contact_id = ap
        self.assertEqual(self.to(self.acme), (ap, "email"))
        ap.collection_do_not_email = True
        self.assertEqual(self.to(self.acme), (office, "email"))
        (office | self.acme).collection_do_not_email = True
        self.assertEqual(
            self.to(self.acme), (ap, "post"), "Nobody wants e-mails: a letter to the first with an address"
        )
        self.acme.street = False
        self.assertIn("Neither an e-mail address", self.to(self.acme))

    def test_exceptions(self):
        ap = self.contact(self.acme, "Payables", email="ap@example.com")
        self.acme.collection_ap_contact_id = ap
        self.approved("ap_only")
        self.assertEqual(self.to(self.acme), (ap, "email"))
        ap.email = False
        self.assertEqual(self.to(self.acme), (ap, "post"))
        ap.write({"type": "other", "street": False})
        self.assertIn("EXC/", self.to(self.acme), "The customer's own address is not taken")

    def test_no_letters_portal_only_never_contact(self):
        no_letters = self.approved("no_letters")
        self.assertEqual(self.to(self.acme, "post"), (self.acme, "email"))
        self.acme.email = False
        self.assertIn("EXC/", self.to(self.acme, "post"))
        no_letters.with_user(self.manager).action_end("Over")
        self.assertEqual(self.to(self.acme, "post"), (self.acme, "post"))
        portal = self.approved("portal_only")
        for prefer in ("email", "post"):
            self.assertIn("EXC/", self.to(self.acme, prefer))
        portal.with_user(self.manager).action_end("Over")
        self.approved("never_contact", contact_id=self.acme.id)
        self.assertIsInstance(self.to(self.acme, "post"), str)

    def test_an_exception_that_came_after_writing_is_followed(self):
        letter = self.certificate(self.post)
        self.approved("no_letters", self.post)
        with self.printer() as calls:
            letter.action_print_letters()
        self.assertFalse(calls)
        self.assertEqual(letter.state, "suppressed")
        self.assertIn("EXC/", letter.error)
        self.assertIn("No address", self.account(self.post).activity_ids.mapped("summary")[0])

    def test_preview_says_who_gets_it_and_who_not(self):
        nowhere = self.customer("Nowhere", email=False)
        self.invoice(nowhere, 10, overdue=1)
        wizard = self.dialog("certificate", self.acme, self.post, nowhere, prefer="email")
        self.assertEqual((wizard.included_count, wizard.left_out_count), (2, 1))
        self.assertIn("Neither an e-mail", self.refusals(wizard)["Nowhere"])
        ways = {line.account_id.partner_id: (line.way, line.detour) for line in wizard.line_ids}
        self.assertEqual(ways[self.acme], ("email", False))
        self.assertEqual(ways[self.post], ("post", True))
        self.assertIn("exemption certificate", wizard.sample)
        wizard.line_ids.filtered(lambda line: line.account_id.partner_id == self.acme).included = False
        wizard.action_queue()
        self.assertEqual(wizard.letter_ids.partner_id, self.post)

    def test_a_second_click_writes_nothing_more(self):
        wizard = self.dialog("certificate", self.post, prefer="post")
        wizard.action_queue()
        wizard.action_queue()
        self.assertEqual(len(self.Letter.search([("account_id", "=", self.account(self.post).id)])), 1)

    # ------------------------------------------------------------------
    # Printed
    # ------------------------------------------------------------------

    def test_one_place_to_print_reminders_and_special_letters(self):
        special = self.certificate(self.acme)
        self.confirm()
        notice = self.notice(self.post)
        queue = self.env["collection.letter.queue"].search([("company_id", "=", self.company.id)])
        self.assertEqual((queue.notice_id, queue.letter_id), (notice, special))
        self.assertEqual(sorted(queue.mapped("what")), ["Reminder", "Tax certificate request"])
        with self.printer() as calls:
            batch = self.batch(queue.action_print_letters())
        self.assertEqual(calls, [notice, special])
        self.assertEqual((batch.state, batch.printed_count, len(page_texts(batch.attachment_id.raw))), ("done", 2, 2))
        self.assertEqual((notice.state, special.state), ("sent", "sent"))
        self.assertFalse(self.env["collection.letter.queue"].search([("company_id", "=", self.company.id)]))

    def test_kept_as_it_went_out(self):
        letter = self.certificate(self.post, note="Ask for Kim")
        with self.printer():
            letter.action_print_letters()
        kept = (letter.subject, str(letter.body), letter.address, letter.recipient_name, letter.attachment_id)
        self.assertEqual(letter.address.splitlines()[:2], ["Post Only", "1 Main Street"])
        self.post.write({"name": "Renamed", "street": "Elsewhere"})
        self.template("certificate").write({"subject": "Other", "body": "<p>Other</p>"})
        letter.invalidate_recordset()
        self.assertEqual(
            (letter.subject, str(letter.body), letter.address, letter.recipient_name, letter.attachment_id), kept
        )
        self.assertIn(f"/web/content/{letter.attachment_id.id}", letter.action_download()["url"])
        for vals in ({"body": "x"}, {"state": "due"}, {"attachment_id": False}, {"note": "x"}):
            with self.assertRaises(AccessError):
                letter.write(vals)
        with self.assertRaises(UserError):
            letter.unlink()
        self.assertIn(letter, self.account(self.post).letter_ids)

    def test_counts_as_contact(self):
        letter = self.certificate(self.post)
        self.assertFalse(letter.activity_id)
        with self.printer():
            letter.action_print_letters()
        contact = letter.activity_id
        self.assertEqual((contact.channel, contact.direction, contact.state), ("letter", "out", "done"))
        self.assertEqual((contact.account_ids, contact.contact_id), (self.account(self.post), self.post))
        self.assertIn(letter.name, contact.note)

    def test_one_bad_letter_stops_no_other_and_a_dead_printer_none(self):
        letters = self.certificate(self.acme, self.post)
        with mute_logger(PAPER), self.printer(fails_for=("Post Only",)):
            letters.action_print_letters()
        bad = letters.filtered(lambda letter: letter.partner_id == self.post)
        self.assertEqual(((letters - bad).state, bad.state), ("sent", "due"))
        self.assertIn("Wkhtmltopdf failed", bad.error)
        self.assertFalse(bad.activity_id)
        with mute_logger(PAPER), self.printer(dead=True), self.assertRefused(UserError, "Wkhtmltopdf failed"):
            bad.action_print_letters()
        report = self.env.registry["ir.actions.report"]
        missing = patch.object(report, "get_wkhtmltopdf_state", lambda _self: "install")
        with missing, self.assertRefused(UserError, "wkhtmltopdf, which makes PDFs, does not work"):
            bad.action_print_letters()
        with self.printer():
            bad.action_print_letters()
        self.assertEqual((bad.state, bad.error), ("sent", False))

    def test_cancelled_before_it_is_printed(self):
        letter = self.certificate(self.post)
        letter.action_cancel()
        with self.assertRefused(UserError, "None of these letters"):
            letter.action_print_letters()
        with self.assertRefused(UserError, "cannot become"):
            sent = self.certificate(self.acme)
            with self.printer():
                sent.action_print_letters()
            sent.action_cancel()

    def test_merged_customer(self):
        letter = self.certificate(self.post)
        self.env["base.partner.merge.automatic.wizard"]._merge([self.post.id, self.acme.id], self.acme)
        self.env.invalidate_all()
        self.assertEqual(letter.account_id, self.account(self.acme))
        with self.printer():
            letter.action_print_letters()
        self.assertEqual((letter.state, letter.recipient_id), ("sent", self.acme), letter.error)

    # ------------------------------------------------------------------
    # Mailed
    # ------------------------------------------------------------------

    def test_mailed_with_its_pdf(self):
        with self.printer():
            letter = self.certificate(self.acme, prefer="email")
        self.assertEqual((letter.state, letter.way, letter.delivery), ("sent", "email", "queued"), letter.error)
        mail = letter.mail_mail_id
        self.assertEqual((mail.recipient_ids, mail.attachment_ids), (self.acme, letter.attachment_id))
        self.assertIn("exemption certificate", mail.body_html)
        self.assertEqual((mail.model, mail.res_id), ("collection.account", letter.account_id.id))
        self.assertEqual(letter.activity_id.channel, "email")
        mail.state = "exception"
        letter.invalidate_recordset()
        self.assertEqual(letter.delivery, "failed")

    def test_a_mail_that_cannot_be_made_waits(self):
        with mute_logger(PAPER), self.printer(dead=True):
            letter = self.certificate(self.acme, prefer="email")
        self.assertEqual((letter.state, letter.attempts, letter.mail_mail_id.id), ("due", 1, False))
        self.assertIn("Wkhtmltopdf failed", letter.error)
        with self.printer():
            letter.action_send()
        self.assertEqual((letter.state, letter.error), ("sent", False))
        with self.assertRefused(UserError, "None of these letters waits"):
            letter.action_send()
        self.assertEqual(len(self.env["mail.mail"].search([("subject", "like", letter.subject)])), 1)

    def test_many_in_the_background(self):
        cron = self.env.ref("account_collections.ir_cron_mail_letters")
        with (
            patch.object(collection_letter_mail, "AT_ONCE", 0),
            self.printer() as calls,
            self.enter_registry_test_mode(),
        ):
            letters = self.certificate(self.acme, self.post, prefer="email")
            self.assertEqual(letters.mapped("state"), ["due", "due"])
            cron.method_direct_trigger()
            self.env.invalidate_all()
            cron.method_direct_trigger()
        by_email = letters.filtered(lambda letter: letter.way == "email")
        self.assertEqual((by_email.state, (letters - by_email).state), ("sent", "due"))
        self.assertEqual(len(calls), 1)

    def test_paper_for_whom_only_email_is_left_is_mailed(self):
        letter = self.certificate(self.acme)
        self.acme.street = False
        with self.printer() as calls:
            batch = self.batch(letter.action_print_letters())
            self.assertEqual((letter.state, letter.way, letter.letter_batch_id.id), ("due", "email", False))
            letter.action_send()
        self.assertEqual((letter.state, batch.printed_count, len(calls)), ("sent", 0, 1))

    # ------------------------------------------------------------------
    # Sales partners
    # ------------------------------------------------------------------

    def test_to_a_sales_partner(self):
        place = {"street": "5 Dealer Road", "city": "Utica", "zip": "13501"}
        dealer = self.env["res.partner"].create({"name": "Dealer", "is_sales_partner": True, **place})
        action = dealer.action_collection_write_letter()
        wizard = self.Write.browse(action["res_id"])
        wizard.write({"kind": "free", "subject": "Your orders", "text": "<p>Hello</p>"})
        wizard.action_preview()
        wizard.action_queue()
        letter = wizard.letter_ids
        with self.printer():
            letter.action_print_letters()
        self.assertEqual(
            (letter.state, letter.recipient_id, letter.account_id.id), ("sent", dealer, False), letter.error
        )
        self.assertEqual((letter.activity_id.sales_partner_id, letter.activity_id.account_ids.ids), (dealer, []))
        wizard = self.Write.browse(dealer.action_collection_write_letter()["res_id"])
        wizard.kind = "balance"
        with self.assertRefused(UserError, "about an account"):
            wizard.action_preview()
        with self.assertRefused(UserError, "sales partners"):
            self.acme.action_collection_write_letter()

    def test_to_the_sales_partner_of_an_account(self):
        place = {"street": "5 Dealer Road", "city": "Utica", "zip": "13501"}
        dealer = self.env["res.partner"].create({"name": "Dealer", "is_sales_partner": True, **place})
        self.acme.collection_sales_partner_id = dealer
        wizard = self.dialog("certificate", self.acme, self.post, to="sales_partner")
        self.assertEqual(self.refusals(wizard), {"Post Only": "No sales partner"})
        wizard.action_queue()
        letter = wizard.letter_ids
        self.assertEqual((letter.recipient_id, letter.account_id), (dealer, self.account(self.acme)))
        with self.printer():
            letter.action_print_letters()
        self.assertEqual(letter.state, "sent", letter.error)
        self.assertFalse(self.account(self.acme).last_contact_date)
