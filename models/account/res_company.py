from odoo import fields, models

# Settings that all figures depend on.
_TOUCHING = {"collection_tz", "collection_revisit_days", "account_use_credit_limit"}
_TOUCHING |= {"collection_bucket_1", "collection_bucket_2", "collection_bucket_3", "collection_bucket_4"}


class ResCompany(models.Model):
    _inherit = "res.company"

    collection_see_all = fields.Boolean(
        string="Collectors See All Accounts",
        default=True,
        help="Off: collectors see their own portfolio and the accounts nobody has, and nothing of their colleagues'.",
    )
    collection_manager_id = fields.Many2one(
        "res.users",
        string="AR Manager",
        domain="[('share', '=', False)]",
        help="Gets the tasks of accounts that have no collector, and what waits for a manager.",
    )
    collection_revisit_days = fields.Integer(
        string="Revisit After",
        default=7,
        help="Days after which an account that was worked without a next action comes back to the worklist.",
    )
    collection_unreachable_attempts = fields.Integer(
        string="Unreachable After",
        default=3,
        help="Attempts without reaching the right person after which an account is unreachable.",
    )
    collection_unreachable_days = fields.Integer(
        string="Attempts Within", default=14, help="Days within which these attempts were made."
    )
    collection_payment_hold_days = fields.Integer(
        string="Payments on Their Way",
        default=10,
        help="Days for which a registered payment without a journal entry keeps its invoices from being chased.",
    )

    def write(self, vals):
        names = list(_TOUCHING & vals.keys())
        before = [company[name] for company in self for name in names]
        result = super().write(vals)
        # The settings page writes all of them, changed or not.
        if before != [company[name] for company in self for name in names]:
            self.env["collection.account"]._touch_everything()
        return result
