from odoo import models
from odoo.fields import Domain


class CollectionDay(models.Model):
    _inherit = "collection.day"

    def _since_last_shift(self):
        return [*super()._since_last_shift(), self._since_notice_replies(), self._since_notice_bounces()]

    def _since_notices(self):
        """Notices to this user's customers."""
        return Domain("account_id.collector_id", "=", self.user_id.id) & Domain("company_id", "=", self.company_id.id)

    def _since_notice_replies(self):
        notices = self.env["collection.notice"].search(self._since_notices() & Domain("sent_on", "!=", False))
        ids, count = self._replied("collection.notice", notices)
        return {
            "key": "notice_replies",
            "label": self.env._("Replies to notices"),
            "count": count,
            "amount": None,
            "model": "collection.notice",
            "domain": Domain("id", "in", ids),
        }

    def _since_notice_bounces(self):
        """Bounced is where a notice's mail ends: nothing is written on it afterwards."""
        bounced = (
            self._since_notices()
            & Domain("state", "=", "bounced")
            & Domain("write_date", ">", self.since)
            & Domain("write_date", "<=", self._since_until())
        )
        count, amount = self.env["collection.notice"]._read_group(bounced, [], ["__count", "amount:sum"])[0]
        return {
            "key": "notice_bounces",
            "label": self.env._("E-mails that came back"),
            "count": count,
            "amount": amount or 0.0,
            "model": "collection.notice",
            "domain": bounced,
        }
