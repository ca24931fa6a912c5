from odoo import fields, models


class CollectionHold(models.Model):
    _inherit = "collection.hold"

    kind = fields.Selection(selection_add=[("exception", "Special exception")], ondelete={"exception": "cascade"})
