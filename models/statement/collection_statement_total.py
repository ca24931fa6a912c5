from odoo import fields, models


class CollectionStatementTotal(models.Model):
    """The totals of a statement in one currency, as they were printed."""

    _name = "collection.statement.total"
    _description = "Totals of a Statement"
    _inherit = ["collection.guard"]
    _order = "statement_id, id"
    _rec_name = "currency_id"

    statement_id = fields.Many2one(
        "collection.statement", required=True, readonly=True, index=True, ondelete="restrict"
    )
    account_id = fields.Many2one(related="statement_id.account_id")
    company_id = fields.Many2one(related="statement_id.company_id", store=True, precompute=True)
    company_currency_id = fields.Many2one(related="company_id.currency_id", string="Company Currency")
    currency_id = fields.Many2one("res.currency", required=True, readonly=True)
    amount_opening = fields.Monetary(
        string="Opening", readonly=True, help="Balance before the first day of the period."
    )
    amount_balance = fields.Monetary(string="Balance", readonly=True, help="Closing balance: what is open on the date.")
    amount_company = fields.Monetary(
        string="Balance (Company Currency)", currency_field="company_currency_id", readonly=True
    )
    aging_current = fields.Monetary(string="Not Due", readonly=True)
    aging_1 = fields.Monetary(string="Bucket 1", readonly=True)
    aging_2 = fields.Monetary(string="Bucket 2", readonly=True)
    aging_3 = fields.Monetary(string="Bucket 3", readonly=True)
    aging_4 = fields.Monetary(string="Bucket 4", readonly=True)
    aging_5 = fields.Monetary(string="Bucket 5", readonly=True)
    amount_overdue = fields.Monetary(string="Overdue", readonly=True)
    amount_due_today = fields.Monetary(string="Due on the Day", readonly=True)
    amount_unapplied = fields.Monetary(
        string="Unapplied", readonly=True, help="Credits and payments that are not applied."
    )
    amount_reserved = fields.Monetary(
        string="Deposits", readonly=True, help="Of these, reserved: they pay for no invoice."
    )
    amount_disputed = fields.Monetary(string="Disputed", readonly=True)
    amount_disputed_due = fields.Monetary(string="Disputed of What Is Due", readonly=True)
    amount_promised = fields.Monetary(string="Promised", readonly=True)
    amount_unposted = fields.Monetary(
        string="Payment Not Confirmed", readonly=True, help="Matched with an entry that is not posted."
    )
    amount_now_due = fields.Monetary(
        string="Now Due",
        readonly=True,
        help="Overdue and due on the day, less what of it is disputed, less unapplied credits. What was promised stays in.",
    )

    _currency_unique = models.UniqueIndex("(statement_id, currency_id)", "One total for each currency.")

    def _guarded_fields(self):
        return frozenset(self._fields)
