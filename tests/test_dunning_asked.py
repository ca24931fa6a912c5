from odoo.tests import tagged

from .dunning_common import DunningCommon


@tagged("post_install", "-at_install")
class TestDunningAsked(DunningCommon):
    """What is asked for: what holds and usable credits leave of the items that came to a step (SPEC §0 "Collectible")."""

    def asked(self, *moves):
        """Amounts asked for of documents after a run, in their currency; None where a document is in no notice."""
        self.confirm()
        return [self.lines(move).amount_currency if self.lines(move) else None for move in moves]

    # ------------------------------------------------------------------
    # Credits
    # ------------------------------------------------------------------

    def test_credits_cover_the_oldest_items_first(self):
        old, middle, new = (self.invoice(self.acme, 100, overdue=days) for days in (30, 15, 3))
        self.credit(self.acme, 90)
        self.unapplied(self.acme, 40)
        self.assertEqual(self.asked(old, middle, new), [None, 70, 100])
        self.assertEqual(self.reasons(old), {"covered"})
        self.assertEqual(self.notice(self.acme).amount, 170)
        self.assertFigures(self.acme, amount_collectible=170)

    def test_credits_cover_items_that_came_to_no_step_before_later_ones(self):
        """The item of 1 day is older than the courtesy's: it takes the credit though no step asks for it today."""
        between = self.invoice(self.acme, 100, overdue=1)
        soon = self.invoice(self.acme, 100, overdue=-4)
        self.credit(self.acme, 120)
        self.assertEqual(self.asked(between, soon), [None, 80])

    def test_exactly_covered_and_one_cent_more(self):
        exact, more = self.customer("Exact"), self.customer("More")
        moves = [self.invoice(partner, 100, overdue=3) for partner in (exact, more)]
        self.credit(exact, 100)
        self.credit(more, 99.99)
        self.invoice(exact, 1, overdue=-30)
        self.assertEqual(self.asked(*moves), [None, 0.01])

    def test_a_credit_in_another_currency_does_not_cover(self):
        invoice = self.invoice(self.acme, 100, overdue=3)
        euro = self.foreign_currency()
        self.credit(self.acme, 500, currency=euro)
        self.assertEqual(self.asked(invoice), [100])

    def test_items_in_two_currencies(self):
        euro = self.foreign_currency(rate=0.5)
        moves = self.invoice(self.acme, 100, overdue=3), self.invoice(self.acme, 60, overdue=3, currency=euro)
        self.credit(self.acme, 20, currency=euro)
        self.assertEqual(self.asked(*moves), [100, 40])
        self.assertEqual(self.notice(self.acme).amount, 180, "In company currency, at the items' booked ratio")

    def test_a_reserved_credit_covers_nothing(self):
        invoice = self.invoice(self.acme, 100, overdue=3)
        self.credit(self.acme, 150, reserved=True)
        self.assertEqual(self.asked(invoice), [100])
        self.assertFigures(self.acme, amount_collectible=100)

    def test_a_credit_that_a_case_counts_on_covers_nothing(self):
        invoice = self.invoice(self.acme, 100, overdue=3)
        credit = self.credit(self.acme, 80)
        self.place(self.items(credit), 60)
        self.assertEqual(self.asked(invoice), [80])

    def test_a_customer_in_credit_is_never_chased(self):
        moves = [self.invoice(self.acme, 100, overdue=days) for days in (200, 30, 3, -4)]
        self.credit(self.acme, 401)
        self.assertEqual(self.asked(*moves), [None] * 4)
        self.assertEqual(self.reasons(moves[0]), {"credit_balance"})
        self.assertFalse(self.notice(self.acme))

    def test_yen_have_no_cents(self):
        yen = self.foreign_currency("JPY", rate=150)
        invoice = self.invoice(self.acme, 1001, overdue=3, currency=yen)
        self.hold(self.items(invoice), 334)
        self.assertEqual(self.asked(invoice), [667])
        self.assertEqual(self.notice(self.acme).amount, 4.44)

    # ------------------------------------------------------------------
    # Holds
    # ------------------------------------------------------------------

    def test_holds_on_a_part_and_on_the_whole(self):
        part, whole = self.invoice(self.acme, 100, overdue=3), self.invoice(self.acme, 100, overdue=3)
        self.hold(self.items(part), 30)
        self.hold(self.items(whole))
        self.assertEqual(self.asked(part, whole), [70, None])
        self.assertEqual(self.reasons(whole), {"manual"})

    def test_a_hold_on_an_item_not_due_leaves_the_others(self):
        """SPEC §0: a dispute on an item that is not due leaves what is overdue fully collectible."""
        overdue, later = self.invoice(self.acme, 100, overdue=3), self.invoice(self.acme, 100, overdue=-4)
        self.hold(self.items(later), 100)
        self.assertEqual(self.asked(overdue, later), [100, None])

    def test_promise_and_credit_that_it_counts_on(self):
        """SPEC §0: 10,000 under a promise, 8,000 free, 10,000 unapplied on which the promise counts → 8,000."""
        promised, free = self.invoice(self.acme, 10000, overdue=10), self.invoice(self.acme, 8000, overdue=5)
        credit = self.credit(self.acme, 10000)
        self.place(self.items(promised), 10000)
        self.place(self.items(credit), 10000)
        self.assertEqual(self.asked(promised, free), [None, 8000])

    def test_the_reason_is_that_of_the_largest_hold(self):
        """One item of two lines with the same due date, held for different reasons."""
        entry = self.entry(self.acme, 100, overdue=3)
        entry.button_draft()
        share = {
            "partner_id": self.acme.id,
            "balance": 40,
            "account_id": self.receivable.id,
            "date_maturity": self.day(-3),
        }
        entry.write({"line_ids": [(1, self.items(entry).id, {"balance": 60}), (0, 0, share)]})
        entry.action_post()
        large, small = self.items(entry).sorted("amount_residual", reverse=True)
        self.place(large, 60)
        self.hold(small)
        self.confirm()
        self.assertEqual(self.reasons(entry), {"payment"})

    def test_a_payment_without_an_entry_holds_its_invoices(self):
        invoice = self.invoice(self.acme, 100, overdue=3)
        with self.without_entries():
            self.pay(invoice, 100)
            self.assertEqual(self.asked(invoice), [None])
        self.assertEqual(self.reasons(invoice), {"payment"})

    # ------------------------------------------------------------------
    # No follow-up
    # ------------------------------------------------------------------

    def test_no_follow_up_is_honoured_on_invoices(self):
        invoice = self.invoice(self.acme, 100, overdue=3)
        invoice.no_followup = True
        self.assertEqual(self.asked(invoice), [None])
        self.assertEqual(self.reasons(invoice), {"no_followup"})

    def test_no_follow_up_that_odoo_sets_on_opening_balances_is_not(self):
        entry = self.entry(self.acme, 100, overdue=3)
        self.assertTrue(self.items(entry).no_followup)
        self.assertEqual(self.asked(entry), [100])

    def test_an_item_with_no_follow_up_takes_no_credit(self):
        quiet, other = self.invoice(self.acme, 100, overdue=10), self.invoice(self.acme, 100, overdue=3)
        quiet.no_followup = True
        self.credit(self.acme, 30)
        self.assertEqual(self.asked(quiet, other), [None, 70])

    # ------------------------------------------------------------------
    # Payments
    # ------------------------------------------------------------------

    def test_paid_and_partly_paid(self):
        paid, part = self.invoice(self.acme, 100, overdue=3), self.invoice(self.acme, 100, overdue=3)
        self.pay(paid)
        self.pay(part, 60)
        self.assertEqual(self.asked(paid, part), [None, 40])
        self.assertFalse(self.reasons(paid), "It is no open item any more")

    def test_nothing_of_another_company(self):
        other = self.second_company()["company"]
        invoice = self.invoice(self.acme, 100, overdue=3, company=other)
        self.credit(self.acme, 500, company=other)
        own = self.invoice(self.acme, 70, overdue=3)
        self.assertEqual(self.asked(invoice, own), [None, 70])

    # ------------------------------------------------------------------
    # Minimum
    # ------------------------------------------------------------------

    def test_minimum_of_the_whole_notice(self):
        self.step(3).min_amount = 50
        parts = {49.99: [20, 29.99], 50: [20, 30], 50.01: [25, 25.01]}
        customers = {total: self.customer(f"Owes {total}") for total in parts}
        moves = {
            total: [self.invoice(customers[total], amount, overdue=3) for amount in parts[total]] for total in parts
        }
        self.confirm()
        self.assertEqual(
            {total: bool(self.lines(pair[0])) for total, pair in moves.items()}, {49.99: False, 50: True, 50.01: True}
        )
        self.assertEqual(self.reasons(moves[49.99][0]), {"below_minimum"})

    def test_minimum_is_that_of_the_highest_step(self):
        self.step(15).min_amount = 1000
        moves = self.invoice(self.acme, 100, overdue=3), self.invoice(self.acme, 100, overdue=15)
        self.assertEqual(self.asked(*moves), [None, None])

    def test_what_waits_counts_towards_the_minimum(self):
        self.step(3).min_amount = 50
        self.invoice(self.acme, 100, overdue=4)
        self.on_day(0)
        large = self.invoice(self.acme, 60, overdue=2)
        self.on_day(1)
        small = self.invoice(self.acme, 5, overdue=1)
        self.on_day(2)
        waiting = self.notice(self.acme, state="due")
        self.assertEqual(waiting.line_ids.move_id, large | small)
        with self.at(7):
            self.pay(large, payment_date=self.day(7))
            self.go_out()
        self.assertEqual((waiting.state, waiting.suppress_reason), ("suppressed", "below_minimum"))

    def test_an_account_that_was_never_made_is_chased(self):
        """The callback that makes accounts may be lost; the run does without."""
        invoice = self.invoice(self.acme, 100, overdue=3)
        self.env.cr.execute("DELETE FROM collection_account")
        self.assertEqual(self.asked(invoice), [100])
