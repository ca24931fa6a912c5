from odoo import api, fields, models
from odoo.tools import SQL


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

    # For the one search box: documents of customers by reference, amount and running number.
    _collection_find_ref_idx = models.Index(
        "(lower(ref) text_pattern_ops) WHERE ref IS NOT NULL AND state = 'posted'"
        " AND move_type IN ('out_invoice', 'out_refund', 'out_receipt', 'entry')"
    )
    _collection_find_payment_reference_idx = models.Index(
        "(lower(payment_reference) text_pattern_ops) WHERE payment_reference IS NOT NULL AND state = 'posted'"
        " AND move_type IN ('out_invoice', 'out_refund', 'out_receipt', 'entry')"
    )
    _collection_find_amount_idx = models.Index(
        "(amount_total) WHERE state = 'posted' AND move_type IN ('out_invoice', 'out_refund', 'out_receipt')"
    )
    _collection_find_number_idx = models.Index(
        "(sequence_number) WHERE state = 'posted' AND move_type IN ('out_invoice', 'out_refund', 'out_receipt')"
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
        if "state" in vals:
            self._collection_note_bounces(vals["state"])
        result = super().write(vals)
        if "state" in vals:
            self.env["collection.account"]._touch(moves=self.ids)
        if {"state", "matched_payment_ids"} & vals.keys():
            # The payment wizard links payments to their invoices from this side.
            self.sudo().matched_payment_ids.filtered(lambda payment: not payment.move_id)._collection_sync_holds()
        return result

    def _collection_note_bounces(self, state):
        """Entries of cash whose state is about to change: what they had settled bounces, or stands again."""
        cash = self.filtered(lambda move: move.journal_id.type in ("bank", "cash", "credit"))
        reversals = self.filtered(lambda move: move.reversed_entry_id.journal_id.type in ("bank", "cash", "credit"))
        bounces = self.env["collection.bounce"].sudo()  # bookkeepers post without access to Collections
        if state != "posted":
            gone, kind = (
                cash.filtered(lambda move: move.state == "posted"),
                "cancelled" if state == "cancel" else "draft",
            )
        else:
            bounces._post_again(cash.filtered(lambda move: move.state == "draft"), self.env["account.payment"])
            gone, kind = reversals.reversed_entry_id, "reversed"
        if gone:
            bounces._note(kind, bounces._applied(SQL("credit.move_id IN %s", tuple(gone.ids))))
