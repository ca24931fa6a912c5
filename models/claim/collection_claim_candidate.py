from odoo import api, fields, models
from odoo.exceptions import UserError

RANKS = [
    ("1_exact", "Same amount"),
    ("2_tolerance", "Nearly the amount"),
    ("3_reference", "Same reference"),
    ("4_sibling", "From the group"),
    ("5_combination", "Adds up"),
    ("6_other", "Other money"),
]


class CollectionClaimCandidate(models.Model):
    """Where the claimed money may be; written by the search, and marked by whoever knows."""

    _name = "collection.claim.candidate"
    _description = "Possible Payment of a Claim"
    _inherit = ["collection.guard"]
    _order = "claim_id, sequence, id"
    _rec_name = "document"

    claim_id = fields.Many2one("collection.claim", required=True, index=True, ondelete="cascade")
    sequence = fields.Integer()
    key = fields.Char(help="Which entries it is made of, to know it again.")
    rank = fields.Selection(RANKS, string="Why")
    document = fields.Char(string="Where")
    explanation = fields.Char(string="What It Is")
    partner_id = fields.Many2one("res.partner", string="From", ondelete="set null")
    company_id = fields.Many2one("res.company", required=True, ondelete="cascade")
    date = fields.Date()
    currency_id = fields.Many2one("res.currency")
    amount_currency = fields.Monetary(string="Amount", currency_field="currency_id")
    amount_open_currency = fields.Monetary(
        string="Not Applied", currency_field="currency_id", help="What of it can still be applied."
    )
    is_found = fields.Boolean(string="This Is It", help="The claim counts on this money: it reduces nothing else.")
    line_ids = fields.Many2many("account.move.line", "collection_claim_candidate_line_rel", "candidate_id", "line_id")
    payment_ids = fields.Many2many(
        "account.payment", "collection_claim_candidate_payment_rel", "candidate_id", "payment_id"
    )
    statement_line_ids = fields.Many2many(
        "account.bank.statement.line", "collection_claim_candidate_statement_rel", "candidate_id", "statement_line_id"
    )
    item_ids = fields.Many2many(
        "account.move.line",
        "collection_claim_candidate_item_rel",
        "candidate_id",
        "line_id",
        string="Together With",
        help="Other open items that the receipt covers besides the claimed ones.",
    )

    _found_idx = models.Index("(partner_id) WHERE is_found")

    def _guarded_fields(self):
        return frozenset(self._fields)

    @api.model
    def _is_append_only(self):
        return False

    # ------------------------------------------------------------------
    # Actions
    # ------------------------------------------------------------------

    def action_found(self):
        """This is the payment, or after all it is not."""
        self.ensure_one()
        self.claim_id.check_access("write")
        claim = self.claim_id
        if claim.state not in ("open", "expired"):
            raise UserError(self.env._("%(claim)s is closed.", claim=claim.display_name))
        self._unguarded().sudo().is_found = not self.is_found  # candidates are the system's
        claim._evaluate()
        return True

    def action_request(self):
        """Ask whoever applies money to apply this to the claimed items."""
        self.ensure_one()
        request = self.env["collection.application.request"]._request_for(self)
        return request._open_form()

    def action_open(self):
        """Open the entry."""
        self.ensure_one()
        # Which entries it is made of is known; whether the user may see them is asked when they open.
        own = self.sudo()
        move = own.line_ids.move_id or own.statement_line_ids.move_id
        if move:
            return {
                "type": "ir.actions.act_window",
                "name": self.document,
                "res_model": "account.move",
                "view_mode": "form" if len(move) == 1 else "list,form",
                "res_id": move.id if len(move) == 1 else False,
                "domain": [("id", "in", move.ids)],
            }
        payment = own.payment_ids
        return {
            "type": "ir.actions.act_window",
            "name": self.document,
            "res_model": "account.payment",
            "view_mode": "form",
            "res_id": payment[:1].id,
        }
