from odoo import models


class ResUsers(models.Model):
    _inherit = "res.users"

    def write(self, vals):
        result = super().write(vals)
        if "active" in vals and not vals["active"]:
            # As when a user is deleted: their accounts must not vanish from everybody's worklist.
            accounts = self.env["collection.account"].sudo().search([("collector_id", "in", self.ids)])
            accounts.collector_id = False
        return result
