from odoo import api, models
from odoo.tools import SQL


class CollectionDataGap(models.Model):
    _inherit = "collection.data.gap"
    _depends = {"res.partner": ["collection_zones"]}

    @api.model
    def _gap_conditions(self):
        """The zone is assumed where the customer's address tells none either."""
        return {**super()._gap_conditions(), "tz_assumed": SQL("COALESCE(p.collection_zones, '') = ''")}
