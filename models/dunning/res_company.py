from odoo import api, fields, models
from odoo.exceptions import ValidationError


class ResCompany(models.Model):
    _inherit = "res.company"

    collection_policy_id = fields.Many2one(
        "collection.policy",
        string="Dunning Policy",
        domain="[('company_id', 'in', (False, id)), ('first_id', '=', False)]",
        help="Used for every account that has no policy of its own.",
    )
    collection_auto_run = fields.Boolean(
        string="Run Dunning Every Day",
        default=True,
        help="The daily job prepares and confirms a run. Off: somebody makes the runs by hand.",
    )
    collection_send_attempts = fields.Integer(
        string="Attempts to Send",
        default=4,
        help="How often a notice that could not be sent is tried before it is left as failed.",
    )

    collection_bank_days = fields.Integer(
        string="Bank Data May Be Old",
        default=2,
        help="A dunning run warns when the last payment or statement line is older than this many business days.",
    )

    _bank_days_positive = models.Constraint(
        "CHECK(collection_bank_days >= 0)", "The age of bank data cannot be negative."
    )

    @api.constrains("collection_policy_id")
    def _check_collection_policy(self):
        for company in self:
            owner = company.collection_policy_id.company_id
            if owner and owner != company:
                raise ValidationError(
                    self.env._(
                        "Policy %(policy)s belongs to %(owner)s and cannot be used by %(company)s.",
                        policy=company.collection_policy_id.name,
                        owner=owner.name,
                        company=company.name,
                    )
                )

    @api.model
    def _collection_set_default_policy(self):
        """Give companies without a policy the one that is shipped."""
        policy = self.env.ref("account_collections.policy_default", raise_if_not_found=False)
        if policy:
            self.search([("collection_policy_id", "=", False)]).collection_policy_id = policy

    @api.model_create_multi
    def create(self, vals_list):
        companies = super().create(vals_list)
        companies._collection_set_default_policy()
        return companies
