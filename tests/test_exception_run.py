from odoo import Command
from odoo.tests import tagged

from .exception_common import ExceptionCommon


@tagged("post_install", "-at_install")
class TestExceptionRun(ExceptionCommon):
    """What exceptions do to a dunning run: whom it writes to, by which way, what it leaves out and why."""

    def sent(self, partner=None):
        """The customer's mail notice of a run that goes out now."""
        self.confirm()
        self.go_out()
        notice = self.notice(partner or self.acme)
        self.assertEqual(len(notice), 1)
        return notice

    # ------------------------------------------------------------------
    # To whom
    # ------------------------------------------------------------------

    def test_ap_only(self):
        """Elsewhere the notice falls to the next one; here it goes to the A/P contact or to nobody."""
        self.invoice(self.acme, 100, overdue=5)
        person = self.ap()
        self.proposed("ap_only")
        notice = self.sent()
        self.assertEqual((notice.recipient_id, notice.state), (person, "sent"))

    def test_ap_only_without_an_address(self):
        invoice = self.invoice(self.acme, 100, overdue=5)
        person = self.ap()
        self.proposed("ap_only")
        person.collection_do_not_email = True
        self.confirm()
        self.assertFalse(self.notice(self.acme))
        self.assertEqual(self.reasons(invoice), {"no_recipient"})

    def test_never_contact(self):
        self.invoice(self.acme, 100, overdue=5)
        person = self.ap()
        self.proposed("never_contact", contact_id=person.id)
        self.assertEqual(self.sent().recipient_id, self.acme)
        account = self.account(self.acme)
        self.assertEqual(account._default_contact("email"), self.acme)
        self.assertNotEqual(account.call_contact_id, person)

    def test_rerouted_after_the_run(self):
        """Proposed between the run and its sending: the notice that waits goes to A/P."""
        self.invoice(self.acme, 100, overdue=5)
        notice = self.ready()
        self.assertEqual(notice.recipient_id, self.acme)
        person = self.ap()
        self.proposed("ap_only")
        self.go_out()
        self.assertEqual((notice.recipient_id, notice.state), (person, "sent"))

    def test_of_one_invoice(self):
        person = self.ap(name="Zoe", email="zoe@example.com")
        first = self.contact(self.acme, "Bill To", type="invoice", email="bill@example.com")
        self.acme.collection_ap_contact_id = False
        invoice = self.invoice(self.acme, 100, overdue=5)
        self.proposed("never_contact", invoice, contact_id=first.id)
        other = self.customer("Other")
        self.invoice(other, 100, overdue=5)
        self.confirm()
        self.assertEqual(self.notice(self.acme).recipient_id, self.acme)
        self.assertTrue(person)

    # ------------------------------------------------------------------
    # By which way
    # ------------------------------------------------------------------

    def test_portal_only_is_a_task(self):
        invoice = self.invoice(self.acme, 100, overdue=5)
        self.approved("portal_only")
        self.confirm()
        notice = self.notice(self.acme)
        self.assertEqual((notice.channel, notice.recipient_email, notice.state), ("portal_upload", False, "due"))
        self.assertFalse(notice._send())
        self.assertTrue(notice.task_id)
        notice.task_id.action_done()
        self.assertEqual((notice.state, self.sent_steps(invoice)), ("sent", [3]))
        with self.at(1):
            self.confirm()
        self.assertEqual(self.steps_of(invoice), [3])

    def test_letters_only(self):
        self.acme.write({"street": "1 Main St", "city": "New York", "zip": "10001"})
        self.invoice(self.acme, 100, overdue=5)
        self.approved("letters_only")
        self.confirm()
        self.assertEqual((self.notice(self.acme).channel, self.notice(self.acme).is_letter), ("letter", True))

    def test_no_letters(self):
        """A step that is a letter goes out by e-mail; without an address nothing does, and the reason says why."""
        self.change_steps({3: {"channel": "letter"}})
        other = self.customer("Other", email=False)
        for customer in (self.acme, other):
            customer.write({"street": "1 Main St", "city": "New York", "zip": "10001"})
        self.invoice(self.acme, 100, overdue=5)
        invoice = self.invoice(other, 100, overdue=5)
        self.approved("no_letters")
        self.approved("no_letters", other)
        self.confirm()
        self.assertEqual(self.notice(self.acme).channel, "email")
        self.assertEqual(self.reasons(invoice), {"no_letters"})

    def test_waiting_letter_becomes_an_upload(self):
        self.acme.write({"street": "1 Main St", "city": "New York", "zip": "10001", "email": False})
        self.invoice(self.acme, 100, overdue=5)
        self.confirm()
        letter = self.notice(self.acme).sudo()
        self.approved("portal_only")
        self.assertFalse(letter._readdress(self.company))
        self.assertEqual((letter.channel, letter.state), ("portal_upload", "due"))

    def test_narrower_scope_goes_before(self):
        """Invoice, customer, sales partner: what the narrower says holds."""
        seller = self.seller()
        self.acme.collection_sales_partner_id = seller
        self.acme.write({"street": "1 Main St", "city": "New York", "zip": "10001"})
        invoice = self.invoice(self.acme, 100, overdue=5)

        def effects():
            return self.Exception._effects_of_moves(invoice)[invoice].keys()

        self.approved("portal_only", seller)
        self.assertEqual(effects(), {"portal_only"})
        self.approved("letters_only")
        self.assertEqual(effects(), {"letters_only"})
        self.approved("no_letters", invoice)
        self.assertEqual(effects(), {"no_letters"})

    # ------------------------------------------------------------------
    # What is left out
    # ------------------------------------------------------------------

    def test_statements_only(self):
        invoice = self.invoice(self.acme, 100, overdue=5)
        self.approved("statements_only")
        self.confirm()
        self.assertFalse(self.notice(self.acme))
        self.assertEqual(self.reasons(invoice), {"statements_only"})

    def test_statements_only_after_the_run(self):
        invoice = self.invoice(self.acme, 100, overdue=5)
        notice = self.ready()
        self.approved("statements_only")
        self.go_out()
        self.assertEqual((notice.state, notice.suppress_reason), ("suppressed", "statements_only"))
        self.assertEqual(self.reasons(invoice), {"statements_only"})

    def test_statements_only_inside_the_house(self):
        """What does not reach the customer goes on."""
        invoice = self.invoice(self.acme, 100, overdue=46)
        self.noticed(invoice, 30, ago=15)
        self.approved("statements_only")
        self.confirm()
        self.assertEqual(self.notice(self.acme, state="due").mapped("channel"), ["credit_hold"])

    def test_grace_days(self):
        """Five days of grace: the reminder of day 3 comes on day 8, due date and figures stay."""
        for overdue, reached, reasons in ((7, [], {"grace"}), (8, [3], set()), (9, [3], set())):
            customer = self.customer(f"Late {overdue}")
            invoice = self.invoice(customer, 100, overdue=overdue)
            self.approved("grace", customer, days=5)
            self.simulate()
            with self.subTest(overdue=overdue):
                self.assertEqual((self.steps_of(invoice), self.reasons(invoice)), (reached, reasons))
            self.assertFigures(customer, amount_overdue=100, amount_collectible=100)

    def test_grace_puts_off_the_next_step_only(self):
        """With 15 days overdue and 5 of grace the reminder goes out, and the past-due step is what is put off."""
        invoice = self.invoice(self.acme, 100, overdue=15)
        self.approved("grace", days=5)
        self.simulate()
        self.assertEqual((self.steps_of(invoice), self.reasons(invoice)), ([10], {"grace"}))

    def test_grace_of_the_invoice_goes_before(self):
        invoice, other = (self.invoice(self.acme, 100, overdue=5) for _each in range(2))
        self.approved("grace", days=30)
        self.approved("grace", invoice, days=1)
        self.simulate()
        self.assertEqual((self.steps_of(invoice), self.steps_of(other)), ([3], []))
        self.assertEqual(self.reasons(other), {"grace"})

    def test_grace_after_the_run(self):
        invoice = self.invoice(self.acme, 100, overdue=5)
        notice = self.ready()
        self.approved("grace", days=3)
        self.go_out()
        self.assertEqual((notice.state, self.reasons(invoice)), ("suppressed", {"grace"}))

    def test_grace_leaves_the_courtesy(self):
        invoice = self.invoice(self.acme, 100, overdue=-5)
        self.approved("grace", days=5)
        self.simulate()
        self.assertEqual(self.steps_of(invoice), [-5])

    def test_tolerance(self):
        """Overdue below 100 is not chased, exactly 100 is; two small invoices add up."""
        for amounts, chased in (((99.99,), False), ((100,), True), ((100.01,), True), ((60, 40), True)):
            customer = self.customer(f"Small {amounts}")
            invoices = [self.invoice(customer, amount, overdue=5) for amount in amounts]
            self.approved("tolerance", customer, amount=100)
            self.simulate()
            for invoice in invoices:
                with self.subTest(amounts=amounts):
                    self.assertEqual(self.steps_of(invoice), [3] if chased else [])
                    self.assertEqual(self.reasons(invoice), set() if chased else {"tolerance"})
            self.assertFigures(customer, on_worklist=chased, exception_tolerance=100)

    def test_tolerance_in_company_currency(self):
        euro = self.foreign_currency("EUR", 0.5)
        customers = [self.customer("Euro 49"), self.customer("Euro 50")]
        invoices = [self.invoice(each, amount, overdue=5, currency=euro) for each, amount in zip(customers, (49, 50))]
        for customer in customers:
            self.approved("tolerance", customer, amount=100)
        self.simulate()
        self.assertEqual([self.reasons(each) for each in invoices], [{"tolerance"}, set()])

    def test_tolerance_after_a_payment(self):
        invoice = self.invoice(self.acme, 150, overdue=5)
        self.approved("tolerance", amount=100)
        notice = self.ready()
        self.pay(invoice, 60)
        self.go_out()
        self.assertEqual((notice.state, self.reasons(invoice)), ("suppressed", {"tolerance"}))

    def test_tolerance_of_the_invoice(self):
        small, big = self.invoice(self.acme, 50, overdue=5), self.invoice(self.acme, 500, overdue=5)
        self.approved("tolerance", small, amount=100)
        self.simulate()
        self.assertEqual((self.reasons(small), self.steps_of(big)), ({"tolerance"}, [3]))

    def test_sales_partner_first(self):
        """The partner is told the day after the due date; the customer's steps wait three days from then."""
        seller = self.seller()
        self.acme.collection_sales_partner_id = seller
        invoice = self.invoice(self.acme, 100, overdue=3)
        self.approved("partner_first", seller, days=3)
        self.on_day(0)
        told = self.Notice.search([("sales_partner_id", "=", seller.id)])
        self.assertEqual((told.state, told.line_ids.move_id), ("sent", invoice))
        with self.at(0):
            self.assertEqual(self.reasons(invoice), {"partner_first"})
        for day, chased in ((2, []), (3, [3])):
            self.on_day(day)
            steps = self.lines(invoice).filtered(lambda line: line.account_id and not line.notice_id.sales_partner_id)
            self.assertEqual(steps.mapped("step_days"), chased, day)

    def test_sales_partner_first_by_a_contact(self):
        seller = self.seller(email=False)
        self.acme.collection_sales_partner_id = seller
        invoice = self.invoice(self.acme, 100, overdue=3)
        self.approved("partner_first", days=0)
        self.simulate()
        self.assertIn("partner_first", self.reasons(invoice))
        self.env["collection.activity"].create(
            {
                "sales_partner_id": seller.id,
                "channel": "email",
                "direction": "out",
                "outcome_id": self.outcome("email_sent").id,
                "move_ids": [Command.set(invoice.ids)],
                "note": "Told them",
            }
        ).action_done()
        self.simulate()
        customer = self.lines(invoice).filtered(lambda line: not line.notice_id.sales_partner_id)
        self.assertEqual(customer.mapped("step_days"), [3])

    def test_hold_until_a_date(self):
        invoice = self.invoice(self.acme, 100, overdue=5)
        exception = self.approved("hold", date_to=self.day(10))
        hold = self.account(self.acme).hold_ids
        self.assertEqual(
            (hold.kind, hold.amount, hold.date_until, hold.is_live), ("exception", 100, self.day(10), True)
        )
        self.simulate()
        self.assertEqual(self.reasons(invoice), {"exception"})
        self.assertFigures(self.acme, amount_collectible=0, amount_overdue=100)
        later = self.invoice(self.acme, 40, overdue=2)
        self.assertFigures(self.acme, amount_collectible=0, amount_overdue=140)
        self.assertEqual(self.items(later).collection_held, 40)
        exception.with_user(self.manager).action_end()
        self.assertFigures(self.acme, amount_collectible=140)

    def test_hold_of_a_sales_partner(self):
        seller = self.seller()
        customers = [self.customer(f"Of Gulf {each}", collection_sales_partner_id=seller.id) for each in range(2)]
        for customer in customers:
            self.invoice(customer, 100, overdue=5)
        self.invoice(self.acme, 100, overdue=5)
        self.approved("hold", seller, date_to=self.day(10))
        self.assertEqual([self.account(each).amount_collectible for each in (*customers, self.acme)], [0, 0, 100])

    # ------------------------------------------------------------------
    # Sets
    # ------------------------------------------------------------------

    def test_other_company(self):
        other = self.second_company()["company"]
        other.collection_policy_id = self.policy
        invoice = self.invoice(self.acme, 100, overdue=5, company=other)
        self.approved("statements_only")
        self.simulate(other)
        self.assertEqual(self.steps_of(invoice), [3])

    def test_queries_do_not_grow(self):
        def count(number):
            for each in range(number):
                customer = self.customer(f"Many {number} {each}")
                self.invoice(customer, 100, overdue=15)
                for effect, vals in (("grace", {"days": 5}), ("tolerance", {"amount": 10}), ("statements_only", {})):
                    self.approved(effect, customer, **vals)
            self.Account._refresh_touched()
            run = self.Run.create({"company_id": self.company.id})
            self.env.flush_all()
            before = self.cr.sql_log_count
            run.sudo()._prepare_notices()
            return self.cr.sql_log_count - before

        few = count(2)
        self.assertLessEqual(count(12), few)
