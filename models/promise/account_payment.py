from odoo import models


class AccountPayment(models.Model):
    _inherit = "account.payment"

    def write(self, vals):
        """A payment that is rejected keeps its entry: its state alone tells that the money bounced."""
        result = super().write(vals)
        if "state" in vals:
            # Cashiers register payments without access to journal items.
            matched = self.sudo().move_id.line_ids.matched_debit_ids.debit_move_id
            lines = matched | self.sudo().move_id.line_ids
            self.env["collection.account"]._touch(lines=lines.ids)
        return result
