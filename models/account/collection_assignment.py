from odoo import fields, models

KINDS = [
    ("manual", "By hand"),
    ("rule", "By rule"),
    ("absence", "Absence"),
    ("back", "Back after an absence"),
    ("transfer", "Portfolio moved"),
    ("left", "Collector left"),
]


class CollectionAssignment(models.Model):
    """Who had an account, from when on, and why. Written with every change of the collector, never changed afterwards."""

    _name = "collection.assignment"
    _description = "Assignment"
    _inherit = ["collection.guard"]
    _order = "date desc, id desc"
    _check_company_auto = True

    name = fields.Char(related="account_id.name")
    account_id = fields.Many2one(
        "collection.account", required=True, index=True, ondelete="restrict", check_company=True
    )
    company_id = fields.Many2one(related="account_id.company_id", store=True, precompute=True)
    date = fields.Datetime(string="When", required=True, default=fields.Datetime.now)
    business_date = fields.Date(string="As Of", required=True)
    from_user_id = fields.Many2one("res.users", string="From", ondelete="set null", index="btree_not_null")
    to_user_id = fields.Many2one("res.users", string="To", ondelete="set null", index="btree_not_null")
    # A user who is deleted leaves their name.
    from_name = fields.Char(string="From (Name)")
    to_name = fields.Char(string="To (Name)")
    user_id = fields.Many2one("res.users", string="By", ondelete="set null", default=lambda self: self.env.user)
    kind = fields.Selection(KINDS, string="How", required=True)
    rule_id = fields.Many2one("collection.assignment.rule", ondelete="set null")
    transfer_id = fields.Many2one("collection.transfer", ondelete="restrict", index="btree_not_null")
    reason = fields.Char()

    def _guarded_fields(self):
        return frozenset(self._fields)
