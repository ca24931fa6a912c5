from odoo import models
from odoo.fields import Domain


class ResUsers(models.Model):
    _inherit = "res.users"

    def write(self, vals):
        result = super().write(vals)
        if "active" in vals and not vals["active"]:
            # As when a user is deleted: their accounts must not vanish from everybody's worklist.
            accounts = self.env["collection.account"].sudo().search([("collector_id", "in", self.ids)])
            accounts._assign(self.browse(), kind="left", locked=False)
            # Rules that name another collector take effect at once.
            accounts.with_context(allowed_company_ids=accounts.company_id.ids)._assign_by_rules(
                Domain("id", "in", accounts.ids)
            )
        return result
