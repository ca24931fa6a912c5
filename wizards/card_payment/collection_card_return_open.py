from odoo import Command, api, fields, models
from odoo.exceptions import UserError


class CollectionCardReturnOpen(models.TransientModel):
    """Asking for a refund, or recording a chargeback: which items, how much, why."""

    _name = "collection.card.return.open"
    _description = "Refund or Chargeback"

    payment_id = fields.Many2one("collection.card.payment", required=True, readonly=True)
    currency_id = fields.Many2one(related="payment_id.currency_id")
    kind = fields.Selection(
        selection=lambda self: self.env["collection.card.return"]._fields["kind"]._description_selection(self.env),
        required=True,
        readonly=True,
        default="refund",
    )
    line_ids = fields.One2many("collection.card.return.open.line", "wizard_id", string="Items")
    total = fields.Monetary(compute="_compute_total")
    reason = fields.Char()
    date = fields.Date(string="On")

    @api.model
    def default_get(self, fields_list):
        values = super().default_get(fields_list)
        payment = self.env["collection.card.payment"].browse(values.get("payment_id") or ())
        if payment:
            values["date"] = payment.company_id._collection_today()
            left = [(line, line._left_to_return()) for line in payment.line_ids]
            values["line_ids"] = [
                Command.create({"line_id": line.id, "amount_left": amount, "amount": amount})
                for line, amount in left
                if amount
            ]
        return values

    @api.depends("line_ids.amount")
    def _compute_total(self):
        for wizard in self:
            wizard.total = sum(wizard.line_ids.mapped("amount"))

    def action_apply(self):
        """Submit the refund for approval, or record the chargeback.

        :raise UserError: nothing is chosen, or there is no reason
        """
        self.ensure_one()
        chosen = self.line_ids.filtered("amount")
        if not chosen or not (self.reason or "").strip():
            raise UserError(self.env._("Say how much goes back, and why."))
        record = self.env["collection.card.return"].create(
            [
                {
                    "payment_id": self.payment_id.id,
                    "kind": self.kind,
                    "reason": self.reason,
                    "date": self.date,
                    "line_ids": [
                        Command.create({"line_id": line.line_id.id, "amount_currency": line.amount}) for line in chosen
                    ],
                }
            ]
        )
        record.action_submit() if self.kind == "refund" else record.action_record()
        return self.payment_id._open()


class CollectionCardReturnOpenLine(models.TransientModel):
    _name = "collection.card.return.open.line"
    _description = "Refund or Chargeback: Item"

    wizard_id = fields.Many2one("collection.card.return.open", required=True, ondelete="cascade")
    line_id = fields.Many2one("collection.card.payment.line", string="Item", required=True)
    move_name = fields.Char(related="line_id.move_name", string="Document")
    currency_id = fields.Many2one(related="line_id.currency_id")
    amount_left = fields.Monetary(string="Can Go Back")
    amount = fields.Monetary(string="To Give Back")


class CollectionCardPayment(models.Model):
    _inherit = "collection.card.payment"

    def action_refund(self):
        """Ask for a refund."""
        return self._action_return("refund", self.env._("Refund of %(payment)s", payment=self.name))

    def action_chargeback(self):
        """Record that the card's bank took the money back."""
        return self._action_return("chargeback", self.env._("Chargeback of %(payment)s", payment=self.name))

    def _action_return(self, kind, name):
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "name": name,
            "res_model": "collection.card.return.open",
            "view_mode": "form",
            "target": "new",
            "context": {"default_payment_id": self.id, "default_kind": kind},
        }
