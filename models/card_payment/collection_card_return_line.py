from odoo import api, fields, models
from odoo.exceptions import ValidationError

from .collection_card_return import OPEN


class CollectionCardReturnLine(models.Model):
    _name = "collection.card.return.line"
    _description = "Item of a Card Refund or Chargeback"
    _inherit = ["collection.guard"]
    _order = "id"
    _check_company_auto = True

    return_id = fields.Many2one("collection.card.return", required=True, index=True, ondelete="cascade")
    company_id = fields.Many2one(related="return_id.company_id", store=True, precompute=True)
    line_id = fields.Many2one(
        "collection.card.payment.line", string="Paid Item", required=True, index=True, ondelete="restrict"
    )
    currency_id = fields.Many2one(related="return_id.currency_id")
    move_name = fields.Char(related="line_id.move_name", string="Document")
    amount_paid_currency = fields.Monetary(related="line_id.amount_currency", string="Paid")
    amount_currency = fields.Monetary(string="To Give Back", currency_field="currency_id", required=True)

    _item_once = models.UniqueIndex("(return_id, line_id)", "An item stands once in a refund.")
    _amount_positive = models.Constraint("CHECK(amount_currency > 0)", "An amount to give back must be more than zero.")

    def _is_append_only(self):
        return False

    @api.model_create_multi
    def create(self, vals_list):
        records = self.env["collection.card.return"].browse({vals.get("return_id") for vals in vals_list} - {None})
        records._check_is_draft()
        if any(vals.get("amount_currency", 0) <= 0 for vals in vals_list):
            raise ValidationError(self.env._("An amount to give back must be more than zero."))
        lines = super().create(vals_list)
        if not self._has_pass():
            lines._check_amounts()
        return lines

    def write(self, vals):
        self.return_id._check_is_draft()
        result = super().write(vals)
        self._check_amounts()
        return result

    @api.ondelete(at_uninstall=False)
    def _unlink_except_begun(self):
        self.return_id._check_is_draft()

    def _check_amounts(self):
        """:raise ValidationError: more goes back of an item than is left of what was paid for it"""
        for line in self:
            if line.line_id.payment_id != line.return_id.payment_id:
                raise ValidationError(self.env._("%(item)s was not paid by this charge.", item=line.move_name))
            left = line.line_id._left_to_return(besides=line)
            if line.currency_id.compare_amounts(line.amount_currency, left) > 0:
                raise ValidationError(
                    self.env._(
                        "Of what was paid for %(item)s only %(left)s can go back.",
                        item=line.move_name,
                        left=line.currency_id.format(left),
                    )
                )


class CollectionCardPaymentLine(models.Model):
    _inherit = "collection.card.payment.line"

    def _left_to_return(self, besides=None):
        """What was paid for the item, less what went back or is on its way back."""
        self.ensure_one()
        others = (
            self.env["collection.card.return.line"]
            .sudo()  # whoever asked
            .search([("line_id", "=", self.id), ("return_id.state", "in", OPEN)])
        )
        others -= besides or others.browse()
        return self.currency_id.round(
            self.amount_currency - self.amount_returned_currency - sum(others.mapped("amount_currency"))
        )


class CollectionCardPayment(models.Model):
    _inherit = "collection.card.payment"

    def _all_to_return(self):
        """Commands for lines with all that may still go back."""
        left = [(line, line._left_to_return()) for line in self.line_ids]
        return [
            fields.Command.create({"line_id": line.id, "amount_currency": amount})
            for line, amount in left
            if amount > 0
        ]

    def _paid_transactions(self):
        """The transactions by which money came in; the system's."""
        return (self._charges() | self._captures()).filtered(lambda tx: tx.state == "done" and tx.payment_id)
