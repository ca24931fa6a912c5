from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError
from odoo.tools import SQL


class CollectionClaimLine(models.Model):
    _name = "collection.claim.line"
    _description = "Claimed Item"
    _inherit = ["collection.guard"]
    _order = "claim_id, due_date, id"

    claim_id = fields.Many2one("collection.claim", required=True, index=True, ondelete="cascade")
    company_id = fields.Many2one(related="claim_id.company_id", store=True, precompute=True)
    company_currency_id = fields.Many2one(related="company_id.currency_id", string="Company Currency")
    # What does not move: an item's id may be another instalment after a reset to draft.
    move_line_id = fields.Many2one("account.move.line", string="Open Item", index=True, ondelete="set null")
    move_id = fields.Many2one("account.move", string="Document", index=True, ondelete="set null", readonly=True)
    move_name = fields.Char(string="Invoice", readonly=True)
    due_date = fields.Date(string="Due", readonly=True)
    currency_id = fields.Many2one("res.currency", readonly=True)
    amount_currency = fields.Monetary(
        string="Claimed", currency_field="currency_id", help="Empty: all that is open of the item."
    )
    amount = fields.Monetary(string="Claimed (Company Currency)", currency_field="company_currency_id")
    amount_applied_currency = fields.Monetary(string="Applied", currency_field="currency_id", readonly=True)
    after_partial_id = fields.Integer(
        readonly=True, help="Matches up to this one were there when the claim was taken: they settle nothing of it."
    )

    _amount_positive = models.Constraint("CHECK(amount_currency > 0)", "The claimed amount must be more than zero.")

    # ------------------------------------------------------------------
    # Creating
    # ------------------------------------------------------------------

    def _guarded_fields(self):
        return frozenset(
            {"move_id", "move_name", "due_date", "currency_id", "amount_applied_currency", "after_partial_id"}
        )

    @api.model
    def _items_of(self, commands):
        """The items that create commands name."""
        values = [command[2] for command in commands or () if len(command) > 2 and isinstance(command[2], dict)]
        return self.env["account.move.line"].browse(vals["move_line_id"] for vals in values if vals.get("move_line_id"))

    @api.model
    def _amount_of(self, commands):
        """What the items that create commands name add up to, in their currency."""
        total = 0.0
        for command in commands or ():
            vals = command[2]
            item = self.env["account.move.line"].browse(vals.get("move_line_id") or ())
            total += self._amount_currency_of(item, vals)
        return total

    @api.model
    def _amount_currency_of(self, item, vals):
        ratio = self._ratio(item)
        if vals.get("amount_currency"):
            return vals["amount_currency"]
        if vals.get("amount"):
            return item.currency_id.round(vals["amount"] / ratio)
        return max(0.0, item.amount_residual_currency)

    @api.model
    def _ratio(self, item):
        """Company currency for one unit of the item's currency, as booked."""
        open_amount, open_currency = abs(item.amount_residual), abs(item.amount_residual_currency)
        return open_amount / open_currency if open_amount and open_currency else 1.0

    @api.model_create_multi
    def create(self, vals_list):
        """The item's document, number and due date are kept beside it, and up to which match it was settled before."""
        self._check_guard({name for vals in vals_list for name in vals})
        items = self.env["account.move.line"].browse(vals.get("move_line_id") or False for vals in vals_list)
        last = self._last_partials(items)
        prepared = []
        for vals, item in zip(vals_list, items):
            if not item:
                raise ValidationError(self.env._("Choose the item that is said to be paid."))
            amount = self._amount_currency_of(item, vals)
            if item.currency_id.compare_amounts(amount, 0) <= 0:
                raise ValidationError(self._paid_already(item))
            prepared.append(
                {
                    **vals,
                    "move_id": item.move_id.id,
                    "move_name": item.move_id.name,
                    "due_date": item.date_maturity or item.date,
                    "currency_id": item.currency_id.id,
                    "amount_currency": amount,
                    "amount": item.company_currency_id.round(amount * self._ratio(item)),
                    "after_partial_id": last.get(item.id, 0),
                }
            )
        lines = super(CollectionClaimLine, self._without_guarded_defaults()._unguarded()).create(prepared)
        return lines.with_env(self.env)

    @api.model
    def _last_partials(self, items):
        self.env.flush_all()
        return dict(
            self.env.execute_query(
                SQL(
                    "SELECT debit_move_id, MAX(id) FROM account_partial_reconcile WHERE debit_move_id IN %s GROUP BY 1",
                    tuple(items.ids) or (0,),
                )
            )
        )

    def write(self, vals):
        if not self._has_pass():
            raise UserError(self.env._("A claimed item is not changed: void the claim and take another one."))
        return super().write(vals)

    # ------------------------------------------------------------------
    # Checking
    # ------------------------------------------------------------------

    @api.model
    def _paid_already(self, item):
        """Why a paid item cannot be claimed, and which payment closed it."""
        # The document is the user's own choice; what closed it is told by its number.
        closing = item.sudo().matched_credit_ids.credit_move_id.move_id
        if closing:
            return self.env._(
                "%(item)s is paid already: it was closed by %(closing)s. There is nothing to look for.",
                item=item.move_id.display_name,
                closing=", ".join(closing.mapped("name")[:3]),
            )
        return self.env._("%(item)s is not open: only posted, unpaid items are chased.", item=item.move_id.display_name)

    def _check_items(self):
        """Items are open debit items of the claim's customer in its currency, and claimed at most once."""
        receivable = self.env["account.move.line"]._collection_receivable_account_ids()
        # Which customer's items these are must not depend on what the user may read.
        lines = self.sudo()
        others = lines._claimed_amounts()
        for line in lines:
            item, claim = line.move_line_id, line.claim_id
            name = item.move_id.display_name
            if item.parent_state != "posted" or item.account_id.id not in receivable or item.amount_residual <= 0:
                raise ValidationError(self._paid_already(item))
            if item.partner_id.commercial_partner_id != claim.partner_id or item.company_id != claim.company_id:
                raise ValidationError(
                    self.env._(
                        "%(item)s is not an item of %(account)s.", item=name, account=claim.account_id.display_name
                    )
                )
            if item.currency_id != claim.currency_id:
                raise ValidationError(
                    self.env._(
                        "%(item)s is in %(other)s, the claim in %(own)s: take a claim of its own for each currency.",
                        item=name,
                        other=item.currency_id.name,
                        own=claim.currency_id.name,
                    )
                )
            if item.currency_id.compare_amounts(others[item.id], item.amount_residual_currency) > 0:
                raise ValidationError(
                    self.env._(
                        "Of %(item)s only %(open)s is open and not claimed already.",
                        item=name,
                        open=item.currency_id.format(
                            max(0.0, item.amount_residual_currency - others[item.id] + line.amount_currency)
                        ),
                    )
                )

    def _claimed_amounts(self):
        """What live claims say of each of these lines' items: dict of item id to amount."""
        groups = self._read_group(
            [("move_line_id", "in", self.move_line_id.ids), ("claim_id.state", "in", ("open", "expired"))],
            ["move_line_id"],
            ["amount_currency:sum", "amount_applied_currency:sum"],
        )
        return {item.id: amount - applied for item, amount, applied in groups}
