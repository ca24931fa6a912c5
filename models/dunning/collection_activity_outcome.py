from odoo import fields, models


class CollectionActivityOutcome(models.Model):
    _inherit = "collection.activity.outcome"

    completes_call = fields.Boolean(
        string="Completes a Call", help="A call that the dunning policy asked for counts as done with this outcome."
    )
