from odoo import fields, models


class ResPartner(models.Model):
    _inherit = "res.partner"

    collection_do_not_call = fields.Boolean(string="Do Not Call", help="Collections never calls this contact.")
    collection_do_not_email = fields.Boolean(
        string="Do Not E-mail",
        help="Collections never writes e-mails to this contact; addresses on Odoo's blacklist count as well.",
    )
