from odoo import api, models


class CollectionGolive(models.Model):
    _inherit = "collection.golive"

    @api.model
    def _golive_kinds(self):
        return {**super()._golive_kinds(), "exception": "collection.golive.exception"}
