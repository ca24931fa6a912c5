from odoo import api, fields, models
from odoo.exceptions import ValidationError


class ResCompany(models.Model):
    _inherit = "res.company"

    collection_card_link_hours = fields.Integer(
        string="Payment Links Last", default=72, help="Hours after which a payment link that was sent ends."
    )
    collection_card_consent = fields.Text(
        string="Consent to a Card Charge",
        translate=True,
        help="Read to the payer before a card is charged. {company}, {amount}, {card}, {documents} and {date} are filled in."
        " Empty: the standard words.",
    )

    @api.constrains("collection_card_link_hours")
    def _check_collection_card_link_hours(self):
        for company in self:
            if not 1 <= company.collection_card_link_hours <= 24 * 90:
                raise ValidationError(self.env._("Payment links last between one hour and 90 days."))
