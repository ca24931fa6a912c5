from odoo.tests import tagged
from odoo.tools import SQL

from .common import CollectionsCommon


@tagged("post_install", "-at_install")
class TestLedgerAsOf(CollectionsCommon):
    """A part of the ledger as of a date is what the whole says of that part, and adds up to its journal items."""

    def rows(self, days, where=None):
        self.env.flush_all()
        query = self.env["account.move.line"]._collection_as_of_query(self.day(days), (self.company.id,), where)
        names = SQL("id, contact_id, amount_total, amount_residual_currency, is_reserved, unposted_move_id")
        return set(self.env.execute_query(SQL("SELECT %s FROM (%s) q", names, query)))

    def test_a_part_equals_the_whole(self):
        acme, beta = self.customer(), self.customer("Beta Ltd.")
        euro = self.foreign_currency()
        for partner in (acme, beta):
            self.pay(self.invoice(partner, 1000, overdue=70), 400, payment_date=self.day(-45))
            self.pay(self.invoice(partner, 500, overdue=10), 500, payment_date=self.day(-3))
            self.credit(partner, 75, overdue=20, reserved=True)
            self.invoice(partner, 200, overdue=15, currency=euro)
            self.pay(self.invoice(partner, 60, overdue=5), 60, payment_date=self.day(-2)).action_draft()
        for days in (0, -2, -3, -4, -45, -46, -101):
            with self.subTest(days=days):
                whole = self.rows(days)
                part = self.rows(days, SQL("l.partner_id = %s", acme.id))
                self.assertEqual(part, {row for row in whole if row[1] == acme.id})
                lines = self.env["account.move.line"].search(
                    [
                        *(("partner_id", "=", acme.id), ("account_type", "=", "asset_receivable")),
                        *(("parent_state", "=", "posted"), ("date", "<=", self.day(days))),
                    ]
                )
                self.assertAlmostEqual(sum(float(row[2]) for row in part), sum(lines.mapped("balance")), 2)
