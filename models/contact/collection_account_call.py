from datetime import timedelta

from odoo import api, fields, models
from odoo.exceptions import AccessError
from odoo.fields import Domain
from odoo.tools import SQL


class CollectionAccount(models.Model):
    """When a customer may be called, and who may be called now (SPEC §3)."""

    _inherit = "collection.account"

    callable_now = fields.Boolean(
        compute="_compute_callable_now",
        search="_search_callable_now",
        exportable=False,
        help="It is a working day and within call hours wherever the customer may be, there is a phone number, nobody asked not "
        "to be called, and the limit of attempts is not reached.",
    )
    call_attempts = fields.Integer(
        compute="_compute_call_attempts", help="Outbound calls within the days of the company's limit."
    )
    call_allowed_until = fields.Datetime(readonly=True, copy=False)
    call_allowed_by_id = fields.Many2one("res.users", readonly=True, copy=False)

    def _guarded_fields(self):
        return super()._guarded_fields() | {"call_allowed_until", "call_allowed_by_id"}

    # ------------------------------------------------------------------
    # Callable now: by sets, for lists of 100,000 accounts
    # ------------------------------------------------------------------

    @api.model
    def _callable_condition(self, alias):
        """Whether the customer of an account row may be called now, as `SQL`: by company, since hours and holidays are its own."""
        now = fields.Datetime.now()
        found = self.env["res.partner"]._collection_zones_in_use()
        conditions = []
        for company in self.env["res.company"].sudo().search([]):
            days = {}  # working or not: looked up once for each date
            open_zones = [zones for zones in found if company._collection_is_call_time(zones.split(","), now, days)]
            own = company._collection_timezone().zone
            assumed = (
                SQL("person.zones IS NULL") if company._collection_is_call_time([own], now, days) else SQL("FALSE")
            )
            conditions.append(
                SQL(
                    "(%(alias)s.company_id = %(company)s AND (person.zones = ANY(%(zones)s) OR %(assumed)s)"
                    " AND %(alias)s.id NOT IN (%(tired)s))",
                    alias=alias,
                    company=company.id,
                    zones=open_zones,
                    assumed=assumed,
                    tired=self._called_enough_query(company),
                )
            )
        return SQL(
            "EXISTS (SELECT FROM (%(person)s) person WHERE person.phone IS NOT NULL AND (%(rules)s))",
            person=SQL(
                "SELECT COALESCE(NULLIF(ap.phone, ''),"
                " CASE WHEN (c.id, %(alias)s.company_id) NOT IN (%(never)s) THEN NULLIF(c.phone, '') END) AS phone,"
                " CASE WHEN ap.phone IS NOT NULL AND ap.phone != '' THEN COALESCE(ap.collection_zones, c.collection_zones)"
                " ELSE c.collection_zones END AS zones"
                " FROM res_partner c LEFT JOIN res_partner ap ON ap.id = c.collection_ap_contact_id"
                " AND ap.active AND ap.collection_do_not_call IS NOT TRUE AND (ap.id, %(alias)s.company_id) NOT IN (%(never)s)"
                " WHERE c.id = %(alias)s.partner_id AND c.collection_do_not_call IS NOT TRUE",
                alias=alias,
                never=self._never_called_query(),
            ),
            rules=SQL(" OR ").join(conditions) if conditions else SQL("FALSE"),
        )

    @api.model
    def _never_called_query(self):
        """(person, company): whom the company may never call, as `SQL`; rooms say whom."""
        return SQL("SELECT 0, 0 WHERE FALSE")

    @api.model
    def _called_enough_query(self, company):
        """Ids of the accounts whose limit of attempts is reached, as `SQL`."""
        since = company._collection_today() - timedelta(company.collection_call_limit_days)
        return SQL(
            "SELECT r.account_id FROM collection_activity a JOIN collection_activity_account_rel r ON r.activity_id = a.id"
            " WHERE a.is_attempt AND a.sales_partner_id IS NULL AND a.business_date > %s AND a.company_id = %s"
            " GROUP BY r.account_id HAVING COUNT(*) >= %s",
            since,
            company.id,
            company.collection_call_limit,
        )

    def _search_callable_now(self, operator, value):
        if operator != "in":
            return NotImplemented
        self.env["res.partner"].flush_model(["collection_zones", "phone", "collection_do_not_call"])
        self.env["collection.activity"].flush_model()
        domain = Domain.custom(to_sql=lambda model, alias, query: self._callable_condition(SQL.identifier(alias)))
        return domain if True in value else ~domain

    def _compute_callable_now(self):
        found = self.search(Domain("id", "in", self.ids) & Domain("callable_now", "=", True))
        for account in self:
            account.callable_now = account in found

    def _order_field_to_sql(self, alias, field_name, direction, nulls, query):
        if field_name == "callable_now":
            return SQL("%s %s", self._callable_condition(SQL.identifier(alias)), direction)
        return super()._order_field_to_sql(alias, field_name, direction, nulls, query)

    @api.depends("contact_activity_ids")
    def _compute_call_attempts(self):
        self.call_attempts = 0
        for company, accounts in self.grouped("company_id").items():
            counts = accounts._count_attempts(company, company._collection_today())
            for account in accounts:
                account.call_attempts = counts.get(account.id, 0)

    def _count_attempts(self, company, today, leave_out=None):
        """Outbound calls to each account within the days of the limit that end today: dict of id to number."""
        if not self.ids:
            return {}
        self.env["collection.activity"].flush_model()
        return dict(
            self.env.execute_query(
                SQL(
                    "SELECT r.account_id, COUNT(*) FROM collection_activity a"
                    " JOIN collection_activity_account_rel r ON r.activity_id = a.id"
                    " WHERE a.is_attempt AND a.sales_partner_id IS NULL AND a.business_date > %s AND a.business_date <= %s"
                    " AND r.account_id IN %s AND NOT a.id = ANY(%s)"
                    " GROUP BY r.account_id",
                    today - timedelta(company.collection_call_limit_days),
                    today,
                    tuple(self.ids),
                    (leave_out or self.browse()).ids,
                )
            )
        )

    # ------------------------------------------------------------------
    # One call
    # ------------------------------------------------------------------

    def _call_obstacles(self, person, moment, company, leave_out=None):
        """Why an outbound call to `person` about these accounts may not begin at a moment.

        :return: dict of rule (`do_not_call`, `window`, `limit`) to a sentence that says so; empty: it may
        """
        obstacles = {}
        person = person.with_company(company)
        if person.collection_do_not_call or self.partner_id.filtered("collection_do_not_call"):
            obstacles["do_not_call"] = self.env._("%(person)s is not to be called.", person=person.display_name)
        zones, _assumed = person._collection_zones_or_assumed()
        if not company._collection_is_call_time(zones, moment):
            obstacles["window"] = self.env._(
                "It is %(time)s at %(person)s. Calls begin between %(start)s and %(end)s there, on working days.",
                time=person._collection_local_time(moment),
                person=person.display_name,
                start=_clock(company.collection_call_from),
                end=_clock(company.collection_call_to),
            )
        attempts = self._count_attempts(company, company._collection_date(moment), leave_out)
        most = max(attempts.values(), default=0)
        if most >= company.collection_call_limit:
            obstacles["limit"] = self.env._(
                "%(person)s was called %(count)s times in the last %(days)s days; %(limit)s are allowed.",
                person=person.display_name,
                count=most,
                days=company.collection_call_limit_days,
                limit=company.collection_call_limit,
            )
        return obstacles

    def action_allow_call(self):
        """A manager lets one call to each of these customers begin within the next two hours, whatever the hours and the limit say."""
        self.check_access("write")
        if not self.env.user.has_group("account_collections.group_manager"):
            raise AccessError(self.env._("Only managers allow calls outside the rules."))
        until = fields.Datetime.now() + timedelta(hours=2)
        self._unguarded().write({"call_allowed_until": until, "call_allowed_by_id": self.env.uid})
        for account in self:
            account._message_log(
                body=self.env._(
                    "%(user)s allowed one call outside the rules until %(time)s.",
                    user=self.env.user.name,
                    time=account.company_id._collection_local_time(until),
                )
            )

    def _use_call_allowance(self):
        """Take the allowance off these accounts, if all have one that still holds.

        :return: the manager who allowed it, else none
        """
        now = fields.Datetime.now()
        if not self or any(not each.call_allowed_until or each.call_allowed_until < now for each in self):
            return self.env["res.users"]
        manager = self.call_allowed_by_id[:1]
        self._unguarded().write({"call_allowed_until": False, "call_allowed_by_id": False})
        return manager


def _clock(hour):
    """A float hour as text, e.g. ``17:00``."""
    return f"{int(hour):02d}:{round(hour % 1 * 60):02d}"
