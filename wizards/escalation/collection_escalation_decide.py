from odoo import api, fields, models

from ...models.escalation.collection_escalation import DECISIONS


class CollectionEscalationDecide(models.TransientModel):
    _name = "collection.escalation.decide"
    _description = "Decide on Escalations"

    escalation_ids = fields.Many2many("collection.escalation", string="Escalations", required=True)
    escalation_count = fields.Integer(compute="_compute_what")
    reason = fields.Text(string="What It Is About", compute="_compute_what")
    currency_id = fields.Many2one("res.currency", compute="_compute_what")
    amount_overdue = fields.Monetary(string="Overdue Now", compute="_compute_what")
    decision = fields.Selection(DECISIONS)
    effect = fields.Char(compute="_compute_effect")
    note = fields.Text(string="What Is to Be Done")

    @api.depends("escalation_ids")
    def _compute_what(self):
        for wizard in self:
            escalations = wizard.escalation_ids
            wizard.escalation_count = len(escalations)
            wizard.reason = escalations.reason if len(escalations) == 1 else False
            wizard.currency_id = escalations.currency_id if len(escalations.currency_id) == 1 else False
            wizard.amount_overdue = sum(escalations.mapped("amount_overdue_now")) if wizard.currency_id else 0

    @api.depends("decision")
    def _compute_effect(self):
        """What the decision does."""
        effects = {
            "advise": self.env._("The collector gets this as a task for today."),
            "take_over": self.env._("The account is yours from now on."),
            "hold": self.env._("The customer is put on credit hold. Chasing goes on."),
            "placement": self.env._("The account is put up for placement; the AR manager reviews it."),
            "change_plan": self.env._("Whoever owns the plan of action is asked to change it."),
        }
        for wizard in self:
            wizard.effect = effects.get(wizard.decision)

    def action_decide(self):
        """Decide with what was entered."""
        self.ensure_one()
        self.escalation_ids._decide(self.decision, self.note)
        return {"type": "ir.actions.act_window_close"}


class CollectionEscalation(models.Model):
    _inherit = "collection.escalation"

    def _decide_dialog(self):
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Decide"),
            "res_model": "collection.escalation.decide",
            "view_mode": "form",
            "target": "new",
            "context": {"default_escalation_ids": self.ids},
        }
