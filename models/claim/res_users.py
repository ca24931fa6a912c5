from odoo import models


class ResUsers(models.Model):
    _inherit = "res.users"

    def _collection_may_apply(self, company):
        """Whether the user may match entries of a company."""
        self.ensure_one()
        user = self.sudo()
        return user.has_group("account.group_account_invoice") and company in user.company_ids
