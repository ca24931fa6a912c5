from odoo.tests import tagged

from .dunning_common import DunningCommon


@tagged("post_install", "-at_install")
class TestDunningSteps(DunningCommon):
    """Which step an item comes to (SPEC §2 "Which step")."""

    # ------------------------------------------------------------------
    # By days
    # ------------------------------------------------------------------

    def test_first_step_by_days_overdue(self):
        expected = {
            -6: [],
            -5: [-5],
            -4: [-5],
            0: [-5],
            1: [],
            2: [],
            3: [3],
            4: [3],
            9: [3],
            10: [10],
            11: [10],
            14: [10],
        }
        expected |= {
            15: [15],
            16: [15],
            24: [15],
            25: [25],
            26: [25],
            29: [25],
            30: [30],
            31: [30],
            45: [30],
            60: [30],
            200: [30],
        }
        moves = {days: self.invoice(self.customer(f"Due {days}"), 100, overdue=days) for days in expected}
        self.confirm()
        self.assertEqual({days: self.steps_of(move) for days, move in moves.items()}, expected)

    def test_one_item_through_the_whole_policy(self):
        """Each step on its day, the item being due today; calls are handed out but not made."""
        dealer = self.env["res.partner"].create(
            {"name": "Dealer", "is_sales_partner": True, "email": "dealer@example.com"}
        )
        invoice = self.invoice(self.acme, 100, overdue=0, collection_sales_partner_id=dealer.id)
        seen = {}
        for day in (-6, -5, -4, 2, 3, 4, 9, 10, 11, 15, 24, 25, 30, 31, 44, 45, 46, 59, 60):
            before = self.lines(invoice)
            self.on_day(day)
            if new := self.lines(invoice) - before:
                seen[day] = sorted((line.step_days, line.track) for line in new)
        with self.at(61):
            self.notice(self.acme, channel="final_demand").action_release()
            self.go_out()
        for day in (74, 75, 89, 90, 91):
            before = self.lines(invoice)
            self.on_day(day)
            if new := self.lines(invoice) - before:
                seen[day] = sorted((line.step_days, line.track) for line in new)
        customer = {day: [(day, "customer")] for day in (-5, 3, 10, 15, 25, 60)}
        graver = {45: [(45, "credit_hold")], 75: [(75, "escalation")], 90: [(90, "placement_review")]}
        self.assertEqual(seen, {**customer, 30: [(30, "customer"), (30, "sales_partner")], **graver})
        # The escalation was opened on its day; the credit hold is proposed, and the placement is for a person to review.
        self.assertEqual(self.sent_steps(invoice), [-5, 3, 15, 30, 30, 60, 75])

    def test_courtesy_never_for_an_overdue_item(self):
        invoice = self.invoice(self.acme, 100, overdue=-4)
        with self.at(5):
            self.confirm()
        self.assertFalse(self.steps_of(invoice))
        with self.at(7):
            self.confirm()
        self.assertEqual(self.steps_of(invoice), [3])

    def test_no_step_twice(self):
        invoice = self.invoice(self.acme, 100, overdue=3)
        for day in (0, 0, 1, 2):
            self.on_day(day)
        self.assertEqual(self.sent_steps(invoice), [3])

    def test_days_without_a_run_are_caught_up(self):
        """The job was down for three days: every item at the step it has reached, once."""
        moves = {days: self.invoice(self.customer(f"Due {days}"), 100, overdue=days) for days in (-7, 0, 2, 7, 12)}
        self.on_day(3)
        self.on_day(4)
        steps = {days: self.steps_of(move) for days, move in moves.items()}
        self.assertEqual(steps, {-7: [-5], 0: [3], 2: [3], 7: [10], 12: [15]})

    def test_instalments_by_their_own_due_dates(self):
        invoice = self.instalments(self.acme, [(50, 15), (30, 3), (20, -5)])
        self.confirm()
        found = [(line.amount_currency, line.step_days) for line in self.lines(invoice)]
        self.assertEqual(sorted(found), [(20, -5), (30, 3), (50, 15)])
        self.assertEqual(len(self.notice(self.acme)), 1, "One notice carries all of them")
        self.assertEqual(self.notice(self.acme).step_id.days, 15)

    def test_instalments_on_the_same_day_are_one_item(self):
        invoice = self.instalments(self.acme, [(50, 3), (30, 3), (20, 3)])
        self.confirm()
        self.assertEqual(self.lines(invoice).mapped("amount_currency"), [100])
        self.assertEqual(self.notice(self.acme).amount, 100)

    def test_opening_entry_with_several_customers(self):
        other = self.customer("Other Inc.")
        entry = self.entry(self.acme, 160, overdue=4)
        entry.button_draft()
        share = {"partner_id": other.id, "balance": 60, "account_id": self.receivable.id, "date_maturity": self.day(-4)}
        entry.write({"line_ids": [(1, self.items(entry).id, {"balance": 100}), (0, 0, share)]})
        entry.action_post()
        self.confirm()
        self.assertEqual(self.notice(self.acme).amount, 100)
        self.assertEqual(self.notice(other).amount, 60)
        self.assertFalse(self.items(entry).collection_step_id)
        self.go_out()
        self.items(entry).invalidate_recordset()
        self.assertEqual(set(self.items(entry).mapped("collection_step_id.days")), {3})

    def test_manual_entry_of_a_child_contact(self):
        entry = self.entry(self.contact(self.acme), 70, overdue=3)
        self.confirm()
        self.assertEqual(self.steps_of(entry), [3])
        self.assertEqual(self.notice(self.acme).line_ids.move_id, entry)

    # ------------------------------------------------------------------
    # Other items of the customer
    # ------------------------------------------------------------------

    def test_a_newly_overdue_item_neither_silences_nor_is_silenced(self):
        old = self.invoice(self.acme, 100, overdue=20)
        self.noticed(old, 15, ago=5)
        new = self.invoice(self.acme, 50, overdue=3)
        self.confirm()
        self.assertEqual(self.steps_of(new), [3])
        self.assertEqual(self.steps_of(old), [15])
        with self.at(10):
            self.confirm()
        self.assertEqual(self.steps_of(old), [15, 30])

    # ------------------------------------------------------------------
    # First notice, final demand, graver steps
    # ------------------------------------------------------------------

    def test_an_old_item_begins_with_the_second_past_due(self):
        old = self.invoice(self.acme, 100, overdue=200)
        self.on_day(0)
        self.assertEqual(self.sent_steps(old), [30])
        for day in (6, 7, 9, 10):
            self.on_day(day)
        self.assertEqual(
            {(line.step_days, line.notice_id.date) for line in self.lines(old)[1:]},
            {(45, self.day(7)), (75, self.day(7)), (60, self.day(10))},
        )

    def test_a_courtesy_is_no_first_notice(self):
        old = self.invoice(self.acme, 100, overdue=80)
        self.noticed(old, -5, ago=85)
        self.confirm()
        self.assertEqual(self.steps_of(old), [-5, 30])

    def test_a_failed_first_notice_does_not_open_the_way(self):
        policy = self.make_policy((3, "email"), (30, "email", {"tone": "second"}), (50, "letter"), (60, "final_demand"))
        policy.first_step_id = policy.step_ids[1]
        self.company.collection_policy_id = policy
        old = self.invoice(self.acme, 100, overdue=100)
        notice = self.noticed(old, 30, ago=20, state="failed", policy=policy)
        self.confirm()
        self.assertEqual(self.steps_of(old), [30])
        notice._unguarded().state = "sent"
        self.confirm()
        self.assertEqual(self.steps_of(old), [30, 60])

    def test_final_demand_ten_days_after_a_delivered_notice(self):
        cases = {
            "nine": (9, "sent"),
            "ten": (10, "sent"),
            "bounced": (20, "bounced"),
            "failed": (20, "failed"),
            "none": None,
        }
        moves = {}
        for name, past in cases.items():
            moves[name] = self.invoice(self.customer(name), 100, overdue=61)
            if past:
                self.noticed(moves[name], 30, ago=past[0], state=past[1])
        self.confirm()
        final = {name for name, move in moves.items() if 60 in self.steps_of(move)}
        self.assertEqual(final, {"ten"})

    def test_a_call_is_no_earlier_notice(self):
        invoice = self.invoice(self.acme, 100, overdue=61)
        self.noticed(invoice, 25, ago=20)
        self.confirm()
        self.assertNotIn(60, self.steps_of(invoice))

    def test_final_demand_stands_alone(self):
        """It lists only items that reached it; the customer's others are reminded apart."""
        old = self.invoice(self.acme, 100, overdue=60)
        self.noticed(old, 30, ago=20)
        new = self.invoice(self.acme, 50, overdue=15)
        self.confirm()
        final, reminder = (
            self.notice(self.acme, channel="final_demand"),
            self.notice(self.acme, channel="email", state="due"),
        )
        self.assertEqual(final.line_ids.move_id, old)
        self.assertEqual(reminder.line_ids.move_id, new)
        self.assertFalse(final.ready, "A manager approves it")
        self.go_out()
        self.assertEqual((reminder.state, final.state), ("sent", "due"))

    def test_graver_steps_after_a_notice_seven_days_before(self):
        cases = {
            "six": (6, "sent"),
            "seven": (7, "sent"),
            "bounced": (20, "bounced"),
            "courtesy": (97, "sent"),
            "none": None,
        }
        moves = {}
        for name, past in cases.items():
            moves[name] = self.invoice(self.customer(name), 100, overdue=92)
            if past:
                self.noticed(moves[name], -5 if name == "courtesy" else 30, ago=past[0], state=past[1])
        self.confirm()
        graver = {name: [days for days in self.steps_of(move) if days in (45, 75)] for name, move in moves.items()}
        self.assertEqual({name: sorted(days) for name, days in graver.items() if days}, {"seven": [45, 75]})

    # ------------------------------------------------------------------
    # Between two steps
    # ------------------------------------------------------------------

    def test_seven_days_lie_between_two_steps(self):
        six, seven = (self.invoice(self.customer(name), 100, overdue=15) for name in ("six", "seven"))
        self.noticed(six, 10, ago=6)
        self.noticed(seven, 10, ago=7)
        self.confirm()
        self.assertEqual((self.steps_of(six), self.reasons(six)), ([10], {"too_soon"}))
        self.assertEqual((self.steps_of(seven), self.reasons(seven)), ([10, 15], set()))

    def test_interval_of_the_policy(self):
        self.policy.min_days_between = 3
        invoice = self.invoice(self.acme, 100, overdue=15)
        self.noticed(invoice, 10, ago=3)
        self.confirm()
        self.assertEqual(self.steps_of(invoice), [10, 15])

    def test_another_policy_maps_by_days(self):
        own = self.make_policy((5, "email"), (14, "email"), (20, "letter"), (40, "email"))
        moves = {days: self.invoice(self.customer(f"Due {days}"), 100, overdue=days) for days in (16, 19, 20, 21)}
        for move in moves.values():
            self.noticed(move, 15, ago=8)
            self.account(move.partner_id).policy_id = own
        self.confirm()
        steps = {days: self.steps_of(move) for days, move in moves.items()}
        self.assertEqual(steps, {16: [15], 19: [15], 20: [15, 20], 21: [15, 20]})

    def test_a_step_whose_days_were_changed_is_not_sent_again(self):
        invoice = self.invoice(self.acme, 100, overdue=12)
        self.noticed(invoice, 3, ago=9)
        self.step(10).active = False
        self.step(3).days = 8
        self.confirm()
        self.assertEqual(self.steps_of(invoice), [3])

    def test_an_archived_step_is_passed_over(self):
        self.step(15).active = False
        invoice = self.invoice(self.acme, 100, overdue=16)
        self.confirm()
        self.assertEqual(self.steps_of(invoice), [10])

    def test_a_changed_due_date_makes_it_another_item(self):
        invoice = self.invoice(self.acme, 100, overdue=16)
        self.noticed(invoice, 15, ago=1)
        self.items(invoice).date_maturity = self.day(-4)
        self.confirm()
        self.assertEqual(self.steps_of(invoice), [15, 3])
        self.assertFalse(self.items(invoice).collection_step_id)
