from odoo import models
from odoo.fields import Domain


class CollectionDay(models.Model):
    _inherit = "collection.day"

    def _since_last_shift(self):
        """Claims that ended while the collector was away."""
        ended = self._since_domain("write_date") & Domain("state", "=", "closed")
        count, amount = self.env["collection.claim"]._read_group(ended, [], ["__count", "amount:sum"])[0]
        return [
            *super()._since_last_shift(),
            {
                "key": "claims",
                "label": self.env._("Claims closed"),
                "count": count,
                "amount": amount or 0.0,
                "model": "collection.claim",
                "domain": ended,
            },
        ]
