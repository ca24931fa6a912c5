from odoo import models


class CollectionPromise(models.Model):
    _inherit = "collection.promise"

    def _mail_recipient(self):
        """Nobody who is never to be contacted gets a confirmation; under "A/P only" the A/P contact does, or nobody."""
        recipient = super()._mail_recipient()
        account = self.account_id._origin
        if not account:
            return recipient
        if account._exceptions_of("ap_only") or recipient.with_company(account.company_id)._collection_is_barred():
            return account._default_contact("email")
        return recipient
