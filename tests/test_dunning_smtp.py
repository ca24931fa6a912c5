from odoo.tests import HttpCase, tagged

from .smtp import SmtpCommon, attachments_of, html_of, needs_smtp_sink


@needs_smtp_sink
@tagged("post_install", "-at_install")
class TestDunningSmtp(SmtpCommon):
    """A run as the customers' mail servers see it."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        for code in ("es_ES", "fr_FR"):
            cls.env["res.lang"]._activate_lang(code)
        cls.template = cls.env.ref("account_collections.mail_template_past_due")
        cls.template.with_context(lang="es_ES").subject = "Factura vencida: {{ object.partner_id.name }}"
        cls.template.with_context(lang="fr_FR").subject = "Facture échue : {{ object.partner_id.name }}"

    def test_one_message_for_each_customer(self):
        american = self.customer("Acme Corp.")
        spanish = self.customer("Ibérica S.A.", email="cuentas@iberica.example.com", lang="es_ES")
        french = self.customer("Française SARL", email="compta@francaise.example.com", lang="fr_FR")
        payable = self.contact(french, "Anne Comptable", email="anne@francaise.example.com", lang="fr_FR")
        french.collection_ap_contact_id = payable
        invoices = {
            customer: self.invoice(customer, 1234.5, overdue=16, ref="PO-77")
            for customer in american | spanish | french
        }
        second = self.invoice(american, 65.5, overdue=20)
        collector = self.member("collector", email="carla@seller.example.com")
        self.account(american).collector_id = collector

        notices = self.run_today()
        self.assertEqual(len(notices), 3)
        self.hand_over()
        self.assertEqual(set(notices.mapped("state")), {"queued"})
        self.deliver()

        self.assertEqual(set(notices.mapped("state")), {"sent"})
        self.assertEqual(len(self.sink.messages), 3)
        found = self.sink.of(notices)
        self.assertEqual({notice: len(messages) for notice, messages in found.items()}, dict.fromkeys(notices.ids, 1))
        by_customer = {notice.partner_id: found[notice.id][0] for notice in notices}
        self.assertEqual(
            {customer: message["X-Rcpt"] for customer, message in by_customer.items()},
            {
                american: "acme.corp@example.com",
                spanish: "cuentas@iberica.example.com",
                french: "anne@francaise.example.com",
            },
        )
        self.assertEqual(
            {customer: message["Subject"] for customer, message in by_customer.items()},
            {
                american: "Past due: Acme Corp.",
                spanish: "Factura vencida: Ibérica S.A.",
                french: "Facture échue : Française SARL",
            },
        )
        for customer, message in by_customer.items():
            self.assertIn("receivables@seller.example.com", message["From"])
            self.assertIn(self.company.name, message["From"])
            self.assertIn(invoices[customer].name, html_of(message))
            self.assertIn("PO-77", html_of(message))
            self.assertFalse(attachments_of(message))
            others = " ".join(invoices[other].name for other in invoices if other != customer)
            self.assertFalse(set(others.split()) & set(html_of(message).split()), "Items of another customer")
        self.assertIn("carla@seller.example.com", by_customer[american]["Reply-To"])
        self.assertIn("receivables@seller.example.com", by_customer[spanish]["Reply-To"])
        self.assertIn(second.name, html_of(by_customer[american]))
        self.assertIn("1,300.00", html_of(by_customer[american]))
        self.assertIn('lang="es-ES"', html_of(by_customer[spanish]))
        self.assertIn("1.234,50", html_of(by_customer[spanish]))
        self.assertIn("02/03/2026", html_of(by_customer[spanish]), "Dates are written as in Spain")
        self.assertIn("Anne Comptable", html_of(by_customer[french]))

    def test_second_company_writes_in_its_own_name(self):
        other = self.second_company(email="billing@second.example.com")["company"]
        customer = self.customer()
        self.invoice(customer, 100, overdue=16)
        self.invoice(customer, 70, overdue=16, company=other)
        own, theirs = self.run_today(), self.run_today(other)
        self.send()
        found = self.sink.of(own | theirs)
        self.assertIn("receivables@seller.example.com", found[own.id][0]["From"])
        [message] = found[theirs.id]
        self.assertIn("billing@second.example.com", message["From"])
        self.assertIn("70.00", html_of(message))
        self.assertNotIn("100.00", html_of(message))

    def test_nothing_for_those_left_out(self):
        held, paid, covered = self.customer("Held"), self.customer("Paid"), self.customer("Covered")
        self.invoice(held, 100, overdue=16)
        invoice = self.invoice(paid, 100, overdue=16)
        self.invoice(covered, 100, overdue=16)
        self.hold(self.items(self.env["account.move"].search([("partner_id", "=", held.id)])))
        self.unapplied(covered, 150)
        notices = self.run_today()
        self.assertEqual(notices.partner_id, paid)
        self.pay(invoice)
        self.send()
        self.assertEqual((notices.state, notices.suppress_reason), ("suppressed", "paid"))
        self.assertFalse(self.sink.messages)

    def test_a_further_lane_makes_its_job(self):
        for number in range(3):
            self.invoice(self.customer(f"Customer {number}"), 100, overdue=16)
        self.env["ir.config_parameter"].sudo().set_param("account_collections.sending_lanes", 3)
        notices = self.run_today()
        self.send()
        waiting = notices.filtered(lambda notice: notice.account_id.id % 3 == 2)
        self.assertEqual((waiting.state, (notices - waiting).mapped("state")), ("due", ["sent", "sent"]))
        self.trigger("account_collections.ir_cron_send_2")
        self.deliver()
        self.assertEqual((waiting.state, len(self.sink.messages)), ("sent", 3))

    def test_template_edited_between_confirming_and_sending(self):
        customer = self.customer()
        invoice = self.invoice(customer, 100, overdue=16)
        notices = self.run_today()
        self.template.write({"subject": "Please pay", "body_html": "<p>We rewrote everything.</p>"})
        self.send()
        [message] = self.sink.of(notices)[notices.id]
        self.assertEqual(message["Subject"], "Please pay")
        self.assertIn("We rewrote everything.", html_of(message))
        self.assertIn(invoice.name, html_of(message), "The items are in the mail whatever the text says")

    def test_collector_leaves_between_confirming_and_sending(self):
        archived, deleted = (
            self.member("collector", email="gone@seller.example.com"),
            self.member("collector", "second"),
        )
        customers = [self.customer("Acme"), self.customer("Beta")]
        for customer, user in zip(customers, (archived, deleted)):
            self.invoice(customer, 100, overdue=16)
            self.account(customer).collector_id = user
        notices = self.run_today()
        archived.sudo().active = False
        deleted.sudo().unlink()
        self.send()
        self.assertEqual(set(notices.mapped("state")), {"sent"})
        for messages in self.sink.of(notices).values():
            self.assertIn("receivables@seller.example.com", messages[0]["Reply-To"])
            self.assertNotIn("False", html_of(messages[0]))


@needs_smtp_sink
@tagged("post_install", "-at_install")
class TestDunningSmtpDocuments(SmtpCommon, HttpCase):
    """With the invoices as PDF, which wkhtmltopdf makes with the help of the running server."""

    def trigger(self, *jobs):
        for job in jobs:  # the registry is in test mode already
            self.env.ref(job).sudo().method_direct_trigger()

    def test_invoices_attached(self):
        template = self.env.ref("account_collections.mail_template_past_due")
        terms = self.env["ir.attachment"].create({"name": "terms.txt", "raw": b"Our terms", "mimetype": "text/plain"})
        template.attachment_ids = terms
        self.env.ref("account_collections.policy_step_15_email").attach_documents = True
        acme, beta = self.customer("Acme"), self.customer("Beta")
        invoices = self.invoice(acme, 100, overdue=16) | self.invoice(acme, 50, overdue=17)
        other = self.invoice(beta, 70, overdue=16)
        notices = self.run_today()
        notices.with_context(force_report_rendering=True).sudo()._send()
        self.deliver()
        found = {notice.partner_id: self.sink.of(notice)[notice.id] for notice in notices}
        for customer, moves in ((acme, invoices), (beta, other)):
            [message] = found[customer]
            files = dict(attachments_of(message))
            expected = {move._get_invoice_report_filename() for move in moves} | {"terms.txt"}
            self.assertEqual(set(files), expected)
            for name in expected - {"terms.txt"}:
                self.assertTrue(files[name].startswith(b"%PDF-"), name)
        self.assertFalse(self.env["ir.attachment"].search([("res_model", "=", "mail.mail")]))
