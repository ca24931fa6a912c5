import time

from odoo.tests import tagged

from .claim_common import ClaimCommon


@tagged("post_install", "-at_install")
class TestClaimSearch(ClaimCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.group = cls.customer("Holding")
        cls.acme.parent_id = cls.group
        cls.sister = cls.customer("Sister Inc.", parent_id=cls.group.id)
        cls.stranger = cls.customer("Stranger Ltd.")
        cls.move = cls.invoice(cls.acme, 1800, overdue=20)

    def test_exact_then_the_group_then_what_adds_up(self):
        first, second = self.unapplied(self.acme, 1000), self.unapplied(self.acme, 800)
        sisters = self.unapplied(self.sister, 1800)
        exact = self.unapplied(self.acme, 1800)
        self.unapplied(self.stranger, 1800)
        claim = self.claim(self.move)
        self.assertEqual(
            self.found(claim),
            [
                ("exact", exact.move_id.name),
                ("sibling", sisters.move_id.name),
                ("combination", f"{first.move_id.name} + {second.move_id.name}"),
            ],
        )
        self.assertEqual(claim.candidate_ids.mapped("is_found"), [True, False, False])
        self.assertEqual(claim.candidate_ids[2].line_ids, self.money(first) + self.money(second))

    def test_payer_groups_are_searched_too(self):
        other = self.customer("Payer's Other")
        self.env["collection.payer.group"].create({"name": "Office", "partner_ids": (self.acme | other).ids})
        payment = self.unapplied(other, 1800)
        self.assertEqual(self.found(self.claim(self.move)), [("sibling", payment.move_id.name)])

    def test_tolerance_is_the_smaller_of_the_two(self):
        for amount, rank in ((1782, "tolerance"), (1818, "tolerance"), (1781.99, None), (1818.01, None)):
            with self.subTest(amount), self.env.cr.savepoint() as savepoint:
                payment = self.unapplied(self.acme, amount)
                found = {document: kind for kind, document in self.found(self.claim(self.move))}
                self.assertEqual(found.get(payment.move_id.name), rank or "other")
                savepoint.rollback()
                self.env.invalidate_all()

    def test_reference_whatever_its_punctuation(self):
        payment = self.unapplied(self.acme, 500, memo="Check No. 00-4711")
        other = self.unapplied(self.acme, 500, memo="Check 4999")
        claim = self.claim(self.move, reference="004711")
        self.assertEqual(self.found(claim), [("reference", payment.move_id.name), ("other", other.move_id.name)])

    def test_every_place_where_money_may_be(self):
        draft = self.env["account.payment"].create(
            {"partner_id": self.acme.id, "amount": 1800, "date": self.today, "memo": "Draft"}
        )
        with self.without_entries():
            unbooked = self.unapplied(self.acme, 1800)
        bank = self.env["account.bank.statement.line"].create(
            {"payment_ref": "Wire of nobody", "journal_id": self.bank.id, "amount": 1800, "date": self.day(-1)}
        )
        note = self.credit(self.acme, 1800)
        unknown = self.entry(None, -1800)
        paid_other = self.unapplied(self.acme, 1800)
        self.apply(paid_other, self.invoice(self.acme, 1800, overdue=2))
        claim = self.claim(self.move)
        by_kind = {candidate.explanation.split(",")[0]: candidate for candidate in claim.candidate_ids}
        self.assertEqual(by_kind["Payment in draft"].payment_ids, draft)
        self.assertEqual(by_kind["Payment without an entry yet"].payment_ids, unbooked)
        self.assertEqual(by_kind["Bank line"].statement_line_ids, bank)
        self.assertEqual(by_kind["Credit note"].line_ids, self.items(note))
        self.assertEqual(by_kind["Receipt"].line_ids, self.items(unknown))
        self.assertEqual(claim.candidate_ids[-1].line_ids, self.money(paid_other), "What is applied already comes last")
        self.assertEqual(len(claim.candidate_ids), 6)
        self.assertFalse(any(claim.candidate_ids.mapped("is_found")), "Several fit: a person decides")

    def test_receipt_over_the_claimed_and_other_items(self):
        other = self.invoice(self.acme, 700, overdue=3)
        self.invoice(self.acme, 333, overdue=4)
        payment = self.unapplied(self.acme, 2500)
        candidate = self.claim(self.move).candidate_ids
        self.assertEqual((candidate.rank, candidate.document), ("5_combination", payment.move_id.name))
        self.assertEqual(candidate.item_ids, self.items(other))

    def test_reserved_money_and_strangers_are_left_out(self):
        self.money(self.unapplied(self.acme, 1800)).collection_reserved = True
        self.unapplied(self.stranger, 1800)
        self.assertFalse(self.claim(self.move).candidate_ids)

    def test_another_currency_is_never_exact(self):
        euro = self.foreign_currency()
        payment = self.unapplied(self.acme, 900, currency_id=euro.id)
        claim = self.claim(self.move)
        self.assertEqual(self.found(claim), [("tolerance", payment.move_id.name)])
        self.assertIn("in another currency", claim.candidate_ids.explanation)

    def test_other_companies_only_where_the_user_is_allowed(self):
        other = self.second_company()["company"]
        payment = (
            self.env["account.payment"]
            .with_company(other)
            .create(
                {
                    "partner_id": self.acme.id,
                    "amount": 1800,
                    "date": self.today,
                    "journal_id": self.env["account.journal"]
                    .search([("company_id", "=", other.id), ("type", "=", "bank")], limit=1)
                    .id,
                }
            )
        )
        payment.action_post()
        one = self.member("collector")
        both = self.member("collector", "both", companies=self.company | other)
        self.assertFalse(self.claim(self.move, amount=900, user=one).candidate_ids)
        claim = self.claim(self.invoice(self.acme, 1800, overdue=1), user=both)
        self.assertEqual(claim.candidate_ids.company_id, other)
        seen = self.env["collection.claim.candidate"].with_user(one).search([("claim_id", "=", claim.id)])
        self.assertFalse(seen, "Who is not allowed there sees nothing of it")

    def test_a_second_search_keeps_what_was_marked(self):
        payments = self.unapplied(self.acme, 1800) | self.unapplied(self.acme, 1800)
        claim = self.claim(self.move)
        second = claim.candidate_ids[1]
        second.action_found()
        line = second.line_ids
        claim.action_search()
        claim.action_search()
        self.assertEqual(claim.candidate_ids.filtered("is_found").line_ids, line)
        self.assertEqual(len(claim.candidate_ids), len(payments))

    def test_two_hundred_open_items_within_a_second(self):
        moves = self.env["account.move"]
        for place in range(200):
            moves |= self.invoice(self.acme, 100 + place * 7.31, overdue=place, post=False)
        moves.action_post()
        for amount in (11.11, 22.22, 33.33, 5000.01, 7777.77):
            self.unapplied(self.acme, amount)
        target = sum(self.items(moves[10] | moves[150]).mapped("amount_residual")) + 1800
        receipt = self.unapplied(self.acme, target)
        claim = self.claim(self.move)
        self.assertIn(("combination", receipt.move_id.name), self.found(claim))
        self.env.flush_all()
        self.env.invalidate_all()
        begun = time.monotonic()
        claim._find_money()
        self.env.flush_all()
        self.assertLess(time.monotonic() - begun, 1.0)
        self.env.invalidate_all()
        with self.assertQueryCount(45):
            claim._find_money()
            self.env.flush_all()
