from odoo import api, models
from odoo.tools import SQL


class CollectionAccount(models.Model):
    """What the statement room adds to the action history: statements that went out, and reviews of customers' lists, signed off."""

    _inherit = "collection.account"

    @api.model
    def _history_kinds(self):
        _ = self.env._
        return {**super()._history_kinds(), "statement": _("Statement"), "review": _("Statement review")}

    @api.model
    def _history_queries(self):
        signed = self._history_query(
            SQL("collection_statement_review v WHERE v.state = 'signed'"),
            kind="review",
            source_id=SQL("v.id"),
            account_id=SQL("v.account_id"),
            moment=SQL("v.signed_on"),
            title=self.env._("Customer's list compared and signed off"),
            reference=SQL("v.name"),
            note=SQL("v.note"),
            user_id=SQL("v.signed_by_id"),
            amount=SQL("v.amount_difference"),
            currency_id=SQL("v.currency_id"),
            res_model="collection.statement.review",
            res_id=SQL("v.id"),
            move_ids=self._history_moves("collection.statement.review.line_ids", SQL("v.id")),
            files=SQL("v.file_name"),
        )
        own = SQL("collection_statement t WHERE t.payer_group_id IS NULL")
        of_group = SQL(
            "collection_statement_account_rel r JOIN collection_statement t ON t.id = r.collection_statement_id"
            " WHERE t.payer_group_id IS NOT NULL"
        )
        return [
            *super()._history_queries(),
            self._history_statement_query(own, account_id=SQL("t.account_id")),
            self._history_statement_query(of_group, account_id=SQL("r.collection_account_id"), is_shared=True),
            signed,
        ]

    @api.model
    def _history_statement_query(self, source, **values):
        """Statements that were sent or printed, on the day that they keep; the hour is that of the e-mail."""
        _ = self.env._
        model = "collection.statement"
        return self._history_query(
            SQL("%s AND t.state IN ('printed', 'queued', 'sent', 'bounced') AND t.sent_on IS NOT NULL", source),
            **values,
            kind="statement",
            source_id=SQL("t.id"),
            moment=SQL(
                "(SELECT m.date FROM mail_mail q JOIN mail_message m ON m.id = q.mail_message_id WHERE q.id = t.mail_mail_id)"
            ),
            day=SQL("t.sent_on"),
            direction="out",
            title=SQL(
                "CONCAT_WS(', ', %s, %s || TO_CHAR(t.date, 'YYYY-MM-DD'))",
                SQL("%s || ': ' || %s", _("Statement"), self._history_case(SQL("t.kind"), f"{model}.kind")),
                _("as of") + " ",
            ),
            reference=SQL("t.name"),
            note=self._history_text(
                self._history_case(SQL("t.channel"), f"{model}.channel"),
                SQL("t.recipient_email"),
                SQL("CASE WHEN t.state = 'bounced' THEN %s END", _("Came back")),
                by=" · ",
            ),
            user_id=SQL("t.create_uid"),
            contact_id=SQL("t.recipient_id"),
            amount=SQL("t.amount_total"),
            currency_id=SQL("t.currency_id"),
            res_model=model,
            res_id=SQL("t.id"),
            files=SQL("(SELECT f.name FROM ir_attachment f WHERE f.id = t.attachment_id)"),
        )
