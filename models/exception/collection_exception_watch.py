from odoo import api, fields, models
from odoo.fields import Domain

from .collection_exception import LIVE

# So many days before its last day the owner is told.
ALERT_DAYS = 7


class CollectionException(models.Model):
    """The job that ends exceptions on time and tells their owners: before the end, at the end, and when a review is due."""

    _inherit = "collection.exception"

    ending_told = fields.Boolean(readonly=True, copy=False)
    review_told = fields.Date(readonly=True, copy=False, help="The review date of which the owner was told.")

    @api.model
    def _watch_domain(self):
        """Live exceptions of which something is to be done today, by each company's own date."""
        return Domain("state", "in", LIVE) & Domain.OR(
            Domain("company_id", "in", ids)
            & (
                Domain("date_to", "<=", fields.Date.add(day, days=ALERT_DAYS)) & Domain("ending_told", "=", False)
                | Domain("date_to", "<", day)
                | Domain("review_date", "<=", day) & Domain("review_told", "=", False)
                | Domain("effect", "=", "pay_run")
                & (Domain("next_pay_run", "=", False) | Domain("next_pay_run", "<", day))
            )
            for day, ids in self._today_of_companies().items()
        )

    @api.model
    def _cron_watch(self):
        """End, alert, and hold what newly came under a hold; in batches."""
        if self.env["collection.batches"]._work([(self, self._watch_domain(), type(self)._watch)]):
            self._sync_holds()
            self.env["ir.cron"]._commit_progress(1)

    def _watch(self):
        """What today brings for these; a second time the same day it brings nothing."""
        for company, group in self.grouped("company_id").items():
            today = company._collection_today()
            over = group.filtered(lambda each, today=today: each.date_to and each.date_to < today)
            over._end("expired", self.env._("Its last day has passed."))
            over._alert(
                today, self.env._("Exception has ended"), self.env._("It does not act any more. Is a new one needed?")
            )
            live = group - over
            soon = fields.Date.add(today, days=ALERT_DAYS)
            ending = live.filtered(
                lambda each, soon=soon: each.date_to and each.date_to <= soon and not each.ending_told
            )
            for exception in ending:
                exception._alert(
                    exception.date_to,
                    self.env._("Exception ends soon"),
                    self.env._("Its last day is %(date)s.", date=exception.date_to),
                )
            ending._unguarded().write({"ending_told": True})
            review = live.filtered(
                lambda each, today=today: each.review_date and each.review_date <= today and not each.review_told
            )
            review._alert(today, self.env._("Review the exception"), self.env._("Is it still needed as it is?"))
            for exception in review:
                exception._unguarded().review_told = exception.review_date
            live._write_next_pay_run()

    def write(self, vals):
        """A new review date is told of again."""
        if "review_date" in vals and not self._has_pass():
            result = super().write(vals)
            self.filtered("review_told")._unguarded().write({"review_told": False})
            return result
        return super().write(vals)

    def _alert(self, deadline, summary, note):
        """A task for the owner, else for whoever works the account."""
        for exception in self:
            owner = exception.owner_id
            user = (
                owner if owner.active else exception.account_id._task_user() if exception.account_id else self.env.user
            )
            exception.activity_schedule(
                "mail.mail_activity_data_todo", deadline, summary=summary, note=note, user_id=user.id
            )
