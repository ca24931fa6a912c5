from odoo import fields, models


class CollectionApproval(models.Model):
    _inherit = "collection.approval"

    kind = fields.Selection(selection_add=[("exception", "Special exception")], ondelete={"exception": "cascade"})
