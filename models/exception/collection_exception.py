from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Domain
from odoo.tools import SQL, format_date

from .collection_exception_type import EFFECTS, PROTECTIVE

STATES = [
    ("draft", "Draft"),
    ("proposed", "Proposed"),
    ("approved", "Approved"),
    ("expired", "Expired"),
    ("refused", "Refused"),
]
LIVE = ("proposed", "approved")
WEEKDAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
# What a manager approves: fixed once the exception is proposed.
FACTS = (
    "type_id company_id partner_id sales_partner_id move_id date_from date_to instruction contact_id document_kind days amount"
    " pay_days pay_shift attachment_ids"
).split() + [f"pay_{day}" for day in WEEKDAYS]


class CollectionException(models.Model):
    _name = "collection.exception"
    _description = "Special Exception"
    _inherit = ["collection.approval.mixin", "mail.thread", "mail.activity.mixin"]
    _order = "partner_id, sales_partner_id, date_from desc, id desc"
    _check_company_auto = True
    _mail_post_access = "read"

    name = fields.Char(string="Reference", default="/", readonly=True, copy=False)
    type_id = fields.Many2one(
        "collection.exception.type", required=True, index=True, ondelete="restrict", tracking=True
    )
    effect = fields.Selection(EFFECTS, compute="_compute_effect", store=True, precompute=True)
    is_protective = fields.Boolean(related="type_id.is_protective")
    type_description = fields.Text(related="type_id.description", string="What It Does")
    state = fields.Selection(
        STATES, required=True, default="draft", readonly=True, index=True, copy=False, tracking=True
    )
    company_id = fields.Many2one("res.company", required=True, default=lambda self: self.env.company, index=True)
    currency_id = fields.Many2one(related="company_id.currency_id")

    # Scope: one of the three; where several apply, the invoice's goes before the customer's, and that before the sales partner's
    scope = fields.Selection(
        [("invoice", "Invoice"), ("customer", "Customer"), ("sales_partner", "Sales partner")],
        compute="_compute_scope",
        store=True,
        precompute=True,
        help="Where exceptions of one kind differ, the invoice's goes before the customer's, and that before the sales partner's.",
    )
    partner_id = fields.Many2one(
        "res.partner", string="Customer", index="btree_not_null", ondelete="restrict", tracking=True
    )
    sales_partner_id = fields.Many2one(
        "res.partner",
        index="btree_not_null",
        ondelete="restrict",
        domain=[("is_sales_partner", "=", True)],
        tracking=True,
        help="Acts for all customers of this partner.",
    )
    move_id = fields.Many2one(
        "account.move",
        string="Invoice",
        index="btree_not_null",
        ondelete="cascade",
        check_company=True,
        domain="[('move_type', 'in', ('out_invoice', 'out_refund', 'out_receipt')), ('state', '=', 'posted')]",
        tracking=True,
        help="Acts for this document alone.",
    )
    account_id = fields.Many2one(
        "collection.account", readonly=True, copy=False, index="btree_not_null", ondelete="restrict", check_company=True
    )
    collector_id = fields.Many2one(related="account_id.collector_id")

    # What it says
    date_from = fields.Date(string="From", required=True, tracking=True)
    date_to = fields.Date(
        string="Until", tracking=True, help="The last day on which it acts. Empty: until it is ended."
    )
    review_date = fields.Date(
        string="Review On", tracking=True, copy=False, help="On this day its owner is asked whether it is still needed."
    )
    instruction = fields.Text(help="What people who work the account must do or leave, in a sentence.")
    contact_id = fields.Many2one(
        "res.partner",
        string="Not This Person",
        index="btree_not_null",
        ondelete="restrict",
        help="Is never written to nor called.",
    )
    document_kind = fields.Selection(
        [("po", "Purchase order"), ("pod", "Proof of delivery"), ("both", "Both")],
        string="Copy Of",
        help="Without this copy on the invoice it is not sent; notices attach it.",
    )
    days = fields.Integer(
        help="Extra grace: days by which every step comes later. Sales partner first: days from telling the partner until the"
        " customer is chased."
    )
    amount = fields.Monetary(
        string="Not Chased Below", help="Overdue in company currency. Exactly this amount is chased."
    )
    pay_days = fields.Char(
        string="Pays On Days", help="Days of the month, e.g. 10, 25. 31 stands for the last day of a shorter month."
    )
    pay_mon = fields.Boolean(string="Mon")
    pay_tue = fields.Boolean(string="Tue")
    pay_wed = fields.Boolean(string="Wed")
    pay_thu = fields.Boolean(string="Thu")
    pay_fri = fields.Boolean(string="Fri")
    pay_sat = fields.Boolean(string="Sat")
    pay_sun = fields.Boolean(string="Sun")
    pay_shift = fields.Selection(
        [("after", "The next business day"), ("before", "The business day before")],
        string="If No Business Day",
        default="after",
    )
    next_pay_run = fields.Date(readonly=True, copy=False)
    attachment_ids = fields.Many2many(
        "ir.attachment", string="Evidence", copy=False, help="The customer's letter, the contract, the portal's rules."
    )
    scope_text = fields.Char(string="For", compute="_compute_scope_text")
    summary = fields.Char(compute="_compute_summary", help="What it does, in one line.")

    # Who
    owner_id = fields.Many2one(
        "res.users",
        default=lambda self: self.env.user,
        ondelete="set null",
        domain="[('share', '=', False)]",
        tracking=True,
        help="Is told before it ends, when it ends, and when it is to be reviewed.",
    )
    approver_id = fields.Many2one("res.users", string="Approved By", readonly=True, copy=False, ondelete="set null")
    approved_on = fields.Date(readonly=True, copy=False)
    ended_on = fields.Date(readonly=True, copy=False)
    closed_reason = fields.Char(string="Why It Ended", readonly=True, copy=False)
    golive_id = fields.Many2one(
        "collection.golive",
        string="Imported With",
        readonly=True,
        index="btree_not_null",
        copy=False,
        ondelete="restrict",
    )
    is_acting = fields.Boolean(string="In Force", compute="_compute_is_acting", search="_search_is_acting")
    hold_count = fields.Integer(compute="_compute_hold_count")

    _acting_idx = models.Index("(company_id, effect) WHERE state IN ('proposed', 'approved')")
    _dates_ordered = models.Constraint(
        "CHECK(date_to IS NULL OR date_to >= date_from)", "An exception cannot end before it begins."
    )
    _one_scope = models.Constraint(
        "CHECK((sales_partner_id IS NULL) = (partner_id IS NOT NULL) AND (move_id IS NULL OR partner_id IS NOT NULL))",
        "An exception is for one customer, one sales partner or one invoice.",
    )

    # ------------------------------------------------------------------
    # Computes
    # ------------------------------------------------------------------

    @api.depends("type_id")
    def _compute_effect(self):
        """Kept as it was proposed, whatever becomes of the type."""
        for exception in self:
            exception.effect = exception.type_id.effect

    @api.depends("partner_id", "sales_partner_id", "move_id")
    def _compute_scope(self):
        for exception in self:
            one = "sales_partner" if exception.sales_partner_id else "customer"
            exception.scope = "invoice" if exception.move_id else one

    @api.depends("partner_id", "sales_partner_id", "move_id")
    def _compute_scope_text(self):
        for exception in self:
            text = (exception.partner_id or exception.sales_partner_id).display_name
            if exception.move_id:
                text = f"{text}, {exception.move_id.name}"
            elif exception.sales_partner_id:
                text = self.env._("All customers of %(partner)s", partner=text)
            exception.scope_text = text

    @api.depends("name", "type_id")
    def _compute_display_name(self):
        for exception in self:
            exception.display_name = f"{exception.name} {exception.type_id.name or ''}".strip()

    @api.depends(
        "effect", "contact_id", "document_kind", "days", "amount", "pay_days", "pay_shift", "date_to", "partner_id"
    )
    @api.depends(*(f"pay_{day}" for day in WEEKDAYS))
    def _compute_summary(self):
        _ = self.env._
        kinds = dict(self._fields["document_kind"]._description_selection(self.env))
        for exception in self:
            ap = exception.partner_id.collection_ap_contact_id
            exception.summary = {
                "ap_only": _("Send only to %(person)s", person=ap.name) if ap else _("Send only to the A/P contact"),
                "never_contact": _("Never contact %(person)s", person=exception.contact_id.name or ""),
                "portal_only": _("Upload to the customer's portal, no e-mail"),
                "letters_only": _("Letters only, no e-mail"),
                "no_letters": _("No letters"),
                "document_copy": _("Copy mandatory: %(kind)s", kind=kinds.get(exception.document_kind, "")),
                "statements_only": _("Statements only, no notices"),
                "partner_first": _("Sales partner first, customer %(days)s days later", days=exception.days),
                "pay_run": _("Pays on %(days)s", days=exception._pay_run_text()),
                "grace": _("%(days)s extra days of grace", days=exception.days),
                "tolerance": _("Not chased below %(amount)s", amount=exception.currency_id.format(exception.amount)),
                "no_fees": _("No late fees"),
                "hold": _("On hold until %(date)s", date=format_date(self.env, exception.date_to) or "…"),
            }.get(exception.effect, exception.type_id.name)

    @api.depends("state", "effect", "date_from", "date_to")
    def _compute_is_acting(self):
        for exception in self:
            today = exception.company_id._collection_today()
            exception.is_acting = exception._is_acting_on(today)

    def _is_acting_on(self, day):
        self.ensure_one()
        in_force = self.state == "approved" or (self.state == "proposed" and self.effect in PROTECTIVE)
        begun = self.date_from and self.date_from <= day
        return bool(in_force and begun and (not self.date_to or self.date_to >= day))

    def _search_is_acting(self, operator, value):
        if operator != "in":
            return NotImplemented
        acting = self._acting_domain()
        return Domain.OR([acting] * (True in value) + [~acting] * (False in value))

    def _compute_hold_count(self):
        groups = self.env["collection.hold"]._read_group(
            [("res_model", "=", self._name), ("res_id", "in", self.ids), ("is_live", "=", True)],
            ["res_id"],
            ["__count"],
        )
        counts = dict(groups)
        for exception in self:
            exception.hold_count = counts.get(exception.id, 0)

    # ------------------------------------------------------------------
    # Entering
    # ------------------------------------------------------------------

    @api.model
    def default_get(self, fields_list):
        values = super().default_get(fields_list)
        if "date_from" in fields_list and not values.get("date_from"):
            company = self.env["res.company"].browse(values.get("company_id") or self.env.company.id)
            values["date_from"] = company._collection_today()
        return values

    @api.onchange("move_id")
    def _onchange_move_id(self):
        if self.move_id:
            self.partner_id = self.move_id.commercial_partner_id

    @api.onchange("sales_partner_id")
    def _onchange_sales_partner_id(self):
        if self.sales_partner_id:
            self.partner_id = self.move_id = False

    @api.onchange("partner_id")
    def _onchange_partner_id(self):
        self.partner_id = self.partner_id.commercial_partner_id
        if self.partner_id:
            self.sales_partner_id = False
        if self.move_id.commercial_partner_id != self.partner_id:
            self.move_id = False

    @api.onchange("type_id", "date_from")
    def _onchange_type_id(self):
        self.review_date = self._first_review()

    def _first_review(self):
        """When a new exception is to be looked at again: counted from its first day, or from today where that has passed."""
        self.ensure_one()
        begin = max(self.date_from or self.company_id._collection_today(), self.company_id._collection_today())
        return self.type_id.review_days and fields.Date.add(begin, days=self.type_id.review_days)

    def _guarded_fields(self):
        return super()._guarded_fields() | frozenset(
            "name state account_id next_pay_run approver_id approved_on ended_on closed_reason golive_id effect scope"
            " ending_told review_told".split()
        )

    @api.model_create_multi
    def create(self, vals_list):
        self._check_guard({name for vals in vals_list for name in vals})
        names = self._next_references(self._name, len(vals_list))
        prepared = [{**self._prepare_scope_vals(vals), "name": name} for vals, name in zip(vals_list, names)]
        exceptions = super(CollectionException, self._without_guarded_defaults()._unguarded()).create(prepared)
        for exception in exceptions.filtered(lambda each: not each.review_date and each.type_id.review_days):
            exception.review_date = exception._first_review()
        exceptions._link_account()
        return exceptions.with_env(self.env)

    def write(self, vals):
        if set(FACTS) & vals.keys():
            self._check_is_draft()
        result = super().write(self._prepare_scope_vals(vals))
        if {"partner_id", "move_id", "company_id"} & vals.keys():
            self._link_account()
        return result

    @api.model
    def _prepare_scope_vals(self, vals):
        """An invoice gives its customer and company; a contact stands for its customer."""
        if move := self.env["account.move"].browse(vals.get("move_id") or ()):
            return {"company_id": move.company_id.id, **vals, "partner_id": move.commercial_partner_id.id}
        if partner := self.env["res.partner"].browse(vals.get("partner_id") or ()):
            return {**vals, "partner_id": partner.commercial_partner_id.id}
        return vals

    @api.model
    def _follow_customers(self, accounts):
        """Exceptions of customers that belong to another company by now stand for that one, whose account has the items.

        :return: the accounts that got some
        """
        if not accounts:
            return accounts
        self.flush_model(["partner_id", "account_id"])
        rows = self.env.execute_query(
            SQL(
                "UPDATE collection_exception e SET partner_id = p.commercial_partner_id FROM res_partner p"
                " WHERE p.id = e.partner_id AND p.commercial_partner_id != p.id AND e.account_id IN %s RETURNING e.id",
                tuple(accounts.ids),
            )
        )
        if not rows:
            return accounts.browse()
        moved = self.browse(sorted(each for (each,) in rows))
        moved.invalidate_recordset(["partner_id"])
        moved._link_account()
        for exception in moved:
            exception._message_log(
                body=self.env._("The customer belongs to %(company)s now.", company=exception.partner_id.display_name)
            )
        return moved.account_id

    def _link_account(self):
        for exception in self:
            account = exception.partner_id and self.env["collection.account"]._for_partner(
                exception.partner_id, exception.company_id
            )
            if exception.account_id != (account or exception.account_id.browse()):
                exception._unguarded().account_id = account

    def _check_is_draft(self):
        if not self._has_pass() and (fixed := self.filtered(lambda each: each.state != "draft")):
            raise UserError(
                self.env._(
                    "%(exception)s is proposed already: what it says stays as it is. End it and propose another one.",
                    exception=fixed[0].display_name,
                )
            )

    @api.ondelete(at_uninstall=False)
    def _unlink_except_append_only(self):
        """A draft that nobody proposed may go."""
        return super(
            CollectionException, self.filtered(lambda each: each.state != "draft")
        )._unlink_except_append_only()

    # ------------------------------------------------------------------
    # Actions
    # ------------------------------------------------------------------

    def action_view_holds(self):
        """What this exception keeps from being chased."""
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id("account_collections.collection_hold_action")
        return {**action, "domain": [("res_model", "=", self._name), ("res_id", "=", self.id)], "context": {}}
