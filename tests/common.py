"""Shared set-up: a US company in New York's time zone on Wednesday, 2026-03-18, and short ways to make what a receivables ledger holds.

Amounts are without tax. `overdue` is the number of days an item is overdue on the business date, negative before its due date.
"""

from contextlib import contextmanager
from datetime import date, timedelta
from unittest.mock import patch

from odoo import Command
from odoo.tests import freeze_time, new_test_user

from odoo.addons.account.tests.common import AccountTestInvoicingCommon

ROLES = {
    "collector": "account_collections.group_collector",
    "assistant": "account_collections.group_assistant_manager",
    "manager": "account_collections.group_manager",
    "controller": "account_collections.group_controller",
    "resolver": "account_collections.group_resolver",
    "auditor": "account_collections.group_auditor",
    "accountant": "account.group_account_user",
    "billing": "account.group_account_invoice",
    "employee": "base.group_user",
}


class CollectionsCommon(AccountTestInvoicingCommon):
    country_code = "US"
    chart_template = "generic_coa"
    today = date(2026, 3, 18)
    freeze_time = freeze_time("2026-03-18 15:00:00")

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.company.collection_tz = "America/New_York"
        cls.receivable = cls.company_data["default_account_receivable"]
        cls.revenue = cls.company_data["default_account_revenue"]
        cls.bank = cls.company_data["default_journal_bank"]
        cls.Account = cls.env["collection.account"]

    @classmethod
    def setup_independent_company(cls, **kwargs):
        """The company that `make test` made once for all classes; where there is none, one of this class's own."""
        kept = cls.env["res.company"].search([("name", "=", "company_1_data")], limit=1)
        if not kept:
            return super().setup_independent_company(**kwargs)
        cls.env.user.company_ids = [Command.link(kept.id)]
        return kept

    @classmethod
    def get_default_groups(cls):
        """The user of `self.env` keeps the books and manages Collections; forbidden acts are tested with `member()`."""
        return super().get_default_groups() | cls.quick_ref("account_collections.group_manager")

    # ------------------------------------------------------------------
    # Time
    # ------------------------------------------------------------------

    @contextmanager
    def at(self, moment):
        """Python's clock at `moment`: a number of days from `today` (same hour), or text in UTC."""
        if isinstance(moment, int):
            moment = f"{self.today + timedelta(moment)} 15:00:00"
        with freeze_time(moment):
            yield

    @classmethod
    def day(cls, days):
        """The business date `days` after today."""
        return cls.today + timedelta(days)

    # ------------------------------------------------------------------
    # People and companies
    # ------------------------------------------------------------------

    @classmethod
    def customer(cls, name="Acme Corp.", **vals):
        email = name.lower().replace(" ", ".").strip(".") + "@example.com"
        return cls.env["res.partner"].create({"name": name, "is_company": True, "email": email, **vals})

    @classmethod
    def contact(cls, parent, name="Ann Payable", **vals):
        return cls.env["res.partner"].create({"name": name, "parent_id": parent.id, "email": "ann@example.com", **vals})

    @classmethod
    def member(cls, role, login=None, companies=None, **vals):
        """A user with the groups of one role (see ROLES) and nothing more, in the given companies (default: the test company)."""
        companies = companies or cls.company
        return new_test_user(
            cls.env,
            login=login or role,
            groups=ROLES[role],
            company_id=companies[0].id,
            company_ids=[Command.set(companies.ids)],
            **vals,
        )

    @classmethod
    def second_company(cls, **vals):
        """Another company with its own books; returns the dict of `collect_company_accounting_data`."""
        data = cls.setup_other_company(**{"name": "Second Inc.", "collection_tz": "America/New_York", **vals})
        cls.env.user.company_ids = [Command.link(data["company"].id)]
        return data

    @classmethod
    def branch(cls, **vals):
        """A branch of the test company, with the books of its parent."""
        country = cls.company.country_id.id
        branch = cls.env["res.company"].create(
            {"name": "Branch", "parent_id": cls.company.id, "country_id": country, **vals}
        )
        cls.cr.precommit.run()  # Odoo loads the accounts there
        cls.env.user.company_ids = [Command.link(branch.id)]
        return branch

    @classmethod
    def foreign_currency(cls, code="EUR", rate=0.5):
        """A currency of which `rate` units are worth one unit of the company's."""
        return cls.setup_other_currency(code, rates=[("2000-01-01", rate)])

    # ------------------------------------------------------------------
    # Documents
    # ------------------------------------------------------------------

    @classmethod
    def invoice(
        cls, partner, amount, overdue=0, *, currency=None, company=None, move_type="out_invoice", post=True, **vals
    ):
        """A customer invoice of one line that is due `overdue` days before today."""
        due = cls.day(-overdue)
        company = company or cls.company
        move = (
            cls.env["account.move"]
            .with_company(company)
            .create(
                {
                    "move_type": move_type,
                    "partner_id": partner.id,
                    "invoice_date": min(cls.today, due - timedelta(30)),
                    "invoice_date_due": due,
                    "invoice_payment_term_id": False,
                    "currency_id": (currency or company.currency_id).id,
                    "invoice_line_ids": [
                        Command.create({"name": "Goods", "price_unit": amount, "tax_ids": [Command.clear()]})
                    ],
                    **vals,
                }
            )
        )
        if post:
            move.action_post()
        return move

    @classmethod
    def instalments(cls, partner, parts, **vals):
        """An invoice in instalments: `parts` are (amount, days overdue), the last of them the latest."""
        first = min(cls.today, cls.day(-max(overdue for _amount, overdue in parts)))
        *fixed, (_rest, last) = parts
        days = [(cls.day(-overdue) - first).days for _amount, overdue in fixed]
        lines = [
            {"value": "fixed", "value_amount": amount, "nb_days": nb_days}
            for (amount, _due), nb_days in zip(fixed, days)
        ]
        lines.append({"value": "percent", "value_amount": 100, "nb_days": (cls.day(-last) - first).days})
        term = cls.env["account.payment.term"].create(
            {"name": "Instalments", "line_ids": [Command.create(vals) for vals in lines]}
        )
        total = sum(amount for amount, _overdue in parts)
        return cls.invoice(partner, total, invoice_date=first, invoice_payment_term_id=term.id, **vals)

    @classmethod
    def credit(cls, partner, amount, *, reserved=False, **vals):
        """A posted credit note that is not applied to anything."""
        move = cls.invoice(partner, amount, move_type="out_refund", **vals)
        cls.items(move).collection_reserved = reserved
        return move

    @classmethod
    def entry(cls, partner, amount, overdue=0, *, account=None, currency=None, company=None, counterpart=None, **vals):
        """A posted journal entry with one receivable line, a credit when `amount` (the line's currency) is negative."""
        company = company or cls.company
        currency = currency or company.currency_id
        due = cls.day(-overdue)
        date = min(cls.today, due)
        line = {"partner_id": partner.id if partner else False, "currency_id": currency.id, "date_maturity": due}
        balance = currency._convert(amount, company.currency_id, company, date)
        receivable = {"account_id": (account or cls.receivable).id, "amount_currency": amount, "balance": balance}
        other = {"account_id": (counterpart or cls.revenue).id, "amount_currency": -amount, "balance": -balance}
        move = (
            cls.env["account.move"]
            .with_company(company)
            .create(
                {
                    "move_type": "entry",
                    "date": date,
                    "line_ids": [Command.create({**line, **receivable}), Command.create({**line, **other})],
                    **vals,
                }
            )
        )
        move.action_post()
        return move

    @classmethod
    def items(cls, moves):
        """The receivable items of documents, earliest due first."""
        lines = moves.line_ids.filtered(lambda line: line.account_id.account_type == "asset_receivable")
        return lines.sorted(lambda line: (line.date_maturity or line.date, line.id))

    # ------------------------------------------------------------------
    # Money
    # ------------------------------------------------------------------

    @classmethod
    def pay(cls, moves, amount=None, **vals):
        """A payment with a journal entry, registered on documents as the payment wizard does it."""
        if amount is not None:
            vals["amount"] = amount
        return cls._register_payment(moves, **{"payment_date": cls.today, **vals})

    @classmethod
    def unapplied(cls, partner, amount, **vals):
        """A posted customer payment that is not applied to any invoice."""
        payment = cls.env["account.payment"].create(
            {
                "payment_type": "inbound",
                "partner_type": "customer",
                "partner_id": partner.id,
                "amount": amount,
                "date": cls.today,
                **vals,
            }
        )
        payment.action_post()
        return payment

    @classmethod
    @contextmanager
    def without_entries(cls):
        """Payments make no journal entry, as with Enterprise accounting: the bank statement books them later."""
        lines = cls.bank.inbound_payment_method_line_ids
        accounts = {line: line.payment_account_id for line in lines}
        lines.payment_account_id = False
        with patch.object(cls.env.registry["account.move"], "_get_invoice_in_payment_state", return_value="in_payment"):
            yield
        for line, account in accounts.items():
            line.payment_account_id = account

    @classmethod
    def bank_line(cls, moves, amount, days=0):
        """A bank statement line, matched with the open items of documents."""
        line = cls.env["account.bank.statement.line"].create(
            {"payment_ref": "Received", "journal_id": cls.bank.id, "amount": amount, "date": cls.day(days)}
        )
        _liquidity, suspense, _other = line.with_context(skip_account_move_synchronization=True)._seek_for_lines()
        items = cls.items(moves).filtered(lambda item: not item.reconciled)
        suspense.account_id = items.account_id
        (suspense + items).reconcile()
        return line

    # ------------------------------------------------------------------
    # Collections
    # ------------------------------------------------------------------

    @classmethod
    def reason(cls, name="Settled", action="done", days=0, **vals):
        """An outcome of the worklist, or a reason to skip; `days` until it is followed up."""
        return cls.env["collection.work.reason"].create(
            {"name": name, "action": action, "next_action_days": days, **vals}
        )

    @classmethod
    def outcome(cls, name):
        """A shipped outcome of a contact: promised, disputes, claims_paid, refused, documents, spoke, message, no_answer…"""
        return cls.env.ref(f"account_collections.activity_outcome_{name}")

    @classmethod
    def contacted(cls, accounts, outcome="spoke", user=None, **vals):
        """A contact about accounts that is logged, by default an inbound call; by `user`, else by the user of the tests."""
        activity = (
            cls.env["collection.activity"]
            .with_user(user or cls.env.user)
            .create(
                {
                    "account_ids": accounts.ids,
                    "channel": "call",
                    "direction": "in",
                    "outcome_id": cls.outcome(outcome).id,
                    "note": "Said so",
                    **vals,
                }
            )
        )
        activity.action_done()
        return activity.with_env(cls.env)

    @classmethod
    def account(cls, partner, company=None):
        """The customer's collection account with the figures of what this test has done so far; empty if it has none."""
        cls.Account._refresh_touched()
        domain = [("partner_id", "=", partner.commercial_partner_id.id if partner else False)]
        return cls.Account.search([*domain, ("company_id", "=", (company or cls.company).id)])

    @classmethod
    def hold(cls, item, amount=None, days=14, reason="The customer asked for a week", **vals):
        """A person's pause on an item, in the item's currency (default: all that is free), until `days` from today."""
        account = cls.account(item.partner_id, item.company_id)
        if amount is not None:
            vals["amount_currency"] = amount
        return cls.env["collection.hold"].create(
            {"account_id": account.id, "move_line_id": item.id, "date_until": cls.day(days), "reason": reason, **vals}
        )

    @classmethod
    def place(cls, item, amount, kind="payment", days=14, **vals):
        """A hold as the product's own cases place it."""
        account = cls.account(item.partner_id, item.company_id)
        return cls.env["collection.hold"]._place(
            [
                {
                    "account_id": account.id,
                    "move_line_id": item.id,
                    "amount_currency": amount,
                    "kind": kind,
                    "date_until": cls.day(days) if days is not None else False,
                    "reason": "Case",
                    **vals,
                }
            ]
        )

    def assertFigures(self, partner, company=None, **expected):
        """The stored figures of a customer's account, after refreshing what was touched."""
        account = self.account(partner, company)
        self.assertEqual(len(account), 1, "The customer has no collection account")
        values = {name: account[name] for name in expected}
        for name, value in expected.items():
            if isinstance(value, (int, float)) and not isinstance(value, bool):
                self.assertAlmostEqual(values[name], value, 2, f"{name}: {values}")
            else:
                self.assertEqual(values[name], value, f"{name}: {values}")
        return account
