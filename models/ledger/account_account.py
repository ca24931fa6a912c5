from odoo import api, models

# What decides whether an account holds trade receivables.
_DECIDING = {"account_type", "non_trade", "code"}


class AccountAccount(models.Model):
    """Which accounts hold trade receivables is asked with every refresh, and remembered until an account changes."""

    _inherit = "account.account"

    @api.model_create_multi
    def create(self, vals_list):
        accounts = super().create(vals_list)
        self.env.registry.clear_cache()
        return accounts

    def write(self, vals):
        result = super().write(vals)
        if _DECIDING & vals.keys():
            self.flush_recordset()
            self.env.registry.clear_cache()
        return result
