from odoo import Command
from odoo.exceptions import ValidationError
from odoo.tests import tagged

from .claim_common import ClaimCommon


@tagged("post_install", "-at_install")
class TestApplyParts(ClaimCommon):
    """Of an item as much is settled as was asked for, the rest of the money stays: in one currency and two, with exchange differences."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.cashier = cls.member("collector", "cashier")
        cls.cashier.group_ids += cls.env.ref("account.group_account_invoice")
        cls.collector = cls.member("collector")
        cls.euro = cls.foreign_currency(rate=0.5)

    def apply_parts(self, payments, *parts):
        """Apply payments to (item, amount)s; the request."""
        request = self.Request.create(
            {
                "account_id": self.account(self.acme).id,
                "currency_id": parts[0][0].currency_id.id,
                "user_id": self.cashier.id,
                "credit_line_ids": [Command.set(self.items(payments.move_id).ids)],
                "line_ids": [
                    Command.create({"move_line_id": item.id, "amount_currency": amount}) for item, amount in parts
                ],
            }
        )
        request.with_user(self.cashier).action_apply()
        return request

    def item(self, amount, currency=None):
        return self.items(self.invoice(self.acme, amount, overdue=5, currency=currency))

    def assertLeft(self, item, amount, company_amount=None):
        self.assertAlmostEqual(item.amount_residual_currency, amount, 2)
        self.assertAlmostEqual(item.amount_residual, amount if company_amount is None else company_amount, 2)

    def test_no_more_than_asked(self):
        item, receipt = self.item(1800), self.unapplied(self.acme, 1000)
        request = self.apply_parts(receipt, (item, 600))
        self.assertLeft(item, 1200)
        self.assertLeft(self.money(receipt), -400)
        self.assertEqual((request.state, request.amount_applied), ("done", 600))

    def test_a_cent_less_and_all_of_it(self):
        for asked, left in ((99.99, 0.01), (100, 0), (100.01, 0)):
            with self.subTest(asked):
                item, receipt = self.item(100), self.unapplied(self.acme, 500)
                self.apply_parts(receipt, (item, asked))
                self.assertLeft(item, left)
                self.assertLeft(self.money(receipt), -400 - left)

    def test_several_parts_and_a_whole_of_two_receipts(self):
        first, second, third = self.item(1000), self.item(1000), self.item(200)
        receipts = self.unapplied(self.acme, 400) + self.unapplied(self.acme, 600)
        request = self.apply_parts(receipts, (first, 300), (second, 450), (third, 200))
        for item, left in ((first, 700), (second, 550), (third, 0)):
            self.assertLeft(item, left)
        self.assertAlmostEqual(sum(self.items(receipts.move_id).mapped("amount_residual")), -50, 2)
        self.assertEqual(request.state, "done")

    def test_too_little_money_is_applied_and_the_rest_later(self):
        item, receipt = self.item(1800), self.unapplied(self.acme, 250)
        request = self.apply_parts(receipt, (item, 600))
        self.assertLeft(item, 1550)
        self.assertEqual((request.state, request.amount_applied), ("open", 250))
        later = self.unapplied(self.acme, 1000)
        request.credit_line_ids = [Command.set(self.money(later).ids)]
        request.with_user(self.cashier).action_apply()
        self.assertLeft(item, 1200)
        self.assertLeft(self.money(later), -650)
        self.assertEqual(request.state, "done")

    def test_foreign_currency_at_one_rate(self):
        item = self.item(300, self.euro)
        receipt = self.unapplied(self.acme, 300, currency_id=self.euro.id)
        self.apply_parts(receipt, (item, 100))
        self.assertLeft(item, 200, 400)
        self.assertLeft(self.money(receipt), -200, -400)
        self.assertFalse(item.matched_credit_ids.exchange_move_id)

    def test_exchange_difference_of_the_part_only(self):
        item = self.item(300, self.euro)  # 600 of the company's
        self.euro.rate_ids = [Command.create({"name": self.day(-1), "rate": 0.4, "company_id": self.company.id})]
        receipt = self.unapplied(self.acme, 300, currency_id=self.euro.id, date=self.today)  # 750 of the company's
        request = self.apply_parts(receipt, (item, 100))
        self.assertLeft(item, 200, 400)
        self.assertLeft(self.money(receipt), -200, -500)
        difference = item.matched_credit_ids.exchange_move_id | self.money(receipt).matched_debit_ids.exchange_move_id
        self.assertEqual((len(difference), difference.state), (1, "posted"))
        self.assertAlmostEqual(sum(difference.line_ids.mapped("debit")), 50, 2)
        self.assertEqual((request.state, request.amount_applied), ("done", 100))
        (self.money(receipt) + item).reconcile()
        self.assertTrue(item.reconciled and self.money(receipt).reconciled, "The rest goes together as Odoo does it")

    def test_a_loss_on_the_part(self):
        item = self.item(300, self.euro)
        self.euro.rate_ids = [Command.create({"name": self.day(-1), "rate": 0.8, "company_id": self.company.id})]
        receipt = self.unapplied(self.acme, 300, currency_id=self.euro.id, date=self.today)  # 375 of the company's
        self.apply_parts(receipt, (item, 100))
        self.assertLeft(item, 200, 400)
        self.assertLeft(self.money(receipt), -200, -250)

    def test_money_in_another_currency_than_the_item(self):
        item = self.item(300, self.euro)
        receipt = self.unapplied(self.acme, 1000)
        self.apply_parts(receipt, (item, 100))
        self.assertLeft(item, 200, 400)
        self.assertLeft(self.money(receipt), -800)
        dollars, euros = self.item(1000), self.unapplied(self.acme, 300, currency_id=self.euro.id)
        self.apply_parts(euros, (dollars, 100))
        self.assertLeft(dollars, 900)
        self.assertLeft(self.money(euros), -250, -500)

    def test_rounding_leaves_no_cents(self):
        item, receipt = self.item(100), self.unapplied(self.acme, 100)
        for part in (33.33, 33.33, 33.34):
            self.apply_parts(receipt, (item, part))
        self.assertTrue(item.reconciled and self.money(receipt).reconciled)

    def test_the_limit_is_no_clients_to_set(self):
        item, receipt = self.item(100), self.unapplied(self.acme, 100)
        forged = {"collection_apply_at_most": {item.id: 1}}
        (item + self.money(receipt)).with_context(**forged).reconcile()
        self.assertTrue(item.reconciled)

    # ------------------------------------------------------------------
    # Ending without applying
    # ------------------------------------------------------------------

    def test_the_reason_is_asked_for(self):
        item = self.item(100)
        claim = self.claim(item.move_id)
        request = self.Request.create(
            {"account_id": self.account(self.acme).id, "line_ids": [Command.create({"move_line_id": item.id})]}
        )
        for user, record, ask, state in (
            (self.collector, request, "action_ask_cancel", "cancelled"),
            (self.cashier, request, "action_ask_refuse", "refused"),
            (self.collector, claim, "action_ask_void", "void"),
        ):
            with self.subTest(state):
                action = getattr(record.with_user(user), ask)()
                Dialog = self.env[action["res_model"]].with_user(user).with_context(**action["context"])
                dialog = Dialog.create({"reason": "Another invoice was meant"})
                with self.assertRaises(ValidationError):
                    Dialog.create({"reason": ""}).action_apply()
                dialog.action_apply()
                self.assertEqual((record.state, record.closed_reason), (state, "Another invoice was meant"))
                if record == request:
                    request.with_user(self.collector).action_reopen()
