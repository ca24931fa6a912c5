from odoo import api, fields, models
from odoo.exceptions import ValidationError


class ResCompany(models.Model):
    _inherit = "res.company"

    collection_review_hold_days = fields.Integer(
        string="Long Pauses",
        default=30,
        help="What people pause for more days than this comes onto the review agenda. 0: never.",
    )

    @api.constrains("collection_review_hold_days")
    def _check_collection_review(self):
        if any(company.collection_review_hold_days < 0 for company in self):
            raise ValidationError(self.env._("The days of a pause that is reviewed cannot be negative."))
