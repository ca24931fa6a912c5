from datetime import timedelta

from odoo import api, models
from odoo.fields import Domain
from odoo.tools import SQL


class CollectionStatement(models.Model):
    """What would come of statements, before any is made."""

    _inherit = "collection.statement"

    @api.model
    def _preview(self, accounts, values):
        """What each account would get: dict of account to dict of `reason` (False where it gets one), `channel`, `recipient_id`,
        `figures` (by currency).

        :param values: `date, date_from, kind, delivery, with_credit, with_excluded`
        """
        figures = self._figures(accounts, values["date"])
        ways = self._ways(accounts, "file" if values["delivery"] == "xlsx" else values["delivery"])
        lively = set(figures)
        if values["kind"] != "open_item":
            lively |= set(self._figures(accounts, values["date_from"] - timedelta(days=1)))
            lively |= self._moving_accounts(accounts, values["date_from"], values["date"])
        allowed = accounts
        if not values["with_excluded"]:
            allowed = accounts.search(Domain("id", "in", accounts.ids) & accounts._statement_schedulable_domain())
        result = {}
        for account in accounts:
            own, way = figures.get(account, {}), ways[account]
            sections = [{"currency": currency, "balance": each["amount_balance"]} for currency, each in own.items()]
            reason = False
            if not account.partner_id:
                reason = "no_customer"
            elif account not in allowed:
                reason = "excluded"
            elif account not in lively:
                reason = "nothing"
            elif sections and not values["with_credit"] and self._is_in_credit(sections):
                reason = "credit_balance"
            elif isinstance(way, str):
                reason = way
            result[account] = {
                "reason": reason,
                "channel": False if isinstance(way, str) else way["channel"],
                "recipient_id": False if isinstance(way, str) else way["recipient_id"],
                "figures": own,
            }
        return result

    @api.model
    def _moving_accounts(self, accounts, first, last):
        """The accounts on which something happened between two days."""
        result = set()
        for company, group in accounts.grouped("company_id").items():
            if scope := self._scope(group):
                query = self._movement_query(company, first, last, scope)
                rows = self.env.execute_query(SQL("SELECT DISTINCT account_id FROM (%s) q", query))
                result |= {accounts.browse(row[0]) for row in rows}
        return result
