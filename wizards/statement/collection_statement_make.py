from odoo import Command, api, fields, models
from odoo.exceptions import AccessError, UserError
from odoo.tools import format_date

from ...models.statement.collection_statement import DETAILS, KINDS


class CollectionStatementMake(models.TransientModel):
    """Statements of one, many, or all customers of a payer group: what they show, how they go out, and who gets none."""

    _name = "collection.statement.make"
    _description = "Make Statements"

    account_ids = fields.Many2many("collection.account", string="Accounts", required=True)
    account_count = fields.Integer(compute="_compute_accounts")
    company_id = fields.Many2one("res.company", compute="_compute_accounts")
    currency_id = fields.Many2one(related="company_id.currency_id")
    payer_group_id = fields.Many2one("collection.payer.group", compute="_compute_accounts")
    together = fields.Boolean(
        string="One Statement for All",
        help="The customers of the payer group in one statement, to whoever answers for the group.",
    )
    kind = fields.Selection(KINDS, required=True, compute="_compute_kind", store=True, precompute=True, readonly=False)
    detail = fields.Selection(
        DETAILS, string="Shows", required=True, compute="_compute_kind", store=True, precompute=True, readonly=False
    )
    date = fields.Date(
        string="As Of",
        required=True,
        compute="_compute_date",
        store=True,
        precompute=True,
        readonly=False,
        help="The statement shows the ledger at the end of this day. Not a day to come.",
    )
    date_from = fields.Date(string="From", compute="_compute_date_from", store=True, precompute=True, readonly=False)
    delivery = fields.Selection(
        [
            ("send", "The customer's way: e-mail, else letter"),
            ("print", "Print all, to be posted"),
            ("file", "One PDF, not sent"),
            ("xlsx", "One workbook, not sent"),
        ],
        required=True,
        default="send",
    )
    with_xlsx = fields.Boolean(string="Attach a Workbook")
    with_credit = fields.Boolean(
        string="Customers in Credit Too", help="Who owes nothing and has something to get is left out otherwise."
    )
    with_excluded = fields.Boolean(
        string="Placed, Legal and Bankrupt Too", help="These accounts get statements only when asked for."
    )
    state = fields.Selection([("choose", "Choose"), ("preview", "Preview")], default="choose")
    line_ids = fields.One2many("collection.statement.make.line", "wizard_id")
    included_count = fields.Integer(compute="_compute_counts")
    left_out_count = fields.Integer(compute="_compute_counts")
    left_out_summary = fields.Char(compute="_compute_counts")

    # ------------------------------------------------------------------
    # Computes
    # ------------------------------------------------------------------

    @api.depends("account_ids")
    def _compute_accounts(self):
        for wizard in self:
            accounts = wizard.account_ids
            wizard.account_count = len(accounts)
            wizard.company_id = accounts.company_id[:1]
            groups = accounts.partner_id.collection_payer_group_id
            alone = len(groups) == 1 and all(account.partner_id.collection_payer_group_id for account in accounts)
            wizard.payer_group_id = groups if alone and len(accounts) > 1 else False

    @api.depends("account_ids")
    def _compute_kind(self):
        for wizard in self:
            kinds = {account._statement_kind() for account in wizard.account_ids}
            details = {account._statement_detail() for account in wizard.account_ids}
            wizard.kind = kinds.pop() if len(kinds) == 1 else "open_item"
            wizard.detail = details.pop() if len(details) == 1 else "detail"

    @api.depends("account_ids")
    def _compute_date(self):
        for wizard in self:
            wizard.date = (wizard.account_ids.company_id[:1] or self.env.company)._collection_today()

    @api.depends("date")
    def _compute_date_from(self):
        for wizard in self:
            wizard.date_from = wizard.date and wizard.date.replace(day=1)

    @api.depends("line_ids.included", "line_ids.reason")
    def _compute_counts(self):
        reasons = dict(self.env["collection.statement"]._selection_reason())
        for wizard in self:
            left_out = wizard.line_ids.filtered("reason")
            wizard.included_count = len((wizard.line_ids - left_out).filtered("included"))
            wizard.left_out_count = len(wizard.line_ids) - wizard.included_count
            parts = [f"{reasons[reason]}: {len(lines)}" for reason, lines in left_out.grouped("reason").items()]
            unticked = wizard.left_out_count - len(left_out)
            parts += [self.env._("Taken out by you: %(count)s", count=unticked)] if unticked else []
            wizard.left_out_summary = ", ".join(parts)

    # ------------------------------------------------------------------
    # Checks
    # ------------------------------------------------------------------

    def _check_input(self):
        """:raise UserError: something is missing, or cannot be"""
        if not self.env.user.has_group("account_collections.group_collector"):
            raise AccessError(self.env._("Only collectors and managers make statements."))
        if not self.account_ids:
            raise UserError(self.env._("Choose accounts first."))
        if len(self.account_ids.company_id) > 1:
            raise UserError(self.env._("Make the statements of one company at a time."))
        today = self.company_id._collection_today()
        if not self.date:
            raise UserError(self.env._("As of which day?"))
        if self.date > today:
            raise UserError(
                self.env._(
                    "Statements show the past and today: %(date)s is still to come.",
                    date=format_date(self.env, self.date),
                )
            )
        if self.kind != "open_item" and (not self.date_from or self.date_from > self.date):
            raise UserError(self.env._("A statement begins before it ends: give its first day."))
        if self.together and not self.payer_group_id:
            raise UserError(self.env._("One statement for all is for customers of one payer group."))

    def _values(self):
        names = ("date", "kind", "detail", "delivery", "with_xlsx", "with_credit", "with_excluded")
        values = {name: self[name] for name in names}
        values["date_from"] = self.date_from if self.kind != "open_item" else False
        values["with_xlsx"] = self.with_xlsx and self.delivery == "send"
        if self.account_count == 1 or self.together:
            # Whoever asks for the statement of one customer, asks for it.
            values |= {"with_credit": True, "with_excluded": True}
        return values

    # ------------------------------------------------------------------
    # Actions
    # ------------------------------------------------------------------

    def action_preview(self):
        """List what each customer would get, and who gets nothing and why."""
        self.ensure_one()
        self._check_input()
        found = self.env["collection.statement"]._preview(self.account_ids, self._values())
        self.line_ids.unlink()
        self.line_ids = [Command.create(self._line_vals(account, each)) for account, each in found.items()]
        self.state = "preview"
        return self._action_reopen()

    def _line_vals(self, account, found):
        due = [
            currency.format(values["amount_now_due"])
            for currency, values in found["figures"].items()
            if not currency.is_zero(values["amount_now_due"])
        ]
        return {
            "account_id": account.id,
            "reason": found["reason"],
            "channel": found["channel"],
            "recipient_id": found["recipient_id"],
            "amount_total": sum(values["amount_company"] for values in found["figures"].values()),
            "now_due": " + ".join(due),
        }

    def action_back(self):
        """Change the choice."""
        self.state = "choose"
        return self._action_reopen()

    def action_make(self):
        """Make the statements of the accounts that are ticked; who gets none is decided once more when they are made."""
        self.ensure_one()
        self._check_input()
        accounts = self.account_ids
        if self.state == "preview":
            accounts = self.line_ids.filtered(lambda line: line.included and not line.reason).account_id
        if not accounts:
            raise UserError(self.env._("No account is left to make a statement for."))
        group = self.payer_group_id if self.together else None
        batch = self.env["collection.statement.batch"]._start(accounts, self._values(), group)
        return batch._action_show()

    def _action_reopen(self):
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Statements of %(count)s Accounts", count=self.account_count)
            if self.account_count > 1
            else self.env._("Statement of %(customer)s", customer=self.account_ids.display_name),
            "res_model": self._name,
            "res_id": self.id,
            "view_mode": "form",
            "target": "new",
        }


class CollectionStatementMakeLine(models.TransientModel):
    _name = "collection.statement.make.line"
    _description = "Make Statements: Account"
    _order = "reason, id"

    wizard_id = fields.Many2one("collection.statement.make", required=True, ondelete="cascade", index=True)
    account_id = fields.Many2one(
        "collection.account", string="Customer", required=True, readonly=True, ondelete="cascade"
    )
    included = fields.Boolean(default=True, help="Untick who is to get no statement.")
    reason = fields.Selection(selection="_selection_reason", string="Why Not", readonly=True)
    channel = fields.Selection(selection="_selection_channel", string="How", readonly=True)
    recipient_id = fields.Many2one("res.partner", string="To", readonly=True)
    currency_id = fields.Many2one(related="account_id.currency_id")
    amount_total = fields.Monetary(string="Balance", readonly=True)
    now_due = fields.Char(readonly=True)

    @api.model
    def _selection_reason(self):
        return self.env["collection.statement"]._selection_reason()

    @api.model
    def _selection_channel(self):
        return self.env["collection.statement"]._fields["channel"]._description_selection(self.env)


class CollectionAccount(models.Model):
    _inherit = "collection.account"

    def action_statement(self):
        """Make statements of these accounts, with a preview."""
        self.check_access("read")
        wizard = self.env["collection.statement.make"].create({"account_ids": [Command.set(self.ids)]})
        wizard._check_input()
        return wizard._action_reopen()


class CollectionPayerGroup(models.Model):
    _inherit = "collection.payer.group"

    def action_statement(self):
        """Make one statement of all the members' accounts, or one for each."""
        action = self._accounts_to_work().action_statement()
        wizard = self.env["collection.statement.make"].browse(action["res_id"])
        wizard.together = bool(wizard.payer_group_id)
        return action
