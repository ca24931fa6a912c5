from odoo import api, fields, models


class CollectionActivity(models.Model):
    _inherit = "collection.activity"

    credit_hold_text = fields.Char(
        string="Credit Hold", compute="_compute_credit_hold_text", help="Whoever speaks to the customer must know."
    )

    @api.depends("account_id", "account_ids")
    def _compute_credit_hold_text(self):
        for activity in self:
            # In a dialog that is not saved yet one account is there twice.
            held = (activity.account_id._origin | activity.account_ids._origin).filtered("credit_hold_text")
            several = len(activity.account_ids) > 1
            activity.credit_hold_text = (
                " · ".join(
                    f"{account.display_name}: {account.credit_hold_text}" if several else account.credit_hold_text
                    for account in held
                )
                or False
            )
