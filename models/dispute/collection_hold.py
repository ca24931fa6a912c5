from odoo import fields, models


class CollectionHold(models.Model):
    _inherit = "collection.hold"

    kind = fields.Selection(selection_add=[("dispute", "Disputed")], ondelete={"dispute": "cascade"})

    _dispute_idx = models.Index(
        "(account_id) INCLUDE (amount, date_until) WHERE kind = 'dispute' AND date_released IS NULL"
    )
