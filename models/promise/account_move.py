from odoo import api, fields, models
from odoo.exceptions import UserError


class AccountMove(models.Model):
    _inherit = "account.move"

    collection_promise_ids = fields.Many2many(
        "collection.promise",
        string="Promises",
        compute="_compute_collection_promise_ids",
        groups="account_collections.group_collector,account_collections.group_auditor",
    )
    collection_promise_count = fields.Integer(
        compute="_compute_collection_promise_ids",
        groups="account_collections.group_collector,account_collections.group_auditor",
    )

    def _compute_collection_promise_ids(self):
        lines = self.env["collection.promise.line"].search([("move_id", "in", self.ids)])
        by_move = lines.grouped("move_id")
        for move in self:
            move.collection_promise_ids = by_move.get(move, lines.browse()).promise_id
            move.collection_promise_count = len(move.collection_promise_ids)

    def action_view_collection_promises(self):
        """The promises on this document."""
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id("account_collections.collection_promise_action")
        action["domain"] = [("id", "in", self.collection_promise_ids.ids)]
        action["context"] = {}
        return action

    @api.ondelete(at_uninstall=False)
    def _unlink_except_promised(self):
        """A document that a customer has promised to pay is not deleted under the promise."""
        # Whoever may delete the document need not see Collections.
        lines = self.env["collection.promise.line"].sudo().search([("move_id", "in", self.ids)])
        live = lines.filtered(lambda line: line.promise_id.state in ("open", "pending_application"))
        if live:
            raise UserError(
                self.env._(
                    "%(document)s cannot be deleted: the customer promised to pay it (%(promise)s). Withdraw the promise first.",
                    document=live[0].move_name or live[0].move_id.display_name,
                    promise=live[0].promise_id.name,
                )
            )
