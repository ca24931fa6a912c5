from odoo import api, fields, models
from odoo.exceptions import ValidationError


class ResCompany(models.Model):
    _inherit = "res.company"

    collection_promise_grace_days = fields.Integer(
        string="Grace After the Promised Date",
        default=2,
        help="Business days after the promised date until which the amount is not chased and money still counts as in time.",
    )
    collection_promise_horizon_days = fields.Integer(
        string="Promise Horizon",
        default=30,
        help="A promise with a date further away than this many days needs a manager.",
    )
    collection_promise_tolerance_percent = fields.Float(
        string="Tolerance (%)",
        default=1.0,
        help="What may be missing of a promised amount that still counts as kept; the smaller of this share and the amount.",
    )
    collection_promise_tolerance_amount = fields.Monetary(
        string="Tolerance Amount", currency_field="currency_id", default=50.0
    )
    collection_promise_partial_percent = fields.Float(
        string="Partially Kept From (%)",
        default=50.0,
        help="With this share of the promised amount the promise is partially kept; with less it is broken.",
    )
    collection_promise_bank_days = fields.Integer(
        string="Wait for Bank Data",
        default=3,
        help="Business days after the grace for which a promise is not called broken while bank data do not reach its deadline.",
    )
    collection_promise_escalate_level = fields.Integer(
        string="Escalate From Level",
        default=2,
        help="Broken promises in 12 months from which on the next one is brought before the AR manager.",
    )

    @api.constrains(
        "collection_promise_grace_days",
        "collection_promise_horizon_days",
        "collection_promise_tolerance_percent",
        "collection_promise_tolerance_amount",
        "collection_promise_partial_percent",
        "collection_promise_bank_days",
        "collection_promise_escalate_level",
    )
    def _check_collection_promise(self):
        for company in self:
            shares = (company.collection_promise_tolerance_percent, company.collection_promise_partial_percent)
            numbers = (
                company.collection_promise_grace_days,
                company.collection_promise_horizon_days,
                company.collection_promise_tolerance_amount,
                company.collection_promise_bank_days,
                company.collection_promise_escalate_level,
            )
            if min(*shares, *numbers) < 0 or max(shares) > 100:
                raise ValidationError(
                    self.env._("Days and amounts for promises cannot be negative, and shares lie between 0 and 100 %.")
                )
