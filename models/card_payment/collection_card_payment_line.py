from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError


class CollectionCardPaymentLine(models.Model):
    _name = "collection.card.payment.line"
    _description = "Item of a Card Payment"
    _inherit = ["collection.guard"]
    _order = "due_date, id"
    _check_company_auto = True

    payment_id = fields.Many2one("collection.card.payment", required=True, index=True, ondelete="cascade")
    company_id = fields.Many2one(related="payment_id.company_id", store=True, precompute=True)
    move_line_id = fields.Many2one("account.move.line", string="Open Item", index="btree_not_null", ondelete="set null")
    currency_id = fields.Many2one(related="payment_id.currency_id")
    company_currency_id = fields.Many2one(related="company_id.currency_id", string="Company Currency")
    amount_currency = fields.Monetary(
        string="To Charge",
        currency_field="currency_id",
        compute="_compute_amounts",
        store=True,
        readonly=False,
        precompute=True,
    )
    amount = fields.Monetary(
        string="To Charge (Company Currency)",
        currency_field="company_currency_id",
        compute="_compute_amounts",
        store=True,
        readonly=False,
        precompute=True,
    )
    amount_before_currency = fields.Monetary(string="Open Before", currency_field="currency_id", readonly=True)
    amount_applied_currency = fields.Monetary(string="Applied", currency_field="currency_id", readonly=True)
    amount_after_currency = fields.Monetary(string="Open After", currency_field="currency_id", readonly=True)
    amount_returned_currency = fields.Monetary(
        string="Given Back",
        currency_field="currency_id",
        readonly=True,
        help="Refunded or charged back; as far as it had been applied, it is open again.",
    )

    # What stays true when the journal item is rewritten (DESIGN, "Ledgers are keyed by what does not move")
    move_id = fields.Many2one(
        "account.move", string="Document", index="btree_not_null", ondelete="set null", readonly=True
    )
    move_name = fields.Char(string="Document Number", readonly=True)
    due_date = fields.Date(readonly=True)

    _item_once = models.UniqueIndex(
        "(payment_id, move_line_id) WHERE move_line_id IS NOT NULL", "An item stands once in a charge."
    )
    _amount_positive = models.Constraint("CHECK(amount_currency > 0)", "An amount to charge must be more than zero.")

    @api.depends("move_line_id")
    def _compute_amounts(self):
        """The amount that is not given follows from the other at the item's booked ratio; with neither, all that is open."""
        for line in self:
            item, ratio = line.move_line_id, line._booked_ratio()
            currency = item.currency_id or line.currency_id
            if not line.amount_currency:
                line.amount_currency = (
                    currency.round(line.amount / ratio)
                    if line.amount and currency
                    else max(0.0, item.amount_residual_currency)
                )
            own = line.company_currency_id or currency
            line.amount = own.round(line.amount_currency * ratio) if own else line.amount_currency * ratio

    def _booked_ratio(self):
        """Company currency for one unit of the item's currency."""
        item = self.move_line_id
        open_amount, open_currency = item.amount_residual, item.amount_residual_currency
        return open_amount / open_currency if open_amount and open_currency else 1.0

    @api.depends("move_name", "payment_id")
    def _compute_display_name(self):
        for line in self:
            line.display_name = line.move_name or line.payment_id.name

    def _guarded_fields(self):
        return frozenset(
            "amount_before_currency amount_applied_currency amount_after_currency amount_returned_currency"
            " move_id move_name due_date".split()
        )

    @api.model
    def _is_append_only(self):
        return False

    @api.model_create_multi
    def create(self, vals_list):
        """The item's document, number and due date are kept beside it."""
        self._check_guard({name for vals in vals_list for name in vals})
        payments = self.env["collection.card.payment"].browse({vals.get("payment_id") for vals in vals_list} - {None})
        payments._check_is_draft()
        given = [
            vals[name]
            for vals in vals_list
            for name in ("amount_currency", "amount")
            if vals.get(name, False) is not False
        ]
        if any(amount <= 0 for amount in given):
            # Nothing is not everything: only an amount that is not given at all means all that is open.
            raise ValidationError(self.env._("An amount to charge must be more than zero."))
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
        lines = super(CollectionCardPaymentLine, self._without_guarded_defaults()._unguarded()).create(prepared)
        lines = lines.with_env(self.env)
        if not self._has_pass():
            lines.payment_id._check_draft()
        return lines

    def write(self, vals):
        if not self._has_pass():
            self.payment_id._check_is_draft()
            if {"payment_id", "move_line_id"} & vals.keys():
                raise UserError(self.env._("Remove the item and add another one instead."))
        result = super().write(vals)
        given = {"amount_currency", "amount"} & vals.keys()
        if len(given) == 1:
            for line in self:
                ratio = line._booked_ratio()
                if "amount" in given:
                    vals = {"amount_currency": line.currency_id.round(line.amount / ratio)}
                else:
                    vals = {"amount": line.company_currency_id.round(line.amount_currency * ratio)}
                super(CollectionCardPaymentLine, line).write(vals)
        if not self._has_pass():
            self.payment_id._check_draft()
        return result

    @api.ondelete(at_uninstall=False)
    def _unlink_except_begun(self):
        self.payment_id._check_is_draft()
