from odoo import models


class CollectionPayerGroup(models.Model):
    _inherit = "collection.payer.group"

    def action_view_history(self):
        """Every action of all members, the latest first."""
        self.ensure_one()
        action = self.account_ids.action_view_history()
        return {**action, "name": self.env._("Action history of %(group)s", group=self.display_name)}
