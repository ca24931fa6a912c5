from odoo import fields, models


class CollectionDisputeStep(models.TransientModel):
    _name = "collection.dispute.step"
    _description = "Dispute: Question, Answer, Void or Reopen"

    dispute_id = fields.Many2one("collection.dispute", required=True, readonly=True, ondelete="cascade")
    question = fields.Char(related="dispute_id.question")
    recipient_id = fields.Many2one(related="dispute_id.letter_recipient_id", string="To")
    step = fields.Selection(
        [
            ("customer", "Ask the customer"),
            ("collector", "Ask the collector"),
            ("answer", "Answer the resolver"),
            ("void", "Void"),
            ("reopen", "Reopen"),
        ],
        required=True,
        readonly=True,
    )
    text = fields.Text(required=True)

    def action_apply(self):
        """Do the step with the text that was entered."""
        self.ensure_one()
        dispute = self.dispute_id
        dispute.check_access("write")
        text = self.text.strip()
        if self.step in ("void", "reopen"):
            dispute._check_follower()
        steps = {
            "customer": dispute._ask_customer,
            "collector": dispute._ask_collector,
            "answer": dispute._answer,
            "void": dispute._set_void,
            "reopen": dispute._reopen,
        }
        steps[self.step](text)
        return {"type": "ir.actions.act_window_close"}


class CollectionDispute(models.Model):
    _inherit = "collection.dispute"

    def _action_step(self, step, title):
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "name": f"{title}: {self.name}",
            "res_model": "collection.dispute.step",
            "view_mode": "form",
            "target": "new",
            "context": {"default_dispute_id": self.id, "default_step": step},
        }

    def action_ask_customer(self):
        """Ask for the question, send it and wait for the answer."""
        return self._action_step("customer", self.env._("Ask the Customer"))

    def action_ask_collector(self):
        """Ask for the question to the collector."""
        return self._action_step("collector", self.env._("Ask the Collector"))

    def action_answer(self):
        """Ask for the answer to the resolver."""
        return self._action_step("answer", self.env._("Answer"))

    def action_void(self):
        """Ask for the reason, then void."""
        return self._action_step("void", self.env._("Void"))

    def action_reopen(self):
        """Ask for the reason, then work on it once more."""
        return self._action_step("reopen", self.env._("Reopen"))
