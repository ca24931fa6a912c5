from datetime import timedelta

from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError

# Steps that one item goes through one after the other; the other channels run beside them, each on its own.
CUSTOMER_CHANNELS = ("email", "letter", "call", "final_demand")


class CollectionPolicy(models.Model):
    _name = "collection.policy"
    _description = "Dunning Policy"
    _inherit = ["collection.guard", "mail.thread"]
    _order = "name, id"
    _check_company_auto = True

    name = fields.Char(required=True, translate=True)
    active = fields.Boolean(default=True)
    company_id = fields.Many2one("res.company", help="Empty: every company may use this policy.")
    currency_id = fields.Many2one("res.currency", compute="_compute_currency_id")
    tag_ids = fields.Many2many(
        "res.partner.category",
        string="Customer Tags",
        help="Customers with one of these tags are under this policy, where neither invoice, account nor sales partner has one.",
    )
    step_ids = fields.One2many("collection.policy.step", "policy_id", string="Steps", copy=True)
    first_step_id = fields.Many2one(
        "collection.policy.step",
        string="Highest First Step",
        domain="[('policy_id', '=', id), ('channel', 'in', ('email', 'letter'))]",
        compute="_compute_first_step_id",
        store=True,
        readonly=False,
        copy=False,
        ondelete="set null",
        help="The first notice about an item is at most this step, however old the item is when it is first seen.",
    )
    min_days_between = fields.Integer(
        string="Days Between Steps",
        default=7,
        tracking=True,
        help="At least this many days lie between two steps of one item.",
    )
    email_interval_days = fields.Integer(
        string="Days Between E-mails",
        default=7,
        tracking=True,
        help="A customer gets at most one reminder e-mail in this many days; newly reached items wait and join the next one.",
    )
    resume_business_days = fields.Integer(
        string="Rest After a Hold",
        default=3,
        tracking=True,
        help="Business days after the end of a hold before the item is noticed again.",
    )
    final_demand_days = fields.Integer(
        string="Notice Before Final Demand",
        default=10,
        tracking=True,
        help="A final demand needs an earlier notice, sent and not bounced, at least this many days before.",
    )
    final_demand_retry_days = fields.Integer(
        string="Refused Final Demand Again After",
        default=30,
        tracking=True,
        help="Days after which a final demand that a manager refused is proposed again.",
    )
    quiet_days = fields.Selection(
        [("none", "None"), ("closed", "Weekends and public holidays")],
        required=True,
        default="none",
        tracking=True,
        help="Days on which nobody is reminded, by the company's calendar; what falls due on them waits for the next day.",
    )
    account_count = fields.Integer(compute="_compute_account_count")

    _retry_positive = models.Constraint(
        "CHECK(final_demand_retry_days > 0)", "A refused final demand is proposed again after one day at the earliest."
    )
    _days_positive = models.Constraint(
        "CHECK(min_days_between >= 0 AND email_interval_days >= 0 AND resume_business_days >= 0 AND final_demand_days >= 0)",
        "Intervals of a policy cannot be negative.",
    )

    # ------------------------------------------------------------------
    # Computes and checks
    # ------------------------------------------------------------------

    @api.model
    def _is_append_only(self):
        return False

    @api.depends("company_id")
    @api.depends_context("company")
    def _compute_currency_id(self):
        for policy in self:
            policy.currency_id = (policy.company_id or self.env.company).currency_id

    @api.depends("step_ids.days", "step_ids.channel", "step_ids.tone", "step_ids.active")
    def _compute_first_step_id(self):
        """Where nobody chose one: the "second past due", else the third reminder in writing, always before any graver step."""
        for policy in self:
            steps = policy.step_ids.sorted(lambda step: (step.days, step.sequence))
            if policy.first_step_id in steps:
                continue
            grave = min(steps.filtered(lambda step: step._is_grave()).mapped("days"), default=None)
            mails = steps.filtered(
                lambda step: (
                    step.channel in ("email", "letter") and step.days > 0 and (grave is None or step.days < grave)
                )
            )
            policy.first_step_id = mails.filtered(lambda step: step.tone == "second")[-1:] or mails[:3][-1:]

    def _compute_account_count(self):
        groups = self.env["collection.account"]._read_group(
            [("policy_id", "in", self._family().ids)], ["policy_id"], ["__count"]
        )
        counts = dict(groups)
        for policy in self:
            policy.account_count = sum(counts.get(version, 0) for version in policy._family())

    @api.constrains("active")
    def _check_archived(self):
        for policy in self.filtered(lambda policy: not policy.active):
            versions = policy._family().ids
            companies = self.env["res.company"].sudo().search([("collection_policy_id", "in", versions)])
            accounts = self.env["collection.account"].sudo().search_count([("policy_id", "in", versions)])
            if companies or accounts:
                raise ValidationError(
                    self.env._(
                        "Policy %(policy)s is in use: %(companies)s, %(count)s accounts. Give them another one before you archive it.",
                        policy=policy.name,
                        companies=", ".join(companies.mapped("name")) or self.env._("no company"),
                        count=accounts,
                    )
                )

    @api.constrains("step_ids")
    def _check_steps_in_order(self):
        for policy in self:
            steps = policy.step_ids.sorted(lambda step: (step.sequence, step.id))
            for step, following in zip(steps, steps[1:]):
                if following.days < step.days:
                    raise ValidationError(
                        self.env._(
                            "Policy %(policy)s: “%(second)s” (day %(second_days)s) stands after “%(first)s” (day %(first_days)s) "
                            "but comes earlier. Put the steps in the order of their days.",
                            policy=policy.name,
                            first=step.name,
                            first_days=step.days,
                            second=following.name,
                            second_days=following.days,
                        )
                    )
            policy._check_one_step_a_day()

    def _check_one_step_a_day(self):
        """An item goes through the steps towards the customer one after the other."""
        customer = self.step_ids.filtered(lambda step: step._track() == "customer")
        for days, same in customer.grouped("days").items():
            if len(same) > 1:
                raise ValidationError(
                    self.env._(
                        "Policy %(policy)s has two steps towards the customer on day %(days)s: %(steps)s. Give them different days.",
                        policy=self.name,
                        days=days,
                        steps=", ".join(same.mapped("name")),
                    )
                )

    def _check_usable(self):
        """Refuse a policy with which nobody could be chased.

        :raise UserError: no step, or an e-mail step without a template
        """
        for policy in self:
            if not policy.step_ids:
                raise UserError(self.env._("Policy %(policy)s has no steps. Add at least one.", policy=policy.name))
            bare = policy.step_ids.filtered(
                lambda step: step.channel in ("email", "final_demand") and not step.mail_template_id
            )
            if bare:
                raise UserError(
                    self.env._(
                        "Policy %(policy)s: step “%(step)s” has no template.", policy=policy.name, step=bare[0].name
                    )
                )

    # ------------------------------------------------------------------
    # Days
    # ------------------------------------------------------------------

    def _last_rested_day(self, company, today):
        """The last day on which a hold may have ended for its item to be noticed again today."""
        self.ensure_one()
        day = today
        while company._collection_add_business_days(day, self.resume_business_days) > today:
            day -= timedelta(days=1)
        return day

    def _is_quiet(self, company, day):
        """Whether nobody is reminded on that day."""
        self.ensure_one()
        return self.quiet_days == "closed" and not company._collection_is_business_day(day)

    # ------------------------------------------------------------------
    # Actions
    # ------------------------------------------------------------------

    def action_view_accounts(self):
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Accounts under %(policy)s", policy=self.name),
            "res_model": "collection.account",
            "view_mode": "list,kanban,form",
            "domain": [("policy_id", "in", self._family().ids)],
        }
