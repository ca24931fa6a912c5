from odoo import fields, models


class CollectionNoticeLine(models.Model):
    _name = "collection.notice.line"
    _description = "Item of a Collection Notice"
    _inherit = ["collection.guard"]
    _order = "notice_id, due_date, id"
    _rec_name = "move_name"
    # A run writes many of them: who wrote them and when stands in the notice, and each foreign key costs as much as the row itself.
    _log_access = False

    notice_id = fields.Many2one("collection.notice", required=True, index=True, ondelete="cascade")
    account_id = fields.Many2one("collection.account", required=True, ondelete="restrict")
    partner_id = fields.Many2one(related="account_id.partner_id", string="Customer")
    collector_id = fields.Many2one(related="account_id.collector_id")
    company_id = fields.Many2one(related="account_id.company_id")
    move_id = fields.Many2one("account.move", string="Document", required=True, ondelete="restrict")
    move_line_id = fields.Many2one(
        "account.move.line", string="Journal Item", index="btree_not_null", ondelete="set null"
    )
    move_name = fields.Char(string="Number")
    ref = fields.Char(string="Customer's Reference")
    due_date = fields.Date(required=True)
    currency_id = fields.Many2one("res.currency", required=True)
    company_currency_id = fields.Many2one(related="company_id.currency_id", string="Company Currency")
    amount_open = fields.Monetary(string="Open", help="What was open of the item, in its currency.")
    amount_currency = fields.Monetary(
        string="Asked For", help="Open amount less holds and less the credits that cover it, in the item's currency."
    )
    amount = fields.Monetary(string="Asked For (Company Currency)", currency_field="company_currency_id")
    step_id = fields.Many2one("collection.policy.step", required=True, ondelete="restrict")
    step_days = fields.Integer(help="Days of the step at that time; a step of another policy is mapped by them.")
    track = fields.Char(help="Steps of one track follow one another; tracks run beside each other.")
    counted = fields.Boolean(
        default=True,
        help="Off where the item was left out: suppressed, paid before sending, or taken over by a later notice.",
    )
    suppress_reason = fields.Selection(
        selection=lambda self: self.env["collection.notice"]._selection_suppress_reason()
    )
    date_first = fields.Date(string="First", help="First run in which the item was left out for this reason.")
    date_last = fields.Date(string="Last", help="Last run in which the item was left out for this reason.")

    # A fact's key is what does not move (DESIGN §2): a journal item's id may be another instalment after a reset to draft.
    _once_per_step = models.UniqueIndex(
        "(account_id, move_id, due_date, currency_id, step_id) WHERE counted", "This step was reached already."
    )
    _once_per_reason = models.UniqueIndex(
        "(account_id, move_id, due_date, currency_id, step_id, suppress_reason) WHERE suppress_reason IS NOT NULL AND NOT counted",
        "This item is left out for this reason already.",
    )

    def _guarded_fields(self):
        return frozenset(self._fields)

    def action_view_account(self):
        self.ensure_one()
        return self.account_id.action_open()

    def _totals(self):
        """Amounts asked for, by currency: dict of `res.currency` to float."""
        return {
            currency: sum(lines.mapped("amount_currency")) for currency, lines in self.grouped("currency_id").items()
        }
