from odoo import api, models


class CollectionClaim(models.Model):
    _inherit = "collection.claim"

    @api.model_create_multi
    def create(self, vals_list):
        claims = super().create(vals_list)
        self.env["collection.statement.review.line"]._note_case("claim_id", claims)
        return claims
