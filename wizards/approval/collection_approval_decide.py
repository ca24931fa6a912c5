from odoo import Command, api, fields, models
from odoo.exceptions import UserError


class CollectionApprovalDecide(models.TransientModel):
    """Asks for the words that go with a decision: always for a refusal, where wanted for an approval."""

    _name = "collection.approval.decide"
    _description = "Approve or Refuse"

    decision = fields.Selection([("approve", "Approve"), ("refuse", "Refuse")], required=True, default="refuse")
    approval_ids = fields.Many2many("collection.approval", string="Approvals", required=True, readonly=True)
    approval_count = fields.Integer(compute="_compute_approval_count")
    comment = fields.Text(help="Whoever asked is told, and the record keeps it.")

    @api.depends("approval_ids")
    def _compute_approval_count(self):
        for wizard in self:
            wizard.approval_count = len(wizard.approval_ids)

    @api.model
    def default_get(self, fields_list):
        """Work on the chosen approvals, or on what waits of the chosen records."""
        values = super().default_get(fields_list)
        model, ids = self.env.context.get("active_model"), self.env.context.get("active_ids") or []
        if "approval_ids" in fields_list and not values.get("approval_ids") and model:
            domain = [("res_model", "=", model), ("res_id", "in", ids)]
            if model == "collection.approval":
                domain = [("id", "in", ids)]
            waiting = self.env["collection.approval"].search([*domain, ("state", "=", "waiting")])
            if not waiting:
                raise UserError(self.env._("Nothing of this waits for a decision."))
            values["approval_ids"] = [Command.set(waiting.ids)]
        return values

    def action_decide(self):
        """Decide on all of them, or on none."""
        self.ensure_one()
        if self.decision == "approve":
            done = self.approval_ids.action_approve(self.comment)
        else:
            done = self.approval_ids.action_refuse(self.comment)
        return done or {"type": "ir.actions.act_window_close"}
