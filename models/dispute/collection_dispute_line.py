from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError

from .collection_dispute import LIVE, UNDECIDED
from .collection_dispute_reason import PARTS
from .part import Part


class CollectionDisputeLine(models.Model):
    _name = "collection.dispute.line"
    _description = "Disputed Item"
    _inherit = ["collection.guard"]
    _order = "dispute_id, due_date, id"

    dispute_id = fields.Many2one("collection.dispute", required=True, index=True, ondelete="cascade")
    account_id = fields.Many2one(related="dispute_id.account_id", store=True, precompute=True, index=True)
    company_id = fields.Many2one(related="dispute_id.company_id", store=True, precompute=True)
    company_currency_id = fields.Many2one(related="company_id.currency_id", string="Company Currency")
    state = fields.Selection(related="dispute_id.state", string="Dispute State")
    live = fields.Boolean(compute="_compute_live", store=True, help="The dispute still stands.")

    # What does not move: an item's id may be another instalment after a reset to draft.
    move_line_id = fields.Many2one("account.move.line", string="Open Item", index=True, ondelete="set null")
    move_id = fields.Many2one("account.move", string="Document", index=True, ondelete="set null", readonly=True)
    move_name = fields.Char(string="Invoice", readonly=True)
    invoice_date = fields.Date(readonly=True)
    due_date = fields.Date(string="Due", readonly=True)
    currency_id = fields.Many2one("res.currency", readonly=True)

    part = fields.Selection(
        PARTS, required=True, default="whole", help="Which part of the invoice is disputed. The rest stays collectible."
    )
    invoice_line_ids = fields.Many2many(
        "account.move.line",
        "collection_dispute_line_invoice_line_rel",
        "line_id",
        "move_line_id",
        string="Invoice Lines",
        groups="account_collections.group_collector,account_collections.group_auditor",
    )
    what = fields.Char(string="Disputed Part", readonly=True, help="The disputed part in words, as it was then.")
    amount_currency = fields.Monetary(
        string="Disputed",
        currency_field="currency_id",
        help="In the item's currency. Left empty: as much as the chosen part comes to.",
    )
    amount = fields.Monetary(
        string="Disputed (Company Currency)", currency_field="company_currency_id", help="At the item's booked ratio."
    )
    accepted_currency = fields.Monetary(
        string="Accepted", currency_field="currency_id", help="What is found valid, in the item's currency."
    )
    refused_currency = fields.Monetary(
        string="Refused", currency_field="currency_id", compute="_compute_refused_currency"
    )
    open_currency = fields.Monetary(
        string="Open Now", currency_field="currency_id", compute="_compute_open_currency", compute_sudo=True
    )

    _part_unique = models.UniqueIndex(
        "(move_line_id, part) WHERE live AND part IN ('whole', 'tax', 'freight')",
        "This part of the item is disputed already.",
    )
    _amount_positive = models.Constraint("CHECK(amount_currency > 0)", "The disputed amount must be more than zero.")

    # ------------------------------------------------------------------
    # Computes
    # ------------------------------------------------------------------

    @api.depends("dispute_id.state")
    def _compute_live(self):
        for line in self:
            line.live = line.dispute_id.state in LIVE

    @api.depends("amount_currency", "accepted_currency")
    def _compute_refused_currency(self):
        for line in self:
            line.refused_currency = line.currency_id.round(line.amount_currency - line.accepted_currency)

    @api.depends("move_line_id.amount_residual_currency")
    def _compute_open_currency(self):
        for line in self:
            item = line.move_line_id
            line.open_currency = item.amount_residual_currency if item.parent_state == "posted" else 0.0

    @api.depends("dispute_id", "move_name", "what")
    def _compute_display_name(self):
        for line in self:
            line.display_name = " · ".join(filter(None, (line.dispute_id.name, line.move_name, line.what)))

    # ------------------------------------------------------------------
    # Creating: facts, amounts, holds
    # ------------------------------------------------------------------

    def _guarded_fields(self):
        return frozenset(self._fields) - {
            "dispute_id",
            "move_line_id",
            "part",
            "invoice_line_ids",
            "amount_currency",
            "amount",
            "accepted_currency",
        }

    @api.model_create_multi
    def create(self, vals_list):
        """Lines are complete and held when they are there; more than is open or a part that is disputed already is refused."""
        self._check_guard({name for vals in vals_list for name in vals})
        disputes = self.env["collection.dispute"].browse({vals["dispute_id"] for vals in vals_list})
        disputes._lock()
        prepared = self._prepare_create(vals_list)
        self._check_distinct_parts([self._part_of(vals) for vals in prepared])
        lines = super(CollectionDisputeLine, self._without_guarded_defaults()._unguarded()).create(prepared)
        lines = lines.with_env(self.env)
        lines._check_items()
        lines._check_amounts()
        disputes._sync_holds(self.env._("Another part was disputed"))
        self.env["collection.account"]._touch(accounts=disputes.sudo().account_id.ids)
        return lines

    @api.model
    def _prepare_create(self, vals_list):
        prepared, taken = [], {}
        for given in vals_list:
            item = self.env["account.move.line"].browse(given.get("move_line_id"))
            if not item.exists():
                raise ValidationError(self.env._("Choose the item that is disputed."))
            vals = dict(given)
            # An amount alone is an amount; nothing given is all that is open.
            amounts = {"amount", "amount_currency"} & {name for name, value in vals.items() if value}
            vals.setdefault("part", "amount" if amounts else "whole")
            vals |= self._prepare_item_vals(item)
            chosen = self._chosen_lines(item, vals)
            if "invoice_line_ids" in vals or vals["part"] == "freight":
                vals["invoice_line_ids"] = [(6, 0, chosen.ids)]
            if not amounts:
                # Holds may be larger than an item that was paid in part since.
                left = self._part_amount(item, vals["part"], chosen) - taken.get((item.id, vals["part"]), 0)
                vals["amount_currency"] = max(0, left)
            elif not vals.get("amount_currency"):
                vals["amount_currency"] = item.currency_id.round(vals["amount"] / item._collection_booked_ratio())
            vals["amount"] = item.company_currency_id.round(vals["amount_currency"] * item._collection_booked_ratio())
            vals["what"] = self._part_in_words(vals["part"], chosen)
            self._check_something_left(item, vals)
            prepared.append(vals)
        return prepared

    @api.model
    def _part_of(self, vals):
        dispute = self.env["collection.dispute"].browse(vals["dispute_id"]).sudo()
        item = self.env["account.move.line"].browse(vals["move_line_id"]).sudo()
        return Part(item, vals["part"], self._given_lines(vals).sudo(), dispute, dispute.reason_id, vals["what"])

    @api.model
    def _prepare_item_vals(self, item):
        return {
            "move_id": item.move_id.id,
            "move_name": item.move_id.name,
            "invoice_date": item.move_id.invoice_date or item.date,
            "due_date": item.date_maturity or item.date,
            "currency_id": item.currency_id.id,
        }

    def write(self, vals):
        if not self._has_pass():
            changed = vals.keys() - {"accepted_currency"}
            if changed:
                raise UserError(
                    self.env._("A disputed amount is not changed: void the dispute and open another, or add a line.")
                )
            if any(line.dispute_id.state not in UNDECIDED for line in self):
                raise UserError(self.env._("The dispute is decided already. Reopen it to change what is accepted."))
        return super().write(vals)

    @api.constrains("accepted_currency")
    def _check_accepted(self):
        for line in self:
            currency = line.currency_id
            if currency.compare_amounts(line.accepted_currency, line.amount_currency) > 0 or line.accepted_currency < 0:
                raise ValidationError(
                    self.env._(
                        "%(document)s: between nothing and %(amount)s can be accepted.",
                        document=line.move_name,
                        amount=currency.format(line.amount_currency),
                    )
                )
