from psycopg2 import errors as pgerrors

from odoo import api, models
from odoo.tools import SQL

_BATCH = 200
_CONFLICTS = 20
LANES = "account_collections.sending_lanes"


class CollectionNotice(models.Model):
    """Sending: under lock, with a last look at the ledger, in batches handed over to Odoo's mail queue."""

    _inherit = "collection.notice"

    # ------------------------------------------------------------------
    # Lanes
    # ------------------------------------------------------------------

    @api.model
    def _lane_count(self):
        return max(1, int(self.env["ir.config_parameter"].sudo().get_param(LANES, 2)))

    @api.model
    def _trigger_sending(self):
        for lane in range(self._lane_count()):
            # Confirming a run wakes the senders; who confirms need not have a right on scheduled actions.
            self.sudo()._lane_job(lane)._trigger()

    @api.model
    def _lane_job(self, lane):
        """The scheduled action of a lane, made if the number of lanes was raised."""
        name = f"ir_cron_send_{lane}"
        job = self.env.ref(f"account_collections.{name}", raise_if_not_found=False)
        if not job:
            first = self.env.ref("account_collections.ir_cron_send_0")
            job = first.copy(
                {
                    "name": self.env._("Collections: send notices (lane %s)", lane + 1),
                    "code": f"model._cron_send({lane})",
                }
            )
            values = {"xml_id": f"account_collections.{name}", "record": job, "noupdate": True}
            self.env["ir.model.data"]._update_xmlids([values])
        return job

    @api.model
    def _to_send_condition(self):
        """Notices that may go out now, as SQL on `collection_notice` under the alias `n`."""
        days = SQL(" OR ").join(
            SQL(
                "n.company_id = %s AND COALESCE(n.date_not_before, n.date) <= %s",
                company.id,
                company._collection_today(),
            )
            for company in self.env["res.company"].search([])
        )
        return SQL("n.state = 'due' AND n.ready AND n.recipient_email IS NOT NULL AND (%s)", days)

    @api.model
    def _cron_send(self, lane):
        """Send what is due in one lane, after learning what became of earlier mails and which of them are to be tried again."""
        Cron = self.env["ir.cron"]
        own = SQL("COALESCE(n.account_id, n.sales_partner_id) %% %s = %s", self._lane_count(), lane)
        to_send = SQL("%s AND %s", own, self._to_send_condition())
        self._each_batch(
            SQL("%s AND %s", own, self._unanswered_condition()), lambda notices: notices._follow_mails(lost=True)
        )
        self._each_batch(SQL("%s AND %s", own, self._to_retry_condition()), lambda notices: notices._retry())
        [[remaining]] = self.env.execute_query(SQL("SELECT COUNT(*) FROM collection_notice n WHERE %s", to_send))
        Cron._commit_progress(0, remaining=remaining)
        self._each_batch(to_send, lambda notices: notices._send())
        self._each_batch(SQL("%s AND %s", own, self._task_condition()), lambda notices: notices._raise_tasks())
        self._each_batch(SQL("%s AND %s", own, self._unasked_condition()), lambda notices: notices._ask_for_release())
        if not lane:
            self._close_runs()
        self._trigger_mail_queue()

    @api.model
    def _each_batch(self, condition, work):
        """Lock the notices that meet a condition, a batch that no other worker has, do the work, commit, go on with those after it.

        A row that another worker committed since our snapshot is no error: a fresh snapshot is taken.

        :param condition: `SQL` on `collection_notice` under the alias `n`
        :param work: function of the locked notices
        """
        last = conflicts = 0
        while conflicts < _CONFLICTS:
            query = SQL("SELECT n.id FROM collection_notice n WHERE n.id > %s AND %s", last, condition)
            try:
                # A conflict is expected here and not worth a line in the log.
                self.env.cr.execute(
                    SQL("%s ORDER BY n.id LIMIT %s FOR UPDATE OF n SKIP LOCKED", query, _BATCH), log_exceptions=False
                )
                ids = [row[0] for row in self.env.cr.fetchall()]
                if not ids:
                    break
                work(self.browse(ids))
                if not self.env["ir.cron"]._commit_progress(len(ids)):
                    break
                last, conflicts = ids[-1], 0
            except pgerrors.SerializationFailure:
                self.env.cr.rollback()
                conflicts += 1

    @api.model
    def _close_runs(self):
        """Runs of which nothing is left to send or do are done; one that somebody works on is closed the next time."""
        try:
            # A conflict with another worker is expected here too.
            self.env.cr.execute(
                "SELECT id FROM collection_run WHERE state = 'confirmed' FOR UPDATE SKIP LOCKED", log_exceptions=False
            )
            self.env["collection.run"].browse(row[0] for row in self.env.cr.fetchall())._close_if_done()
            self.env["ir.cron"]._commit_progress()
        except pgerrors.SerializationFailure:
            self.env.cr.rollback()

    @api.model
    def _trigger_mail_queue(self):
        queue = self.env.ref("mail.ir_cron_mail_scheduler_action", raise_if_not_found=False)
        if queue:
            queue.sudo()._trigger()

    # ------------------------------------------------------------------
    # Sending
    # ------------------------------------------------------------------

    def _send(self):
        """Check due notices that go out by e-mail against the ledger once more, and hand over one e-mail for each to Odoo's mail queue.

        What was paid, held or covered meanwhile is left out; a notice without items left is not sent, and says why. One that
        cannot be prepared is *failed*, with the reason, and does not stop the others. Never commits.

        :return: the notices that were queued
        """
        # Nobody may write notices: they are the system's own.
        notices = self.sudo().filtered(lambda notice: notice.state == "due" and notice.ready and notice.recipient_email)
        queued = notices.browse()
        for company, batch in notices.grouped("company_id").items():
            batch = batch._recheck(company)._postpone(company)._redirect(company)
            # A final demand that is more than what was approved, or goes to somebody else, waits for approval again.
            batch = batch.filtered("ready")
            batch._set_deadline(company)
            for (template, lang), group in batch.grouped(
                lambda each: (each.step_id.mail_template_id, each.lang)
            ).items():
                queued |= group._send_group(company, template, lang)
        return queued.with_env(self.env)
