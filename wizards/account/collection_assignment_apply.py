from odoo import Command, api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Domain


class CollectionAssignmentApply(models.TransientModel):
    """Let the assignment rules loose on the accounts, after a look at what they would change."""

    _name = "collection.assignment.apply"
    _description = "Apply Assignment Rules"

    scope = fields.Selection(
        [
            ("nobody", "Accounts that nobody has"),
            ("unlocked", "All accounts, but for those assigned by hand"),
            ("all", "All accounts, those assigned by hand too"),
        ],
        required=True,
        default="unlocked",
    )
    line_ids = fields.One2many(
        "collection.assignment.apply.line", "wizard_id", compute="_compute_line_ids", store=True, readonly=True
    )
    move_count = fields.Integer(compute="_compute_move_count")

    def _domain(self):
        domain = Domain("open_count", ">", 0)
        if self.scope == "nobody":
            return self.env["collection.account"]._unassigned_domain()
        return domain & Domain("collector_locked", "=", False) if self.scope == "unlocked" else domain

    @api.depends("scope")
    def _compute_line_ids(self):
        for wizard in self:
            moves = self.env["collection.account"]._rule_moves(wizard._domain()) if wizard.scope else {}
            wizard.line_ids = [Command.clear()] + [
                Command.create({"rule_id": rule.id, "from_user_id": former, "move_count": len(ids)})
                for (rule, former), ids in moves.items()
            ]

    @api.depends("line_ids.move_count")
    def _compute_move_count(self):
        for wizard in self:
            wizard.move_count = sum(wizard.line_ids.mapped("move_count"))

    def action_apply(self):
        """Move the accounts as shown."""
        self.ensure_one()
        self.env["collection.transfer"]._check_may_assign()
        moved = self.env["collection.account"]._assign_by_rules(self._domain())
        if not moved:
            raise UserError(self.env._("No account changes hands."))
        return {
            "type": "ir.actions.client",
            "tag": "display_notification",
            "params": {
                "type": "success",
                "message": self.env._("%(count)s accounts changed hands.", count=len(moved)),
                "next": {"type": "ir.actions.act_window_close"},
            },
        }


class CollectionAssignmentApplyLine(models.TransientModel):
    _name = "collection.assignment.apply.line"
    _description = "Apply Assignment Rules: Move"

    wizard_id = fields.Many2one("collection.assignment.apply", required=True, ondelete="cascade")
    rule_id = fields.Many2one("collection.assignment.rule", readonly=True, ondelete="cascade")
    from_user_id = fields.Many2one("res.users", string="From", readonly=True)
    to_user_id = fields.Many2one(related="rule_id.collector_id", string="To")
    move_count = fields.Integer(string="Accounts", readonly=True)
