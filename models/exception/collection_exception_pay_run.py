from datetime import timedelta

from odoo import api, models

from ...tools.pay_run import next_pay_run, parse_days
from .collection_exception import WEEKDAYS

_SPAN = timedelta(days=430)


class CollectionException(models.Model):
    """The customer's pay-run calendar: contact and promise dates wait for it; due dates and aging never do."""

    _inherit = "collection.exception"

    def _pay_weekdays(self):
        """Weekdays of the pay runs, Monday = 0."""
        self.ensure_one()
        return {number for number, day in enumerate(WEEKDAYS) if self[f"pay_{day}"]}

    def _pay_run_text(self):
        """The days of the pay runs in words."""
        self.ensure_one()
        try:
            days = parse_days(self.pay_days)
        except ValueError:
            days = []
        parts = [self.env._("days %(days)s of the month", days=", ".join(map(str, days)))] if days else []
        parts += [
            self._fields[f"pay_{WEEKDAYS[each]}"]._description_string(self.env) for each in sorted(self._pay_weekdays())
        ]
        return ", ".join(parts) or "…"

    def _next_pay_runs(self, days):
        """The first pay run on or after each of some days: dict of day to date."""
        self.ensure_one()
        if not days:
            return {}
        company = self.company_id
        weekdays = company._collection_weekdays()
        holidays = company._collection_holidays(min(days) - _SPAN, max(days) + _SPAN)

        def is_open(day):
            return day.weekday() in weekdays and day not in holidays

        own = parse_days(self.pay_days), self._pay_weekdays(), is_open, self.pay_shift or "after"
        return {day: next_pay_run(day, *own) or day for day in days}

    @api.model
    def _pay_run_calendars(self, accounts):
        """The pay-run calendar of each account that has one: dict of account to exception."""
        effects = self._effects_of_accounts(accounts)
        return {account: found["pay_run"] for account, found in effects.items() if "pay_run" in found}

    def _write_next_pay_run(self):
        """Keep the next pay run from today on, for the worklist's rules."""
        for exception in self.filtered(lambda each: each.effect == "pay_run"):
            today = exception.company_id._collection_today()
            exception._unguarded().next_pay_run = exception._next_pay_runs({today})[today]
