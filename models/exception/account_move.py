from odoo import api, fields, models
from odoo.exceptions import UserError


class AccountMove(models.Model):
    """Exceptions on an invoice: the banner, the copies that must go with it, and what whoever sends or charges must ask."""

    _inherit = "account.move"

    collection_po_copy_ids = fields.Many2many(
        "ir.attachment",
        "collection_move_po_copy_rel",
        "move_id",
        "attachment_id",
        string="Purchase Order",
        copy=False,
        help="The customer's purchase order. Goes with the invoice where an exception demands it.",
    )
    collection_pod_copy_ids = fields.Many2many(
        "ir.attachment",
        "collection_move_pod_copy_rel",
        "move_id",
        "attachment_id",
        string="Proof of Delivery",
        copy=False,
        help="The signed delivery note. Goes with the invoice where an exception demands it.",
    )
    collection_exception_banner = fields.Html(
        string="Special Exceptions",
        compute="_compute_collection_exception_banner",
        sanitize=False,
        exportable=False,
        groups="account_collections.group_collector,account_collections.group_auditor,account.group_account_invoice",
    )

    @api.depends("partner_id", "company_id")
    def _compute_collection_exception_banner(self):
        sales = self._origin.filtered(lambda move: move.is_sale_document(include_receipts=True))
        effects = self.env["collection.exception"]._effects_of_moves(sales)
        for move in self:
            found = effects.get(move._origin, {}).values()
            move.collection_exception_banner = self.env["collection.exception"].sudo().union(*found)._banner()

    # ------------------------------------------------------------------
    # For those who send and charge
    # ------------------------------------------------------------------

    def _collection_fee_exempt(self):
        """Those of these documents on which no late fee may be charged. Whoever computes fees leaves them out."""
        effects = self.env["collection.exception"]._effects_of_moves(self)
        return self.filtered(lambda move: "no_fees" in effects.get(move, {}))

    def _collection_copies(self, effects=None):
        """The copies of PO and POD that must go with these documents.

        :param effects: of `_effects_of_moves`, where they are known already
        :return: dict of move to (attachments, words for what is missing); moves without such an exception are left out
        """
        if effects is None:
            effects = self.env["collection.exception"]._effects_of_moves(self)
        result = {}
        for move in self:
            exception = effects.get(move, {}).get("document_copy")
            if not exception:
                continue
            # What goes to the customer is the company's document, whoever sends it.
            copies = {"po": move.sudo().collection_po_copy_ids, "pod": move.sudo().collection_pod_copy_ids}
            wanted = ("po", "pod") if exception.document_kind == "both" else (exception.document_kind,)
            labels = {"po": self.env._("purchase order"), "pod": self.env._("proof of delivery")}
            attachments = self.env["ir.attachment"].sudo().union(*(copies[kind] for kind in wanted))
            missing = [labels[kind] for kind in wanted if not copies[kind]]
            result[move] = (
                attachments,
                missing
                and self.env._(
                    "%(document)s lacks its copy of the %(kinds)s (%(exception)s). Attach it on the invoice first.",
                    document=move.name,
                    kinds=self.env._(" and ").join(missing),
                    exception=exception.name,
                ),
            )
        return result

    def _collection_check_copies(self):
        """:raise UserError: a mandatory copy is missing; the copies as `ir.attachment` otherwise"""
        copies = self._collection_copies()
        if missing := [words for _attachments, words in copies.values() if words]:
            raise UserError("\n".join(missing))
        return self.env["ir.attachment"].sudo().union(*(attachments for attachments, _words in copies.values()))
