from odoo import models
from odoo.exceptions import UserError


class AccountMove(models.Model):
    _inherit = "account.move"

    def action_view_collection_history(self):
        """Every action that concerns the document, the latest first."""
        self.ensure_one()
        account = self.env["collection.account"].search(
            [("partner_id", "=", self.commercial_partner_id.id), ("company_id", "=", self.company_id.id)], limit=1
        )
        if not account:
            raise UserError(
                self.env._(
                    "There is no account of %(customer)s that you may see.", customer=self.partner_id.display_name
                )
            )
        action = account.action_view_history()
        return {
            **action,
            "name": self.env._("Action history of %(document)s", document=self.display_name),
            "domain": [*action["domain"], ("move_id", "in", self.ids)],
            "context": {**action["context"], "collection_history_move_id": self.id},
        }
