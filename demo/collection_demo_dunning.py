from contextlib import contextmanager
from datetime import datetime, time, timedelta
from unittest.mock import patch

from dateutil.relativedelta import relativedelta

from odoo import models

from . import plan

# Days back from today on which the manager confirmed a run.
RUNS = (58, 51, 44, 37, 30, 23, 16, 9)
RUN_TIME = time(13, 30)  # UTC: half past eight or nine in New York


class CollectionDemo(models.AbstractModel):
    """The dunning runs of the last two months, as they would have come on their days, and one of today to look at."""

    _inherit = "collection.demo"

    def _dunning_days(self, today):
        return [plan.business_day(today - timedelta(days=days), step=-1) for days in RUNS]

    @contextmanager
    def _business_date(self, company, day):
        """Set back the one clock that the rooms read."""
        with patch.object(type(company), "_collection_today", lambda _company: day):
            yield

    def _chase(self, company, day, is_last):
        """A run that was simulated, confirmed, sent and worked on a day in the past."""
        with self._business_date(company, day):
            self._assign(self._refresh_all(company))
            run = self.env["collection.run"].create({"company_id": company.id})
            run.action_simulate()
            run.action_confirm()
            run.notice_ids.approval_ids._unguarded().write({"requested_on": datetime.combine(day, RUN_TIME)})
            notices = self.env["collection.notice"].search(
                [("company_id", "=", company.id), ("state", "=", "due"), ("date_not_before", "<=", day)]
            )
            self._release(notices, day, is_last)
            notices._send()
            self._deliver(notices, day, is_last)
            self._work_off(notices, is_last)
        run._unguarded().write(
            {"confirmed_by_id": self._ref("user_manager").id, "confirmed_on": datetime.combine(day, RUN_TIME)}
        )
        self.env["collection.run"].search([("state", "=", "confirmed")])._close_if_done()

    def _release(self, notices, day, is_last):
        """The manager lets go what waited for a decision a week or longer; the final demands of the last week he has still to decide."""
        waiting = notices.filtered(lambda notice: notice.needs_release and (day - notice.date).days >= 7)
        finals = waiting.filtered("approval_state").sorted("amount")
        if finals and not self.env["collection.approval"].search_count([("state", "=", "refused")], limit=1):
            refused = finals[:1]
            refused.with_user(self._ref("user_manager")).action_refuse(
                self.env._("Their new controller starts on Monday and asked for a week. Call her first.")
            )
            waiting -= refused
        (waiting - finals if is_last else waiting).with_user(self._ref("user_manager")).action_release()
        decided = notices.approval_ids.filtered(lambda each: each.state != "waiting")
        decided._unguarded().write({"decided_on": datetime.combine(day, RUN_TIME)})

    def _deliver(self, notices, day, is_last):
        """The mails went out that morning: none is left in the queue of a demo database."""
        queued = notices.filtered(lambda notice: notice.state == "queued")
        sent_on = datetime.combine(day, RUN_TIME) + timedelta(minutes=4)
        queued.mail_mail_id.write({"state": "sent", "date": sent_on})
        queued._set_sent()
        if is_last:
            reminders = queued.filtered(lambda notice: notice.channel == "email" and not notice.sales_partner_id)
            reminders.sorted("amount")[:1]._set_bounced(
                self.env._("550 5.1.1 The e-mail account that you tried to reach does not exist.")
            )

    def _work_off(self, notices, is_last):
        """What people do was done, but for the calls, letters and decisions of the last run, which stand in their lists."""
        by_hand = notices.filtered(lambda notice: notice.channel != "email" and notice.state == "due" and notice.ready)
        left = ("call", "letter", "escalation", "credit_hold", "placement_review") if is_last else ()
        by_hand.filtered(lambda notice: notice.channel not in left)._set_sent()

    def _add_absences(self, company, today):
        """The manager travels in two weeks, and his assistant decides for him."""
        start = plan.business_day(today + timedelta(days=14))
        self.env["collection.substitution"].create(
            [
                {
                    "user_id": self._ref("user_manager").id,
                    "substitute_id": self._ref("user_assistant").id,
                    "date_from": start,
                    "date_to": start + timedelta(days=4),
                    "note": self.env._("Trade fair in Chicago"),
                    "company_id": company.id,
                }
            ]
        )

    def _simulate(self, company):
        """Today's run, to be looked at and confirmed; from next month on the calls come a little earlier."""
        self.env["collection.run"].create({"company_id": company.id}).action_simulate()
        policy = company.collection_policy_id
        version = policy.browse(policy.action_new_version()["res_id"])
        for step, days in zip(version.step_ids.filtered(lambda step: step.channel == "call"), (8, 22)):
            step.days = days
        version.date_from = company._collection_today().replace(day=1) + relativedelta(months=1)
        version.action_put_in_force()
