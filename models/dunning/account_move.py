from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Domain


class AccountMove(models.Model):
    _inherit = "account.move"

    collection_policy_id = fields.Many2one(
        "collection.policy",
        string="Dunning Policy",
        domain="[('first_id', '=', False)]",
        index="btree_not_null",
        check_company=True,
        copy=False,
        ondelete="restrict",
        help="Used for this document alone, whatever policy its customer is under.",
    )

    @api.ondelete(at_uninstall=False)
    def _unlink_except_noticed(self):
        """What the customer was written about stays; what was only planned or left out goes with the document."""
        # Whoever may delete the document need not see Collections.
        lines = self.env["collection.notice.line"].sudo().search([("move_id", "in", self.ids)])
        told = lines.filtered_domain(
            Domain("counted", "=", True) & Domain("notice_id.state", "in", ("queued", "sent", "failed", "bounced"))
        )
        if told:
            raise UserError(
                self.env._(
                    "%(document)s cannot be deleted: it stands in notice %(notice)s. Cancel it instead.",
                    document=told[0].move_name or told[0].move_id.display_name,
                    notice=told[0].notice_id.name,
                )
            )
        lines._unguarded().unlink()

    def _collection_download(self):
        """Download the PDFs of these documents, several in one ZIP file: what e-mails carry, printed where it was not yet."""
        ids = ",".join(map(str, self._collection_documents().ids))
        return {
            "type": "ir.actions.act_url",
            "url": f"/account/download_invoice_attachments/{ids}",
            "target": "download",
        }
