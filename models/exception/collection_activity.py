from odoo import api, fields, models


class CollectionActivity(models.Model):
    """The customer's exceptions before the eyes of whoever calls or logs a contact."""

    _inherit = "collection.activity"

    exception_banner = fields.Html(
        string="Special Exceptions", compute="_compute_exception_banner", sanitize=False, exportable=False
    )

    @api.depends("account_id", "account_ids")
    def _compute_exception_banner(self):
        acting = self.env["collection.exception"]._acting_on((self.account_id | self.account_ids)._origin)
        for activity in self:
            accounts = (activity.account_id | activity.account_ids)._origin
            found = (
                self.env["collection.exception"].sudo().union(*(acting[each] for each in accounts if each in acting))
            )
            activity.exception_banner = found._banner()
