from odoo import fields, models


class ResCompany(models.Model):
    _inherit = "res.company"

    collection_dispute_waiting_days = fields.Integer(
        string="Waiting for the Customer",
        default=10,
        help="Business days for which a dispute waits for the customer's answer. Then it goes on as not supported.",
    )
    collection_dispute_chase_days = fields.Integer(
        string="Chased Again After",
        default=3,
        help="Business days after the explanation letter from which an item with a refused dispute is chased again.",
    )
    collection_short_payment_limit = fields.Monetary(
        string="Short Payments up to",
        default=500.0,
        help="Invoices that were paid except for less than this amount are listed as short payments.",
    )

    _collection_dispute_days = models.Constraint(
        "CHECK(collection_dispute_waiting_days > 0 AND collection_dispute_chase_days >= 0)",
        "Disputes must wait at least one business day for the customer.",
    )
