from odoo import models


class AccountAccount(models.Model):
    _inherit = "account.account"

    def write(self, vals):
        before = self._collection_kinds() if {"account_type", "non_trade"} & vals.keys() else None
        result = super().write(vals)
        if before is not None and before != self._collection_kinds():
            self.env["collection.account"]._touch_everything()
        return result

    def _collection_kinds(self):
        """Which of the accounts hold trade receivables."""
        return [account.account_type == "asset_receivable" and not account.non_trade for account in self]
