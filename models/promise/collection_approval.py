from odoo import fields, models


class CollectionApproval(models.Model):
    _inherit = "collection.approval"

    kind = fields.Selection(selection_add=[("promise", "Promise beyond the horizon")], ondelete={"promise": "cascade"})
