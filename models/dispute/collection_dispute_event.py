from odoo import fields, models


class CollectionDisputeEvent(models.Model):
    _name = "collection.dispute.event"
    _description = "Dispute History"
    _inherit = ["collection.guard"]
    _order = "date desc, id desc"

    dispute_id = fields.Many2one("collection.dispute", required=True, index=True, ondelete="cascade")
    company_id = fields.Many2one(related="dispute_id.company_id", store=True, precompute=True)
    date = fields.Datetime(string="When", required=True, default=fields.Datetime.now)
    user_id = fields.Many2one("res.users", string="Who", required=True, default=lambda self: self.env.user)
    kind = fields.Selection(
        [
            ("state", "Step"),
            ("reopen", "Reopened"),
            ("reminder", "Reminder"),
            ("climb", "Passed to the lead"),
            ("question", "Question"),
            ("answer", "Answer"),
            ("letter", "Letter"),
            ("ledger", "Change in the books"),
        ],
        required=True,
        index=True,
    )
    state = fields.Char(string="Step")
    note = fields.Char()
    key = fields.Char(help="What may happen once only, e.g. a reminder.")

    _key_unique = models.UniqueIndex("(key) WHERE key IS NOT NULL", "This has happened already.")

    def _guarded_fields(self):
        return frozenset(self._fields)
