from datetime import timedelta

from psycopg2 import errors as pgerrors

from odoo import api, models
from odoo.exceptions import UserError
from odoo.tools import SQL

_INSERT = 1_000


class CollectionStatementBatch(models.Model):
    """The monthly statements: one batch for each company and month, started when the month's cash is posted (SPEC §9)."""

    _inherit = "collection.statement.batch"

    @api.model
    def _schedule(self):
        """Make the batch of last month for every company with customers that want one, and start it as soon as the cash allows."""
        for company in self.env["res.company"].search([]):
            try:
                batch = self._scheduled_batch(company)
                if batch.state == "waiting" and batch._take():
                    batch._start_when_posted()
                self.env["ir.cron"]._commit_progress(0)
            except (pgerrors.SerializationFailure, UserError):  # another worker is quicker
                self.env.cr.rollback()

    @api.model
    def _scheduled_batch(self, company):
        """The batch of the month before the company's business date, made where it is time; empty where it is not."""
        today = company._collection_today()
        last = today.replace(day=1) - timedelta(days=1)
        period = f"{last:%Y-%m}"
        batch = self.search([("company_id", "=", company.id), ("period", "=", period)])
        if batch or today < company._collection_add_business_days(last, company.collection_statement_days):
            return batch
        domain = self.env["collection.account"]._statement_scheduled_domain(company)
        if not self.env["collection.account"].search_count(domain, limit=1):
            return batch
        self.env["collection.run"]._lock_company(company)  # whoever made the batch meanwhile makes this one fail
        return self._unguarded().create(
            {
                "name": self._new_name(),
                "company_id": company.id,
                "date": last,
                "date_from": last.replace(day=1),
                "period": period,
                "delivery": "send",
                "state": "waiting",
            }
        )

    def _start_when_posted(self):
        """Start the batch if the month's cash is posted; where that takes too long, ask the manager once."""
        self.ensure_one()
        company = self.company_id
        missing = self._missing_cash(company, self.date)
        if not missing:
            self._update_state(("waiting",), "running", waits_for=False)
            return
        if self.waits_for != missing:
            self._unguarded().write({"waits_for": missing})
        today = company._collection_today()
        latest = company._collection_add_business_days(self.date, company.collection_statement_wait_days)
        if today >= latest and not self.asked_on:
            self._unguarded().write({"asked_on": today})
            self.activity_schedule(
                "mail.mail_activity_data_todo",
                today,
                summary=self.env._("Statements of %(period)s wait for cash", period=self.period),
                note=missing,
                user_id=company._collection_manager().id,
            )

    @api.model
    def _missing_cash(self, company, day):
        """Why the cash of a month does not count as posted, in words; nothing where it does.

        It is posted when bank data reach the last day of the month, and nothing of the month is left as a draft.
        """
        self.env.flush_all()
        [[known, drafts]] = self.env.execute_query(
            SQL(
                """SELECT (SELECT MAX(m.date) FROM account_move m JOIN account_journal j ON j.id = m.journal_id
                            WHERE m.company_id = %(company)s AND j.type IN ('bank', 'cash', 'credit') AND m.state = 'posted'
                              AND m.date <= %(today)s),
                          (SELECT COUNT(*) FROM account_move m JOIN account_journal j ON j.id = m.journal_id
                            WHERE m.company_id = %(company)s AND j.type IN ('bank', 'cash', 'credit') AND m.state = 'draft'
                              AND m.date <= %(day)s)""",
                company=company.id,
                today=company._collection_today(),
                day=day,
            )
        )
        if drafts:
            return self.env._("%(count)s cash entries up to %(day)s are drafts.", count=drafts, day=day)
        last = company._collection_add_business_days(day + timedelta(days=1), -1)  # banks rest on the last day, too
        if not known:
            return self.env._("No cash is posted at all.")
        if known < last:
            return self.env._("Cash is posted up to %(known)s only.", known=known)
        return False

    # ------------------------------------------------------------------
    # Who gets one
    # ------------------------------------------------------------------

    def _add_missing(self):
        """Rows of the next thousand accounts that are to get a statement of this month and have none yet."""
        self.ensure_one()
        Account = self.env["collection.account"]
        query = Account._search(Account._statement_scheduled_domain(self.company_id))
        rows = self.env.execute_query(
            SQL(
                """SELECT a.id FROM collection_account a LEFT JOIN res_partner p ON p.id = a.partner_id
                     LEFT JOIN res_country c ON c.id = p.country_id
                    WHERE a.id IN %(accounts)s AND NOT EXISTS (
                          SELECT 1 FROM collection_statement s
                           WHERE s.account_id = a.id AND s.period = %(period)s AND s.state != 'cancelled')
                      AND NOT EXISTS (SELECT 1 FROM collection_statement s WHERE s.account_id = a.id AND s.batch_id = %(batch)s)
                    ORDER BY c.code NULLS LAST, p.zip NULLS LAST, p.city NULLS LAST, p.name, a.id LIMIT %(limit)s""",
                accounts=query.subselect(),
                period=self.period,
                batch=self.id,
                limit=_INSERT,
            )
        )
        if rows:
            accounts = Account.browse(row[0] for row in rows)
            self._create_statements([self._statement_vals(account) for account in accounts])
        if len(rows) < _INSERT:
            self._unguarded().write({"is_complete": True})
