from unittest.mock import patch

from odoo.exceptions import AccessError, UserError
from odoo.tests import HttpCase, tagged
from odoo.tools import mute_logger

from ..models.dunning import collection_letter_batch
from .dunning_common import DunningCommon
from .letters_common import LettersMixin, page_texts


@tagged("post_install", "-at_install")
class TestDunningLetters(LettersMixin, DunningCommon):
    """Letters: which wait, the look at the ledger before they are printed, one batch for many (SPEC §2)."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.post = cls.by_post("Post Only")
        cls.bill = cls.invoice(cls.post, 100, overdue=3)

    def letters(self):
        """The letters of a confirmed run."""
        self.confirm()
        return self.Notice.search([("channel", "=", "letter"), ("state", "=", "due")])

    def print(self, letters, user=None):
        action = letters.with_user(user or self.env.user).action_print_letters()
        return self.env["collection.letter.batch"].browse(action["res_id"])

    # ------------------------------------------------------------------
    # Printing
    # ------------------------------------------------------------------

    def test_printed_is_sent(self):
        letters = self.letters()
        self.assertEqual((letters.recipient_id, letters.recipient_email), (self.post, False))
        collector = self.member("collector")
        with self.printer():
            batch = self.print(letters, collector)
        self.assertEqual((letters.state, letters.sent_on, letters.letter_batch_id), ("sent", self.today, batch))
        self.assertEqual(self.items(self.bill).collection_step_id.days, 3)
        self.assertEqual((batch.state, batch.printed_count, batch.amount), ("done", 1, 100))
        self.assertEqual(batch.create_uid, collector)
        self.assertTrue(letters.attachment_id.with_user(collector).raw.startswith(b"%PDF"))
        self.assertEqual(letters.run_id.state, "done")
        url = batch.with_user(collector).action_download()["url"]
        self.assertIn(f"/{batch.attachment_id.id}", url)
        with self.printer() as calls, self.assertRefused(UserError, "None of these notices is a letter"):
            self.print(letters)
        self.assertFalse(calls, "A copy is the stored file")

    def test_one_file_in_the_order_of_the_addresses(self):
        canada = self.by_post("Canada", "A1A", country_id=self.env.ref("base.ca").id)
        for partner in (self.by_post("West", "94105"), canada, self.by_post("Boston", "02101")):
            self.invoice(partner, 50, overdue=3)
        letters = self.letters()
        with self.printer() as calls:
            batch = self.print(letters)
        self.assertEqual(calls[0].mapped("partner_id.name"), ["Canada", "Boston", "Post Only", "West"])
        self.assertEqual(len(page_texts(batch.attachment_id.raw)), 4)

    def test_checked_against_the_ledger_once_more(self):
        paid, part = self.by_post("Paid"), self.by_post("Part")
        paid_bill, part_bill = (self.invoice(partner, 100, overdue=3) for partner in (paid, part))
        letters = self.letters()
        self.pay(paid_bill)
        self.pay(part_bill, 40)
        self.hold(self.items(self.bill))
        with self.printer():
            batch = self.print(letters)
        states = {letter.partner_id.name: (letter.state, letter.suppress_reason) for letter in letters}
        self.assertEqual(
            states, {"Paid": ("suppressed", "paid"), "Part": ("sent", False), "Post Only": ("suppressed", "manual")}
        )
        self.assertEqual((batch.printed_count, batch.left_out_count, batch.amount), (1, 2, 60))

    def test_nothing_left_to_print(self):
        letters = self.letters()
        self.pay(self.bill)
        with self.printer():
            batch = self.print(letters)
        self.assertEqual((batch.state, batch.attachment_id.id, batch.left_out_count), ("done", False, 1))
        with self.assertRefused(UserError, "has no PDF"):
            batch.action_download()

    def test_addressed_as_things_stand_then(self):
        moved, found = self.by_post("Moved"), self.by_post("Found")
        for partner in (moved, found):
            self.invoice(partner, 100, overdue=3)
        letters = self.letters()
        office = self.contact(self.post, email=False, type="invoice", street="2 Side Street", city="Albany")
        moved.street = False
        found.write({"street": False, "email": "found@example.com"})
        with self.printer():
            self.print(letters)
        by_name = {letter.account_id.partner_id.name: letter for letter in letters}
        self.assertEqual((by_name["Post Only"].recipient_id, by_name["Post Only"].state), (office, "sent"))
        self.assertEqual((by_name["Moved"].state, by_name["Moved"].suppress_reason), ("suppressed", "no_recipient"))
        self.assertIn("No address", self.account(moved).activity_ids.summary)
        self.assertEqual((by_name["Found"].channel, by_name["Found"].recipient_email), ("email", "found@example.com"))
        self.assertFalse(by_name["Found"].letter_batch_id)

    def test_a_letter_step_goes_to_the_first_with_a_postal_address(self):
        self.company.collection_policy_id = self.make_policy((3, "letter"))
        clerk = self.contact(self.acme, "Clerk", email="clerk@example.com", type="invoice", street=False)
        self.acme.write({"street": "9 High Street", "city": "Troy"})
        nowhere = self.customer("Nowhere")
        for partner in (self.acme, nowhere):
            self.invoice(partner, 100, overdue=3)
        self.confirm()
        letter, mail = self.notice(self.acme), self.notice(nowhere)
        self.assertEqual((letter.channel, letter.recipient_id, letter.recipient_email), ("letter", self.acme, False))
        self.assertNotEqual(letter.recipient_id, clerk)
        self.assertEqual((mail.channel, mail.recipient_email), ("letter", False))
        with self.printer():
            self.print(letter | mail)
        self.assertEqual((letter.state, mail.channel), ("sent", "email"), "No postal address")
        self.assertEqual(mail.recipient_email, "nowhere@example.com")
        self.assertEqual(mail._send(), mail, mail.error)

    def test_final_demands_and_sales_partners_without_email(self):
        old = self.invoice(self.post, 500, overdue=60)
        self.noticed(old, 30, ago=12)
        place = {"street": "5 Dealer Road", "city": "Utica", "zip": "13501"}
        dealer = self.env["res.partner"].create({"name": "Dealer", "is_sales_partner": True, **place})
        self.invoice(self.acme, 70, overdue=30, collection_sales_partner_id=dealer.id)
        self.confirm()
        final = self.notice(self.post, channel="final_demand")
        partner = self.Notice.search([("sales_partner_id", "=", dealer.id)])
        with self.printer(), self.assertRefused(UserError, "None of these"):
            self.print(final)
        with self.at(2):
            final.action_release()
            with self.printer():
                self.print(final | partner)
        self.assertEqual((final.state, final.deadline), ("sent", self.day(12)))
        self.assertEqual((partner.state, partner.recipient_id), ("sent", dealer))

    def test_a_final_demand_to_somebody_else_is_approved_anew(self):
        old = self.invoice(self.post, 500, overdue=60)
        self.noticed(old, 30, ago=12)
        self.confirm()
        final = self.notice(self.post, channel="final_demand")
        final.action_release()
        self.assertTrue(final.ready)
        office = self.contact(self.post, email=False, type="invoice", street="2 Side Street", city="Albany")
        with self.printer() as calls:
            self.print(final)
        self.assertFalse(calls)
        self.assertEqual((final.state, final.ready, final.letter_batch_id.id), ("due", False, False))
        final.action_release()
        with self.printer():
            self.print(final)
        self.assertEqual((final.state, final.recipient_id), ("sent", office))

    def test_letters_in_a_batch_are_not_printed_by_another(self):
        letters = self.letters()
        with self.printer(), patch.object(collection_letter_batch, "AT_ONCE", 0):
            batch = self.print(letters)
            self.assertEqual((batch.state, letters.state), ("printing", "due"))
            with self.assertRefused(UserError, f"is being printed already.*{batch.name}"):
                self.print(letters)

    def test_who_prints(self):
        letters = self.letters()
        with self.printer():
            for role in ("auditor", "resolver", "billing"):
                with self.assertRaises(AccessError, msg=role):
                    self.print(letters, self.member(role))
            with self.assertRaises(AccessError):
                self.env["collection.letter.batch"].create({"name": "X", "company_id": self.company.id})
            batch = self.print(letters, self.member("collector"))
        for values in ({"state": "printing"}, {"attachment_id": False}, {"error": "x"}):
            with self.assertRaises(AccessError):
                batch.write(values)
        with self.assertRaises(UserError):
            batch.unlink()
        other = self.member("collector", login="other")
        self.assertTrue(batch.with_user(other).action_download())
        self.company.collection_see_all = False
        self.env.invalidate_all()
        with self.assertRaises(AccessError):
            batch.with_user(other).action_download()
        self.assertTrue(batch.with_user(self.member("assistant")).action_download())

    def test_companies(self):
        second = self.second_company()["company"]
        self.invoice(self.post, 70, overdue=3, company=second)
        self.confirm(second)
        letters = self.letters()
        self.assertEqual(len(letters.company_id), 2)
        with self.printer():
            with self.assertRefused(UserError, "one company at a time"):
                self.print(letters)
            batch = self.print(letters.filtered(lambda letter: letter.company_id == second))
        with self.assertRaises(AccessError):
            batch.with_user(self.member("manager")).check_access("read")

    # ------------------------------------------------------------------
    # When printing fails
    # ------------------------------------------------------------------

    def test_one_bad_letter_stops_no_other(self):
        bad = self.by_post("Bad")
        self.invoice(bad, 50, overdue=3)
        letters = self.letters()
        with (
            self.printer(fails_for=("Bad",)),
            mute_logger("odoo.addons.account_collections.models.dunning.collection_paper"),
        ):
            batch = self.print(letters)
        failed = letters.filtered(lambda letter: letter.partner_id == bad)
        self.assertEqual(((letters - failed).state, failed.state), ("sent", "due"))
        self.assertIn("could not be printed", failed.error)
        self.assertEqual((batch.printed_count, failed.letter_batch_id.id), (1, False))
        with self.printer():
            self.print(failed)
        self.assertEqual((failed.state, failed.error), ("sent", False))

    def test_a_dead_printer_leaves_letters_due(self):
        letters = self.letters()
        with self.printer(dead=True), self.assertRefused(UserError, "could not be printed: Wkhtmltopdf failed"):
            self.print(letters)
        report = self.env.registry["ir.actions.report"]
        missing = patch.object(report, "get_wkhtmltopdf_state", lambda _self: "install")
        with missing, self.assertRefused(UserError, "wkhtmltopdf, which makes PDFs, does not work"):
            self.print(letters)

    def test_in_the_background(self):
        """More than a few: the job prints; where the printer dies the batch stops, and goes on without printing anything twice."""
        for number in range(5):
            self.invoice(self.by_post(f"Customer {number}", f"1000{number}"), 50, overdue=3)
        letters = self.letters()
        cron = self.env.ref("account_collections.ir_cron_print_letters")
        with (
            patch.object(collection_letter_batch, "AT_ONCE", 2),
            patch.object(collection_letter_batch, "_CHUNK", 2),
            self.enter_registry_test_mode(),
        ):
            with self.printer():
                batch = self.print(letters)
                self.assertEqual(batch.state, "printing")
                batch.sudo()._print_chunk()
            with self.printer(dead=True):
                cron.method_direct_trigger()
            self.env.invalidate_all()
            self.assertEqual((batch.state, batch.printed_count), ("failed", 2))
            self.assertIn("Wkhtmltopdf failed", batch.error)
            first = batch.notice_ids.attachment_id
            with self.printer() as calls:
                batch.action_resume()
                self.assertEqual(batch.state, "printing")
                cron.method_direct_trigger()
        self.env.invalidate_all()
        self.assertEqual([len(call) for call in calls], [2, 2])
        self.assertEqual((batch.state, batch.printed_count), ("done", 6))
        self.assertEqual(first & letters.attachment_id, first)
        self.assertEqual(set(letters.mapped("state")), {"sent"})
        self.assertEqual(len(page_texts(batch.attachment_id.raw)), 6)


@tagged("post_install", "-at_install")
class TestDunningLetterPages(LettersMixin, DunningCommon, HttpCase):
    """The pages themselves, made by wkhtmltopdf with the help of the running server."""

    def test_three_letters_of_different_length(self):
        self.env["ir.config_parameter"].set_param("report.url", self.base_url())
        self.env["res.lang"]._activate_lang("fr_FR")
        self.company.write({"name": "Hudson Works", "email": "ar@hudson.example.com"})
        french = self.by_post("Jean Petit", "75001", lang="fr_FR")
        final = self.by_post("Final Inc", "10003")
        long = self.by_post("Long List Ltd", "10002")
        template = self.step(3).mail_template_id
        template.with_context(lang="fr_FR").write({"subject": "Rappel", "body_html": "<h1>Bonjour</h1><p>Merci</p>"})
        bill = self.invoice(french, 1234.5, overdue=3)
        many = [self.invoice(long, 10 + number, overdue=3) for number in range(60)]
        last = self.invoice(final, 800, overdue=60)
        self.noticed(last, 30, ago=12)
        self.confirm()
        self.notice(final, channel="final_demand").action_release()
        letters = self.Notice.search([("state", "=", "due"), ("ready", "=", True)]).filtered("is_letter")
        batch = self.env["collection.letter.batch"].browse(letters.action_print_letters()["res_id"])
        self.assertEqual((batch.state, batch.printed_count), ("done", 3), letters.mapped("error"))
        pages = {letter.account_id.partner_id: page_texts(letter.attachment_id.raw) for letter in letters}
        self.assertEqual(len(pages[french]), 1)
        self.assertGreater(len(pages[long]), 1)
        self.assertEqual(sum(map(len, pages.values())), len(page_texts(batch.attachment_id.raw)))
        text = pages[french][0]
        for part in ("HudsonWorks", "JeanPetit", "1MainStreet", "75001", "Rappel", "Bonjour", bill.name, "15/03/2026"):
            self.assertIn(part, text)
        self.assertIn("Paymentmustreachusby03/28/2026", pages[final][0])
        every = "".join(pages[long])
        for move in many:
            self.assertEqual(every.count(move.name), 1)
        self.assertIn("$2,370.00", every)
