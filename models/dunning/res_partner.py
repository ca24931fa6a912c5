from odoo import fields, models


class ResPartner(models.Model):
    _inherit = "res.partner"

    collection_policy_id = fields.Many2one(
        "collection.policy",
        string="Dunning Policy",
        domain="[('first_id', '=', False)]",
        index="btree_not_null",
        ondelete="restrict",
        help="Of a sales partner: used for its customers, unless their account has a policy of its own.",
    )
    collection_email_bounced_on = fields.Date(
        string="E-mail Bounced",
        copy=False,
        index="btree_not_null",
        help="An e-mail to this address came back. Notices go to the next contact, then by letter, until the address is corrected, "
        "a mail arrives from it, or this date is taken away.",
    )

    def write(self, vals):
        """A new address has not bounced."""
        changed = self.browse()
        if "email" in vals and "collection_email_bounced_on" not in vals:
            changed = self.filtered(lambda each: each.collection_email_bounced_on and each.email != vals["email"])
        result = super().write(vals)
        if changed:
            changed.write({"collection_email_bounced_on": False})
        return result

    def _message_receive_bounce(self, email, partner):
        result = super()._message_receive_bounce(email, partner)
        self._mark_bounced()
        return result

    def _message_reset_bounce(self, email):
        result = super()._message_reset_bounce(email)
        self.filtered("collection_email_bounced_on").write({"collection_email_bounced_on": False})
        return result

    def _mark_bounced(self, company=None):
        """Write to these contacts by other ways from now on."""
        self.write({"collection_email_bounced_on": (company or self.env.company)._collection_today()})
