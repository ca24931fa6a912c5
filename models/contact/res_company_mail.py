from odoo import api, fields, models
from odoo.tools import formataddr


class ResCompany(models.Model):
    """One address for all of the company's customers."""

    _inherit = "res.company"

    collection_alias_id = fields.Many2one(
        "mail.alias",
        string="Collections E-mail",
        ondelete="set null",
        copy=False,
        help="Mails to this address and replies to reminders land on the account of the customer who wrote.",
    )

    @api.model_create_multi
    def create(self, vals_list):
        companies = super().create(vals_list)
        companies._collection_set_alias()
        return companies

    @api.model
    def _collection_set_alias(self):
        """Give companies an address; it works once it has a name, in the settings."""
        # Aliases are the administrator's; this one belongs to the company.
        Alias = self.env["mail.alias"].sudo()
        model = self.env["ir.model"].sudo()._get_id("collection.account")
        for company in (self or self.search([])).filtered(lambda each: not each.collection_alias_id):
            company.collection_alias_id = Alias.create(
                {
                    "alias_model_id": model,
                    "alias_defaults": {"company_id": company.id},
                    "alias_contact": "everyone",
                    "alias_domain_id": company.alias_domain_id.id,
                }
            )

    def _collection_mail_address(self):
        """Where customers' replies go: the company's Collections address; empty where there is none."""
        self.ensure_one()
        alias = self.sudo().collection_alias_id  # the address is no secret
        return alias.alias_name and alias.alias_full_name and formataddr((self.name, alias.alias_full_name))
