from odoo import api, models
from odoo.exceptions import UserError


class AccountMove(models.Model):
    _inherit = "account.move"

    @api.ondelete(at_uninstall=False)
    def _unlink_except_claimed(self):
        """A document that a customer says is paid is not deleted under the claim."""
        # Whoever may delete the document need not see Collections.
        lines = self.env["collection.claim.line"].sudo()
        live = lines.search([("move_id", "in", self.ids), ("claim_id.state", "in", ("open", "expired"))], limit=1)
        if live:
            raise UserError(
                self.env._(
                    "%(document)s cannot be deleted: the customer says it is paid (%(claim)s). Void the claim first.",
                    document=live.move_name or live.move_id.display_name,
                    claim=live.claim_id.name,
                )
            )
