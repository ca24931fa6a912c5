from odoo import Command, api, fields, models
from odoo.exceptions import ValidationError
from odoo.tools import html2plaintext

from ...models.dispute.collection_dispute_reason import PARTS


class CollectionDisputeOpen(models.TransientModel):
    _name = "collection.dispute.open"
    _description = "Open a Dispute"

    account_id = fields.Many2one("collection.account", required=True, readonly=True)
    company_id = fields.Many2one(related="account_id.company_id")
    partner_id = fields.Many2one(related="account_id.partner_id")
    item_ids = fields.Many2many(
        "account.move.line",
        "collection_dispute_open_item_rel",
        "wizard_id",
        "line_id",
        string="Invoices",
        domain="[('id', 'in', candidate_ids)]",
        required=True,
    )
    candidate_ids = fields.Many2many("account.move.line", compute="_compute_candidate_ids")
    reason_id = fields.Many2one("collection.dispute.reason", domain="[('company_id', 'in', [False, company_id])]")
    team_id = fields.Many2one(related="reason_id.team_id")
    evidence_hint = fields.Char(related="reason_id.evidence_hint")
    evidence = fields.Selection(related="reason_id.evidence")
    part = fields.Selection(PARTS, required=True, compute="_compute_part", store=True, readonly=False, precompute=True)
    invoice_line_ids = fields.Many2many(
        "account.move.line",
        "collection_dispute_open_line_rel",
        "wizard_id",
        "line_id",
        string="Lines",
        domain="[('id', 'in', product_line_ids)]",
    )
    product_line_ids = fields.Many2many("account.move.line", compute="_compute_candidate_ids")
    currency_id = fields.Many2one("res.currency", compute="_compute_amounts")
    amount = fields.Monetary(string="Disputed", compute="_compute_amount", store=True, readonly=False)
    amount_open = fields.Monetary(string="Open", compute="_compute_amounts")
    amount_rest = fields.Monetary(
        string="Stays Collectible", compute="_compute_amounts", help="Open, not disputed and not held otherwise."
    )
    contact_id = fields.Many2one(
        "res.partner",
        string="Raised By",
        domain="['|', ('id', '=', partner_id), ('commercial_partner_id', '=', partner_id)]",
    )
    message_id = fields.Many2one(
        "mail.message",
        string="From Message",
        domain="[('model', '=', 'collection.account'), ('res_id', '=', account_id), ('message_type', 'in', ('email', 'comment'))]",
        help="An e-mail of the customer: its text and its files go with the dispute.",
    )
    description = fields.Text(
        string="What the Customer Says", compute="_compute_from_message", store=True, readonly=False
    )
    attachment_ids = fields.Many2many("ir.attachment", string="Documents")
    inquiry_id = fields.Many2one("collection.inquiry", readonly=True)

    # ------------------------------------------------------------------
    # Defaults and computes
    # ------------------------------------------------------------------

    @api.model
    def default_get(self, fields_list):
        values = super().default_get(fields_list)
        account = self.env["collection.account"].browse(values.get("account_id"))
        if account and "item_ids" in fields_list:
            given = self.env["account.move.line"].browse(self.env.context.get("dispute_item_ids") or [])
            items = given or account.open_item_ids.filtered(lambda item: item.amount_residual > 0)
            if given or len(items) == 1:
                values["item_ids"] = [Command.set(items.ids)]
        return values

    @api.depends("account_id", "item_ids")
    def _compute_candidate_ids(self):
        Line = self.env["collection.dispute.line"]
        for wizard in self:
            items = wizard.account_id.open_item_ids.filtered(lambda item: item.amount_residual > 0)
            wizard.candidate_ids = items
            wizard.product_line_ids = Line._product_lines(wizard.item_ids.move_id)

    @api.depends("reason_id")
    def _compute_part(self):
        for wizard in self:
            wizard.part = wizard.reason_id.part or wizard.part or "whole"

    @api.depends("message_id")
    def _compute_from_message(self):
        for wizard in self:
            if wizard.message_id:
                wizard.description = html2plaintext(wizard.message_id.body or "").strip()
                author = wizard.message_id.author_id
                if author.commercial_partner_id == wizard.partner_id:
                    wizard.contact_id = author
            else:
                wizard.description = wizard.description

    def _free_items(self):
        """What can still be disputed of the chosen items, the earliest due first: list of (item, amount)."""
        items = self.item_ids._origin
        room = items._collection_dispute_room()
        return [
            (item, max(0.0, room[item.id]))
            for item in items.sorted(lambda item: (item.date_maturity or item.date, item.id))
        ]

    @api.depends("part", "item_ids", "invoice_line_ids")
    def _compute_amount(self):
        for wizard in self:
            if wizard.part == "amount":
                wizard.amount = wizard.amount
            else:
                wizard.amount = sum(amount for _item, amount, _lines in wizard._spread())

    @api.depends("item_ids", "amount")
    def _compute_amounts(self):
        for wizard in self:
            items = wizard.item_ids._origin
            wizard.currency_id = items.currency_id[:1] or wizard.account_id.currency_id
            wizard.amount_open = sum(items.mapped("amount_residual_currency"))
            free = sum(amount for _item, amount in wizard._free_items())
            wizard.amount_rest = max(0.0, free - (wizard.amount or 0.0))

    def _spread(self):
        """The disputed part over the chosen items: list of (item, amount, invoice lines), the earliest due first."""
        Line = self.env["collection.dispute.line"]
        rows = []
        if self.part == "amount":
            left = self.amount
            free = self._free_items()
            for position, (item, room) in enumerate(free):
                # What is too much stays with the last one, and is refused in words.
                amount = left if position == len(free) - 1 else min(left, room)
                if amount:
                    rows.append((item, amount, item.browse()))
                left -= amount
            return rows
        free = self._free_items()
        for move in self.item_ids._origin.move_id:
            own = [(item, room) for item, room in free if item.move_id == move]
            chosen = self._chosen_of(move)
            total = Line._part_total(move, self.part, chosen)
            for item, room in own:
                amount = room if total is None else min(room, total)
                total = None if total is None else total - amount
                if amount or len(own) == 1:
                    rows.append((item, amount, chosen))
        return rows

    def _chosen_of(self, move):
        products = self.env["collection.dispute.line"]._product_lines(move)
        if self.part == "freight":
            return products.filtered("product_id.collection_is_freight")
        return (self.invoice_line_ids._origin & products) if self.part == "lines" else products.browse()

    # ------------------------------------------------------------------
    # Actions
    # ------------------------------------------------------------------

    def action_open(self):
        """Open the dispute and hand it to its team, if its documents are there; then back to where one came from."""
        dispute = self._open()
        if dispute.reason_id.evidence == "route" and not dispute.evidence_count:
            return dispute._get_dispute_action()
        dispute.action_route()
        dispute.account_id.sudo()._refresh()  # figures are the system's own; the rest is to be seen at once
        return self.env["collection.activity"]._case_entered("dispute_id", dispute)

    def action_open_and_view(self):
        """Open the dispute and show it, not routed yet."""
        return self._open()._get_dispute_action()

    def _open(self):
        self.ensure_one()
        if not self.reason_id:
            raise ValidationError(self.env._("Choose the reason first."))
        if len(self.item_ids.currency_id) > 1:
            raise ValidationError(self.env._("Choose invoices in one currency."))
        rows = self._spread()
        if self.part == "lines" and not self.invoice_line_ids:
            raise ValidationError(self.env._("Choose the lines that are disputed."))
        if self.part == "amount" and self.amount <= 0:
            raise ValidationError(self.env._("Enter the disputed amount."))
        dispute = self.env["collection.dispute"].create(
            {
                "account_id": self.account_id.id,
                "reason_id": self.reason_id.id,
                "contact_id": self.contact_id.id,
                "description": self.description,
                "inquiry_id": self.inquiry_id.id,
                "line_ids": [Command.create(self._prepare_line_vals(*row)) for row in rows],
            }
        )
        files = self.attachment_ids | self.message_id.sudo().attachment_ids
        for attachment in files:
            # The message keeps its files; the dispute has its own copies.
            attachment.sudo().copy({"res_model": dispute._name, "res_id": dispute.id})
        if self.message_id:
            dispute.message_post(body=self.message_id.body, subtype_xmlid="mail.mt_note")
        return dispute

    def _prepare_line_vals(self, item, amount, chosen):
        vals = {"move_line_id": item.id, "part": self.part}
        if amount:
            vals["amount_currency"] = amount
        if chosen:
            vals["invoice_line_ids"] = [Command.set(chosen.ids)]
        return vals


class CollectionActivity(models.Model):
    _inherit = "collection.activity"

    def _open_case(self):
        if self.outcome_id.case != "dispute":
            return super()._open_case()
        items = self.account_id.open_item_ids.filtered(lambda item: item.move_id in self.move_ids)
        action = self.account_id._dispute_dialog(self.account_id, items)
        return {**action, "context": {**action["context"], "default_description": self.note}}


class CollectionAccount(models.Model):
    _inherit = "collection.account"

    @api.model
    def _dispute_dialog(self, account, items=()):
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Dispute: %(customer)s", customer=account.display_name),
            "res_model": "collection.dispute.open",
            "view_mode": "form",
            "target": "new",
            "context": {"default_account_id": account.id, "dispute_item_ids": [item.id for item in items]},
        }
