from datetime import datetime, time, timedelta

import pytz

from odoo import api, fields, models
from odoo.exceptions import ValidationError
from odoo.fields import Domain

from odoo.addons.base.models.res_partner import _tz_get

from ...tools.us_holidays import us_federal_holidays


class ResCompany(models.Model):
    _inherit = "res.company"

    collection_tz = fields.Selection(
        _tz_get,
        string="Collections Time Zone",
        compute="_compute_collection_tz",
        store=True,
        readonly=False,
        help="The business date and the times shown in Collections are those of this time zone, whoever looks at them.",
    )
    collection_calendar_id = fields.Many2one(
        "resource.calendar",
        string="Business Days",
        check_company=True,
        help="Working days and public holidays that count for deadlines and grace periods. "
        "Empty: United States business days for US companies, otherwise the company's working hours.",
    )
    collection_bucket_1 = fields.Integer(
        string="Aging Limit 1", default=30, help="Last day of the first overdue bucket."
    )
    collection_bucket_2 = fields.Integer(string="Aging Limit 2", default=60)
    collection_bucket_3 = fields.Integer(string="Aging Limit 3", default=90)
    collection_bucket_4 = fields.Integer(
        string="Aging Limit 4", default=120, help="What is older than this many days stands in the last bucket."
    )

    # ------------------------------------------------------------------
    # Computes and checks
    # ------------------------------------------------------------------

    @api.depends("partner_id.tz")
    def _compute_collection_tz(self):
        for company in self:
            company.collection_tz = company.collection_tz or company.partner_id.tz

    @api.constrains("collection_bucket_1", "collection_bucket_2", "collection_bucket_3", "collection_bucket_4")
    def _check_collection_buckets(self):
        for company in self:
            limits = company._collection_buckets()
            if limits[0] < 1 or any(low >= high for low, high in zip(limits, limits[1:])):
                raise ValidationError(
                    self.env._(
                        "The aging limits of %(company)s must rise from one to the next, starting with at least 1 day: %(limits)s.",
                        company=company.name,
                        limits=" / ".join(map(str, limits)),
                    )
                )

    def _collection_buckets(self):
        """The four aging limits in days, e.g. ``(30, 60, 90, 120)``."""
        self.ensure_one()
        return tuple(self[f"collection_bucket_{number}"] for number in range(1, 5))

    def _collection_bucket_labels(self):
        """What users call the six buckets: not due, the four with a limit, and the oldest, e.g. ``31–60``."""
        self.ensure_one()
        limits = self._collection_buckets()
        ranges = [f"{low + 1}–{high}" for low, high in zip((0, *limits), limits)]
        return [self.env._("Not due"), *ranges, f"> {limits[-1]}"]

    # ------------------------------------------------------------------
    # Business date
    # ------------------------------------------------------------------

    def _collection_timezone(self):
        self.ensure_one()
        return pytz.timezone(self.collection_tz or self.partner_id.tz or "UTC")

    def _collection_today(self):
        """The business date: the current date in the company's own time zone (SPEC §0).

        The one place where "today" comes from; Python's clock, so that tests can move it.
        """
        self.ensure_one()
        now = pytz.utc.localize(fields.Datetime.now())
        return now.astimezone(self._collection_timezone()).date()

    def _collection_midnight(self, day, days=0):
        """The moment (naive UTC) at which a day begins in the company's zone.

        :param days: so many days later
        """
        begin = datetime.combine(day + timedelta(days=days), time())
        return self._collection_timezone().localize(begin).astimezone(pytz.utc).replace(tzinfo=None)

    def _collection_local_time(self, moment=None):
        """A moment (naive UTC datetime; default: now) as text in the company's zone, with the zone's label."""
        self.ensure_one()
        local = pytz.utc.localize(moment or fields.Datetime.now()).astimezone(self._collection_timezone())
        return f"{local:%Y-%m-%d %H:%M} {local:%Z}"

    # ------------------------------------------------------------------
    # Business days
    # ------------------------------------------------------------------

    def _collection_business_calendar(self):
        self.ensure_one()
        if self.collection_calendar_id:
            return self.collection_calendar_id
        us_calendar = self.env.ref("account_collections.calendar_us", raise_if_not_found=False)
        if us_calendar and self.country_id.code == "US":
            return us_calendar
        return self.resource_calendar_id

    def _collection_holidays(self, start, end):
        """Public holidays of the business calendar between two dates, both included; a set of dates."""
        calendar = self._collection_business_calendar()
        zone = pytz.timezone(calendar.tz or self.collection_tz or "UTC")
        margin = timedelta(days=1)
        # Holidays are configuration that everybody's deadlines follow; not every collector may read the calendar.
        leaves = (
            self.env["resource.calendar.leaves"]
            .sudo()
            .search(
                Domain("resource_id", "=", False)
                # Odoo puts a company on every leave; those of a calendar count for whoever uses it.
                & (
                    Domain("calendar_id", "in", calendar.ids)
                    | Domain("calendar_id", "=", False) & Domain("company_id", "in", [self.id, False])
                )
                & Domain("date_from", "<=", datetime.combine(end + margin, time.max))
                & Domain("date_to", ">=", datetime.combine(start - margin, time.min))
            )
        )
        holidays = set()
        for leave in leaves:
            day = pytz.utc.localize(leave.date_from).astimezone(zone).date()
            last = pytz.utc.localize(leave.date_to).astimezone(zone).date()
            while day <= last:
                holidays.add(day)
                day += timedelta(days=1)
        return holidays

    def _collection_weekdays(self):
        """Weekdays on which the company works, Monday = 0."""
        attendances = self._collection_business_calendar().sudo().attendance_ids
        return {int(day) for day in attendances.mapped("dayofweek")} or {0, 1, 2, 3, 4}

    def _collection_is_business_day(self, day):
        self.ensure_one()
        return day.weekday() in self._collection_weekdays() and day not in self._collection_holidays(day, day)

    def _collection_add_business_days(self, day, count):
        """The date `count` business days after `day` (before it when negative); `day` itself need not be one.

        ``count=0`` gives `day` if it is a business day, else the next one.
        """
        self.ensure_one()
        step = timedelta(days=-1 if count < 0 else 1)
        reach = timedelta(days=abs(count) * 3 + 30)
        weekdays, holidays = self._collection_weekdays(), self._collection_holidays(day - reach, day + reach)

        def is_open(date):
            return date.weekday() in weekdays and date not in holidays

        if not count:
            while not is_open(day):
                day += step
        for _each in range(abs(count)):
            day += step
            while not is_open(day):
                day += step
        return day

    @api.model
    def _cron_collection_us_holidays(self):
        """Keep this and the next two years' federal holidays in the shipped US calendar."""
        calendar = self.env.ref("account_collections.calendar_us", raise_if_not_found=False)
        if not calendar:
            return
        zone = pytz.timezone(calendar.tz)
        year = fields.Datetime.now().year
        known = {
            pytz.utc.localize(leave.date_from).astimezone(zone).date()
            for leave in self.env["resource.calendar.leaves"].search(
                [("calendar_id", "=", calendar.id), ("resource_id", "=", False)]
            )
        }

        def to_utc(day, clock):
            return zone.localize(datetime.combine(day, clock)).astimezone(pytz.utc).replace(tzinfo=None)

        self.env["resource.calendar.leaves"].create(
            [
                {
                    "name": name,
                    "calendar_id": calendar.id,
                    "date_from": to_utc(day, time.min),
                    "date_to": to_utc(day, time(23, 59, 59)),
                }
                for each in range(year - 1, year + 3)
                for day, name in us_federal_holidays(each).items()
                if day not in known
            ]
        )
