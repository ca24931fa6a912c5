from odoo import models


class AccountAccount(models.Model):
    _inherit = "account.account"

    def write(self, vals):
        result = super().write(vals)
        if {"account_type", "non_trade"} & vals.keys():
            self.env["collection.account"]._touch_everything()
        return result
