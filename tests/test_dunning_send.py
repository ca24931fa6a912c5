from unittest.mock import patch

from lxml import html

from odoo import Command
from odoo.tests import tagged

from .dunning_common import DunningCommon


@tagged("post_install", "-at_install")
class TestDunningSend(DunningCommon):
    """The last look before a notice goes out, and the e-mail itself."""

    def ready(self, *moves, partner=None):
        """The customer's notice of a run that was confirmed, ready to go out."""
        self.confirm()
        return self.notice(partner or self.acme, channel="email")

    def body(self, notice):
        return html.fromstring(notice.mail_mail_id.sudo().body_html)

    def table(self, notice):
        """Rows of the items table as lists of texts."""
        tables = self.body(notice).xpath("//table[thead]")
        self.assertEqual(len(tables), 1, "One table of items")
        return [
            [" ".join(cell.text_content().split()) for cell in row.xpath("td")]
            for row in tables[0].xpath(".//tbody/tr")
        ]

    # ------------------------------------------------------------------
    # What changed since the run
    # ------------------------------------------------------------------

    def test_paid_meanwhile(self):
        paid, open_one = self.invoice(self.acme, 100, overdue=3), self.invoice(self.acme, 50, overdue=3)
        notice = self.ready()
        self.pay(paid)
        self.assertEqual(notice._send(), notice)
        self.assertEqual((notice.state, notice.amount), ("queued", 50))
        self.assertNotIn(paid.name, notice.mail_mail_id.sudo().body_html)
        self.assertEqual([row[0] for row in self.table(notice)], [open_one.name, "Total USD"])
        self.assertEqual(self.lines(paid, counted=False).suppress_reason, "paid")
        self.assertFalse(self.items(paid).collection_step_id)

    def test_partly_paid_meanwhile(self):
        invoice = self.invoice(self.acme, 100, overdue=3)
        notice = self.ready()
        self.pay(invoice, 60)
        notice._send()
        self.assertEqual((notice.amount, notice.line_ids.amount_open, notice.line_ids.amount_currency), (40, 40, 40))
        self.assertIn("40.00", self.table(notice)[0][-1])

    def test_all_paid_meanwhile(self):
        invoice = self.invoice(self.acme, 100, overdue=3)
        notice = self.ready()
        self.pay(invoice)
        self.assertFalse(notice._send())
        self.assertEqual((notice.state, notice.suppress_reason), ("suppressed", "paid"))
        self.assertFalse(notice.mail_mail_id)

    def test_credited_meanwhile(self):
        old, new = self.invoice(self.acme, 100, overdue=15), self.invoice(self.acme, 50, overdue=3)
        notice = self.ready()
        self.credit(self.acme, 120)
        notice._send()
        self.assertEqual(notice.amount, 30)
        self.assertEqual(self.lines(old, counted=False).suppress_reason, "covered")
        self.assertEqual(self.lines(new).amount_currency, 30)

    def test_held_meanwhile(self):
        invoice, other = self.invoice(self.acme, 100, overdue=3), self.invoice(self.acme, 50, overdue=3)
        notice = self.ready()
        self.hold(self.items(invoice), 30)
        self.hold(self.items(other))
        notice._send()
        self.assertEqual((notice.amount, notice.line_ids.filtered("counted").move_id), (70, invoice))

    def test_a_hold_that_ended_meanwhile_rests(self):
        invoice = self.invoice(self.acme, 100, overdue=3)
        notice = self.ready()
        hold = self.hold(self.items(invoice))
        with self.at(1):
            hold.action_release()
            self.assertFalse(notice._send())
        self.assertEqual(notice.suppress_reason, "after_hold")

    def test_reset_to_draft_and_posted_again(self):
        invoice = self.invoice(self.acme, 100, overdue=3)
        notice = self.ready()
        invoice.button_draft()
        self.assertFalse(notice._send())
        self.assertEqual((notice.state, notice.suppress_reason), ("suppressed", "paid"))
        invoice.action_post()
        again = self.ready()
        again._send()
        self.assertEqual((again.state, again.line_ids.move_id), ("queued", invoice))

    def test_reversed_meanwhile(self):
        invoice = self.invoice(self.acme, 100, overdue=3)
        notice = self.ready()
        invoice._reverse_moves(cancel=True)
        self.assertFalse(notice._send())
        self.assertEqual(notice.suppress_reason, "paid")

    def test_due_date_moved_meanwhile(self):
        invoice = self.invoice(self.acme, 100, overdue=3)
        notice = self.ready()
        self.items(invoice).date_maturity = self.day(30)
        self.assertFalse(notice._send())

    def test_below_the_minimum_meanwhile(self):
        self.step(3).min_amount = 50
        invoice = self.invoice(self.acme, 100, overdue=3)
        notice = self.ready()
        self.pay(invoice, 50.01)
        self.assertFalse(notice._send())
        self.assertEqual(notice.suppress_reason, "below_minimum")

    def test_a_courtesy_that_waited_too_long(self):
        """Its item fell due while the customer could not be written to: "falls due shortly" would be wrong."""
        self.invoice(self.acme, 100, overdue=3)
        self.on_day(0)
        soon = self.invoice(self.acme, 50, overdue=-5)
        self.on_day(1)
        notice = self.notice(self.acme, state="due")
        self.assertEqual(notice.step_id.days, -5)
        with self.at(7):
            self.assertFalse(notice._send())
        self.assertEqual(notice.suppress_reason, "overtaken")
        self.on_day(8)
        self.assertEqual(self.sent_steps(soon), [3])

    def test_the_last_step_of_the_policy_changed_meanwhile(self):
        """The ledger decides at sending, not what the policy says by then."""
        self.invoice(self.acme, 100, overdue=-5)
        notice = self.ready()
        self.policy.step_ids.filtered(lambda step: step.days < 0).days = -2
        self.company.collection_policy_id = self.make_policy((20, "email"))
        notice._send()
        self.assertEqual(notice.state, "queued")

    def test_recipient_and_language_as_they_are_then(self):
        self.env["res.lang"]._activate_lang("fr_FR")
        self.invoice(self.acme, 100, overdue=3)
        other = self.customer("Other", street="1 Main St", city="Springfield")
        self.invoice(other, 100, overdue=3)
        nobody = self.customer("Nobody")
        lost = self.invoice(nobody, 100, overdue=3)
        self.confirm()
        notices = [self.notice(partner) for partner in (self.acme, other, nobody)]
        self.acme.write({"lang": "fr_FR", "collection_ap_contact_id": self.contact(self.acme).id})
        other.collection_do_not_email = True
        nobody.email = False
        self.go_out()
        mail, letter, silent = notices
        self.assertEqual(
            (mail.recipient_email, mail.lang), ("ann@example.com", "en_US"), "The contact has a language of its own"
        )
        self.assertEqual((letter.state, letter.channel, letter.recipient_email), ("due", "letter", False))
        self.assertEqual((silent.state, silent.suppress_reason), ("suppressed", "no_recipient"))
        self.assertIn("No address", silent.account_id.activity_ids.summary)
        self.assertEqual(self.lines(lost, counted=False).suppress_reason, "no_recipient")

    def test_calls_for_paid_items_are_taken_back_by_the_next_run(self):
        paid, open_one = (self.invoice(self.customer(name), 100, overdue=10) for name in ("Paid", "Open"))
        self.confirm()
        calls = [self.notice(move.partner_id, channel="call") for move in (paid, open_one)]
        self.pay(paid)
        self.assertFalse(self.account(paid.partner_id).on_worklist)
        with self.at(1):
            self.confirm()
        self.assertEqual([call.state for call in calls], ["suppressed", "due"])
        self.assertFalse(self.account(paid.partner_id).call_due_date)
        self.assertEqual(self.account(open_one.partner_id).call_due_date, self.today)

    # ------------------------------------------------------------------
    # Exactly once
    # ------------------------------------------------------------------

    def test_sending_twice_changes_nothing(self):
        self.invoice(self.acme, 100, overdue=3)
        notice = self.ready()
        notice._send()
        mail = notice.mail_mail_id
        self.assertFalse(notice._send())
        self.assertEqual((notice.mail_mail_id, notice.attempts), (mail, 1))
        mails = self.env["mail.mail"].sudo().search([("model", "=", "collection.notice"), ("res_id", "=", notice.id)])
        self.assertEqual(mails, mail)

    def test_only_what_is_ready_goes_out(self):
        self.invoice(self.acme, 100, overdue=3)
        run = self.simulate()
        self.assertFalse(run.notice_ids._send())
        self.step(3).needs_release = True
        run.action_simulate()
        run.action_confirm()
        self.assertFalse(run.notice_ids._send())
        run.notice_ids.action_release()
        self.assertTrue(run.notice_ids._send())

    def test_one_reminder_a_week_also_when_sent_by_hand(self):
        self.invoice(self.acme, 100, overdue=3)
        self.ready()._send()
        self.invoice(self.acme, 50, overdue=3)
        notice = self.ready().filtered(lambda each: each.state == "due")
        with self.at(6):
            self.assertFalse(notice._send())
        self.assertEqual((notice.state, notice.date_not_before), ("due", self.day(7)))
        with self.at(7):
            self.assertTrue(notice._send())

    def test_queries_do_not_grow_with_the_notices(self):
        """A hundred notices take hardly more queries than ten, and few for each."""
        counts = {}
        for size in (10, 100):
            partners = self.env["res.partner"].create(
                [
                    {"name": f"Batch {size}/{n}", "email": f"c{size}.{n}@example.com", "is_company": True}
                    for n in range(size)
                ]
            )
            moves = self.env["account.move"]
            for partner in partners:
                moves |= self.invoice(partner, 100, overdue=3, post=False)
            moves.action_post()
            self.confirm()
            notices = self.Notice.search([("account_id.partner_id", "in", partners.ids), ("state", "=", "due")])
            self.assertEqual(len(notices), size)
            self.env.flush_all()
            self.env.invalidate_all()
            before = self.cr.sql_log_count
            self.assertEqual(len(notices._send()), size)
            self.env.flush_all()
            counts[size] = self.cr.sql_log_count - before
        self.assertLess(counts[100], 70, counts)
        self.assertLess(counts[100] - counts[10], 15, counts)

    # ------------------------------------------------------------------
    # The e-mail
    # ------------------------------------------------------------------

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
        text = self.edited("<div><p>Before</p>%s<p>After</p></div>").text_content()
        self.assertLess(text.index("Before"), text.index("Total USD"))
        self.assertLess(text.index("Total USD"), text.index("After"))

    def test_items_table_without_a_place(self):
        text = self.edited("<p>All rewritten, nothing left</p>").text_content()
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
