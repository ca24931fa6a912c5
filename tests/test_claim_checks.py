from odoo.exceptions import UserError
from odoo.tests import tagged

from .claim_common import ClaimCommon


@tagged("post_install", "-at_install")
class TestClaimChecks(ClaimCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.cashier = cls.member("billing", "cashier")
        cls.company.collection_request_user_id = cls.cashier
        cls.group = cls.customer("Holding")
        cls.acme.parent_id = cls.group
        cls.sister = cls.customer("Sister Inc.", parent_id=cls.group.id)
        cls.move = cls.invoice(cls.acme, 1800, overdue=20)
        cls.Check = cls.env["collection.application.check"]

    def checks(self, *kinds):
        """(check, document) of what is listed for the customers of this test."""
        self.Account._refresh_touched()
        self.env.flush_all()
        self.Check.invalidate_model()
        found = self.Check.search([("company_id", "=", self.company.id)])
        return found.filtered(lambda check: not kinds or check.kind in kinds)

    def listed(self):
        return sorted((check.kind, check.document) for check in self.checks())

    def test_nothing_odd_nothing_listed(self):
        self.invoice(self.sister, 100, overdue=5)
        self.pay(self.invoice(self.sister, 70, overdue=5))
        self.unapplied(self.customer("Owes Nothing"), 55)
        self.money(self.unapplied(self.acme, 20)).collection_reserved = True
        self.assertFalse(self.listed())

    def test_each_kind_once(self):
        on_account = self.unapplied(self.acme, 500)
        unknown = self.entry(None, -321)
        bank = self.env["account.bank.statement.line"].create(
            {"payment_ref": "Wire of nobody", "journal_id": self.bank.id, "amount": 99, "date": self.day(-1)}
        )
        note = self.credit(self.acme, 50)
        over = self.unapplied(self.acme, 140)
        self.apply(over, self.invoice(self.acme, 100, overdue=3))
        self.pay(self.invoice(self.acme, 300, overdue=3), 290)
        for_sister = self.unapplied(self.acme, 444)
        sisters = self.invoice(self.sister, 444, overdue=3)
        crossed = self.unapplied(self.sister, 61)
        self.apply(crossed, self.invoice(self.acme, 61, overdue=3))
        paid = self.pay(self.invoice(self.acme, 71, overdue=3))
        paid.action_draft()
        paid.action_cancel()
        short = self.checks("short")
        self.assertEqual(
            self.listed(),
            sorted(
                [
                    ("on_account", on_account.move_id.name),
                    ("unidentified", unknown.name),
                    ("unidentified", "Wire of nobody"),
                    ("credit", note.name),
                    ("over", over.move_id.name),
                    ("short", short.document),
                    ("sibling", for_sister.move_id.name),
                    ("crossed", crossed.move_id.name),
                    ("bounced", paid.name),
                ]
            ),
        )
        self.assertEqual((short.amount_currency, short.partner_id), (10, self.acme))
        sibling = self.checks("sibling")
        self.assertEqual((sibling.other_partner_id, sibling.other_document), (self.sister, sisters.name))
        crossed = self.checks("crossed")
        self.assertEqual((crossed.partner_id, crossed.other_partner_id), (self.sister, self.acme))
        self.assertEqual(self.checks().filtered("statement_line_id").statement_line_id, bank)

    def test_paid_twice_within_the_days(self):
        self.apply(self.unapplied(self.acme, 250, date=self.day(-10)), self.invoice(self.acme, 250, overdue=3))
        twice = self.unapplied(self.acme, 250)
        self.assertEqual(self.listed(), [("duplicate", twice.move_id.name)])
        self.company.collection_duplicate_days = 9
        self.assertEqual(self.listed(), [("on_account", twice.move_id.name)])

    def test_matched_with_a_draft(self):
        payment = self.pay(self.move)
        payment.move_id.button_draft()
        self.assertIn(("unposted", self.move.name), self.listed())

    def test_two_currencies_are_told_apart(self):
        euro = self.foreign_currency()
        self.unapplied(self.acme, 30, currency_id=euro.id)
        self.assertFalse(self.listed(), "Nothing is owed in that currency")
        self.invoice(self.acme, 90, overdue=3, currency=euro)
        check = self.checks()
        self.assertEqual((check.kind, check.amount_currency, check.amount), ("on_account", 30, 60))

    # ------------------------------------------------------------------
    # Proposals
    # ------------------------------------------------------------------

    def test_request_for_what_fits(self):
        other = self.invoice(self.acme, 700, overdue=3)
        self.invoice(self.acme, 350, overdue=30)
        payment = self.unapplied(self.acme, 2500)
        check = self.checks("on_account")
        action = check.action_request()
        request = self.Request.browse(action["res_id"])
        self.assertEqual(request.line_ids.move_id, self.move | other)
        self.assertEqual(request.credit_line_ids, self.money(payment))
        self.assertEqual(self.checks("on_account").request_id, request)
        self.assertEqual(check.action_request()["res_id"], request.id, "Asked for once")
        request.with_user(self.cashier).action_apply()
        self.assertFalse(self.checks("on_account"))
        self.assertEqual(request.state, "done")

    def test_request_for_the_sister(self):
        payment = self.unapplied(self.acme, 444)
        sisters = self.invoice(self.sister, 444, overdue=3)
        request = self.Request.browse(self.checks("sibling").action_request()["res_id"])
        self.assertEqual((request.partner_id, request.line_ids.move_id), (self.sister, sisters))
        request.with_user(self.cashier).action_apply()
        self.assertTrue(self.money(payment).reconciled)
        self.assertEqual(self.listed(), [("crossed", payment.move_id.name)])

    def test_unknown_payer_by_the_only_item_of_that_amount(self):
        entry = self.entry(None, -1800)
        request = self.Request.browse(self.checks("unidentified").action_request()["res_id"])
        self.assertEqual((request.partner_id, request.credit_line_ids), (self.acme, self.items(entry)))
        self.entry(None, -1799)
        with self.assertRaisesRegex(UserError, "No open items"):
            self.checks("unidentified").filtered(lambda check: check.amount == 1799).action_request()
        self.invoice(self.sister, 1799, overdue=1)
        self.invoice(self.sister, 1799, overdue=1)
        with self.assertRaisesRegex(UserError, "Several"):
            self.checks("unidentified").filtered(lambda check: check.amount == 1799).action_request()

    def test_several_at_once(self):
        self.unapplied(self.acme, 500)
        self.credit(self.acme, 50)
        action = self.checks().action_request()
        self.assertEqual(len(self.Request.search(action["domain"])), 2)

    def test_short_payment_is_disputed(self):
        self.pay(self.invoice(self.acme, 300, overdue=3), 290)
        check = self.checks("short")
        action = check.action_dispute()
        self.assertEqual(action["context"]["dispute_item_ids"], check.move_line_id.ids)
        with self.assertRaisesRegex(UserError, "no money"):
            check.action_request()

    def test_reviewed_until_the_amount_changes(self):
        payment = self.unapplied(self.acme, 500)
        self.checks().with_user(self.member("collector")).action_review()
        self.assertFalse(self.listed())
        self.apply(payment, self.invoice(self.acme, 100, overdue=3))
        self.assertEqual(self.listed(), [("over", payment.move_id.name)])

    def test_two_companies(self):
        other = self.second_company()["company"]
        self.invoice(self.acme, 100, overdue=3, company=other)
        receivable = other.partner_id.with_company(other).property_account_receivable_id
        incomes = [("account_type", "=", "income"), ("company_ids", "in", other.ids)]
        income = self.env["account.account"].with_company(other).search(incomes, limit=1)
        self.entry(self.acme, -40, company=other, account=receivable, counterpart=income)
        both = self.Check.with_context(allowed_company_ids=[self.company.id, other.id])
        self.assertEqual(both.search([("company_id", "=", other.id)]).company_id, other)
        one = self.member("collector")
        self.assertFalse(self.Check.with_user(one).search([("company_id", "=", other.id)]))

    def test_list_takes_one_query(self):
        for amount in range(30):
            self.unapplied(self.acme, 500 + amount)
        self.checks()
        self.env.invalidate_all()
        with self.assertQueryCount(6):
            self.Check.search_fetch([], ["kind", "document", "amount_currency", "request_id", "is_applicable"])
