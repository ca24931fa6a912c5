from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Domain


class AccountMove(models.Model):
    _inherit = "account.move"

    collection_dispute_ids = fields.Many2many(
        "collection.dispute",
        "collection_dispute_move_rel",
        "move_id",
        "dispute_id",
        string="Disputes",
        readonly=True,
        copy=False,
        groups="account_collections.group_collector,account_collections.group_auditor",
    )
    collection_dispute_count = fields.Integer(
        string="Disputes of the Invoice",
        compute="_compute_collection_dispute_count",
        groups="account_collections.group_collector,account_collections.group_auditor",
    )
    collection_resolves_dispute_id = fields.Many2one(
        "collection.dispute",
        string="Credits Dispute",
        readonly=True,
        copy=False,
        index="btree_not_null",
        ondelete="set null",
        groups="account_collections.group_collector,account_collections.group_auditor",
        help="The dispute that this credit note settles. It closes when the credit note is posted and applied.",
    )

    @api.depends("collection_dispute_ids")
    def _compute_collection_dispute_count(self):
        for move in self:
            move.collection_dispute_count = len(move.collection_dispute_ids)

    def write(self, vals):
        result = super().write(vals)
        if "state" in vals:
            self._collection_follow_state(vals["state"])
        return result

    def _collection_follow_state(self, state):
        """Disputes follow a document that is posted, reset to draft or cancelled."""
        # Whoever keeps the books need not see disputes.
        lines = self.env["collection.dispute.line"].sudo()
        disputes = lines.search(Domain("move_id", "in", self.ids) & Domain("live", "=", True)).dispute_id
        notes = self.sudo().collection_resolves_dispute_id
        if disputes and state != "posted":
            label = dict(self._fields["state"]._description_selection(self.env)).get(state, state)
            for dispute in disputes:
                names = ", ".join((dispute.move_ids & self.sudo()).mapped("name"))
                text = self.env._("%(documents)s: now “%(state)s”", documents=names, state=label)
                dispute._log_event("ledger", note=text)
                dispute._add_collector_task(text)
        if notes and state == "cancel":
            notes._log_event("ledger", note=self.env._("The credit note was cancelled"))
        (disputes | notes)._judge()

    @api.ondelete(at_uninstall=False)
    def _unlink_except_disputed(self):
        """What is or was disputed is part of the record; void disputes do not keep a document."""
        lines = self.env["collection.dispute.line"].sudo().search([("move_id", "in", self.ids)])
        standing = lines.filtered(lambda line: line.dispute_id.state != "void")
        if standing:
            raise UserError(
                self.env._(
                    "%(document)s cannot be deleted: it is the subject of dispute %(dispute)s. Cancel it instead.",
                    document=standing[0].move_name,
                    dispute=standing[0].dispute_id.name,
                )
            )
        resolved = self.sudo().collection_resolves_dispute_id
        for dispute in resolved:
            text = self.env._("The draft credit note was deleted: propose it again, or reopen the dispute.")
            dispute._log_event("ledger", note=text)
            dispute._add_collector_task(text)

    def action_collection_dispute(self):
        """Open a dispute about these invoices."""
        return self.env["collection.account"]._action_dispute(self.line_ids)

    def action_view_collection_disputes(self):
        """The disputes of this invoice."""
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id("account_collections.collection_dispute_action")
        disputes = self.collection_dispute_ids
        action |= {"domain": [("id", "in", disputes.ids)], "context": {}}
        if len(disputes) == 1:
            action |= {"view_mode": "form", "views": [(False, "form")], "res_id": disputes.id}
        return action

    def action_view_collection_resolved(self):
        """The dispute that this credit note settles."""
        self.ensure_one()
        return self.collection_resolves_dispute_id._get_dispute_action()
