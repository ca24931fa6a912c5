from odoo import api, fields, models
from odoo.exceptions import ValidationError


class ResCompany(models.Model):
    _inherit = "res.company"

    collection_claim_hold_days = fields.Integer(
        string="Time to Find a Payment",
        default=5,
        help="Business days for which items are not chased after the customer said that they are paid; can be renewed once.",
    )
    collection_claim_tolerance_percent = fields.Float(
        string="Claim Tolerance (%)",
        default=1.0,
        help="How far a receipt may be from the claimed amount to be proposed as it; the smaller of this share and the amount.",
    )
    collection_claim_tolerance_amount = fields.Monetary(
        string="Claim Tolerance Amount", currency_field="currency_id", default=50.0
    )
    collection_request_days = fields.Integer(
        string="Time to Apply Money",
        default=2,
        help="Business days after which a request to apply money is late and goes to the AR manager.",
    )
    collection_request_user_id = fields.Many2one(
        "res.users",
        string="Who Applies Money",
        domain="[('share', '=', False)]",
        help="Gets the requests to apply; needs the right to match entries. Empty: the AR manager, else whoever has that right.",
    )
    collection_duplicate_days = fields.Integer(
        string="Duplicate Payments Within",
        default=10,
        help="Two receipts of one customer and amount within so many days are flagged as perhaps paid twice.",
    )

    @api.constrains(
        "collection_claim_hold_days",
        "collection_claim_tolerance_percent",
        "collection_claim_tolerance_amount",
        "collection_request_days",
        "collection_duplicate_days",
    )
    def _check_collection_claim(self):
        for company in self:
            numbers = (
                company.collection_claim_tolerance_percent,
                company.collection_claim_tolerance_amount,
                company.collection_duplicate_days,
            )
            days = (company.collection_claim_hold_days, company.collection_request_days)
            if min(numbers) < 0 or company.collection_claim_tolerance_percent > 100 or min(days) < 1:
                raise ValidationError(
                    self.env._(
                        "Claims and requests need at least one business day; tolerances are not negative and at most 100 %."
                    )
                )

    def _collection_applier(self):
        """Who gets requests to apply money: whom the settings name, else the AR manager, else whoever may match entries."""
        self.ensure_one()
        # Rights of others are looked at, nothing is shown of them.
        chosen = (self.sudo().collection_request_user_id, self._collection_manager())
        for user in chosen:
            if user and user.active and user._collection_may_apply(self):
                return user
        return self.env["res.users"].sudo().search(self._collection_applier_domain(), order="id", limit=1)

    def _collection_applier_domain(self):
        group = self.env.ref("account.group_account_invoice")
        return [
            ("share", "=", False),
            ("all_group_ids", "in", group.ids),
            ("company_ids", "in", self.ids),
            ("id", "!=", self.env.ref("base.user_root").id),
        ]
