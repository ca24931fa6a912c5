from odoo import api, models


class CollectionGolive(models.Model):
    _inherit = "collection.golive"

    @api.model
    def _golive_kinds(self):
        kinds = super()._golive_kinds()
        # Steps are looked up in the policy that an item is under: policies come before them.
        return {**kinds, "policy": "collection.golive.policy", "step": "collection.golive.step"}
