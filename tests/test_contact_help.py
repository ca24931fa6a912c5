from lxml import html

from odoo import Command
from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tests import Form, tagged

from .help_common import HelpCommon


@tagged("post_install", "-at_install")
class TestHelp(HelpCommon):
    """Asking a sales partner for help: what may be asked, the states, who gets it back and when."""

    # ------------------------------------------------------------------
    # Asking
    # ------------------------------------------------------------------

    def test_asked(self):
        request = self.request(send=True)
        self.assertRecordValues(
            request,
            [
                {
                    "state": "sent",
                    "contact_id": self.dealer.id,
                    "account_ids": self.accounts.ids,
                    "amount": 1400,
                    "amount_left": 1400,
                    "sent_on": self.today,
                    "date_due": self.day(5),  # three business days after Wednesday
                    "user_id": self.collector.id,
                    "question": self.kind().question,
                }
            ],
        )
        self.assertRegex(request.name, r"^HLP/\d{5}$")
        for account in self.accounts:
            self.assertEqual((account.last_worked_date, account.next_action_date), (self.today, self.day(5)))
            self.assertIn("Dealer", account.next_action)
            self.assertFalse(account.on_worklist)
        self.assertRecordValues(
            request.contact_ids,
            [{"channel": "email", "direction": "out", "state": "done", "account_ids": self.accounts.ids}],
        )

    def test_chasing_goes_on(self):
        self.request(send=True)
        self.assertFigures(self.acme, amount_collectible=1000, amount_held=0, help_count=1, stage="new")
        self.assertFalse(self.account(self.acme).last_contact_date, "The customer was not contacted")

    def test_an_earlier_follow_up_stays(self):
        first, second = self.accounts
        first.write({"next_action": "Check the bank", "next_action_date": self.day(1)})
        second.write({"next_action": "Call", "next_action_date": self.today})
        self.request(send=True)
        self.assertEqual((first.next_action, first.next_action_date), ("Check the bank", self.day(1)))
        self.assertEqual(second.next_action_date, self.day(5))

    def test_only_the_partners_own_orders(self):
        for move in (
            self.cedar_bill,
            self.invoice(self.acme, 50, overdue=3, collection_sales_partner_id=self.agent.id),
            self.invoice(self.customer("Direct"), 50, overdue=3),
        ):
            with self.assertRaisesRegex(ValidationError, "no invoice of a customer of Dealer"):
                self.request(move)
        request = self.request()
        with self.assertRaises(ValidationError):
            request.sales_partner_id = self.agent
        self.acme_bill.collection_sales_partner_id = self.agent
        with self.assertRaisesRegex(ValidationError, "no invoice of a customer of Dealer"):
            request.action_send()
        self.assertEqual(request.state, "draft")

    def test_something_open_somebody_to_write_to(self):
        with self.assertRaisesRegex(UserError, "choose the invoices"):
            self.request(self.env["account.move"], send=True)
        paid = self.request(self.birch_bill)
        self.pay(self.birch_bill)
        with self.assertRaisesRegex(UserError, "nothing is open"):
            paid.action_send()
        self.dealer.collection_do_not_email = True
        with self.assertRaisesRegex(UserError, "does not want e-mails"):
            self.request(send=True)
        person = self.contact(self.dealer, "Dora", email="dora@example.com")
        request = self.request(send=True)
        self.assertEqual(request.contact_id, person)

    def test_a_contact_of_the_partner(self):
        with self.assertRaisesRegex(ValidationError, "does not belong to Dealer"):
            self.request(contact_id=self.acme.id)
        with self.assertRaisesRegex(ValidationError, "no sales partner"):
            self.request(self.env["account.move"], sales_partner_id=self.acme.id)

    def test_what_was_asked_stays(self):
        request = self.request(send=True)
        for vals in ({"question": "x"}, {"kind_id": self.kind("pay").id}, {"sales_partner_id": self.agent.id}):
            with self.assertRaisesRegex(UserError, "what was asked stays"):
                request.write(vals)
        item = {"move_line_id": self.items(self.invoice(self.acme, 5, overdue=1)).id}
        with self.assertRaisesRegex(UserError, "items of HLP"):
            request.line_ids = [Command.create(item)]
        with self.assertRaisesRegex(UserError, "items of HLP"):
            request.line_ids[0].write(item)
        with self.assertRaises(UserError):
            request.line_ids[0].unlink()
        with self.assertRaises(UserError):
            request.unlink()
        for vals in ({"state": "closed"}, {"turn_date": self.today}, {"reminded_on": self.today}, {"name": "x"}):
            with self.assertRaises(AccessError):
                request.write(vals)
        request.date_due = self.day(9)
        with self.assertRaisesRegex(ValidationError, "in the past"):
            request.date_due = self.day(-1)

    def test_a_draft_can_be_thrown_away(self):
        request = self.request()
        lines = request.line_ids
        request.unlink()
        self.assertFalse(lines.exists())

    def test_what_is_kept_is_what_was_open_when_asked(self):
        request = self.request()
        self.pay(self.acme_bill, 300)
        request.action_send()
        self.assertEqual(request.line_ids.mapped("amount_currency"), [700, 400])
        self.pay(self.acme_bill, 200)
        self.assertEqual((request.amount, request.amount_left), (1100, 900))

    def test_foreign_currency(self):
        euro = self.foreign_currency()  # 0.5 € are worth 1 $
        bill = self.invoice(self.acme, 100, overdue=4, currency=euro)
        request = self.request(bill + self.birch_bill, send=True)
        self.assertEqual(
            request.line_ids.mapped(lambda line: (line.currency_id, line.amount_currency, line.amount)),
            [(self.company.currency_id, 400, 400), (euro, 100, 200)],
        )
        self.assertEqual(request.amount, 600)
        totals = html.fromstring(request.contact_ids.mail_message_id.body).xpath("//tr[td[@colspan]]")
        self.assertEqual(
            [row.text_content().split() for row in totals],
            [["Total", "USD", "$", "400.00"], ["Total", "EUR", "100.00", "€"]],
        )

    # ------------------------------------------------------------------
    # Answer, result
    # ------------------------------------------------------------------

    def test_answered_by_phone_and_closed(self):
        request = self.request(send=True)
        with self.assertRaisesRegex(ValidationError, "what the partner said"):
            request.action_answered()
        with self.assertRaisesRegex(ValidationError, "choose what came of"):
            request.action_close()
        request.answer = "They pay on Friday"
        request.action_answered()
        self.assertRecordValues(request, [{"state": "answered", "turn_date": self.today}])
        with self.assertRaises(ValidationError):
            request.action_close()
        request.result = "solved"
        request.action_close()
        self.assertRecordValues(
            request, [{"state": "closed", "closed_by_id": self.collector.id, "turn_date": False, "result": "solved"}]
        )
        with self.assertRaisesRegex(UserError, "kept as it is"):
            request.answer = "x"
        self.assertFigures(self.acme, help_count=0, help_turn_date=False)

    def test_an_answer_brings_the_accounts_back_until_closed(self):
        request = self.request(send=True)
        with self.at(1):
            request.answer = "They pay on Friday"
            request.action_answered()
            account = self.assertFigures(self.birch, help_turn_date=self.day(1), on_worklist=True)
            rules = [line["rule"] for line in account.priority_lines]
            self.assertIn("Sales partner answered, or did not in time", rules)
            account._work("skip", self.env.ref("account_collections.work_reason_skip_time"))
            self.assertEqual(self.Account.search([("help_turn_date", "!=", False)]), self.accounts)
        with self.at(2):
            request.write({"result": "partly"})
            request.action_close()
            self.assertFigures(self.birch, help_turn_date=False, on_worklist=False)

    def test_steps_that_are_refused(self):
        request = self.request()
        for act in (
            request.action_ask_again,
            lambda: request._set_answered("x"),
            lambda: request._set_closed("solved"),
        ):
            with self.assertRaisesRegex(UserError, "cannot become"):
                act()
        request.action_cancel()
        for act in (request.action_ask_again, lambda: request._set_answered("x")):
            with self.assertRaisesRegex(UserError, "cannot become"):
                act()
        request.action_send()
        self.assertEqual(request.state, "cancelled", "Sending is for drafts")
        self.assertFalse(request.contact_ids)

    def test_cancelled(self):
        request = self.request(send=True)
        self.assertFigures(self.acme, help_count=1)
        request.action_cancel()
        self.assertFigures(self.acme, help_count=0)
        with self.assertRaisesRegex(UserError, "ask anew"):
            request.result = "solved"

    # ------------------------------------------------------------------
    # Who is asked: proposals
    # ------------------------------------------------------------------

    def test_fill(self):
        self.invoice(self.acme, 30, overdue=-10)
        self.invoice(self.acme, 20, overdue=2, collection_sales_partner_id=self.agent.id)
        request = self.request(self.acme_bill)
        request.action_fill()
        self.assertEqual(request.line_ids.move_id, self.acme_bill + self.birch_bill)
        with self.assertRaisesRegex(UserError, "no more overdue"):
            request.action_fill()
        self.company.collection_see_all = False
        self.accounts[1].collector_id = self.colleague
        own = self.request(self.env["account.move"])
        request.action_cancel()
        own.action_fill()
        self.assertEqual(own.line_ids.move_id, self.acme_bill)

    def test_form(self):
        form = Form(self.Help.with_user(self.collector).with_context(default_sales_partner_id=self.dealer.id))
        form.kind_id = self.kind("visit")
        self.assertEqual((form.contact_id, form.date_due), (self.dealer, self.day(14)))
        self.assertIn("visit", form.question)
        with form.line_ids.new() as line:
            line.move_line_id = self.items(self.acme_bill)
            self.assertEqual((line.partner_id, line.amount_left), (self.acme, 1000))
        self.assertEqual(form.save().account_ids, self.accounts[0])

    def _ask(self, accounts, user=None, **values):
        action = accounts.with_user(user or self.collector).action_ask_partner()
        Wizard = self.env["collection.help.ask"].with_user(user or self.collector)
        form = Form(Wizard.with_context(**action["context"]))
        for name, value in values.items():
            setattr(form, name, value)
        return form.save()

    def test_bulk_is_one_request_for_each_partner(self):
        direct = self.customer("Direct")
        self.invoice(direct, 10, overdue=9)
        mixed = self.invoice(self.acme, 20, overdue=2, collection_sales_partner_id=self.agent.id)
        wizard = self._ask(self.accounts + self.cedar_account + self.account(direct))
        self.assertEqual((wizard.request_count, wizard.left_out), (2, "Direct"))
        self.assertIn("dealer@example.com", wizard.preview)
        action = wizard.action_send()
        requests = self.Help.search(action["domain"])
        self.assertEqual(
            {request.sales_partner_id: (request.line_ids.move_id, request.state) for request in requests},
            {
                self.dealer: (self.acme_bill + self.birch_bill, "sent"),
                self.agent: (mixed + self.cedar_bill, "sent"),
            },
        )
        with self.assertRaisesRegex(UserError, "nothing to ask about"):
            self.accounts.action_ask_partner()

    def test_bulk_leaves_a_draft_where_nobody_can_be_written_to(self):
        self.agent.email = False
        wizard = self._ask(self.accounts + self.cedar_account, question="Help us")
        self.assertIn("No e-mail", wizard.preview)
        requests = self.Help.search(wizard.action_send()["domain"])
        states = {request.sales_partner_id: (request.state, request.question) for request in requests}
        self.assertEqual(states, {self.dealer: ("sent", "Help us"), self.agent: ("draft", "Help us")})

    def test_bulk_takes_items_of_the_accounts_only(self):
        wizard = self._ask(self.accounts)
        wizard.item_ids = self.items(self.cedar_bill)
        with self.assertRaisesRegex(UserError, "chosen accounts"):
            wizard.action_send()
        wizard.item_ids = self.items(self.invoice(self.acme, 9, overdue=1, collection_sales_partner_id=False))
        with self.assertRaisesRegex(UserError, "by no sales partner"):
            wizard.action_save()
        wizard.item_ids = False
        with self.assertRaisesRegex(UserError, "Choose the invoices"):
            wizard.action_save()

    def test_sold_by(self):
        both = self.invoice(self.acme, 20, overdue=-2, collection_sales_partner_id=self.agent.id)
        self.assertEqual(self.accounts[0].sold_by_ids, self.dealer + self.agent)
        found = self.Account.search([("sold_by_ids", "in", self.agent.ids)])
        self.assertEqual(found, self.accounts[0] + self.cedar_account)
        self.pay(both)
        self.accounts.invalidate_recordset(["sold_by_ids"])
        self.assertEqual(self.accounts[0].sold_by_ids, self.dealer)
        self.assertEqual(self.Account.search([("sold_by_ids", "in", self.agent.ids)]), self.cedar_account)

    # ------------------------------------------------------------------
    # Who may
    # ------------------------------------------------------------------

    def test_portfolios(self):
        self.company.collection_see_all = False
        request = self.request()
        self.assertEqual(request.with_user(self.colleague).search([("id", "=", request.id)]), self.Help)
        with self.assertRaises(AccessError):
            request.with_user(self.colleague).action_cancel()
        with self.assertRaises(AccessError):
            self.request(user=self.colleague)
        with self.assertRaises(AccessError):
            self.accounts.with_user(self.colleague).action_ask_partner()
        self.accounts[1].collector_id = self.colleague
        self.assertTrue(request.with_user(self.colleague).search([("id", "=", request.id)]).line_ids)

    def test_auditor_reads_and_resolver_does_not(self):
        request = self.request(send=True)
        auditor, resolver = self.member("auditor"), self.member("resolver")
        self.assertEqual(request.with_user(auditor).state, "sent")
        self.assertTrue(request.with_user(auditor).line_ids.mapped("amount_left"))
        for act in ("action_cancel", "action_close", "action_answered", "action_ask_again", "action_log_call"):
            with self.assertRaises(AccessError):
                getattr(request.with_user(auditor), act)()
        with self.assertRaises(AccessError):
            request.with_user(resolver).read(["state"])

    def test_two_companies(self):
        data = self.second_company()
        other = self.invoice(self.acme, 900, overdue=30, company=data["company"])
        other.collection_sales_partner_id = self.dealer
        with self.assertRaisesRegex(ValidationError, "no invoice of a customer of Dealer in"):
            self.request(other, user=self.env.user)
        both = self.accounts[0] + self.account(self.acme, data["company"])
        with self.assertRaisesRegex(UserError, "one company"):
            both.action_ask_partner()
        theirs = self.request(other, user=self.env.user, company_id=data["company"].id)
        self.assertFalse(self.Help.with_user(self.collector).search([("id", "=", theirs.id)]))
        with self.assertRaises(AccessError):
            self.request(self.env["account.move"], company_id=data["company"].id)
