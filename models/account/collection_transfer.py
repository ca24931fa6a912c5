from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.fields import Domain


class CollectionTransfer(models.Model):
    """A dated move of a portfolio: for the time of an absence and back, or for good."""

    _name = "collection.transfer"
    _description = "Portfolio Transfer"
    _inherit = ["collection.guard", "mail.thread"]
    _order = "date_from desc, id desc"
    _check_company_auto = True

    name = fields.Char(compute="_compute_name")
    company_id = fields.Many2one("res.company", required=True, default=lambda self: self.env.company)
    kind = fields.Selection(
        [("absence", "Absence: and back again"), ("transfer", "For good")], required=True, default="absence"
    )
    from_user_id = fields.Many2one("res.users", string="From", required=True, check_company=True, ondelete="restrict")
    to_user_id = fields.Many2one(
        "res.users",
        string="To",
        required=True,
        check_company=True,
        ondelete="restrict",
        domain="[('share', '=', False), ('id', '!=', from_user_id)]",
    )
    account_ids = fields.Many2many(
        "collection.account",
        string="Only These Accounts",
        check_company=True,
        domain="[('collector_id', '=', from_user_id), ('company_id', '=', company_id)]",
        help="Empty: the whole portfolio, with the accounts that come to it meanwhile.",
    )
    date_from = fields.Date(string="From Day", required=True)
    date_to = fields.Date(string="To Day", help="The last day of the absence; the accounts go back on the next.")
    reason = fields.Char(required=True)
    state = fields.Selection(
        [
            ("draft", "Draft"),
            ("planned", "Planned"),
            ("active", "In Force"),
            ("done", "Done"),
            ("cancelled", "Cancelled"),
        ],
        required=True,
        default="draft",
        readonly=True,
        copy=False,
        tracking=True,
    )
    assignment_ids = fields.One2many("collection.assignment", "transfer_id", string="History")
    account_count = fields.Integer(string="Accounts to Move", compute="_compute_account_count")

    @api.depends("from_user_id", "to_user_id")
    def _compute_name(self):
        for transfer in self:
            transfer.name = self.env._(
                "%(old)s → %(new)s", old=transfer.from_user_id.name or "", new=transfer.to_user_id.name or ""
            )

    @api.depends("from_user_id", "account_ids", "company_id", "state")
    def _compute_account_count(self):
        """Before it begins, how many accounts would move; then how many did."""
        for transfer in self:
            if transfer.state in ("draft", "planned"):
                domain = transfer._portfolio_domain()
                transfer.account_count = self.env["collection.account"].search_count(domain)
            else:
                transfer.account_count = len(transfer.assignment_ids.account_id)

    def _guarded_fields(self):
        return frozenset({"state"})

    def _is_append_only(self):
        return False

    @api.ondelete(at_uninstall=False)
    def _unlink_except_begun(self):
        if any(transfer.state not in ("draft", "cancelled") or transfer.assignment_ids for transfer in self):
            raise UserError(self.env._("A transfer that was planned is kept. Cancel it, or end it."))

    # ------------------------------------------------------------------
    # Checks
    # ------------------------------------------------------------------

    @api.constrains("kind", "from_user_id", "to_user_id", "date_from", "date_to", "state", "company_id")
    def _check_transfer(self):
        for transfer in self:
            if transfer.from_user_id == transfer.to_user_id:
                raise ValidationError(self.env._("Accounts cannot be transferred to the person who has them."))
            if transfer.kind == "absence" and not transfer.date_to:
                raise ValidationError(self.env._("An absence needs its last day."))
            if transfer.date_to and transfer.date_to < transfer.date_from:
                raise ValidationError(self.env._("The last day is before the first one."))
            if transfer.state in ("draft", "planned") and not transfer._may_collect(transfer.to_user_id):
                raise ValidationError(
                    self.env._("%(user)s does not work in Collections.", user=transfer.to_user_id.name)
                )
            if transfer.state in ("planned", "active"):
                transfer._check_overlap()

    @api.model
    def _may_collect(self, user):
        # Groups of others are read to check what the user chose.
        return user.active and user.sudo().has_group("account_collections.group_collector")

    def _check_overlap(self):
        """Nobody is absent twice at a time, and nobody gets accounts while absent."""
        if self.kind != "absence":
            return
        others = self.search(
            Domain("id", "!=", self.id)
            & Domain("company_id", "=", self.company_id.id)
            & Domain("kind", "=", "absence")
            & Domain("state", "in", ("planned", "active"))
            & Domain("date_from", "<=", self.date_to)
            & Domain("date_to", ">=", self.date_from)
        )
        for other in others:
            if other.from_user_id == self.from_user_id and not (self.account_ids and other.account_ids):
                person = self.from_user_id
            elif other.from_user_id == self.to_user_id:
                person = self.to_user_id
            elif other.to_user_id == self.from_user_id:
                person = self.from_user_id
            else:
                continue
            raise ValidationError(
                self.env._(
                    "%(person)s has another transfer in these days: %(other)s.", person=person.name, other=other.name
                )
            )

    @api.model
    def _check_may_assign(self):
        if not self.env.su and not self.env.user.has_group("account_collections.group_assistant_manager"):
            raise AccessError(self.env._("Only assistant managers and managers give accounts to other collectors."))

    # ------------------------------------------------------------------
    # Going through it
    # ------------------------------------------------------------------

    def action_confirm(self):
        """Plan the transfer; what begins today or earlier moves at once."""
        self._check_may_assign()
        self.check_access("write")
        for transfer in self:
            today = transfer.company_id._collection_today()
            if transfer.kind == "absence" and transfer.date_to < today:
                raise UserError(self.env._("This absence is over already."))
            if transfer._update_state({"draft"}, "planned") and transfer.date_from <= today:
                transfer._proceed()

    def action_end(self):
        """End an absence today: the accounts go back at once. What has not begun is cancelled."""
        self._check_may_assign()
        self.check_access("write")
        for transfer in self:
            if transfer.state == "active":
                transfer._give_back()
                transfer._update_state({"active"}, "done")
            else:
                transfer._update_state({"draft", "planned"}, "cancelled")

    @api.model
    def _due(self):
        """Transfers that begin, go on or end on their company's date."""
        due = [
            Domain("company_id", "=", company.id)
            & (
                Domain("state", "=", "planned") & Domain("date_from", "<=", company._collection_today())
                | Domain("state", "=", "active")
            )
            for company in self.env["res.company"].search([])
        ]
        return self.search(Domain.OR(due), order="date_from, id")

    def _proceed(self):
        """Do what the date asks for: begin, take along what came to the portfolio meanwhile, give back."""
        self.ensure_one()
        over = self.kind == "absence" and self.date_to < self.company_id._collection_today()
        if self.state == "planned" and over:
            # The job did not run in all that time: nothing to move and back.
            self._update_state({"planned"}, "cancelled")
        elif over:
            self._give_back()
            self._update_state({"active"}, "done")
        else:
            self._take()
            self._update_state({"planned", "active"}, "active" if self.kind == "absence" else "done")

    def _portfolio_domain(self):
        domain = Domain("collector_id", "=", self.from_user_id.id) & Domain("company_id", "=", self.company_id.id)
        return domain & Domain("id", "in", self.account_ids.ids) if self.account_ids else domain

    def _take(self):
        for_good = self.kind == "transfer"
        accounts = self.env["collection.account"].search(self._portfolio_domain())
        for locked, part in accounts.grouped("collector_locked").items():
            part._assign(
                self.to_user_id,
                kind=self.kind,
                reason=self.reason,
                transfer_id=self.id,
                locked=for_good or locked,  # after an absence all is as before
            )

    def _give_back(self):
        """Return the accounts that are still where this transfer brought them; who left meanwhile gets none, the rules decide."""
        back = self.env["collection.account"]
        for account in self.assignment_ids.account_id:
            last = account.assignment_ids[:1]
            if last.transfer_id == self and account.collector_id == self.to_user_id:
                back |= account
        owner = self.from_user_id if self.from_user_id.active else self.from_user_id.browse()
        for locked, part in back.grouped("collector_locked").items():
            part._assign(owner, kind="back", reason=self.reason, transfer_id=self.id, locked=bool(owner) and locked)
        if not owner:
            back._assign_by_rules(Domain("id", "in", back.ids))
