from odoo import fields, models


class ResPartner(models.Model):
    _inherit = "res.partner"

    collection_policy_id = fields.Many2one(
        "collection.policy",
        string="Dunning Policy",
        index="btree_not_null",
        ondelete="restrict",
        help="Of a sales partner: used for its customers, unless their account has a policy of its own.",
    )
