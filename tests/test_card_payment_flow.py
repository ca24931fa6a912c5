from odoo.exceptions import UserError, ValidationError
from odoo.tests import tagged

from .card_payment_common import CardPaymentCommon


@tagged("post_install", "-at_install")
class TestCardPaymentFlow(CardPaymentCommon):
    """A charge over several items, from the first click to the receipt (SPEC §10)."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.one = cls.items(cls.invoice(cls.acme, 100, overdue=20))
        cls.two = cls.items(cls.invoice(cls.acme, 200, overdue=10))
        cls.other = cls.items(cls.invoice(cls.acme, 400, overdue=30))
        cls.account(cls.acme)

    def notes(self, payment):
        return self.env["collection.activity"].search([("card_payment_id", "=", payment.id)]).mapped("note")

    def test_paid_exactly_these_items_and_amounts(self):
        payment = self.charge({self.one: 100, self.two: 50.25})
        self.assertEqual(payment.state, "done")
        self.assertEqual(self.residuals(self.one, self.two, self.other), [0, 149.75, 400])
        self.assertEqual(
            [
                (each.amount_before_currency, each.amount_applied_currency, each.amount_after_currency)
                for each in payment.line_ids
            ],
            [(100, 100, 0), (200, 50.25, 149.75)],
        )
        self.assertEqual(
            (payment.amount, payment.amount_applied_currency, payment.amount_unapplied_currency), (150.25, 150.25, 0)
        )
        self.assertTrue(payment.receipt_number)
        self.assertEqual((payment.last_four, payment.balance_left_currency), ("4242", 549.75))
        self.assertEqual(payment.transaction_id.sudo().payment_id.amount, 150.25)
        self.assertIn("charged to", self.notes(payment)[0])
        self.assertFalse(self.holds(payment))
        self.assertEqual(self.one.move_id.payment_state, "paid")

    def test_boundaries_of_the_amount(self):
        for amount in (0.01, 99.99, 100):
            self.take({self.one: amount}).unlink()
        for amount in (100.01, 0.0, -1):
            with self.subTest(amount), self.assertRaises(ValidationError), self.env.cr.savepoint():
                self.take({self.one: amount})

    def test_without_an_amount_all_that_is_open(self):
        payment = self.Payment.create(
            {"account_id": self.account(self.acme).id, "line_ids": [(0, 0, {"move_line_id": self.two.id})]}
        )
        self.assertEqual((payment.amount, payment.amount_currency), (200, 200))

    def test_declined(self):
        payment = self.charge({self.one: 100}, "error")
        self.assertEqual(payment.state, "declined")
        self.assertEqual(self.residuals(self.one), [100])
        self.assertFalse(payment.receipt_number or payment.transaction_id.sudo().payment_id or self.holds(payment))
        self.assertIn("declined", self.notes(payment)[0])
        self.assertTrue(payment.decline_reason)
        with self.assertRaises(UserError):
            payment.action_print_receipt()
        self.assertEqual(self.charge({self.one: 100}).state, "done")

    def test_pending_holds_and_then_pays(self):
        payment = self.charge({self.one: 60}, "pending")
        self.assertEqual(payment.state, "pending")
        self.assertEqual(self.holds(payment), {self.one: 60})
        self.assertEqual(self.residuals(self.one), [100])
        self.assertFalse(payment.receipt_number)
        self.assertFigures(self.acme, amount_collectible=640)
        self.say(payment.transaction_id.sudo(), "done")
        self.assertEqual((payment.state, self.residuals(self.one)), ("done", [40]))
        self.assertFalse(self.holds(payment))
        self.assertTrue(payment.receipt_number)

    def test_pending_that_fails_frees_the_items(self):
        payment = self.charge({self.one: 60}, "pending")
        self.say(payment.transaction_id.sudo(), "cancel")
        self.assertEqual((payment.state, self.residuals(self.one)), ("declined", [100]))
        self.assertFalse(self.holds(payment) or payment.receipt_number)

    def test_authorized_collected_or_given_back(self):
        self.provider.capture_manually = True
        kept, freed = self.charge({self.one: 100}), self.charge({self.two: 200})
        self.assertEqual((kept.state, freed.state), ("authorized", "authorized"))
        self.assertEqual((self.holds(kept), kept.receipt_number), ({self.one: 100}, False))
        kept.action_capture()
        freed.action_void()
        self.assertEqual((kept.state, freed.state), ("done", "declined"))
        self.assertEqual(self.residuals(self.one, self.two), [0, 200])
        self.assertTrue(kept.receipt_number)
        self.assertFalse(freed.receipt_number or self.holds(freed) or self.holds(kept))

    def test_message_twice_books_once(self):
        payment = self.charge({self.one: 60}, "pending")
        transaction = payment.transaction_id.sudo()
        for _time in range(3):
            self.say(transaction, "done")
        self.assertEqual(self.residuals(self.one), [40])
        self.assertEqual(len(self.env["account.payment"].search([("payment_transaction_id", "=", transaction.id)])), 1)
        receipt = payment.receipt_number
        payment._issue_receipt()
        self.assertEqual(payment.receipt_number, receipt)
        self.assertEqual(len([note for note in self.notes(payment) if "charged to" in note]), 1)

    def test_paid_elsewhere_meanwhile_stays_as_credit(self):
        payment = self.charge({self.one: 100, self.two: 50}, "pending")
        self.pay(self.one.move_id, 70)
        self.say(payment.transaction_id.sudo(), "done")
        self.assertEqual(self.residuals(self.one, self.two), [0, 150])
        self.assertEqual((payment.amount_applied_currency, payment.amount_unapplied_currency), (80, 70))
        self.assertFigures(self.acme, amount_unapplied=70)
        self.assertIn("not all could be applied", " ".join(self.account(self.acme).activity_ids.mapped("summary")))

    def test_second_click_changes_nothing(self):
        token = self.saved_card()
        payment = self.take(
            {self.one: 100}, method="token", token_id=token.id, consent_name="Ann", consent_text="I agree"
        )
        payment.action_charge()
        payment.action_charge()
        self.answer()
        payment.action_charge()
        self.answer()
        self.assertEqual(len(payment.sudo().transaction_ids), 1)
        self.assertEqual(self.residuals(self.one), [0])

    def test_no_second_charge_for_the_same_amount(self):
        first = self.charge({self.one: 60}, "pending")
        with self.assertRaisesRegex(ValidationError, first.name):
            self.take({self.one: 41})
        self.take({self.one: 40})

    def test_consent_is_needed(self):
        payment = self.take({self.one: 100}, method="token", token_id=self.saved_card().id)
        with self.assertRaisesRegex(UserError, "agreed"):
            payment.action_charge()

    def test_two_currencies(self):
        euro = self.foreign_currency()
        foreign = self.items(self.invoice(self.acme, 500, overdue=3, currency=euro))
        with self.assertRaisesRegex(ValidationError, "one currency"):
            self.take({self.one: 100, foreign: 100})
        self.env["res.currency.rate"].create(
            {"currency_id": euro.id, "name": self.today, "rate": 0.4, "company_id": self.company.id}
        )
        payment = self.charge({foreign: 200})
        self.assertEqual((payment.state, payment.currency_id, payment.amount_currency), ("done", euro, 200))
        self.assertEqual(self.residuals(foreign), [300])
        # Booked at 2, paid at 2.5: the item loses its own share, the rest is a difference of exchange.
        self.assertEqual(foreign.amount_residual, 600)
        self.assertFigures(self.acme, amount_unapplied=0)
        self.charge({foreign: 300})
        self.assertTrue(foreign.reconciled)
        self.assertFigures(self.acme, amount_unapplied=0)

    def test_items_of_others_are_refused(self):
        stranger = self.items(self.invoice(self.customer("Stranger Inc."), 10, overdue=1))
        for given in ({stranger: 10}, {self.items(self.credit(self.acme, 10)): 10}):
            with self.assertRaises(ValidationError), self.env.cr.savepoint():
                self.take(given, account_id=self.account(self.acme).id)

    def test_saved_cards_of_others_are_refused(self):
        stranger = self.customer("Stranger Inc.")
        for token in (self.saved_card(stranger), self.saved_card().browse()):
            with self.assertRaises(ValidationError):
                self.take({self.one: 10}, method="token", token_id=token.id)

    def test_disabled_provider(self):
        payment = self.take(
            {self.one: 10}, method="token", token_id=self.saved_card().id, consent_name="Ann", consent_text="Yes"
        )
        self.provider.state = "disabled"
        with self.assertRaises(ValidationError):
            payment.action_charge()
        with self.assertRaisesRegex(UserError, "No payment provider"):
            self.link({self.two: 10})

    def test_facts_stay(self):
        payment = self.charge({self.one: 60}, "pending")
        for vals in (
            {"method": "link"},
            {"consent_text": "other"},
            {"line_ids": [(1, payment.line_ids.id, {"amount_currency": 1})]},
        ):
            with self.assertRaises(UserError):
                payment.write(vals)
        for vals in ({"state": "done"}, {"receipt_number": "REC/1"}, {"last_four": "1234"}):
            with self.assertRaises(UserError):
                payment.write(vals)
        with self.assertRaises(UserError):
            payment.unlink()
