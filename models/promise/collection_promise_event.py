from odoo import fields, models

from .collection_promise import STATES


class CollectionPromiseEvent(models.Model):
    """What became of promises, step by step: a verdict that is reached anew, as when a payment bounces, takes nothing back here."""

    _name = "collection.promise.event"
    _description = "Promise History"
    _inherit = ["collection.guard"]
    _order = "date desc, id desc"

    promise_id = fields.Many2one("collection.promise", required=True, index=True, ondelete="cascade")
    company_id = fields.Many2one(related="promise_id.company_id", store=True, precompute=True)
    date = fields.Datetime(string="When", required=True, default=fields.Datetime.now)
    user_id = fields.Many2one("res.users", string="By", required=True, default=lambda self: self.env.user)
    before = fields.Selection(STATES, string="Was", required=True)
    state = fields.Selection(STATES, string="Became", required=True)

    def _guarded_fields(self):
        return frozenset(self._fields)
