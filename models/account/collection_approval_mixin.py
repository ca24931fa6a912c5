from odoo import models


class CollectionApprovalMixin(models.AbstractModel):
    _inherit = "collection.approval.mixin"

    def _prepare_approval_vals(self, role, level, requester):
        vals = super()._prepare_approval_vals(role, level, requester)
        if "account_id" in self._fields:
            vals["account_id"] = self.account_id.id
        return vals
