from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError, ValidationError

CHANNELS = [
    ("call", "Call"),
    ("email", "E-mail"),
    ("letter", "Letter"),
    ("sms", "SMS"),
    ("portal", "Portal"),
    ("meeting", "Meeting"),
    ("note", "Note"),
]
DIRECTIONS = [("out", "Outbound"), ("in", "Inbound")]

# Set by the system; a person's entries end with the outcome.
_OWN = {"name", "state", "user_id", "company_id", "business_date", "is_attempt", "is_right_party", "mail_message_id"}


class CollectionActivity(models.Model):
    """One contact with a customer or a sales partner. A draft is being entered; once logged it is a fact (SPEC §0, §3)."""

    _name = "collection.activity"
    _description = "Contact"
    _inherit = ["collection.guard"]
    _order = "date desc, id desc"
    _check_company_auto = True

    name = fields.Char(string="Number", default="/", required=True, readonly=True, copy=False)
    account_id = fields.Many2one("collection.account", index=True, ondelete="restrict", check_company=True)
    account_ids = fields.Many2many(
        "collection.account",
        "collection_activity_account_rel",
        "activity_id",
        "account_id",
        string="Accounts",
        check_company=True,
        help="All accounts that were talked about; the contact stands in the history of each.",
    )
    sales_partner_id = fields.Many2one(
        "res.partner",
        domain=[("is_sales_partner", "=", True)],
        index="btree_not_null",
        ondelete="restrict",
        help="Who was spoken to, about the accounts. Their customers were not contacted by it.",
    )
    company_id = fields.Many2one(
        "res.company", compute="_compute_company_id", store=True, precompute=True, required=True, index=True
    )
    currency_id = fields.Many2one(related="company_id.currency_id")
    partner_id = fields.Many2one(related="account_id.partner_id", string="Customer")
    user_id = fields.Many2one(
        "res.users", string="By", required=True, readonly=True, default=lambda self: self.env.user, index=True
    )
    channel = fields.Selection(CHANNELS, required=True, default="call")
    direction = fields.Selection(DIRECTIONS, required=True, default="out")
    contact_id = fields.Many2one("res.partner", string="Contact Person", index="btree_not_null", ondelete="restrict")
    customer_ids = fields.Many2many("res.partner", compute="_compute_customer_ids", string="Customers")
    date = fields.Datetime(string="When", required=True, default=fields.Datetime.now, help="When the contact began.")
    business_date = fields.Date(compute="_compute_business_date", store=True, precompute=True, index=True)
    duration = fields.Float(string="Minutes", digits=(16, 2), help="How long it took, in minutes.")
    outcome_id = fields.Many2one("collection.activity.outcome", ondelete="restrict", index="btree_not_null")
    move_ids = fields.Many2many("account.move", string="Documents", help="Invoices that were talked about.")
    note = fields.Text()
    next_action = fields.Char()
    next_action_date = fields.Date(
        string="Next Action On", compute="_compute_next_action_date", store=True, readonly=False, precompute=True
    )
    next_action_time = fields.Float(
        string="At (Customer's Time)", aggregator=None, help="The hour at the customer's, e.g. 14:30. 0: any time."
    )
    state = fields.Selection(
        [("draft", "Open"), ("done", "Logged"), ("void", "Void")], default="draft", required=True, readonly=True
    )
    mail_message_id = fields.Many2one("mail.message", string="Message", readonly=True, ondelete="set null")

    # What the outcome meant when it was logged: a later change of the outcome does not rewrite history.
    is_attempt = fields.Boolean(compute="_compute_counts", store=True, precompute=True)
    is_right_party = fields.Boolean(string="Right Party", compute="_compute_counts", store=True, precompute=True)

    _attempts_idx = models.Index("(business_date) WHERE is_attempt")

    # ------------------------------------------------------------------
    # Computes
    # ------------------------------------------------------------------

    @api.depends("account_id", "account_ids")
    def _compute_company_id(self):
        for activity in self:
            accounts = activity.account_id or activity.account_ids[:1]
            activity.company_id = accounts.company_id or activity.company_id or self.env.company

    @api.depends("date", "company_id")
    def _compute_business_date(self):
        for activity in self:
            moment = activity.date or fields.Datetime.now()
            activity.business_date = activity.company_id._collection_date(moment)

    @api.depends("outcome_id")
    def _compute_next_action_date(self):
        for activity in self:
            days = activity.outcome_id.next_action_days
            if days:
                company = activity.company_id
                activity.next_action_date = company._collection_add_business_days(company._collection_today(), days)
            else:
                activity.next_action_date = activity.next_action_date

    @api.depends("channel", "direction", "outcome_id", "state", "is_live")
    def _compute_counts(self):
        """An outbound call that was begun is an attempt, whatever becomes of it, unless its outcome says otherwise."""
        for activity in self:
            counts = activity.state != "void"
            called = activity.channel == "call" and activity.direction == "out"
            activity.is_attempt = (
                counts and called and (activity.outcome_id.is_attempt if activity.outcome_id else activity.is_live)
            )
            activity.is_right_party = counts and activity.outcome_id.is_right_party

    @api.depends("account_id", "account_ids", "sales_partner_id")
    def _compute_customer_ids(self):
        """Whose people may be the contact person."""
        for activity in self:
            customers = (activity.account_ids | activity.account_id).partner_id | activity.sales_partner_id
            activity.customer_ids = customers.commercial_partner_id

    @api.depends("name", "channel", "account_id", "sales_partner_id")
    def _compute_display_name(self):
        channels = dict(self._fields["channel"]._description_selection(self.env))
        for activity in self:
            who = activity.sales_partner_id.display_name or activity.account_id.display_name or activity.name
            activity.display_name = f"{channels.get(activity.channel, '')}: {who}"

    # ------------------------------------------------------------------
    # Checks
    # ------------------------------------------------------------------

    def _guarded_fields(self):
        return frozenset(_OWN)

    def _is_append_only(self):
        """A draft may be thrown away, but not a call that was begun: whoever dialled says what came of it."""
        return any(activity.state != "draft" or activity.is_live for activity in self)

    @api.constrains("account_id", "account_ids", "sales_partner_id")
    def _check_somebody(self):
        for activity in self:
            accounts = activity.account_ids | activity.account_id
            if not (accounts or activity.sales_partner_id):
                raise ValidationError(self.env._("A contact belongs to an account or to a sales partner."))
            if accounts.company_id - activity.company_id:
                raise ValidationError(self.env._("The accounts of one contact belong to one company."))

    @api.constrains("date", "duration", "next_action_time")
    def _check_times(self):
        for activity in self:
            if (activity.date - fields.Datetime.now()).total_seconds() > 300:
                raise ValidationError(self.env._("A contact cannot be logged before it took place."))
            if activity.duration < 0:
                raise ValidationError(self.env._("A contact cannot last less than no time."))
            if not 0 <= activity.next_action_time < 24:
                raise ValidationError(self.env._("The time of the next action lies between 0:00 and 23:59."))

    # ------------------------------------------------------------------
    # Writing
    # ------------------------------------------------------------------

    @api.model_create_multi
    def create(self, vals_list):
        activities = super().create(vals_list)
        activities._link_accounts()
        activities._check_begun()
        return activities

    def write(self, vals):
        if self._has_pass():
            return super().write(vals)
        self._check_editable()
        result = super().write(vals)
        if {"account_id", "account_ids"} & vals.keys():
            self._link_accounts()
        return result

    def _link_accounts(self):
        """The main account is one of the accounts, and all are open to whoever logs the contact."""
        for activity in self._unguarded():
            if not activity.account_id:
                activity.account_id = activity.account_ids[:1]
            elif activity.account_id not in activity.account_ids:
                activity.account_ids |= activity.account_id
        self.account_ids.check_access("write")

    def _check_editable(self):
        """Logged contacts are facts; an open one is its author's, or a manager's to finish."""
        for activity in self:
            if activity.state != "draft":
                raise UserError(
                    self.env._(
                        "%(contact)s is logged and cannot be changed. A manager can void or redact it; log what is new as a new contact.",
                        contact=activity.name,
                    )
                )
            if (
                activity.user_id != self.env.user
                and not self.env.su
                and not self.env.user.has_group("account_collections.group_assistant_manager")
            ):
                raise AccessError(
                    self.env._(
                        "%(contact)s is being logged by %(user)s.", contact=activity.name, user=activity.user_id.name
                    )
                )

    @api.ondelete(at_uninstall=False)
    def _unlink_except_others(self):
        if not self._has_pass():
            self._check_editable()
