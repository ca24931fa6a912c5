from odoo import Command
from odoo.exceptions import UserError, ValidationError
from odoo.tests import tagged

from .promise_common import PromiseCommon


@tagged("post_install", "-at_install")
class TestPromiseJudgement(PromiseCommon):
    """SPEC §4, "Judged on reconciliation and un-reconciliation, and nightly"."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.invoice_1 = cls.invoice(cls.acme, 12_400, overdue=10)
        cls.item = cls.items(cls.invoice_1)

    def _three(self):
        """10,000 on day 2 (deadline day 6), 1,200 on day 9 (deadline day 13), 1,200 on day 16 (deadline day 20)."""
        return self.promise(self.item, (2, 10_000), (9, 1_200), (16, 1_200))

    # ------------------------------------------------------------------
    # The numbers of the issue
    # ------------------------------------------------------------------

    def test_three_instalments_are_held_until_their_dates_and_grace(self):
        promise = self._three()
        self.assertEqual(
            self.live_holds(promise),
            [(self.item, 10_000, self.day(6)), (self.item, 1_200, self.day(13)), (self.item, 1_200, self.day(20))],
        )
        self.assertFigures(
            self.acme, amount_collectible=0, amount_promised=12_400, amount_held=12_400, stage="promised"
        )

    def test_fourth_instalment_is_refused(self):
        promise = self._three()
        with self.assertRaises(UserError):
            promise.write({"installment_ids": [(0, 0, {"date": self.day(20), "amount": 1})]})
        with self.assertRaises(UserError):
            self.env["collection.promise.installment"].create(
                {"promise_id": promise.id, "date": self.day(20), "amount": 1}
            )
        with self.assertRaises(ValidationError):
            self.promise(self.item, (20, 1))
        with self.assertRaises(ValidationError):
            self.draft({self.item: 12_400}, (2, 10_000), (9, 1_200), (16, 1_200), (20, 1))

    def test_partially_kept_then_bounced(self):
        promise = self._three()
        with self.at(2):
            payment = self.pay(self.invoice_1, 6_000, payment_date=self.day(2))
        with self.at(6):
            promise._evaluate()
            self.assertEqual(self.states(promise), ["open", "open", "open", "open"])
            self.assertFigures(self.acme, amount_collectible=0)
        with self.at(7):
            promise._evaluate()
            self.assertEqual(self.states(promise), ["open", "partially_kept", "open", "open"])
            self.assertFigures(self.acme, amount_collectible=4_000, amount_promised=2_400, broken_promise_level=0)
            self.bounce(payment)
            self.assertEqual(self.states(promise), ["broken", "broken", "lapsed", "lapsed"])
            self.assertFigures(
                self.acme,
                amount_collectible=12_400,
                amount_promised=0,
                broken_promise_level=1,
                stage="promise_broken",
                promise_broken_date=self.day(7),
            )
            self.assertEqual(promise.level, 1)
            self.assertFalse(self.live_holds(promise))
            self.assertEqual(len([text for text in self.tasks(self.acme) if "broken" in text]), 1)
            promise._evaluate()
            promise._evaluate()
            self.assertEqual(self.states(promise)[0], "broken")
            self.assertEqual(len([text for text in self.tasks(self.acme) if "broken" in text]), 1)

    def test_unapplied_cash_is_pending_application(self):
        promise = self._three()
        with self.at(5):
            payment = self.unapplied(self.acme, 10_000, date=self.day(5))
        with self.at(12):
            promise._evaluate()
            self.assertEqual(self.states(promise), ["pending_application", "pending_application", "open", "open"])
            self.assertFigures(self.acme, amount_collectible=0, broken_promise_level=0)
            (payment.move_id.line_ids.filtered(lambda line: line.account_id == self.receivable) + self.item).reconcile()
            self.assertEqual(self.states(promise), ["open", "kept", "open", "open"])
            self.assertFigures(self.acme, amount_promised=2_400, promise_kept_rate=100, promise_due_count=1)

    def test_unapplied_cash_after_the_deadline_does_not_help(self):
        promise = self.promise(self.item, (2, 10_000))
        with self.at(7):
            self.unapplied(self.acme, 10_000, date=self.day(7))
            self.assertEqual(self.states(promise), ["broken", "broken"])

    def test_paid_a_day_after_the_grace(self):
        promise = self.promise(self.item, (2, 10_000))
        with self.at(7):
            self.pay(self.invoice_1, 10_000, payment_date=self.day(7))
            self.assertEqual(self.states(promise), ["broken", "broken"])
            self.assertEqual((promise.days_late, promise.installment_ids.amount_late_currency), (1, 10_000))
            self.assertEqual(promise.installment_ids.amount_received, 0)

    def test_paid_on_the_last_day_of_the_grace(self):
        promise = self.promise(self.item, (2, 10_000))
        with self.at(6):
            self.pay(self.invoice_1, 10_000, payment_date=self.day(6))
            self.assertEqual(self.states(promise), ["kept", "kept"])
            self.assertFigures(self.acme, amount_collectible=2_400, promise_kept_rate=100)

    def test_credit_note_of_all_is_superseded_and_not_counted(self):
        promise = self._three()
        credit = self.credit(self.acme, 12_400)
        (self.items(credit) + self.item).reconcile()
        self.assertEqual(self.states(promise), ["superseded"] * 4)
        self.assertFigures(self.acme, promise_due_count=0, promise_kept_rate=0, broken_promise_level=0)
        self.assertFalse(self.live_holds(promise))

    # ------------------------------------------------------------------
    # Thresholds
    # ------------------------------------------------------------------

    def test_tolerance_is_the_smaller_of_a_share_and_an_amount(self):
        for amount, missing, state in (
            (1_000, 9.99, "kept"),
            (1_000, 10, "kept"),
            (1_000, 10.01, "partially_kept"),
            (12_000, 50, "kept"),
            (12_000, 50.01, "partially_kept"),
        ):
            with self.subTest(amount=amount, missing=missing):
                customer = self.customer(f"Tolerance {amount} {missing}")
                invoice = self.invoice(customer, amount, overdue=5)
                promise = self.promise(self.items(invoice), (2, amount))
                self.pay(invoice, amount - missing)
                with self.at(7):
                    promise._evaluate()
                    self.assertEqual(self.states(promise), [state, state])

    def test_half_is_partial_and_less_is_broken(self):
        for paid, state in ((500, "partially_kept"), (500.01, "partially_kept"), (499.99, "broken")):
            with self.subTest(paid=paid):
                customer = self.customer(f"Half {paid}")
                invoice = self.invoice(customer, 1_000, overdue=5)
                promise = self.promise(self.items(invoice), (2, 1_000))
                self.pay(invoice, paid)
                with self.at(10):
                    promise._evaluate()
                    self.assertEqual(self.states(promise), [state, state])

    def test_cash_before_the_promise_reduces_the_obligation(self):
        old = self.unapplied(self.acme, 1_500, date=self.day(-1))
        promise = self._three()
        (old.move_id.line_ids.filtered(lambda line: line.account_id == self.receivable) + self.item).reconcile()
        self.assertEqual(self.states(promise), ["open", "open", "open", "superseded"])
        self.assertEqual(promise.installment_ids.sorted("date").mapped("amount_due_currency"), [10_000, 900, 0])
        self.assertFigures(self.acme, amount_promised=10_900, amount_collectible=0)

    def test_write_off_reduces_the_last_instalment_first(self):
        promise = self._three()
        entry = self.entry(self.acme, -200)
        (self.items(entry) + self.item).reconcile()
        self.states(promise)
        self.assertEqual(promise.installment_ids.sorted("date").mapped("amount_due_currency"), [10_000, 1_200, 1_000])

    def test_credit_for_the_part_that_is_not_promised(self):
        promise = self.promise(self.item, (2, 10_000))
        credit = self.credit(self.acme, 2_400)
        (self.items(credit) + self.item).reconcile()
        self.assertEqual(self.states(promise), ["open", "open"])
        self.assertEqual(promise.installment_ids.amount_due_currency, 10_000)

    def test_money_fills_the_oldest_instalment_first(self):
        promise = self._three()
        self.pay(self.invoice_1, 10_700)
        self.assertEqual(self.states(promise), ["open", "kept", "open", "open"])
        self.assertEqual(promise.installment_ids.sorted("date").mapped("amount_received_currency"), [10_000, 700, 0])
        self.assertFigures(self.acme, amount_promised=1_700, amount_collectible=0)

    # ------------------------------------------------------------------
    # Bank data
    # ------------------------------------------------------------------

    def test_waits_for_bank_data_three_business_days_at_most(self):
        promise = self.promise(self.item, (2, 10_000))
        for day, state in ((7, "open"), (9, "open"), (10, "broken")):
            with self.at(day):
                promise._evaluate()
                self.assertEqual(self.states(promise)[0], state)
                self.assertFigures(self.acme, amount_collectible=2_400 if state == "open" else 12_400)

    def test_bank_data_reach_the_deadline(self):
        other = self.invoice(self.customer("Somebody Else"), 10)
        for day, state in ((5, "open"), (6, "broken")):
            promise = self.promise({self.item: 100}, (2, 100))
            with self.at(7):
                self.pay(other, 1, payment_date=self.day(day))
                promise._evaluate()
                self.assertEqual(self.states(promise)[0], state)
            if promise.state == "open":
                promise.action_withdraw()

    # ------------------------------------------------------------------
    # Elsewhere
    # ------------------------------------------------------------------

    def test_cash_on_other_items_is_asked_about(self):
        other = self.invoice(self.acme, 9_000, overdue=1)
        promise = self.promise(self.item, (2, 10_000))
        with self.at(2):
            self.pay(other, 9_000, payment_date=self.day(2))
        with self.at(10):
            promise._evaluate()
            promise._evaluate()
            self.assertEqual(self.states(promise)[0], "pending_application")
            self.assertTrue(promise.is_asked)
            self.assertEqual(len([text for text in self.tasks(self.acme) if "elsewhere" in text]), 1)
            self.assertFigures(self.acme, amount_collectible=2_400)
            promise.action_answer_not_meant()
            self.assertEqual(self.states(promise)[0], "broken")
            self.assertFalse(promise.is_asked)
            self.assertFigures(self.acme, amount_collectible=12_400, broken_promise_level=1)

    def test_cash_on_other_items_was_meant(self):
        other = self.invoice(self.acme, 9_000, overdue=1)
        promise = self.promise(self.item, (2, 10_000))
        with self.at(2):
            self.pay(other, 9_000, payment_date=self.day(2))
        with self.at(10):
            promise._evaluate()
            promise.action_answer_meant()
            self.assertEqual(self.states(promise)[0], "pending_application")
            self.assertFigures(self.acme, amount_collectible=2_400, broken_promise_level=0)

    def test_little_cash_on_other_items_does_not_matter(self):
        other = self.invoice(self.acme, 4_000, overdue=1)
        promise = self.promise(self.item, (2, 10_000))
        with self.at(2):
            self.pay(other, 4_000, payment_date=self.day(2))
        with self.at(10):
            promise._evaluate()
            self.assertEqual(self.states(promise)[0], "broken")

    # ------------------------------------------------------------------
    # Each payment once
    # ------------------------------------------------------------------

    def test_two_promises_on_one_item(self):
        first = self.promise({self.item: 5_000}, (2, 5_000))
        second = self.promise({self.item: 7_400}, (2, 7_400))
        self.pay(self.invoice_1, 5_000)
        self.assertEqual((self.states(first)[0], self.states(second)[0]), ("kept", "open"))
        with self.at(10):
            (first | second)._evaluate()
            self.assertEqual((self.states(first)[0], self.states(second)[0]), ("kept", "broken"))

    def test_one_unapplied_payment_covers_one_promise(self):
        other = self.items(self.invoice(self.acme, 10_000, overdue=3))
        first = self.promise(self.item, (2, 10_000))
        second = self.promise(other, (3, 10_000))
        with self.at(2):
            self.unapplied(self.acme, 10_000, date=self.day(2))
        with self.at(12):
            (first | second)._evaluate()
            self.assertEqual((self.states(first)[0], self.states(second)[0]), ("pending_application", "broken"))

    def test_usable_credits_less_what_promises_count_on(self):
        """SPEC §0: overdue 10,000 under a promise plus 8,000 free, unapplied 10,000 that the promise counts on → 8,000."""
        customer = self.customer("Counting Corp.")
        promised = self.items(self.invoice(customer, 10_000, overdue=20))
        self.invoice(customer, 8_000, overdue=10)
        promise = self.promise(promised, (2, 10_000))
        self.unapplied(customer, 10_000)
        self.assertEqual(self.states(promise)[0], "open")
        self.assertFigures(customer, amount_collectible=8_000, amount_unapplied=10_000, amount_promised=10_000)
        promise.action_withdraw()
        self.assertFigures(customer, amount_collectible=8_000, amount_promised=0)

    # ------------------------------------------------------------------
    # The ledger changes under a promise
    # ------------------------------------------------------------------

    def test_reset_to_draft_and_posted_again(self):
        promise = self._three()
        self.invoice_1.button_draft()
        self.assertEqual(self.states(promise)[0], "superseded")
        self.invoice_1.action_post()
        self.assertEqual(self.states(promise), ["open"] * 4)
        self.assertFigures(self.acme, amount_collectible=0, amount_promised=12_400)

    def test_reversed_invoice(self):
        promise = self._three()
        self.invoice_1._reverse_moves(cancel=True)
        self.assertEqual(self.states(promise)[0], "superseded")

    def test_deleting_a_promised_invoice(self):
        promise = self._three()
        self.invoice_1.button_draft()
        with self.assertRaises(UserError):
            self.invoice_1.with_context(force_delete=True).unlink()
        self.states(promise)
        number = promise.line_ids.move_name
        self.invoice_1.with_context(force_delete=True).unlink()
        self.assertEqual(self.states(promise)[0], "superseded")
        self.assertEqual(promise.line_ids.move_name, number)

    def test_payment_reset_to_draft_is_a_bounce(self):
        promise = self.promise(self.item, (2, 10_000))
        payment = self.pay(self.invoice_1, 10_000)
        self.assertEqual(self.states(promise)[0], "kept")
        payment.action_draft()
        self.assertEqual(self.states(promise)[0], "open")

    def test_rejected_payment_is_a_bounce(self):
        promise = self.promise(self.item, (2, 10_000))
        payment = self.pay(self.invoice_1, 10_000)
        self.assertEqual(self.states(promise)[0], "kept")
        with self.at(8):
            payment.action_reject()
            self.assertEqual(self.states(promise)[0], "broken")

    def test_match_taken_off(self):
        promise = self.promise(self.item, (2, 10_000))
        self.pay(self.invoice_1, 10_000)
        self.assertEqual(self.states(promise)[0], "kept")
        self.item.remove_move_reconcile()
        self.assertEqual(self.states(promise)[0], "open")
        with self.at(10):
            promise._evaluate()
            self.assertEqual(self.states(promise)[0], "pending_application", "The money is still there, unapplied")

    # ------------------------------------------------------------------
    # Nightly
    # ------------------------------------------------------------------

    def test_nightly_job(self):
        promise = self.promise(self.item, (2, 10_000))
        with self.at(10), self.enter_registry_test_mode():
            self.env.ref("account_collections.ir_cron_promises").method_direct_trigger()
            self.assertEqual(self.states(promise)[0], "broken")
            self.assertEqual(promise.judged_on, self.day(10))

    # ------------------------------------------------------------------
    # Speed
    # ------------------------------------------------------------------

    def _entry_of_items(self, customer, number):
        """The open items of one entry, of 10 each."""
        receivable = self.company_data["default_account_receivable"]
        revenue = self.company_data["default_account_revenue"]
        item = {"account_id": receivable.id, "partner_id": customer.id, "date_maturity": self.day(-1), "debit": 10}
        move = self.env["account.move"].create(
            {
                "date": self.day(-30),
                "line_ids": [
                    *(Command.create({**item, "name": str(each)}) for each in range(number)),
                    Command.create({"account_id": revenue.id, "credit": 10 * number}),
                ],
            }
        )
        move.action_post()
        return self.items(move)

    def test_one_payment_against_five_hundred_promised_items(self):
        counts = []
        for number in (3, 500):
            customer = self.customer(f"Many {number}")
            items = self._entry_of_items(customer, number)
            promise = self.promise(items, (2, 10 * number))
            (self.items(self.unapplied(customer, 10 * number).move_id) + items).reconcile()
            self.env.flush_all()
            self.env.invalidate_all()
            before = self.env.cr.sql_log_count
            promise._judge()
            counts.append(self.env.cr.sql_log_count - before)
            self.assertEqual(promise.state, "kept")
        self.assertLessEqual(counts[1], counts[0] + 5, counts)

    def test_many_promises_in_a_bounded_number_of_queries(self):
        crowds = []
        for number in (2, 12):
            customers = [self.customer(f"Crowd {number} {each}") for each in range(number)]
            items = [self.items(self.invoice(each, 10, overdue=1)) for each in customers]
            crowds.append(self.Promise.union(*(self.promise(item, (2, 10)) for item in items)))
        counts = []
        with self.at(10):
            for promises in crowds:
                self.env.flush_all()
                self.env.invalidate_all()
                before = self.env.cr.sql_log_count
                promises._evaluate()
                self.env.flush_all()
                counts.append(self.env.cr.sql_log_count - before)
                self.assertEqual(set(promises.mapped("state")), {"broken"})
        self.assertLessEqual(counts[1], counts[0] + 15, counts)
