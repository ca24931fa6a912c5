from odoo import Command
from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tests import tagged

from .dispute_common import DisputeCommon


@tagged("post_install", "-at_install")
class TestDisputeAmounts(DisputeCommon):
    """Only the disputed part is held (SPEC §5, issue "Numbers to hit")."""

    def test_freight(self):
        move = self.bill(("Goods", 3000), (self.freight_product, 150.75))
        dispute = self.dispute(move, "freight", reason="freight")
        self.assertEqual(dispute.line_ids.amount_currency, 150.75)
        self.assertIn("Delivery", dispute.line_ids.what)
        self.assertFigures(self.acme, amount_collectible=3000, amount_disputed=150.75, amount_overdue=3150.75)
        self.assertEqual(move.collection_dispute_ids, dispute)
        self.assertEqual(self.items(move).collection_dispute_names, dispute.name)

    def test_next_notice_asks_for_the_rest(self):
        self.company.collection_policy_id = self.env.ref("account_collections.policy_default")
        move = self.bill(("Goods", 3000), (self.freight_product, 150.75), overdue=5)
        self.dispute(move, "freight", reason="freight")
        run = self.env["collection.run"].create({"company_id": self.company.id})
        run.action_simulate()
        run.action_confirm()
        line = self.env["collection.notice.line"].search([("move_id", "=", move.id), ("counted", "=", True)])
        self.assertEqual(line.amount, 3000)

    def test_another_part_is_accepted_more_than_is_open_is_not(self):
        move = self.bill(("Goods", 3000), (self.freight_product, 150.75))
        self.dispute(move, "freight", reason="freight")
        second = self.dispute(move, amount=1000)
        self.assertFigures(self.acme, amount_collectible=2000, amount_disputed=1150.75)
        self.assertEqual(move.collection_dispute_ids, second | move.collection_dispute_ids)
        with self.assertRefused(ValidationError, "2,000.00 can still be disputed"):
            self.dispute(move, amount=2000.01, reason="service")
        third = self.dispute(move, amount=2000, reason="service")
        self.assertHeld(third, 2000)
        self.assertFigures(self.acme, amount_collectible=0)

    def test_tax(self):
        tax = self.tax(9.75)
        move = self.bill(("Goods", 2000, tax))
        self.assertEqual(move.amount_total, 2195)
        dispute = self.dispute(move, "tax", reason="tax")
        self.assertEqual(dispute.amount, 195)
        self.assertFigures(self.acme, amount_collectible=2000, amount_disputed=195)

    def test_lines_with_their_tax(self):
        tax = self.tax(10)
        move = self.bill(("Goods", 1000, tax), ("More", 500, tax), ("Free of tax", 100))
        dispute = self.dispute(move, "lines", lines=move.invoice_line_ids[1], reason="shortage")
        self.assertEqual(dispute.amount, 550)
        self.assertFigures(self.acme, amount_collectible=1200)

    def test_item_that_is_not_due_leaves_overdue_collectible(self):
        self.invoice(self.acme, 5000, overdue=20)
        later = self.invoice(self.acme, 5000, overdue=-20)
        self.dispute(later)
        self.assertFigures(self.acme, amount_collectible=5000, amount_disputed=5000, amount_overdue=5000)

    def test_same_part_twice_is_refused(self):
        tax = self.tax(10)
        move = self.bill(("Goods", 1000, tax), (self.freight_product, 100), ("More", 300))
        self.dispute(move, "freight", amount=10, reason="freight")
        self.dispute(move, "tax", amount=10, reason="tax")
        self.dispute(move, "lines", lines=move.invoice_line_ids[2], amount=10, reason="shortage")
        self.dispute(move, amount=10)
        for part, lines, reason in (
            ("freight", None, "freight"),
            ("tax", None, "tax"),
            ("lines", move.invoice_line_ids[2], "returned"),
            ("lines", move.invoice_line_ids[1], "returned"),
            ("lines", move.invoice_line_ids[0], "returned"),
            ("amount", None, "pricing"),
            ("whole", None, "duplicate"),
        ):
            with self.subTest(part=part, lines=lines), self.assertRefused(ValidationError, "disputed already"):
                self.dispute(move, part, lines=lines, amount=10, reason=reason)

    def test_part_above_itself(self):
        move = self.bill(("Goods", 3000), (self.freight_product, 150.75))
        self.dispute(move, "freight", amount=150.75, reason="freight")
        other = self.bill(("Goods", 3000), (self.freight_product, 150.75))
        with self.assertRefused(ValidationError, "comes to"):
            self.dispute(other, "freight", amount=150.76, reason="freight")

    def test_nothing_of_that_part(self):
        move = self.invoice(self.acme, 100, overdue=5)
        self.account(self.acme)
        for part in ("tax", "freight"):
            with self.subTest(part), self.assertRefused(ValidationError, "has nothing of that"):
                self.dispute(move, part)
        with self.assertRefused(ValidationError, "Choose the lines"):
            self.dispute(move, "lines")
        with self.assertRefused(ValidationError, "do not belong"):
            self.dispute(move, "lines", lines=self.invoice(self.acme, 5).invoice_line_ids)

    def test_part_of_what_is_left_after_a_payment(self):
        move = self.invoice(self.acme, 100, overdue=5)
        self.pay(move, 60)
        dispute = self.dispute(move)
        self.assertEqual(dispute.amount, 40)

    def test_instalments(self):
        move = self.instalments(self.acme, [(600, 10), (400, -20)])
        first, second = self.items(move)
        self.dispute(first, "whole")
        self.dispute(second, "whole")
        self.assertFigures(self.acme, amount_collectible=0, amount_disputed=1000)

    def test_foreign_currency(self):
        euro = self.foreign_currency(rate=0.5)
        move = self.invoice(self.acme, 100, overdue=5, currency=euro)
        dispute = self.dispute(move, amount=25)
        self.assertEqual((dispute.line_ids.amount_currency, dispute.amount), (25, 50))
        self.assertFigures(self.acme, amount_collectible=150, amount_disputed=50)
        other = self.invoice(self.acme, 100, overdue=5, currency=euro)
        vals = {"move_line_id": self.items(other).id, "amount": 50}
        dispute = self.Dispute.create(
            {
                "account_id": self.account(self.acme).id,
                "reason_id": self.dispute_reason("pricing").id,
                "line_ids": [Command.create(vals)],
            }
        )
        self.assertEqual(dispute.line_ids.amount_currency, 25)

    def test_what_cannot_be_disputed(self):
        paid = self.invoice(self.acme, 100, overdue=5)
        self.pay(paid)
        draft = self.invoice(self.acme, 100, overdue=5, post=False)
        other = self.invoice(self.customer("Other"), 100, overdue=5)
        mine = self.invoice(self.acme, 100, overdue=5)
        account = self.account(self.acme)

        def act(item, **vals):
            return lambda: self.Dispute.create(
                {
                    "account_id": account.id,
                    "reason_id": self.dispute_reason("pricing").id,
                    "line_ids": [Command.create({"move_line_id": item.id, **vals})],
                }
            )

        for move in (paid, draft, other):
            with self.subTest(move.name), self.assertRaises(ValidationError):
                act(self.items(move), amount_currency=10)()
        with self.assertRaises(ValidationError):
            act(self.items(mine), amount_currency=-5)()
        with self.assertRaises(ValidationError):
            act(self.env["account.move.line"])()
        with self.assertRefused(ValidationError, "at least one item"):
            self.Dispute.create({"account_id": account.id, "reason_id": self.dispute_reason("pricing").id})

    def test_facts_are_not_edited(self):
        dispute = self.dispute(self.invoice(self.acme, 100, overdue=5), amount=10)
        with self.assertRaises(UserError):
            dispute.line_ids.amount_currency = 5
        with self.assertRaises(UserError):
            dispute.account_id = self.account(self.acme)
        with self.assertRaises(AccessError):
            dispute.name = "X"
        with self.assertRaises(AccessError):
            dispute.event_ids.note = "X"
        for record in (dispute, dispute.line_ids, dispute.event_ids):
            with self.assertRaises(UserError):
                record.sudo().unlink()

    def test_payment_shrinks_and_bounce_restores_the_hold(self):
        move = self.invoice(self.acme, 1000, overdue=5)
        dispute = self.dispute(move, amount=400)
        first = self.live_holds(dispute)
        payment = self.pay(move, 800)
        self.assertHeld(dispute, 200)
        self.assertEqual((first.amount_currency, first.date_released), (400, self.today))
        self.assertFigures(self.acme, amount_collectible=0, amount_disputed=200)
        self.items(payment.move_id).remove_move_reconcile()
        self.assertHeld(dispute, 400)
        self.pay(move)
        self.assertHeld(dispute, 0)

    def test_other_holds_come_first(self):
        move = self.invoice(self.acme, 1000, overdue=5)
        self.hold(self.items(move), 700)
        with self.assertRefused(ValidationError, "300.00 can still be disputed"):
            self.dispute(move, amount=301)
        self.assertEqual(self.dispute(move).amount, 300)

    def test_held_for_more_than_is_open(self):
        """A pause of the whole item stays as large when a part is paid: nothing is left, not less than nothing."""
        move = self.invoice(self.acme, 1000, overdue=5)
        self.hold(self.items(move), 1000)
        self.pay(move, 400)
        with self.assertRefused(ValidationError, "Nothing of .* is left to dispute"):
            self.dispute(move)

    def test_by_sets(self):
        moves = self.env["account.move"].concat(*(self.invoice(self.acme, 100, overdue=5) for _each in range(12)))
        disputes = self.Dispute.concat(*(self.dispute(move, amount=40) for move in moves))
        self.env.flush_all()
        self.env.invalidate_all()
        with self.assertQueryCount(25):
            disputes._sync_holds()
            self.env.flush_all()
