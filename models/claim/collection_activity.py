from odoo import fields, models


class CollectionActivity(models.Model):
    _inherit = "collection.activity"

    claim_id = fields.Many2one(
        "collection.claim",
        index="btree_not_null",
        ondelete="restrict",
        check_company=True,
        domain="[('account_id', 'in', account_ids)]",
        help="The payment claim that was taken or talked about.",
    )
