from odoo import fields, models


class CollectionActivity(models.Model):
    _inherit = "collection.activity"

    card_payment_id = fields.Many2one(
        "collection.card.payment",
        index="btree_not_null",
        ondelete="restrict",
        check_company=True,
        domain="[('account_id', 'in', account_ids)]",
        help="The card payment that was taken or tried.",
    )
