from datetime import timedelta

from odoo import fields, models
from odoo.fields import Domain

# A call that was begun longer ago was left open, not kept up.
_LONGEST_CALL = timedelta(hours=1)


class CollectionAccount(models.Model):
    _inherit = "collection.account"

    def _others_at_work(self, since=None):
        """Who is on the phone with the customer at this moment."""
        said = super()._others_at_work(since)
        begun = since or fields.Datetime.now() - _LONGEST_CALL
        calls = self.env["collection.activity"].search(
            Domain("account_ids", "in", self.ids)
            & Domain("user_id", "!=", self.env.uid)
            & Domain("is_live", "=", True)
            & Domain("state", "=", "draft")
            & Domain("date", ">", begun)
        )
        for call in calls:
            for account in call.account_ids & self:
                said.setdefault(account, []).append(call._on_the_phone_text())
        return said
