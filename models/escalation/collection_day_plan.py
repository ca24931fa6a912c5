from odoo import models
from odoo.fields import Domain


class CollectionDay(models.Model):
    _inherit = "collection.day"

    def _since_last_shift(self):
        return [*super()._since_last_shift(), self._since_plans_missing(), self._since_steps_late()]

    def _since_plans_missing(self):
        """Accounts of which a rule says that they need a plan, for as long as they have none."""
        domain = self._portfolio(self.user_id, self.company_id) & Domain("plan_required_date", "<=", self.date)
        count, amount = self.env["collection.account"]._read_group(domain, [], ["__count", "amount_overdue:sum"])[0]
        return {
            "key": "plans_missing",
            "label": self.env._("Plans of action to draw up"),
            "count": count,
            "amount": amount or 0.0,
            "model": "collection.account",
            "domain": domain,
        }

    def _since_steps_late(self):
        """Steps that this user owns, or on this user's accounts, whose date has passed."""
        mine = Domain("user_id", "=", self.user_id.id) | Domain("account_id.collector_id", "=", self.user_id.id)
        domain = mine & Domain("company_id", "=", self.company_id.id) & Domain("is_late", "=", True)
        count, amount = self.env["collection.plan.step"]._read_group(domain, [], ["__count", "amount_expected:sum"])[0]
        return {
            "key": "plan_steps_late",
            "label": self.env._("Late steps of plans"),
            "count": count,
            "amount": amount or 0.0,
            "model": "collection.plan.step",
            "domain": domain,
        }
