from odoo import Command, api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Domain

KINDS = [
    ("unidentified", "Payer not known"),
    ("bounced", "Bounced payment"),
    ("unposted", "Matched with a draft"),
    ("duplicate", "Perhaps paid twice"),
    ("sibling", "Fits another customer of the group"),
    ("crossed", "Applied across customers"),
    ("over", "Paid too much"),
    ("on_account", "Money on account"),
    ("credit", "Credit never applied"),
    ("short", "Paid too little"),
]
# With these kinds there is money that may be applied.
_APPLICABLE = ("unidentified", "duplicate", "sibling", "over", "on_account", "credit")


class CollectionApplicationCheck(models.Model):
    """What is odd about how money was applied (SPEC §6): a review list, each row with what can be done about it."""

    _name = "collection.application.check"
    _description = "Application Check"
    _auto = False
    _depends = {
        "account.move.line": [
            "account_id",
            "amount_residual",
            "amount_residual_currency",
            "collection_reserved",
            "matching_number",
            "parent_state",
            "partner_id",
            "reconciled",
        ],
        "account.partial.reconcile": ["amount", "credit_move_id", "debit_move_id", "max_date"],
        "account.bank.statement.line": ["amount", "is_reconciled", "partner_id"],
        "collection.account": ["company_id", "partner_id"],
        "collection.application.review": ["company_id", "key"],
        "collection.bounce": ["amount_bounced"],
        "collection.hold": ["date_released", "move_line_id"],
    }
    _order = "date desc, id desc"
    _rec_name = "document"

    kind = fields.Selection(KINDS, string="Check", readonly=True)
    company_id = fields.Many2one("res.company", readonly=True)
    account_id = fields.Many2one("collection.account", readonly=True)
    partner_id = fields.Many2one("res.partner", string="Customer", readonly=True)
    other_partner_id = fields.Many2one("res.partner", string="Other Customer", readonly=True)
    date = fields.Date(readonly=True)
    document = fields.Char(readonly=True)
    other_document = fields.Char(string="With", readonly=True)
    currency_id = fields.Many2one("res.currency", readonly=True)
    amount_currency = fields.Monetary(string="Amount", currency_field="currency_id", readonly=True)
    company_currency_id = fields.Many2one(related="company_id.currency_id", string="Company Currency")
    amount = fields.Monetary(string="Amount (Company Currency)", currency_field="company_currency_id", readonly=True)
    move_line_id = fields.Many2one("account.move.line", string="Entry", readonly=True)
    statement_line_id = fields.Many2one("account.bank.statement.line", string="Bank Line", readonly=True)
    bounce_id = fields.Many2one("collection.bounce", readonly=True)
    key = fields.Char(readonly=True)
    request_id = fields.Many2one("collection.application.request", compute="_compute_request_id")
    is_applicable = fields.Boolean(compute="_compute_is_applicable")

    @api.depends("kind")
    def _compute_is_applicable(self):
        for check in self:
            check.is_applicable = check.kind in _APPLICABLE

    def _compute_request_id(self):
        """The open request that deals with the money already."""
        Request = self.env["collection.application.request"]
        requests = Request.search(
            Domain("state", "=", "open")
            & (
                Domain("credit_line_ids", "in", self.move_line_id.ids)
                | Domain("statement_line_ids", "in", self.statement_line_id.ids)
            )
        )
        by_line = {line: request for request in requests for line in request.credit_line_ids}
        by_bank_line = {line: request for request in requests for line in request.statement_line_ids}
        for check in self:
            check.request_id = by_line.get(check.move_line_id) or by_bank_line.get(check.statement_line_id) or Request

    # ------------------------------------------------------------------
    # One-click proposals
    # ------------------------------------------------------------------

    def action_request(self):
        """Ask whoever applies money to apply it to what it fits: one item, a few that add up, else the oldest.

        :raise UserError: it fits nothing, or nobody's item alone
        """
        requests = self.env["collection.application.request"]
        for check in self:
            requests |= check.request_id or check._request()
        if len(requests) == 1:
            return requests._open_form()
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "account_collections.collection_application_request_action"
        )
        return {**action, "domain": [("id", "in", requests.ids)], "context": {}}

    def _request(self):
        if not self.is_applicable:
            raise UserError(
                self.env._("%(document)s: there is no money to apply here.", document=self.document or self.kind)
            )
        account, items = self._propose_items()
        return (
            self.env["collection.application.request"]
            ._unguarded()
            .create(
                {
                    "account_id": account.id,
                    "currency_id": self.currency_id.id,
                    "source": "check",
                    "note": dict(self._fields["kind"]._description_selection(self.env))[self.kind],
                    "credit_line_ids": [Command.set(self.move_line_id.ids)],
                    "statement_line_ids": [Command.set(self.statement_line_id.ids)],
                    "line_ids": [
                        Command.create({"move_line_id": item.id, "amount_currency": amount}) for item, amount in items
                    ],
                }
            )
            .with_env(self.env)
        )

    def _propose_items(self):
        """(account, list of (item, amount)) to which the money may be applied."""
        self.ensure_one()
        Account = self.env["collection.account"]
        partner = self.other_partner_id if self.kind == "sibling" else self.partner_id
        if partner:
            account = Account._for_partner(partner, self.company_id)
            items = account._application_fill(self.currency_id, self.amount_currency)
            if not items:
                raise UserError(
                    self.env._("Nothing of %(customer)s is open in this currency.", customer=partner.display_name)
                )
            return account, items
        Line = self.env["account.move.line"]
        fitting = Line.search(
            Line._collection_open_domain(self.company_id)
            & Domain("amount_residual_currency", "=", self.amount_currency)
            & Domain("currency_id", "=", self.currency_id.id)
            & Domain("partner_id", "!=", False),
            limit=2,
        )
        if len(fitting) != 1:
            raise UserError(
                self.env._(
                    "%(count)s open items are just %(amount)s: open the entry and find out who paid.",
                    count=self.env._("No") if not fitting else self.env._("Several"),
                    amount=self.currency_id.format(self.amount_currency),
                )
            )
        account = Account._for_partner(fitting.partner_id, self.company_id)
        return account, [(fitting, self.amount_currency)]

    def action_dispute(self):
        """Dispute what is left of a short payment."""
        self.ensure_one()
        if self.kind != "short":
            raise UserError(self.env._("Only the rest of a short payment is disputed from here."))
        return self.env["collection.account"]._action_dispute(self.move_line_id)

    def action_open(self):
        """Open the entry, with its reconciliation."""
        self.ensure_one()
        move = self.move_line_id.move_id or self.statement_line_id.move_id or self.bounce_id.move_id
        if not move:
            return self.action_open_account()
        return {
            "type": "ir.actions.act_window",
            "name": self.document,
            "res_model": "account.move",
            "view_mode": "form",
            "res_id": move.id,
        }

    def action_open_account(self):
        """Open the customer's account."""
        self.ensure_one()
        if not self.account_id:
            raise UserError(self.env._("The payer is not known: there is no account yet."))
        return self.account_id.action_open()

    def action_review(self):
        """It is right as it is: take it off the list until its amount changes."""
        Review = self.env["collection.application.review"]
        # Reviews are written here only.
        Review.sudo()._unguarded().create(
            [
                {
                    "key": check.key,
                    "kind": check.kind,
                    "document": check.document,
                    "account_id": check.account_id.id,
                    "company_id": check.company_id.id,
                    "user_id": self.env.uid,
                }
                for check in self
            ]
        )
        self.env["collection.application.check"].invalidate_model()
        return True
