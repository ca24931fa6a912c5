from odoo import api, fields, models


class AccountMove(models.Model):
    _inherit = "account.move"

    collection_sales_partner_id = fields.Many2one(
        "res.partner",
        string="Sales Partner",
        compute="_compute_collection_sales_partner_id",
        store=True,
        readonly=False,
        precompute=True,  # before the invoice is posted, which may be at once
        index="btree_not_null",
        domain=[("is_sales_partner", "=", True)],
        help="The dealer or agent who sold this order and earns commission on it.",
    )

    @api.depends("partner_id")
    def _compute_collection_sales_partner_id(self):
        for move in self:
            customer = move.partner_id.commercial_partner_id
            if move.state == "draft" and move.is_sale_document(include_receipts=True):
                move.collection_sales_partner_id = customer.collection_sales_partner_id
            else:
                move.collection_sales_partner_id = move.collection_sales_partner_id

    def write(self, vals):
        result = super().write(vals)
        if "state" in vals:
            self.env["collection.account"]._touch(moves=self.ids)
        if {"state", "matched_payment_ids"} & vals.keys():
            # The payment wizard links payments to their invoices from this side.
            self.sudo().matched_payment_ids.filtered(lambda payment: not payment.move_id)._collection_sync_holds()
        return result

    def _collection_documents(self):
        """The PDFs of these invoices: those sent before, else printed now and kept with the invoice.

        :return: `ir.attachment`
        """
        invoices = self.filtered(lambda move: move.is_sale_document())
        documents = invoices.invoice_pdf_report_id
        for invoice in invoices.filtered(lambda move: not move.invoice_pdf_report_id):
            name = invoice._get_invoice_report_filename()
            # A document that goes to the customer is the company's, whoever sends it.
            Attachment = self.env["ir.attachment"].sudo()
            known = Attachment.search(
                [("res_model", "=", self._name), ("res_id", "=", invoice.id), ("name", "=", name)], limit=1
            )
            if not known:
                content, _kind = (
                    self.env["ir.actions.report"].sudo()._render_qweb_pdf("account.account_invoices", invoice.ids)
                )
                known = Attachment.create(
                    {
                        "name": name,
                        "raw": content,
                        "mimetype": "application/pdf",
                        "res_model": self._name,
                        "res_id": invoice.id,
                    }
                )
            documents |= known
        return documents
