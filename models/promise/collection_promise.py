from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Domain

STATES = [
    ("draft", "Draft"),
    ("open", "Open"),
    ("kept", "Kept"),
    ("partially_kept", "Partially Kept"),
    ("broken", "Broken"),
    ("pending_application", "Pending Application"),
    ("withdrawn", "Withdrawn"),
    ("superseded", "Superseded"),
]
LIVE = ("open", "pending_application")
# What the customer agreed to: fixed once the promise is confirmed.
_FACTS = {"account_id", "currency_id", "date", "contact_id", "source", "channel", "line_ids", "installment_ids"}


class CollectionPromise(models.Model):
    _name = "collection.promise"
    _description = "Promise to Pay"
    _inherit = ["collection.approval.mixin", "mail.thread", "mail.activity.mixin"]
    _order = "next_date, id desc"
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
    company_currency_id = fields.Many2one(related="company_id.currency_id", string="Company Currency")
    currency_id = fields.Many2one("res.currency", required=True, help="One promise is in one currency.")
    contact_id = fields.Many2one(
        "res.partner",
        string="Promised By",
        index="btree_not_null",
        ondelete="set null",
        tracking=True,
        domain="[('commercial_partner_id', '=', partner_id)]",
    )
    date = fields.Date(
        string="Promised On",
        required=True,
        index=True,
        help="Money dated from this day on counts for the promise.",
    )
    channel = fields.Selection(
        [
            ("call", "Call"),
            ("email", "E-mail"),
            ("letter", "Letter"),
            ("meeting", "Meeting"),
            ("portal", "Portal"),
            ("other", "Otherwise"),
        ],
        string="How",
        required=True,
        default="call",
    )
    source = fields.Selection(
        [("collector", "Collector"), ("portal", "Portal"), ("email", "E-mail")], required=True, default="collector"
    )
    user_id = fields.Many2one("res.users", string="Taken By", default=lambda self: self.env.user, readonly=True)
    note = fields.Text()
    line_ids = fields.One2many("collection.promise.line", "promise_id", string="Items")
    installment_ids = fields.One2many("collection.promise.installment", "promise_id", string="Instalments")
    state = fields.Selection(STATES, required=True, default="draft", readonly=True, index=True, tracking=True)

    # Amounts
    amount_currency = fields.Monetary(
        string="Promised", currency_field="currency_id", compute="_compute_amounts", store=True
    )
    amount = fields.Monetary(
        string="Promised (Company Currency)",
        currency_field="company_currency_id",
        compute="_compute_amounts",
        store=True,
    )
    amount_received_currency = fields.Monetary(
        string="Received in Time",
        currency_field="currency_id",
        readonly=True,
        help="Cash dated from the day of the promise up to its deadlines, that closed its items.",
    )
    amount_open_currency = fields.Monetary(string="Still Promised", currency_field="currency_id", readonly=True)
    amount_open = fields.Monetary(
        string="Still Promised (Company Currency)", currency_field="company_currency_id", readonly=True
    )

    # The verdict, and what it adds to the customer's reliability
    next_date = fields.Date(string="Next Due", readonly=True, help="The earliest promised date that is still open.")
    last_deadline = fields.Date(readonly=True, help="The last promised date with its grace.")
    broken_on = fields.Date(readonly=True)
    days_late = fields.Integer(
        readonly=True, aggregator=None, help="Calendar days from the deadline to the payment that came too late."
    )
    level = fields.Integer(
        readonly=True, aggregator=None, help="The customer's level of broken promises after this one was broken."
    )
    due_count = fields.Integer(string="Instalments Judged", readonly=True)
    kept_count = fields.Integer(string="Instalments Kept", readonly=True)
    amount_due = fields.Monetary(string="Judged Amount", currency_field="company_currency_id", readonly=True)
    amount_kept = fields.Monetary(string="Kept Amount", currency_field="company_currency_id", readonly=True)

    # Rules of the day on which it was confirmed
    confirmed_on = fields.Date(readonly=True)
    tolerance_percent = fields.Float(readonly=True)
    tolerance_amount = fields.Monetary(currency_field="currency_id", readonly=True)
    partial_percent = fields.Float(readonly=True)

    # Versions
    previous_id = fields.Many2one("collection.promise", string="Moved From", readonly=True, index="btree_not_null")
    next_id = fields.Many2one("collection.promise", string="Moved To", readonly=True, index="btree_not_null")
    move_number = fields.Integer(string="Times Moved", readonly=True, aggregator=None)

    # Ending and asking
    closed_reason = fields.Char(string="Why It Ended", readonly=True)
    is_asked = fields.Boolean(
        string="Applied Elsewhere?",
        readonly=True,
        help="Money of the right days closed other items of the customer: somebody must say whether it was meant for the promise.",
    )

    # Go-live
    golive_id = fields.Many2one(
        "collection.golive",
        string="Imported With",
        readonly=True,
        index="btree_not_null",
        ondelete="restrict",
        copy=False,
        help="Taken over from the former system: its dates may have passed, and no confirmation was sent.",
    )
    golive_key = fields.Char(string="Former Reference", readonly=True, copy=False)

    # Confirmation
    mail_id = fields.Many2one("mail.mail", string="Confirmation", readonly=True, ondelete="set null", copy=False)
    confirmed_to = fields.Char(readonly=True)
    mail_note = fields.Char(string="Not Confirmed Because", readonly=True)

    due_filter = fields.Selection(
        [("today", "Due today"), ("week", "Due this week"), ("late", "Date passed")],
        string="Due",
        store=False,
        exportable=False,
        search="_search_due_filter",
    )

    _golive_unique = models.UniqueIndex(
        "(company_id, golive_key) WHERE golive_key IS NOT NULL", "This promise was imported already."
    )
    _live_idx = models.Index("(account_id) WHERE state IN ('open', 'pending_application')")

    # ------------------------------------------------------------------
    # Computes
    # ------------------------------------------------------------------

    @api.depends("installment_ids.amount_currency", "installment_ids.amount")
    def _compute_amounts(self):
        for promise in self:
            promise.amount_currency = sum(promise.installment_ids.mapped("amount_currency"))
            promise.amount = sum(promise.installment_ids.mapped("amount"))

    @api.depends("name", "partner_id")
    def _compute_display_name(self):
        for promise in self:
            promise.display_name = f"{promise.name} {promise.partner_id.display_name or ''}".strip()

    def _search_due_filter(self, operator, value):
        """By each company's own date: the user may already be a day ahead."""
        if operator != "in":
            return NotImplemented

        def conditions(today):
            week = fields.Date.end_of(today, "week")
            return {
                "today": Domain("next_date", "=", today),
                "week": Domain("next_date", ">=", today) & Domain("next_date", "<=", week),
                "late": Domain("next_date", "<", today),
            }

        return Domain.OR(
            Domain("company_id", "=", company.id) & Domain("state", "in", LIVE) & condition
            for company in self.env.companies
            for name, condition in conditions(company._collection_today()).items()
            if name in value
        )

    # ------------------------------------------------------------------
    # What stays as it was
    # ------------------------------------------------------------------

    def _guarded_fields(self):
        return super()._guarded_fields() | frozenset(
            "name state user_id amount_received_currency amount_open_currency amount_open next_date last_deadline broken_on"
            " days_late level due_count kept_count amount_due amount_kept confirmed_on tolerance_percent tolerance_amount"
            " partial_percent previous_id next_id move_number closed_reason is_asked mail_id confirmed_to mail_note"
            " golive_id golive_key".split()
        )

    @api.model_create_multi
    def create(self, vals_list):
        """A draft; without lines its instalments are filled from the account's oldest items."""
        self._check_guard({name for vals in vals_list for name in vals})
        accounts = self.env["collection.account"].browse({vals.get("account_id") for vals in vals_list} - {None, False})
        names = self._next_references(self._name, len(vals_list))
        prepared = []
        for given, name in zip(vals_list, names):
            account = accounts.browse(given.get("account_id") or ())
            vals = {**given, "name": name, "user_id": given.get("user_id") or self.env.uid}
            if account:
                vals.setdefault("date", account.company_id._collection_today())
                vals["currency_id"] = vals.get("currency_id") or self._currency_of(vals, account).id
            prepared.append(vals)
        promises = super(CollectionPromise, self._without_guarded_defaults()._unguarded()).create(prepared)
        promises = promises.with_env(self.env)
        for promise in promises.filtered(lambda each: not each.line_ids and each.installment_ids):
            promise.line_ids = promise._fill_commands(promise.account_id, promise.currency_id, promise.amount_currency)
        promises._check_draft()
        return promises

    @api.model
    def _currency_of(self, vals, account):
        """The currency of the first item that is given, else the company's."""
        for command in vals.get("line_ids") or ():
            if len(command) > 2 and isinstance(command[2], dict) and command[2].get("move_line_id"):
                return self.env["account.move.line"].browse(command[2]["move_line_id"]).currency_id
        return account.currency_id

    def write(self, vals):
        if _FACTS & vals.keys():
            self._check_is_draft()
        result = super().write(vals)
        if _FACTS & vals.keys():
            self._check_draft()
        return result

    def _check_is_draft(self):
        if not self._has_pass() and (fixed := self.filtered(lambda promise: promise.state != "draft")):
            raise UserError(
                self.env._(
                    "%(promise)s is confirmed: what was promised stays as it was. Move or withdraw it instead.",
                    promise=fixed[0].name,
                )
            )

    @api.ondelete(at_uninstall=False)
    def _unlink_except_append_only(self):
        """A draft that nobody confirmed may go."""
        return super(CollectionPromise, self.filtered(lambda each: each.state != "draft"))._unlink_except_append_only()
