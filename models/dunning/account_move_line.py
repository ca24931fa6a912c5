from odoo import fields, models
from odoo.fields import Domain


class AccountMoveLine(models.Model):
    _inherit = "account.move.line"

    collection_step_id = fields.Many2one(
        "collection.policy.step",
        string="Last Step",
        compute="_compute_collection_step_id",
        help="The last dunning step this item reached: the notice was sent, the letter printed or the call done.",
    )
    collection_last_notice_date = fields.Date(string="Last Notice", compute="_compute_collection_step_id")

    def _compute_collection_step_id(self):
        """Read from the notices (a stored column would cost far more than the notices themselves)."""
        self.collection_step_id = False
        self.collection_last_notice_date = False
        NoticeLine = self.env["collection.notice.line"]
        # Which step an item reached is no secret for whoever may see the item.
        found = NoticeLine.sudo().search_fetch(
            Domain("move_id", "in", self.move_id.ids)
            & Domain("counted", "=", True)
            & Domain("notice_id.state", "in", ("queued", "sent", "bounced")),
            ["move_id", "due_date", "currency_id", "step_id", "step_days", "account_id", "notice_id"],
            order="step_days, id",
        )
        last = {(each.account_id.partner_id, each.move_id, each.due_date, each.currency_id): each for each in found}
        for line in self:
            due = line.date_maturity or line.date
            reached = last.get((line.partner_id.commercial_partner_id, line.move_id, due, line.currency_id))
            if reached:
                line.collection_step_id = reached.step_id
                line.collection_last_notice_date = reached.notice_id.sent_on
