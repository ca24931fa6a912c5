from odoo import fields, models


class CollectionPromiseWithdraw(models.TransientModel):
    _name = "collection.promise.withdraw"
    _description = "Withdraw a Promise"

    promise_id = fields.Many2one("collection.promise", required=True, readonly=True)
    reason = fields.Char(required=True)

    def action_apply(self):
        """Withdraw with the reason."""
        self.ensure_one()
        self.promise_id.action_withdraw(self.reason)
        return {"type": "ir.actions.act_window_close"}
