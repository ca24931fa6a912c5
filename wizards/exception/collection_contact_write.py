from odoo import api, fields, models
from odoo.exceptions import UserError


class CollectionContactWrite(models.TransientModel):
    """Writing by hand follows the customer's exceptions."""

    _inherit = "collection.contact.write"

    exception_banner = fields.Html(related="account_id.exception_banner", string="Special Exceptions", sanitize=False)

    @api.depends("account_id", "inquiry_id")
    def _compute_contact_id(self):
        """Whoever asked is answered, unless only the A/P contact may be written to."""
        result = super()._compute_contact_id()
        for wizard in self.filtered("account_id"):
            if wizard.account_id._exceptions_of("ap_only"):
                wizard.contact_id = wizard.account_id._default_contact("email")
        return result

    def _prepare_attachments(self):
        """The mandatory copies of PO and POD go with the invoices."""
        attachments = super()._prepare_attachments()
        if self.attach_documents:
            attachments |= self.line_ids.move_id._collection_check_copies()
        return attachments

    def _check_sendable(self):
        barring = self.contact_id.with_company(self.company_id)._collection_barring()
        if barring:
            raise UserError(self.env._("%(exception)s. Write to somebody else.", exception=barring[0]._label()))
        result = super()._check_sendable()
        obstacle = self.account_id and self.account_id._writing_obstacle(self.contact_id, self.attach_documents)
        if obstacle:
            raise UserError(obstacle)
        return result
