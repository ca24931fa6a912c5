from odoo import fields, models


class CollectionApproval(models.Model):
    _inherit = "collection.approval"

    kind = fields.Selection(selection_add=[("plan", "Plan of action")], ondelete={"plan": "set default"})
