from odoo import fields, models
from odoo.exceptions import ValidationError


class CollectionClaimReason(models.TransientModel):
    """Asks why a request to apply ends without being applied, or a claim is void, and ends it."""

    _name = "collection.claim.reason"
    _description = "Why It Ends"

    act = fields.Selection(
        [("refuse", "Refuse"), ("cancel", "Cancel"), ("void", "Void")],
        required=True,
        readonly=True,
    )
    request_id = fields.Many2one("collection.application.request", readonly=True)
    claim_id = fields.Many2one("collection.claim", readonly=True)
    reason = fields.Char(required=True)

    def action_apply(self):
        """End it, with the reason.

        :raise ValidationError: there is none
        """
        self.ensure_one()
        if not self.reason.strip():
            raise ValidationError(self.env._("Say why."))
        if self.act == "void":
            self.claim_id.action_void(self.reason)
        elif self.act == "refuse":
            self.request_id.action_refuse(self.reason)
        else:
            self.request_id.action_cancel(self.reason)
        return {"type": "ir.actions.act_window_close"}

    def _ask(self, act, title, **about):
        return {
            "type": "ir.actions.act_window",
            "name": title,
            "res_model": self._name,
            "view_mode": "form",
            "target": "new",
            "context": {"default_act": act, **about},
        }


class CollectionApplicationRequest(models.Model):
    _inherit = "collection.application.request"

    def action_ask_refuse(self):
        """Ask why the money does not belong there."""
        return self._ask_reason("refuse", self.env._("Refuse %(request)s", request=self.name))

    def action_ask_cancel(self):
        """Ask why the request is taken back."""
        return self._ask_reason("cancel", self.env._("Cancel %(request)s", request=self.name))

    def _ask_reason(self, act, title):
        self.ensure_one()
        return self.env["collection.claim.reason"]._ask(act, title, default_request_id=self.id)


class CollectionClaim(models.Model):
    _inherit = "collection.claim"

    def action_ask_void(self):
        """Ask why the claim should not be there."""
        self.ensure_one()
        title = self.env._("Void %(claim)s", claim=self.name)
        return self.env["collection.claim.reason"]._ask("void", title, default_claim_id=self.id)
