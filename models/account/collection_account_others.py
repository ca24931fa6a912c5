from odoo import api, fields, models
from odoo.fields import Domain


class CollectionAccount(models.Model):
    """Two people on one account: the second is told who did what."""

    _inherit = "collection.account"

    others_text = fields.Char(
        string="Others Today", compute="_compute_others_text", help="What other people did with the account today."
    )

    @api.depends("work_log_ids")
    @api.depends_context("uid")
    def _compute_others_text(self):
        said = self._others_at_work()
        for account in self:
            account.others_text = " ".join(said.get(account, ())) or False

    def _others_at_work(self, since=None):
        """What others did with these accounts today; rooms add what they know.

        :param since: a moment, only what was done after it
        :return: dict of account to a list of sentences
        """
        said = {}
        for company, accounts in self.filtered("id").grouped("company_id").items():
            domain = (
                Domain("account_id", "in", accounts.ids)
                & Domain("user_id", "!=", self.env.uid)
                & Domain("business_date", "=", company._collection_today())
            )
            if since:
                domain &= Domain("date", ">", since)
            actions = dict(self.env["collection.work.log"]._fields["action"]._description_selection(self.env))
            for log in self.env["collection.work.log"].search(domain, order="date, id"):
                said.setdefault(log.account_id, []).append(
                    self.env._(
                        "%(user)s, %(time)s: %(what)s.",
                        user=log.user_id.name,
                        time=company._collection_local_time(log.date),
                        what=log.reason_id.name or actions[log.action],
                    )
                )
        return said
