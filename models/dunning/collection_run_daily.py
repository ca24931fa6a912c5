from psycopg2 import errors as pgerrors

from odoo import api, models
from odoo.exceptions import UserError
from odoo.tools import SQL

_CONFLICTS = 20


class CollectionRun(models.Model):
    """The daily job, and what keeps two runs of a company from being made at the same time."""

    _inherit = "collection.run"

    @api.model
    def _lock_company(self, company, wait=False):
        """Keep other runs of the company out until this transaction ends.

        The company's row gets a new version with the old values, so that a run which looked at the ledger before this one was
        committed ends with a serialization failure and is repeated with a fresh look: by Odoo after a click, by `_cron_run` itself.

        :param wait: wait for a run that is being made, instead of giving up
        :raise UserError: somebody else is making one
        """
        company.flush_recordset()
        query = SQL("SELECT id FROM res_company WHERE id = %s FOR NO KEY UPDATE", company.id)
        self.env.cr.execute(query if wait else SQL("%s SKIP LOCKED", query), log_exceptions=False)
        if not self.env.cr.fetchall():
            raise UserError(
                self.env._(
                    "A run of %(company)s is being made at this moment. Try again in a minute.", company=company.name
                )
            )
        self.env.cr.execute(
            SQL("UPDATE res_company SET write_date = write_date WHERE id = %s", company.id), log_exceptions=False
        )

    @api.model
    def _cron_run(self):
        """Make, simulate and confirm today's run of every company that wants one; a second call on the same day does nothing.

        A company whose run cannot be made gets a draft that says why, and does not stop the others.
        """
        companies = self.env["res.company"].search(
            [("collection_auto_run", "=", True), ("collection_policy_id", "!=", False)]
        )
        for company in companies:
            for _attempt in range(_CONFLICTS):
                self.env["ir.cron"]._commit_progress()
                try:
                    self._run_today(company)
                    break
                except pgerrors.SerializationFailure:
                    self.env.cr.rollback()
                except UserError as error:
                    self.env.cr.rollback()
                    self._note_refusal(company, str(error))
                    break
            self.env["ir.cron"]._commit_progress(1)
        self.env["collection.notice"]._close_runs()

    @api.model
    def _run_today(self, company):
        self._lock_company(company, wait=True)
        domain = [
            ("company_id", "=", company.id),
            ("date", "=", company._collection_today()),
            ("is_automatic", "=", True),
        ]
        if self.search_count(domain, limit=1):
            return
        # A promise whose day has passed is judged before anybody is chased for what it held.
        self.env["collection.promise"]._judge_due(company)
        run = self.with_company(company).create({"company_id": company.id})
        run._unguarded().is_automatic = True
        run.action_simulate()
        run.action_confirm()
        run.flush_recordset()

    @api.model
    def _note_refusal(self, company, reason):
        """Keep why today's run could not be made on a draft that stands in the list of runs."""
        refused = [("company_id", "=", company.id), ("state", "=", "draft"), ("is_automatic", "=", True)]
        draft = self.search(refused, limit=1)
        if not draft:
            draft = self.with_company(company).create({"company_id": company.id})
            draft._unguarded().is_automatic = True
        draft.message_post(body=self.env._("The daily run could not be made: %(reason)s", reason=reason))
