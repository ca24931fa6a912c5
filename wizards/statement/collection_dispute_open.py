from odoo import api, models


class CollectionDisputeOpen(models.TransientModel):
    _inherit = "collection.dispute.open"

    @api.model
    def default_get(self, fields_list):
        """Opened from a line of a statement review, the dispute is about what differs."""
        values = super().default_get(fields_list)
        line = self.env["collection.statement.review.line"].browse(
            self.env.context.get("collection_review_line_id") or ()
        )
        if line and line.has_access("read") and line.result == "amount_differs" and line.amount_difference < 0:
            values.update(part="amount", amount=-line.amount_difference)
        return values
