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


class CollectionPromise(models.Model):
    _inherit = "collection.promise"

    def action_ask_withdraw(self):
        """Ask why the promise ends."""
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Withdraw %(promise)s", promise=self.name),
            "res_model": "collection.promise.withdraw",
            "view_mode": "form",
            "target": "new",
            "context": {"default_promise_id": self.id},
        }
