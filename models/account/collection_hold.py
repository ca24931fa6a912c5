from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError
from odoo.fields import Domain
from odoo.tools import SQL


class CollectionHold(models.Model):
    _name = "collection.hold"
    _description = "Collection Hold"
    _inherit = ["collection.guard"]
    _order = "date_from desc, id desc"
    _check_company_auto = True

    name = fields.Char(string="Reference", default="/", readonly=True, copy=False)
    account_id = fields.Many2one(
        "collection.account", required=True, index=True, ondelete="restrict", check_company=True
    )
    company_id = fields.Many2one(related="account_id.company_id", store=True, precompute=True)
    move_line_id = fields.Many2one(
        "account.move.line", string="Open Item", required=True, index=True, ondelete="cascade"
    )
    move_id = fields.Many2one(related="move_line_id.move_id", string="Document")
    currency_id = fields.Many2one("res.currency", compute="_compute_currency_id", store=True, precompute=True)
    company_currency_id = fields.Many2one(related="company_id.currency_id", string="Company Currency")
    amount_currency = fields.Monetary(
        string="Held",
        currency_field="currency_id",
        compute="_compute_amounts",
        store=True,
        readonly=False,
        precompute=True,
        help="The part of the open item that is not chased, in the item's currency.",
    )
    amount = fields.Monetary(
        string="Held (Company Currency)",
        currency_field="company_currency_id",
        compute="_compute_amounts",
        store=True,
        readonly=False,
        precompute=True,
    )
    kind = fields.Selection(
        [("manual", "Paused by a person"), ("payment", "Payment on its way")],
        required=True,
        default="manual",
        index=True,
    )
    date_from = fields.Date(string="From", required=True)
    date_until = fields.Date(string="Until", help="The last day on which the amount is held.")
    date_released = fields.Date(
        string="Released On", readonly=True, help="From this day on the amount is chased again."
    )
    reason = fields.Char()
    released_reason = fields.Char(string="Why Released", readonly=True)
    user_id = fields.Many2one("res.users", string="Placed By", default=lambda self: self.env.user, readonly=True)
    res_model = fields.Char(string="Source Model", readonly=True)
    res_id = fields.Many2oneReference(string="Source", model_field="res_model", readonly=True)
    is_live = fields.Boolean(string="In Force", compute="_compute_is_live", search="_search_is_live")

    _live_idx = models.Index(
        "(move_line_id) INCLUDE (amount_currency, date_from, date_until) WHERE date_released IS NULL"
    )
    _source_idx = models.Index("(res_model, res_id) WHERE res_id IS NOT NULL")
    _amount_positive = models.Constraint("CHECK(amount_currency > 0)", "The amount held must be more than zero.")
    _dates_ordered = models.Constraint(
        "CHECK(date_until IS NULL OR date_until >= date_from)", "A hold cannot end before it begins."
    )

    # ------------------------------------------------------------------
    # Computes and checks
    # ------------------------------------------------------------------

    @api.depends("move_line_id")
    def _compute_currency_id(self):
        for hold in self:
            hold.currency_id = hold.move_line_id.currency_id

    @api.depends("move_line_id")
    def _compute_amounts(self):
        """The amount that is not given follows from the other at the item's booked ratio."""
        for hold in self:
            line = hold.move_line_id
            residual, residual_currency = abs(line.amount_residual), abs(line.amount_residual_currency)
            ratio = residual / residual_currency if residual and residual_currency else 1.0
            if hold.amount_currency:
                hold.amount = hold.company_currency_id.round(hold.amount_currency * ratio)
            else:
                hold.amount_currency = hold.currency_id.round(hold.amount / ratio)

    @api.depends("date_from", "date_until", "date_released")
    def _compute_is_live(self):
        for hold in self:
            hold.is_live = hold._is_live_on(hold.company_id._collection_today()) if hold.company_id else False

    def _search_is_live(self, operator, value):
        if operator != "in":
            return NotImplemented
        # Every company has its own date; which of them the user sees is for the record rules.
        companies = self.env["res.company"].sudo().search([])
        live = Domain.OR(
            Domain("company_id", "in", group.ids) & self._live_domain(day)
            for day, group in companies.grouped(lambda company: company._collection_today()).items()
        )
        return Domain.OR([live] * (True in value) + [~live] * (False in value))

    @api.constrains("kind", "date_until", "reason")
    def _check_manual(self):
        for hold in self:
            if hold.kind == "manual" and not (hold.date_until and (hold.reason or "").strip()):
                raise ValidationError(self.env._("Pausing an item needs a reason and an end date."))

    @api.constrains("account_id", "move_line_id")
    def _check_item_of_account(self):
        receivable = self.env["account.move.line"]._collection_receivable_account_ids()
        for hold in self:
            item = hold.move_line_id
            if item.parent_state != "posted" or item.account_id.id not in receivable:
                raise ValidationError(self.env._("%(item)s is no receivable item.", item=item.display_name))
            partner = item.partner_id.commercial_partner_id
            if partner != hold.account_id.partner_id or item.company_id != hold.company_id:
                raise ValidationError(
                    self.env._(
                        "%(item)s is not an item of %(account)s.",
                        item=item.move_id.display_name,
                        account=hold.account_id.display_name,
                    )
                )

    # ------------------------------------------------------------------
    # What is in force
    # ------------------------------------------------------------------

    def _is_live_on(self, day):
        self.ensure_one()
        return (
            self.date_from <= day
            and (not self.date_until or self.date_until >= day)
            and (not self.date_released or self.date_released > day)
        )

    @api.model
    def _live_domain(self, day):
        """Holds in force on a day."""
        return (
            Domain("date_from", "<=", day)
            & (Domain("date_until", "=", False) | Domain("date_until", ">=", day))
            & (Domain("date_released", "=", False) | Domain("date_released", ">", day))
        )

    @api.model
    def _live_condition(self, day, alias="h"):
        """`_live_domain` as SQL on an alias of `collection_hold`; `day` is a date or an `SQL` that gives one."""
        return SQL(
            "(%(h)s.date_from <= %(day)s AND (%(h)s.date_until IS NULL OR %(h)s.date_until >= %(day)s)"
            " AND (%(h)s.date_released IS NULL OR %(h)s.date_released > %(day)s))",
            h=SQL.identifier(alias),
            day=day,
        )

    # ------------------------------------------------------------------
    # Placing and releasing
    # ------------------------------------------------------------------

    def _guarded_fields(self):
        return frozenset({"name", "date_from", "date_released", "released_reason", "user_id", "res_model", "res_id"})

    @api.model_create_multi
    def create(self, vals_list):
        """Without an amount, all that is free of the item is held."""
        self._check_guard({name for vals in vals_list for name in vals})
        if not self._has_pass() and any(vals.get("kind", "manual") != "manual" for vals in vals_list):
            raise UserError(self.env._("Only the system places holds of this kind."))
        prepared = self._prepare_create(vals_list)
        holds = super(CollectionHold, self._without_guarded_defaults()._unguarded()).create(prepared).with_env(self.env)
        holds._check_within_residual()
        self.env["collection.account"]._touch(accounts=holds.account_id.ids)
        return holds

    @api.model
    def _prepare_create(self, vals_list):
        """The values of new holds: numbered, from today on, in one amount (the other follows at the booked ratio)."""
        accounts = self.env["collection.account"].browse(
            {vals["account_id"] for vals in vals_list if vals.get("account_id")}
        )
        account_company = {account.id: account.company_id for account in accounts}
        today = {company: company._collection_today() for company in accounts.company_id}
        whole = [vals["move_line_id"] for vals in vals_list if not {"amount", "amount_currency"} & vals.keys()]
        free = self.env["account.move.line"].browse(whole)._collection_free_amounts()
        prepared = []
        for name, given in zip(self._next_references("collection.hold", len(vals_list)), vals_list):
            vals = {
                "kind": "manual",
                "user_id": self.env.uid,
                **given,
                "name": name,
            }
            vals.setdefault("date_from", today.get(account_company.get(vals.get("account_id"))))
            if vals.get("amount_currency"):
                vals.pop("amount", None)
            elif "amount" not in vals:
                vals.setdefault("amount_currency", free[vals["move_line_id"]] if whole else 0.0)
            prepared.append(vals)
        return prepared

    def write(self, vals):
        """A hold is never changed: it is released, and a new one placed (SPEC §0, "Facts are append-only")."""
        if not self._has_pass():
            raise UserError(self.env._("A hold cannot be changed. Release it and place a new one."))
        self.env["collection.account"]._touch(accounts=self.account_id.ids)
        return super().write(vals)

    def _check_within_residual(self):
        """Refuse what would hold more of an item than is open."""
        lines = self.move_line_id
        self.flush_recordset()
        held = lines._collection_held_amounts()
        for line in lines:
            if line.currency_id.compare_amounts(held[line.id], abs(line.amount_residual_currency)) > 0:
                raise ValidationError(
                    self.env._(
                        "Of %(item)s only %(open)s is open; together %(held)s would be held.",
                        item=line.move_id.display_name,
                        open=line.currency_id.format(abs(line.amount_residual_currency)),
                        held=line.currency_id.format(held[line.id]),
                    )
                )

    @api.model
    def _place(self, vals_list):
        """Place holds for a case of another room.

        :param vals_list: dicts of `account_id, move_line_id, amount_currency, kind, date_until, reason, res_model, res_id`
        :return: the holds
        """
        # Whoever records a promise or a payment may not be allowed to place holds by hand.
        return self.sudo()._unguarded().create(vals_list).with_env(self.env)

    def _release(self, reason=None):
        """End the holds that still stand, with today's business date; ended ones are passed over.

        :return: the holds that were released
        """
        todo = self.filtered(lambda hold: not hold.date_released)
        for company, holds in todo.grouped("company_id").items():
            holds._unguarded().write({"date_released": company._collection_today(), "released_reason": reason})
        return todo

    def action_release(self):
        """Chase the held amounts again from today on."""
        self.check_access("write")
        if any(hold.kind != "manual" for hold in self):
            raise UserError(
                self.env._("This hold belongs to a payment or a case: settle that, and the hold is released with it.")
            )
        self._release(self.env._("Released by %(user)s", user=self.env.user.name))
        self.account_id._refresh()
