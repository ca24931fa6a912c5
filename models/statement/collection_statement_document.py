from odoo import models
from odoo.exceptions import UserError

from .collection_statement_figures import FIGURES


class CollectionStatement(models.Model):
    """What statements say, collected for many of them at once, before anything is rendered."""

    _inherit = "collection.statement"

    def _documents(self):
        """The contents of these statements.

        :return: dict of statement id to a dict: `sections`, one for each currency (see `_section`), `last_payment` (date, amount,
            currency) or None, `names` (account id to name of the customer, of a group's statement), `remit` (currency to the bank
            account that is paid to); of a statement that does not tie `error`
        """
        documents, remit = {}, {}
        for (company, day, first, kind), group in self.grouped(
            lambda each: (each.company_id, each.date, each.date_from, each.kind)
        ).items():
            accounts = group._covered_accounts()
            figures = self._figures(accounts, day)
            payments = self._last_payments(accounts, day)
            if kind == "open_item":
                rows, openings = self._open_items(accounts, day), {}
            else:
                rows, openings = self._movements(accounts, first, day), self._openings(accounts, first)
            if kind == "activity":
                reductions = {row["move_id"] for each in rows.values() for row in each if row["amount"] < 0}
                applied = self._applications(reductions, day)
                for row in (row for each in rows.values() for row in each):
                    row["applied"] = applied.get(row["move_id"], ()) if row["kind"] != "transfer" else ()
            for statement in group:
                try:
                    document = statement._document(figures, rows, openings, payments)
                except UserError as error:
                    documents[statement.id] = {"error": str(error), "sections": []}
                    continue
                for currency in (section["currency"] for section in document["sections"]):
                    if (company, currency) not in remit:
                        remit[company, currency] = company._collection_remit_to(currency)
                    document["remit"][currency] = remit[company, currency]
                documents[statement.id] = document
        return documents

    def _document(self, figures, rows, openings, payments):
        """The contents of one statement, from what was read for all of them."""
        self.ensure_one()
        accounts = self._covered_accounts()
        own = [row for account in accounts for row in rows.get(account.id, ())]
        found = {row["currency_id"] for row in own}
        for known in (figures, openings):
            found |= {currency.id for account in accounts for currency in known.get(account, {})}
        currencies = self.env["res.currency"].browse(found)
        ordered = currencies.sorted(lambda currency: (currency != self.currency_id, currency.name))
        sections = [
            self._section(
                currency,
                [row for row in own if row["currency_id"] == currency.id],
                [figures.get(account, {}).get(currency, {}) for account in accounts],
                sum(openings.get(account, {}).get(currency, 0.0) for account in accounts),
            )
            for currency in ordered
        ]
        paid = [payments[account.id] for account in accounts if account.id in payments]
        return {
            # What rounding left in a currency alone is no matter for the customer.
            "sections": [section for section in sections if section["count"] or section["opening"]],
            "amount_company": sum(section["totals"]["amount_company"] for section in sections),
            "last_payment": max(paid, key=lambda each: each[0], default=None),
            "remit": {},
            "names": {account.id: account.display_name for account in accounts} if self.payer_group_id else {},
        }

    def _section(self, currency, rows, figures, opening):
        """The part of a statement in one currency.

        :return: dict of `currency`, `totals` (`FIGURES`), `opening`, `lines` and `credits` (open items: debits, credits apart), `kinds`
            (sum of the lines by kind of document), `balance` (closing)
        :raise UserError: the lines do not add up to what the ledger says is open
        """
        totals = {name: currency.round(sum(each.get(name, 0.0) for each in figures)) for name in FIGURES}
        totals["amount_company"] = self.currency_id.round(sum(each.get("amount_company", 0.0) for each in figures))
        amount = "open" if self.kind == "open_item" else "amount"
        balance = currency.round(opening + sum(row[amount] for row in rows))
        if currency.compare_amounts(balance, totals["amount_balance"]):
            raise UserError(
                self.env._(
                    "The lines of %(customer)s add up to %(lines)s, but the ledger says %(ledger)s. The statement was not made.",
                    customer=self.account_id.display_name,
                    lines=currency.format(balance),
                    ledger=currency.format(totals["amount_balance"]),
                )
            )
        kinds, running = {}, opening
        for row in rows:
            kinds[row["kind"]] = kinds.get(row["kind"], 0.0) + row[amount]
            running = row["running"] = currency.round(running + row[amount])
        is_credit = [self.kind == "open_item" and row["open"] < 0 for row in rows]
        return {
            "currency": currency,
            "totals": totals,
            "opening": opening,
            "balance": balance,
            "lines": [row for row, credit in zip(rows, is_credit) if not credit],
            "credits": [row for row, credit in zip(rows, is_credit) if credit],
            "count": len(rows),
            "kinds": {kind: currency.round(value) for kind, value in kinds.items()},
        }

    def _tie_out(self):
        """What statements say and what the ledger says, in company currency: dict of statement to dict of `statement` and `ledger`.

        The ledger's words are the balance of the customer's journal items, with what was settled with items of other customers.
        """
        result = {}
        for (_company, day), group in self.grouped(lambda each: (each.company_id, each.date)).items():
            balances = self._ledger_balances(group._covered_accounts(), day)
            for statement in group:
                ledger = sum(sum(balances.get(account, (0.0, 0.0))) for account in statement._covered_accounts())
                result[statement] = {
                    "statement": statement.amount_total,
                    "ledger": statement.currency_id.round(ledger),
                }
        return result
