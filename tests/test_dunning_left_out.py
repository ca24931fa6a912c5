from odoo.tests import tagged

from .dunning_common import DunningCommon


@tagged("post_install", "-at_install")
class TestDunningLeftOut(DunningCommon):
    """Who gets nothing, and why; and who is written to (SPEC §2 "Suppressed", "Notice")."""

    def test_one_row_per_item_step_and_reason(self):
        invoice, other = self.invoice(self.acme, 100, overdue=3), self.invoice(self.acme, 50, overdue=3)
        for move in (invoice, other):
            self.hold(self.items(move), days=30)
        for day in (0, 1, 3):
            self.on_day(day)
        row = self.lines(invoice, counted=False)
        self.assertEqual((row.suppress_reason, row.step_days, row.amount_open), ("manual", 3, 100))
        self.assertEqual((row.date_first, row.date_last), (self.day(0), self.day(3)))
        notice = row.notice_id
        self.assertEqual(
            (notice.state, notice.suppress_reason, notice.line_ids.move_id), ("suppressed", "manual", invoice | other)
        )
        self.assertEqual(notice.amount, 150)
        self.on_day(7)
        rows = self.lines(invoice, counted=False).sorted("step_days")
        self.assertEqual(rows.mapped("step_days"), [3, 10], "Another step is another row")
        self.assertEqual(rows.mapped("date_last"), [self.day(3), self.day(7)])

    def test_another_reason_is_another_row(self):
        invoice = self.invoice(self.acme, 100, overdue=3)
        self.hold(self.items(invoice), days=0)
        self.on_day(0)
        self.on_day(1)
        rows = self.lines(invoice, counted=False)
        self.assertEqual(rows.mapped("suppress_reason"), ["manual", "after_hold"])
        self.assertEqual(rows.mapped("date_last"), [self.day(0), self.day(1)])

    def test_what_is_left_out_is_shown_by_the_run(self):
        self.hold(self.items(self.invoice(self.acme, 100, overdue=3)))
        self.credit(self.customer("Credited"), 10)
        run = self.simulate()
        self.assertEqual(run.suppressed_count, 1)
        shown = self.env["collection.notice.line"].search(run.action_view_left_out()["domain"])
        self.assertEqual(shown.account_id.partner_id, self.acme)
        self.assertEqual(shown.mapped("suppress_reason"), ["manual"])

    def test_simulating_again_adds_no_rows(self):
        invoice = self.invoice(self.acme, 100, overdue=3)
        self.hold(self.items(invoice))
        run = self.simulate()
        run.action_simulate()
        self.simulate()
        self.assertEqual(len(self.lines(invoice, counted=False)), 1)

    def test_reasons_of_holds(self):
        """Each kind of hold has a reason in words."""
        reasons = dict(self.Notice._selection_suppress_reason())
        kinds = self.env["collection.hold"]._fields["kind"].get_values(self.env)
        of_hold = self.Notice._suppress_reason_of_hold()
        self.assertFalse(set(kinds) - of_hold.keys())
        self.assertFalse(set(of_hold.values()) - reasons.keys())

    def test_left_out_while_sending_keeps_the_first_date(self):
        invoice = self.invoice(self.acme, 100, overdue=3)
        self.hold(self.items(invoice), days=0)
        self.on_day(0)
        self.policy.resume_business_days = 0
        with self.at(1):
            self.confirm()
            self.hold(self.items(invoice), days=9)
            notice = self.notice(self.acme)
            self.go_out()
        self.assertEqual((notice.state, notice.suppress_reason), ("suppressed", "manual"))
        row = self.lines(invoice, counted=False)
        self.assertEqual((row.date_first, row.date_last), (self.day(0), self.day(1)))

    # ------------------------------------------------------------------
    # To whom
    # ------------------------------------------------------------------

    def recipient(self, partner=None):
        self.confirm()
        notice = self.notice(partner or self.acme)
        return notice.recipient_id, notice.recipient_email, notice.channel

    def test_accounts_payable_then_invoice_contact_then_customer(self):
        self.invoice(self.acme, 100, overdue=3)
        run = self.simulate()
        self.assertEqual(run.notice_ids.recipient_id, self.acme)
        billing = self.contact(self.acme, "Bill", type="invoice", email="bill@example.com")
        run.action_simulate()
        self.assertEqual(run.notice_ids.recipient_id, billing)
        payable = self.contact(self.acme, "Ann", email="Ann@Example.com")
        self.acme.collection_ap_contact_id = payable
        run.action_simulate()
        self.assertEqual((run.notice_ids.recipient_id, run.notice_ids.recipient_email), (payable, "ann@example.com"))

    def test_do_not_email_falls_to_the_next_then_to_a_letter(self):
        self.invoice(self.acme, 100, overdue=3)
        payable = self.contact(self.acme, "Ann", collection_do_not_email=True)
        self.acme.write({"collection_ap_contact_id": payable.id, "street": "1 Main St", "city": "Springfield"})
        run = self.simulate()
        self.assertEqual((run.notice_ids.recipient_id, run.notice_ids.channel), (self.acme, "email"))
        self.acme.collection_do_not_email = True
        run.action_simulate()
        self.assertEqual((run.notice_ids.channel, run.notice_ids.recipient_email), ("letter", False))
        self.assertEqual(
            run.notice_ids.recipient_id, payable, "The letter goes to accounts payable at the same address"
        )
        run.action_confirm()
        self.assertFalse(self.go_out(), "A person prints it")
        run.notice_ids.action_done()
        self.assertEqual((run.notice_ids.state, run.notice_ids.sent_on, run.state), ("sent", self.today, "done"))

    def test_blacklisted_archived_and_empty_addresses(self):
        self.invoice(self.acme, 100, overdue=3)
        payable = self.contact(self.acme, "Ann")
        self.acme.collection_ap_contact_id = payable
        self.env["mail.blacklist"].sudo()._add("ann@example.com")
        self.assertEqual(self.recipient()[0], self.acme)
        other = self.customer("Other Inc.")
        self.invoice(other, 100, overdue=3)
        archived = self.contact(other, "Gone", type="invoice", email="gone@example.com", active=False)
        broken = self.contact(other, "Broken", email="not an address")
        other.collection_ap_contact_id = broken
        self.assertEqual(self.recipient(other)[0], other)
        self.assertFalse(archived.active)

    def test_letter_step(self):
        """A step that is a letter is one, whoever has an e-mail address."""
        self.company.collection_policy_id = self.make_policy((3, "letter"), (30, "email"))
        self.invoice(self.acme, 100, overdue=3)
        self.assertEqual(self.recipient()[1:], (False, "letter"))

    def test_nobody_to_write_to(self):
        nobody = self.customer("Nobody", email=False)
        invoice = self.invoice(nobody, 100, overdue=3)
        account = self.account(nobody)
        account.collector_id = self.member("collector")
        for day in (0, 1):
            self.on_day(day)
        with self.at(1):
            self.assertEqual(self.reasons(invoice), {"no_recipient"})
        self.assertEqual(account.activity_ids.user_id, account.collector_id)
        self.assertEqual(len(account.activity_ids), 1, "One task, not one a day")

    def test_language_of_recipient_customer_company(self):
        for code in ("fr_FR", "es_ES"):
            self.env["res.lang"]._activate_lang(code)
        self.company.partner_id.lang = "es_ES"
        self.invoice(self.acme, 100, overdue=3)
        payable = self.contact(self.acme, "Ann", lang=False)
        self.acme.write({"lang": False, "collection_ap_contact_id": payable.id})
        run = self.simulate()
        self.assertEqual(run.notice_ids.lang, "es_ES")
        self.acme.lang = "fr_FR"
        payable.lang = False
        run.action_simulate()
        self.assertEqual(run.notice_ids.lang, "fr_FR")
        payable.lang = "en_US"
        run.action_simulate()
        self.assertEqual(run.notice_ids.lang, "en_US")

    # ------------------------------------------------------------------
    # Sales partners
    # ------------------------------------------------------------------

    def test_one_notice_per_sales_partner_over_all_customers(self):
        dealer, other = (
            self.env["res.partner"].create({"name": name, "is_sales_partner": True, "email": f"{name}@example.com"})
            for name in ("dealer", "other")
        )
        second = self.customer("Second")
        own = [
            self.invoice(partner, 100, overdue=31, collection_sales_partner_id=dealer.id)
            for partner in (self.acme, second)
        ]
        own.append(self.invoice(second, 70, overdue=40, collection_sales_partner_id=dealer.id))
        self.invoice(second, 50, overdue=31, collection_sales_partner_id=other.id)
        direct = self.invoice(self.acme, 30, overdue=31)
        run = self.confirm()
        notices = run.notice_ids.filtered(lambda notice: notice.channel == "sales_partner")
        self.assertEqual(len(notices), 2)
        mine = notices.filtered(lambda notice: notice.sales_partner_id == dealer)
        self.assertEqual((mine.account_id.ids, mine.amount, mine.recipient_email), ([], 270, "dealer@example.com"))
        self.assertEqual(set(mine.line_ids.move_id.ids), {move.id for move in own})
        self.assertNotIn("sales_partner", self.lines(direct).mapped("track"))
        sent = self.go_out()
        body = mine.mail_mail_id.sudo().body_html
        self.assertIn(mine, sent)
        for text in ("Acme Corp.", "Second", own[2].name):
            self.assertIn(text, body)
        self.assertNotIn(direct.name, body)
        self.assertEqual(mine.mail_mail_id.sudo().recipient_ids, dealer)

    def test_the_customers_sales_partner_is_on_its_invoices(self):
        dealer = self.env["res.partner"].create({"name": "Dealer", "is_sales_partner": True})
        self.acme.collection_sales_partner_id = dealer
        self.contact(self.acme, "Bill", type="invoice")
        moves = self.env["account.move"].create(
            [
                {
                    "move_type": "out_invoice",
                    "partner_id": partner.id,
                    "invoice_date": self.day(-60),
                    "invoice_date_due": self.day(-31),
                    "invoice_line_ids": [(0, 0, {"name": "Goods", "price_unit": 10})],
                }
                for partner in (self.acme, self.acme.child_ids)
            ]
        )
        moves.action_post()
        self.assertEqual(moves.mapped("collection_sales_partner_id"), dealer)
        notices = self.confirm().notice_ids.filtered("sales_partner_id")
        self.assertEqual(notices.line_ids.move_id, moves)

    def test_a_sales_partner_without_address_is_told_by_a_person(self):
        dealer = self.env["res.partner"].create({"name": "Dealer", "is_sales_partner": True})
        invoice = self.invoice(self.acme, 100, overdue=31, collection_sales_partner_id=dealer.id)
        run = self.confirm()
        self.go_out()
        notice = run.notice_ids.filtered("sales_partner_id")
        self.assertEqual((notice.state, notice.recipient_email), ("due", False))
        notice.action_done()
        self.assertEqual(notice.state, "sent")
        self.assertEqual(self.sent_steps(invoice), [30, 30])

    def test_partner_notices_that_wait_are_joined(self):
        dealer = self.env["res.partner"].create({"name": "Dealer", "is_sales_partner": True})
        moves = [self.invoice(self.acme, 10, overdue=days, collection_sales_partner_id=dealer.id) for days in (30, 29)]
        self.on_day(0)
        self.on_day(1)
        waiting = self.Notice.search([("sales_partner_id", "=", dealer.id), ("state", "=", "due")])
        self.assertEqual(waiting.line_ids.move_id.ids, [move.id for move in moves])
