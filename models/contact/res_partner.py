import pytz

from odoo import api, fields, models
from odoo.tools import SQL

from ...tools.time_zones import zones_of_address
from .collection_help import LIVE


class ResPartner(models.Model):
    _inherit = "res.partner"

    collection_do_not_call = fields.Boolean(string="Do Not Call", help="Collections never calls this contact.")
    collection_do_not_email = fields.Boolean(
        string="Do Not E-mail",
        help="Collections never writes e-mails to this contact; addresses on Odoo's blacklist count as well.",
    )
    collection_zones = fields.Char(
        string="Possible Time Zones",
        compute="_compute_collection_zones",
        store=True,
        index="btree_not_null",
        recursive=True,
        help="The contact's time zone, else those in which its address may lie, separated by commas. "
        "Calls are made within the hours of each of them. Empty: unknown, the company's is assumed.",
    )
    collection_help_count = fields.Integer(
        string="Help Requests",
        compute="_compute_collection_help_count",
        groups="account_collections.group_collector,account_collections.group_auditor",
        help="Requests to this sales partner that are not closed.",
    )
    collection_local_time = fields.Char(
        string="Local Time", compute="_compute_collection_local_time", help="What time it is there now."
    )

    @api.depends(
        "tz", "country_id", "state_id", "zip", "parent_id.collection_zones", "parent_id.zip", "parent_id.state_id"
    )
    def _compute_collection_zones(self):
        for partner in self:
            parent = partner.parent_id
            same_place = parent and (partner.country_id, partner.state_id, partner.zip or "") == (
                parent.country_id,
                parent.state_id,
                parent.zip or "",
            )
            if partner.tz:
                partner.collection_zones = partner.tz
            elif parent and (same_place or not partner.country_id):
                partner.collection_zones = parent.collection_zones
            else:
                zones = zones_of_address(partner.country_id.code, partner.state_id.code, partner.zip)
                partner.collection_zones = ",".join(zones) or parent.collection_zones

    @api.model
    def _collection_zones_in_use(self):
        """The different values of `collection_zones`, few among any number of contacts; which ones there are is nobody's secret."""
        rows = self.env.execute_query(
            SQL(
                """
                WITH RECURSIVE used AS (
                    SELECT MIN(collection_zones) AS zones FROM res_partner WHERE collection_zones IS NOT NULL
                     UNION ALL
                    SELECT (SELECT MIN(p.collection_zones) FROM res_partner p WHERE p.collection_zones > u.zones)
                      FROM used u WHERE u.zones IS NOT NULL
                )
                SELECT zones FROM used WHERE zones IS NOT NULL
                """
            )
        )
        return [zones for (zones,) in rows]

    @api.depends_context("company")
    def _compute_collection_local_time(self):
        for partner in self:
            partner.collection_local_time = partner._collection_local_time()

    def _collection_zones_or_assumed(self):
        """(zone names, whether they are only assumed): in which zones the contact may be (SPEC §3)."""
        self.ensure_one()
        zones = self.collection_zones or self.commercial_partner_id.collection_zones
        return (zones.split(","), False) if zones else ([self._collection_timezone()[0]], True)

    def _collection_timezone(self):
        zones = self.collection_zones or self.commercial_partner_id.collection_zones
        return (zones.split(",")[0], False) if zones else (super()._collection_timezone()[0], True)

    def _collection_local_time(self, moment=None):
        """The clock at the customer's; where several zones are possible, each time that it may be there."""
        moment = pytz.utc.localize(moment or fields.Datetime.now())
        zones, assumed = self._collection_zones_or_assumed()
        clocks = {}
        for zone in zones:
            local = moment.astimezone(pytz.timezone(zone))
            clocks.setdefault(local.utcoffset(), f"{local:%a %H:%M} {local:%Z}")
        times = [clocks[offset] for offset in sorted(clocks, reverse=True)]
        text = self.env._(" or ").join(times if len(times) < 3 else [times[0], times[-1]])
        return self.env._("%(time)s (assumed)", time=text) if assumed else text

    # ------------------------------------------------------------------
    # How to reach them
    # ------------------------------------------------------------------

    def _collection_may_write(self):
        """Whether Collections may write an e-mail to the contact: an address, and no wish to be spared."""
        self.ensure_one()
        return bool(self.email_normalized) and not (self.collection_do_not_email or self.is_blacklisted)

    def _collection_may_call(self):
        self.ensure_one()
        return bool(self.phone) and not self.collection_do_not_call

    # ------------------------------------------------------------------
    # Actions
    # ------------------------------------------------------------------

    def action_collection_contact(self):
        """Log a contact with a sales partner, once for all accounts that were talked about."""
        self.ensure_one()
        action = self.env["collection.account"]._action_contact(
            {"default_sales_partner_id": self.id, "default_contact_id": self.id, "collection_several": True}
        )
        return {**action, "name": self.env._("Log Contact with %(partner)s", partner=self.display_name)}

    # ------------------------------------------------------------------
    # Help of sales partners
    # ------------------------------------------------------------------

    def _compute_collection_help_count(self):
        counts = dict(
            self.env["collection.help"]._read_group(
                [("sales_partner_id", "in", self.ids), ("state", "in", LIVE)], ["sales_partner_id"], ["__count"]
            )
        )
        for partner in self:
            partner.collection_help_count = counts.get(partner, 0)

    def action_view_collection_helps(self):
        """The sales partner's help requests; a new one is for this partner."""
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id("account_collections.collection_help_action")
        return {
            **action,
            "name": self.env._("Help Requests to %(partner)s", partner=self.display_name),
            "domain": [("sales_partner_id", "=", self.id)],
            "context": {"default_sales_partner_id": self.id},
        }
