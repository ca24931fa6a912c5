from odoo import fields, models


class CollectionReviewOpinion(models.Model):
    """What a participant thinks of an item. Never changed: a later opinion of the same person stands beside it and counts."""

    _name = "collection.review.opinion"
    _description = "Opinion"
    _inherit = ["collection.guard"]
    _order = "id"

    name = fields.Char(related="item_id.name", string="What")
    item_id = fields.Many2one("collection.review.item", required=True, index=True, ondelete="cascade")
    company_id = fields.Many2one(related="item_id.company_id", store=True, precompute=True)
    user_id = fields.Many2one("res.users", string="Who", required=True, ondelete="restrict")
    opinion = fields.Selection([("for", "For"), ("against", "Against"), ("abstain", "Abstains")], required=True)
    comment = fields.Text(string="Why")
    date = fields.Datetime(string="When", required=True, default=fields.Datetime.now)
    is_current = fields.Boolean(
        string="Counts", default=True, help="Whether this is the last one that the participant gave."
    )

    _one_counts = models.UniqueIndex("(item_id, user_id) WHERE is_current", "One opinion of each participant counts.")

    def _guarded_fields(self):
        return frozenset(self._fields)
