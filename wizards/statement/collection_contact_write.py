from odoo import api, fields, models
from odoo.exceptions import UserError


class CollectionContactWrite(models.TransientModel):
    """An e-mail can carry the customer's statement of today."""

    _inherit = "collection.contact.write"

    attach_statement = fields.Boolean(
        help="A statement of the open items as of today is made when the e-mail is sent. It is kept with the account's statements."
    )
    may_attach_statement = fields.Boolean(compute="_compute_may_attach_statement")

    @api.depends("account_id", "inquiry_id")
    def _compute_may_attach_statement(self):
        """A customer's balance is nothing for its sales partner."""
        for wizard in self:
            wizard.may_attach_statement = bool(wizard.account_id.partner_id) and not wizard.inquiry_id.sales_partner_id

    def _check_sendable(self):
        result = super()._check_sendable()
        if self.attach_statement and not self.may_attach_statement:
            raise UserError(self.env._("A statement goes to the customer itself only."))
        return result

    def _prepare_attachments(self):
        attachments = super()._prepare_attachments()
        return attachments | self._make_statement().attachment_id if self.attach_statement else attachments

    def _make_statement(self):
        """The account's open items of today as a statement that is kept like any other.

        :raise UserError: there is nothing to state, or the pages could not be made
        """
        self.env["collection.statement"]._check_collector()
        account = self.account_id
        values = {
            "date": account.company_id._collection_today(),
            "kind": "open_item",
            "detail": account._statement_detail(),
            "delivery": "file",
            # Whoever asks for the statement of one customer, asks for it.
            "with_credit": True,
            "with_excluded": True,
        }
        statement = self.env["collection.statement.batch"]._start(account, values).statement_ids
        if statement.state == "left_out":
            reasons = dict(statement._selection_reason())
            raise UserError(
                self.env._("There is no statement to attach. %(reason)s.", reason=reasons[statement.reason])
            )
        return statement


class CollectionInquiry(models.Model):
    _inherit = "collection.inquiry"

    def action_answer(self):
        """Who asks for a statement gets one."""
        action = super().action_answer()
        asked = self.type_id == self.env.ref("account_collections.inquiry_type_statement", raise_if_not_found=False)
        action["context"]["default_attach_statement"] = bool(asked and self.account_id and not self.sales_partner_id)
        return action
