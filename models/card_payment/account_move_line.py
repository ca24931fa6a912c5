from odoo import models

_KEY = "collection_match_limits"


class MatchLimits(dict):
    """Journal item id to the most that is matched of it, in its currency. An object of this class cannot be sent over RPC."""


class AccountMoveLine(models.Model):
    _inherit = "account.move.line"

    def _collection_match(self, other, amount):
        """Match a credit with another item for exactly an amount, with all that Odoo does when items are matched.

        Odoo matches as much as it can; here the credit is taken for one of just that amount, as if it had been booked in parts.

        :param other: the item that it settles
        :param amount: in the credit's currency, at most what is open of both
        """
        self.ensure_one()
        (self + other).with_context(**{_KEY: MatchLimits({self.id: amount})}).reconcile()

    def _prepare_reconciliation_plan(self, plan, amls_values_map, shadowed_aml_values=None):
        limits = self.env.context.get(_KEY)
        if isinstance(limits, MatchLimits):
            amls_values_map = {
                line: line._collection_limited(values, limits.get(line.id)) for line, values in amls_values_map.items()
            }
        return super()._prepare_reconciliation_plan(plan, amls_values_map, shadowed_aml_values=shadowed_aml_values)

    def _collection_limited(self, values, limit):
        """The residuals of a match, cut to a limit in the item's currency; in company currency its booked share."""
        open_currency = values["amount_residual_currency"]
        if limit is None or self.currency_id.compare_amounts(limit, abs(open_currency)) >= 0:
            return values
        sign = -1 if open_currency < 0 else 1
        share = self.company_currency_id.round(values["amount_residual"] * limit / abs(open_currency))
        return {**values, "amount_residual_currency": sign * limit, "amount_residual": share}
