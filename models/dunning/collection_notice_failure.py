from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError
from odoo.tools import SQL

_FIRST_WAIT = 15  # minutes
_LONGEST_WAIT = 24 * 60


class CollectionNotice(models.Model):
    """What goes wrong on the way: notices that failed are tried again, those that came back go to the collector."""

    _inherit = "collection.notice"

    # ------------------------------------------------------------------
    # State gates
    # ------------------------------------------------------------------

    def _set_failed(self, error):
        """Could not be sent; tried again after 15 minutes, an hour, four hours…, up to the company's number of attempts.

        :param error: what the mail server or the template said, in words
        """
        now = fields.Datetime.now()
        for notice in self:
            wait = min(_FIRST_WAIT * 4 ** max(0, notice.attempts - 1), _LONGEST_WAIT)
            is_last = notice.attempts >= notice.company_id.collection_send_attempts
            retry = not is_last and fields.Datetime.add(now, minutes=wait)
            if notice._update_state(("due", "queued"), "failed", error=error, retry_after=retry) and is_last:
                notice._ask_collector(
                    "mail.mail_activity_data_todo",
                    self.env._("Notice to %(address)s could not be sent", address=notice._address()),
                    self.env._(
                        "%(notice)s was tried %(count)s times: %(error)s",
                        notice=notice.name,
                        count=notice.attempts,
                        error=error,
                    ),
                )
        self.env["collection.account"]._touch(accounts=self.account_id.ids)

    def _set_bounced(self, error):
        """Came back; the collector gets a task to find another way."""
        changed = self._update_state(("queued", "sent", "failed"), "bounced", error=error, retry_after=False)
        for notice in changed:
            if notice.recipient_id.email_normalized == notice.recipient_email:
                # The contact belongs to everybody; that its address fails is a fact of the mail gateway.
                notice.recipient_id.sudo()._mark_bounced(notice.company_id)
            notice._ask_collector(
                "account_collections.mail_activity_type_address",
                self.env._("E-mail to %(address)s came back", address=notice._address()),
                self.env._(
                    "%(notice)s was not delivered. Find another address, or print it as a letter.", notice=notice.name
                ),
            )
        self.env["collection.account"]._touch(accounts=changed.account_id.ids)
        return changed

    def _address(self):
        return self.recipient_email or self.recipient_id.name or self.partner_id.name

    def _ask_collector(self, kind, summary, note):
        """A task on the account, for today."""
        self.ensure_one()
        account = self._main_account()
        account.activity_schedule(
            kind,
            self.company_id._collection_today(),
            summary=summary,
            note=note,
            user_id=account._task_user().id,
        )

    # ------------------------------------------------------------------
    # What became of the mails
    # ------------------------------------------------------------------

    @api.model
    def _unanswered_condition(self):
        """Notices whose mail is settled without their knowledge, as SQL on `collection_notice` under the alias `n`.

        The answer of the mail server was lost with a killed worker, or a person cancelled or deleted the mail in Odoo's queue.
        """
        return SQL(
            "(n.state = 'queued' AND NOT EXISTS (SELECT 1 FROM mail_mail m WHERE m.id = n.mail_mail_id AND m.state = 'outgoing')"
            " OR n.state = 'failed' AND EXISTS (SELECT 1 FROM mail_mail m WHERE m.id = n.mail_mail_id AND m.state = 'cancel'))"
        )

    def _follow_mails(self, lost=False):
        """Bring notices in line with their mails.

        :param lost: Odoo noted a failure without hearing what the mail server said
        """
        for notice in self:
            mail = notice.sudo().mail_mail_id  # the queue is the system's
            if mail.state == "sent":
                notice._set_sent()
            elif mail.state == "exception":
                kinds = dict(mail._fields["failure_type"]._description_selection(self.env))
                said = not lost and (mail.failure_reason or kinds.get(mail.failure_type))
                notice._set_failed(
                    said or self.env._("The connection to the mail server broke off before it answered.")
                )
            elif mail.state == "cancel":
                notice._set_cancelled(self.env._("The e-mail was cancelled in the mail queue."), ("queued", "failed"))
            elif not mail:
                notice._set_cancelled(self.env._("The e-mail was deleted from the mail queue."), ("queued",))

    @api.model
    def _to_retry_condition(self):
        """Failed notices whose waiting time is over, as SQL on `collection_notice` under the alias `n`."""
        return SQL("n.state = 'failed' AND n.retry_after <= %s", fields.Datetime.now())

    def _retry(self):
        """Make failed notices due again: they are checked against the ledger once more, and go out with the e-mail they have."""
        self._update_state(("failed",), "due", retry_after=False)

    def action_retry(self):
        """Try to send failed notices once more, at once."""
        self.check_access("read")
        if not self.env.user.has_group("account_collections.group_collector"):
            raise AccessError(self.env._("Only collectors and managers send notices."))
        failed = self.filtered(lambda notice: notice.state == "failed")
        if not failed:
            raise UserError(self.env._("None of these notices has failed."))
        failed.sudo()._retry()
        self._trigger_sending()

    def _message_receive_bounce(self, email, partner):
        result = super()._message_receive_bounce(email, partner)
        went_out = self.filtered(lambda notice: notice.state in ("queued", "sent", "failed"))
        went_out._set_bounced(self.env._("Delivery to %(address)s failed", address=email))
        return result
