from psycopg2 import errors as pgerrors

from odoo import api, fields, models
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
            job = first.copy({"name": self.env._("Collections: send notices (lane %s)", lane + 1), "code": f"model._cron_send({lane})"})
            values = {"xml_id": f"account_collections.{name}", "record": job, "noupdate": True}
            self.env["ir.model.data"]._update_xmlids([values])
        return job

    @api.model
    def _to_send_condition(self):
        """Notices that may go out now, as SQL on `collection_notice` under the alias `n`."""
        days = SQL(" OR ").join(
            SQL("n.company_id = %s AND n.date_not_before <= %s", company.id, company._collection_today())
            for company in self.env["res.company"].search([])
        )
        return SQL("n.state = 'due' AND n.ready AND n.channel = 'email' AND (%s)", days)

    @api.model
    def _cron_send(self, lane):
        """Send what is due in one lane, after learning what became of earlier mails and which of them are to be tried again."""
        Cron = self.env["ir.cron"]
        own = SQL("n.account_id %% %s = %s", self._lane_count(), lane)
        to_send = SQL("%s AND %s", own, self._to_send_condition())
        self._each_batch(SQL("%s AND %s", own, self._unanswered_condition()), lambda notices: notices._follow_mails(lost=True))
        self._each_batch(SQL("%s AND %s", own, self._to_retry_condition()), lambda notices: notices._retry())
        [[remaining]] = self.env.execute_query(SQL("SELECT COUNT(*) FROM collection_notice n WHERE %s", to_send))
        Cron._commit_progress(0, remaining=remaining)
        self._each_batch(to_send, lambda notices: notices._send())
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
                self.env.cr.execute(SQL("%s ORDER BY n.id LIMIT %s FOR UPDATE OF n SKIP LOCKED", query, _BATCH), log_exceptions=False)
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
            self.env["collection.run"].search([("state", "=", "confirmed")]).try_lock_for_update()._close_if_done()
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
        """Check due e-mail notices once more against the ledger, and hand over one e-mail for each to Odoo's mail queue.

        What was paid, held or covered meanwhile is left out; a notice without items left is not sent, and says why. One that
        cannot be prepared is *failed*, with the reason, and does not stop the others. Never commits.

        :return: the notices that were queued
        """
        notices = self.filtered(lambda notice: notice.state == "due" and notice.channel == "email" and notice.ready)
        queued = self.browse()
        for company, batch in notices.grouped("company_id").items():
            batch = batch._recheck(company)
            for (template, lang), group in batch.grouped(lambda each: (each.step_id.mail_template_id, each.lang)).items():
                queued |= group._send_group(company, template, lang)
        return queued

    def _recheck(self, company):
        """Bring the notices up to the ledger as it is now; suppress, postpone or redirect those that may not go as they are.

        :return: the notices that may be sent
        """
        now = self._current_items(company)
        late = self.browse()
        for notice in self:
            reasons = []
            for line in notice.line_ids.filtered("counted"):
                item = now.get((line.account_id.id, line.move_id.id, line.due_date, line.currency_id.id))
                reason = item["reason"] if item else "paid"
                if reason:
                    reasons.append(reason)
                    self._leave_out_lines(line, reason)
                elif line.currency_id.compare_amounts(line.amount_currency, item["asked_cur"]):
                    amounts = {"amount_open": item["open_cur"], "amount_currency": item["asked_cur"], "amount": item["asked"]}
                    line._unguarded().write(amounts)
            lines = notice.line_ids.filtered("counted")
            if not lines:
                notice._set_suppressed(reasons[0] if reasons else "paid")
                continue
            amount = sum(lines.mapped("amount"))
            if notice.company_id.currency_id.compare_amounts(amount, notice.step_id.min_amount) < 0:
                notice._set_suppressed("below_minimum")
                continue
            if notice.currency_id.compare_amounts(amount, notice.amount):
                notice._unguarded().write({"amount": amount})
            late |= notice
        return late._postpone(company)._redirect()

    def _current_items(self, company):
        """What the ledger says now of the items of these notices: dict of item key to a row of `_asked_rows`."""
        self.env.flush_all()
        condition = SQL("a.id IN %s", tuple(self.account_id.ids) or (0,))
        rows = self.env["collection.run"]._asked_rows(company, condition)
        return {(row["account_id"], row["move_id"], row["due"], row["currency_id"]): row for row in rows}

    def _postpone(self, company):
        """Leave for later those whose customer had a reminder within the policy's days (another run, another worker)."""
        last = {
            account.id: day
            for account, day in self._read_group(
                [("account_id", "in", self.account_id.ids), ("channel", "=", "email"), ("state", "in", ("queued", "sent"))],
                ["account_id"],
                ["sent_on:max"],
            )
        }
        today, ready = company._collection_today(), self.browse()
        for notice in self:
            wait = notice.step_id.policy_id.email_interval_days
            since = last.get(notice.account_id.id)
            if since and (today - since).days < wait:
                notice._unguarded().write({"date_not_before": fields.Date.add(since, days=wait)})
            elif notice.account_id.id in ready.account_id.ids:
                notice._unguarded().write({"date_not_before": fields.Date.add(today, days=wait)})
            else:
                ready |= notice
        return ready

    def _redirect(self):
        """Choose the recipient as things stand now; who can only be reached by letter gets one, who cannot at all goes to the collector."""
        self.env.flush_all()
        if not self:
            return self
        query = self._recipient_query(SQL("SELECT unnest(%s)", list(self.account_id.ids)))
        found = {row["account_id"]: row for row in self.env.execute_query_dict(query)}
        ready = self.browse()
        for notice in self:
            to = found.get(notice.account_id.id)
            if not to:
                notice._set_suppressed("no_recipient")
                notice._ask_for_address()
                continue
            if (to["recipient_id"], to["email"], to["channel"]) != (notice.recipient_id.id, notice.recipient_email, notice.channel):
                notice._unguarded().write(
                    {
                        "recipient_id": to["recipient_id"],
                        "recipient_email": to["email"],
                        "channel": to["channel"],
                        "lang": to["lang"],
                    }
                )
            if to["channel"] == "email":
                ready |= notice
        return ready

    def _ask_for_address(self):
        """A task for the collector of each account that nobody can be written to; one at a time."""
        kind = self.env.ref("account_collections.mail_activity_type_address")
        accounts = self.account_id
        asked = self.env["mail.activity"].sudo()._read_group(
            [("res_model", "=", accounts._name), ("res_id", "in", accounts.ids), ("activity_type_id", "=", kind.id)], ["res_id"]
        )
        accounts -= accounts.browse(res_id for (res_id,) in asked)
        for (user, company), group in accounts.grouped(lambda each: (each._task_user(), each.company_id)).items():
            group.activity_schedule(
                activity_type_id=kind.id,
                date_deadline=company._collection_today(),
                summary=self.env._("No address to write to"),
                note=self.env._("A notice is due, but neither an e-mail nor a postal address is known."),
                user_id=user.id,
            )
