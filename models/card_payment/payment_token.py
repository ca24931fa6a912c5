from odoo import api, models

from ...tools import card_numbers
from ...tools.card_details import read_card_details


class PaymentToken(models.Model):
    _inherit = "payment.token"

    @api.model_create_multi
    def create(self, vals_list):
        return super().create([self._collection_without_card_number(vals) for vals in vals_list])

    def write(self, vals):
        return super().write(self._collection_without_card_number(vals))

    @api.model
    def _collection_without_card_number(self, vals):
        """A provider's details of a card that hold its number are cut to the last four digits, whoever sends them."""
        details = vals.get("payment_details")
        if details and card_numbers.find(str(details)):
            return {**vals, "payment_details": read_card_details({"last4": details})["last_four"]}
        return vals
