from odoo import fields, models
from odoo.exceptions import ValidationError
from odoo.fields import Domain


class CollectionAccount(models.Model):
    """Working the list: what was done with an account, and when it comes back."""

    _inherit = "collection.account"

    on_worklist = fields.Boolean(string="On Today's Worklist", readonly=True)
    next_action = fields.Char(tracking=True)
    next_action_date = fields.Date(tracking=True, index="btree_not_null")
    snoozed_until = fields.Date(readonly=True)
    skipped_on = fields.Date(readonly=True)
    last_worked_date = fields.Date(string="Last Worked", readonly=True)
    last_contact_date = fields.Date(string="Last Contact", readonly=True)
    work_log_ids = fields.One2many("collection.work.log", "account_id", string="Worklist History")

    def _guarded_fields(self):
        return super()._guarded_fields() | {"snoozed_until", "skipped_on", "last_worked_date", "last_contact_date"}

    def _work(
        self, action, reason=None, note=None, next_action=None, next_action_date=None, next_action_time=0.0, **log_vals
    ):
        """Log what was done with these accounts on the worklist and take them off it.

        :param action: ``done`` (needs an outcome), ``skip`` (a reason; the account is back tomorrow) or ``snooze`` (a date)
        :param reason: `collection.work.reason` of that action
        :param next_action_date: when the account comes back; for ``done`` the outcome's own days are the default
        :param next_action_time: a call-back's hour on that day, in the customer's zone
        :param log_vals: further values of the log entries; a room that knows of another outcome gives it here
        :return: the log entries
        :raise ValidationError: what the action needs is missing
        """
        self.check_access("write")
        reason = reason or self.env["collection.work.reason"]
        if reason and reason.action != action:
            raise ValidationError(self.env._("“%(reason)s” does not belong to this action.", reason=reason.name))
        vals_list = []
        for company, accounts in self.grouped("company_id").items():
            today = company._collection_today()
            if not self.env.su:
                self.env["collection.day"]._of_today(self.env.user, company)
            follow_up = next_action_date
            if action == "done" and not follow_up and reason.next_action_days:
                follow_up = company._collection_add_business_days(today, reason.next_action_days)
            vals_list += [
                {
                    "account_id": account.id,
                    "action": action,
                    "reason_id": reason.id,
                    "note": note,
                    "business_date": today,
                    "next_action": next_action,
                    "next_action_date": follow_up,
                    "next_action_time": next_action_time if action == "done" else 0.0,
                    "amount_collectible": account.amount_collectible,
                    **log_vals,
                }
                for account in accounts
            ]
        logs = self.env["collection.work.log"]._unguarded().create(vals_list)
        for log in logs:
            account = log.account_id
            account._unguarded().write(account._prepare_worked_vals(log))
        self.sudo()._refresh()  # figures are the system's own; the account leaves the list at once
        return logs

    def _prepare_worked_vals(self, log):
        """What a log entry changes on its account. Rooms above extend it."""
        if log.action == "skip":
            return {"skipped_on": log.business_date}
        if log.action == "snooze":
            return {"snoozed_until": log.next_action_date}
        return {
            "last_worked_date": log.business_date,
            "next_action": log.next_action,
            "next_action_date": log.next_action_date,
            "next_action_time": log.next_action_time,
            "snoozed_until": False,
        }

    def _next_on_worklist(self):
        """The account to work after these; empty when nothing is left.

        Context `collection_list_ids`: what the pager goes through. First come call-backs whose time has come, then the accounts
        that follow in the pager, then the user's own worklist by priority, then those of the pager that were passed over.
        """
        listed = self.env.context.get("collection_list_ids") or []
        place = max((listed.index(account_id) for account_id in self.ids if account_id in listed), default=-1)
        mine = Domain("company_id", "in", self.env.companies.ids) & Domain("collector_id", "in", (self.env.uid, False))
        left = Domain("to_work", "=", True) & Domain("id", "not in", self.ids)
        call_back = self.search(left & mine & Domain("is_callback_due", "=", True), order="callback_at, id", limit=1)
        if call_back:
            return call_back
        following = self.search(left & Domain("id", "in", listed[place + 1 :]))
        if following:
            return min(following, key=lambda account: listed.index(account.id))
        unseen = self.search(left & mine & Domain("id", "not in", listed), limit=1)
        return unseen or self.search(left & Domain("id", "in", listed), limit=1)

    def action_next(self):
        """Go on to the next account that is to be worked, in the same page."""
        account = self._next_on_worklist()
        if not account:
            return {
                "type": "ir.actions.client",
                "tag": "display_notification",
                "params": {
                    "type": "success",
                    "message": self.env._("Your worklist is done."),
                    "next": {"type": "ir.actions.act_window_close"},
                },
            }
        return {
            "type": "ir.actions.client",
            "tag": "collection_open_account",
            "params": {"account_id": account.id},
        }
