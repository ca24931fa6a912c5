from odoo import models


class CollectionAccount(models.Model):
    _inherit = "collection.account"

    def action_view_history(self):
        """Every action of these accounts, the latest first."""
        self.check_access("read")
        action = self.env["ir.actions.act_window"]._for_xml_id("account_collections.collection_action_history_action")
        one = len(self) == 1
        if one:
            action["name"] = self.env._("Action history of %(customer)s", customer=self.display_name)
        return {
            **action,
            "domain": [("account_id", "in", self.ids)],
            "context": {"collection_history_account_ids": self.ids, "collection_history_one": one},
        }
