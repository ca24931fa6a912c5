from odoo import models

# How many letters of each kind wait to be printed, among the customers for whom such a letter may be written.
LETTERS = (("hold", 2), ("plan", 2), ("dispute", 1), ("balance", 3), ("certificate", 1))


class CollectionDemo(models.AbstractModel):
    """Letters that collectors wrote today: they wait to be printed beside the reminders of the last run."""

    _inherit = "collection.demo"

    def _add_letters(self, company):
        accounts = self.env["collection.account"].search(
            [("company_id", "=", company.id), ("partner_id", "!=", False), ("amount_overdue", ">", 0)],
            order="amount_overdue desc, id",
        )
        for kind, count in LETTERS:
            accounts -= self._write_demo_letters(company, kind, count, accounts)

    def _write_demo_letters(self, company, kind, count, accounts):
        """Letters of a kind to the first customers who can be written to on paper; each by the collector of the account."""
        Letter = self.env["collection.letter"].with_company(company)
        subjects, recipients = Letter._subjects(kind, accounts), Letter._recipients(accounts, "post")
        fitting = accounts.filtered(
            lambda account: (
                not isinstance(subjects[account], str)
                and not isinstance(recipients[account], str)
                and recipients[account]["way"] == "post"
            )
        )[:count]
        for account in fitting:
            author = account.collector_id or self._ref("user_manager")
            Letter.with_user(author).sudo()._write_letters(
                [
                    {
                        "kind": kind,
                        "template_id": self.env.ref(f"account_collections.letter_template_{kind}").id,
                        "account_id": account.id,
                        "company_id": company.id,
                        "prefer": "post",
                        "as_of": company._collection_today().replace(day=1) if kind == "balance" else False,
                        **subjects[account],
                        **recipients[account],
                    }
                ]
            )
        return fitting
