from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError
from odoo.fields import Domain

# What is kept of the item, whatever becomes of it.
_KEPT = ("account_id", "move_id", "move_name", "ref", "due_date", "currency_id", "amount_currency", "amount")


class CollectionHelpLine(models.Model):
    """An invoice, or an instalment of one, about which a sales partner is asked."""

    _name = "collection.help.line"
    _description = "Item of a Help Request"
    _inherit = ["collection.guard"]
    _order = "help_id, due_date, id"
    _rec_name = "move_name"

    help_id = fields.Many2one("collection.help", required=True, index=True, ondelete="cascade")
    company_id = fields.Many2one(related="help_id.company_id", store=True, precompute=True)
    state = fields.Selection(related="help_id.state")
    move_line_id = fields.Many2one(
        "account.move.line", string="Item", index="btree_not_null", ondelete="set null", help="An open item."
    )
    account_id = fields.Many2one(
        "collection.account",
        compute="_compute_item",
        store=True,
        precompute=True,
        required=True,
        index=True,
        ondelete="restrict",
    )
    partner_id = fields.Many2one(related="account_id.partner_id", string="Customer")
    move_id = fields.Many2one(
        "account.move",
        string="Document",
        compute="_compute_item",
        store=True,
        precompute=True,
        required=True,
        index=True,
        ondelete="restrict",
    )
    move_name = fields.Char(string="Number", compute="_compute_item", store=True, precompute=True)
    ref = fields.Char(string="Customer's Reference", compute="_compute_item", store=True, precompute=True)
    due_date = fields.Date(compute="_compute_item", store=True, precompute=True)
    currency_id = fields.Many2one("res.currency", compute="_compute_item", store=True, precompute=True)
    company_currency_id = fields.Many2one(related="company_id.currency_id", string="Company Currency")
    amount_currency = fields.Monetary(
        string="Open When Asked",
        compute="_compute_item",
        store=True,
        precompute=True,
        help="What was open of the item, in its currency, when the partner was asked.",
    )
    amount = fields.Monetary(
        string="Open When Asked (Company Currency)",
        compute="_compute_item",
        store=True,
        precompute=True,
        currency_field="company_currency_id",
    )
    amount_left = fields.Monetary(string="Open Now", compute="_compute_amount_left", help="In the item's currency.")

    _item_unique = models.UniqueIndex(
        "(help_id, move_line_id) WHERE move_line_id IS NOT NULL", "An item stands once in a request."
    )

    # ------------------------------------------------------------------
    # Computes
    # ------------------------------------------------------------------

    @api.depends("move_line_id")
    def _compute_item(self):
        """What the item says now; an item that is gone leaves what was kept of it."""
        accounts = self._accounts_of_items()
        for line in self:
            item = line.move_line_id
            kept = {
                "account_id": accounts.get((item.partner_id.commercial_partner_id, item.company_id)),
                "move_id": item.move_id,
                "move_name": item.move_name,
                "ref": item.ref,
                "due_date": item.date_maturity or item.date,
                "currency_id": item.currency_id,
                "amount_currency": item.amount_residual_currency,
                "amount": item.amount_residual,
            }
            for name in _KEPT:
                line[name] = kept[name] if item else line[name]

    def _accounts_of_items(self):
        """Dict of (customer, company) to its account, made where there is none."""
        # Whoever may enter the item need not see the account; that is checked when the line is saved.
        Account = self.env["collection.account"].sudo()
        items = self.move_line_id
        found = Account.search(
            Domain("partner_id", "in", items.partner_id.commercial_partner_id.ids)
            & Domain("company_id", "in", items.company_id.ids)
        )
        accounts = {(account.partner_id, account.company_id): account for account in found}
        for item in items:
            key = (item.partner_id.commercial_partner_id, item.company_id)
            if key not in accounts:
                accounts[key] = Account._for_partner(item.partner_id, item.company_id)
        return accounts

    @api.depends("move_line_id.amount_residual_currency")
    def _compute_amount_left(self):
        for line in self:
            line.amount_left = line.move_line_id.amount_residual_currency

    # ------------------------------------------------------------------
    # Checks and writes
    # ------------------------------------------------------------------

    def _guarded_fields(self):
        return frozenset({*_KEPT, "company_id"})

    def _is_append_only(self):
        return any(line.help_id.state != "draft" for line in self)

    @api.constrains("move_line_id", "help_id")
    def _check_item(self):
        self._check_whose()

    def _check_whose(self):
        """A sales partner is told of its own orders only.

        :raise ValidationError: an item is another's order, another company's or no receivable
        """
        for line in self.filtered("move_line_id"):
            item, request = line.move_line_id, line.help_id
            own = item.move_id.collection_sales_partner_id == request.sales_partner_id
            is_due = item.account_id.account_type == "asset_receivable" and item.parent_state == "posted"
            if not own or not is_due or item.company_id != request.company_id:
                raise ValidationError(
                    self.env._(
                        "%(document)s is no invoice of a customer of %(partner)s in %(company)s.",
                        document=item.move_name or item.display_name,
                        partner=request.sales_partner_id.display_name,
                        company=request.company_id.name,
                    )
                )

    @api.model_create_multi
    def create(self, vals_list):
        lines = super().create(vals_list)
        lines._check_editable()
        lines.account_id.check_access("write")
        return lines

    def write(self, vals):
        self._check_editable()
        result = super().write(vals)
        if {"move_line_id", "help_id"} & vals.keys():
            self._check_editable()
            self.account_id.check_access("write")
        return result

    def _check_editable(self):
        if self._has_pass():
            return
        asked = self.filtered(lambda line: line.help_id.state != "draft")
        if asked:
            raise UserError(
                self.env._(
                    "The partner was asked already: the items of %(request)s stay.", request=asked.help_id[0].name
                )
            )

    def _take_stock(self):
        """Keep what is open at this moment: the partner is being asked."""
        for line in self.filtered("move_line_id"):
            item = line.move_line_id
            line._unguarded().write({"amount_currency": item.amount_residual_currency, "amount": item.amount_residual})

    def _open_items(self):
        """The items of which something is open still."""
        return self.move_line_id.filtered(
            lambda item: item.parent_state == "posted" and not item.reconciled and item.amount_residual > 0
        )
