from odoo import Command
from odoo.exceptions import UserError
from odoo.tests import tagged

from .dunning_common import DunningCommon


@tagged("post_install", "-at_install")
class TestDunningLedger(DunningCommon):
    """Notices while the ledger and its customers change, and the step that an item shows."""

    # ------------------------------------------------------------------
    # Last step
    # ------------------------------------------------------------------

    def test_the_step_is_reached_when_the_notice_is_sent(self):
        invoice = self.invoice(self.acme, 100, overdue=3)
        item = self.items(invoice)
        self.confirm()
        self.assertFalse(item.collection_step_id, "Due")
        self.go_out()
        item.invalidate_recordset()
        self.assertEqual((item.collection_step_id, item.collection_last_notice_date), (self.step(3), self.today))
        notice = self.notice(self.acme)
        for state, step in (("queued", self.step(3)), ("bounced", self.step(3)), ("failed", self.step(3).browse())):
            notice.sudo()._unguarded().state = state
            item.invalidate_recordset()
            self.assertEqual(item.collection_step_id, step, state)

    def test_each_instalment_shows_its_own_step(self):
        invoice = self.instalments(self.acme, [(50, 15), (30, 3), (20, -20)])
        self.on_day(0)
        self.assertEqual(self.items(invoice).mapped("collection_step_id.days"), [15, 3])
        self.assertFalse(self.items(invoice)[2].collection_step_id)

    def test_highest_step_of_all_tracks(self):
        invoice = self.invoice(self.acme, 100, overdue=50)
        self.noticed(invoice, 45, ago=2)
        self.noticed(invoice, 30, ago=1)
        self.assertEqual(self.items(invoice).collection_step_id, self.step(45))

    # ------------------------------------------------------------------
    # Documents
    # ------------------------------------------------------------------

    def test_a_document_that_was_noticed_is_not_deleted(self):
        invoice = self.invoice(self.acme, 100, overdue=3)
        self.on_day(0)
        invoice.button_draft()
        with self.assertRefused(UserError, f"{invoice.name} cannot be deleted: it stands in notice N"):
            invoice.with_context(force_delete=True).unlink()

    def test_a_document_that_was_only_planned_or_left_out_is(self):
        planned, held, taken_back = (
            self.invoice(self.customer(name), 100, overdue=3) for name in ("One", "Two", "Three")
        )
        self.hold(self.items(held))
        self.confirm()
        self.notice(taken_back.partner_id).action_cancel()
        (planned | held | taken_back).button_draft()
        (planned | held | taken_back).with_context(force_delete=True).unlink()
        self.go_out()
        states = self.Notice.search([("company_id", "=", self.company.id)]).grouped("state")
        self.assertEqual(sorted(states), ["cancelled", "suppressed"])

    def test_the_fact_stays_when_the_journal_item_goes(self):
        """Reset to draft, new terms, posted again: another instalment may have the line's id."""
        invoice = self.invoice(self.acme, 100, overdue=16)
        self.noticed(invoice, 15, ago=1)
        name = invoice.name
        invoice.button_draft()
        invoice.invoice_payment_term_id = self.env.ref("account.account_payment_term_30days")
        invoice.invoice_line_ids = [Command.create({"name": "More", "price_unit": 5, "tax_ids": [Command.clear()]})]
        invoice.action_post()
        line = self.lines(invoice)[0]
        self.assertEqual((line.move_name, line.amount, line.due_date, line.step_days), (name, 100, self.day(-16), 15))

    def test_posted_again_with_the_same_terms_goes_on(self):
        invoice = self.invoice(self.acme, 100, overdue=16)
        self.noticed(invoice, 15, ago=1)
        invoice.button_draft()
        invoice.action_post()
        self.assertEqual(self.items(invoice).collection_step_id, self.step(15))
        self.confirm()
        self.assertEqual(self.steps_of(invoice), [15])

    # ------------------------------------------------------------------
    # Customers who are merged
    # ------------------------------------------------------------------

    def merge(self, source, target):
        self.env["base.partner.merge.automatic.wizard"].create({})._merge(
            (source | target).ids, target, extra_checks=False
        )

    def test_merging_customers_with_notices(self):
        other = self.customer("Acme Corporation")
        moves = [self.invoice(partner, 100, overdue=days) for partner in (self.acme, other) for days in (3, 15)]
        held = [self.invoice(partner, 40, overdue=3) for partner in (self.acme, other)]
        for move in held:
            self.hold(self.items(move), days=30)
        self.on_day(0)
        self.confirm()
        self.merge(other, self.acme)
        account = self.account(self.acme)
        self.assertEqual(len(account), 1)
        notices = self.Notice.search([("account_id", "=", account.id)])
        self.assertEqual(sorted(notices.mapped("state")), ["sent", "sent", "suppressed", "suppressed"])
        self.assertEqual(set(notices.line_ids.account_id.ids), {account.id})
        for move in moves:
            self.assertTrue(self.items(move).collection_step_id)
        self.on_day(1)
        self.assertEqual([self.steps_of(move) for move in moves], [[3], [15]] * 2, "Nobody is noticed again")
        self.assertEqual([len(self.lines(move, counted=False)) for move in held], [1, 1])

    def test_merging_customers_with_items_of_one_entry(self):
        other = self.customer("Acme Corporation")
        entry = self.entry(self.acme, 160, overdue=4)
        entry.button_draft()
        share = {"partner_id": other.id, "balance": 60, "account_id": self.receivable.id, "date_maturity": self.day(-4)}
        entry.write({"line_ids": [(1, self.items(entry).id, {"balance": 100}), (0, 0, share)]})
        entry.action_post()
        self.on_day(0)
        self.assertEqual(len(self.lines(entry)), 2)
        self.merge(other, self.acme)
        self.on_day(1)
        self.assertEqual(self.steps_of(entry), [3])
        self.assertEqual(set(self.items(entry).mapped("collection_step_id.days")), {3})

    def test_a_customer_who_moves_to_another_takes_the_items_along(self):
        """The notices stay with the account to which they were sent."""
        other = self.customer("Mother Inc.")
        invoice = self.invoice(self.acme, 100, overdue=16)
        self.noticed(invoice, 15, ago=1)
        notice = self.lines(invoice).notice_id
        self.acme.write({"parent_id": other.id, "is_company": False})
        self.assertTrue(self.account(other))
        self.assertNotEqual(notice.account_id, self.account(other))
