from odoo import Command, api, fields, models
from odoo.exceptions import UserError, ValidationError

STATES = [("open", "Being Checked"), ("expired", "Time Is Up"), ("closed", "Closed"), ("void", "Void")]
LIVE = ("open", "expired")
OUTCOMES = [
    ("applied_here", "Applied Here"),
    ("applied_elsewhere", "Applied Elsewhere"),
    ("unapplied", "Received, Not Applied"),
    ("not_received", "Not Received"),
    ("waiting_for_proof", "Waiting for Proof"),
]
# What the customer said, and the items it is about: fixed once the claim stands.
_FACTS = {"account_id", "currency_id", "amount", "amount_currency", "line_ids"}


class CollectionClaim(models.Model):
    """A customer says "we paid that" (SPEC §6): the items are held for some days, in which the money is looked for."""

    _name = "collection.claim"
    _description = "Payment Claim"
    _inherit = ["collection.guard", "mail.thread", "mail.activity.mixin"]
    _order = "hold_until, id desc"
    _rec_names_search = ["name", "partner_id", "reference"]
    _check_company_auto = True
    _mail_post_access = "read"

    name = fields.Char(string="Claim Number", default="/", readonly=True, copy=False, index="trigram")
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
    company_id = fields.Many2one(related="account_id.company_id", store=True, precompute=True, index=True)
    company_currency_id = fields.Many2one(related="company_id.currency_id", string="Company Currency")
    currency_id = fields.Many2one("res.currency", required=True, help="One claim is in one currency.")
    contact_id = fields.Many2one(
        "res.partner",
        string="Said By",
        ondelete="set null",
        index="btree_not_null",
        domain="[('commercial_partner_id', '=', partner_id)]",
    )
    user_id = fields.Many2one("res.users", string="Taken By", default=lambda self: self.env.user, readonly=True)

    # What the customer says
    amount_currency = fields.Monetary(string="Paid", currency_field="currency_id", help="What they say they paid.")
    amount = fields.Monetary(string="Paid (Company Currency)", currency_field="company_currency_id")
    date = fields.Date(string="Paid On", required=True, help="When they say they paid.")
    method = fields.Selection(
        [
            ("ach", "ACH or transfer"),
            ("wire", "Wire"),
            ("check", "Check"),
            ("card", "Card"),
            ("cash", "Cash"),
            ("other", "Otherwise"),
        ],
        string="How",
        required=True,
        default="ach",
    )
    reference = fields.Char(help="Check number, trace number or whatever else tells the payment from others.")
    note = fields.Text(string="What Was Said")
    proof_ids = fields.Many2many(
        "ir.attachment",
        "collection_claim_proof_rel",
        "claim_id",
        "attachment_id",
        help="Bank confirmation, copy of the check, remittance advice.",
    )
    line_ids = fields.One2many("collection.claim.line", "claim_id", string="Items")

    # What became of it
    state = fields.Selection(
        STATES, required=True, default="open", readonly=True, index=True, copy=False, tracking=True
    )
    outcome = fields.Selection(
        OUTCOMES,
        readonly=True,
        copy=False,
        tracking=True,
        help="What is known so far; once the claim is closed, what became of it. Applied is what reconciliations show.",
    )
    hold_until = fields.Date(string="Held Until", readonly=True, copy=False)
    renewed_on = fields.Date(readonly=True, copy=False)
    proof_asked_on = fields.Date(readonly=True, copy=False)
    closed_on = fields.Date(readonly=True, copy=False)
    closed_reason = fields.Char(string="Why It Ended", readonly=True, copy=False)
    judged_on = fields.Date(readonly=True, copy=False)
    amount_applied_currency = fields.Monetary(
        string="Applied",
        currency_field="currency_id",
        readonly=True,
        copy=False,
        help="Money that was matched with the claimed items since the claim was taken.",
    )
    searched_on = fields.Datetime(readonly=True, copy=False)
    candidate_ids = fields.One2many("collection.claim.candidate", "claim_id", string="Where the Money May Be")
    request_ids = fields.One2many("collection.application.request", "claim_id", string="Requests to Apply")
    request_count = fields.Integer(compute="_compute_request_count")

    _live_idx = models.Index("(account_id) WHERE state IN ('open', 'expired')")
    _amount_positive = models.Constraint(
        "CHECK(amount_currency > 0)", "Say how much was paid: the amount must be more than zero."
    )

    # ------------------------------------------------------------------
    # Computes and checks
    # ------------------------------------------------------------------

    @api.depends("name", "partner_id")
    def _compute_display_name(self):
        for claim in self:
            claim.display_name = f"{claim.name} {claim.partner_id.display_name or ''}".strip()

    def _compute_request_count(self):
        groups = self.env["collection.application.request"]._read_group(
            [("claim_id", "in", self.ids)], ["claim_id"], ["__count"]
        )
        counts = {claim.id: count for claim, count in groups}
        for claim in self:
            claim.request_count = counts.get(claim.id, 0)

    @api.constrains("date", "contact_id", "account_id")
    def _check_facts(self):
        for claim in self:
            if claim.date > claim.company_id._collection_today():
                raise ValidationError(
                    self.env._("A payment of a day to come is no claim but a promise: take a promise instead.")
                )
            if not claim.partner_id:
                raise ValidationError(self.env._("Money from nobody cannot be claimed: choose the customer's account."))
            if claim.contact_id and claim.contact_id.commercial_partner_id != claim.partner_id:
                raise ValidationError(
                    self.env._(
                        "%(contact)s is no contact of %(customer)s.",
                        contact=claim.contact_id.display_name,
                        customer=claim.partner_id.display_name,
                    )
                )

    # ------------------------------------------------------------------
    # Creating and writing
    # ------------------------------------------------------------------

    def _guarded_fields(self):
        return frozenset(
            "name state outcome user_id hold_until renewed_on proof_asked_on closed_on closed_reason judged_on"
            " amount_applied_currency searched_on candidate_ids request_ids".split()
        )

    @api.model_create_multi
    def create(self, vals_list):
        """The items are held from now on; without items, the account's oldest ones up to the amount."""
        self._check_guard({name for vals in vals_list for name in vals})
        accounts = self.env["collection.account"].browse({vals.get("account_id") for vals in vals_list} - {None, False})
        accounts._claim_lock()
        names = self._next_references(self._name, len(vals_list))
        prepared = [
            self._prepare_create(vals, accounts.browse(vals.get("account_id") or ()), name)
            for vals, name in zip(vals_list, names)
        ]
        claims = super(CollectionClaim, self._without_guarded_defaults()._unguarded()).create(prepared)
        claims = claims.with_env(self.env)
        claims._check_lines()
        claims._start()
        return claims

    @api.model
    def _prepare_create(self, given, account, name):
        vals = {**given, "name": name, "user_id": self.env.uid, "state": "open"}
        if not account:
            return vals
        company = account.company_id
        vals["date"] = fields.Date.to_date(vals.get("date")) or company._collection_today()
        vals["hold_until"] = company._collection_add_business_days(
            company._collection_today(), company.collection_claim_hold_days
        )
        Line = self.env["collection.claim.line"]
        items = Line._items_of(vals.get("line_ids"))
        currency = self.env["res.currency"].browse(vals.get("currency_id") or (items[:1].currency_id.id,))
        currency = currency if currency.id else account.currency_id
        own = account.currency_id
        if not vals.get("amount_currency") and vals.get("amount"):
            vals["amount_currency"] = own._convert(vals["amount"], currency, company, vals["date"])
        if not vals.get("amount_currency") and items:
            vals["amount_currency"] = Line._amount_of(vals["line_ids"])
        if currency.compare_amounts(vals.get("amount_currency") or 0.0, 0) <= 0:
            raise ValidationError(self.env._("Say how much was paid: the amount must be more than zero."))
        vals["currency_id"] = currency.id
        vals["amount"] = currency._convert(vals.get("amount_currency") or 0.0, own, company, vals["date"])
        if not vals.get("line_ids"):
            vals["line_ids"] = [
                Command.create({"move_line_id": item.id, "amount_currency": amount})
                for item, amount in account._claim_fill(currency, vals.get("amount_currency") or 0.0)
            ]
        return vals

    def write(self, vals):
        if _FACTS & vals.keys() and not self._has_pass():
            raise UserError(
                self.env._(
                    "What the customer said stays as it was said. Void the claim if it is wrong, and take another one."
                )
            )
        return super().write(vals)

    def _check_lines(self):
        """Refuse claims about nothing, and items that are not open, of somebody else or claimed already."""
        for claim in self:
            if not claim.line_ids:
                raise ValidationError(
                    self.env._(
                        "Nothing of %(customer)s is open in %(currency)s: there is nothing to hold.",
                        customer=claim.partner_id.display_name,
                        currency=claim.currency_id.name,
                    )
                )
        self.line_ids._check_items()

    # ------------------------------------------------------------------
    # Actions
    # ------------------------------------------------------------------

    def action_view_account(self):
        """Open the account's page."""
        self.ensure_one()
        return self.account_id.action_open()

    def action_view_requests(self):
        """The requests to apply that came of the claim."""
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "account_collections.collection_application_request_action"
        )
        action.update(domain=[("claim_id", "=", self.id)], context={})
        if len(self.request_ids) == 1:
            action.update(view_mode="form", views=[(False, "form")], res_id=self.request_ids.id)
        return action
