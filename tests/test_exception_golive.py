from odoo.tests import tagged

from .golive_common import GoliveCommon

HEADER = "type,customer,sales_partner,invoice,date_from,date_to,detail,days,amount,instruction"


@tagged("post_install", "-at_install")
class TestExceptionGolive(GoliveCommon):
    """Special exceptions of the former system: nothing lowers the pressure until another manager has approved it."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.move = cls.invoice(cls.acme, 100, overdue=5)
        cls.account(cls.acme)
        cls.ann = cls.contact(cls.acme, email="ap@example.com")
        cls.acme.collection_ap_contact_id = cls.ann
        cls.seller = cls.env["res.partner"].create({"name": "Gulf Dealers", "is_sales_partner": True})

    def test_all_kinds(self):
        lines = [
            HEADER,
            "Send only to A/P,Acme Corp.,,,2026-01-01,,,,,Contract",
            'Pay-run calendar,Acme Corp.,,,2026-01-01,,"10, 25",,,',
            f"grace,,,{self.move.name},2026-01-01,2026-12-31,,5,,",
            "Amount tolerance,,Gulf Dealers,,2026-01-01,,,,50,",
            "PO or POD copy mandatory,Acme Corp.,,,2026-01-01,,POD,,,",
        ]
        self.bring_in("exception", lines)
        found = {each.effect: each for each in self.env["collection.exception"].search([])}
        self.assertEqual(set(found), {"ap_only", "pay_run", "grace", "tolerance", "document_copy"})
        self.assertEqual({each.state for each in found.values()}, {"proposed"})
        self.assertEqual({each.effect for each in found.values() if each.is_acting}, {"ap_only"})
        self.assertEqual((found["grace"].move_id, found["grace"].days), (self.move, 5))
        self.assertEqual((found["tolerance"].sales_partner_id, found["tolerance"].amount), (self.seller, 50))
        self.assertEqual(found["document_copy"].document_kind, "pod")
        self.assertEqual(found["pay_run"].approval_ids.requester_id, self.manager)
        self.assertTrue(found["pay_run"].golive_id)
        again = self.check("exception", lines)
        self.assertCounts(again, same=5)
        other = self.member("manager", "another")
        found["pay_run"].with_user(other).action_approve()
        self.assertEqual(found["pay_run"]._next_pay_runs({self.today})[self.today], self.day(7))

    def test_errors_by_line(self):
        wizard = self.check(
            "exception",
            [
                HEADER,
                "Discount,Acme Corp.,,,2026-01-01,,,,,",
                "grace,,,,2026-01-01,,,5,,",
                "grace,Acme Corp.,Gulf Dealers,,2026-01-01,,,5,,",
                "grace,Acme Corp.,,,2026-01-01,,,,,",
                "never_contact,Acme Corp.,,,2026-01-01,,nobody@example.com,,,",
                "Pay-run calendar,Acme Corp.,,,2026-01-01,,soon,,,",
                "grace,,,INV/1,2026-01-01,,,5,,",
                "hold,Acme Corp.,,,2026-01-01,2026-01-31,,,,",
            ],
        )
        for line, words in (
            (2, "No type"),
            (3, "Give one of these"),
            (4, "Give one of these"),
            (5, "extra days"),
            (6, "not one of"),
            (7, "pay runs"),
            (8, "found 0 times"),
            (9, "ended already"),
        ):
            self.assertProblem(wizard, line, words)
        self.assertCounts(wizard, errors=8)
