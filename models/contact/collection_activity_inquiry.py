from odoo import fields, models


class CollectionActivity(models.Model):
    _inherit = "collection.activity"

    inquiry_id = fields.Many2one("collection.inquiry", index="btree_not_null", ondelete="restrict", readonly=True)
