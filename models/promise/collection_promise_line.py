from odoo import api, fields, models
from odoo.exceptions import UserError


class CollectionPromiseLine(models.Model):
    _name = "collection.promise.line"
    _description = "Promised Item"
    _inherit = ["collection.guard"]
    _order = "due_date, id"
    _check_company_auto = True

    promise_id = fields.Many2one("collection.promise", required=True, index=True, ondelete="cascade")
    company_id = fields.Many2one(related="promise_id.company_id", store=True, precompute=True)
    move_line_id = fields.Many2one("account.move.line", string="Open Item", index="btree_not_null", ondelete="set null")
    currency_id = fields.Many2one(related="promise_id.currency_id")
    company_currency_id = fields.Many2one(related="company_id.currency_id", string="Company Currency")
    amount_currency = fields.Monetary(
        string="Promised",
        currency_field="currency_id",
        compute="_compute_amounts",
        store=True,
        readonly=False,
        precompute=True,
    )
    amount = fields.Monetary(
        string="Promised (Company Currency)",
        currency_field="company_currency_id",
        compute="_compute_amounts",
        store=True,
        readonly=False,
        precompute=True,
    )
    amount_received_currency = fields.Monetary(
        string="Received",
        currency_field="currency_id",
        readonly=True,
        help="Cash from the day of the promise on that closed this item; late cash too.",
    )

    # What stays true when the journal item is rewritten (DESIGN, "Ledgers are keyed by what does not move")
    move_id = fields.Many2one(
        "account.move", string="Document", index="btree_not_null", ondelete="set null", readonly=True
    )
    move_name = fields.Char(string="Document Number", readonly=True)
    due_date = fields.Date(readonly=True)
    after_partial_id = fields.Integer(
        string="Last Match Before", readonly=True, help="Matches of the item that were there when it was promised."
    )

    _item_once = models.UniqueIndex(
        "(promise_id, move_line_id) WHERE move_line_id IS NOT NULL", "An item stands once in a promise."
    )
    _amount_positive = models.Constraint("CHECK(amount_currency > 0)", "A promised amount must be more than zero.")

    @api.depends("move_line_id")
    def _compute_amounts(self):
        """The amount that is not given follows from the other at the item's booked ratio; with neither, all that is free."""
        empty = self.filtered(lambda line: line.move_line_id and not (line.amount_currency or line.amount))
        free = empty.move_line_id._collection_free_amounts() if empty else {}
        for line in self:
            ratio = line._booked_ratio()
            if line.amount_currency:
                line.amount = (line.company_currency_id or line.currency_id).round(line.amount_currency * ratio)
            elif line.amount:
                currency = line.move_line_id.currency_id or line.currency_id
                line.amount_currency = currency.round(line.amount / ratio) if currency else line.amount
            else:
                line.amount_currency = free.get(line.move_line_id.id, 0.0)
                line.amount = line.amount_currency * ratio

    def _booked_ratio(self):
        """Company currency for one unit of the item's currency."""
        item = self.move_line_id
        open_amount, open_currency = abs(item.amount_residual), abs(item.amount_residual_currency)
        return open_amount / open_currency if open_amount and open_currency else 1.0

    @api.depends("move_name", "promise_id")
    def _compute_display_name(self):
        for line in self:
            line.display_name = line.move_name or line.promise_id.name

    def _guarded_fields(self):
        return frozenset({"amount_received_currency", "move_id", "move_name", "due_date", "after_partial_id"})

    @api.model
    def _is_append_only(self):
        return False

    @api.model_create_multi
    def create(self, vals_list):
        """The item's document, number and due date are kept beside it."""
        self._check_guard({name for vals in vals_list for name in vals})
        self.env["collection.promise"].browse({vals.get("promise_id") for vals in vals_list} - {None})._check_is_draft()
        items = self.env["account.move.line"].browse(vals.get("move_line_id") or False for vals in vals_list)
        prepared = [
            {
                **vals,
                "move_id": item.move_id.id,
                "move_name": item.move_id.name,
                "due_date": item.date_maturity or item.date,
            }
            for vals, item in zip(vals_list, items)
        ]
        return (
            super(CollectionPromiseLine, self._without_guarded_defaults()._unguarded())
            .create(prepared)
            .with_env(self.env)
        )

    def write(self, vals):
        if not self._has_pass():
            self.promise_id._check_is_draft()
            if "promise_id" in vals or "move_line_id" in vals:
                raise UserError(self.env._("Remove the item and add another one instead."))
        return super().write(vals)

    @api.ondelete(at_uninstall=False)
    def _unlink_except_confirmed(self):
        self.promise_id._check_is_draft()
