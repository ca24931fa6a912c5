from odoo import api, fields, models
from odoo.exceptions import UserError

STATES = [
    ("draft", "Draft"),
    ("submitted", "Submitted"),
    ("returned", "Returned"),
    ("approved", "Approved"),
    ("active", "Active"),
    ("achieved", "Achieved"),
    ("failed", "Failed"),
    ("superseded", "Replaced"),
    ("cancelled", "Cancelled"),
]
PREPARED = ("draft", "submitted", "returned")
LIVE = ("approved", "active")
# In these people still write the plan; in all others it stays as it is.
OPEN_TO_CHANGE = ("draft", "returned")
# What is decided on.
_FACTS = {"account_id", "date_start", "review_date", "root_cause", "fallback", "step_ids"}
_BUCKETS = ("aging_current", "aging_1", "aging_2", "aging_3", "aging_4", "aging_5")


class CollectionPlan(models.Model):
    """A plan of action: how an exposure is to be brought down, in steps with an owner and a date (SPEC §8).

    Each version is a record of its own: what was approved is never changed, it is replaced.
    """

    _name = "collection.plan"
    _description = "Plan of Action"
    _inherit = ["collection.approval.mixin", "mail.thread", "mail.activity.mixin"]
    _order = "id desc"
    _check_company_auto = True
    _mail_post_access = "read"

    name = fields.Char(string="Reference", default="/", readonly=True, copy=False)
    account_id = fields.Many2one(
        "collection.account",
        required=True,
        index=True,
        ondelete="restrict",
        check_company=True,
        domain=[("partner_id", "!=", False)],
    )
    partner_id = fields.Many2one(related="account_id.partner_id", string="Customer")
    collector_id = fields.Many2one(related="account_id.collector_id")
    company_id = fields.Many2one(related="account_id.company_id", store=True, precompute=True)
    currency_id = fields.Many2one(related="company_id.currency_id")
    user_id = fields.Many2one("res.users", string="Drawn Up By", default=lambda self: self.env.user, readonly=True)
    state = fields.Selection(STATES, required=True, default="draft", readonly=True, index=True, tracking=True)

    # The plan
    root_cause = fields.Text(help="Why the customer does not pay.")
    fallback = fields.Text(help="What happens if the plan fails.")
    date_start = fields.Date(
        string="Start",
        required=True,
        default=lambda self: self.env.company._collection_today(),
        help="From this day on an approved plan is carried out, and cash counts for it.",
    )
    review_date = fields.Date(help="The last day for the expected cash; afterwards the plan has failed.")
    step_ids = fields.One2many("collection.plan.step", "plan_id", string="Steps")
    amount_expected = fields.Monetary(
        string="Expected Cash", compute="_compute_amount_expected", store=True, help="The sum of the steps."
    )

    # The exposure when it was submitted
    exposure_date = fields.Date(string="Exposure Of", readonly=True, copy=False)
    exposure_total = fields.Monetary(string="Exposure", readonly=True, copy=False)
    exposure_overdue = fields.Monetary(string="Overdue Then", readonly=True, copy=False)
    exposure_oldest_days = fields.Integer(string="Oldest Item Then (Days)", readonly=True, copy=False, aggregator=None)
    exposure_aging = fields.Json(readonly=True, copy=False)

    # The exposure now
    amount_total = fields.Monetary(related="account_id.amount_total", string="Exposure Now")
    amount_overdue = fields.Monetary(related="account_id.amount_overdue", string="Overdue Now")
    aging_current = fields.Monetary(related="account_id.aging_current")
    aging_1 = fields.Monetary(related="account_id.aging_1")
    aging_2 = fields.Monetary(related="account_id.aging_2")
    aging_3 = fields.Monetary(related="account_id.aging_3")
    aging_4 = fields.Monetary(related="account_id.aging_4")
    aging_5 = fields.Monetary(related="account_id.aging_5")
    aging_labels = fields.Json(related="account_id.aging_labels")
    open_count = fields.Integer(related="account_id.open_count")
    plan_rule_id = fields.Many2one(related="account_id.plan_rule_id")

    _prepared_once = models.UniqueIndex(
        "(account_id) WHERE state IN ('draft', 'submitted', 'returned')",
        "A plan for this account is being prepared already.",
    )
    _live_once = models.UniqueIndex(
        "(account_id) WHERE state IN ('approved', 'active')", "This account has a plan in force already."
    )

    # ------------------------------------------------------------------
    # Computes
    # ------------------------------------------------------------------

    @api.depends("name", "version", "partner_id")
    def _compute_display_name(self):
        for plan in self:
            version = f" v{plan.version}" if plan.version > 1 else ""
            plan.display_name = f"{plan.name}{version} {plan.partner_id.display_name or ''}".strip()

    @api.depends("step_ids.amount_expected")
    def _compute_amount_expected(self):
        for plan in self:
            plan.amount_expected = sum(plan.step_ids.mapped("amount_expected"))

    def _exposure_vals(self):
        """The account's exposure as it stands, to be kept with the plan."""
        account = self.account_id
        account.action_refresh()
        return {
            "exposure_date": self.company_id._collection_today(),
            "exposure_total": account.amount_total,
            "exposure_overdue": account.amount_overdue,
            "exposure_oldest_days": account.oldest_days,
            "exposure_aging": [
                [label, account[name]] for label, name in zip(account.aging_labels or _BUCKETS, _BUCKETS)
            ],
        }

    # ------------------------------------------------------------------
    # What stays as it was
    # ------------------------------------------------------------------

    def _guarded_fields(self):
        return super()._guarded_fields() | {
            *("name", "user_id", "state", "amount_expected"),
            *("exposure_date", "exposure_total", "exposure_overdue", "exposure_oldest_days", "exposure_aging"),
        }

    @api.model_create_multi
    def create(self, vals_list):
        """Drafts, numbered, beginning today where no other day is given."""
        self._check_guard({name for vals in vals_list for name in vals})
        if not self._has_pass():
            self._check_room([vals["account_id"] for vals in vals_list if vals.get("account_id")])
        accounts = self.env["collection.account"].browse({vals.get("account_id") for vals in vals_list} - {None, False})
        today = {account.id: account.company_id._collection_today() for account in accounts}
        names = iter(self._next_references(self._name, sum("name" not in vals for vals in vals_list)))
        prepared = [
            {
                "user_id": self.env.uid,
                "date_start": today.get(vals.get("account_id")),
                **vals,
                "name": vals.get("name") or next(names),
            }
            for vals in vals_list
        ]
        # The pass is for the plan's own fields: steps are made with the caller's rights.
        steps = [vals.pop("step_ids", ()) for vals in prepared]
        plans = super(CollectionPlan, self._without_guarded_defaults()._unguarded()).create(prepared)
        plans = plans.with_env(self.env)
        for plan, commands in zip(plans, steps):
            if commands:
                plan.step_ids = commands
        self.env["collection.account"]._touch(accounts=plans.account_id.ids)
        return plans

    @api.model
    def _check_room(self, account_ids):
        """One plan at a time: what is in force is changed by a new version, what is being prepared is gone on with."""
        # That there is one may be said to whoever may write the account.
        standing = self.sudo().search([("account_id", "in", account_ids), ("state", "in", PREPARED + LIVE)], limit=1)
        if not standing:
            return
        if standing.state in LIVE:
            raise UserError(
                self.env._(
                    "%(plan)s is in force for this account. Change it instead: that makes a new version.",
                    plan=standing.name,
                )
            )
        raise UserError(
            self.env._("%(plan)s is being prepared for this account already. Go on with it.", plan=standing.name)
        )

    def write(self, vals):
        if _FACTS & vals.keys():
            self._check_open_to_change()
            if "account_id" in vals and any(plan.account_id.id != vals["account_id"] for plan in self):
                raise UserError(self.env._("A plan stays with its account. Delete it and make another one."))
        return super().write(vals)

    def _check_open_to_change(self):
        """:raise UserError: somebody decides on it at this moment, or has decided"""
        if self._has_pass():
            return
        for plan in self:
            if plan.state == "submitted":
                raise UserError(
                    self.env._("%(plan)s waits for its approval. Withdraw it to go on writing.", plan=plan.name)
                )
            if plan.state not in OPEN_TO_CHANGE:
                raise UserError(
                    self.env._("%(plan)s was decided on and stays as it is. Make a new version.", plan=plan.name)
                )

    @api.ondelete(at_uninstall=False)
    def _unlink_except_append_only(self):
        """A draft that nobody saw may go."""
        self.env["collection.account"]._touch(accounts=self.account_id.ids)
        seen = self.filtered(lambda plan: plan.state != "draft" or plan.exposure_date)
        return super(CollectionPlan, seen)._unlink_except_append_only() if seen else None

    # ------------------------------------------------------------------
    # Actions
    # ------------------------------------------------------------------

    def action_view_account(self):
        """Open the account with fresh figures."""
        self.ensure_one()
        return self.account_id.action_open()

    def action_view_items(self):
        """The account's open items; see `collection.account.action_view_items`."""
        self.ensure_one()
        return self.account_id.action_view_items()

    def _get_plan_action(self):
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "name": self.name,
            "res_model": self._name,
            "res_id": self.id,
            "view_mode": "form",
        }
