import base64
from io import BytesIO

from openpyxl import Workbook

from odoo import Command
from odoo.exceptions import AccessError, UserError
from odoo.tests import tagged

from .common import CollectionsCommon


@tagged("post_install", "-at_install")
class TestStatementReview(CollectionsCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.Review = cls.env["collection.statement.review"]
        cls.acme = cls.customer()
        cls.one, cls.two, cls.three, cls.four = (
            cls.invoice(cls.acme, amount, overdue=overdue)
            for amount, overdue in ((1000, 40), (200, 30), (300, 20), (44, 10))
        )
        cls.pay(cls.three)
        cls.collector = cls.member("collector")

    def review(self, text=None, user=None, partner=None, **vals):
        account = self.account(partner or self.acme)
        vals = {"account_id": account.id, "text": text, **vals}
        return self.Review.with_user(user or self.collector).create(vals)

    def compared(self, *lines, **vals):
        review = self.review("\n".join(lines), **vals)
        review.action_compare()
        return review

    def results(self, review):
        return [(line.result, line.move_id.name, line.amount_theirs, line.amount_ours) for line in review.line_ids]

    def test_each_result(self):
        review = self.compared(
            f"{self.one.name} 1,000.00",
            f"{self.two.name} 150.00",
            f"{self.three.name} 300.00",
            "X-77123 50.00",
            "no number 9.00",
        )
        self.assertEqual(
            self.results(review),
            [
                ("matched", self.one.name, 1000, 1000),
                ("amount_differs", self.two.name, 150, 200),
                ("paid", self.three.name, 300, 0),
                ("missing_here", False, 50, 0),
                ("missing_there", self.four.name, 0, 44),
            ],
        )
        self.assertEqual((review.amount_theirs, review.amount_ours, review.amount_difference), (1500, 1244, 256))
        self.assertEqual(sum(review.line_ids.mapped("amount_difference")), 256)
        self.assertEqual([(each.number, each.reason) for each in review.unread_ids], [(5, "no_reference")])
        self.assertEqual((review.difference_count, review.todo_count), (4, 4))

    def test_what_was_open_on_its_day(self):
        self.pay(self.one, payment_date=self.day(0))
        before = self.compared(f"{self.one.name} 1,000.00", date=self.day(-1))
        self.assertEqual(before.line_ids[0].result, "matched")
        self.assertEqual(self.compared(f"{self.one.name} 1,000.00").line_ids[0].result, "paid")
        with self.assertRaises(UserError):
            self.compared("A1 1.00", date=self.day(1))

    def test_two_lines_about_one_document(self):
        review = self.compared(f"{self.one.name} 1,200.00", f"{self.one.name} -200.00")
        self.assertEqual(
            self.results(review)[:2], [("matched", self.one.name, 1200, 1000), ("matched", self.one.name, -200, 0)]
        )
        self.assertEqual(review.line_ids[1].remark, "With lines 1, 2")

    def test_only_a_hint(self):
        review = self.compared("ZZ-1 44.00")
        line = review.line_ids[0]
        self.assertEqual((line.result, line.remark), ("missing_here", f"{self.four.name} is open with the same amount"))

    def test_another_currency_and_another_company(self):
        eur = self.foreign_currency("EUR", 0.5)
        euros = self.invoice(self.acme, 70, overdue=5, currency=eur)
        other = self.second_company()["company"]
        self.invoice(self.acme, 70, company=other)
        self.assertNotIn(euros, self.compared(f"{self.one.name} 1000.00").line_ids.move_id)
        review = self.compared(f"{euros.name} 70,00", currency_id=eur.id)
        self.assertEqual(self.results(review), [("matched", euros.name, 70, 70)])

    def test_files(self):
        book = Workbook()
        book.active.append(["Invoice", "Date", "Open"])
        book.active.append([self.one.name, self.day(-1), 1000.0])
        book.active.append([])
        book.active.append([self.two.name, self.day(-1), "n/a"])
        output = BytesIO()
        book.save(output)
        csv = f'Invoice,Date,Open\n{self.one.name},03/17/2026,"1,000.00"\n'.encode()
        for name, content in (("list.xlsx", output.getvalue()), ("list.csv", csv)):
            review = self.review(file=base64.b64encode(content), file_name=name)
            review.action_compare()
            self.assertEqual(review.line_ids[0].result, "matched", name)
            self.assertEqual(review.line_ids[0].their_date, self.day(-1))
        first = self.Review.search([("file_name", "=", "list.xlsx")])
        self.assertEqual([(each.number, each.reason) for each in first.unread_ids], [(4, "bad_amount")])
        with self.assertRaises(UserError):
            self.review(file=base64.b64encode(b"%PDF-1.4 scan"), file_name="a.pdf").action_compare()
        with self.assertRaises(UserError):
            self.review(" ").action_compare()

    def test_card_numbers_are_refused(self):
        with self.assertRaises(UserError):
            self.review(file=base64.b64encode(b"A1 1.00 4111 1111 1111 1111"), file_name="a.txt").action_compare()

    def test_settling(self):
        review = self.compared(f"{self.one.name} 600.00")
        one, two, four = review.line_ids
        with self.assertRaises(UserError):
            review.action_sign()
        two.action_send()
        self.assertEqual((two.sending_id.move_ids, two.is_settled, two.can_send), (self.two, True, False))
        action = one.action_dispute()
        dialog = self.env["collection.dispute.open"].with_user(self.collector).with_context(**action["context"])
        self.assertEqual(dialog.default_get(["part", "amount"]), {"part": "amount", "amount": 400})
        dispute = (
            self.env["collection.dispute"]
            .with_user(self.collector)
            .with_context(**action["context"])
            .create(
                {
                    "account_id": review.account_id.id,
                    "reason_id": self.env.ref("account_collections.dispute_reason_pricing").id,
                    "line_ids": [Command.create({"move_line_id": self.items(self.one).id, "amount_currency": 400})],
                }
            )
        )
        self.assertEqual(one.dispute_id, dispute)
        context = four.action_claim()["context"]
        claim = (
            self.env["collection.claim"]
            .with_user(self.collector)
            .with_context(**context)
            .create(
                {
                    "account_id": review.account_id.id,
                    "amount_currency": 44,
                    "line_ids": [Command.create({"move_line_id": self.items(self.four).id})],
                }
            )
        )
        self.assertEqual(four.claim_id, claim)
        review.action_sign()
        self.assertEqual((review.state, review.signed_by_id), ("signed", self.collector))

    def test_an_explanation_settles_too(self):
        review = self.compared(f"{self.one.name} 1000.00", f"{self.two.name} 200.00")
        review.line_ids[2].explanation = "  "
        self.assertEqual(review.todo_count, 1)
        review.line_ids[2].explanation = "Not due yet"
        self.assertEqual(review.todo_count, 0)

    def test_a_case_of_another_customer_is_not_linked(self):
        review = self.compared(f"{self.one.name} 600.00")
        other = self.invoice(self.customer("Other Inc."), 50, overdue=3)
        claim = (
            self.env["collection.claim"]
            .with_context(collection_review_line_id=review.line_ids[0].id)
            .create({"account_id": self.account(other.partner_id).id, "amount_currency": 50})
        )
        self.assertTrue(claim)
        self.assertFalse(review.line_ids.claim_id)

    def test_signed_is_kept_and_managers_open_again(self):
        review = self.compared(f"{self.one.name} 1000.00", f"{self.two.name} 200.00", f"{self.four.name} 44.00")
        review.action_sign()
        for change in (
            lambda: review.write({"note": "x"}),
            lambda: review.line_ids[0].write({"explanation": "x"}),
            review.action_compare,
            review.action_start_over,
            review.unlink,
            review.line_ids[0].action_send,
        ):
            with self.assertRaises(UserError):
                change()
        with self.assertRaises(AccessError):
            review.action_reopen()
        review.with_user(self.member("manager")).action_reopen()
        self.assertEqual((review.state, review.signed_by_id.id), ("compared", False))

    def test_what_nobody_may_forge(self):
        review = self.compared(f"{self.one.name} 600.00")
        for record, vals in (
            (review, {"state": "signed"}),
            (review, {"signed_by_id": self.collector.id}),
            (review, {"amount_theirs": 1}),
            (review.line_ids[0], {"result": "matched"}),
            (review.line_ids[0], {"amount_ours": 1}),
        ):
            with self.assertRaises(AccessError):
                record.write(vals)
        with self.assertRaises(UserError):
            review.write({"text": "other"})
        with self.assertRaises(UserError):
            review.unlink()
        self.review("A1 1.00").unlink()

    def test_starting_over(self):
        review = self.compared(f"{self.one.name} 600.00")
        review.action_start_over()
        self.assertFalse(review.line_ids)
        review.write({"text": f"{self.one.name} 1000.00"})
        review.action_compare()
        self.assertEqual(review.line_ids[0].result, "matched")
        review.line_ids[1].action_send()
        with self.assertRaises(UserError):
            review.action_start_over()

    def test_access(self):
        review = self.compared(f"{self.one.name} 600.00")
        auditor = self.member("auditor")
        self.assertEqual(len(review.with_user(auditor).line_ids), 3)
        with self.assertRaises(AccessError):
            review.with_user(auditor).action_sign()
        for role in ("resolver", "employee"):
            with self.assertRaises(AccessError):
                review.with_user(self.member(role)).read(["name"])
        self.account(self.acme).collector_id = self.member("collector", "other")
        self.company.collection_see_all = False
        self.env.invalidate_all()
        with self.assertRaises(AccessError):
            review.with_user(self.collector).read(["name"])
        with self.assertRaises(AccessError):
            self.review("A1 1.00")

    def test_lines_are_edited_within_the_review(self):
        review = self.compared(f"{self.one.name} 600.00")
        line = review.line_ids[0]
        review.write({"line_ids": [Command.update(line.id, {"explanation": "Agreed"})]})
        self.assertEqual(line.explanation, "Agreed")
        for command in (
            Command.create({"result": "matched"}),
            Command.update(line.id, {"result": "matched"}),
            Command.delete(line.id),
        ):
            with self.assertRaises(AccessError):
                review.write({"line_ids": [command]})
