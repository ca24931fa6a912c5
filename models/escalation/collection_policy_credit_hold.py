from odoo import fields, models


class CollectionPolicy(models.Model):
    _inherit = "collection.policy"

    credit_hold_limit = fields.Monetary(
        string="Release Credit Holds Below",
        tracking=True,
        help="A credit hold of a customer under this policy is proposed for release when less than this is overdue, in the "
        "currency of the customer's company. 0: the company's limit.",
    )

    _credit_hold_limit_positive = models.Constraint(
        "CHECK(credit_hold_limit IS NULL OR credit_hold_limit >= 0)",
        "The limit for releasing credit holds cannot be negative.",
    )
