"""What the tests of the aging report share."""

from .common import CollectionsCommon

AMOUNTS = ("aging_current", "aging_1", "aging_2", "aging_3", "aging_4", "aging_5", "amount_unapplied", "amount_total")


class AgingCommon(CollectionsCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.acme = cls.customer()
        cls.Report = cls.env["collection.aging.report"]

    def rows(self, days=0, partner=None, company=None, user=None):
        """The rows of a company as of `days` from today."""
        report = self.Report.with_user(user) if user else self.Report
        report = report.with_context(collection_as_of=self.day(days), allowed_company_ids=(company or self.company).ids)
        domain = [("company_id", "=", (company or self.company).id)]
        return report.search([*domain, ("partner_id", "=", partner.id)] if partner else domain)

    def ledger(self, days=0, company=None):
        """The balance of the receivable accounts, asked of the ledger in words of its own."""
        lines = self.env["account.move.line"].search(
            [
                ("company_id", "=", (company or self.company).id),
                ("account_id.account_type", "=", "asset_receivable"),
                ("parent_state", "=", "posted"),
                ("date", "<=", self.day(days)),
            ]
        )
        return sum(lines.mapped("balance"))

    def assertTies(self, days=0, company=None):
        rows = self.rows(days, company=company)
        self.assertAlmostEqual(sum(rows.mapped("amount_total")), self.ledger(days, company), 2)
        for row in rows:
            ages = sum(row[f"aging_{age}"] for age in ("current", 1, 2, 3, 4, 5))
            self.assertAlmostEqual(row.amount_total, ages - row.amount_unapplied, 2, row.name)
        tie = self.Report._tie_out(company or self.company, self.day(days))
        self.assertAlmostEqual(tie["report"], tie["ledger"], 2)
        self.assertAlmostEqual(tie["ledger"], self.ledger(days, company), 2)
        return rows
