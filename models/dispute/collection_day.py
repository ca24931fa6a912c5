from odoo import models
from odoo.fields import Domain


class CollectionDay(models.Model):
    _inherit = "collection.day"

    def _since_last_shift(self):
        """Disputes that their teams decided while the collector was away."""
        decided = self._since_domain("decided_on") & Domain("decision", "!=", False)
        count, amount = self.env["collection.dispute"]._read_group(decided, [], ["__count", "amount:sum"])[0]
        return [
            *super()._since_last_shift(),
            {
                "key": "disputes",
                "label": self.env._("Disputes decided"),
                "count": count,
                "amount": amount or 0.0,
                "model": "collection.dispute",
                "domain": decided,
            },
        ]
