from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.fields import Domain

# Kept by the refresh statement alone (collection_account_refresh.py).
FIGURES = (
    "aging_current aging_1 aging_2 aging_3 aging_4 aging_5 amount_total amount_overdue amount_held amount_unapplied "
    "amount_collectible oldest_due_date credit_limit credit_use status priority on_worklist figures_date open_count "
    "sales_partner_id country_id average_days_late days_late_trend"
).split()

# What people write and figures depend on.
_TELLING = {"status_override", "status_override_until", "next_action_date"}
_TELLING |= {"next_action_time", "snoozed_until", "skipped_on", "last_worked_date", "last_contact_date"}


class CollectionAccount(models.Model):
    _name = "collection.account"
    _description = "Collection Account"
    _inherit = ["collection.guard", "mail.thread", "mail.activity.mixin"]
    _order = "priority desc, amount_collectible desc, id"
    _rec_names_search = ["partner_id", "name"]
    _check_company_auto = True
    _mail_post_access = "read"

    name = fields.Char(string="Account Number", required=True, readonly=True, copy=False)
    partner_id = fields.Many2one(
        "res.partner",
        string="Customer",
        readonly=True,
        index=True,
        ondelete="cascade",
        help="Empty on the one account of each company that takes the receivable items without a customer.",
    )
    company_id = fields.Many2one("res.company", required=True, readonly=True)
    currency_id = fields.Many2one(related="company_id.currency_id", store=True)
    collector_id = fields.Many2one(
        "res.users",
        index=True,
        ondelete="set null",
        tracking=True,
        check_company=True,
        domain="[('share', '=', False)]",
        help="Who works the account. A user who is archived or deleted leaves the accounts to everybody.",
    )
    sales_partner_id = fields.Many2one("res.partner", readonly=True, index="btree_not_null")
    country_id = fields.Many2one("res.country", readonly=True)

    # Who to reach
    email = fields.Char(related="partner_id.email")
    phone = fields.Char(related="partner_id.phone")
    ap_contact_id = fields.Many2one(related="partner_id.collection_ap_contact_id", readonly=False)
    local_time = fields.Char(string="Customer's Time", compute="_compute_local_time")

    # Figures, in company currency
    aging_current = fields.Monetary(string="Not Due", readonly=True)
    aging_1 = fields.Monetary(string="Bucket 1", readonly=True)
    aging_2 = fields.Monetary(string="Bucket 2", readonly=True)
    aging_3 = fields.Monetary(string="Bucket 3", readonly=True)
    aging_4 = fields.Monetary(string="Bucket 4", readonly=True)
    aging_5 = fields.Monetary(string="Bucket 5", readonly=True)
    amount_total = fields.Monetary(
        string="Total", readonly=True, help="What is open, credits deducted: not due and overdue less unapplied."
    )
    amount_overdue = fields.Monetary(string="Overdue", readonly=True, help="Open debit items past their due date.")
    amount_held = fields.Monetary(
        string="Held", readonly=True, help="The part of the open debit items that holds protect."
    )
    amount_unapplied = fields.Monetary(
        string="Unapplied", readonly=True, help="Credits and payments that are not matched with any invoice."
    )
    amount_collectible = fields.Monetary(
        string="Collectible",
        readonly=True,
        help="What can be asked for today: overdue items less holds and less usable credits, currency by currency.",
    )
    open_count = fields.Integer(string="Open Items", readonly=True, aggregator=None)
    oldest_due_date = fields.Date(readonly=True)
    oldest_days = fields.Integer(
        string="Oldest Overdue", compute="_compute_oldest_days", help="Days, of the oldest item."
    )
    credit_limit = fields.Monetary(readonly=True)
    credit_use = fields.Float(string="Credit Used (%)", readonly=True, aggregator=None, digits=(16, 1))
    average_days_late = fields.Float(
        readonly=True,
        aggregator=None,
        digits=(16, 1),
        help="Days between due date and payment, weighted by amount, of what was paid in the last 12 months.",
    )
    days_late_trend = fields.Float(
        string="Trend (Days)",
        readonly=True,
        aggregator=None,
        digits=(16, 1),
        help="Average of the last 90 days less that of the nine months before. Above zero: the customer pays later than it did.",
    )
    figures_date = fields.Date(string="Figures As Of", readonly=True, help="Business date of the figures.")

    # Where it stands
    status = fields.Selection(
        [("past_due", "Past Due"), ("watch", "Watch"), ("good", "Good")],
        readonly=True,
        help="Follows from the account's items and cases, the gravest first.",
    )
    status_override = fields.Selection(selection="_selection_status", string="Status Set by Hand", tracking=True)
    status_override_reason = fields.Char(string="Reason", tracking=True)
    status_override_until = fields.Date(string="Until", tracking=True)
    priority = fields.Integer(readonly=True, aggregator=None, help="The sum of the points of the rules that apply.")
    priority_lines = fields.Json(compute="_compute_priority_lines")
    hold_ids = fields.One2many("collection.hold", "account_id", string="Holds")
    open_item_ids = fields.Many2many("account.move.line", string="Items", compute="_compute_open_item_ids")
    note = fields.Html(
        string="Standing Notes", help="Special circumstances that everybody who works the account must know."
    )

    _customer_unique = models.UniqueIndex(
        "(company_id, (COALESCE(partner_id, 0)))", "A customer has one collection account in each company."
    )
    # All accounts are rewritten every day, and each index with them: only those that a list of 100,000 accounts needs.
    _priority_idx = models.Index("(priority DESC, amount_collectible DESC, id)")

    # ------------------------------------------------------------------
    # Computes
    # ------------------------------------------------------------------

    @api.model
    def _selection_status(self):
        return self._fields["status"]._description_selection(self.env)

    @api.depends("partner_id", "name")
    def _compute_display_name(self):
        for account in self:
            account.display_name = account.partner_id.display_name or self.env._("Unidentified receipts and items")

    @api.depends("oldest_due_date", "figures_date")
    def _compute_oldest_days(self):
        for account in self:
            today = account.figures_date or account.company_id._collection_today()
            account.oldest_days = max(0, (today - account.oldest_due_date).days) if account.oldest_due_date else 0

    @api.depends_context("uid")
    def _compute_open_item_ids(self):
        """All open items of the customer and its child contacts, oldest due first."""
        Line = self.env["account.move.line"]
        for account in self:
            account.open_item_ids = Line.search(account._open_item_domain(), order="date_maturity, id")

    def _open_item_domain(self):
        """The open items of these accounts as a domain on `account.move.line`."""
        Line = self.env["account.move.line"]
        domains = [
            Line._collection_open_domain(account.company_id)
            & (
                Domain("partner_id.commercial_partner_id", "=", account.partner_id.id)
                if account.partner_id
                else Domain("partner_id", "=", False)
            )
            for account in self
        ]
        return Domain.OR(domains)

    def _compute_local_time(self):
        for account in self:
            customer = account.partner_id.with_company(account.company_id)
            account.local_time = customer._collection_local_time() if customer else False

    # ------------------------------------------------------------------
    # Checks and writes
    # ------------------------------------------------------------------

    @api.constrains("status_override", "status_override_reason", "status_override_until")
    def _check_status_override(self):
        for account in self:
            if account.status_override and not (account.status_override_reason and account.status_override_until):
                raise ValidationError(self.env._("A status set by hand needs a reason and an end date."))

    def _guarded_fields(self):
        return frozenset(FIGURES) | {"partner_id", "company_id", "currency_id", "name"}

    def write(self, vals):
        if (
            "collector_id" in vals
            and not self.env.su
            and not self.env.user.has_group("account_collections.group_assistant_manager")
        ):
            raise AccessError(self.env._("Only assistant managers and managers give accounts to other collectors."))
        result = super().write(vals)
        if _TELLING & vals.keys():
            self._touch(accounts=self.ids)
        return result

    @api.model
    def _for_partner(self, partner, company):
        """The account of a customer in a company, made if there is none.

        :param partner: any contact of the customer, or none for the unidentified account
        """
        customer = partner.commercial_partner_id
        domain = [("partner_id", "=", customer.id), ("company_id", "=", company.id)]
        account = self.sudo().search(domain, limit=1)
        if not account:
            self._insert_missing({(customer.id or 0, company.id)})
            account = self.sudo().search(domain, limit=1)
        return account.with_env(self.env)

    def _task_user(self):
        """Who gets the tasks of this account: its collector, else the company's AR manager, else whoever is at work."""
        self.ensure_one()
        collector = self.collector_id
        return (collector if collector.active else None) or self.company_id.collection_manager_id or self.env.user

    def _add_task(self, summary, note):
        """Give whoever works the account something to do today."""
        self.ensure_one()
        return self.activity_schedule(
            "mail.mail_activity_data_todo",
            self.company_id._collection_today(),
            summary=summary,
            note=note,
            user_id=self._task_user().id,
        )

    # ------------------------------------------------------------------
    # Actions
    # ------------------------------------------------------------------

    def action_open(self):
        """Open the account's page with fresh figures."""
        self.ensure_one()
        self.action_refresh()
        return {
            "type": "ir.actions.act_window",
            "res_model": self._name,
            "res_id": self.id,
            "view_mode": "form",
            "name": self.display_name,
        }

    def action_refresh(self):
        """Bring the figures of the chosen accounts up to date."""
        self.check_access("read")
        # Figures are the system's own; reading an account is enough to have them brought up to date.
        self.sudo()._refresh_behaviour()
        self.sudo()._refresh()

    @api.model
    def _action_no_account(self, partner):
        raise UserError(
            self.env._(
                "%(partner)s has no receivables in %(company)s.",
                partner=partner.display_name,
                company=self.env.company.name,
            )
        )
