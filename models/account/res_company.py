from odoo import api, fields, models
from odoo.exceptions import ValidationError

# Settings that all figures depend on.
_TOUCHING = {"collection_tz", "collection_revisit_days", "account_use_credit_limit"}
_TOUCHING |= {"collection_risk_medium", "collection_risk_high"}
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
    collection_risk_medium = fields.Integer(
        string="Medium Risk From", default=20, help="Points of the risk rules from which an account is of medium risk."
    )
    collection_risk_high = fields.Integer(
        string="High Risk From", default=50, help="Points of the risk rules from which an account is of high risk."
    )
    collection_risk_days = fields.Integer(
        string="Escalate After",
        default=2,
        help="Business days after which an account of high risk that nobody touched goes to the manager. 0: never.",
    )
    collection_payment_hold_days = fields.Integer(
        string="Payments on Their Way",
        default=10,
        help="Days for which a registered payment without a journal entry keeps its invoices from being chased.",
    )

    def _collection_manager(self):
        """Who decides: the company's AR manager, else somebody who may, else whoever is at work."""
        self.ensure_one()
        chosen = self.collection_manager_id
        if chosen.active:
            return chosen
        # Anybody may have something brought before the manager; who that is need not be readable for them.
        managers = self.env.ref("account_collections.group_manager").sudo().all_user_ids
        fit = managers.filtered(
            lambda user: user.active and not user.share and not user._is_superuser() and self in user.company_ids
        )
        return fit.sorted("id")[:1].with_env(self.env) or self.env.user

    @api.constrains("collection_risk_medium", "collection_risk_high", "collection_risk_days")
    def _check_collection_risk(self):
        for company in self:
            if not 0 < company.collection_risk_medium < company.collection_risk_high:
                raise ValidationError(
                    self.env._("High risk needs more points than medium risk, and medium risk at least one.")
                )
            if company.collection_risk_days < 0:
                raise ValidationError(self.env._("The days until an escalation cannot be negative."))

    @api.constrains("collection_unreachable_attempts", "collection_unreachable_days")
    def _check_collection_unreachable(self):
        for company in self:
            if company.collection_unreachable_attempts < 1 or company.collection_unreachable_days < 1:
                raise ValidationError(
                    self.env._("“Unreachable” needs at least one attempt, and at least one day to make it in.")
                )

    def write(self, vals):
        names = list(_TOUCHING & vals.keys())
        before = [company[name] for company in self for name in names]
        result = super().write(vals)
        # The settings page writes all of them, changed or not.
        if before != [company[name] for company in self for name in names]:
            self.env["collection.account"]._touch_everything()
            if "collection_tz" in names:
                self.env["collection.account"]._move_callbacks(self)
        return result
