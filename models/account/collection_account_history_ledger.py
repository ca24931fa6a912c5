from odoo import api, models
from odoo.tools import SQL

# Where the customer's documents and items are found: by each of its contacts.
_MOVES = """collection_account a JOIN res_partner p ON p.commercial_partner_id = a.partner_id
    JOIN account_move m ON m.partner_id = p.id AND m.company_id = a.company_id AND m.state = 'posted'"""
_LINES = """collection_account a JOIN res_partner p ON p.commercial_partner_id = a.partner_id
    JOIN account_move_line l ON l.partner_id = p.id AND l.company_id = a.company_id"""
_UNIDENTIFIED = "collection_account a JOIN account_move_line l ON l.partner_id IS NULL AND l.company_id = a.company_id"


class CollectionAccount(models.Model):
    """What the books add to the action history: documents posted and sent, payments, journal entries.

    The books keep the day of a document, not the hour at which it was posted; the hour is told only where it was made that day.
    """

    _inherit = "collection.account"

    @api.model
    def _history_ledger_queries(self):
        unidentified = SQL("%s AND a.partner_id IS NULL", SQL(_UNIDENTIFIED))
        return [
            self._history_document_query(),
            self._history_sending_query(),
            self._history_entry_query(SQL(_LINES)),
            self._history_entry_query(unidentified),
        ]

    @api.model
    def _history_document_query(self):
        _ = self.env._
        refund = SQL("m.move_type = 'out_refund'")
        return self._history_query(
            SQL("%s WHERE m.move_type IN ('out_invoice', 'out_receipt', 'out_refund')", SQL(_MOVES)),
            kind=SQL("CASE WHEN %s THEN 'credit_note' ELSE 'invoice' END", refund),
            source_id=SQL("m.id"),
            account_id=SQL("a.id"),
            moment=SQL("m.create_date"),
            day=SQL("COALESCE(m.invoice_date, m.date)"),
            is_early=True,
            title=SQL(
                "CASE WHEN %s THEN %s WHEN m.debit_origin_id IS NOT NULL THEN %s ELSE %s END",
                refund,
                _("Credit note posted"),
                _("Debit note posted"),
                _("Invoice posted"),
            ),
            reference=SQL("m.name"),
            note=self._history_text(
                SQL("m.ref"),
                SQL(
                    "CASE WHEN %s THEN NULL ELSE %s || TO_CHAR(m.invoice_date_due, 'YYYY-MM-DD') END",
                    refund,
                    _("Due") + " ",
                ),
                by=" · ",
            ),
            user_id=SQL("m.create_uid"),
            amount=SQL("CASE WHEN %s THEN -m.amount_total ELSE m.amount_total END", refund),
            currency_id=SQL("m.currency_id"),
            res_model="account.move",
            res_id=SQL("m.id"),
            # A credit note stands in the history of the invoices that it credits or settles.
            move_ids=SQL(
                "ARRAY[m.id] || CASE WHEN %s THEN m.reversed_entry_id || %s END", refund, self._history_paid_moves()
            ),
        )

    @api.model
    def _history_sending_query(self):
        """Documents sent from the books, as in `account.move.line.collection_sent_on`."""
        return self._history_query(
            SQL(
                """%s JOIN mail_message g ON g.model = 'account.move' AND g.res_id = m.id
                   LEFT JOIN mail_message_subtype k ON k.id = g.subtype_id
                   JOIN LATERAL (
                       SELECT STRING_AGG(DISTINCT COALESCE(t.email_normalized, t.name), ', ') AS names, MIN(t.id) AS id
                         FROM mail_message_res_partner_rel r JOIN res_partner t ON t.id = r.res_partner_id AND t.partner_share
                        WHERE r.mail_message_id = g.id
                   ) recipient ON recipient.id IS NOT NULL
                   JOIN LATERAL (
                       SELECT STRING_AGG(f.name, ', ' ORDER BY f.id) AS names
                         FROM message_attachment_rel r JOIN ir_attachment f ON f.id = r.attachment_id
                        WHERE r.message_id = g.id AND f.mimetype IN ('application/pdf', 'application/xml')
                   ) file ON file.names IS NOT NULL
                   WHERE m.move_type IN ('out_invoice', 'out_receipt', 'out_refund') AND g.is_internal IS NOT TRUE
                     AND k.internal IS NOT TRUE AND g.message_type IN ('comment', 'email_outgoing', 'auto_comment')""",
                SQL(_MOVES),
            ),
            kind="sending",
            source_id=SQL("g.id"),
            account_id=SQL("a.id"),
            moment=SQL("g.date"),
            direction="out",
            title=self.env._("Document sent"),
            reference=SQL("m.name"),
            note=SQL("recipient.names"),
            user_id=SQL("g.create_uid"),
            contact_id=SQL("recipient.id"),
            res_model="account.move",
            res_id=SQL("m.id"),
            move_ids=SQL("ARRAY[m.id]"),
            files=SQL("file.names"),
        )

    @api.model
    def _history_entry_query(self, lines):
        """Payments and journal entries: one row for each entry and contact, whatever number of items it has. Exchange differences,
        which nobody did, are left out.

        :param lines: `SQL` that joins an account `a` with its journal items `l`
        """
        _ = self.env._
        receivable = self.env["account.move.line"]._collection_receivable_account_ids()
        cash = SQL("j.type IN ('bank', 'cash', 'credit')")
        return self._history_query(
            SQL(
                """%(lines)s JOIN account_move m ON m.id = l.move_id
                   JOIN account_journal j ON j.id = m.journal_id JOIN res_company c ON c.id = m.company_id
                   JOIN LATERAL (
                       SELECT SUM(e.amount_currency) AS amount, MIN(e.id) AS first_id FROM account_move_line e
                        WHERE e.move_id = l.move_id AND e.account_id IN %(receivable)s
                          AND e.partner_id IS NOT DISTINCT FROM l.partner_id AND e.currency_id = l.currency_id
                   ) own ON own.first_id = l.id
                   LEFT JOIN account_bank_statement_line s ON s.id = m.statement_line_id
                   WHERE l.account_id IN %(receivable)s AND l.parent_state = 'posted' AND m.move_type = 'entry'
                     AND j.id IS DISTINCT FROM c.currency_exchange_journal_id""",
                lines=lines,
                receivable=receivable,
            ),
            kind=SQL("CASE WHEN %s THEN 'payment' ELSE 'entry' END", cash),
            source_id=SQL("l.id"),
            account_id=SQL("a.id"),
            moment=SQL("m.create_date"),
            day=SQL("m.date"),
            is_early=True,
            direction=SQL("CASE WHEN %s THEN CASE WHEN own.amount > 0 THEN 'out' ELSE 'in' END END", cash),
            title=SQL(
                "CASE WHEN NOT %s THEN %s WHEN own.amount > 0 THEN %s ELSE %s END",
                cash,
                _("Journal entry posted"),
                _("Money paid out or taken back"),
                _("Payment received"),
            ),
            reference=SQL("m.name"),
            note=self._history_text(SQL("m.ref"), SQL("s.payment_ref"), by=" · "),
            user_id=SQL("m.create_uid"),
            amount=SQL("CASE WHEN %s THEN -own.amount ELSE own.amount END", cash),
            currency_id=SQL("l.currency_id"),
            res_model="account.move",
            res_id=SQL("m.id"),
            move_ids=SQL("ARRAY[m.id] || %s", self._history_paid_moves()),
        )

    @api.model
    def _history_paid_moves(self):
        """`SQL` array of the documents that the items of entry `m` are matched with."""
        return SQL(
            """ARRAY(SELECT o.move_id FROM account_move_line e
                       JOIN account_partial_reconcile t ON t.credit_move_id = e.id JOIN account_move_line o ON o.id = t.debit_move_id
                      WHERE e.move_id = m.id
                      UNION SELECT o.move_id FROM account_move_line e
                       JOIN account_partial_reconcile t ON t.debit_move_id = e.id JOIN account_move_line o ON o.id = t.credit_move_id
                      WHERE e.move_id = m.id)"""
        )
