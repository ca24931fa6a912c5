from odoo import fields, models


class ResCompany(models.Model):
    _inherit = "res.company"

    collection_see_all = fields.Boolean(
        string="Collectors See All Accounts",
        default=True,
        help="Off: collectors see their own portfolio and the accounts nobody has, and nothing of their colleagues'.",
    )
    collection_revisit_days = fields.Integer(
        string="Revisit After",
        default=7,
        help="Days after which an account that was worked without a next action comes back to the worklist.",
    )
    collection_payment_hold_days = fields.Integer(
        string="Payments on Their Way",
        default=10,
        help="Days for which a registered payment without a journal entry keeps its invoices from being chased.",
    )

    def _collection_parameters(self):
        """What the refresh statement needs of each company: dicts of today, aging limits, currency digits, settings."""
        fallback = self.env["res.partner"]._fields["credit_limit"]
        return [
            {
                "company_id": company.id,
                "today": company._collection_today(),
                "buckets": company._collection_buckets(),
                "digits": company.currency_id.decimal_places,
                "revisit_days": company.collection_revisit_days,
                "credit_limit": fallback.get_company_dependent_fallback(self.env["res.partner"].with_company(company)) or 0.0,
                "use_credit_limit": company.account_use_credit_limit,
            }
            for company in self
        ]
