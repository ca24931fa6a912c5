from odoo import api, models


class AtMost(dict):
    """Item id to what is still to be applied to it, in its currency. No client can send one in a context."""


class AccountMoveLine(models.Model):
    _inherit = "account.move.line"

    def _collection_apply(self, item, amount):
        """Match these credits with an item, of which no more than an amount is settled (in its currency).

        Odoo matches as much as it can, by its own rules of currencies and exchange differences; here the item is shown to it as if
        no more were left of it.
        """
        (self + item).with_context(collection_apply_at_most=AtMost({item.id: amount})).reconcile()

    @api.model
    def _prepare_reconciliation_single_partial(self, debit_values, credit_values, shadowed_aml_values=None):
        limits, item = self.env.context.get("collection_apply_at_most"), debit_values["aml"]
        # An exchange difference belongs to what was matched already.
        is_limited = (
            isinstance(limits, AtMost) and item.id in limits and not self.env.context.get("no_exchange_difference")
        )
        left, left_currency = debit_values["amount_residual"], debit_values["amount_residual_currency"]
        if not is_limited or item.currency_id.compare_amounts(limits[item.id], left_currency) >= 0:
            return super()._prepare_reconciliation_single_partial(debit_values, credit_values, shadowed_aml_values)
        most = limits[item.id]
        share = item.company_currency_id.round(left * most / left_currency)
        shown = {**debit_values, "amount_residual": share, "amount_residual_currency": most}
        result = super()._prepare_reconciliation_single_partial(shown, credit_values, shadowed_aml_values)
        limits[item.id] = shown["amount_residual_currency"]
        debit_values["amount_residual"] = left - share + shown["amount_residual"]
        debit_values["amount_residual_currency"] = left_currency - most + limits[item.id]
        return {**result, "debit_values": result["debit_values"] and debit_values}
