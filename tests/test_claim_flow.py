from odoo import Command
from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tests import tagged
from odoo.tools import mute_logger

from .claim_common import ClaimCommon


@tagged("post_install", "-at_install")
class TestClaimFlow(ClaimCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.move = cls.invoice(cls.acme, 1800, overdue=20)
        cls.item = cls.items(cls.move)

    # ------------------------------------------------------------------
    # Holding
    # ------------------------------------------------------------------

    def test_held_for_five_business_days_then_chased_again(self):
        claim = self.claim(self.move)
        self.assertEqual(self.live_holds(claim), [(self.item, 1800, self.day(7))])
        account = self.assertFigures(self.acme, amount_claimed=1800, amount_collectible=0, stage="claims_paid")
        self.assertEqual(account.claim_count, 1)
        for day, collectible, state in ((6, 0, "open"), (7, 0, "open"), (8, 1800, "expired")):
            with self.at(day):
                self.Claim.search([])._evaluate()
                self.assertFigures(self.acme, amount_collectible=collectible, amount_claimed=1800 - collectible)
                self.assertEqual(claim.state, state)
        with self.at(8):
            self.assertFigures(self.acme, claim_expired_count=1, on_worklist=True)
            self.assertEqual(
                [task for task in self.tasks(self.acme) if "decide" in task], [f"Claim {claim.name}: decide"]
            )

    def test_figures_expire_by_themselves(self):
        self.claim(self.move)
        with self.at(8):
            self.account(self.acme)._refresh()
            self.assertFigures(self.acme, amount_collectible=1800, amount_claimed=0, claim_expired_count=1)

    def test_nightly_job_is_repeatable(self):
        claim = self.claim(self.move)
        with self.at(8), self.enter_registry_test_mode():
            cron = self.env.ref("account_collections.ir_cron_claims")
            cron.method_direct_trigger()
            cron.method_direct_trigger()
        self.assertEqual(claim.state, "expired")
        self.assertEqual(len([task for task in self.tasks(self.acme) if "decide" in task]), 1)

    def test_number_of_days_is_a_setting(self):
        self.company.collection_claim_hold_days = 1
        self.assertEqual(self.claim(self.move).hold_until, self.day(1))
        with self.assertRaises(ValidationError):
            self.company.collection_claim_hold_days = 0

    def test_renewed_once(self):
        claim = self.claim(self.move)
        with self.at(8):
            claim._evaluate()
            claim.action_renew()
            self.assertEqual((claim.state, claim.hold_until), ("open", self.day(15)))
            self.assertFigures(self.acme, amount_collectible=0)
            with self.assertRaisesRegex(UserError, "once more only"):
                claim.action_renew()

    def test_only_what_is_claimed_and_free_is_held(self):
        self.hold(self.item, 500)
        claim = self.claim(
            self.move, amount=1500, line_ids=[Command.create({"move_line_id": self.item.id, "amount_currency": 1500})]
        )
        self.assertEqual(self.live_holds(claim), [(self.item, 1300, self.day(7))])
        self.assertFigures(self.acme, amount_collectible=0)

    def test_amount_alone_takes_the_item_that_fits_else_the_oldest(self):
        other = self.invoice(self.acme, 700, overdue=3)
        account = self.account(self.acme)
        fits = self.Claim.create({"account_id": account.id, "amount": 700, "date": self.today})
        self.assertEqual(fits.line_ids.move_id, other)
        oldest = self.Claim.create({"account_id": account.id, "amount": 900, "date": self.today})
        self.assertEqual((oldest.line_ids.move_id, oldest.line_ids.amount_currency), (self.move, 900))

    def test_counted_money_reduces_nothing_else(self):
        self.invoice(self.acme, 500, overdue=2)
        self.unapplied(self.acme, 1800)
        self.assertFigures(self.acme, amount_collectible=500)
        claim = self.claim(self.move)
        self.assertFigures(self.acme, amount_collectible=500, amount_claimed=1800)
        claim.action_void()
        self.assertFigures(self.acme, amount_collectible=500, amount_claimed=0)

    def test_two_currencies(self):
        euro = self.foreign_currency()
        move = self.invoice(self.acme, 300, overdue=5, currency=euro)
        claim = self.claim(move)
        self.assertEqual((claim.amount_currency, claim.amount, claim.currency_id), (300, 600, euro))
        self.assertFigures(self.acme, amount_claimed=600, amount_collectible=1800)
        self.apply(self.unapplied(self.acme, 300, currency_id=euro.id), move)
        self.assertEqual(self.state(claim), ("closed", "applied_here"))

    # ------------------------------------------------------------------
    # Outcomes
    # ------------------------------------------------------------------

    def test_applied_by_the_cashier_closes_the_claim(self):
        payment = self.unapplied(self.acme, 1800)
        claim = self.claim(self.move)
        self.assertEqual(self.state(claim), ("open", "unapplied"))
        (self.money(payment) + self.item).with_user(self.member("billing")).reconcile()
        self.assertEqual(self.state(claim), ("closed", "applied_here"))
        self.assertFalse(self.live_holds(claim))
        self.assertFigures(self.acme, amount_total=0, on_worklist=False, claim_count=0)

    def test_unmatching_opens_the_claim_again(self):
        payment = self.unapplied(self.acme, 1800)
        claim = self.claim(self.move)
        self.apply(payment, self.move)
        self.assertEqual(self.state(claim), ("closed", "applied_here"))
        self.item.remove_move_reconcile()
        self.assertEqual(self.state(claim), ("open", "unapplied"))
        self.assertEqual(sum(amount for item, amount, _day in self.live_holds(claim) if item == self.item), 1800)
        self.apply(payment, self.move)
        self.assertEqual(self.state(claim), ("closed", "applied_here"))

    def test_bounce_opens_the_claim_again(self):
        claim = self.claim(self.move)
        payment = self.pay(self.move)
        self.assertEqual(self.state(claim), ("closed", "applied_here"))
        payment.action_draft()
        payment.action_cancel()
        self.assertEqual(self.state(claim)[0], "open")
        self.assertFigures(self.acme, amount_total=1800)

    def test_part_applied_shrinks_the_hold(self):
        claim = self.claim(self.move)
        self.pay(self.move, 1000)
        self.assertEqual(self.state(claim)[0], "open")
        self.assertEqual(self.live_holds(claim), [(self.item, 800, self.day(7))])
        self.assertEqual(claim.amount_applied_currency, 1000)

    def test_earlier_money_settles_nothing(self):
        self.pay(self.move, 1000)
        claim = self.claim(self.move)
        self.assertEqual((claim.amount_currency, claim.amount_applied_currency, claim.state), (800, 0, "open"))

    def test_closed_by_a_credit_note_is_not_applied(self):
        claim = self.claim(self.move)
        (self.items(self.credit(self.acme, 1800)) + self.item).reconcile()
        self.assertEqual(self.state(claim), ("closed", "not_received"))

    def test_decided_from_reconciliations(self):
        nothing = self.claim(self.move)
        nothing.action_close()
        self.assertEqual(self.state(nothing), ("closed", "not_received"))
        self.assertFigures(self.acme, amount_collectible=1800, claim_count=0)
        payment = self.unapplied(self.acme, 1800)
        unapplied = self.claim(self.move)
        unapplied.action_close()
        self.assertEqual(self.state(unapplied), ("closed", "unapplied"))
        self.apply(payment, self.invoice(self.acme, 1800, overdue=1))
        elsewhere = self.claim(self.move)
        elsewhere.action_close()
        self.assertEqual(self.state(elsewhere), ("closed", "applied_elsewhere"))

    def test_nobody_but_the_ledger_says_applied(self):
        claim = self.claim(self.move)
        for outcome in ("applied_here", "applied_elsewhere", "waiting_for_proof", "nonsense"):
            with self.subTest(outcome), self.assertRaisesRegex(UserError, "reconciliations"):
                claim.action_close(outcome)
        for name, value in (("outcome", "applied_here"), ("state", "closed"), ("hold_until", self.day(90))):
            with self.subTest(name), self.assertRaises(AccessError):
                claim[name] = value
        self.apply(self.unapplied(self.acme, 1800), self.move)
        with self.assertRaisesRegex(UserError, "settled"):
            claim.action_close("not_received")

    def test_waiting_for_proof(self):
        claim = self.claim(self.move)
        claim.action_ask_proof()
        self.assertEqual(self.state(claim), ("open", "waiting_for_proof"))
        self.assertEqual(self.account(self.acme).stage, "awaiting_documents")

    def test_void(self):
        claim = self.claim(self.move)
        claim.action_void("Wrong customer")
        self.assertEqual((claim.state, claim.closed_reason), ("void", "Wrong customer"))
        self.pay(self.move)
        self.assertEqual(self.state(claim)[0], "void")
        with self.assertRaises(UserError):
            claim.action_search()

    # ------------------------------------------------------------------
    # Bad input
    # ------------------------------------------------------------------

    def test_paid_invoice(self):
        payment = self.pay(self.move)
        with self.assertRaisesRegex(ValidationError, f"paid already.*{payment.move_id.name}"):
            self.claim(self.move, amount=1800)
        with self.assertRaisesRegex(ValidationError, "Nothing of Acme"):
            self.Claim.create({"account_id": self.account(self.acme).id, "amount": 1800})

    def test_refused(self):
        other = self.invoice(self.customer("Other"), 100, overdue=2)
        euro = self.invoice(self.acme, 100, overdue=2, currency=self.foreign_currency())
        draft = self.invoice(self.acme, 100, post=False)
        self.account(self.acme)
        bad = (
            (
                {
                    "amount_currency": 0,
                    "amount": 0,
                    "line_ids": [Command.create({"move_line_id": self.item.id, "amount_currency": -5})],
                },
                "more than zero|not open",
            ),
            ({"amount_currency": -1}, "more than zero"),
            ({"date": self.day(1)}, "promise"),
            ({"line_ids": [Command.create({"move_line_id": self.items(other).id})]}, "not an item of"),
            ({"line_ids": [Command.create({"move_line_id": self.items(draft).id})]}, "not open|no receivable"),
            (
                {"line_ids": [Command.create({"move_line_id": item.id}) for item in (self.item, self.items(euro))]},
                "for each currency",
            ),
            ({"line_ids": [Command.create({"move_line_id": self.item.id, "amount_currency": 1800.01})]}, "only"),
            ({"contact_id": other.partner_id.id}, "no contact of"),
            ({"reference": "4111 1111 1111 1111"}, "payment card"),
        )
        for vals, words in bad:
            raised = self.assertRaisesRegex(Exception, words)
            with self.subTest(vals=vals), mute_logger("odoo.sql_db"), raised, self.env.cr.savepoint():
                self.claim(self.move, **{"amount": 1800, **vals})

    def test_claimed_at_most_once(self):
        self.claim(self.move)
        with self.assertRaisesRegex(ValidationError, "not claimed already"):
            self.claim(self.move, amount=100)

    def test_facts_stay(self):
        claim = self.claim(self.move)
        for vals in ({"amount_currency": 5}, {"line_ids": [Command.clear()]}, {"account_id": False}):
            with self.subTest(vals), self.assertRaises(UserError):
                claim.write(vals)
        with self.assertRaises(UserError):
            claim.line_ids.amount_currency = 1
        with self.assertRaises(UserError):
            claim.unlink()

    def test_claimed_document_is_not_deleted(self):
        self.claim(self.move)
        self.move.button_draft()
        self.move.name = False
        with self.assertRaisesRegex(UserError, "says it is paid"):
            self.move.unlink()

    def test_reset_to_draft_holds_nothing_and_comes_back(self):
        claim = self.claim(self.move)
        self.move.button_draft()
        self.state(claim)
        self.assertFalse(self.live_holds(claim))
        self.move.action_post()
        self.assertEqual(self.state(claim)[0], "open")
        self.assertEqual([row[1] for row in self.live_holds(claim)], [1800])

    def test_reversed_invoice_is_not_paid(self):
        claim = self.claim(self.move)
        self.move._reverse_moves(cancel=True)
        self.assertTrue(self.item.reconciled)
        state, outcome = self.state(claim)
        self.assertNotIn(outcome, ("applied_here", "applied_elsewhere"), state)
        self.assertFalse(self.live_holds(claim))

    def test_merged_customers(self):
        other = self.customer("Acme Inc.")
        bill = self.invoice(other, 500, overdue=5)
        claim, own = self.claim(bill), self.claim(self.move)
        wizard = self.env["base.partner.merge.automatic.wizard"].create({})
        wizard._merge([self.acme.id, other.id], self.acme)
        self.env.invalidate_all()
        account = self.account(self.acme)
        self.assertEqual((claim.account_id, own.account_id, claim.partner_id), (account, account, self.acme))
        self.assertFigures(self.acme, amount_claimed=2300, amount_collectible=0, claim_count=2)
        self.pay(bill)
        self.assertEqual(self.state(claim), ("closed", "applied_here"))
        self.assertEqual(self.state(own)[0], "open")

    # ------------------------------------------------------------------
    # From a call
    # ------------------------------------------------------------------

    def test_outcome_says_paid_opens_the_claim(self):
        account = self.account(self.acme)
        collector = self.member("collector")
        activity = (
            self.env["collection.activity"]
            .with_user(collector)
            .create(
                {
                    "account_ids": account.ids,
                    "channel": "call",
                    "direction": "in",
                    "outcome_id": self.outcome("claims_paid").id,
                    "note": "Paid by ACH on Friday",
                    "move_ids": self.move.ids,
                }
            )
        )
        action = activity.action_done()
        self.assertEqual(action["res_model"], "collection.claim.open")
        wizard = self.env["collection.claim.open"].with_user(collector).with_context(**action["context"]).create({})
        self.assertEqual(
            (wizard.amount, wizard.note, wizard.line_ids.move_id), (1800, "Paid by ACH on Friday", self.move)
        )
        wizard.action_apply()
        self.assertEqual(activity.claim_id, account.claim_ids)
        self.assertEqual(account.claim_ids.user_id, collector)

    # ------------------------------------------------------------------
    # By sets
    # ------------------------------------------------------------------

    def test_judging_many_takes_the_same_queries(self):
        moves = [self.invoice(self.customer(f"C{place}"), 100, overdue=5) for place in range(30)]
        claims = self.Claim.union(*(self.claim(move) for move in moves))
        counts = []
        for group in (claims[:2], claims):
            self.env.flush_all()
            self.env.invalidate_all()
            before = self.env.cr.sql_log_count
            group.sudo()._judge()
            self.env.flush_all()
            counts.append(self.env.cr.sql_log_count - before)
        self.assertLessEqual(counts[1], counts[0] + 4, counts)
