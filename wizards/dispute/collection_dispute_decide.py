from odoo import Command, api, fields, models


class CollectionDisputeDecide(models.TransientModel):
    _name = "collection.dispute.decide"
    _description = "Decide a Dispute"

    dispute_id = fields.Many2one("collection.dispute", required=True, readonly=True, ondelete="cascade")
    reason_id = fields.Many2one(related="dispute_id.reason_id")
    description = fields.Text(related="dispute_id.description")
    decision = fields.Selection(
        [("valid", "Valid: credit it"), ("partly", "Partly valid"), ("invalid", "Invalid: explain it")], required=True
    )
    explanation = fields.Text(
        compute="_compute_explanation", store=True, readonly=False, help="Goes to the customer in the letter."
    )
    line_ids = fields.One2many("collection.dispute.decide.line", "wizard_id", string="Items")

    @api.model
    def default_get(self, fields_list):
        values = super().default_get(fields_list)
        dispute = self.env["collection.dispute"].browse(values.get("dispute_id"))
        if dispute and "line_ids" in fields_list:
            values["line_ids"] = [
                Command.create({"line_id": line.id, "accepted_currency": line.amount_currency})
                for line in dispute.line_ids
            ]
        if dispute.proposal and "decision" in fields_list:
            values["decision"] = "invalid"
        return values

    @api.depends("decision")
    def _compute_explanation(self):
        for wizard in self:
            wizard.explanation = wizard.explanation or wizard.reason_id.explanation or wizard.dispute_id.proposal

    def action_decide(self):
        """Decide with what was entered."""
        self.ensure_one()
        accepted = {line.line_id: line.accepted_currency for line in self.line_ids}
        self.dispute_id._decide(self.decision, accepted, self.explanation)
        return {"type": "ir.actions.act_window_close"}


class CollectionDisputeDecideLine(models.TransientModel):
    _name = "collection.dispute.decide.line"
    _description = "Decide a Dispute: Item"

    wizard_id = fields.Many2one("collection.dispute.decide", required=True, ondelete="cascade")
    line_id = fields.Many2one("collection.dispute.line", required=True, readonly=True, ondelete="cascade")
    move_name = fields.Char(related="line_id.move_name")
    what = fields.Char(related="line_id.what")
    currency_id = fields.Many2one(related="line_id.currency_id")
    amount_currency = fields.Monetary(related="line_id.amount_currency")
    accepted_currency = fields.Monetary(string="Accept")


class CollectionDispute(models.Model):
    _inherit = "collection.dispute"

    def _decide_dialog(self):
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Decide %(dispute)s", dispute=self.name),
            "res_model": "collection.dispute.decide",
            "view_mode": "form",
            "target": "new",
            "context": {"default_dispute_id": self.id},
        }
