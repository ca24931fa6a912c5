from datetime import date, timedelta

from odoo.tests import BaseCase, tagged

from ..tools.promise_rules import Instalment, Promise

START = date(2026, 3, 18)


@tagged("post_install", "-at_install")
class TestPromiseRules(BaseCase):
    """The verdict as a function of facts; no database needed."""

    def _promise(self, *parts, cash=(), reduced=0.0, states=None):
        instalments = [
            Instalment(
                id=number,
                date=START + timedelta(days),
                deadline=START + timedelta(days + 4),
                wait_until=START + timedelta(days + 7),
                amount=amount,
                state=(states or {}).get(number, "open"),
                due=amount,
                received=0.0,
                answer=None,
            )
            for number, (days, amount) in enumerate(parts)
        ]
        promise = Promise(1, START, 1.0, 50.0, 50.0, 2, instalments, sorted(cash), reduced)
        promise.settle()
        return promise

    def _judge(self, promise, day, bank=None, cover=0.0):
        return promise.judge(
            START + timedelta(day),
            START + timedelta(bank) if bank is not None else None,
            lambda _promise, instalment, _use: min(cover, instalment.missing),
            lambda _promise, _instalment, _use: 0.0,
        )

    def _day(self, days):
        return START + timedelta(days)

    def test_deadline_is_the_last_day(self):
        for day, state in ((6, "open"), (7, "broken")):
            self.assertEqual(self._judge(self._promise((2, 100)), day, bank=day), state)

    def test_bank_data(self):
        for bank, day, state in ((5, 9, "open"), (6, 9, "broken"), (None, 9, "open"), (None, 10, "broken")):
            with self.subTest(bank=bank, day=day):
                self.assertEqual(self._judge(self._promise((2, 100)), day, bank=bank), state)

    def test_lapsed_after_a_break(self):
        promise = self._promise((2, 100), (9, 100), (16, 100))
        self.assertEqual(self._judge(promise, 7, bank=7), "broken")
        self.assertEqual([each.verdict for each in promise.instalments], ["broken", "lapsed", "lapsed"])
        self.assertEqual(promise.missing, 0)
        later = self._promise((2, 100), (9, 100), states={0: "broken", 1: "lapsed"})
        self._judge(later, 30, bank=30)
        self.assertEqual([each.verdict for each in later.instalments], ["broken", "lapsed"])

    def test_late_money_fills_the_shortfall_and_not_the_next_instalment(self):
        promise = self._promise((2, 100), (9, 100), cash=[(self._day(3), 60), (self._day(8), 40)])
        self.assertEqual(self._judge(promise, 9, bank=9), "open")
        first, second = promise.instalments
        self.assertEqual((first.verdict, first.on_time, first.late, first.days_late), ("partially_kept", 60, 40, 2))
        self.assertEqual((second.verdict, second.on_time), ("open", 0))

    def test_what_is_within_tolerance_takes_nothing_from_the_next(self):
        promise = self._promise((2, 1000), (9, 100), cash=[(self._day(2), 995), (self._day(9), 100)])
        self.assertEqual(self._judge(promise, 20, bank=20), "kept")

    def test_reduction_leaves_what_was_judged(self):
        promise = self._promise((2, 100), (9, 100), reduced=150, states={0: "kept"}, cash=[(self._day(2), 100)])
        self.assertEqual([each.due for each in promise.instalments], [100, 0])

    def test_cover_decides_only_where_it_lifts_the_verdict(self):
        for paid, cover, state in (
            (0, 49.99, "broken"),
            (0, 50, "pending_application"),
            (60, 38.99, "partially_kept"),
            (60, 39, "pending_application"),
        ):
            with self.subTest(paid=paid, cover=cover):
                promise = self._promise((2, 100), cash=[(self._day(2), paid)] if paid else ())
                self.assertEqual(self._judge(promise, 7, bank=7, cover=cover), state)

    def test_a_bounce_does_not_wait_for_bank_data(self):
        promise = self._promise((2, 100))
        promise.instalments[0].received = 100
        self.assertEqual(self._judge(promise, 7, bank=3), "broken")
