from odoo import models


class CollectionActivity(models.Model):
    _inherit = "collection.activity"

    def _take_effect(self):
        """A call with the right outcome is the one that a step asked for."""
        if self.channel == "call" and self.outcome_id.completes_call:
            self.account_ids._complete_calls()
        return super()._take_effect()
