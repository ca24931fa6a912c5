from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError
from odoo.fields import Domain

from .collection_activity import CHANNELS


class CollectionInquiry(models.Model):
    """A question of a customer or a sales partner, with a deadline for the answer (SPEC §3)."""

    _name = "collection.inquiry"
    _description = "Inquiry"
    _inherit = ["collection.guard", "mail.thread"]
    _order = "state_order, deadline, id desc"
    _check_company_auto = True
    _mail_post_access = "read"

    name = fields.Char(string="Number", default="/", required=True, readonly=True, copy=False)
    account_id = fields.Many2one("collection.account", index=True, ondelete="restrict", check_company=True)
    sales_partner_id = fields.Many2one(
        "res.partner",
        domain=[("is_sales_partner", "=", True)],
        index="btree_not_null",
        ondelete="restrict",
        help="The dealer or agent who asks. The answer holds nothing but its own orders.",
    )
    company_id = fields.Many2one(
        "res.company", compute="_compute_company_id", store=True, precompute=True, required=True
    )
    currency_id = fields.Many2one(related="company_id.currency_id")
    customer_id = fields.Many2one(related="account_id.partner_id", string="Customer")
    partner_id = fields.Many2one(
        "res.partner", string="Asked By", tracking=True, ondelete="restrict", help="Who asks, and gets the answer."
    )
    type_id = fields.Many2one("collection.inquiry.type", required=True, ondelete="restrict", tracking=True)
    channel = fields.Selection(CHANNELS, required=True, default="call")
    date = fields.Date(string="Came In", required=True, default=lambda self: self.env.company._collection_today())
    deadline = fields.Date(
        compute="_compute_deadline", store=True, readonly=False, precompute=True, required=True, tracking=True
    )
    is_late = fields.Boolean(string="Late", compute="_compute_is_late", search="_search_is_late")
    user_id = fields.Many2one(
        "res.users",
        string="Answers",
        compute="_compute_user_id",
        store=True,
        readonly=False,
        precompute=True,
        tracking=True,
        domain="[('share', '=', False)]",
        help="Who takes care of it.",
    )
    question = fields.Text(required=True)
    move_ids = fields.Many2many("account.move", string="Documents", help="Invoices that are asked about.")
    state = fields.Selection(
        [("new", "New"), ("answered", "Answered"), ("closed", "Closed")],
        default="new",
        required=True,
        readonly=True,
        tracking=True,
    )
    state_order = fields.Integer(compute="_compute_state_order", store=True, precompute=True)
    answer = fields.Text(string="Result", help="What the requester was told.")
    answered_on = fields.Datetime(readonly=True)
    answered_by_id = fields.Many2one("res.users", readonly=True)
    closed_on = fields.Datetime(readonly=True)
    contact_ids = fields.One2many("collection.activity", "inquiry_id", string="Contacts")

    _open_idx = models.Index("(account_id, deadline) WHERE state = 'new'")

    # ------------------------------------------------------------------
    # Computes
    # ------------------------------------------------------------------

    @api.depends("account_id")
    def _compute_company_id(self):
        for inquiry in self:
            inquiry.company_id = inquiry.account_id.company_id or inquiry.company_id or self.env.company

    @api.depends("type_id", "date", "company_id")
    def _compute_deadline(self):
        for inquiry in self:
            company = inquiry.company_id or self.env.company
            day = inquiry.date or company._collection_today()
            inquiry.deadline = company._collection_add_business_days(day, inquiry.type_id.days)

    @api.depends("account_id")
    def _compute_user_id(self):
        for inquiry in self:
            inquiry.user_id = inquiry.account_id.collector_id or inquiry.user_id or self.env.user

    @api.depends("state")
    def _compute_state_order(self):
        order = ("new", "answered", "closed")
        for inquiry in self:
            inquiry.state_order = order.index(inquiry.state or "new")

    @api.depends("state", "deadline")
    def _compute_is_late(self):
        for inquiry in self:
            today = inquiry.company_id._collection_today() if inquiry.company_id else False
            inquiry.is_late = bool(inquiry.state == "new" and today and inquiry.deadline and inquiry.deadline < today)

    def _search_is_late(self, operator, value):
        if operator != "in":
            return NotImplemented
        late = Domain("state", "=", "new") & Domain.OR(
            Domain("company_id", "=", company.id) & Domain("deadline", "<", company._collection_today())
            for company in self.env.companies
        )
        return late if True in value else ~late

    # ------------------------------------------------------------------
    # Checks and writes
    # ------------------------------------------------------------------

    def _guarded_fields(self):
        return frozenset({"name", "company_id", "state", "answered_on", "answered_by_id", "closed_on"})

    @api.constrains("account_id", "sales_partner_id", "move_ids", "type_id")
    def _check_whose(self):
        for inquiry in self:
            if not (inquiry.account_id or inquiry.sales_partner_id):
                raise ValidationError(self.env._("An inquiry comes from a customer or from a sales partner."))
            if inquiry.move_ids.company_id - inquiry.company_id:
                raise ValidationError(self.env._("The documents of an inquiry belong to its company."))
            inquiry._check_documents(inquiry.move_ids)

    def _check_documents(self, moves):
        """Whoever asks gets documents of their own only: a sales partner its orders, a customer its invoices."""
        self.ensure_one()
        partner, customer = self.sales_partner_id, self.account_id.partner_id
        if partner:
            foreign = moves.filtered(lambda move: move.collection_sales_partner_id != partner)
        else:
            foreign = moves.filtered(lambda move: move.commercial_partner_id != customer)
        if foreign:
            raise ValidationError(
                self.env._(
                    "%(document)s is no document of %(asking)s.",
                    document=foreign[0].display_name,
                    asking=(partner or customer).display_name,
                )
            )

    @api.model_create_multi
    def create(self, vals_list):
        inquiries = super().create(vals_list)
        for inquiry in inquiries:
            # Numbers are the system's; a collector has no right on sequences.
            inquiry._unguarded().name = self.env["ir.sequence"].sudo().next_by_code(self._name) or "/"
        inquiries.account_id.check_access("write")
        self.env["collection.account"]._touch(accounts=inquiries.account_id.ids)
        return inquiries

    def write(self, vals):
        if not self._has_pass() and any(inquiry.state == "closed" for inquiry in self) and not self.env.su:
            raise UserError(self.env._("A closed inquiry is kept as it is; reopen it to go on."))
        before = self.account_id
        result = super().write(vals)
        if {"state", "deadline", "account_id", "type_id"} & vals.keys():
            self.env["collection.account"]._touch(accounts=(before | self.account_id).ids)
        return result

    # ------------------------------------------------------------------
    # State gates
    # ------------------------------------------------------------------

    def _set_answered(self, answer):
        """The requester was told: from now on only the result is waited for."""
        for inquiry in self:
            inquiry._check_answerable()
        changed = self._update_state(
            {"new"},
            "answered",
            answer=answer,
            answered_on=fields.Datetime.now(),
            answered_by_id=self.env.uid,
        )
        changed.account_id.sudo()._refresh()  # figures are the system's own
        return changed

    def _check_answerable(self):
        """What must be done before the requester is told anything; rooms above add to it."""
        self.ensure_one()

    # ------------------------------------------------------------------
    # Actions
    # ------------------------------------------------------------------

    def action_told(self):
        """The requester was told by other means than e-mail: what was said stands in the result."""
        self.check_access("write")
        for inquiry in self:
            if not (inquiry.answer or "").strip():
                raise ValidationError(
                    self.env._("%(inquiry)s: enter what the requester was told.", inquiry=inquiry.name)
                )
            inquiry._set_answered(inquiry.answer)
            inquiry._log_answer("call", inquiry.answer)

    def action_close(self):
        """Close inquiries whose requester was told the result."""
        self.check_access("write")
        for inquiry in self:
            inquiry._check_answerable()
        self._update_state({"answered"}, "closed", closed_on=fields.Datetime.now())

    def action_reopen(self):
        """The requester comes back to it."""
        self.check_access("write")
        changed = self._update_state({"answered", "closed"}, "new", closed_on=False)
        changed.account_id.sudo()._refresh()  # figures are the system's own

    def action_view_account(self):
        self.ensure_one()
        return self.account_id.action_open()

    def _log_answer(self, channel, text, **vals):
        """Keep the answer as a contact of the account or of the sales partner."""
        self.ensure_one()
        # A call that answers is one that was logged afterwards: nobody dialled from here.
        direction = "in" if channel == "call" else "out"
        return self.env["collection.activity"]._log(
            {
                "account_id": self.account_id.id,
                "sales_partner_id": self.sales_partner_id.id,
                "inquiry_id": self.id,
                "channel": channel,
                "direction": direction,
                "contact_id": self.partner_id.id,
                "outcome_id": self.env.ref("account_collections.activity_outcome_inquiry_answered").id,
                "move_ids": self.move_ids.ids,
                "note": text,
                **vals,
            }
        )
