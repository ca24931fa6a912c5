from odoo.tests import tagged
from odoo.tools import SQL

from .common import CollectionsCommon


@tagged("post_install", "-at_install")
class TestLedgerOpenItems(CollectionsCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.acme = cls.customer()

    def _open(self, company=None):
        """Open items by the domain, after checking that the SQL condition selects the same."""
        Line = self.env["account.move.line"]
        company = company or self.company
        lines = Line.search(Line._collection_open_domain(company))
        rows = self.env.execute_query(
            SQL(
                "SELECT l.id FROM account_move_line l WHERE l.company_id = %s AND %s",
                company.id,
                Line._collection_open_condition(),
            )
        )
        self.assertEqual({row[0] for row in rows}, set(lines.ids), "Domain and SQL condition differ")
        return lines

    # ------------------------------------------------------------------
    # What is an open item
    # ------------------------------------------------------------------

    def test_each_instalment_is_an_item(self):
        invoice = self.instalments(self.acme, [(40, 31), (35, 1), (25, -5)])
        self.assertEqual(self._open(), self.items(invoice))
        self.assertEqual(self.items(invoice).mapped("amount_residual"), [40, 35, 25])
        self.pay(invoice, 50)
        self.assertEqual(self._open().sorted("date_maturity").mapped("amount_residual"), [25, 25])

    def test_credits_and_unapplied_payments_are_items(self):
        credit = self.credit(self.acme, 30)
        payment = self.unapplied(self.acme, 20)
        self.assertEqual(self._open(), self.items(credit) | self.items(payment.move_id))

    def test_manual_entries_and_opening_balances_are_items(self):
        entry = self.entry(self.contact(self.acme), 70, overdue=3)
        equity = self.env["account.account"].search([("account_type", "=", "equity")], limit=1)
        opening = self.entry(self.acme, 500, overdue=200, counterpart=equity)
        self.assertTrue(all(self.items(opening | entry).mapped("no_followup")), "Odoo sets it on general-journal lines")
        self.assertEqual(self._open(), self.items(entry | opening))

    def test_items_without_a_partner(self):
        entry = self.entry(None, -80)
        self.assertEqual(self._open(), self.items(entry))

    def test_non_trade_receivables_are_none(self):
        account = self.receivable.copy({"non_trade": True})
        self.entry(self.acme, 100, account=account)
        self.assertFalse(self._open())
        account.non_trade = False
        self.assertEqual(len(self._open()), 1)

    def test_payables_are_none(self):
        self.invoice(self.acme, 100, move_type="in_invoice")
        self.assertFalse(self._open())

    def test_drafts_and_cancelled_entries_are_none(self):
        draft = self.invoice(self.acme, 100, post=False)
        self.assertFalse(self._open())
        draft.action_post()
        self.assertEqual(len(self._open()), 1)
        draft.button_draft()
        self.assertFalse(self._open())
        draft.button_cancel()
        self.assertFalse(self._open())

    def test_paid_items_are_none(self):
        invoice = self.invoice(self.acme, 100, overdue=5)
        self.pay(invoice, 99.99)
        self.assertEqual(self._open().mapped("amount_residual"), [0.01])
        self.pay(invoice, 0.01)
        self.assertFalse(self._open())

    def test_foreign_currency(self):
        eur = self.foreign_currency(rate=0.5)
        item = self.items(self.invoice(self.acme, 100, currency=eur))
        self.assertEqual(self._open(), item)
        self.assertEqual((item.amount_residual, item.amount_residual_currency), (200, 100))

    def test_future_dated(self):
        invoice = self.invoice(self.acme, 100, overdue=-60, invoice_date=self.day(30))
        self.assertEqual(self._open(), self.items(invoice))

    def test_other_companies_items_are_theirs(self):
        other = self.second_company()["company"]
        mine = self.invoice(self.acme, 100)
        theirs = self.invoice(self.acme, 55, company=other)
        self.assertEqual(self._open(), self.items(mine))
        self.assertEqual(self._open(other), self.items(theirs))
        Line = self.env["account.move.line"]
        self.assertEqual(Line.search(Line._collection_open_domain(self.company | other)), self.items(mine | theirs))

    def test_archived_customers_and_accounts_count(self):
        invoice = self.invoice(self.acme, 100, overdue=1)
        self.assertEqual(self._open(), self.items(invoice))
        self.receivable.active = False
        self.acme.active = False
        self.assertEqual(self._open(), self.items(invoice))

    def test_no_receivable_account_at_all(self):
        self.receivable.search([("account_type", "=", "asset_receivable")]).non_trade = True
        self.assertFalse(self._open())

    # ------------------------------------------------------------------
    # Cash
    # ------------------------------------------------------------------

    def _cash(self, move):
        """(amount, amount in the item's currency) of the cash that closed a document's items."""
        self.env.flush_all()
        rows = self.env.execute_query_dict(
            SQL(
                "SELECT amount, amount_currency FROM (%s) cash",
                self.env["account.partial.reconcile"]._collection_cash_query(SQL("debit.move_id = %s", move.id)),
            )
        )
        return [(float(row["amount"]), float(row["amount_currency"])) for row in rows]

    def test_payment_is_cash(self):
        invoice = self.invoice(self.acme, 100)
        self.pay(invoice, 60)
        self.assertEqual(self._cash(invoice), [(60, 60)])

    def test_bank_line_is_cash(self):
        invoice = self.invoice(self.acme, 100)
        self.bank_line(invoice, 70)
        self.assertEqual(self._cash(invoice), [(70, 70)])

    def test_credit_note_is_no_cash(self):
        invoice = self.invoice(self.acme, 100)
        credit = self.credit(self.acme, 40)
        self.items(invoice | credit).reconcile()
        self.assertEqual(self._cash(invoice), [])

    def test_write_off_is_no_cash(self):
        invoice = self.invoice(self.acme, 100)
        write_off = self.entry(self.acme, -100, counterpart=self.company_data["default_account_expense"])
        self.items(invoice | write_off).reconcile()
        self.assertEqual(self._cash(invoice), [])

    def test_payment_with_write_off_counts_the_money(self):
        invoice = self.invoice(self.acme, 100)
        self.pay(
            invoice,
            98,
            payment_difference_handling="reconcile",
            writeoff_account_id=self.company_data["default_account_expense"].id,
        )
        self.assertTrue(self.items(invoice).reconciled)
        self.assertEqual(self._cash(invoice), [(98, 98)])

    def test_match_with_a_draft_is_no_cash(self):
        invoice = self.invoice(self.acme, 100)
        payment = self.pay(invoice, 100)
        self.assertEqual(self._cash(invoice), [(100, 100)])
        payment.action_draft()
        self.assertEqual(self._cash(invoice), [])

    def test_rejected_payment_is_no_cash(self):
        invoice = self.invoice(self.acme, 100)
        payment = self.pay(invoice, 100)
        payment.action_reject()
        self.assertEqual((payment.move_id.state, self._cash(invoice)), ("posted", []))
        payment.state = "in_process"
        self.assertEqual(self._cash(invoice), [(100, 100)])
        payment.action_cancel()
        self.assertEqual(self._cash(invoice), [])

    def test_cash_in_foreign_currency(self):
        eur = self.foreign_currency(rate=0.5)
        invoice = self.invoice(self.acme, 100, currency=eur)
        self.pay(invoice, 30, currency_id=eur.id)
        self.assertEqual(self._cash(invoice), [(60, 30)])

    def test_cash_of_a_payment_spread_over_two_invoices(self):
        one, two = self.invoice(self.acme, 100, overdue=9), self.invoice(self.acme, 50, overdue=3)
        self.pay(one | two, 120, group_payment=True)
        self.assertEqual([self._cash(one), self._cash(two)], [[(100, 100)], [(20, 20)]])
