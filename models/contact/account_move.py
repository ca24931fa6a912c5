from odoo import Command, models
from odoo.exceptions import UserError


class AccountMove(models.Model):
    _inherit = "account.move"

    def action_collection_contact(self):
        """Log a contact about these invoices: the dialog of their customer's account, with the documents filled in."""
        company = self.company_id
        customers = self.commercial_partner_id
        if len(customers) != 1 or len(company) != 1:
            raise UserError(self.env._("Choose invoices of one customer."))
        account = self.env["collection.account"].search(
            [("partner_id", "=", customers.id), ("company_id", "=", company.id)], limit=1
        )
        if not account:
            return self.env["collection.account"]._action_no_account(customers)
        action = account.action_log_contact()
        return {**action, "context": {**action["context"], "default_move_ids": [Command.set(self.ids)]}}

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
