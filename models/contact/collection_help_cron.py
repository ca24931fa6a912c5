import logging

from psycopg2 import errors as pgerrors

from odoo import api, models
from odoo.fields import Domain

from .collection_help import LIVE

_logger = logging.getLogger(__name__)

_BATCH = 200


class CollectionHelp(models.Model):
    """What happens by itself: requests with nothing left to ask about, reminders, and requests that nobody answered."""

    _inherit = "collection.help"

    @api.model
    def _cron_help(self):
        """In batches, each committed with the e-mails that it queued: a job that is stopped goes on where it was."""
        Cron = self.env["ir.cron"]
        for domain, method in self._due_work():
            last, left = 0, Cron._commit_progress(0, remaining=self.search_count(domain))
            while left:
                requests = self.search(domain & Domain("id", ">", last), limit=_BATCH, order="id")
                if not requests:
                    break
                last = requests[-1].id
                requests.try_lock_for_update()._do_due_work(method)
                left = Cron._commit_progress(len(requests))

    def _do_due_work(self, method):
        """Together; where that fails one by one, so that a request with a fault does not stop the others."""
        if not self:
            return
        try:
            with self.env.cr.savepoint():
                # The mail queue sends: what was committed is sent once.
                method(self.with_context(mail_notify_force_send=False))
                self.env.flush_all()
        except pgerrors.OperationalError:
            raise  # another worker was quicker: the whole job is tried again
        except Exception:
            if len(self) == 1:
                _logger.exception("Help request %s is left for the next time", self.name)
            else:
                self.env.invalidate_all()
                for request in self:
                    request._do_due_work(method)

    @api.model
    def _due_work(self):
        """(domain, method) of what is due by the business date, in this order."""
        companies = self.env["res.company"].search([]).grouped(lambda company: company._collection_today())
        sent = Domain("state", "=", "sent")

        def by_day(condition):
            return Domain.OR(Domain("company_id", "in", group.ids) & condition(day) for day, group in companies.items())

        still_open = Domain("move_line_id", "=", False) | Domain("move_line_id.reconciled", "=", False)
        settled = Domain("state", "in", LIVE) & Domain("line_ids", "not any", still_open)
        remind = by_day(
            lambda day: Domain("remind_on", "<=", day) & Domain("date_due", ">=", day) & Domain("sent_on", "<", day)
        )
        model = type(self)
        return [
            (settled, model._settle),
            (sent & Domain("reminded_on", "=", False) & remind, model._remind),
            (sent & by_day(lambda day: Domain("date_due", "<", day)), model._set_expired),
        ]

    def _settle(self):
        """Everything they were about is paid or credited: nobody has to answer any more."""
        self._set_closed("settled")

    def _remind(self):
        """Remind the partners, once; where nobody can be written to any more, whoever asked calls."""
        reached = self.filtered(
            lambda request: request.contact_id._collection_may_write() and request.line_ids._open_items()
        )
        for company, requests in self.grouped("company_id").items():
            requests._unguarded().write({"reminded_on": company._collection_today()})
        reached._ask("account_collections.mail_template_help_reminder")
        (self - reached)._add_tasks(self.env._("The partner cannot be reminded by e-mail: call"))
