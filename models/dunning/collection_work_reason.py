from odoo import fields, models


class CollectionWorkReason(models.Model):
    _inherit = "collection.work.reason"

    completes_call = fields.Boolean(
        string="Completes a Call", help="A call that the dunning policy asked for counts as done with this outcome."
    )
