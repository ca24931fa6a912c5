from odoo import models
from odoo.fields import Domain


class CollectionDay(models.Model):
    _inherit = "collection.day"

    def _since_last_shift(self):
        """What was decided on this user's accounts and requests; for those who decide, also what came to them."""
        sections = [*super()._since_last_shift(), self._since_escalations_decided()]
        # Which role a colleague has is looked up for a manager who reads their sheet.
        if self.user_id.sudo()._collection_approver_role():
            sections.append(self._since_escalations_to_decide())
        return sections

    def _since_escalations_decided(self):
        mine = Domain("account_id.collector_id", "=", self.user_id.id) | Domain("from_user_id", "=", self.user_id.id)
        domain = (
            Domain("company_id", "=", self.company_id.id)
            & mine
            & Domain("decided_on", ">", self.since)
            & Domain("decided_on", "<=", self._since_until())
        )
        return {
            "key": "escalations",
            "label": self.env._("Escalations decided"),
            "count": self.env["collection.escalation"].search_count(domain),
            "amount": None,
            "model": "collection.escalation",
            "domain": domain,
        }

    def _since_escalations_to_decide(self):
        """What waits for this user, whenever it came."""
        domain = (
            Domain("company_id", "=", self.company_id.id)
            & Domain("acting_id", "=", self.user_id.id)
            & Domain("state", "=", "open")
            & Domain("assigned_on", "<=", self._since_until())
        )
        count, amount = self.env["collection.escalation"]._read_group(domain, [], ["__count", "amount_overdue:sum"])[0]
        return {
            "key": "escalations_to_decide",
            "label": self.env._("Escalations for you to decide"),
            "count": count,
            "amount": amount or 0.0,
            "model": "collection.escalation",
            "domain": domain,
        }
