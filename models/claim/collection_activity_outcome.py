from odoo import fields, models


class CollectionActivityOutcome(models.Model):
    _inherit = "collection.activity.outcome"

    case = fields.Selection(selection_add=[("claim", "Payment claim")])
