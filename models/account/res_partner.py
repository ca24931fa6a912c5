import pytz

from odoo import api, fields, models

from ...tools.find_terms import PHONE_DIGITS

# What decides whose account an item belongs to, or what the account shows of its customer.
_TOUCHING = {"parent_id", "is_company", "collection_sales_partner_id", "country_id", "credit_limit"}


class ResPartner(models.Model):
    _inherit = "res.partner"

    # Odoo gives a new contact the zone of whoever types it: the collector's, not the customer's.
    tz = fields.Selection(default=False)
    collection_account_ids = fields.One2many(
        "collection.account",
        "partner_id",
        string="Collection Accounts",
        groups="account_collections.group_collector,account_collections.group_auditor",
    )
    is_sales_partner = fields.Boolean(
        string="Sales Partner", help="A dealer or agent who sells our orders and earns commission on them."
    )
    collection_sales_partner_id = fields.Many2one(
        "res.partner",
        string="Sold Through",
        index="btree_not_null",
        domain=[("is_sales_partner", "=", True)],
        help="The sales partner who brought this customer; proposed on the customer's invoices.",
    )
    collection_ap_contact_id = fields.Many2one(
        "res.partner",
        string="Accounts Payable Contact",
        domain="[('commercial_partner_id', '=', commercial_partner_id), ('id', '!=', id)]",
        help="The person to whom reminders and statements go before anybody else.",
    )

    collection_payer_group_id = fields.Many2one(
        "collection.payer.group",
        string="Payer Group",
        index="btree_not_null",
        ondelete="set null",
        copy=False,
        groups="account_collections.group_collector,account_collections.group_auditor",
        help="Customers for whom one office pays.",
    )

    # For the one search box: the digits of a number from its end, and addresses.
    _collection_find_phone_idx = models.Index(f"({PHONE_DIGITS} text_pattern_ops) WHERE phone IS NOT NULL")
    _collection_find_email_idx = models.Index("(email_normalized text_pattern_ops) WHERE email_normalized IS NOT NULL")

    def write(self, vals):
        if not _TOUCHING & vals.keys():
            return super().write(vals)
        # The customer whom a contact leaves, and the one whom it joins.
        self.env["collection.account"]._touch(partners=self.commercial_partner_id.ids)
        result = super().write(vals)
        self.env["collection.account"]._touch(partners=self.commercial_partner_id.ids)
        return result

    def _collection_timezone(self):
        """(zone name, whether it is only assumed): the contact's own, else the company's (SPEC §3)."""
        self.ensure_one()
        zone = self.tz or self.commercial_partner_id.tz
        return (zone, False) if zone else (self.env.company.collection_tz or "UTC", True)

    def _collection_local_time(self):
        """The clock at the customer's, e.g. ``Wed 09:05 PST``; a zone that is only assumed is marked."""
        zone, assumed = self._collection_timezone()
        local = pytz.utc.localize(fields.Datetime.now()).astimezone(pytz.timezone(zone))
        text = f"{local:%a %H:%M} {local:%Z}"
        return self.env._("%(time)s (assumed)", time=text) if assumed else text

    def action_view_collection_account(self):
        """Open the collection account of this customer in the current company."""
        self.ensure_one()
        account = self.env["collection.account"].search(
            [("partner_id", "=", self.commercial_partner_id.id), ("company_id", "=", self.env.company.id)], limit=1
        )
        return account.action_open() if account else self.env["collection.account"]._action_no_account(self)

    @api.model
    def _commercial_fields(self):
        return super()._commercial_fields() + ["collection_sales_partner_id"]
