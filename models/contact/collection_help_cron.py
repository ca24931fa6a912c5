from odoo import api, models
from odoo.fields import Domain

from .collection_help import LIVE


class CollectionHelp(models.Model):
    """What happens by itself: requests with nothing left to ask about, reminders, and requests that nobody answered."""

    _inherit = "collection.help"

    @api.model
    def _cron_help(self):
        """In batches, each committed with the e-mails that it queued: a job that is stopped goes on where it was."""
        self.env["collection.batches"]._work((self, *work) for work in self._due_work())

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
