from datetime import timedelta

from odoo import models
from odoo.exceptions import UserError
from odoo.tools import SQL

from .collection_promise import LIVE


class CollectionPromise(models.Model):
    """From a draft to a promise that counts, and its end before its time."""

    _inherit = "collection.promise"

    # ------------------------------------------------------------------
    # Confirming
    # ------------------------------------------------------------------

    def _is_beyond_horizon(self):
        """Whether it reaches further ahead than collectors may agree to."""
        self.ensure_one()
        company = self.company_id
        horizon = company._collection_today() + timedelta(company.collection_promise_horizon_days)
        return any(each.date > horizon for each in self.installment_ids)

    def _needs_approval(self):
        """Beyond the horizon, and not taken by a manager, who may agree to it."""
        return self._is_beyond_horizon() and not self.env.user.has_group("account_collections.group_manager")

    def _check_horizon(self):
        if far := self.filtered(lambda each: each._needs_approval()):
            raise UserError(
                self.env._(
                    "%(promise)s reaches more than %(days)s days ahead: an AR manager must move it.",
                    promise=far[0].display_name,
                    days=far[0].company_id.collection_promise_horizon_days,
                )
            )

    def action_confirm(self):
        """Make drafts count: what is promised is not chased until its dates with their grace, and the customer gets a confirmation.

        A promise beyond the horizon is submitted instead: it stays a draft and holds nothing until a manager approves it.

        :raise ValidationError: more is promised than is free of an item, a date is past, an item is not the customer's
        """
        self.check_access("write")
        drafts = self.filtered(lambda each: each.state == "draft")
        (self - drafts)._update_state((), "open")
        drafts._check_draft(complete=True)
        far = drafts.filtered(lambda each: each._needs_approval())
        far.filtered(lambda each: each.approval_state != "waiting")._request_approval(self.env.user)
        (drafts - far)._confirm()
        return True

    def _confirm(self):
        """Confirm drafts without asking who may."""
        self._serialize()
        self._check_draft(complete=True)
        # The verdicts and holds are the system's; whoever may confirm the promise need not have a right on them.
        promises = self.sudo()
        promises._write_baseline()
        for company, group in promises.grouped("company_id").items():
            today = company._collection_today()
            for promise in group:
                promise._write_terms()
                promise._update_state(("draft",), "open", **promise._prepare_confirmed_vals(today))
        promises._judge()
        promises._after_confirm()
        promises.account_id._refresh()

    def _after_confirm(self):
        """What confirming brings about elsewhere."""
        self.filtered(lambda each: not each.golive_id)._send_confirmation()
        live = self.filtered(lambda each: each.state in LIVE)
        live.account_id._set_stage("promised", self.env._("Promise confirmed"))

    def _prepare_confirmed_vals(self, today):
        company = self.company_id
        own = company.currency_id
        tolerance = own._convert(company.collection_promise_tolerance_amount, self.currency_id, company, today)
        return {
            "confirmed_on": today,
            "tolerance_percent": company.collection_promise_tolerance_percent,
            "tolerance_amount": tolerance,
            "partial_percent": company.collection_promise_partial_percent,
            "last_deadline": max(self.installment_ids.mapped("deadline")),
        }

    def _write_terms(self):
        """Until when each instalment is waited for, and its amount in company currency at the ratio of the items as they are now."""
        company, own = self.company_id, self.company_id.currency_id
        for line in self.line_ids:
            line._unguarded().write({"amount": own.round(line.amount_currency * line._booked_ratio())})
        ratio = sum(self.line_ids.mapped("amount")) / sum(self.line_ids.mapped("amount_currency"))
        for installment in self.installment_ids:
            deadline = self._deadline(installment.date)
            installment._unguarded().write(
                {
                    "state": "open",
                    "amount": own.round(installment.amount_currency * ratio),
                    "deadline": deadline,
                    "wait_until": company._collection_add_business_days(deadline, company.collection_promise_bank_days),
                    "amount_due_currency": installment.amount_currency,
                }
            )

    def _deadline(self, day):
        """The promised day with its grace, in business days."""
        return self.company_id._collection_add_business_days(day, self.company_id.collection_promise_grace_days)

    def _write_baseline(self):
        """Remember the matches that the promised items had already: they keep nothing that is promised now."""
        items = self.line_ids.move_line_id
        self.env.flush_all()
        last = dict(
            self.env.execute_query(
                SQL(
                    "SELECT debit_move_id, MAX(id) FROM account_partial_reconcile WHERE debit_move_id IN %s GROUP BY 1",
                    tuple(items.ids) or (0,),
                )
            )
        )
        for line in self.line_ids:
            line._unguarded().write({"after_partial_id": last.get(line.move_line_id.id, 0)})

    def _serialize(self):
        """Let nobody else promise on these accounts at the same time.

        The account's row is written, not only locked: of two transactions that both see an item as free, the second then fails and
        is tried again on what the first has left.
        """
        self.env.flush_all()
        ids = tuple(sorted(self.account_id.ids))
        if ids:
            self.env.execute_query(
                SQL("SELECT id FROM collection_account WHERE id IN %s ORDER BY id FOR NO KEY UPDATE", ids)
            )
            self.env.cr.execute(SQL("UPDATE collection_account SET write_date = write_date WHERE id IN %s", ids))
        self.invalidate_recordset()
        self.line_ids.move_line_id.invalidate_recordset(["amount_residual", "amount_residual_currency"])

    # ------------------------------------------------------------------
    # Withdrawing
    # ------------------------------------------------------------------

    def action_withdraw(self, reason=None):
        """End promises that are not judged yet: nothing is expected any more, and what they held is chased again.

        :raise UserError: the promise is kept, broken or ended already
        """
        self.check_access("write")
        reason = reason or self.env._("Withdrawn by %(user)s", user=self.env.user.name)
        promises = self.sudo()  # holds and verdicts are the system's
        promises.filtered(lambda each: each.state != "draft")._judge()
        promises.filtered(lambda each: each.approval_state == "waiting")._void_approvals(reason)
        ended = promises._update_state(
            ("draft", "open", "pending_application"),
            "withdrawn",
            closed_reason=reason,
            next_date=False,
            amount_open=0.0,
            amount_open_currency=0.0,
        )
        ended.installment_ids.filtered(
            lambda each: each.state in ("draft", "open", "pending_application")
        )._unguarded().write({"state": "withdrawn"})
        ended._holds()._release(reason)
        for promise in ended:
            promise._message_log(body=self.env._("Withdrawn: %(reason)s", reason=reason))
        ended.account_id._refresh()
        return True
