from odoo import fields, models


class CollectionCreditHoldChange(models.TransientModel):
    _name = "collection.credit.hold.change"
    _description = "Set or End a Credit Hold"

    act = fields.Selection(
        [("set", "Set"), ("lift", "Lift"), ("refuse", "Do not set")], required=True, default="set", readonly=True
    )
    account_ids = fields.Many2many("collection.account", string="Accounts")
    hold_ids = fields.Many2many("collection.credit.hold", string="Credit Holds")
    reason = fields.Text()

    def action_set(self):
        """Put the chosen accounts on hold."""
        self.ensure_one()
        self.account_ids.check_access("write")
        self.env["collection.credit.hold"]._check_may_set()
        self.account_ids._set_credit_hold(self.reason)
        return {"type": "ir.actions.act_window_close"}

    def action_end(self):
        """Lift the holds, or do not set what was proposed."""
        self.ensure_one()
        if self.act == "lift":
            self.hold_ids._lift(self.reason)
        else:
            self.hold_ids._refuse(self.reason)
        return {"type": "ir.actions.act_window_close"}


class CollectionCreditHold(models.Model):
    _inherit = "collection.credit.hold"

    def _change_dialog(self, act, **context):
        titles = {
            "set": self.env._("Set a Credit Hold"),
            "lift": self.env._("Lift the Credit Hold"),
            "refuse": self.env._("Do Not Set the Credit Hold"),
        }
        return {
            "type": "ir.actions.act_window",
            "name": titles[act],
            "res_model": "collection.credit.hold.change",
            "view_mode": "form",
            "target": "new",
            "context": {"default_act": act, "default_hold_ids": self.ids, **context},
        }
