from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError
from odoo.fields import Domain

STATES = [
    ("draft", "Draft"),
    ("sent", "Asked"),
    ("answered", "Answered"),
    ("expired", "Not Answered"),
    ("closed", "Closed"),
    ("cancelled", "Cancelled"),
]
RESULTS = [
    ("solved", "Solved"),
    ("partly", "Partly solved"),
    ("no_help", "No help"),
    ("settled", "Nothing left open"),
]
# The partner works on it, or we go on with what came of it.
LIVE = ("sent", "answered", "expired")
# What the partner was asked does not change afterwards.
_ASKED = {"sales_partner_id", "company_id", "kind_id", "question"}


class CollectionHelp(models.Model):
    """A sales partner is asked for help with invoices of its customers (SPEC §14). It holds nothing: the customers are chased on."""

    _name = "collection.help"
    _description = "Help Request"
    _inherit = ["collection.guard", "mail.thread", "mail.activity.mixin"]
    _order = "date_due desc, id desc"
    _check_company_auto = True
    _mail_post_access = "read"

    name = fields.Char(string="Number", default="/", required=True, readonly=True, copy=False)
    sales_partner_id = fields.Many2one(
        "res.partner",
        required=True,
        domain=[("is_sales_partner", "=", True)],
        index=True,
        ondelete="restrict",
        tracking=True,
        help="The dealer or agent who is asked.",
    )
    contact_id = fields.Many2one(
        "res.partner",
        string="To",
        compute="_compute_contact_id",
        store=True,
        readonly=False,
        precompute=True,
        ondelete="restrict",
        domain="[('commercial_partner_id', '=', sales_partner_id)]",
        help="Who at the partner's gets the e-mail and is called.",
    )
    lang = fields.Char(compute="_compute_lang")
    company_id = fields.Many2one("res.company", required=True, default=lambda self: self.env.company, index=True)
    currency_id = fields.Many2one(related="company_id.currency_id")
    user_id = fields.Many2one(
        "res.users",
        string="Asked By",
        required=True,
        default=lambda self: self.env.user,
        index=True,
        copy=False,
        tracking=True,
        domain="[('share', '=', False)]",
        help="Who gets the answer, and the request back when there is none.",
    )
    kind_id = fields.Many2one("collection.help.kind", string="Help", required=True, ondelete="restrict", tracking=True)
    question = fields.Text(
        string="What Is Asked",
        compute="_compute_question",
        store=True,
        readonly=False,
        precompute=True,
        required=True,
        help="As the partner reads it, in its language.",
    )
    line_ids = fields.One2many("collection.help.line", "help_id", string="Items", copy=False)
    account_ids = fields.Many2many(
        "collection.account",
        "collection_help_account_rel",
        "help_id",
        "account_id",
        string="Accounts",
        compute="_compute_account_ids",
        store=True,
    )
    customer_names = fields.Char(string="Customers", compute="_compute_customer_names")
    amount = fields.Monetary(
        string="Open When Asked", compute="_compute_amount", store=True, help="In the company's currency."
    )
    amount_left = fields.Monetary(string="Open Now", compute="_compute_amount_left", help="In the company's currency.")
    sent_on = fields.Date(string="Asked On", readonly=True, copy=False)
    date_due = fields.Date(
        string="Answer Due",
        compute="_compute_date_due",
        store=True,
        readonly=False,
        precompute=True,
        required=True,
        copy=False,
        tracking=True,
        help="Without an answer until the end of this day, the request returns to the collector.",
    )
    remind_on = fields.Date(
        string="Reminder On", compute="_compute_remind_on", store=True, help="The partner is reminded once."
    )
    reminded_on = fields.Date(readonly=True, copy=False)
    turn_date = fields.Date(
        string="Ours Since", readonly=True, copy=False, help="From this day on it is for us to go on."
    )
    answer = fields.Text(copy=False, help="What the partner said.")
    answered_on = fields.Datetime(readonly=True, copy=False)
    result = fields.Selection(RESULTS, copy=False, tracking=True, help="What came of the partner's help.")
    result_note = fields.Text(string="Remarks", copy=False)
    closed_on = fields.Datetime(readonly=True, copy=False)
    closed_by_id = fields.Many2one("res.users", readonly=True, copy=False)
    state = fields.Selection(STATES, default="draft", required=True, readonly=True, copy=False, tracking=True)
    is_late = fields.Boolean(string="Late", compute="_compute_is_late", search="_search_is_late")
    contact_ids = fields.One2many("collection.activity", "help_id", string="Contacts")

    _open_idx = models.Index("(date_due) WHERE state = 'sent'")

    # ------------------------------------------------------------------
    # Computes
    # ------------------------------------------------------------------

    @api.depends("sales_partner_id")
    def _compute_contact_id(self):
        """The partner itself, else the first of its people who can be written to."""
        for request in self:
            partner = request.sales_partner_id
            people = partner | partner.child_ids.filtered(lambda person: not person.is_company)
            request.contact_id = (people.filtered(lambda person: person._collection_may_write()) or partner)[:1]

    @api.depends("contact_id.lang", "sales_partner_id.lang")
    def _compute_lang(self):
        for request in self:
            partner = request.sales_partner_id
            request.lang = request.contact_id.lang or partner.lang or request.company_id.partner_id.lang or "en_US"

    @api.depends("kind_id", "sales_partner_id")
    def _compute_question(self):
        for request in self:
            text = request.kind_id.with_context(lang=request.lang).question
            request.question = text or request.question

    @api.depends("line_ids.account_id")
    def _compute_account_ids(self):
        for request in self:
            request.account_ids = request.line_ids.account_id

    @api.depends("line_ids.account_id")
    def _compute_customer_names(self):
        for request in self:
            names = request.line_ids.account_id.mapped("display_name")
            text = ", ".join(names[:3])
            more = len(names) - 3
            request.customer_names = (
                self.env._("%(names)s and %(more)s more", names=text, more=more) if more > 0 else text
            )

    @api.depends("line_ids.amount")
    def _compute_amount(self):
        for request in self:
            request.amount = sum(request.line_ids.mapped("amount"))

    @api.depends("line_ids.move_line_id.amount_residual")
    def _compute_amount_left(self):
        for request in self:
            request.amount_left = sum(request.line_ids.move_line_id.mapped("amount_residual"))

    @api.depends("kind_id", "company_id")
    def _compute_date_due(self):
        for request in self:
            request.date_due = request._default_date_due()

    def _default_date_due(self):
        company = self.company_id or self.env.company
        return company._collection_add_business_days(
            company._collection_today(), self.kind_id.days or company.collection_help_days
        )

    @api.depends("date_due", "company_id.collection_help_remind_days")
    def _compute_remind_on(self):
        for request in self:
            company, due = request.company_id, request.date_due
            days = company.collection_help_remind_days
            request.remind_on = company._collection_add_business_days(due, -days) if due and days else due

    @api.depends("state", "date_due")
    def _compute_is_late(self):
        for request in self:
            today = request.company_id._collection_today() if request.company_id else False
            late = request.state == "sent" and today and request.date_due and request.date_due < today
            request.is_late = bool(late) or request.state == "expired"

    def _search_is_late(self, operator, value):
        if operator != "in":
            return NotImplemented
        overdue = Domain.OR(
            Domain("company_id", "=", company.id) & Domain("date_due", "<", company._collection_today())
            for company in self.env.companies
        )
        late = Domain("state", "=", "expired") | Domain("state", "=", "sent") & overdue
        return Domain.OR([late] * (True in value) + [~late] * (False in value))

    # ------------------------------------------------------------------
    # Checks and writes
    # ------------------------------------------------------------------

    def _guarded_fields(self):
        return frozenset(
            {
                *("name", "state", "sent_on", "reminded_on", "turn_date", "answered_on", "closed_on", "closed_by_id"),
                *("account_ids", "amount", "remind_on"),
            }
        )

    def _is_append_only(self):
        return any(request.state != "draft" for request in self)

    @api.constrains("sales_partner_id", "company_id")
    def _check_items(self):
        self.line_ids._check_whose()

    @api.constrains("sales_partner_id", "contact_id")
    def _check_contact(self):
        for request in self:
            if not request.sales_partner_id.is_sales_partner:
                raise ValidationError(
                    self.env._("%(partner)s is no sales partner.", partner=request.sales_partner_id.display_name)
                )
            person = request.contact_id
            if person and person.commercial_partner_id != request.sales_partner_id.commercial_partner_id:
                raise ValidationError(
                    self.env._(
                        "%(person)s does not belong to %(partner)s.",
                        person=person.display_name,
                        partner=request.sales_partner_id.display_name,
                    )
                )

    @api.constrains("date_due")
    def _check_date_due(self):
        for request in self:
            if request.date_due < request.company_id._collection_today():
                raise ValidationError(
                    self.env._("%(request)s: the answer cannot be due in the past.", request=request.name)
                )

    @api.model_create_multi
    def create(self, vals_list):
        requests = super().create(vals_list)
        for request, name in zip(requests, self._next_references(self._name, len(requests))):
            request._unguarded().name = name
        return requests

    def write(self, vals):
        if not self._has_pass():
            self._check_editable(vals)
        return super().write(vals)

    def _check_editable(self, vals):
        if any(request.state in ("closed", "cancelled") for request in self) and not self.env.su:
            raise UserError(self.env._("A request that is closed or cancelled is kept as it is; ask anew."))
        if _ASKED & vals.keys() and any(request.state != "draft" for request in self):
            raise UserError(self.env._("The partner was asked already: what was asked stays. Cancel it and ask anew."))
