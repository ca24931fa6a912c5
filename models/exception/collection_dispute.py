from odoo import api, models


class CollectionDispute(models.Model):
    _inherit = "collection.dispute"

    @api.depends("account_id")
    def _compute_letter_lang(self):
        """Letters and questions about a dispute go to nobody who is never to be contacted; under "A/P only" to A/P."""
        result = super()._compute_letter_lang()
        effects = self.env["collection.exception"]._effects_of_accounts(self.account_id._origin)
        for dispute in self:
            account, person = dispute.account_id._origin, dispute.letter_recipient_id
            ap_only = "ap_only" in effects.get(account, {})
            if ap_only or person.with_company(dispute.company_id)._collection_is_barred():
                dispute.letter_recipient_id = account._default_contact("email")
        return result
