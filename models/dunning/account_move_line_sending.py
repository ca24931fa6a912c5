from odoo import fields, models
from odoo.exceptions import AccessError, UserError
from odoo.tools import SQL


class AccountMoveLine(models.Model):
    """When and to whom each document was sent, and sending it again."""

    _inherit = "account.move.line"

    collection_sent_on = fields.Date(
        string="Sent On", compute="_compute_collection_sent", help="When the document last went to the customer."
    )
    collection_sent_to = fields.Char(string="Sent To", compute="_compute_collection_sent")

    def _compute_collection_sent(self):
        """The latest of: Odoo's own sending of the invoice, copies sent from here, notices with the invoice attached."""
        self.env.flush_all()
        sent = {}
        if self.move_id.ids:
            sent = {
                move_id: (day, address)
                for move_id, day, address in self.env.execute_query(self._collection_sent_query(self.move_id.ids))
            }
        for line in self:
            day, address = sent.get(line.move_id.id, (False, False))
            line.collection_sent_on = day
            marked = line.move_id.is_move_sent and not day
            line.collection_sent_to = self.env._("Marked as sent") if marked else address

    def _collection_sent_query(self, move_ids):
        """`SQL` with move_id, date, addresses of the latest sending of each document."""
        return SQL(
            """
            SELECT DISTINCT ON (s.move_id) s.move_id, s.day, s.address FROM (
                SELECT m.res_id AS move_id, (m.date AT TIME ZONE 'UTC' AT TIME ZONE %(zone)s)::date AS day, m.date AS moment,
                       STRING_AGG(DISTINCT COALESCE(p.email_normalized, p.name), ', ') AS address
                  FROM mail_message m
                  JOIN mail_message_res_partner_rel r ON r.mail_message_id = m.id
                  JOIN res_partner p ON p.id = r.res_partner_id AND p.partner_share
                  LEFT JOIN mail_message_subtype k ON k.id = m.subtype_id
                 WHERE m.model = 'account.move' AND m.res_id = ANY(%(moves)s) AND m.is_internal IS NOT TRUE
                   AND k.internal IS NOT TRUE
                   AND m.message_type IN ('comment', 'email_outgoing', 'auto_comment')
                   AND EXISTS (SELECT 1 FROM message_attachment_rel t JOIN ir_attachment f ON f.id = t.attachment_id
                                WHERE t.message_id = m.id AND f.mimetype IN ('application/pdf', 'application/xml'))
                 GROUP BY m.id
                UNION ALL
                SELECT r.account_move_id, s.business_date, s.date, s.recipient_email
                  FROM collection_sending_move_rel r JOIN collection_sending s ON s.id = r.collection_sending_id
                 WHERE r.account_move_id = ANY(%(moves)s)
                UNION ALL
                SELECT l.move_id, n.sent_on, n.sent_on, n.recipient_email
                  FROM collection_notice_line l
                  JOIN collection_notice n ON n.id = l.notice_id AND n.state IN ('queued', 'sent')
                  JOIN collection_policy_step t ON t.id = n.step_id AND t.attach_documents
                 WHERE l.move_id = ANY(%(moves)s) AND l.counted AND n.recipient_email IS NOT NULL
            ) s ORDER BY s.move_id, s.moment DESC NULLS LAST
            """,
            moves=list(move_ids),
            zone=self.company_id[:1].collection_tz or "UTC",
        )

    # ------------------------------------------------------------------
    # Actions
    # ------------------------------------------------------------------

    def action_collection_resend(self):
        """Send the documents of these items again: one e-mail for each account, to the right person, at once."""
        if not self.env.user.has_group("account_collections.group_collector"):
            raise AccessError(self.env._("Only collectors send documents from here."))
        self.check_access("read")
        sendings = self.env["collection.sending"]
        for (partner, company), lines in self.grouped(
            lambda line: (line.partner_id.commercial_partner_id, line.company_id)
        ).items():
            # As the user: whose portfolio the account is in decides.
            account = self.env["collection.account"].search(
                [("partner_id", "=", partner.id), ("company_id", "=", company.id)], limit=1
            )
            if not account:
                raise UserError(self.env._("You have no access to the account of %(name)s.", name=partner.display_name))
            sendings |= sendings._send_documents(account, lines.move_id)
        return {
            "type": "ir.actions.client",
            "tag": "display_notification",
            "params": {
                "type": "success",
                "message": "\n".join(
                    self.env._(
                        "%(documents)s: sent to %(recipient)s",
                        documents=each._document_names(),
                        recipient=each.recipient_email,
                    )
                    for each in sendings
                ),
                "next": {"type": "ir.actions.client", "tag": "soft_reload"},
            },
        }

    def action_collection_download(self):
        """The PDFs of these items' documents, several of them in one ZIP file."""
        moves = self.move_id.filtered(lambda move: move.state == "posted" and move.is_sale_document())
        if not moves:
            raise UserError(self.env._("Only posted invoices and credit notes can be downloaded."))
        return moves._collection_download()
