from odoo import api, fields, models

# What an exception does, by technical name; each of them is enforced where it says.
EFFECTS = [
    ("ap_only", "Send only to A/P"),
    ("never_contact", "Never contact a person"),
    ("portal_only", "Portal upload only"),
    ("letters_only", "Letters only"),
    ("no_letters", "No letters"),
    ("document_copy", "PO or POD copy mandatory"),
    ("statements_only", "Statements only"),
    ("partner_first", "Sales partner first"),
    ("pay_run", "Pay-run calendar"),
    ("grace", "Extra grace days"),
    ("tolerance", "Amount tolerance"),
    ("no_fees", "No late fees"),
    ("hold", "Hold until a date"),
]
# These protect people: they act from the moment they are proposed.
PROTECTIVE = ("ap_only", "never_contact")
# Pairs that cannot both be followed.
CONTRADICTIONS = {frozenset(("portal_only", "letters_only")), frozenset(("letters_only", "no_letters"))}


class CollectionExceptionType(models.Model):
    _name = "collection.exception.type"
    _description = "Type of Special Exception"
    _order = "sequence, id"

    name = fields.Char(required=True, translate=True)
    effect = fields.Selection(EFFECTS, required=True, help="What the product does about it by itself.")
    sequence = fields.Integer(default=10)
    active = fields.Boolean(default=True)
    description = fields.Text(
        string="What It Does", translate=True, help="Shown to whoever enters an exception of this type."
    )
    review_days = fields.Integer(
        string="Review After (Days)",
        default=180,
        help="Proposed review date of new exceptions, counted from their first day. 0: none.",
    )
    is_protective = fields.Boolean(
        string="Acts as Soon as Proposed",
        compute="_compute_is_protective",
        help="All others need a manager's approval.",
    )

    _review_positive = models.Constraint("CHECK(review_days >= 0)", "The days until the review cannot be negative.")

    @api.depends("effect")
    def _compute_is_protective(self):
        for kind in self:
            kind.is_protective = kind.effect in PROTECTIVE
