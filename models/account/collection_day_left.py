from odoo import fields, models


class CollectionDayLeft(models.Model):
    _name = "collection.day.left"
    _description = "Account Left at the End of the Day"
    _inherit = ["collection.guard"]
    _order = "priority desc, amount_collectible desc, id"
    _rec_name = "account_id"
    _check_company_auto = True

    day_id = fields.Many2one("collection.day", string="Day Sheet", required=True, index=True, ondelete="restrict")
    user_id = fields.Many2one(related="day_id.user_id", store=True, precompute=True)
    company_id = fields.Many2one(related="day_id.company_id", store=True, precompute=True)
    currency_id = fields.Many2one(related="company_id.currency_id")
    date = fields.Date(related="day_id.date", store=True, precompute=True)
    account_id = fields.Many2one(
        "collection.account", required=True, index=True, ondelete="restrict", check_company=True
    )
    reason_id = fields.Many2one("collection.work.reason", string="Why Left", required=True, ondelete="restrict")
    note = fields.Text()
    priority = fields.Integer(string="Points", aggregator=None)
    amount_collectible = fields.Monetary(string="Collectible at That Time")

    def _guarded_fields(self):
        return frozenset(self._fields)
