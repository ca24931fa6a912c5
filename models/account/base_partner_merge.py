from odoo import api, models


class MergePartnerAutomatic(models.TransientModel):
    _inherit = "base.partner.merge.automatic.wizard"

    @api.model
    def _update_foreign_keys(self, src_partners, dst_partner):
        """Join the collection accounts first: core would delete ours, or stop at the index of one account per customer."""
        Account = self.env["collection.account"].sudo()
        Account._touch(partners=(src_partners | dst_partner).commercial_partner_id.ids)
        Account._merge_customers(src_partners - dst_partner, dst_partner)
        return super()._update_foreign_keys(src_partners, dst_partner)

    @api.model
    def _update_values(self, src_partners, dst_partner):
        """Only now is it known whose contact the remaining partner is."""
        result = super()._update_values(src_partners, dst_partner)
        customer = dst_partner.commercial_partner_id
        if customer != dst_partner:
            self.env["collection.account"].sudo()._merge_customers(dst_partner, customer)
        return result
