from odoo import api, models


class ReportCardReceipt(models.AbstractModel):
    """Each time a receipt is made it is counted: all but the first say that they are duplicates."""

    _name = "report.account_collections.report_card_receipt"
    _description = "Card Receipt"

    @api.model
    def _get_report_values(self, docids, data=None):
        payments = self.env["collection.card.payment"].browse(docids)
        payments.check_access("read")
        payments._check_has_receipt()
        counts = payments._count_receipt()
        return {
            "doc_ids": docids,
            "doc_model": payments._name,
            "docs": payments,
            "counts": counts,
        }
