from odoo import Command, api, fields, models
from odoo.exceptions import UserError, ValidationError
from odoo.fields import Domain

STATES = [("open", "To Apply"), ("done", "Applied"), ("refused", "Refused"), ("cancelled", "Cancelled")]


class CollectionApplicationRequest(models.Model):
    """Collectors ask, whoever may match entries applies (SPEC §6): with an owner and a deadline, done when reconciliation shows it."""

    _name = "collection.application.request"
    _description = "Request to Apply Money"
    _inherit = ["collection.guard", "mail.thread", "mail.activity.mixin"]
    _order = "deadline, id desc"
    _check_company_auto = True
    _mail_post_access = "read"

    name = fields.Char(string="Request Number", default="/", readonly=True, copy=False)
    account_id = fields.Many2one(
        "collection.account", required=True, index=True, ondelete="restrict", check_company=True
    )
    # Whoever applies money need not see accounts.
    partner_id = fields.Many2one(related="account_id.partner_id", string="Customer", store=True, precompute=True)
    company_id = fields.Many2one(related="account_id.company_id", store=True, precompute=True, index=True)
    currency_id = fields.Many2one("res.currency", required=True)
    claim_id = fields.Many2one(
        "collection.claim", index="btree_not_null", ondelete="set null", readonly=True, check_company=True
    )
    source = fields.Selection(
        [
            ("claim", "Claim"),
            ("check", "Application check"),
            ("remittance", "Remittance advice"),
            ("person", "By hand"),
        ],
        required=True,
        default="person",
        readonly=True,
    )
    requested_by_id = fields.Many2one("res.users", string="Asked By", default=lambda self: self.env.user, readonly=True)
    user_id = fields.Many2one(
        "res.users",
        string="Owner",
        required=True,
        index=True,
        tracking=True,
        domain="[('share', '=', False), ('company_ids', 'in', company_id)]",
        help="Applies the money; needs the right to match entries.",
    )
    deadline = fields.Date(required=True, tracking=True, help="Later the request goes to the AR manager.")
    is_late = fields.Boolean(string="Late", compute="_compute_is_late", search="_search_is_late")
    level = fields.Integer(string="Climbed", readonly=True, copy=False, aggregator=None)
    climbed_on = fields.Date(readonly=True, copy=False)
    note = fields.Text(help="What whoever applies the money must know.")
    state = fields.Selection(
        STATES, required=True, default="open", readonly=True, index=True, copy=False, tracking=True
    )
    done_on = fields.Date(readonly=True, copy=False)
    closed_reason = fields.Char(string="Why It Ended", readonly=True, copy=False)

    # The money
    credit_line_ids = fields.Many2many(
        "account.move.line", "collection_application_credit_rel", "request_id", "line_id", string="Money to Apply"
    )
    payment_ids = fields.Many2many(
        "account.payment", "collection_application_payment_rel", "request_id", "payment_id", string="Payments to Post"
    )
    statement_line_ids = fields.Many2many(
        "account.bank.statement.line",
        "collection_application_statement_rel",
        "request_id",
        "statement_line_id",
        string="Bank Lines to Book",
    )
    money_text = fields.Char(string="Money", compute="_compute_money_text")

    # What to apply it to
    line_ids = fields.One2many("collection.application.line", "request_id", string="Items")
    amount = fields.Monetary(compute="_compute_amounts", store=True, help="What is to be applied to the matched items.")
    amount_applied = fields.Monetary(string="Applied", compute="_compute_amounts", store=True)
    unmatched_count = fields.Integer(string="Unmatched", compute="_compute_amounts", store=True)
    amount_unmatched = fields.Monetary(string="Unmatched Amount", compute="_compute_amounts", store=True)
    stated_total = fields.Monetary(string="Total on the Advice", readonly=True)
    amount_difference = fields.Monetary(
        string="Lines Do Not Add Up", compute="_compute_amounts", store=True, help="Stated total less the lines' sum."
    )

    _open_idx = models.Index("(deadline) WHERE state = 'open'")

    # ------------------------------------------------------------------
    # Computes and checks
    # ------------------------------------------------------------------

    @api.depends("name", "partner_id")
    def _compute_display_name(self):
        for request in self:
            # The number of a request names the customer for whoever may see the request.
            request.display_name = f"{request.name} {request.sudo().partner_id.display_name or ''}".strip()

    @api.depends("line_ids.amount_currency", "line_ids.amount_applied_currency", "line_ids.problem", "stated_total")
    def _compute_amounts(self):
        for request in self:
            matched = request.line_ids.filtered("is_matched")
            unmatched = request.line_ids - matched
            request.amount = sum(matched.mapped("amount_currency"))
            request.amount_applied = sum(matched.mapped("amount_applied_currency"))
            request.unmatched_count = len(unmatched)
            request.amount_unmatched = sum(unmatched.mapped("amount_stated"))
            stated = sum(request.line_ids.mapped("amount_stated"))
            request.amount_difference = request.stated_total - stated if request.stated_total else 0.0

    @api.depends("state", "deadline")
    def _compute_is_late(self):
        today = {company: company._collection_today() for company in self.company_id}
        for request in self:
            request.is_late = (
                request.state == "open" and bool(request.deadline) and request.deadline < today[request.company_id]
            )

    def _search_is_late(self, operator, value):
        if operator != "in":
            return NotImplemented
        late = Domain("state", "=", "open") & Domain.OR(
            Domain("company_id", "=", company.id) & Domain("deadline", "<", company._collection_today())
            for company in self.env.companies
        )
        return Domain.OR([late] * (True in value) + [~late] * (False in value))

    @api.depends("credit_line_ids", "payment_ids", "statement_line_ids")
    def _compute_money_text(self):
        for request in self:
            names = [
                *request.credit_line_ids.move_id.mapped("name"),
                *(payment.name or payment.memo or self.env._("Draft payment") for payment in request.payment_ids),
                *(line.payment_ref or line.move_id.name for line in request.statement_line_ids),
            ]
            request.money_text = ", ".join(dict.fromkeys(name for name in names if name)) or False

    @api.constrains("user_id")
    def _check_owner(self):
        for request in self:
            if not request.user_id._collection_may_apply(request.company_id):
                raise ValidationError(
                    self.env._(
                        "%(user)s may not match entries of %(company)s: choose somebody of accounting.",
                        user=request.user_id.name,
                        company=request.company_id.display_name,
                    )
                )

    @api.constrains("credit_line_ids")
    def _check_credits(self):
        receivable = self.env["account.move.line"]._collection_receivable_account_ids()
        for request in self.sudo():  # of what may be applied, not of what the user sees
            for line in request.credit_line_ids:
                if line.company_id != request.company_id or line.account_id.id not in receivable or line.balance > 0:
                    raise ValidationError(
                        self.env._(
                            "%(entry)s cannot be applied here: it is no receivable credit of %(company)s.",
                            entry=line.move_id.name,
                            company=request.company_id.display_name,
                        )
                    )

    # ------------------------------------------------------------------
    # Creating and writing
    # ------------------------------------------------------------------

    def _guarded_fields(self):
        return frozenset(
            "name state requested_by_id source claim_id level climbed_on done_on closed_reason stated_total".split()
        )

    @api.model_create_multi
    def create(self, vals_list):
        """The owner gets a task for the deadline."""
        self._check_guard({name for vals in vals_list for name in vals})
        names = self._next_references(self._name, len(vals_list))
        prepared = []
        for given, name in zip(vals_list, names):
            vals = {**given, "name": name, "requested_by_id": self.env.uid, "state": "open"}
            account = self.env["collection.account"].browse(given.get("account_id") or ())
            if account:
                company = account.company_id
                vals["currency_id"] = given.get("currency_id") or account.currency_id.id
                vals["user_id"] = given.get("user_id") or self._owner_of(company).id
                vals["deadline"] = given.get("deadline") or company._collection_add_business_days(
                    company._collection_today(), company.collection_request_days
                )
            prepared.append(vals)
        requests = super(CollectionApplicationRequest, self._without_guarded_defaults()._unguarded()).create(prepared)
        requests = requests.with_env(self.env)
        requests.sudo()._give_tasks()
        return requests

    @api.model
    def _owner_of(self, company):
        owner = company._collection_applier()
        if not owner:
            raise UserError(
                self.env._(
                    "Nobody may match entries of %(company)s. An administrator must give somebody rights in accounting.",
                    company=company.display_name,
                )
            )
        return owner

    def write(self, vals):
        fixed = {"account_id", "currency_id", "credit_line_ids", "payment_ids", "statement_line_ids"} & vals.keys()
        if fixed and not self._has_pass() and any(request.state != "open" for request in self):
            raise UserError(self.env._("The request is closed. Reopen it to change it."))
        result = super().write(vals)
        if {"user_id", "deadline"} & vals.keys():
            self.sudo()._give_tasks()
        return result

    def _check_lines_editable(self):
        if any(request.state != "open" for request in self):
            raise UserError(self.env._("The request is closed. Reopen it to change its items."))

    def _give_tasks(self):
        """One task for each owner, on the day until which it is to be done."""
        kind = "mail.mail_activity_data_todo"
        self.activity_unlink([kind])
        for request in self.filtered(lambda each: each.state == "open"):
            request.with_context(mail_activity_quick_update=True).activity_schedule(
                kind,
                request.deadline,
                summary=self.env._("Apply money: %(name)s", name=request.display_name),
                user_id=request.user_id.id,
            )

    # ------------------------------------------------------------------
    # Asking
    # ------------------------------------------------------------------

    @api.model
    def _request_for(self, candidate):
        """Ask to apply what was found for a claim to the claimed items; the open request for them, if there is one already."""
        claim = candidate.claim_id
        claim.check_access("write")
        if claim.state not in ("open", "expired"):
            raise UserError(self.env._("%(claim)s is closed.", claim=claim.display_name))
        found = candidate.sudo()  # what the search found is the system's
        if found.company_id != claim.company_id:
            raise UserError(
                self.env._(
                    "%(document)s is in %(company)s. Have it transferred to %(own)s first: money is not matched across companies.",
                    document=found.document,
                    company=found.company_id.display_name,
                    own=claim.company_id.display_name,
                )
            )
        if self.env["res.currency"].browse(found.currency_id.id).compare_amounts(found.amount_open_currency, 0) <= 0:
            raise UserError(
                self.env._(
                    "%(document)s is applied already: %(how)s. Take it off there first.",
                    document=found.document,
                    how=found.explanation,
                )
            )
        standing = claim.request_ids.filtered(lambda request: request.state == "open")
        if standing:
            return standing[0]
        items = [(line.move_line_id, line.amount_currency - line.amount_applied_currency) for line in claim.line_ids]
        items += [(item, item.amount_residual_currency) for item in found.item_ids]
        request = self._unguarded().create(
            {
                "account_id": claim.account_id.id,
                "currency_id": claim.currency_id.id,
                "claim_id": claim.id,
                "source": "claim",
                "note": claim.note,
                "credit_line_ids": [Command.set(found.line_ids.ids)],
                "payment_ids": [Command.set(found.payment_ids.ids)],
                "statement_line_ids": [Command.set(found.statement_line_ids.ids)],
                "line_ids": [
                    Command.create({"move_line_id": item.id, "amount_currency": amount})
                    for item, amount in items
                    if item
                ],
            }
        )
        found._unguarded().is_found = True
        claim._evaluate()
        return request.with_env(self.env)

    def _open_form(self):
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Request to Apply"),
            "res_model": self._name,
            "view_mode": "form",
            "res_id": self.id,
        }

    # ------------------------------------------------------------------
    # Ending without applying
    # ------------------------------------------------------------------

    def action_refuse(self, reason=None):
        """Whoever should apply the money says that it does not belong there; the collector is told."""
        self._check_may_apply()
        self._end("refused", reason or self.env._("Refused by %(user)s", user=self.env.user.name))
        for request in self:
            request.sudo().account_id._add_task(
                self.env._("Request %(name)s was refused", name=request.name), request.closed_reason
            )
        return True

    def action_cancel(self, reason=None):
        """Take requests back."""
        self.check_access("write")
        self._end("cancelled", reason or self.env._("Cancelled by %(user)s", user=self.env.user.name))
        return True

    def action_reopen(self):
        """Ask once more, with a new deadline."""
        self.check_access("write")
        for company, requests in self.grouped("company_id").items():
            deadline = company._collection_add_business_days(
                company._collection_today(), company.collection_request_days
            )
            requests.sudo()._update_state(
                ("refused", "cancelled"), "open", closed_reason=False, deadline=deadline, level=0, climbed_on=False
            )
        return True

    def _end(self, state, reason):
        own = self.sudo()
        own._update_state(("open",), state, closed_reason=reason)
        own.activity_unlink(["mail.mail_activity_data_todo"])

    def action_view_account(self):
        """Open the account's page."""
        self.ensure_one()
        return self.account_id.action_open()
