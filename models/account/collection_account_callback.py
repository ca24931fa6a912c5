from datetime import datetime, time, timedelta

import pytz

from odoo import api, fields, models
from odoo.exceptions import ValidationError
from odoo.fields import Domain
from odoo.tools import SQL


class CollectionAccount(models.Model):
    """Call-backs: a next action with a time, in the customer's zone.

    Until then the account stays out of the way, from then on it stands on top. Both are decided when the list is read, by
    comparing the stored moment with the clock: no figure has to be refreshed for it.
    """

    _inherit = "collection.account"

    next_action_time = fields.Float(
        string="At", aggregator=None, help="Hour of a call-back on that day, in the customer's zone. 0:00: no time."
    )
    callback_at = fields.Datetime(
        string="Call Back At", compute="_compute_callback_at", store=True, index="btree_not_null"
    )
    callback_text = fields.Char(
        string="Call-back", compute="_compute_callback_text", help="In the customer's zone, and in the company's."
    )
    is_callback_due = fields.Boolean(compute="_compute_is_callback_due", search="_search_is_callback_due")
    to_work = fields.Boolean(
        string="To Work Now",
        compute="_compute_to_work",
        search="_search_to_work",
        help="On today's worklist, and no call-back is agreed for later today.",
    )

    @api.constrains("next_action_time", "next_action_date")
    def _check_next_action_time(self):
        for account in self:
            if not 0 <= account.next_action_time < 24:
                raise ValidationError(self.env._("The time of a call-back lies between 0:00 and 23:59."))

    def _guarded_fields(self):
        return super()._guarded_fields() | {"callback_at"}

    def write(self, vals):
        if "next_action_date" in vals and not vals["next_action_date"]:
            vals = {**vals, "next_action_time": 0.0}
        return super().write(vals)

    # ------------------------------------------------------------------
    # Computes
    # ------------------------------------------------------------------

    def _customer_zone(self):
        """The customer's time zone; the company's for the account without a customer."""
        self.ensure_one()
        customer = self.partner_id.with_company(self.company_id)
        return pytz.timezone(customer._collection_timezone()[0]) if customer else self.company_id._collection_timezone()

    @api.depends("next_action_date", "next_action_time", "partner_id.tz")
    def _compute_callback_at(self):
        """Of a company's zone, which stands in where the customer has none, the company itself tells."""
        for account in self:
            if account.next_action_date and account.next_action_time:
                account.callback_at = account._callback_moment(account.next_action_date, account.next_action_time)
            else:
                account.callback_at = False

    @api.model
    def _move_callbacks(self, companies):
        """The zone of companies changed: agreed times of customers without a zone of their own are meant in the new one."""
        # Whoever sets up the company need not see its accounts.
        agreed = self.sudo().search([("company_id", "in", companies.ids), ("callback_at", "!=", False)])
        self.env.add_to_compute(self._fields["callback_at"], agreed)

    def _callback_moment(self, day, hours):
        """A day and an hour at the customer's as a naive UTC moment."""
        clock = datetime.combine(day, time()) + timedelta(minutes=round(hours * 60))
        local = self._customer_zone().localize(clock)
        return local.astimezone(pytz.utc).replace(tzinfo=None)

    @api.depends("callback_at")
    def _compute_callback_text(self):
        for account in self:
            account.callback_text = account._moment_text(account.callback_at) if account.callback_at else False

    def _moment_text(self, moment):
        """A moment as the customer's clock shows it, and where that differs as the company's, e.g. ``Thu 14:30 PDT · 17:30 EDT``."""
        utc = pytz.utc.localize(moment)
        theirs = utc.astimezone(self._customer_zone())
        ours = utc.astimezone(self.company_id._collection_timezone())
        text = f"{theirs:%a %H:%M} {theirs:%Z}"
        if theirs.utcoffset() == ours.utcoffset():
            return text
        return f"{text} · {ours:%H:%M}" + (f" {ours:%a}" if ours.date() != theirs.date() else "") + f" {ours:%Z}"

    @api.depends("callback_at")
    def _compute_is_callback_due(self):
        now = fields.Datetime.now()
        for account in self:
            account.is_callback_due = bool(account.callback_at and account.callback_at <= now)

    def _search_is_callback_due(self, operator, value):
        if operator != "in":
            return NotImplemented
        due = Domain("callback_at", "<=", fields.Datetime.now())
        return due if True in value else Domain("callback_at", "=", False) | ~due

    @api.depends("on_worklist", "callback_at", "skipped_on", "snoozed_until")
    def _compute_to_work(self):
        found = self.search(Domain("id", "in", self.ids) & Domain("to_work", "=", True))
        for account in self:
            account.to_work = account in found

    def _search_to_work(self, operator, value):
        if operator != "in":
            return NotImplemented
        now = fields.Datetime.now()
        domains = []
        for company in self.env.companies:
            today = company._collection_today()
            # Agreed for later today, by our calendar or by the customer's.
            ours = Domain("callback_at", "<", company._collection_midnight(today, 1))
            later = Domain("callback_at", ">", now) & (ours | Domain("next_action_date", "<=", today))
            listed = Domain("on_worklist", "=", True) & (Domain("callback_at", "=", False) | ~later)
            # The figures may be older than the agreed moment.
            away = Domain("skipped_on", "=", today) | Domain("snoozed_until", ">", today)
            popped = Domain("callback_at", "<=", now) & ~away
            domains.append(Domain("company_id", "=", company.id) & (listed | popped))
        found = Domain.OR(domains)
        return found if True in value else ~found

    def _order_field_to_sql(self, alias, field_name, direction, nulls, query):
        if field_name == "is_callback_due":
            # Mostly no call-back is due: then the list is read in the order of its index.
            if not self.sudo().search([("is_callback_due", "=", True)], order="id", limit=1):
                return SQL()
            moment = SQL.identifier(alias, "callback_at")
            return SQL("COALESCE(%s <= %s, FALSE) %s", moment, fields.Datetime.now(), direction)
        return super()._order_field_to_sql(alias, field_name, direction, nulls, query)

    # ------------------------------------------------------------------
    # Refresh
    # ------------------------------------------------------------------

    @api.model
    def _refresh_kept(self):
        return (*super()._refresh_kept(), "callback_at")

    @api.model
    def _refresh_settings(self, company):
        return {**super()._refresh_settings(company), "zone": str(company._collection_timezone())}

    @api.model
    def _refresh_due_conditions(self):
        """A call-back that falls on today in the company's zone, though the customer's calendar may show another day."""
        return [
            *super()._refresh_due_conditions(),
            SQL("(n.callback_at AT TIME ZONE 'UTC' AT TIME ZONE n.zone)::date <= n.figures_date"),
        ]
