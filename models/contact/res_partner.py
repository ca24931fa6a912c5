from datetime import datetime

import pytz

from odoo import api, fields, models


class ResPartner(models.Model):
    _inherit = "res.partner"

    collection_do_not_call = fields.Boolean(string="Do Not Call", help="Collections never calls this contact.")
    collection_do_not_email = fields.Boolean(
        string="Do Not E-mail", help="Collections never writes e-mails to this contact; addresses on Odoo's blacklist count as well."
    )

    def _collection_timezone(self):
        """(zone name, whether it is only assumed): the contact's own, else the company's (SPEC §3)."""
        self.ensure_one()
        zone = self.tz or self.commercial_partner_id.tz
        return (zone, False) if zone else (self.env.company.collection_tz or "UTC", True)

    @api.model
    def _collection_now(self):
        return pytz.utc.localize(fields.Datetime.now())

    def _collection_local_time(self):
        """The clock at the customer's, e.g. ``09:05 PST``; a zone that is only assumed is marked."""
        zone, assumed = self._collection_timezone()
        local: datetime = self._collection_now().astimezone(pytz.timezone(zone))
        text = f"{local:%a %H:%M} {local:%Z}"
        return self.env._("%(time)s (assumed)", time=text) if assumed else text
