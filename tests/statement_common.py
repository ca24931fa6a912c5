"""What tests of the statement room share: statements in one line, a stand-in for the printer program, and the ledger's own words."""

from contextlib import contextmanager
from unittest.mock import patch

from .exception_common import ExceptionCommon
from .letters_common import one_page

KINDS = ("open_item", "balance_forward", "activity")


class StatementCommon(ExceptionCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.Statement = cls.env["collection.statement"]
        cls.Batch = cls.env["collection.statement.batch"]
        cls.Make = cls.env["collection.statement.make"]
        cls.address = {
            "street": "1 Main Street",
            "city": "Troy",
            "zip": "12180",
            "country_id": cls.env.ref("base.us").id,
        }

    @contextmanager
    def printer(self, fails_for=(), dead=False):
        """Statements become empty pages, except those of customers whose PDF cannot be made; yields the statements of each call."""
        calls = []

        def render(statements, _documents):
            calls.append(statements)
            broken = statements.filtered(lambda each: each.partner_id.name in fails_for)
            if dead or broken:
                raise OSError("Wkhtmltopdf failed (error code: -11)")
            return {statement.id: one_page() for statement in statements}

        model = self.env.registry["collection.statement"]
        with patch.object(model, "_render_pdfs", render):
            yield calls

    @classmethod
    def accounts(cls, *partners, company=None):
        return cls.Statement.account_id.union(*(cls.account(partner, company) for partner in partners))

    def wizard(self, *partners, user=None, company=None, **vals):
        accounts = self.accounts(*partners, company=company)
        values = {"account_ids": [(6, 0, accounts.ids)], "delivery": "file", **vals}
        return self.Make.with_user(user or self.env.user).create(values)

    def make(self, *partners, user=None, company=None, **vals):
        """The batch of the wizard's last button; files are made by the stand-in."""
        with self.printer():
            action = self.wizard(*partners, user=user, company=company, **vals).action_make()
        return self.Batch.browse(action["res_id"])

    def statement(self, partner=None, **vals):
        """The statement of one customer."""
        return self.make(partner or self.acme, **vals).statement_ids

    def document(self, partner=None, **vals):
        """What the statement of one customer says."""
        statement = self.statement(partner, **vals)
        return statement._documents()[statement.id]

    def total(self, partner=None, currency=None, **vals):
        """The totals of a statement in one currency."""
        currency = currency or self.company.currency_id
        return self.statement(partner, **vals).total_ids.filtered(lambda total: total.currency_id == currency)

    def ledger(self, partner, days=0, company=None):
        """The balance of a customer's receivable items, asked of the ledger in words of its own."""
        lines = self.env["account.move.line"].search(
            [
                ("company_id", "=", (company or self.company).id),
                ("partner_id.commercial_partner_id", "=", partner.id),
                ("account_id.account_type", "=", "asset_receivable"),
                ("parent_state", "=", "posted"),
                ("date", "<=", self.day(days)),
            ]
        )
        return sum(lines.mapped("balance"))
