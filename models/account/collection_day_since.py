from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Domain
from odoo.tools import SQL


class CollectionDay(models.Model):
    """Since your last shift: what happened on the collector's accounts while they were away."""

    _inherit = "collection.day"

    since = fields.Datetime(string="Last Shift Ended", compute="_compute_since")
    since_text = fields.Char(string="Since", compute="_compute_since")
    since_lines = fields.Json(string="Since Your Last Shift", compute="_compute_since_lines")

    @api.depends("user_id", "company_id", "date")
    def _compute_since(self):
        for day in self:
            day.since = day._last_shift_end() if day.date else False
            day.since_text = day.company_id._collection_local_time(day.since) if day.since else False

    def _last_shift_end(self):
        """When the last shift ended: the day before was closed, or its last account was worked, else that day was over.

        Without any earlier sheet: since the end of the business day before.
        """
        company = self.company_id
        key = Domain("user_id", "=", self.user_id.id) & Domain("company_id", "=", company.id)
        before = self.search(key & Domain("date", "<", self.date), order="date desc", limit=1)
        if not before:
            return company._collection_midnight(company._collection_add_business_days(self.date, -1), 1)
        night = company._collection_midnight(before.date, 1)
        if before.closed_on and before.closed_on <= night:
            return before.closed_on
        last = self.env["collection.work.log"].search(before._log_domain(), order="date desc", limit=1)
        return last.date if last else night

    @api.depends("since")
    def _compute_since_lines(self):
        for day in self:
            sections = day._since_last_shift() if day.since else []
            day.since_lines = [
                {name: section.get(name) for name in ("key", "label", "count", "amount")} for section in sections
            ]

    # ------------------------------------------------------------------
    # Sections
    # ------------------------------------------------------------------

    def _since_last_shift(self):
        """What happened on this user's accounts since their last shift; rooms add their sections.

        :return: list of dicts of `key`, `label`, `count`, `amount` (company currency; None: it has none), and of the records
            behind it, `model` and `domain`
        """
        self.ensure_one()
        return [self._since_cash(), self._since_bounces(), self._since_replies(), self._since_decisions()]

    def _since_until(self):
        """The end of the time that is looked at: when the day was closed, else its end."""
        return self.closed_on or self.company_id._collection_midnight(self.date, 1)

    def _since_cash(self):
        cash = self.env["account.partial.reconcile"]._collection_cash_query(
            SQL("part.create_date > %s AND part.create_date <= %s", self.since, self._since_until())
        )
        line_ids, amount = self._credit_lines_of(cash)
        return {
            "key": "cash",
            "label": self.env._("Cash received"),
            "count": len(line_ids),
            "amount": amount,
            "model": "account.move.line",
            "domain": Domain("id", "in", line_ids),
        }

    def _since_domain(self, moment):
        """Records on this user's accounts whose moment lies in the time that is looked at."""
        own = Domain("account_id.collector_id", "=", self.user_id.id) & Domain("company_id", "=", self.company_id.id)
        return own & Domain(moment, ">", self.since) & Domain(moment, "<=", self._since_until())

    def _since_bounces(self):
        domain = self._since_domain("date") & Domain("amount_bounced", ">", 0)
        count, amount = self.env["collection.bounce"]._read_group(domain, [], ["__count", "amount_bounced:sum"])[0]
        return {
            "key": "bounces",
            "label": self.env._("Bounced payments"),
            "count": count,
            "amount": amount or 0.0,
            "model": "collection.bounce",
            "domain": domain,
        }

    def _since_decisions(self):
        """What others decided on: on this user's accounts, or on what the user asked for."""
        company = Domain("company_id", "=", self.company_id.id)
        mine = Domain("account_id.collector_id", "=", self.user_id.id) | Domain("requester_id", "=", self.user_id.id)
        when = Domain("decided_on", ">", self.since) & Domain("decided_on", "<=", self._since_until())
        domain = company & mine & when & Domain("state", "in", ("approved", "refused"))
        return {
            "key": "decisions",
            "label": self.env._("Approvals decided"),
            "count": self.env["collection.approval"].search_count(domain),
            "amount": None,
            "model": "collection.approval",
            "domain": domain,
        }

    def _since_replies(self):
        accounts = self.env["collection.account"].search(self._portfolio(self.user_id, self.company_id))
        ids, count = self._replied("collection.account", accounts)
        return {
            "key": "replies",
            "label": self.env._("Replies by e-mail"),
            "count": count,
            "amount": None,
            "model": "collection.account",
            "domain": Domain("id", "in", ids),
        }

    @api.model
    def _replied(self, model, records):
        """The records on which people outside wrote in the time that is looked at, and how many mails they wrote."""
        domain = (
            Domain("model", "=", model)
            & Domain("message_type", "=", "email")
            & Domain("date", ">", self.since)
            & Domain("date", "<=", self._since_until())
            & (Domain("author_id", "=", False) | Domain("author_id.partner_share", "=", True))
        )
        # Counts only; what was written is read on the records, which the user may read.
        messages = self.env["mail.message"].sudo().search_fetch(domain, ["res_id"])
        known = set(records.ids)
        found = [message.res_id for message in messages if message.res_id in known]
        return sorted(set(found)), len(found)

    def action_view_since(self, key):
        """Open the records behind a line of “since your last shift”."""
        self.ensure_one()
        self.check_access("read")
        for section in self._since_last_shift():
            if section["key"] == key:
                return self._list(section["model"], section["label"], section["domain"])
        raise UserError(self.env._("There is nothing to show."))
