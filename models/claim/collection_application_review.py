from odoo import fields, models


class CollectionApplicationReview(models.Model):
    """Somebody has looked at a check and found it right: it does not come up again as long as its amount is the same."""

    _name = "collection.application.review"
    _description = "Application Check Reviewed"
    _inherit = ["collection.guard"]
    _order = "date desc, id desc"
    _rec_name = "document"

    key = fields.Char(required=True)
    kind = fields.Char(string="Check", required=True)
    document = fields.Char()
    account_id = fields.Many2one("collection.account", index="btree_not_null", ondelete="set null")
    company_id = fields.Many2one("res.company", required=True, index=True, ondelete="cascade")
    user_id = fields.Many2one("res.users", string="By", required=True)
    date = fields.Datetime(string="When", required=True, default=fields.Datetime.now)

    _key_unique = models.UniqueIndex("(company_id, key)", "This was reviewed already.")

    def _guarded_fields(self):
        return frozenset(self._fields)
