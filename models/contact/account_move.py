from odoo import Command, models
from odoo.exceptions import UserError


class AccountMove(models.Model):
    _inherit = "account.move"

    def action_collection_contact(self):
        """Log a contact about these invoices: the dialog of their customer's account, with the documents filled in."""
        company = self.company_id
        customers = self.commercial_partner_id
        if len(customers) != 1 or len(company) != 1:
            raise UserError(self.env._("Choose invoices of one customer."))
        account = self.env["collection.account"].search(
            [("partner_id", "=", customers.id), ("company_id", "=", company.id)], limit=1
        )
        if not account:
            return self.env["collection.account"]._action_no_account(customers)
        action = account.action_log_contact()
        return {**action, "context": {**action["context"], "default_move_ids": [Command.set(self.ids)]}}
