from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tests import tagged

from .card_payment_common import CardPaymentCommon


@tagged("post_install", "-at_install")
class TestCardPaymentReturn(CardPaymentCommon):
    """Refunds by approval and chargebacks open items and promises again (SPEC §10)."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.one = cls.items(cls.invoice(cls.acme, 100, overdue=20))
        cls.two = cls.items(cls.invoice(cls.acme, 200, overdue=10))
        cls.account(cls.acme)
        cls.paid = cls.charge({cls.one: 100, cls.two: 150})

    def ask(self, amounts, user=None, **vals):
        lines = {line.move_line_id: line for line in self.paid.line_ids}
        return (
            self.env["collection.card.return"]
            .with_user(user or self.carla)
            .create(
                {
                    "payment_id": self.paid.id,
                    "reason": "Paid twice",
                    "line_ids": [
                        (0, 0, {"line_id": lines[item].id, "amount_currency": amount})
                        for item, amount in amounts.items()
                    ],
                    **vals,
                }
            )
        )

    def refund(self, amounts):
        record = self.ask(amounts)
        record.action_submit()
        record.with_user(self.boss).action_approve()
        self.answer()
        self.env.invalidate_all()
        return record

    def bounces(self):
        return self.env["collection.bounce"].search([("account_id", "=", self.account(self.acme).id)])

    def test_refund_opens_exactly_what_went_back(self):
        record = self.refund({self.two: 30})
        self.assertEqual((record.state, self.paid.state), ("done", "partly_refunded"))
        self.assertEqual(self.residuals(self.one, self.two), [0, 80])
        self.assertEqual(record.move_payment_id.payment_type, "outbound")
        self.assertFigures(self.acme, amount_unapplied=0, amount_total=80)
        self.assertFalse(sum(self.bounces().mapped("amount_bounced")), "We gave it back: nothing bounced")
        self.refund({self.one: 100, self.two: 120})
        self.assertEqual((self.paid.state, self.paid.amount_returned_currency), ("refunded", 250))
        self.assertEqual(self.residuals(self.one, self.two), [100, 200])
        self.assertFigures(self.acme, amount_unapplied=0, amount_total=300)

    def test_boundaries(self):
        self.ask({self.two: 150}).unlink()
        for amount in (150.01, 0, -1):
            with self.subTest(amount), self.assertRaises(ValidationError), self.env.cr.savepoint():
                self.ask({self.two: amount})
        self.ask({self.two: 100}).action_submit()
        with self.assertRaises(ValidationError):
            self.ask({self.two: 50.01})

    def test_nobody_approves_what_he_asked_for(self):
        mine = self.ask({self.one: 10}, self.boss)
        self.member("manager", "second_boss")
        mine.action_submit()
        with self.assertRaises(UserError):
            mine.action_approve()
        for role in ("collector", "assistant", "auditor"):
            with self.assertRaises(UserError):
                mine.with_user(self.member(role, f"x_{role}")).action_approve()
        self.assertEqual((mine.state, self.residuals(self.one)), ("waiting", [0]))

    def test_refused_and_withdrawn_change_nothing(self):
        refused, withdrawn = self.ask({self.one: 10}), self.ask({self.one: 10})
        refused.action_submit()
        withdrawn.action_submit()
        refused.with_user(self.boss).action_refuse("No")
        withdrawn.action_withdraw()
        self.assertEqual((refused.state, withdrawn.state, self.paid.state), ("refused", "cancelled", "done"))
        self.assertFalse(refused.sudo().transaction_ids)

    def test_refund_only_by_request(self):
        with self.assertRaisesRegex(UserError, self.paid.name):
            self.paid.transaction_id.sudo().action_refund()

    def test_refund_at_the_provider_is_taken_over(self):
        refund = self.paid.transaction_id.sudo()._create_child_transaction(50, is_refund=True)
        refund._set_done()
        refund._post_process()
        self.assertEqual(self.paid.return_ids.mapped("state"), ["done"])
        self.assertEqual(self.residuals(self.one, self.two), [0, 100])

    def test_provider_that_fails_or_gives_nothing_back(self):
        record = self.ask({self.one: 10})
        record.action_submit()
        self.provider.state = "disabled"
        record.with_user(self.boss).action_approve()
        self.answer()
        self.env.invalidate_all()
        self.assertEqual((record.state, self.paid.state, self.residuals(self.one)), ("failed", "done", [0]))
        self.assertTrue(record.failure)

    def test_chargeback(self):
        promise_item = self.two
        record = self.ask({self.one: 100, promise_item: 50}, self.boss, kind="chargeback", date=self.today)
        record.action_record()
        self.assertEqual((record.state, self.paid.state), ("done", "charged_back"))
        self.assertEqual(self.residuals(self.one, self.two), [100, 100])
        self.assertFigures(self.acme, amount_unapplied=0, amount_total=200)
        self.assertEqual(set(self.bounces().mapped("kind")), {"charged_back"})
        self.assertEqual(sum(self.bounces().mapped("amount_bounced")), 150)

    def test_who_records_chargebacks(self):
        record = self.ask({self.one: 100}, kind="chargeback", date=self.today)
        with self.assertRaises(AccessError):
            record.action_record()
        record.with_user(self.member("assistant", "aide")).action_record()
        self.assertEqual(self.residuals(self.one), [100])
        with self.assertRaises(ValidationError):
            self.ask({self.two: 1}, kind="chargeback", date=self.day(1))

    def test_promise_is_broken_again(self):
        three = self.items(self.invoice(self.acme, 70, overdue=1))
        promise = self.env["collection.promise"].create(
            {
                "account_id": self.account(self.acme).id,
                "line_ids": [(0, 0, {"move_line_id": three.id, "amount_currency": 70})],
                "installment_ids": [(0, 0, {"date": self.day(2), "amount_currency": 70})],
            }
        )
        promise.action_confirm()
        self.paid = self.charge({three: 70})
        self.Account._refresh_touched()
        self.assertEqual(promise.state, "kept")
        self.refund({three: 70})
        self.Account._refresh_touched()
        self.assertNotEqual(promise.state, "kept")
        self.assertEqual(self.residuals(three), [70])
