from datetime import timedelta

from odoo import Command, models
from odoo.fields import Domain

from . import plan

# What stands open beside the invoices. Days are counted back from today; customers by the end of their XML id.
# Credit notes: days, customer, goods, quantity, why.
CREDIT_NOTES = (
    (44, "garrison", "storage", 1, "Goodwill for late delivery"),
    (33, "biscayne", "desk", 1, "Returned, not ordered"),
    (21, "lone_star", "table", 1, "Price as agreed in the quotation"),
    (17, "belleville", "chair", 3, "Wrong colour delivered"),
    (12, "kendall", "chair", 6, "Damaged in transit"),
)
# The same, matched with the customer's oldest item.
APPLIED_CREDIT_NOTES = (
    (7, "ashdown", "storage", 2, "Short delivery"),
    (6, "pacific", "chair", 1, "Damaged in transit"),
    (5, "saguaro", "sofa", 1, "Price as agreed in the quotation"),
    (3, "meridian_gulf", "desk", 2, "Short delivery"),
)
# Payments that nobody could apply: days, customer, amount in the customer's currency.
UNAPPLIED = (
    (20, "sumida", 4_150.00),
    (15, "woodward", 1_275.40),
    (11, "spreeufer", 2_380.00),
    (9, "tidewater", 640.00),
    (6, "saguaro", 9_500.00),
    (4, "meridian", 15_000.00),
)
# Paid in advance for orders to come: reserved, not to be used for what is open.
DEPOSITS = ((48, "waikiki", 12_000.00), (30, "hill_country", 5_000.00))
# Receipts whose payer is not known: days, amount, bank's text.
UNIDENTIFIED = (
    (12, 1_180.00, "Incoming wire, no reference"),
    (3, 4_275.50, "Lockbox deposit 88213, remitter illegible"),
)
# Balances taken over from the system before: days since due, contact they were booked on, amount.
OPENING = ((231, "partner_magnolia", 925.00), (208, "contact_cuyahoga", 1_840.00))
# Registered, but not yet in the bank: days, customer.
ON_ITS_WAY = ((2, "puget"), (1, "gateway"))
# Paused by hand: days since, customer, number of items, days to come, why.
HOLDS = (
    (25, "ashdown", 1, -6, "Customer waits for a copy of the carrier's waybill"),
    (20, "puget", 1, -8, "New contact in accounts payable, needs a week to settle in"),
    (6, "meridian_gulf", 1, 9, "Head office in Orlando checks the tax line"),
    (5, "saguaro", 1, 4, "Controller is on leave; payment run promised for her return"),
    (4, "lone_star", 1, 6, "Waiting for the signed proof of delivery from our carrier"),
    (2, "wabash", 1, 12, "School board approves the invoice at its next meeting"),
    (1, "chamberi", 1, 6, "Copy of the invoice in Spanish was sent again"),
)
NO_FOLLOW_UP = ((14, "aurora"), (8, "mile_high"))


class CollectionDemo(models.AbstractModel):
    """What makes receivables interesting: credits, deposits, receipts from nobody, holds."""

    _inherit = "collection.demo"

    def _add_cases(self, today, after, until):
        """Book what came up after one day and up to another, so that each day's ledger is the one of that day."""

        def new(rows):
            return [
                (self._days_ago(today, row[0]), *row[1:])
                for row in rows
                if after < self._days_ago(today, row[0]) <= until
            ]

        self._credit(new(CREDIT_NOTES))
        self._match_with_oldest(self._credit(new(APPLIED_CREDIT_NOTES)))
        self._receive_unapplied(new(UNAPPLIED))
        self._receivable_lines(self._receive_unapplied(new(DEPOSITS)).move_id).collection_reserved = True
        self._book_entries(new(UNIDENTIFIED), new(OPENING))
        self._send_money_on_its_way(new(ON_ITS_WAY))
        self._hold_items(new(HOLDS), today)
        for _day, name in new(NO_FOLLOW_UP):
            self._open_items(name)[:1].no_followup = True

    def _days_ago(self, today, days):
        return plan.business_day(today - timedelta(days=days), step=-1)

    def _open_items(self, name):
        return self._items_of(self._customer(name))

    def _items_of(self, customer):
        """The customer's open debit items, the oldest first."""
        Line = self.env["account.move.line"]
        return Line.search(
            Line._collection_open_domain(self.env.company)
            & Domain("partner_id.commercial_partner_id", "=", customer.commercial_partner_id.id)
            & Domain("amount_residual", ">", 0),
            order="date_maturity, id",
        )

    def _currency(self, name):
        return self.env.ref("base.EUR" if name in plan.EURO_CUSTOMERS else "base.USD")

    def _credit(self, rows):
        """Post credit notes; returns them."""
        vals_list = []
        for day, name, product, quantity, why in rows:
            price = round(plan.GOODS[product] * (plan.EURO_PRICE if name in plan.EURO_CUSTOMERS else 1), 2)
            credit = plan.Sale(name, day, [plan.OrderLine(product, quantity, price)], why, [], 1)
            vals_list.append(self._prepare_invoice_vals(credit, move_type="out_refund", invoice_payment_term_id=False))
        notes = self.env["account.move"].create(vals_list)
        notes.action_post()
        notes.is_move_sent = True
        return notes

    def _match_with_oldest(self, notes):
        self.env["account.move.line"]._reconcile_plan(
            [self._items_of(note.partner_id)[:1] + self._receivable_lines(note) for note in notes]
        )

    def _receive_unapplied(self, rows):
        return self._pay([(self._customer(name), day, self._currency(name), amount) for day, name, amount in rows])

    def _book_entries(self, unidentified, opening):
        """Entries without an invoice: receipts from an unknown payer, and opening balances."""
        Journal, Account = self.env["account.journal"], self.env["account.account"]
        company = self.env.company
        bank = Journal.search([("type", "=", "bank"), ("company_id", "=", company.id)], limit=1)
        general = Journal.search([("type", "=", "general"), ("company_id", "=", company.id)], limit=1)
        equity = Account.search(
            [("account_type", "=", "equity_unaffected"), ("company_ids", "in", company.ids)], limit=1
        )
        receivable = company.partner_id.property_account_receivable_id
        nobody = self.env["res.partner"]
        vals_list = [
            self._prepare_entry_vals(bank, day, bank.default_account_id, receivable, amount, text, nobody)
            for day, amount, text in unidentified
        ] + [
            self._prepare_entry_vals(general, day, receivable, equity, amount, "Opening balance", self._ref(contact))
            for day, contact, amount in opening
        ]
        entries = self.env["account.move"].create(vals_list)
        entries.action_post()
        # Odoo leaves general entries out of follow-ups; these are invoices of the system before.
        entries.line_ids.filtered(lambda line: line.account_id == receivable and line.balance > 0).no_followup = False

    def _prepare_entry_vals(self, journal, date, debit, credit, amount, text, partner):
        def line(account, balance):
            return Command.create(
                {
                    "account_id": account.id,
                    "balance": balance,
                    "name": text,
                    "partner_id": partner.id,
                    "date_maturity": date,
                }
            )

        return {
            "move_type": "entry",
            "journal_id": journal.id,
            "date": date,
            "ref": text,
            "line_ids": [line(debit, amount), line(credit, -amount)],
        }

    def _send_money_on_its_way(self, rows):
        """Payments that are registered without a journal entry, as Odoo does where the bank line makes it."""
        for day, name in rows:
            item = self._open_items(name)[:1]
            payment = self.env["account.payment"].create(
                {
                    "payment_type": "inbound",
                    "partner_type": "customer",
                    "partner_id": self._customer(name).id,
                    "date": day,
                    "currency_id": item.currency_id.id,
                    "amount": item.amount_residual_currency,
                    "memo": f"ACH for {item.move_id.name}",
                    "invoice_ids": [Command.set(item.move_id.ids)],
                }
            )
            payment.outstanding_account_id = False
            payment.action_post()

    def _hold_items(self, rows, today):
        vals_list = []
        for day, name, count, until, why in rows:
            account = self.env["collection.account"]._for_partner(self._customer(name), self.env.company)
            overdue = self._open_items(name).filtered(lambda line, day=day: line.date_maturity < day)
            vals_list += [
                {
                    "account_id": account.id,
                    "move_line_id": item.id,
                    "amount_currency": item.amount_residual_currency,
                    "date_from": day,
                    "date_until": today + timedelta(days=until),
                    "reason": why,
                    "kind": "manual",
                    "user_id": account.collector_id.id,
                }
                for item in overdue[:count]
            ]
        self.env["collection.hold"]._unguarded().create(vals_list)
