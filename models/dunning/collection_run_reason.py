from odoo import fields, models


class CollectionRunReason(models.Model):
    _name = "collection.run.reason"
    _description = "Left Out by Reason"
    _inherit = ["collection.guard"]
    _order = "date desc, run_id desc, amount desc, id"
    _rec_name = "reason"

    run_id = fields.Many2one("collection.run", required=True, readonly=True, index=True, ondelete="cascade")
    run_state = fields.Selection(related="run_id.state", string="State of the Run")
    company_id = fields.Many2one("res.company", required=True, readonly=True)
    date = fields.Date(required=True, readonly=True)
    reason = fields.Selection(
        selection=lambda self: self.env["collection.notice"]._selection_suppress_reason(),
        string="Why Not",
        required=True,
        readonly=True,
    )
    currency_id = fields.Many2one("res.currency", required=True, readonly=True)
    company_currency_id = fields.Many2one(related="company_id.currency_id", string="Company Currency")
    item_count = fields.Integer(string="Items", readonly=True)
    account_count = fields.Integer(string="Accounts", readonly=True, aggregator="max")
    amount_currency = fields.Monetary(string="Open", readonly=True, help="Open, in the items' currency.")
    amount = fields.Monetary(string="Open (Company Currency)", readonly=True, currency_field="company_currency_id")

    def _guarded_fields(self):
        return frozenset(self._fields)

    def action_view_items(self):
        """The items that the run left out for this reason."""
        self.ensure_one()
        return self.run_id.with_context(run_reason=self.reason).action_view_left_out()
