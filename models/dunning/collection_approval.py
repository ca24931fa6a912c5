from odoo import fields, models


class CollectionApproval(models.Model):
    _inherit = "collection.approval"

    kind = fields.Selection(selection_add=[("final_demand", "Final demand")], ondelete={"final_demand": "set default"})
