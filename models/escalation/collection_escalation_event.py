from odoo import fields, models


class CollectionEscalationEvent(models.Model):
    _name = "collection.escalation.event"
    _description = "Escalation History"
    _inherit = ["collection.guard"]
    _order = "date desc, id desc"

    escalation_id = fields.Many2one("collection.escalation", required=True, index=True, ondelete="cascade")
    company_id = fields.Many2one(related="escalation_id.company_id", store=True, precompute=True)
    date = fields.Datetime(string="When", required=True, default=fields.Datetime.now)
    business_date = fields.Date(string="Day", required=True)
    user_id = fields.Many2one("res.users", string="By", required=True, default=lambda self: self.env.user)
    kind = fields.Selection(
        [
            ("opened", "Escalated"),
            ("again", "Raised again"),
            ("climbed", "Climbed"),
            ("absent", "Passed on"),
            ("top", "Nobody above"),
            ("decided", "Decided"),
            ("withdrawn", "Withdrawn"),
            ("lapsed", "Settled"),
        ],
        string="What",
        required=True,
        index=True,
    )
    to_user_id = fields.Many2one("res.users", string="With")
    note = fields.Text()
    key = fields.Char(help="What may happen once only, e.g. the climbing after a due date.")

    _key_unique = models.UniqueIndex("(key) WHERE key IS NOT NULL", "This has happened already.")

    def _guarded_fields(self):
        return frozenset(self._fields)
