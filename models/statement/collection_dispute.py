from odoo import api, models


class CollectionDispute(models.Model):
    _inherit = "collection.dispute"

    @api.model_create_multi
    def create(self, vals_list):
        disputes = super().create(vals_list)
        self.env["collection.statement.review.line"]._note_case("dispute_id", disputes)
        return disputes
