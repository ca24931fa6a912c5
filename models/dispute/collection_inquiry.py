from odoo import models


class CollectionInquiry(models.Model):
    _inherit = "collection.inquiry"

    def _case_action(self):
        """A request for a credit becomes a dispute; who asked is told the decision."""
        if not self.account_id:
            return super()._case_action()
        items = self.account_id.open_item_ids.filtered(
            lambda item: item.amount_residual > 0 and item.move_id in self.move_ids
        )
        action = self.env["collection.account"]._dispute_dialog(self.account_id, items)
        contact = self.partner_id if self.partner_id.commercial_partner_id == self.customer_id else self.customer_id
        return {
            **action,
            "context": {
                **action["context"],
                "default_inquiry_id": self.id,
                "default_description": self.question,
                "default_contact_id": contact.id,
            },
        }
