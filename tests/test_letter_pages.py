from odoo.tests import HttpCase, tagged

from .letter_common import LetterCommon
from .letters_common import page_texts
from .promise_common import PromiseCommon


@tagged("post_install", "-at_install")
class TestLetterPages(LetterCommon, PromiseCommon, HttpCase):
    """The pages themselves, made by wkhtmltopdf with the help of the running server; special letters and a reminder in one file."""

    def test_one_file_for_the_post(self):
        self.env["ir.config_parameter"].set_param("report.url", self.base_url())
        self.company.write({"name": "Hudson Works", "email": "ar@hudson.example.com"})
        long = self.by_post("Long List Ltd", "10002")
        many = [self.invoice(long, 10 + number, overdue=3) for number in range(45)]
        plan = self.by_post("Plan Inc", "10003")
        bill = self.invoice(plan, 900, overdue=3)
        self.promise(self.items(bill), (2, 500), (9, 400))
        self.invoice(self.post, 75, overdue=3)
        letters = self.write_letters("balance", long, prefer="post") | self.write_letters("plan", plan, prefer="post")
        self.confirm()
        queue = self.env["collection.letter.queue"].search([("company_id", "=", self.company.id)])
        queue = queue.filtered(lambda row: row.letter_id or row.account_id.partner_id == self.post)
        batch = self.batch(queue.action_print_letters())
        self.assertEqual((batch.state, batch.printed_count), ("done", 3), letters.mapped("error"))
        pages = {letter.partner_id: page_texts(letter.attachment_id.raw) for letter in letters}
        self.assertGreater(len(pages[long]), 1)
        self.assertIn("Page1/", pages[long][0])
        every = "".join(pages[long])
        for move in many:
            self.assertEqual(every.count(move.name), 1)
        for part in ("HudsonWorks", "LongListLtd", "1MainStreet", "Confirmationofyourbalance", "$1,440.00"):
            self.assertIn(part, every)
        self.assertIn("Signatureandstamp", pages[long][-1])
        self.assertIn("Onethousand,fourhundredandfortyDollars", every)
        text = "".join(pages[plan])
        for part in ("PlanInc", "$500.00", "$400.00", "NinehundredDollars"):
            self.assertIn(part, text)
        self.assertEqual(
            len(page_texts(batch.attachment_id.raw)),
            sum(map(len, pages.values())) + len(page_texts(batch.notice_ids.attachment_id.raw)),
        )
        reminder = "".join(page_texts(batch.notice_ids.attachment_id.raw))
        self.assertIn("Inwords:Seventy-fiveDollars", reminder)
