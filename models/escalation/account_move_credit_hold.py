from odoo import api, fields, models


class AccountMove(models.Model):
    _inherit = "account.move"

    collection_credit_hold_text = fields.Char(
        string="Credit Hold",
        compute="_compute_collection_credit_hold_text",
        help="The customer is on credit hold: whoever invoices must know.",
    )

    @api.depends("commercial_partner_id", "company_id", "move_type")
    def _compute_collection_credit_hold_text(self):
        """Of customer documents whose customer is on hold."""
        self.collection_credit_hold_text = False
        sales = self.filtered(lambda move: move.is_sale_document(include_receipts=True) and move.commercial_partner_id)
        for company, moves in sales.grouped("company_id").items():
            holds = self.env["collection.account"]._credit_holds_of(moves.commercial_partner_id, company)
            texts = {hold.partner_id: hold._banner() for hold in holds}
            for move in moves:
                move.collection_credit_hold_text = texts.get(move.commercial_partner_id.sudo(), False)
