from odoo import models
from odoo.tools import SQL

from .collection_run_exception import TO_CUSTOMER


class CollectionNotice(models.Model):
    """Special exceptions at the moment of sending: what was approved since the run is followed too."""

    _inherit = "collection.notice"

    def _lines_to_leave_out(self, company):
        gone = super()._lines_to_leave_out(company)
        left = self.line_ids.filtered("counted") - self.line_ids.browse().union(*gone.values())
        effects = self.env["collection.exception"]._effects_of_moves(left.move_id)
        if not effects:
            return gone
        overdue, told = self._overdue_amounts(company, effects), self._told_moves(company, effects)
        for line in left:
            found = effects.get(line.move_id, {})
            if reason := found and self._exception_reason(line, found, overdue, told, company):
                gone[reason] |= line
        return gone

    def _exception_reason(self, line, effects, overdue, told, company):
        """Why an exception leaves an item out now; None where none does."""
        days, notice = (company._collection_today() - line.due_date).days, line.notice_id
        to_customer = self._kind(notice) in TO_CUSTOMER
        if to_customer and "statements_only" in effects:
            return "statements_only"
        if days <= 0:
            return None
        first, tolerance, grace = (effects.get(each) for each in ("partner_first", "tolerance", "grace"))
        # A partner who is to know first is told at once.
        if grace and days - grace.days < line.step_days and not (first and notice.channel == "sales_partner"):
            return "grace"
        if to_customer and first and line.move_id.collection_sales_partner_id and line.move_id.id not in told:
            return "partner_first"
        key = (line.account_id.id, line.move_id.id if tolerance and tolerance.scope == "invoice" else None)
        if tolerance and company.currency_id.compare_amounts(overdue.get(key, 0.0), tolerance.amount) < 0:
            return "tolerance"
        return None

    def _told_moves(self, company, effects):
        """Ids of the documents of which the sales partner was told long enough ago."""
        waiting = [
            (move.id, found["partner_first"].days) for move, found in effects.items() if "partner_first" in found
        ]
        if not waiting:
            return set()
        condition = self.env["collection.run"]._told_condition(company, SQL("v.move_id"), SQL("v.days"))
        values = SQL(", ").join(SQL("(%s, %s)", *each) for each in waiting)
        query = SQL("SELECT v.move_id FROM (VALUES %s) v (move_id, days) WHERE %s", values, condition)
        return {row[0] for row in self.env.execute_query(query)}

    def _kind(self, notice):
        """What the notice is, as `grp` of a run's items."""
        return "mail" if notice.channel in ("email", "letter", "portal_upload") else notice.channel

    def _overdue_amounts(self, company, effects):
        """What is asked for of overdue items: by (account, None) and by (account, document); only where a tolerance needs it."""
        if not any("tolerance" in each for each in effects.values()):
            return {}
        today, sums = company._collection_today(), {}
        for (account, move, due, _currency), row in self._current_items(company).items():
            if due < today:
                for key in ((account, None), (account, move)):
                    sums[key] = sums.get(key, 0.0) + float(row["asked"] or 0.0)
        return sums

    def _mail_attachments(self, template):
        """Copies of PO and POD go with the documents for which they are mandatory."""
        result = super()._mail_attachments(template)
        copies = self.line_ids.filtered("counted").move_id._collection_copies()
        for notice in self if copies else ():
            for move in notice.line_ids.filtered("counted").move_id & self.env["account.move"].union(*copies):
                result[notice.id] += copies[move][0].ids
        return result
