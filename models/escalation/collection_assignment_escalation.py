from odoo import fields, models


class CollectionAssignment(models.Model):
    _inherit = "collection.assignment"

    kind = fields.Selection(selection_add=[("escalation", "Taken over")], ondelete={"escalation": "cascade"})
