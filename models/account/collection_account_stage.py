from odoo import api, fields, models

# What the customer said last, or that nobody could ask (SPEC §1).
STAGES = [
    ("new", "New"),
    ("contacted", "Contacted"),
    ("promised", "Promised"),
    ("promise_broken", "Promise Broken"),
    ("disputed", "Disputed"),
    ("claims_paid", "Claims Paid"),
    ("refused", "Refused"),
    ("unreachable", "Unreachable"),
    ("awaiting_documents", "Awaiting Documents"),
    ("on_plan", "On Plan"),
]


class CollectionAccountStage(models.Model):
    _name = "collection.account.stage"
    _description = "Stage of an Account"
    _inherit = ["collection.guard"]
    _order = "date desc, id desc"
    _check_company_auto = True

    name = fields.Char(string="Reference", compute="_compute_name")
    account_id = fields.Many2one(
        "collection.account", required=True, index=True, ondelete="restrict", check_company=True
    )
    company_id = fields.Many2one(related="account_id.company_id", store=True, precompute=True)
    collector_id = fields.Many2one(related="account_id.collector_id")
    stage = fields.Selection(STAGES, required=True)
    previous = fields.Selection(STAGES, string="Before", required=True)
    date = fields.Datetime(string="When", required=True, default=fields.Datetime.now)
    business_date = fields.Date(string="Day", required=True, index=True)
    user_id = fields.Many2one("res.users", string="By", required=True, default=lambda self: self.env.user)
    reason = fields.Char(string="Why")
    res_model = fields.Char(string="Source Model")
    res_id = fields.Many2oneReference(string="Source", model_field="res_model")
    days_before = fields.Integer(
        string="Days in the Stage Before",
        aggregator="avg",
        help="How long the account stood in the stage that it left. 0 where it was new from the beginning.",
    )

    @api.depends("account_id", "stage")
    def _compute_name(self):
        labels = dict(self._fields["stage"]._description_selection(self.env))
        for row in self:
            row.name = f"{row.account_id.display_name}: {labels.get(row.stage, '')}"

    def _guarded_fields(self):
        return frozenset(self._fields)
