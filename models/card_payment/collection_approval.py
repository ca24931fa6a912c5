from odoo import fields, models


class CollectionApproval(models.Model):
    _inherit = "collection.approval"

    kind = fields.Selection(selection_add=[("card_refund", "Refund to a card")], ondelete={"card_refund": "cascade"})
