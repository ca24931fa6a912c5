from unittest.mock import patch

from odoo import Command
from odoo.tests import tagged

from .dunning_common import DunningCommon


@tagged("post_install", "-at_install")
class TestDunningMail(DunningCommon):
    """The e-mail itself: text, items, language, company, attachments."""

    def edited(self, body, place='<div class="o_collection_items"></div>'):
        """The mail of a notice whose template has this body; `%s` stands for the place of the table."""
        self.step(3).mail_template_id.body_html = body % place if "%s" in body else body
        invoice = self.invoice(self.acme, 100, overdue=3)
        notice = self.ready()
        notice._send()
        self.assertEqual(notice.state, "queued", notice.error)
        self.assertEqual([row[0] for row in self.table(notice)], [invoice.name, "Total USD"])
        return self.body(notice)

    def test_items_table_stands_at_its_place(self):
        text = " ".join(self.edited("<div><p>Before</p>%s<p>After</p></div>").text_content().split())
        self.assertLess(text.index("Before"), text.index("Total USD"))
        self.assertLess(text.index("Total USD"), text.index("After"))

    def test_items_table_without_a_place(self):
        text = " ".join(self.edited("<p>All rewritten, nothing left</p>").text_content().split())
        self.assertLess(text.index("All rewritten"), text.index("Total USD"))

    def test_items_table_with_an_empty_text(self):
        self.edited("")

    def test_items_table_with_two_places(self):
        self.edited(
            "<p>One</p>%s<p>Two</p>",
            place='<div class="o_collection_items"></div><div class="x o_collection_items"></div>',
        )

    def test_items_table_with_rubbish_in_its_place(self):
        place = (
            '<div class="o_collection_items"><table><thead></thead><tr><td>INV/1</td></tr></table><div>x</div>y</div>'
        )
        body = self.edited("<div><p>Before</p>%s<p>After</p></div>", place=place)
        self.assertNotIn("INV/1", body.text_content())
        self.assertIn("After", body.text_content())

    def test_items_table_in_unclosed_or_hidden_markup(self):
        self.edited("<div><p>Before %s<b>After")

    def test_items_table_in_hidden_markup(self):
        body = self.edited('<div style="display: none">%s</div><p>Text</p>')
        self.assertFalse(body.xpath("//*[contains(@style, 'none')]//table[thead]"))

    def test_items_table_in_a_comment(self):
        self.edited("<!-- %s --><p>Text</p>")

    def test_a_template_that_fails_stops_no_other(self):
        self.invoice(self.acme, 100, overdue=3)
        other = self.customer("Other")
        self.invoice(other, 100, overdue=15)
        template = self.step(3).mail_template_id
        body = template.body_html
        template.body_html = '<p t-out="object.no_such_field"/>'
        notice = self.ready()
        self.go_out()
        self.assertEqual(notice.state, "failed")
        self.assertIn("no_such_field", notice.error)
        self.assertEqual(self.notice(other).state, "sent")
        template.body_html = body
        notice.action_retry()
        self.assertEqual(notice._send(), notice)
        self.assertFalse(notice.error)

    def test_one_bad_record_stops_no_other(self):
        """A text that fails for one customer only."""
        other = self.customer("Other")
        for partner in (self.acme, other):
            self.invoice(partner, 100, overdue=3)
        self.step(3).mail_template_id.body_html = "<p t-out=\"1 / (object.partner_id.name != 'Other')\"/>"
        self.confirm()
        self.go_out()
        self.assertEqual((self.notice(self.acme).state, self.notice(other).state), ("sent", "failed"))

    def test_a_step_that_lost_its_template(self):
        self.invoice(self.acme, 100, overdue=3)
        notice = self.ready()
        self.step(3).mail_template_id = False
        notice._send()
        self.assertEqual(notice.state, "failed")
        self.assertIn("Reminder", notice.error)

    def test_each_company_writes_in_its_own_name(self):
        second = self.second_company(name="Second Inc.", email="ar@second.example.com")["company"]
        self.company.email = "ar@first.example.com"
        template = self.step(3).mail_template_id.copy({"subject": "Second's own"})
        own = self.make_policy((3, "email", {"mail_template_id": template.id}))
        second.collection_policy_id = own
        first_move = self.invoice(self.acme, 100, overdue=3)
        second_move = self.invoice(self.acme, 70, overdue=3, company=second)
        self.confirm()
        self.confirm(second)
        self.go_out()
        notices = {notice.company_id: notice for notice in self.notice(self.acme)}
        mails = {company: notice.mail_mail_id.sudo() for company, notice in notices.items()}
        self.assertIn("ar@first.example.com", mails[self.company].email_from)
        self.assertIn("ar@second.example.com", mails[second].email_from)
        self.assertIn("ar@second.example.com", mails[second].reply_to)
        self.assertEqual(mails[second].subject, "Second's own")
        self.assertIn("Second Inc.", mails[second].body_html)
        self.assertNotIn(self.company.name, mails[second].body_html)
        self.assertIn(second_move.name, mails[second].body_html)
        self.assertEqual(self.table(notices[self.company])[0][0], first_move.name)

    def test_language_of_the_mail(self):
        self.env["res.lang"]._activate_lang("fr_FR")
        self.acme.lang = "fr_FR"
        self.step(3).mail_template_id.with_context(lang="fr_FR").write(
            {"subject": "Rappel", "body_html": "<p>Bonjour</p>"}
        )
        other = self.customer("Other")
        for partner in (self.acme, other):
            self.invoice(partner, 1234.5, overdue=3)
        self.confirm()
        self.go_out()
        french, english = (self.notice(partner) for partner in (self.acme, other))
        self.assertEqual(french.mail_subject, "Rappel")
        self.assertIn("Bonjour", french.mail_mail_id.sudo().body_html)
        self.assertIn("15/03/2026", " ".join(self.table(french)[0]))
        self.assertIn("Payment reminder", english.mail_subject)
        self.assertIn("03/15/2026", " ".join(self.table(english)[0]))

    def test_currencies_are_not_added(self):
        euro = self.foreign_currency()
        self.invoice(self.acme, 100, overdue=3)
        self.invoice(self.acme, 60, overdue=3, currency=euro)
        self.invoice(self.acme, 30, overdue=3, currency=euro)
        notice = self.ready()
        notice._send()
        totals = [row for row in self.table(notice) if row[0].startswith("Total")]
        self.assertEqual(
            {row[0]: row[1].replace(" ", "") for row in totals}, {"Total USD": "$100.00", "Total EUR": "90.00€"}
        )

    def test_items_not_yet_due_stand_apart(self):
        self.invoice(self.acme, 100, overdue=15)
        soon = self.invoice(self.acme, 60, overdue=-3)
        notice = self.ready()
        notice._send()
        rows = [row[0] for row in self.table(notice)]
        self.assertEqual(rows[1:], ["Total USD", "Not yet due", soon.name, "Total not yet due USD"])

    def test_final_demand_names_a_deadline(self):
        invoice = self.invoice(self.acme, 100, overdue=60)
        self.noticed(invoice, 30, ago=20)
        self.confirm()
        final = self.notice(self.acme, channel="final_demand")
        self.assertFalse(final._send(), "Not before a manager released it")
        with self.at(2):
            final.action_release()
            final._send()
        self.assertEqual((final.state, final.channel, final.deadline), ("queued", "final_demand", self.day(12)))
        self.assertIn("Payment must reach us by", self.body(final).text_content())
        self.assertIn("03/30/2026", self.body(final).text_content())

    def test_attachments_where_the_step_asks_for_them(self):
        self.step(3).attach_documents = True
        moves = [self.invoice(self.acme, amount, overdue=3) for amount in (100, 50)]
        other = self.invoice(self.customer("Other"), 70, overdue=3)
        plain = self.invoice(self.customer("Plain"), 70, overdue=15)
        entry = self.entry(self.acme, 10, overdue=3)

        def render(report, _ref, ids, **_options):
            return f"PDF of {ids}".encode(), "pdf"

        with patch.object(self.env.registry["ir.actions.report"], "_render_qweb_pdf", render):
            self.confirm()
            self.go_out()
        attached = {
            partner: self.notice(partner).mail_mail_id.sudo().attachment_ids
            for partner in (self.acme, other.partner_id, plain.partner_id)
        }
        self.assertEqual(set(attached[self.acme].mapped("res_id")), {move.id for move in moves})
        self.assertEqual(attached[other.partner_id].raw, f"PDF of {other.ids}".encode())
        self.assertFalse(attached[plain.partner_id])
        self.assertIn(entry.name, self.notice(self.acme).mail_mail_id.sudo().body_html)
        with patch.object(self.env.registry["ir.actions.report"], "_render_qweb_pdf", side_effect=AssertionError):
            moves[0]._collection_documents()

    def test_attachments_of_the_template(self):
        attachment = self.env["ir.attachment"].create({"name": "Terms.pdf", "raw": b"Terms"})
        self.step(3).mail_template_id.attachment_ids = [Command.link(attachment.id)]
        self.invoice(self.acme, 100, overdue=3)
        notice = self.ready()
        notice._send()
        self.assertEqual(notice.mail_mail_id.sudo().attachment_ids, attachment)
