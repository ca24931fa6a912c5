from odoo import Command
from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tests import tagged

from .claim_common import ClaimCommon


@tagged("post_install", "-at_install")
class TestClaimRequests(ClaimCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.cashier = cls.member("billing", "cashier")
        cls.bookkeeper = cls.member("accountant", "bookkeeper")
        cls.collector = cls.member("collector")
        cls.company.collection_request_user_id = cls.cashier
        cls.group = cls.customer("Holding")
        cls.acme.parent_id = cls.group
        cls.sister = cls.customer("Sister Inc.", parent_id=cls.group.id)
        cls.move = cls.invoice(cls.acme, 1800, overdue=20)
        cls.item = cls.items(cls.move)

    def asked(self, claim, place=0):
        claim.with_user(self.collector).candidate_ids[place].action_request()
        return claim.request_ids[:1]

    def test_found_on_a_sister_and_applied_on_request(self):
        payment = self.unapplied(self.sister, 1800)
        claim = self.claim(self.move, user=self.collector)
        request = self.asked(claim)
        self.assertEqual((request.user_id, request.deadline), (self.cashier, self.day(2)))
        self.assertEqual(
            request.activity_ids.mapped(lambda each: (each.user_id, each.date_deadline)), [(self.cashier, self.day(2))]
        )
        with self.assertRaises(AccessError):
            request.with_user(self.collector).action_apply()
        request.with_user(self.cashier).action_apply()
        self.assertEqual((request.state, request.amount_applied), ("done", 1800))
        self.assertFalse(request.activity_ids)
        self.assertTrue(self.money(payment).reconciled)
        self.assertEqual(self.state(claim), ("closed", "applied_here"))
        self.assertFigures(self.acme, amount_total=0, on_worklist=False)
        self.item.remove_move_reconcile()
        self.assertEqual(self.state(claim)[0], "open")
        self.assertEqual(request.state, "open", "What was undone is to be applied again")

    def test_sisters_money_does_not_reduce_the_sisters_debt(self):
        self.unapplied(self.sister, 1800)
        self.invoice(self.sister, 1000, overdue=5)
        self.assertFigures(self.sister, amount_collectible=0)
        self.asked(self.claim(self.move))
        self.assertFigures(self.sister, amount_collectible=1000)

    def test_done_by_other_means(self):
        self.unapplied(self.acme, 1800)
        claim = self.claim(self.move)
        request = self.asked(claim)
        self.pay(self.move)
        self.state(claim)
        self.assertEqual(request.state, "done")

    def test_asked_once(self):
        self.unapplied(self.acme, 1800)
        claim = self.claim(self.move)
        self.assertEqual(self.asked(claim), self.asked(claim))
        self.assertEqual(len(claim.request_ids), 1)

    def test_draft_payment_is_posted(self):
        draft = self.env["account.payment"].create({"partner_id": self.acme.id, "amount": 1800, "date": self.today})
        request = self.asked(self.claim(self.move))
        self.assertEqual(request.payment_ids, draft)
        request.with_user(self.bookkeeper).action_apply()
        self.assertEqual((request.state, self.item.reconciled), ("done", True))

    def test_bank_line_is_booked(self):
        bank = self.env["account.bank.statement.line"].create(
            {"payment_ref": "Wire of nobody", "journal_id": self.bank.id, "amount": 1800, "date": self.day(-1)}
        )
        request = self.asked(self.claim(self.move))
        request.user_id = self.bookkeeper
        request.with_user(self.bookkeeper).action_apply()
        self.assertEqual((request.state, bank.is_reconciled, bank.partner_id), ("done", True, self.acme))

    def test_unbooked_payment_waits(self):
        with self.without_entries():
            self.unapplied(self.acme, 1800)
        request = self.asked(self.claim(self.move))
        with self.assertRaisesRegex(UserError, "no entry"):
            request.with_user(self.cashier).action_apply()

    def test_two_receipts_and_two_items(self):
        other = self.invoice(self.acme, 700, overdue=3)
        receipt = self.unapplied(self.acme, 2500)
        request = self.asked(self.claim(self.move))
        self.assertEqual(request.line_ids.move_id, self.move | other)
        request.with_user(self.cashier).action_apply()
        self.assertEqual((request.state, self.money(receipt).reconciled), ("done", True))

    def test_two_currencies(self):
        euro = self.foreign_currency()
        move = self.invoice(self.acme, 300, overdue=5, currency=euro)
        receipt = self.unapplied(self.acme, 300, currency_id=euro.id)
        request = self.asked(self.claim(move))
        self.assertEqual((request.currency_id, request.amount), (euro, 300))
        request.with_user(self.cashier).action_apply()
        self.assertEqual((request.state, self.money(receipt).reconciled), ("done", True))

    # ------------------------------------------------------------------
    # Refused
    # ------------------------------------------------------------------

    def test_owner_needs_the_right(self):
        with self.assertRaisesRegex(ValidationError, "may not match"):
            self.Request.create({"account_id": self.account(self.acme).id, "user_id": self.collector.id})

    def test_without_money_or_items(self):
        account = self.account(self.acme)
        empty = self.Request.create({"account_id": account.id})
        with self.assertRaisesRegex(UserError, "Nothing of"):
            empty.with_user(self.cashier).action_apply()
        no_money = self.Request.create(
            {"account_id": account.id, "line_ids": [Command.create({"move_line_id": self.item.id})]}
        )
        with self.assertRaisesRegex(UserError, "no money"):
            no_money.with_user(self.cashier).action_apply()
        stranger = self.items(self.invoice(self.customer("Stranger"), 10, overdue=1))
        with self.assertRaisesRegex(ValidationError, "not of the group"):
            self.Request.create({"account_id": account.id, "line_ids": [Command.create({"move_line_id": stranger.id})]})
        with self.assertRaisesRegex(ValidationError, "no receivable credit"):
            self.Request.create({"account_id": account.id, "credit_line_ids": [Command.set(self.item.ids)]})

    def test_refused_goes_back_to_the_collector(self):
        self.unapplied(self.acme, 1800)
        request = self.asked(self.claim(self.move))
        with self.assertRaises(AccessError):
            request.with_user(self.collector).action_refuse()
        request.with_user(self.cashier).action_refuse("It is a deposit")
        self.assertEqual((request.state, request.closed_reason), ("refused", "It is a deposit"))
        self.assertIn(f"Request {request.name} was refused", self.tasks(self.acme))
        with self.assertRaises(UserError):
            request.with_user(self.cashier).action_apply()
        request.with_user(self.collector).action_reopen()
        self.assertEqual(request.state, "open")

    def test_applied_money_is_not_asked_for(self):
        payment = self.unapplied(self.acme, 1800)
        self.apply(payment, self.invoice(self.acme, 1800, overdue=1))
        claim = self.claim(self.move)
        with self.assertRaisesRegex(UserError, "applied already"):
            self.asked(claim)

    # ------------------------------------------------------------------
    # Late
    # ------------------------------------------------------------------

    def test_climbs_when_late(self):
        manager = self.member("manager")
        self.company.collection_manager_id = manager
        self.unapplied(self.acme, 1800)
        request = self.asked(self.claim(self.move))
        cron = self.env.ref("account_collections.ir_cron_application_requests")
        # Due on Friday the 20th; two business days after Monday the 23rd is Wednesday the 25th.
        for day, level, late in ((2, 0, False), (5, 1, True), (6, 1, True), (7, 2, True), (30, 2, True)):
            with self.subTest(day), self.at(day), self.enter_registry_test_mode():
                cron.method_direct_trigger()
                cron.method_direct_trigger()
                request.invalidate_recordset()
                self.assertEqual((request.level, request.is_late), (level, late))
        self.assertEqual(
            request.activity_ids.filtered(lambda each: each.user_id == manager).mapped("date_deadline"), [self.day(5)]
        )
        self.assertIn(f"Money not applied: {request.name}", self.account(self.acme).escalation_ids.mapped("reason"))

    def test_two_companies(self):
        other = self.second_company()["company"]
        move = self.invoice(self.acme, 50, overdue=5, company=other)
        self.cashier.company_ids = [Command.link(other.id)]
        request = self.Request.create(
            {
                "account_id": self.account(self.acme, other).id,
                "user_id": self.cashier.id,
                "line_ids": [Command.create({"move_line_id": self.items(move).id})],
            }
        )
        with self.assertRaises(AccessError):
            request.with_user(self.bookkeeper).read(["name"])
        with self.assertRaisesRegex(ValidationError, "is in"):
            self.Request.create(
                {
                    "account_id": self.account(self.acme).id,
                    "line_ids": [Command.create({"move_line_id": self.items(move).id})],
                }
            )
