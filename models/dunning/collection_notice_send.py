import logging
import re
from collections import defaultdict

from markupsafe import Markup
from psycopg2 import errors as pgerrors

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import SQL

_logger = logging.getLogger(__name__)

_BATCH = 200
_CONFLICTS = 20
# The place that a template keeps for the table of items, empty or with whatever an editor put into it.
_ITEMS_PLACE = re.compile(r'<div[^>]*class="[^"]*\bo_collection_items\b[^"]*"[^>]*(?:/>|>.*?</div>)', re.DOTALL)
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
            cron = self.env.ref(f"account_collections.ir_cron_send_{lane}", raise_if_not_found=False)
            if cron:
                # Confirming a run wakes the senders; who confirms need not have a right on scheduled actions.
                cron.sudo()._trigger()

    @api.model
    def _to_send_condition(self, lane):
        """Notices of a lane that may go out now, as SQL on `collection_notice` under the alias `n`."""
        days = SQL(" OR ").join(
            SQL("n.company_id = %s AND n.date_not_before <= %s", company.id, company._collection_today())
            for company in self.env["res.company"].search([])
        )
        return SQL(
            "n.state = 'due' AND n.ready AND n.channel = 'email' AND n.account_id %% %(lanes)s = %(lane)s AND (%(days)s)",
            lanes=self._lane_count(),
            lane=lane,
            days=days,
        )

    @api.model
    def _cron_send(self, lane):
        """Send what is due in one lane: lock a batch that no other worker has, send, commit, go on.

        A row that another worker committed since our snapshot is no error: a fresh snapshot is taken.
        """
        Cron = self.env["ir.cron"]
        self._follow_mails()
        self._retry_failed(lane)
        Cron._commit_progress(0)
        query = SQL("FROM collection_notice n WHERE %s", self._to_send_condition(lane))
        [[remaining]] = self.env.execute_query(SQL("SELECT COUNT(*) %s", query))
        Cron._commit_progress(0, remaining=remaining)
        conflicts = 0
        while conflicts < _CONFLICTS:
            try:
                rows = self.env.execute_query(
                    SQL("SELECT n.id %s ORDER BY n.id LIMIT %s FOR UPDATE OF n SKIP LOCKED", query, _BATCH)
                )
                if not rows:
                    break
                self.browse(row[0] for row in rows)._send()
                left = Cron._commit_progress(len(rows))
            except pgerrors.SerializationFailure:
                self.env.cr.rollback()
                self.env.invalidate_all(flush=False)
                conflicts += 1
                continue
            if not left:
                break
        self.env["collection.run"].search([("state", "=", "confirmed")])._close_if_done()
        self._trigger_mail_queue()

    @api.model
    def _trigger_mail_queue(self):
        queue = self.env.ref("mail.ir_cron_mail_scheduler_action", raise_if_not_found=False)
        if queue:
            queue.sudo()._trigger()

    # ------------------------------------------------------------------
    # Failures
    # ------------------------------------------------------------------

    @api.model
    def _follow_mails(self):
        """Bring queued notices in line with mails whose answer was lost with a killed worker."""
        rows = self.env.execute_query(
            SQL(
                "SELECT n.id, m.state, m.failure_reason FROM collection_notice n JOIN mail_mail m ON m.id = n.mail_mail_id"
                " WHERE n.state = 'queued' AND m.state IN ('sent', 'exception', 'cancel')"
            )
        )
        for notice_id, state, reason in rows:
            notice = self.browse(notice_id)
            if state == "sent":
                notice._set_sent()
            elif state == "exception":
                notice._set_failed(reason or self.env._("The mail server gave no answer"))
            else:
                notice._update_state(("queued",), "cancelled", error=self.env._("The e-mail was cancelled in the mail queue"))

    @api.model
    def _retry_failed(self, lane):
        """Try failed notices again whose waiting time is over, up to the company's number of attempts."""
        failed = self.search([("state", "=", "failed"), ("retry_after", "<=", fields.Datetime.now())])
        failed = failed.filtered(
            lambda notice: notice.attempts < notice.company_id.collection_send_attempts
            and notice.account_id.id % self._lane_count() == lane
        )
        failed.try_lock_for_update()._retry()

    def _retry(self):
        """Hand the same e-mail over again, or prepare it anew where there was none."""
        for notice in self:
            mail = notice.mail_mail_id
            if mail:
                mail.mark_outgoing()
                notice._update_state(("failed",), "queued", attempts=notice.attempts + 1, retry_after=False)
            else:
                notice._update_state(("failed",), "due", retry_after=False)
        self._trigger_sending()
        self._trigger_mail_queue()

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
        queued.run_id._close_if_done()
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

    def _send_group(self, company, template, lang):
        """Queue notices that share template and language; where that fails, one by one, so that one bad record stops no other."""
        try:
            with self.env.cr.savepoint():
                return self._queue_mails(company, template, lang)
        except pgerrors.OperationalError:
            raise
        except Exception as error:
            if len(self) > 1:
                queued = self.browse()
                for notice in self:
                    queued |= notice._send_group(company, template, lang)
                return queued
            _logger.info("Notice %s could not be prepared", self.id, exc_info=True)
            self.invalidate_recordset(flush=False)
            self._unguarded().write({"attempts": self.attempts + 1})
            self._set_failed(str(error) or type(error).__name__)
            return self.browse()

    def _queue_mails(self, company, template, lang):
        """Render and create the mails of one template and language in one batch, and mark their notices as queued."""
        if not template:
            raise UserError(self.env._("The step “%(step)s” has no template.", step=self[:1].step_id.name))
        notices = self.with_company(company).with_context(lang=lang)
        template = template.sudo().with_company(company).with_context(lang=lang)
        subjects = template._render_field("subject", notices.ids)
        bodies = template._render_field("body_html", notices.ids)
        senders = template._render_field("email_from", notices.ids)
        replies = template._render_field("reply_to", notices.ids)
        attachments = notices._mail_attachments(template)
        mails = (
            # Mails are the system's; the collector's rights end at the notice.
            self.env["mail.mail"]
            .sudo()
            .create(
                [
                    {
                        "subject": subjects[notice.id],
                        "body_html": notice._mail_body(bodies[notice.id]),
                        "email_from": senders[notice.id] or company.email_formatted,
                        "reply_to": replies[notice.id] or company.email_formatted,
                        "recipient_ids": [fields.Command.link(notice.recipient_id.id)],
                        "model": self._name,
                        "res_id": notice.id,
                        "record_name": notice.name,
                        "auto_delete": False,
                        "attachment_ids": [fields.Command.link(each) for each in attachments[notice.id]],
                    }
                    for notice in notices
                ]
            )
        )
        today = company._collection_today()
        for notice, mail in zip(self, mails):
            notice._set_queued(mail, today)
        self.env["collection.account"]._touch(accounts=self.account_id.ids)
        return self

    def _mail_body(self, text):
        """The whole mail: the company's header, the template's text, the generated table of items, the footer.

        The table stands where the text has an element of class ``o_collection_items``, else after it; whatever a user does to the
        text, every item of the notice is in the mail.
        """
        self.ensure_one()
        company = self.company_id
        lines = self.line_ids.filtered("counted").sorted(lambda line: (line.currency_id.id, line.due_date, line.id))
        totals = defaultdict(float)
        for line in lines:
            totals[line.currency_id] += line.amount_currency
        values = {"notice": self, "company": company, "lines": lines, "totals": totals, "lang": self.lang}
        values["today"] = company._collection_today()
        table = self.env["ir.qweb"]._render("account_collections.notice_items", values, lang=self.lang)
        body, found = _ITEMS_PLACE.subn(lambda _match: str(table), str(text or ""), count=1)
        if not found:
            body += str(table)
        return self.env["ir.qweb"]._render("account_collections.notice_mail", {**values, "body": Markup(body)}, lang=self.lang)

    def _mail_attachments(self, template):
        """Attachments of each notice: the template's own, and the invoices' PDFs where the step asks for them.

        :return: dict of notice id to list of attachment ids
        """
        result = {notice.id: list(template.attachment_ids.ids) for notice in self}
        for notice in self.filtered(lambda each: each.step_id.attach_documents):
            moves = notice.line_ids.filtered("counted").move_id
            result[notice.id] += moves._collection_documents().ids
        return result
