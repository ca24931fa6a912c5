import pytz

from odoo import api, fields, models
from odoo.exceptions import ValidationError


class ResCompany(models.Model):
    _inherit = "res.company"

    collection_call_from = fields.Float(
        string="Calls From", default=8.0, help="The earliest hour at the customer's at which an outbound call begins."
    )
    collection_call_to = fields.Float(
        string="Calls Until", default=17.0, help="From this hour on at the customer's no outbound call begins."
    )
    collection_call_limit = fields.Integer(
        string="Call Attempts", default=7, help="Outbound calls to one customer within the days given."
    )
    collection_call_limit_days = fields.Integer(string="Days of the Limit", default=7)
    collection_help_days = fields.Integer(
        string="Answer of Sales Partners Within",
        default=3,
        help="Business days that a sales partner has to answer a request for help, unless its kind says otherwise.",
    )
    collection_help_remind_days = fields.Integer(
        string="Remind Sales Partners Before",
        default=1,
        help="Business days before the answer is due on which the partner is reminded. 0: on the last day.",
    )

    @api.constrains("collection_call_from", "collection_call_to", "collection_call_limit", "collection_call_limit_days")
    def _check_collection_calls(self):
        for company in self:
            if not 0 <= company.collection_call_from < company.collection_call_to <= 24:
                raise ValidationError(
                    self.env._(
                        "Call hours begin before they end, between 0:00 and 24:00 (%(company)s).", company=company.name
                    )
                )
            if company.collection_call_limit < 1 or company.collection_call_limit_days < 1:
                raise ValidationError(
                    self.env._(
                        "The limit of calls is at least one call in one day (%(company)s).", company=company.name
                    )
                )

    @api.constrains("collection_help_days", "collection_help_remind_days")
    def _check_collection_help(self):
        for company in self:
            if company.collection_help_days < 1 or company.collection_help_remind_days < 0:
                raise ValidationError(
                    self.env._(
                        "Sales partners have at least one business day to answer, and are reminded at the latest on the last day "
                        "(%(company)s).",
                        company=company.name,
                    )
                )

    def _collection_date(self, moment):
        """The business date of a moment (naive UTC datetime)."""
        self.ensure_one()
        return pytz.utc.localize(moment).astimezone(self._collection_timezone()).date()

    def _collection_is_call_time(self, zones, moment, known_days=None):
        """Whether an outbound call may begin at a moment: a working day, within the hours, in each of the zones.

        :param zones: names of the zones in which the customer may be
        :param moment: naive UTC datetime
        :param known_days: dict of dates to whether they are working days, kept from one question to the next
        """
        self.ensure_one()
        moment = pytz.utc.localize(moment)
        days = {} if known_days is None else known_days
        for zone in zones:
            local = moment.astimezone(pytz.timezone(zone))
            hour = local.hour + local.minute / 60 + local.second / 3600
            if not self.collection_call_from <= hour < self.collection_call_to:
                return False
            day = local.date()
            if day not in days:
                days[day] = self._collection_is_business_day(day)
            if not days[day]:
                return False
        return True
