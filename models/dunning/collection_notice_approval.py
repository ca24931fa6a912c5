from odoo import SUPERUSER_ID, api, models
from odoo.fields import Domain
from odoo.tools import SQL, format_date

_ITEMS_SHOWN = 8
# Final demands that are asked for while the user waits; the sending job asks for the others.
_ASKED_AT_ONCE = 50


class CollectionNotice(models.Model):
    """Final demands are approved by a manager (SPEC §2).

    It is the policy's step that asks, not whoever confirms the run: the requester is the system, so that a manager may approve the
    final demands of a run that he confirmed, as he may those of the daily job. What was approved covers less (an item was paid),
    but never more (another item, a larger amount) nor another recipient: then the system asks anew.
    """

    _inherit = "collection.notice"

    # ------------------------------------------------------------------
    # What is asked
    # ------------------------------------------------------------------

    def _approval_kind(self):
        return "final_demand" if self.channel == "final_demand" else super()._approval_kind()

    def _approval_roles(self):
        return ("manager",) if self.channel == "final_demand" else super()._approval_roles()

    def _approval_is_open(self):
        return self.state == "due"

    def _approval_facts(self):
        self.ensure_one()
        lines = self.line_ids.filtered("counted")
        return {
            "recipient": self.recipient_id.id,
            "email": self.recipient_email or "",
            "items": {
                f"{line.move_id.id}/{line.due_date}/{line.currency_id.id}": line.amount_currency for line in lines
            },
        }

    def _approval_differs(self, approved, now):
        """Less to pay is no other demand; more of it, or somebody else to pay it, is."""
        if (approved["recipient"], approved["email"]) != (now["recipient"], now["email"]):
            return True
        before = approved["items"]
        # Amounts are rounded to their currency's unit: half of the smallest one is the same amount.
        return any(amount - before.get(key, 0.0) > 0.0005 for key, amount in now["items"].items())

    def _approval_summary(self):
        self.ensure_one()
        lines = self.line_ids.filtered("counted").sorted("due_date")
        return {
            "title": self.env._("Final demand to %(customer)s", customer=self.account_id.display_name),
            "amount": self.amount,
            "currency": self.currency_id,
            "partner": self.partner_id,
            "since": lines[:1].due_date,
            "effect": self._approval_effect(),
            "details": self._approval_details(lines),
        }

    def _approval_effect(self):
        to = self.recipient_email or self.recipient_id.display_name
        if self.recipient_email:
            how = self.env._("The final demand goes to %(address)s by e-mail", address=to)
        else:
            how = self.env._("The final demand is printed and posted to %(address)s", address=to or "")
        return self.env._(
            "%(how)s, to be paid within %(days)s calendar days. If refused, these items are left out of final demands for %(rest)s days.",
            how=how,
            days=self.step_id.deadline_days,
            rest=self.policy_id.final_demand_retry_days,
        )

    def _approval_details(self, lines):
        items = [
            self.env._(
                "%(document)s, due %(date)s: %(amount)s",
                document=line.move_name,
                date=format_date(self.env, line.due_date),
                amount=line.currency_id.format(line.amount_currency),
            )
            for line in lines[:_ITEMS_SHOWN]
        ]
        if len(lines) > _ITEMS_SHOWN:
            items.append(self.env._("and %(count)s more", count=len(lines) - _ITEMS_SHOWN))
        account = self.account_id
        last = account.last_notice_date
        return [
            (self.env._("Items"), "; ".join(items)),
            (self.env._("Step"), self.step_id.name),
            (self.env._("Last notice"), format_date(self.env, last) if last else self.env._("None")),
            (self.env._("Collector"), account.collector_id.name or self.env._("Nobody")),
            (self.env._("Overdue in all"), account.currency_id.format(account.amount_overdue)),
        ]

    # ------------------------------------------------------------------
    # Asking
    # ------------------------------------------------------------------

    @api.model
    def _ask_for_final_demands(self, runs):
        """Ask for the approval of the first final demands of confirmed runs; those that joined them are no longer asked for."""
        # The policy's step asks: see the docstring of the class.
        notices = self.with_user(SUPERUSER_ID)
        notices._void_settled(runs.company_id)
        self.env.flush_all()
        rows = self.env.execute_query(
            SQL(
                "SELECT n.id FROM collection_notice n WHERE n.run_id IN %s AND %s ORDER BY n.amount DESC, n.id LIMIT %s",
                tuple(runs.ids),
                self._unasked_condition(),
                _ASKED_AT_ONCE,
            )
        )
        notices.browse(row[0] for row in rows)._ask_for_release()
        self.env.flush_all()  # the run, which works by SQL, forgets afterwards what it had read

    @api.model
    def _unasked_condition(self):
        """Final demands of confirmed runs that nobody was asked to approve, as SQL on `collection_notice` under the alias `n`."""
        return SQL(
            "n.state = 'due' AND n.channel = 'final_demand' AND n.approval_state IS NULL"
            " AND EXISTS (SELECT FROM collection_run r WHERE r.id = n.run_id AND r.state = 'confirmed')"
        )

    def _ask_for_release(self):
        self.with_user(SUPERUSER_ID)._request_approval(self.env["res.users"].browse(SUPERUSER_ID))

    @api.model
    def _void_settled(self, companies):
        """Requests for notices that are not to be sent any more do not wait."""
        gone = self.search(
            Domain("company_id", "in", companies.ids)
            & Domain("approval_state", "=", "waiting")
            & Domain("state", "!=", "due")
        )
        for reason, notices in gone.grouped(lambda notice: notice._why_settled()).items():
            notices._void_approvals(reason)

    def _update_state(self, allowed, target, **vals):
        changed = super()._update_state(allowed, target, **vals)
        if target in ("suppressed", "cancelled"):
            waiting = changed.filtered(lambda notice: notice.approval_state == "waiting")
            for reason, notices in waiting.grouped(lambda notice: notice._why_settled()).items():
                notices._void_approvals(reason)
        return changed

    def _why_settled(self):
        if self.state == "cancelled":
            return self.error or self.env._("Cancelled")
        reasons = dict(self._selection_suppress_reason())
        return reasons.get(self.suppress_reason) or self.env._("Not to be sent any more")

    def _notify_approvers(self, users, approvals):
        """One task for all final demands of a run, on the run."""
        for run in self.browse(approvals.mapped("res_id")).run_id:
            run._ask_approvers(users)

    # ------------------------------------------------------------------
    # What follows
    # ------------------------------------------------------------------

    def _on_approved(self):
        self._unguarded().write({"ready": True, "needs_release": False, "released_by_id": self.env.uid})
        self.run_id._finish_approving()
        self._trigger_sending()

    def _on_refused(self, reason):
        """Not sent, and not proposed again for as long as the policy says: the items keep their place in this notice until then."""
        changed = self._update_state(("due",), "suppressed", suppress_reason="refused", ready=True, error=reason)
        for company, notices in changed.grouped("company_id").items():
            today = company._collection_today()
            lines = notices.line_ids.filtered("counted")
            lines._unguarded().write({"suppress_reason": "refused", "date_first": today, "date_last": today})
        self.env["collection.account"]._touch(accounts=changed.account_id.ids)
        self.run_id._finish_approving()
        self.run_id._close_if_done()

    @api.model
    def _forget_refusals(self, company):
        """Items whose final demand was refused so long ago that the policy proposes it again."""
        Line = self.env["collection.notice.line"]
        refused = Line.search(
            Domain("company_id", "=", company.id)
            & Domain("counted", "=", True)
            & Domain("notice_id.company_id", "=", company.id)
            & Domain("notice_id.suppress_reason", "=", "refused")
        )
        today = company._collection_today()
        over = refused.filtered(
            lambda line: (today - line.date_first).days >= line.notice_id.policy_id.final_demand_retry_days
        )
        self._leave_out_lines(over, "refused")

    def _on_voided(self, reason):
        """What is still to be sent is asked for anew, as it is now."""
        open_ones = self.filtered(lambda notice: notice.state == "due" and notice.channel == "final_demand")
        open_ones._unguarded().write({"ready": False, "needs_release": True, "released_by_id": False})
        open_ones._ask_for_release()
        self.run_id._finish_approving()
