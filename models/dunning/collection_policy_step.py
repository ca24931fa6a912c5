from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError

from .collection_policy import CUSTOMER_CHANNELS

# Steps that a person does or decides on; the rooms that carry them out take them over. An upload is a notice to a customer with an
# exception "portal only": no step of a policy, but what becomes of one.
TASK_CHANNELS = ("escalation", "credit_hold", "placement_review", "portal_upload")
ROLE_GROUPS = {"collector": "group_collector", "assistant": "group_assistant_manager", "manager": "group_manager"}
# The shipped template for what a step is, the first that applies: (channel or None, days up to, xml id).
_TEMPLATES = (
    ("sales_partner", None, "mail_template_partner"),
    ("final_demand", None, "mail_template_final"),
    (None, 0, "mail_template_courtesy"),
    (None, 14, "mail_template_reminder"),
    (None, 29, "mail_template_past_due"),
    (None, None, "mail_template_second"),
)


# What decides who is chased when: not changed any more once a run went by it.
_FROZEN = {"policy_id", "days", "channel", "tone", "min_amount", "deadline_days", "needs_release", "active"}


class CollectionPolicyStep(models.Model):
    _name = "collection.policy.step"
    _description = "Dunning Step"
    _order = "policy_id, days, sequence, id"

    name = fields.Char(
        compute="_compute_name", store=True, readonly=False, precompute=True, required=True, translate=True
    )
    policy_id = fields.Many2one("collection.policy", required=True, index=True, ondelete="cascade")
    company_id = fields.Many2one(related="policy_id.company_id")
    currency_id = fields.Many2one(related="policy_id.currency_id")
    active = fields.Boolean(default=True)
    sequence = fields.Integer(default=10)
    days = fields.Integer(
        string="Days After Due",
        required=True,
        help="Days from an item's own due date. Negative: a courtesy before it is due.",
    )
    channel = fields.Selection(
        [
            ("email", "E-mail"),
            ("letter", "Letter"),
            ("call", "Call"),
            ("sales_partner", "Sales partner notice"),
            ("escalation", "Escalation"),
            ("credit_hold", "Credit hold"),
            ("final_demand", "Final demand"),
            ("placement_review", "Placement review"),
        ],
        required=True,
        default="email",
    )
    tone = fields.Selection(
        [
            ("courtesy", "Courtesy"),
            ("reminder", "Reminder"),
            ("past_due", "Past due"),
            ("second", "Second past due"),
            ("final", "Final"),
        ],
        help="How the letter sounds; shown on the notice.",
    )
    mail_template_id = fields.Many2one(
        "mail.template",
        string="Template",
        domain="[('model', '=', 'collection.notice')]",
        ondelete="restrict",
        compute="_compute_mail_template_id",
        store=True,
        readonly=False,
        precompute=True,
    )
    min_amount = fields.Monetary(
        string="Minimum Amount", help="A notice whose total (company currency) is below this is not sent."
    )
    deadline_days = fields.Integer(
        string="Days to Pay",
        default=10,
        help="Final demand: calendar days from the day it goes out to the deadline it names.",
    )
    responsible = fields.Selection(
        [("collector", "Collector"), ("assistant", "Assistant manager"), ("manager", "Manager")],
        string="Who Does It",
        default="collector",
        required=True,
        help="Who does the step where a person does it, and who releases it.",
    )
    needs_release = fields.Boolean(string="Release by Hand", help="The notice waits until a person releases it.")
    script = fields.Text(
        string="Call Script",
        translate=True,
        help="What to say on the phone, shown while the call is made. Empty: the script of the account's stage. "
        "{contact}, {customer}, {company}, {collectible}, {overdue} and {days} are filled in.",
    )
    attach_documents = fields.Boolean(
        string="Attach Invoices", help="The PDF of each invoice in the notice goes with it."
    )

    _once = models.UniqueIndex(
        "(policy_id, days, channel) WHERE active",
        "A policy has one step of each kind on a day: change the day or the kind.",
    )

    _deadline_positive = models.Constraint("CHECK(deadline_days > 0)", "A final demand gives at least one day to pay.")

    # ------------------------------------------------------------------
    # Computes and checks
    # ------------------------------------------------------------------

    @api.depends("channel", "days")
    def _compute_name(self):
        channels = dict(self._fields["channel"]._description_selection(self.env))
        for step in self:
            step.name = step.name or self.env._(
                "%(channel)s, day %(days)s", channel=channels.get(step.channel, ""), days=step.days
            )

    @api.depends("channel", "days")
    def _compute_mail_template_id(self):
        """A new step that writes starts with the shipped text that suits its day."""
        for step in self:
            if step.mail_template_id or step.channel not in ("email", "letter", "final_demand", "sales_partner"):
                continue
            name = next(
                name
                for channel, until, name in _TEMPLATES
                if channel in (None, step.channel) and (until is None or step.days <= until)
            )
            step.mail_template_id = self.env.ref(f"account_collections.{name}", raise_if_not_found=False)

    @api.constrains("channel", "days", "sequence", "active", "policy_id", "mail_template_id")
    def _check_step(self):
        for step in self:
            if step.days <= 0 and step.channel not in ("email", "letter"):
                raise ValidationError(
                    self.env._(
                        "“%(step)s”: before the due date only an e-mail or a letter makes sense.", step=step.name
                    )
                )
            if step.mail_template_id and step.mail_template_id.model != "collection.notice":
                raise ValidationError(
                    self.env._("“%(step)s”: the template is not one for collection notices.", step=step.name)
                )
        self.policy_id._check_steps_in_order()

    @api.model_create_multi
    def create(self, vals_list):
        steps = super().create(vals_list)
        steps.policy_id._check_changeable()
        return steps

    def write(self, vals):
        changed = [
            step
            for step in self
            if any(
                step._fields[name].convert_to_write(step[name], step) != vals[name] for name in _FROZEN & vals.keys()
            )
        ]
        self.browse(step.id for step in changed).policy_id._check_changeable()
        return super().write(vals)

    @api.ondelete(at_uninstall=False)
    def _unlink_except_used(self):
        if used := self._are_noticed():
            raise UserError(
                self.env._(
                    "“%(step)s” stands in notices that were written. Leave it out of a new version of the policy instead.",
                    step=used.name,
                )
            )
        self.policy_id._check_changeable()

    def _are_noticed(self):
        """One of these steps that stands in a notice, if any."""
        # Whoever may change the policy need not see all notices.
        return self.env["collection.notice.line"].sudo().search([("step_id", "in", self.ids)], limit=1).step_id

    # ------------------------------------------------------------------
    # What a step is
    # ------------------------------------------------------------------

    def _track(self):
        """Steps of one track follow one another; tracks run beside each other."""
        self.ensure_one()
        return "customer" if self.channel in CUSTOMER_CHANNELS else self.channel

    def _is_grave(self):
        """Whether the step is more than a reminder."""
        self.ensure_one()
        return self.channel not in ("email", "letter", "call", "sales_partner")

    def _is_released_by_hand(self):
        """Final demands are always approved by a person (SPEC §2)."""
        self.ensure_one()
        return self.needs_release or self.channel == "final_demand"

    def _responsible_role(self):
        """Who does or releases the step; a final demand is the manager's."""
        return "manager" if self.channel == "final_demand" else self.responsible or "collector"
