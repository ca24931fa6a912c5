from odoo import api, fields, models
from odoo.exceptions import UserError


class CollectionStatementReviewLine(models.Model):
    """One line of the customer's list beside our document, or a document that is not on the list."""

    _name = "collection.statement.review.line"
    _description = "Line of a Statement Review"
    _inherit = ["collection.guard"]
    _order = "review_id, sequence, id"
    _rec_name = "reference"

    review_id = fields.Many2one("collection.statement.review", required=True, index=True, ondelete="cascade")
    account_id = fields.Many2one(related="review_id.account_id", store=True, precompute=True)
    company_id = fields.Many2one(related="review_id.company_id", store=True, precompute=True)
    currency_id = fields.Many2one(related="review_id.currency_id")
    review_state = fields.Selection(related="review_id.state")
    sequence = fields.Integer()
    result = fields.Selection(
        [
            ("matched", "Matched"),
            ("amount_differs", "Amount differs"),
            ("missing_there", "Not on their list"),
            ("missing_here", "Not known here"),
            ("paid", "Settled here"),
            ("ambiguous", "Not clear"),
        ],
        required=True,
        index=True,
        help="Settled here: their list shows as open what is paid, credited or written off in the books.",
    )
    number = fields.Integer(string="Line", help="Of the customer's list.", aggregator=None)
    text = fields.Char(string="As Written")
    reference = fields.Char(string="Their Number")
    their_date = fields.Date()
    amount_theirs = fields.Monetary(string="Theirs")
    move_id = fields.Many2one("account.move", string="Our Document", index="btree_not_null", ondelete="set null")
    amount_ours = fields.Monetary(string="Ours", help="What was open on the day of the list.")
    amount_difference = fields.Monetary(string="Difference", compute="_compute_amount_difference", store=True)
    remark = fields.Char()
    explanation = fields.Char(help="Why nothing needs to be done about it, or what was agreed.")
    sending_id = fields.Many2one("collection.sending", string="Sent Again", ondelete="set null", index="btree_not_null")
    dispute_id = fields.Many2one("collection.dispute", ondelete="set null", index="btree_not_null")
    claim_id = fields.Many2one("collection.claim", string="Payment Claim", ondelete="set null", index="btree_not_null")
    is_settled = fields.Boolean(string="Settled", compute="_compute_is_settled", store=True)
    can_send = fields.Boolean(compute="_compute_can")
    can_dispute = fields.Boolean(compute="_compute_can")

    @api.depends("amount_theirs", "amount_ours")
    def _compute_amount_difference(self):
        for line in self:
            line.amount_difference = line.amount_theirs - line.amount_ours

    @api.depends("result", "explanation", "sending_id", "dispute_id", "claim_id")
    def _compute_is_settled(self):
        for line in self:
            line.is_settled = bool(line.result == "matched" or (line.explanation or "").strip() or line._is_used())

    @api.depends("move_id", "result", "review_state")
    def _compute_can(self):
        for line in self:
            is_open = line.review_state == "compared" and line.result not in ("matched", "missing_here", "ambiguous")
            line.can_send = is_open and line.move_id.is_sale_document() and not line.sending_id
            line.can_dispute = (
                is_open
                and line.result in ("amount_differs", "missing_there")
                and line.move_id.move_type in ("out_invoice", "out_receipt")
                and not (line.dispute_id or line.claim_id)
            )

    # ------------------------------------------------------------------
    # Writing
    # ------------------------------------------------------------------

    def _guarded_fields(self):
        return frozenset(self._fields) - {"explanation"}

    def write(self, vals):
        if not self._has_pass() and any(line.review_id.state != "compared" for line in self):
            raise UserError(self.env._("A review that is signed off is kept as it is. A manager can open it again."))
        return super().write(vals)

    def _is_used(self):
        return bool(self.sending_id or self.dispute_id or self.claim_id)

    # ------------------------------------------------------------------
    # Settling
    # ------------------------------------------------------------------

    def _check_open(self):
        self.ensure_one()
        self.review_id.check_access("write")
        if self.review_id.state != "compared":
            raise UserError(self.env._("The review is not open."))
        if not self.move_id:
            raise UserError(self.env._("Line %(line)s has no document of ours.", line=self.number))

    def _items(self):
        """What is open of the document today."""
        receivable = self.env["account.move.line"]._collection_receivable_account_ids()
        items = self.move_id.line_ids.filtered(lambda item: item.account_id.id in receivable)
        return items.filtered(lambda item: item.amount_residual > 0)

    def action_send(self):
        """Send the document to the customer again, at once."""
        self._check_open()
        sending = self.env["collection.sending"]._send_documents(self.account_id, self.move_id)
        self._unguarded().sudo().sending_id = sending  # the line is the system's
        return {
            "type": "ir.actions.client",
            "tag": "display_notification",
            "params": {
                "type": "success",
                "message": self.env._(
                    "%(document)s: sent to %(recipient)s", document=self.move_id.name, recipient=sending.recipient_email
                ),
                "next": {"type": "ir.actions.client", "tag": "soft_reload"},
            },
        }

    def action_dispute(self):
        """Open a dispute over the difference, or over the whole document where it is not on their list."""
        self._check_open()
        items = self._items()
        if not items:
            raise UserError(self.env._("%(document)s is settled meanwhile.", document=self.move_id.name))
        less = self.amount_ours - self.amount_theirs
        part = (
            {"default_part": "amount", "default_amount": less} if self.result == "amount_differs" and less > 0 else {}
        )
        return self._from_here(self.account_id._action_dispute(items), **part)

    def action_claim(self):
        """Take down that the customer says it has paid."""
        self._check_open()
        return self._from_here(self.account_id.action_claim(), collection_claim_move_ids=self.move_id.ids)

    def _from_here(self, action, **context):
        """A dialog that links the case to this line."""
        return {**action, "context": {**action["context"], **context, "collection_review_line_id": self.id}}

    @api.model
    def _note_case(self, name, cases):
        """Link cases that were opened from a line, named in the context, to it.

        :param name: field of the line
        """
        # The id comes from the client: only a line that the user may write, of the same customer, and about the same document.
        line = self.browse(self.env.context.get("collection_review_line_id") or ()).exists()
        if not line or not line.has_access("write") or line.review_id.state != "compared":
            return
        for case in cases:
            if case.account_id == line.account_id and line.move_id in case.line_ids.move_id and not line[name]:
                line._unguarded().sudo()[name] = case
