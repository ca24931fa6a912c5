from odoo import Command, api, fields, models
from odoo.exceptions import ValidationError


class CollectionClaimOpen(models.TransientModel):
    _name = "collection.claim.open"
    _description = "Take a Payment Claim"

    account_id = fields.Many2one("collection.account", required=True, readonly=True)
    partner_id = fields.Many2one(related="account_id.partner_id")
    company_id = fields.Many2one(related="account_id.company_id")
    currency_id = fields.Many2one("res.currency", required=True, domain="[('id', 'in', currency_ids)]")
    currency_ids = fields.Many2many("res.currency", string="Currencies", compute="_compute_currencies")
    has_choice = fields.Boolean(string="Several Currencies", compute="_compute_currencies")
    amount = fields.Monetary(string="Paid")
    date = fields.Date(string="Paid On", required=True)
    method = fields.Selection(
        selection=lambda self: self.env["collection.claim"]._fields["method"]._description_selection(self.env),
        string="How",
        required=True,
        default="ach",
    )
    reference = fields.Char(help="Check number, trace number or whatever else tells the payment from others.")
    contact_id = fields.Many2one("res.partner", string="Said By", domain="[('commercial_partner_id', '=', partner_id)]")
    note = fields.Text(string="What Was Said")
    proof_ids = fields.Many2many("ir.attachment", "collection_claim_open_proof_rel", "wizard_id", "attachment_id")
    line_ids = fields.One2many("collection.claim.open.line", "wizard_id", string="Items")
    hold_until = fields.Date(string="Held Until", compute="_compute_hold_until")

    # ------------------------------------------------------------------
    # Defaults and computes
    # ------------------------------------------------------------------

    @api.model
    def default_get(self, fields_list):
        """The items that were spoken of, else those that the amount fits."""
        values = super().default_get(fields_list)
        account = self.env["collection.account"].browse(values.get("account_id") or ())
        if not account:
            return values
        chosen = set(self.env.context.get("collection_claim_move_ids") or ())
        items = [(item, amount) for item, amount in account._claim_items() if item.move_id.id in chosen]
        first = items[0][0] if items else account.open_item_ids.filtered(lambda item: item.amount_residual > 0)[:1]
        currency = first.currency_id or account.currency_id
        items = [(item, amount) for item, amount in items if item.currency_id == currency]
        values.setdefault("currency_id", currency.id)
        values.setdefault("date", account.company_id._collection_today())
        values.setdefault("contact_id", account.ap_contact_id.id)
        if items:
            values["amount"] = sum(amount for _item, amount in items)
            values["line_ids"] = self._line_commands(items)
        return values

    @api.model
    def _line_commands(self, items):
        return [Command.create({"move_line_id": item.id, "amount": amount}) for item, amount in items]

    @api.depends("account_id")
    def _compute_currencies(self):
        for wizard in self:
            items = wizard.account_id._claim_items() if wizard.account_id else []
            wizard.currency_ids = self.env["res.currency"].union(*(item.currency_id for item, _amount in items))
            wizard.has_choice = len(wizard.currency_ids) > 1

    @api.depends("account_id")
    def _compute_hold_until(self):
        for wizard in self:
            company = wizard.company_id
            wizard.hold_until = company and company._collection_add_business_days(
                company._collection_today(), company.collection_claim_hold_days
            )

    @api.onchange("amount", "currency_id")
    def _onchange_amount(self):
        """The item that is just as much, else the oldest first; what was spoken of stays."""
        if not self.currency_id or not self.account_id or self.env.context.get("collection_claim_move_ids"):
            return
        items = self.account_id._claim_fill(self.currency_id, self.amount)
        self.line_ids = [Command.clear(), *self._line_commands(items)]

    # ------------------------------------------------------------------
    # Taking it
    # ------------------------------------------------------------------

    def action_apply(self):
        """Take the claim: its items are held, and the money is looked for at once."""
        self.ensure_one()
        if self.currency_id.compare_amounts(self.amount, 0) <= 0:
            raise ValidationError(self.env._("Say how much was paid: the amount must be more than zero."))
        lines = self.line_ids.filtered(lambda line: line.amount > 0)
        claim = self.env["collection.claim"].create(
            {
                "account_id": self.account_id.id,
                "currency_id": self.currency_id.id,
                "amount_currency": self.amount,
                "date": self.date,
                "method": self.method,
                "reference": self.reference,
                "contact_id": self.contact_id.id,
                "note": self.note,
                "proof_ids": [Command.set(self.proof_ids.ids)],
                "line_ids": [
                    Command.create({"move_line_id": line.move_line_id.id, "amount_currency": line.amount})
                    for line in lines
                ],
            }
        )
        if self.env.context.get("collection_activity_id"):
            return self.env["collection.activity"]._case_entered("claim_id", claim)
        return {
            "type": "ir.actions.act_window",
            "name": claim.display_name,
            "res_model": claim._name,
            "view_mode": "form",
            "res_id": claim.id,
        }


class CollectionClaimOpenLine(models.TransientModel):
    _name = "collection.claim.open.line"
    _description = "Take a Payment Claim: Item"

    wizard_id = fields.Many2one("collection.claim.open", required=True, ondelete="cascade")
    move_line_id = fields.Many2one("account.move.line", string="Item", required=True)
    move_id = fields.Many2one(related="move_line_id.move_id", string="Document")
    date_maturity = fields.Date(related="move_line_id.date_maturity", string="Due")
    currency_id = fields.Many2one(related="move_line_id.currency_id")
    amount_open = fields.Monetary(related="move_line_id.amount_residual_currency", string="Open")
    amount = fields.Monetary(string="Claimed")


class CollectionAccount(models.Model):
    _inherit = "collection.account"

    def action_claim(self):
        """Take a claim: what they say they paid, when and how."""
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("%(customer)s says it is paid", customer=self.display_name),
            "res_model": "collection.claim.open",
            "view_mode": "form",
            "target": "new",
            "context": {"default_account_id": self.id},
        }


class CollectionActivity(models.Model):
    _inherit = "collection.activity"

    def _open_case(self):
        if self.outcome_id.case != "claim":
            return super()._open_case()
        action = self.account_id.action_claim()
        context = {"default_note": self.note, "collection_claim_move_ids": self.move_ids.ids}
        return {**action, "context": {**action["context"], **context}}
