from odoo import fields, models


class CollectionStatementReviewUnread(models.Model):
    """A line of the customer's list that could not be read, and why."""

    _name = "collection.statement.review.unread"
    _description = "Line Not Read"
    _inherit = ["collection.guard"]
    _order = "review_id, number, id"
    _rec_name = "text"

    review_id = fields.Many2one("collection.statement.review", required=True, index=True, ondelete="cascade")
    company_id = fields.Many2one(related="review_id.company_id", store=True, precompute=True)
    number = fields.Integer(string="Line", aggregator=None)
    text = fields.Char(string="As Written")
    reason = fields.Selection(
        [
            ("no_amount", "No amount"),
            ("bad_amount", "The amount is no number"),
            ("no_reference", "No document number"),
        ],
        string="Why",
        required=True,
    )

    def _guarded_fields(self):
        return frozenset(self._fields)
