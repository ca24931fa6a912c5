from odoo import api, fields, models
from odoo.exceptions import ValidationError

from .collection_statement import DETAILS, KINDS


class ResCompany(models.Model):
    _inherit = "res.company"

    collection_statement_schedule = fields.Selection(
        [("never", "On request only"), ("monthly", "Every month")],
        string="Statements",
        default="never",
        required=True,
        help="For customers whose account says nothing else. Scheduled statements go out once the month's cash is posted.",
    )
    collection_statement_kind = fields.Selection(KINDS, string="Kind of Statement", default="open_item", required=True)
    collection_statement_detail = fields.Selection(DETAILS, string="Statement Shows", default="detail", required=True)
    collection_statement_days = fields.Integer(
        string="Statements After",
        default=2,
        help="Business days after the end of the month at the earliest.",
    )
    collection_statement_wait_days = fields.Integer(
        string="Ask the Manager After",
        default=5,
        help="Business days after the end of the month after which a manager is asked to decide, where cash is still not posted.",
    )
    collection_statement_hours = fields.Char(
        string="Office Hours on Statements",
        translate=True,
        default=lambda self: self.env._("Monday to Friday, 8 a.m. to 5 p.m."),
        help="When customers reach the collector by phone; printed beside the number.",
    )
    collection_remit_address = fields.Text(
        string="Remit-To Address",
        translate=True,
        help="Where cheques go, for instance a lockbox; printed on statements. Empty: the company's own address.",
    )
    collection_remit_bank_ids = fields.Many2many(
        "res.partner.bank",
        "res_company_collection_remit_bank_rel",
        string="Remit-To Accounts",
        domain="[('partner_id', '=', partner_id)]",
        help="Bank accounts that statements name, one for each currency. Empty: those of the bank journals.",
    )

    @api.constrains("collection_statement_days", "collection_statement_wait_days")
    def _check_collection_statement_days(self):
        for company in self:
            if not 0 <= company.collection_statement_days <= company.collection_statement_wait_days:
                raise ValidationError(
                    self.env._(
                        "Statements go out some business days after the end of the month, and the manager is asked not before that."
                    )
                )

    def _collection_remit_to(self, currency):
        """The bank account to which customers pay in a currency; empty where none is known."""
        self.ensure_one()
        # Where customers pay is printed on every invoice.
        company = self.sudo()

        def kept_in(bank):
            return (bank.currency_id or company.currency_id) == currency

        if company.collection_remit_bank_ids:
            return company.collection_remit_bank_ids.filtered(kept_in)[:1]
        journals = self.env["account.journal"].sudo().search([("company_id", "=", company.id), ("type", "=", "bank")])
        of_journals = journals.filtered(lambda each: (each.currency_id or company.currency_id) == currency)
        return of_journals.bank_account_id[:1] or company.partner_id.bank_ids.filtered(kept_in)[:1]
