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
