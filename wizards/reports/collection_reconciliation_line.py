from odoo import api, fields, models


class CollectionReconciliationLine(models.TransientModel):
    """One figure of a reconciliation worksheet. It is shown, never read: what depends on it is computed from the dates."""

    _name = "collection.reconciliation.line"
    _description = "Figure of a Reconciliation Worksheet"
    _order = "sequence, id"

    worksheet_id = fields.Many2one("collection.reconciliation", required=True, ondelete="cascade", index=True)
    sequence = fields.Integer()
    kind = fields.Selection(
        [
            ("opening", "Opening balance"),
            ("invoice", "Invoices"),
            ("credit_note", "Credit notes"),
            ("cash", "Cash received"),
            ("paid_out", "Paid out and taken back"),
            ("other", "Write-offs and other entries"),
            ("exchange", "Exchange differences"),
            ("cross", "Applied across customers or currencies"),
            ("closing", "Closing balance"),
            ("unexplained", "Unexplained"),
        ],
        string="What",
        readonly=True,
    )
    currency_id = fields.Many2one("res.currency", readonly=True, help="Empty: all currencies together.")
    company_currency_id = fields.Many2one(related="worksheet_id.currency_id", string="Company Currency")
    amount_currency = fields.Monetary(string="In Currency", readonly=True)
    amount = fields.Monetary(
        string="In Company Currency", currency_field="company_currency_id", readonly=True, help="As booked."
    )
    count = fields.Integer(string="Items", readonly=True)
    section = fields.Char(compute="_compute_section")

    @api.depends("kind", "currency_id")
    def _compute_section(self):
        for line in self:
            line.section = line.currency_id.name or self.env._("All")

    def action_view_items(self):
        """The journal items behind the figure; of open items those that were open then."""
        self.ensure_one()
        sheet = self.worksheet_id
        sheet._check()
        rows = [row for row in sheet._rows() if row["kind"] == self.kind]
        if self.currency_id:
            rows = [row for row in rows if row["currency_id"] == self.currency_id.id]
        ids = list({row["line_id"] for row in rows})
        if self.kind in ("opening", "closing"):
            return self._action_open_items(ids)
        view = self.env.ref("account_collections.account_move_line_view_list_reconciliation")
        return {
            "type": "ir.actions.act_window",
            "name": self._label(),
            "res_model": "account.move.line",
            "views": [(view.id, "list"), (False, "form")],
            "view_mode": "list,form",
            "domain": [("id", "in", ids)],
            "context": {"create": False, "edit": False},
        }

    def _action_open_items(self, ids):
        """The aging report of that date: what was open of each item then, not what is open of it now."""
        sheet = self.worksheet_id
        day = sheet.date_to if self.kind == "closing" else fields.Date.subtract(sheet.date_from, days=1)
        action = self.env["ir.actions.act_window"]._for_xml_id("account_collections.collection_aging_report_action")
        return {
            **action,
            "name": self._label(),
            "domain": [("company_id", "=", sheet.company_id.id), ("move_line_id", "in", ids)],
            "context": {"collection_as_of": fields.Date.to_string(day)},
        }

    def _label(self):
        return dict(self._fields["kind"]._description_selection(self.env))[self.kind]
