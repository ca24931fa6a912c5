from datetime import timedelta

from odoo import Command, api, models
from odoo.exceptions import UserError, ValidationError
from odoo.tools import SQL


class CollectionPromise(models.Model):
    """From what the customer says to a promise that counts: filling, checking, confirming, withdrawing."""

    _inherit = "collection.promise"

    # ------------------------------------------------------------------
    # Filling
    # ------------------------------------------------------------------

    @api.model
    def _free_items(self, account, currency=None):
        """What can be promised of an account: open debit items with a free part, the oldest due first.

        :return: list of (item, free amount in its currency)
        """
        items = account.open_item_ids.filtered(
            lambda line: line.amount_residual > 0 and (not currency or line.currency_id == currency)
        )
        free = items._collection_free_amounts()
        return [(item, free[item.id]) for item in items if item.currency_id.compare_amounts(free[item.id], 0) > 0]

    @api.model
    def _fill(self, account, currency, amount):
        """Spread an amount over the account's free items, the oldest first.

        :return: list of (item, amount), as far as there is something free
        """
        parts, left = [], amount
        for item, free in self._free_items(account, currency):
            part = currency.round(min(left, free))
            if currency.compare_amounts(part, 0) <= 0:
                break
            parts.append((item, part))
            left -= part
        return parts

    @api.model
    def _fill_commands(self, account, currency, amount):
        return [
            Command.create({"move_line_id": item.id, "amount_currency": part})
            for item, part in self._fill(account, currency, amount)
        ]

    # ------------------------------------------------------------------
    # Checking
    # ------------------------------------------------------------------

    def _check_draft(self, complete=False):
        """Refuse what cannot be promised, in words that say what to change.

        :param complete: items and instalments must be there, too
        """
        for promise in self.filtered(lambda each: each.state == "draft"):
            promise._check_dates()
            promise._check_items()
            total = sum(promise.line_ids.mapped("amount_currency"))
            if complete and not promise.installment_ids:
                raise ValidationError(self.env._("Say when the customer pays: add a date and an amount."))
            if (complete or (promise.line_ids and promise.installment_ids)) and promise.currency_id.compare_amounts(
                total, promise.amount_currency
            ):
                raise ValidationError(
                    self.env._(
                        "The instalments add up to %(promised)s, the items to %(items)s. Both must be the same;"
                        " no more can be promised than is open and not held.",
                        promised=promise.currency_id.format(promise.amount_currency),
                        items=promise.currency_id.format(total),
                    )
                )

    def _check_dates(self):
        today = self.company_id._collection_today()
        if self.date > today:
            raise ValidationError(self.env._("A promise cannot be made later than today."))
        if past := self.installment_ids.filtered(lambda each: each.date < max(today, self.date)):
            raise ValidationError(
                self.env._("%(date)s is in the past: a promise is for today or later.", date=past[0].date)
            )
        if self.contact_id and self.contact_id.commercial_partner_id != self.partner_id:
            raise ValidationError(
                self.env._(
                    "%(contact)s is no contact of %(customer)s.",
                    contact=self.contact_id.display_name,
                    customer=self.partner_id.display_name,
                )
            )

    def _check_items(self):
        """Items are open debit items of this customer in this currency, each promised up to what is free of it."""
        Line = self.env["account.move.line"]
        receivable = Line._collection_receivable_account_ids()
        # Which customer's items these are must not depend on what the user may read.
        items = self.sudo().line_ids.move_line_id
        free = items._collection_free_amounts()
        for line in self.sudo().line_ids:
            item = line.move_line_id
            if item.parent_state != "posted" or item.account_id.id not in receivable or item.amount_residual <= 0:
                raise ValidationError(
                    self.env._(
                        "%(item)s is not open: only posted, unpaid items can be promised.", item=line.display_name
                    )
                )
            if item.partner_id.commercial_partner_id != self.partner_id or item.company_id != self.company_id:
                raise ValidationError(
                    self.env._(
                        "%(item)s is not an item of %(account)s.",
                        item=line.display_name,
                        account=self.account_id.display_name,
                    )
                )
            if item.currency_id != self.currency_id:
                raise ValidationError(
                    self.env._(
                        "%(item)s is in %(other)s: make a promise of its own for each currency.",
                        item=line.display_name,
                        other=item.currency_id.name,
                    )
                )
            if self.currency_id.compare_amounts(line.amount_currency, free[item.id]) > 0:
                raise ValidationError(
                    self.env._(
                        "Of %(item)s only %(free)s can be promised: the rest is paid, promised already or held for another reason.",
                        item=line.display_name,
                        free=self.currency_id.format(free[item.id]),
                    )
                )

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
        self._send_confirmation()
        self.account_id._set_stage("promised", self.env._("Promise confirmed"))

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

    def action_ask_withdraw(self):
        """Ask why the promise ends."""
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Withdraw %(promise)s", promise=self.name),
            "res_model": "collection.promise.withdraw",
            "view_mode": "form",
            "target": "new",
            "context": {"default_promise_id": self.id},
        }

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
