from odoo.exceptions import UserError
from odoo.tests import tagged

from .letter_common import LetterCommon
from .promise_common import PromiseCommon


@tagged("post_install", "-at_install")
class TestLetterKinds(LetterCommon, PromiseCommon):
    """When each kind of letter may be written, and what it states."""

    def say(self, kind, partner, **vals):
        """The text of a letter as it went out by post."""
        letters = self.write_letters(kind, partner, prefer="post", **vals)
        with self.printer():
            letters.action_print_letters()
        self.assertEqual(letters.state, "sent", letters.error)
        return self.text(letters)

    # ------------------------------------------------------------------
    # Balance confirmation
    # ------------------------------------------------------------------

    def test_balance_as_of_a_day(self):
        old = self.invoice(self.acme, 1000, overdue=60)
        self.invoice(self.acme, 250.5, overdue=5)
        self.pay(old, 400, payment_date=self.day(-10))
        self.assertIn("$ 850.50", self.say("balance", self.acme))
        text = self.say("balance", self.acme, as_of=self.day(-11))
        self.assertIn("$ 1,250.50", text)
        self.assertIn("One thousand, two hundred and fifty Dollars and fifty Cents", text)
        self.assertIn("03/07/2026", text)
        self.assertIn("We agree with the balance", text)
        self.assertIn(old.name, text)

    def test_balance_ties_to_the_ledger(self):
        self.invoice(self.acme, 1000, overdue=60)
        self.credit(self.acme, 120)
        self.unapplied(self.acme, 80)
        euro = self.foreign_currency()
        self.invoice(self.acme, 300, overdue=1, currency=euro)
        account = self.account(self.acme)
        rows = self.Letter._open_rows(account, self.today)[account]
        sums = {}
        for row in rows:
            sums[row["currency_id"]] = sums.get(row["currency_id"], 0) + float(row["amount"])
        self.assertEqual(sums, {self.company.currency_id.id: 800, euro.id: 300})
        text = self.say("balance", self.acme)
        self.assertIn("$ 800.00 and", text)
        self.assertIn("300.00 €", text)

    def test_balance_of_nothing_and_of_a_credit(self):
        bill = self.invoice(self.acme, 100, overdue=1)
        self.pay(bill)
        text = self.say("balance", self.acme)
        self.assertIn("$ 0.00", text)
        self.assertIn("Zero Dollars", text)
        self.assertIn("No document was open", text)
        self.credit(self.acme, 30)
        self.assertIn("Minus thirty Dollars", self.say("balance", self.acme))

    def test_no_balance_of_a_day_to_come(self):
        self.invoice(self.acme, 100)
        self.dialog("balance", self.acme, as_of=self.today)
        with self.assertRefused(UserError, "day to come"):
            self.dialog("balance", self.acme, as_of=self.day(1))

    # ------------------------------------------------------------------
    # Paid in full
    # ------------------------------------------------------------------

    def test_paid_in_full_only_when_nothing_is_open(self):
        bill = self.invoice(self.acme, 100, overdue=1)
        self.assertIn("still open", self.refusals(self.dialog("paid", self.acme))[self.acme.name])
        self.pay(bill, 99.99)
        self.assertIn("still open", self.refusals(self.dialog("paid", self.acme))[self.acme.name])
        self.pay(bill, 0.01)
        text = self.say("paid", self.acme)
        self.assertIn("nothing is open", text)
        self.assertIn("Your last payment", text)

    def test_paid_in_full_is_looked_at_when_it_goes_out(self):
        self.pay(self.invoice(self.acme, 100, overdue=1))
        letter = self.write_letters("paid", self.acme, prefer="post")
        self.invoice(self.acme, 5, overdue=-30)
        with self.printer() as calls:
            batch = self.batch(letter.action_print_letters())
        self.assertFalse(calls)
        self.assertEqual((letter.state, letter.attachment_id.id, letter.activity_id.id), ("suppressed", False, False))
        self.assertIn("still open", letter.error)
        self.assertEqual((batch.state, batch.printed_count, batch.left_out_count), ("done", 0, 1))

    def test_paid_by_a_draft_or_with_a_credit_left_is_not_paid(self):
        bill = self.invoice(self.acme, 100, overdue=1)
        payment = self.pay(bill)
        payment.action_draft()
        self.assertTrue(self.refusals(self.dialog("paid", self.acme)))
        payment.action_post()
        self.assertFalse(self.refusals(self.dialog("paid", self.acme)))
        self.credit(self.acme, 10)
        self.assertTrue(self.refusals(self.dialog("paid", self.acme)))

    # ------------------------------------------------------------------
    # Payment plan
    # ------------------------------------------------------------------

    def test_plan_prints_the_instalments(self):
        bill = self.invoice(self.acme, 900, overdue=10)
        self.assertEqual(self.refusals(self.dialog("plan", self.acme)), {self.acme.name: "No promise stands"})
        self.promise(self.items(bill), (2, 500), (9, 400))
        text = self.say("plan", self.acme)
        for part in (
            "March 20, 2026",
            "March 27, 2026",
            "$ 500.00",
            "$ 400.00",
            "Nine hundred Dollars",
            bill.name,
        ):
            self.assertIn(part, text)

    def test_plan_that_ended_before_it_was_printed(self):
        bill = self.invoice(self.acme, 900, overdue=10)
        promise = self.promise(self.items(bill), (2, 900))
        letter = self.write_letters("plan", self.acme, prefer="post")
        promise.action_withdraw("Changed their mind")
        with self.printer():
            letter.action_print_letters()
        self.assertEqual((letter.state, letter.error), ("suppressed", "No promise stands"))

    # ------------------------------------------------------------------
    # Credit hold
    # ------------------------------------------------------------------

    def test_hold_and_release(self):
        self.invoice(self.acme, 1000, overdue=40)
        account = self.account(self.acme)
        self.assertEqual(self.refusals(self.dialog("hold", self.acme)), {self.acme.name: "Not on credit hold"})
        self.assertEqual(self.refusals(self.dialog("release", self.acme)), {self.acme.name: "Was never on credit hold"})
        account._propose_credit_hold("Step reached")
        self.assertTrue(self.refusals(self.dialog("hold", self.acme)), "Only proposed")
        hold = account._set_credit_hold("They do not pay")
        waits = self.write_letters("hold", self.acme, prefer="post")
        text = self.say("hold", self.acme)
        self.assertIn("$ 1,000.00", text)
        self.assertIn("One thousand Dollars", text)
        self.assertNotIn("They do not pay", text, "Our reason stays with us")
        self.assertEqual(self.refusals(self.dialog("release", self.acme)), {self.acme.name: "Still on credit hold"})
        hold._lift("Paid")
        self.assertIn("ended on 03/18/2026", self.say("release", self.acme))
        with self.printer():
            waits.action_print_letters()
        self.assertEqual(waits.state, "suppressed")
        account._set_credit_hold("Again")
        again = self.write_letters("hold", self.acme, prefer="post")
        self.assertEqual(again.credit_hold_id, account.credit_hold_id)

    # ------------------------------------------------------------------
    # Tax certificate, free letter
    # ------------------------------------------------------------------

    def test_certificate(self):
        self.invoice(self.acme, 10)
        self.assertIn("exemption certificate", self.say("certificate", self.acme))

    def test_free_letter(self):
        self.invoice(self.acme, 10)
        text = self.say("free", self.acme, subject="Our visit", text="<p>Thank you for <b>Tuesday</b>.</p>")
        self.assertIn("Thank you for Tuesday.", text)
        for vals in ({"subject": "X"}, {"text": "<p>X</p>"}, {"subject": "X", "text": "<p><br></p>"}):
            with self.assertRefused(UserError, "needs its title and its text"):
                self.dialog("free", self.acme, **vals)

    def test_no_final_demand_as_free_letter(self):
        self.invoice(self.acme, 10)
        self.account(self.acme)
        for subject, text in (("Final  Demand", "<p>Pay</p>"), ("Hello", "<p>This is our <b>final</b> notice.</p>")):
            with self.assertRefused(UserError, "manager approves"):
                self.dialog("free", self.acme, subject=subject, text=text)
        with self.assertRefused(UserError, "manager approves"):
            self.dialog("certificate", self.acme, note="We will take legal action")

    def test_a_paragraph_of_ones_own_is_text_and_no_html(self):
        self.invoice(self.acme, 10)
        self.assertIn("Ask <b>Tom</b>", self.say("certificate", self.acme, note="Ask <b>Tom</b>"))
