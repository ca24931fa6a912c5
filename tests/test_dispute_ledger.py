from datetime import timedelta

from odoo import Command
from odoo.exceptions import UserError
from odoo.tests import tagged

from .dispute_common import DisputeCommon


@tagged("post_install", "-at_install")
class TestDisputeLedger(DisputeCommon):
    """What happens to the books and to customers while a dispute is open."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.move = cls.invoice(cls.acme, 1000, overdue=5)

    def test_reset_to_draft_and_posted_again(self):
        dispute = self.dispute(self.move, amount=400, route=True)
        self.move.button_draft()
        self.assertHeld(dispute, 0)
        self.assertIn("Draft", self.events(dispute, "ledger").note)
        self.assertTrue(dispute.activity_ids.filtered(lambda task: "Draft" in task.summary))
        self.move.action_post()
        self.assertHeld(dispute, 400)
        self.assertFigures(self.acme, amount_collectible=600)

    def test_reset_to_draft_with_other_terms(self):
        dispute = self.dispute(self.move, amount=400)
        self.move.button_draft()
        self.move.invoice_date_due = self.day(-2)
        self.move.invoice_line_ids.price_unit = 300
        self.move.action_post()
        self.assertHeld(dispute, 300)
        self.assertEqual((dispute.line_ids.amount_currency, dispute.line_ids.due_date), (400, self.day(-5)))

    def test_cancelled(self):
        dispute = self.dispute(self.move, amount=400, route=True)
        self.move.button_draft()
        self.move.button_cancel()
        self.assertHeld(dispute, 0)
        dispute.action_close()
        self.assertEqual(dispute.state, "closed")

    def test_reversed_in_full(self):
        dispute = self.dispute(self.move, amount=400, route=True)
        self.move._reverse_moves(cancel=True)
        self.assertTrue(self.items(self.move).reconciled)
        self.assertHeld(dispute, 0)
        dispute.action_close()
        self.assertEqual(dispute.state, "closed")

    def test_paid_although_disputed(self):
        dispute = self.dispute(self.move, amount=400, route=True)
        self.pay(self.move)
        self.assertHeld(dispute, 0)
        self.assertEqual(dispute.state, "routed")

    def test_payment_during_the_days_before_it_is_chased_again(self):
        dispute = self.dispute(self.move, amount=400, route=True)
        dispute._decide("invalid", explanation="No")
        self.assertHeld(dispute, 400)
        self.pay(self.move, 700)
        self.assertHeld(dispute, 300)
        self.assertEqual(self.live_holds(dispute).date_until, dispute.chase_on - timedelta(1))
        self.pay(self.move)
        self.assertHeld(dispute, 0)

    def test_deleting_the_invoice(self):
        dispute = self.dispute(self.move, amount=400)
        self.move.button_draft()
        with self.assertRefused(UserError, dispute.name):
            self.move.with_context(force_delete=True).unlink()
        dispute._set_void("Wrong")
        self.move.with_context(force_delete=True).unlink()
        self.assertEqual((dispute.line_ids.move_name, dispute.line_ids.amount_currency)[1], 400)
        self.assertTrue(dispute.line_ids.move_name)
        self.assertFalse(dispute.line_ids.move_id)

    def test_merged_customers(self):
        other = self.customer("Acme Inc.")
        move = self.invoice(other, 500, overdue=5)
        dispute = self.dispute(move, amount=200, route=True)
        self.dispute(self.move, amount=100)
        wizard = self.env["base.partner.merge.automatic.wizard"].create({})
        wizard._merge([self.acme.id, other.id], self.acme)
        self.env.invalidate_all()
        self.assertEqual((dispute.account_id, dispute.partner_id), (self.account(self.acme), self.acme))
        self.assertFigures(self.acme, amount_collectible=1200, amount_disputed=300, dispute_count=2)
        dispute._decide("valid")
        dispute.credit_move_ids.action_post()
        self.assertEqual(dispute.state, "closed")

    def test_journal_entry_is_credited_by_hand(self):
        entry = self.entry(self.acme, 300, overdue=5)
        dispute = self.dispute(entry, route=True)
        dispute._decide("valid")
        self.assertEqual((dispute.state, len(dispute.credit_move_ids)), ("resolving", 0))
        self.assertTrue(dispute.activity_ids.filtered(lambda task: "by hand" in task.summary))

    def test_nightly_job_catches_up(self):
        dispute = self.dispute(self.move, amount=400)
        hold = self.live_holds(dispute)
        hold._release("Lost")
        self.assertHeld(dispute, 0)
        self.Dispute._judge_all()
        self.assertHeld(dispute, 400)
        before = self.env["collection.hold"].search_count([])
        self.Dispute._judge_all()
        self.assertEqual(self.env["collection.hold"].search_count([]), before)

    def test_many_items_in_one_payment(self):
        moves = self.env["account.move"].concat(*(self.invoice(self.acme, 10, overdue=5) for _each in range(8)))
        disputes = self.Dispute.concat(*(self.dispute(move, amount=4) for move in moves))
        self.pay(moves, 80, group_payment=True)
        self.assertFalse(self.live_holds(disputes))

    def test_two_companies(self):
        other = self.second_company()["company"]
        move = self.invoice(self.acme, 70, overdue=5, company=other)
        account = self.account(self.acme, other)
        with self.assertRaises(UserError):
            self.dispute(move, account_id=self.account(self.acme).id)
        dispute = self.dispute(move)
        self.assertEqual(dispute.company_id, other)
        self.assertEqual(dispute.account_id, account)
        self.assertFigures(self.acme, other, amount_disputed=70, amount_collectible=0)
        self.assertFigures(self.acme, amount_disputed=0, amount_collectible=1000)
        self.assertFalse(self.Dispute.with_user(self.member("manager", "m1")).search([("id", "=", dispute.id)]))

    def test_figures_agree_with_the_holds(self):
        for amount in (100, 250):
            self.dispute(self.invoice(self.acme, 500, overdue=amount // 10), amount=amount)
        self.dispute(self.invoice(self.acme, 500, overdue=-9), amount=33)
        live = self.env["collection.hold"].search(
            [("account_id.partner_id", "=", self.acme.id), ("is_live", "=", True)]
        )
        self.assertFigures(self.acme, amount_disputed=sum(live.mapped("amount")), dispute_count=3)
        account = self.account(self.acme)
        action = account.with_context(collection_items="amount_disputed").action_view_items()
        self.assertEqual(len(self.env["account.move.line"].search(action["domain"])), 3)

    def test_bookkeepers_work_on(self):
        dispute = self.dispute(self.move, amount=400, route=True)
        dispute._decide("valid")
        accountant = self.member("accountant")
        note = dispute.credit_move_ids.with_user(accountant)
        note.action_post()
        self.assertEqual(dispute.state, "closed")
        self.assertTrue(self.move.with_user(accountant).read())
        self.assertTrue(self.items(self.move).with_user(accountant).read())

    def test_draft_credit_note_of_several_invoices(self):
        second = self.invoice(self.acme, 200, overdue=5)
        dispute = self.Dispute.create(
            {
                "account_id": self.account(self.acme).id,
                "reason_id": self.dispute_reason("pricing").id,
                "line_ids": [
                    Command.create({"move_line_id": self.items(self.move).id, "amount_currency": 50}),
                    Command.create({"move_line_id": self.items(second).id, "amount_currency": 20}),
                ],
            }
        )
        dispute.action_route()
        dispute._decide("valid")
        notes = dispute.credit_move_ids
        self.assertEqual(sorted(notes.mapped("amount_total")), [20, 50])
        notes[0].action_post()
        self.assertEqual(dispute.state, "resolving")
        notes[1].action_post()
        self.assertEqual(dispute.state, "closed")
