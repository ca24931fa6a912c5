from odoo import models


class CollectionHold(models.Model):
    _inherit = "collection.hold"

    def _is_long(self):
        """Whether the pause lasts longer than its company allows without a review."""
        days = self.company_id.collection_review_hold_days
        return bool(days) and (self.date_until - self.date_from).days > days
