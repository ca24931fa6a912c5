from odoo.tests import HttpCase, tagged

from .letters_common import page_texts
from .statement_common import StatementCommon


@tagged("post_install", "-at_install")
class TestStatementPages(StatementCommon, HttpCase):
    """The pages themselves, made by wkhtmltopdf with the help of the running server."""

    def test_statements_of_different_length_in_one_call(self):
        self.env["ir.config_parameter"].set_param("report.url", self.base_url())
        self.company.write(
            {"name": "Hudson Works", "phone": "+1 555 0100", "collection_statement_hours": "9 to 5", "logo": False}
        )
        self.company.collection_remit_address = "Lockbox 4471\nPhiladelphia"
        euro = self.foreign_currency()
        bank = self.env["res.partner.bank"].create(
            {"acc_number": "DE89370400440532013000", "partner_id": self.company.partner_id.id, "currency_id": euro.id}
        )
        self.company.collection_remit_bank_ids = bank
        account = self.account(self.acme)
        late = self.invoice(self.acme, 1234.5, overdue=40, ref="PO 4711")
        self.invoice(self.acme, 200, overdue=3, currency=euro)
        self.place(self.items(late), 234.5, kind="dispute", days=None)
        self.unapplied(self.acme, 34.5, date=self.day(-2))
        account = self.account(self.acme)
        account.collector_id = self.collector
        self.collector.partner_id.phone = "+1 555 0199"
        long = self.customer("Long List Ltd", **self.address)
        many = [self.invoice(long, 10 + number, overdue=3, post=False) for number in range(60)]
        self.env["account.move"].union(*many).action_post()
        batch = self.Batch.browse(self.wizard(self.acme, long, delivery="file").action_make()["res_id"])
        self.assertEqual((batch.state, batch.made_count), ("done", 2), batch.statement_ids.mapped("error"))
        pages = {each.partner_id: page_texts(each.attachment_id.raw) for each in batch.statement_ids}
        self.assertEqual(sum(map(len, pages.values())), len(page_texts(batch.attachment_id.raw)))
        text = "".join(pages[self.acme])
        for part in (
            *("HudsonWorks", account.name, self.collector.name, "+15550199", "9to5", "$34.50,received03/16/2026"),
            *("PO4711", "Disputed:234.50", "Amountnowdue$965.50", "Amountnowdue200.00€", "Lockbox4471"),
            *("DE89370400440532013000", "Weneverchangebankdetailsbye-mail", "Pleasedetach", "Amountenclosed"),
        ):
            self.assertIn(part.replace(" ", ""), text)
        self.assertGreater(len(pages[long]), 1)
        every = "".join(pages[long])
        for move in many:
            self.assertEqual(every.count(move.name), 1)
        self.assertTrue(all(f"Page{number}/{len(pages[long])}" in text for number, text in enumerate(pages[long], 1)))
        self.assertIn("Pleasedetach", pages[long][-1])
