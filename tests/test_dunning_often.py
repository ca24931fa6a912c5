from odoo.tests import tagged

from .dunning_common import DunningCommon


@tagged("post_install", "-at_install")
class TestDunningOften(DunningCommon):
    """How often a customer hears of us (SPEC §2 "How often"), and when an item goes on after a hold."""

    def mails(self, partner=None):
        return self.notice(partner or self.acme, channel="email")

    # ------------------------------------------------------------------
    # One reminder in seven days
    # ------------------------------------------------------------------

    def test_newly_reached_items_wait_and_join_the_next_notice(self):
        first = self.invoice(self.acme, 100, overdue=3)
        later = self.invoice(self.acme, 50, overdue=2)
        last = self.invoice(self.acme, 25, overdue=1)
        self.on_day(0)
        self.assertEqual(self.sent_steps(first), [3])
        for day in (1, 2, 6):
            self.on_day(day)
            self.assertFalse(self.sent_steps(later), f"day {day}")
        waiting = self.mails().filtered(lambda notice: notice.state == "due")
        self.assertEqual((waiting.line_ids.move_id, waiting.date_not_before), (later | last, self.day(7)))
        self.assertEqual(waiting.amount, 75)
        with self.at(7):
            self.go_out()
        self.assertEqual((self.sent_steps(later), self.sent_steps(last)), ([3], [3]))
        self.assertEqual(len(self.mails()), 2)

    def test_a_customer_invoiced_daily(self):
        """An invoice falls due each day: a mail every seven days with all that came to a step since, nothing dropped."""
        moves = [self.invoice(self.acme, 10, overdue=3 - day) for day in range(15)]
        for day in range(15):
            self.on_day(day)
        sent = self.mails().filtered(lambda notice: notice.state == "sent").sorted("sent_on")
        self.assertEqual(sent.mapped("sent_on"), [self.day(0), self.day(7), self.day(14)])
        told = self.env["collection.notice.line"].search([("notice_id", "in", sent.ids), ("step_days", "=", 3)])
        self.assertEqual(sorted(told.move_id.ids), [move.id for move in moves], "Each reminded once")
        self.assertFalse(self.mails().filtered(lambda notice: notice.state == "due"))

    def test_interval_of_the_policy(self):
        self.policy.email_interval_days = 2
        self.invoice(self.acme, 100, overdue=3)
        self.on_day(0)
        later = self.invoice(self.acme, 50, overdue=2)
        self.on_day(1)
        self.assertFalse(self.sent_steps(later))
        self.on_day(2)
        self.assertEqual(self.sent_steps(later), [3])

    def test_final_demands_go_apart(self):
        """A reminder neither holds up a final demand nor is held up by it."""
        old = self.invoice(self.acme, 100, overdue=60)
        self.noticed(old, 30, ago=12)
        new = self.invoice(self.acme, 50, overdue=3)
        self.on_day(0)
        self.assertEqual(self.sent_steps(new), [3])
        with self.at(1):
            self.notice(self.acme, channel="final_demand").action_release()
            self.go_out()
        self.assertEqual(self.sent_steps(old), [30, 60])
        newer = self.invoice(self.acme, 50, overdue=-4)
        self.on_day(7)
        self.assertEqual(self.sent_steps(newer), [3])

    def test_a_waiting_item_that_rises_goes_at_the_higher_step_only(self):
        first = self.invoice(self.acme, 100, overdue=3)
        rising = self.invoice(self.acme, 50, overdue=11)
        self.noticed(rising, 10, ago=8)
        self.policy.email_interval_days = 10
        self.on_day(0)
        with self.at(2):
            self.change_steps({15: {"days": 13}})
        self.on_day(2)
        waiting = self.mails().filtered(lambda notice: notice.state == "due")
        self.assertEqual((waiting.line_ids.move_id, waiting.step_id.days), (rising, 13))
        with self.at(6):
            self.change_steps({25: None, 30: {"days": 17}})
        self.on_day(6)
        waiting = self.mails().filtered(lambda notice: notice.state == "due")
        self.assertEqual((waiting.step_id.days, waiting.line_ids.step_days), (17, 17))
        self.assertEqual(self.steps_of(rising), [10, 17])
        with self.at(10):
            self.go_out()
        self.assertEqual(self.sent_steps(rising), [10, 17])
        self.assertEqual(self.sent_steps(first), [3])

    def test_the_joined_notice_is_at_the_highest_step(self):
        high, low, sent = (self.invoice(self.acme, 10, overdue=days) for days in (14, 2, 3))
        self.noticed(high, 10, ago=8)
        self.on_day(0)
        self.on_day(1)
        waiting = self.mails().filtered(lambda notice: notice.state == "due")
        self.assertEqual(waiting.line_ids.move_id, high | low)
        self.assertEqual(waiting.step_id.days, 15)
        lower = self.invoice(self.acme, 10, overdue=1)
        self.on_day(2)
        joined = self.mails().filtered(lambda notice: notice.state == "due")
        self.assertEqual(joined.line_ids.move_id, high | low | lower)
        self.assertEqual((joined.step_id.days, joined.amount), (15, 30))
        self.assertEqual(waiting.state, "cancelled")
        self.assertEqual(self.sent_steps(sent), [3])

    def test_notices_to_be_released_are_joined_too(self):
        self.step(3).needs_release = True
        first, later = self.invoice(self.acme, 10, overdue=3), self.invoice(self.acme, 20, overdue=2)
        self.on_day(0)
        self.on_day(1)
        notice = self.mails()
        self.assertEqual((notice.line_ids.move_id, notice.ready, notice.needs_release), (first | later, False, True))
        with self.at(1):
            notice.action_release()
            self.go_out()
        self.assertEqual(notice.state, "sent")

    def test_two_runs_on_one_day(self):
        first = self.invoice(self.acme, 10, overdue=3)
        self.confirm()
        later = self.invoice(self.acme, 20, overdue=3)
        self.confirm()
        self.assertEqual(self.mails().line_ids.move_id, first | later)
        self.assertEqual(len(self.go_out()), 1)

    # ------------------------------------------------------------------
    # Quiet days
    # ------------------------------------------------------------------

    def test_quiet_days(self):
        """2026-03-21 is a Saturday."""
        self.policy.quiet_days = "closed"
        invoice = self.invoice(self.acme, 10, overdue=0)
        waiting = self.invoice(self.customer("Waiting"), 10, overdue=1)
        with self.at(2):
            self.confirm()
        with self.at(3):
            self.confirm()
            self.assertEqual(self.reasons(invoice), {"quiet_days"})
            self.assertFalse(self.go_out())
            self.assertEqual(self.notice(waiting.partner_id).date_not_before, self.day(5))
        self.on_day(5)
        self.assertEqual((self.sent_steps(invoice), self.sent_steps(waiting)), ([3], [3]))

    # ------------------------------------------------------------------
    # After a hold
    # ------------------------------------------------------------------

    def chased_on(self, invoice, first, last):
        """The first day from `first` to `last` on which the item goes out."""
        for day in range(first, last + 1):
            self.on_day(day)
            if self.sent_steps(invoice):
                return day

    def test_a_hold_until_monday_rests_until_thursday(self):
        invoice = self.invoice(self.acme, 100, overdue=20)
        self.hold(self.items(invoice), days=5)
        with self.at(5):
            self.confirm()
            self.assertEqual(self.reasons(invoice), {"manual"})
        with self.at(7):
            self.confirm()
            self.assertEqual(self.reasons(invoice), {"after_hold"})
        self.assertEqual(self.chased_on(invoice, 6, 9), 8)
        self.assertEqual(self.sent_steps(invoice), [3], "The step after its last sent one, not the one of its days")

    def test_a_hold_released_early_counts_from_the_release(self):
        invoice = self.invoice(self.acme, 100, overdue=20)
        hold = self.hold(self.items(invoice), days=12)
        with self.at(2):
            hold.action_release()
        self.assertEqual(self.chased_on(invoice, 2, 9), 7, "Friday → Wednesday")

    def test_a_hold_that_ends_before_a_holiday(self):
        calendar = self.env.ref("account_collections.calendar_us")
        self.company.collection_calendar_id = calendar
        self.env["resource.calendar.leaves"].create(
            {
                "name": "Closed",
                "calendar_id": calendar.id,
                "date_from": "2026-03-24 04:00:00",
                "date_to": "2026-03-25 03:59:59",
            }
        )
        invoice = self.invoice(self.acme, 100, overdue=20)
        self.hold(self.items(invoice), days=5)
        self.assertEqual(self.chased_on(invoice, 6, 12), 9, "Monday → Friday over a closed Tuesday")

    def test_a_hold_of_one_day(self):
        invoice = self.invoice(self.acme, 100, overdue=20)
        self.hold(self.items(invoice), days=0)
        self.assertEqual(self.chased_on(invoice, 0, 7), 5, "Wednesday → Monday")

    def test_a_hold_released_on_the_day_it_was_placed_never_was(self):
        invoice = self.invoice(self.acme, 100, overdue=20)
        self.hold(self.items(invoice)).action_release()
        self.confirm()
        self.assertEqual(self.steps_of(invoice), [15])

    def test_after_a_hold_the_item_goes_on_after_its_last_sent_step(self):
        invoice = self.invoice(self.acme, 100, overdue=30)
        self.noticed(invoice, 3, ago=27)
        hold = self.hold(self.items(invoice), days=10)
        hold._unguarded().write({"date_from": self.day(-20), "date_until": self.day(-5)})
        self.confirm()
        self.assertEqual(self.steps_of(invoice), [3, 10])
        call = self.notice(self.acme, channel="call")
        call.action_done()
        with self.at(7):
            self.confirm()
        self.assertEqual(self.steps_of(invoice), [3, 10, 30], "Once it was noticed again the days count")

    def test_graver_steps_rest_after_a_hold_too(self):
        invoice = self.invoice(self.acme, 100, overdue=50)
        self.noticed(invoice, 30, ago=20)
        hold = self.hold(self.items(invoice), days=10)
        hold._unguarded().write({"date_from": self.day(-20), "date_until": self.day(-1)})
        self.confirm()
        self.assertNotIn(45, self.steps_of(invoice))
        self.on_day(2)
        self.assertIn(45, self.steps_of(invoice))

    def test_rest_of_the_policy(self):
        self.policy.resume_business_days = 0
        invoice = self.invoice(self.acme, 100, overdue=20)
        self.hold(self.items(invoice), days=0)
        self.assertEqual(self.chased_on(invoice, 0, 2), 1)
