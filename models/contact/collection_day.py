from odoo import models
from odoo.fields import Domain


class CollectionDay(models.Model):
    _inherit = "collection.day"

    def _since_last_shift(self):
        """Sales partners who answered while the collector was away: about the collector's accounts, or whom the collector asked."""
        mine = Domain("account_ids.collector_id", "=", self.user_id.id) | Domain("user_id", "=", self.user_id.id)
        when = Domain("answered_on", ">", self.since) & Domain("answered_on", "<=", self._since_until())
        answered = mine & when & Domain("company_id", "=", self.company_id.id)
        count, amount = self.env["collection.help"]._read_group(answered, [], ["__count", "amount:sum"])[0]
        return [
            *super()._since_last_shift(),
            {
                "key": "help",
                "label": self.env._("Sales partners answered"),
                "count": count,
                "amount": amount or 0.0,
                "model": "collection.help",
                "domain": answered,
            },
        ]
