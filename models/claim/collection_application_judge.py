from collections import defaultdict
from datetime import timedelta

from odoo import api, models
from odoo.fields import Domain
from odoo.tools import SQL

_REVISIT_DAYS = 180


class CollectionApplicationRequest(models.Model):
    """Done is what reconciliation shows; what is not done in time climbs."""

    _inherit = "collection.application.request"

    # ------------------------------------------------------------------
    # Done
    # ------------------------------------------------------------------

    @api.model
    def _concerned_by(self, accounts):
        """The requests that something which happened to these accounts may change."""
        if not accounts:
            return self.browse()
        since = min(company._collection_today() for company in accounts.company_id) - timedelta(_REVISIT_DAYS)
        partners = accounts.partner_id.ids
        return self.search(
            Domain("company_id", "in", accounts.company_id.ids)
            & (Domain("state", "=", "open") | (Domain("state", "=", "done") & Domain("done_on", ">=", since)))
            & (Domain("account_id", "in", accounts.ids) | Domain("line_ids.partner_id", "in", partners))
        )

    def _judge(self):
        """Bring requests to what the ledger shows of their items; by sets, and a second call changes nothing."""
        requests = self.exists().filtered(lambda request: request.state in ("open", "done")).sorted("id")
        if not requests:
            return
        self.env.flush_all()
        applied, settled = requests._read_applied()
        for line in requests.line_ids.filtered("is_matched"):
            amount = min(line.amount_currency, applied.get(line.id, 0.0))
            if line.currency_id.compare_amounts(amount, line.amount_applied_currency):
                line._unguarded().amount_applied_currency = amount
        for company, group in requests.grouped("company_id").items():
            today = company._collection_today()
            done = group.filtered(
                lambda request: (
                    request.line_ids.filtered("is_matched")
                    and all(settled[line.id] for line in request.line_ids.filtered("is_matched"))
                )
            )
            finished = done.filtered(lambda request: request.state == "open")._update_state(
                ("open",), "done", done_on=today
            )
            finished.activity_unlink(["mail.mail_activity_data_todo"])
            undone = (group - done).filtered(lambda request: request.state == "done")
            undone._update_state(("done",), "open", done_on=False)
            undone._give_tasks()

    def _read_applied(self):
        """What was matched with each line's item since it was asked for, and whether nothing is left to do.

        :return: dicts of line id to amount and to bool
        """
        rows = self.env.execute_query(
            SQL(
                """SELECT l.id, l.amount_currency::float, COALESCE(m.amount_residual_currency, 0)::float, m.parent_state,
                          COALESCE(SUM(part.debit_amount_currency) FILTER (WHERE credit.parent_state = 'posted'), 0)::float,
                          c.rounding::float
                     FROM collection_application_line l
                     JOIN res_currency c ON c.id = l.currency_id
                     LEFT JOIN account_move_line m ON m.id = l.move_line_id
                     LEFT JOIN account_partial_reconcile part ON part.debit_move_id = m.id AND part.id > COALESCE(l.after_partial_id, 0)
                     LEFT JOIN account_move_line credit ON credit.id = part.credit_move_id
                    WHERE l.request_id IN %s AND l.is_matched
                    GROUP BY l.id, m.id, c.id""",
                tuple(self.ids),
            )
        )
        applied, settled = {}, defaultdict(bool)
        for line_id, asked, residual, state, got, rounding in rows:
            applied[line_id] = got
            settled[line_id] = state == "posted" and (asked - got < rounding / 2 or abs(residual) < rounding / 2)
        return applied, settled

    # ------------------------------------------------------------------
    # Late
    # ------------------------------------------------------------------

    @api.model
    def _late_domain(self):
        """Open requests past their deadline that have not climbed within the time that is given for applying."""
        domains = []
        for company in self.env["res.company"].search([]):
            today = company._collection_today()
            before = company._collection_add_business_days(today, -company.collection_request_days)
            domains.append(
                Domain("company_id", "=", company.id)
                & Domain("deadline", "<", today)
                & (Domain("climbed_on", "=", False) | Domain("climbed_on", "<=", before) & Domain("level", "<", 2))
            )
        return Domain("state", "=", "open") & Domain.OR(domains)

    @api.model
    def _cron_climb(self):
        """Late requests go to the AR manager, and as long after that to the accounts' escalation; in batches."""
        self.env["collection.batches"]._work([(self, self._late_domain(), type(self)._climb)])

    def _climb(self):
        """Remind the owner, and bring the request one level up."""
        for company, requests in self.grouped("company_id").items():
            today = company._collection_today()
            manager = company._collection_manager()
            for request in requests:
                request._message_log(
                    body=self.env._(
                        "Late since %(date)s: %(owner)s is reminded.", date=request.deadline, owner=request.user_id.name
                    )
                )
            first = requests.filtered(lambda request: not request.level)
            for request in first:
                request.with_context(mail_activity_quick_update=True).activity_schedule(
                    "mail.mail_activity_data_todo",
                    today,
                    summary=self.env._("Late: apply money, %(name)s", name=request.display_name),
                    user_id=manager.id,
                )
            for request in requests - first:
                request.account_id._escalate(self.env._("Money not applied: %(name)s", name=request.name))
            for level, same in requests.grouped("level").items():
                same._unguarded().write({"level": level + 1, "climbed_on": today})
