from odoo import api, models
from odoo.tools import SQL


class CollectionAccount(models.Model):
    """What the dunning room adds to the action history: notices that went out, came back or could not be sent.

    Steps that a person carries out, calls, escalations and credit holds, are told as what they are. What was left out by a run
    is no action.
    """

    _inherit = "collection.account"

    @api.model
    def _history_kinds(self):
        return {**super()._history_kinds(), "notice": self.env._("Notice")}

    @api.model
    def _history_queries(self):
        own = SQL(
            "collection_notice n LEFT JOIN mail_message m ON m.id = %s WHERE n.account_id IS NOT NULL",
            self._history_mail(),
        )
        partners = SQL(
            """(SELECT DISTINCT t.account_id, t.notice_id FROM collection_notice_line t WHERE t.counted) l
               JOIN collection_notice n ON n.id = l.notice_id LEFT JOIN mail_message m ON m.id = %s WHERE n.account_id IS NULL""",
            self._history_mail(),
        )
        return [
            *super()._history_queries(),
            self._history_sent_query(own, account_id=SQL("n.account_id")),
            self._history_sent_query(partners, account_id=SQL("l.account_id"), is_shared=True),
            self._history_failed_query(own),
        ]

    @api.model
    def _history_mail(self):
        return SQL("(SELECT q.mail_message_id FROM mail_mail q WHERE q.id = n.mail_mail_id)")

    @api.model
    def _history_notice_values(self):
        return {
            "kind": "notice",
            "source_id": SQL("n.id"),
            "reference": SQL("n.name"),
            "contact_id": SQL("n.recipient_id"),
            "res_model": "collection.notice",
            "res_id": SQL("n.id"),
            "move_ids": SQL(
                "ARRAY(SELECT DISTINCT t.move_id FROM collection_notice_line t WHERE t.notice_id = n.id AND t.counted)"
            ),
        }

    @api.model
    def _history_sent_query(self, source, **values):
        """Notices that went out, on the day that they keep; the hour is that of the e-mail."""
        _ = self.env._
        step = "(SELECT %s FROM collection_policy_step p WHERE p.id = n.step_id)"
        return self._history_query(
            SQL(
                "%s AND n.state IN ('queued', 'sent', 'bounced') AND n.sent_on IS NOT NULL"
                " AND n.channel NOT IN ('call', 'escalation', 'credit_hold')",
                source,
            ),
            **self._history_notice_values(),
            **values,
            moment=SQL("m.date"),
            day=SQL("n.sent_on"),
            direction="out",
            title=SQL(
                "CONCAT_WS(': ', %s, %s)",
                self._history_case(SQL("n.channel"), dict(self.env["collection.notice"]._selection_channel())),
                SQL(step, self._history_name("p")),  # pylint: disable=sql-injection
            ),
            note=self._history_text(
                SQL("n.recipient_email"),
                SQL("CASE WHEN n.golive_id IS NOT NULL THEN %s END", _("Sent with the former system")),
                SQL("%s || TO_CHAR(n.deadline, 'YYYY-MM-DD')", _("Pay by") + " "),
                by=" · ",
            ),
            user_id=SQL("COALESCE(n.released_by_id, n.create_uid)"),
            amount=SQL("n.amount"),
            currency_id=SQL("n.currency_id"),
            files=SQL("(SELECT f.name FROM ir_attachment f WHERE f.id = n.attachment_id)"),
        )

    @api.model
    def _history_failed_query(self, source):
        _ = self.env._
        return self._history_query(
            SQL("%s AND n.state IN ('bounced', 'failed')", source),
            **self._history_notice_values(),
            account_id=SQL("n.account_id"),
            moment=SQL("n.write_date"),
            title=SQL(
                "CASE WHEN n.state = 'bounced' THEN %s ELSE %s END",
                _("Notice came back"),
                _("Notice could not be sent"),
            ),
            note=self._history_text(SQL("n.recipient_email"), SQL("n.error"), by=" · "),
        )
