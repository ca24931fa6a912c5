from odoo import api, fields, models
from odoo.exceptions import ValidationError

PROBLEMS = [
    ("not_found", "No such document"),
    ("paid", "Nothing is open"),
    ("currency", "Another currency"),
    ("ambiguous", "Fits several"),
    ("no_amount", "No amount"),
    ("credit", "Deduction"),
    ("repeated", "Named before"),
]


class CollectionApplicationLine(models.Model):
    """An item to which money is to be applied, or a line of a remittance advice to which nothing was found."""

    _name = "collection.application.line"
    _description = "Item to Apply Money To"
    _inherit = ["collection.guard"]
    _order = "request_id, sequence, id"

    request_id = fields.Many2one("collection.application.request", required=True, index=True, ondelete="cascade")
    company_id = fields.Many2one(related="request_id.company_id", store=True, precompute=True)
    currency_id = fields.Many2one(related="request_id.currency_id", store=True, precompute=True)
    sequence = fields.Integer(string="Line", default=10)
    text = fields.Char(string="On the Advice", readonly=True)
    move_line_id = fields.Many2one("account.move.line", string="Item", index="btree_not_null", ondelete="set null")
    move_id = fields.Many2one(
        "account.move", string="Document", index="btree_not_null", ondelete="set null", readonly=True
    )
    move_name = fields.Char(string="Invoice", readonly=True)
    due_date = fields.Date(string="Due", readonly=True)
    partner_id = fields.Many2one("res.partner", string="Customer", readonly=True)
    amount_stated = fields.Monetary(string="Stated", help="What the advice says.")
    amount_currency = fields.Monetary(string="To Apply")
    amount_applied_currency = fields.Monetary(string="Applied", readonly=True)
    after_partial_id = fields.Integer(readonly=True)
    problem = fields.Selection(PROBLEMS, string="Why Not Matched", readonly=True)
    remark = fields.Char(readonly=True, help="What differs: an amount over or under what is open, another customer.")
    is_matched = fields.Boolean(string="Matched", compute="_compute_is_matched", store=True)

    @api.depends("move_line_id", "move_id")
    def _compute_is_matched(self):
        for line in self:
            line.is_matched = bool(line.move_line_id or line.move_id) and not line.problem

    @api.depends("move_name", "text")
    def _compute_display_name(self):
        for line in self:
            line.display_name = line.move_name or line.text or ""

    def _to_apply(self):
        """What is still to be applied of what was asked for, in the item's currency."""
        self.ensure_one()
        return self.amount_currency - self.amount_applied_currency

    # ------------------------------------------------------------------
    # Creating and writing
    # ------------------------------------------------------------------

    def _guarded_fields(self):
        return frozenset(
            "text move_id move_name due_date partner_id amount_applied_currency after_partial_id problem remark".split()
        )

    @api.model
    def _is_append_only(self):
        return False

    @api.model_create_multi
    def create(self, vals_list):
        """The item's document, number and due date are kept beside it."""
        self._check_guard({name for vals in vals_list for name in vals})
        requests = self.env["collection.application.request"].browse({vals.get("request_id") for vals in vals_list})
        requests.exists()._check_lines_editable()
        items = self.env["account.move.line"].browse(
            {vals.get("move_line_id") or False for vals in vals_list} - {False}
        )
        facts = items._collection_application_facts()
        prepared = []
        for given in vals_list:
            vals = {**given, **facts.get(given.get("move_line_id"), {})}
            item = items.browse(given.get("move_line_id") or ())
            if item:
                vals.setdefault("amount_currency", max(0.0, item.amount_residual_currency))
            vals.setdefault("amount_stated", vals.get("amount_currency") or 0.0)
            prepared.append(vals)
        lines = super(CollectionApplicationLine, self._without_guarded_defaults()._unguarded()).create(prepared)
        lines = lines.with_env(self.env)
        lines._check_items()
        return lines

    def write(self, vals):
        if not self._has_pass():
            self.request_id._check_lines_editable()
        if "move_line_id" not in vals or self._has_pass():
            result = super().write(vals)
        else:
            # Somebody knows which item a line of the advice means.
            item = self.env["account.move.line"].browse(vals["move_line_id"] or ())
            facts = item._collection_application_facts().get(item.id, {})
            cleared = {"problem": False, "remark": False} if item else {"problem": "not_found"}
            known = {**vals, **facts, **cleared}
            if item and "amount_currency" not in vals:
                known["amount_currency"] = max(0.0, min(item.amount_residual_currency, self[:1].amount_stated or 1e18))
            self._check_guard(vals)
            result = super(CollectionApplicationLine, self._unguarded()).write(known)
        if {"move_line_id", "amount_currency"} & vals.keys():
            self._check_items()
        return result

    @api.ondelete(at_uninstall=False)
    def _unlink_except_closed(self):
        self.request_id._check_lines_editable()

    def _check_items(self):
        """Items are open debit items of the request's company and currency, of the customer or of its group."""
        receivable = self.env["account.move.line"]._collection_receivable_account_ids()
        for request, lines in self.filtered(lambda line: line.is_matched).sudo().grouped("request_id").items():
            customer = request.partner_id
            siblings = set(customer._collection_sibling_ids()) if customer else set()
            for line in lines:
                item, name = line.move_line_id, line.move_name
                if not item:
                    continue
                if item.parent_state != "posted" or item.account_id.id not in receivable or item.balance <= 0:
                    raise ValidationError(self.env._("%(item)s is no posted receivable item.", item=name))
                if item.company_id != request.company_id or item.currency_id != request.currency_id:
                    raise ValidationError(
                        self.env._(
                            "%(item)s is in %(currency)s of %(company)s, the request in %(own)s.",
                            item=name,
                            currency=item.currency_id.name,
                            company=item.company_id.display_name,
                            own=request.currency_id.name,
                        )
                    )
                owner = item.partner_id.commercial_partner_id
                if customer and owner != customer and owner.id not in siblings:
                    raise ValidationError(
                        self.env._(
                            "%(item)s belongs to %(other)s, which is not of the group of %(customer)s.",
                            item=name,
                            other=owner.display_name,
                            customer=customer.display_name,
                        )
                    )
                if line.currency_id.compare_amounts(line.amount_currency, 0) <= 0:
                    raise ValidationError(self.env._("%(item)s: how much is to be applied?", item=name))
