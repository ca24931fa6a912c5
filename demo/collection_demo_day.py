from datetime import datetime, time, timedelta

from odoo import models

from . import plan

CLOSING_TIME = time(21, 40)  # UTC: shortly before five or six in New York
# What customers answered: customer, days ago, stage, how it is known.
STAGES = (
    ("ashdown", 20, "contacted", "Answered the second reminder"),
    ("ashdown", 6, "disputed", "Short delivery, by e-mail"),
    ("lone_star", 4, "awaiting_documents", "Needs the signed proof of delivery"),
    ("puget", 9, "claims_paid", "Says the oldest invoice was paid by ACH"),
    ("puget", 3, "promised", "The rest at month end"),
    ("permian", 6, "refused", "Will not pay before the rig is replaced"),
    ("silver_state", 12, "promised", "Half by Friday"),
    ("silver_state", 4, "promise_broken", "Nothing came on Friday"),
)
# Calls to be made at a time that the customer asked for: customer, hour there, what for.
CALL_BACKS = (("gateway", 11.0, "Call the owner, they open at 11"), ("sierra_madre", 15.5, "Call the controller back"))
# What the manager wants done: customer, days from today, summary, note.
TASKS = (
    ("bayview", 0, "Get the purchase order number", "Their new system returns invoices without one."),
    ("kendall", -1, "Call before noon", "I promised their CFO that we call today."),
    ("monongahela", 2, "Offer two instalments", "Agreed with sales; not more than two."),
)
BOUNCED = "permian"


class CollectionDemo(models.AbstractModel):
    """The day sheets of the last two weeks, what customers answered, call-backs, the manager's tasks, a bounced check."""

    _inherit = "collection.demo"

    def _add_days(self, company):
        today = company._collection_today()
        yesterday = plan.business_day(today - timedelta(days=1), step=-1)
        self._bounce(company, yesterday)
        for name, days, stage, reason in STAGES:
            with self._business_date(company, today - timedelta(days=days)):
                self._account(name, company)._set_stage(stage, reason)
        for name, hour, what in CALL_BACKS:
            self._account(name, company).write(
                {"next_action": what, "next_action_date": today, "next_action_time": hour}
            )
        manager = self._ref("user_manager")
        for name, days, summary, note in TASKS:
            account = self._account(name, company)
            account.with_user(manager).activity_schedule(
                "account_collections.mail_activity_type_task",
                today + timedelta(days=days),
                summary=summary,
                note=note,
                user_id=account._task_user().id,
            )
        # Matched on the day of the payment, not all today: since the last shift only the last ones came.
        self.env.flush_all()
        self.env.cr.execute(
            "UPDATE account_partial_reconcile SET create_date = max_date + time '14:00' WHERE company_id = %s",
            [company.id],
        )
        self._refresh_all(company)
        self._add_sheets(company, yesterday)

    def _account(self, name, company):
        return self.env["collection.account"]._for_partner(self._customer(name), company)

    def _bounce(self, company, day):
        """The bank returned a check of last week."""
        payments = self.env["account.payment"].search(
            [("partner_id", "child_of", self._customer(BOUNCED).id), ("payment_type", "=", "inbound")],
            order="date desc",
        )
        payment = payments.filtered("reconciled_invoice_ids")[:1]
        with self._business_date(company, day):
            payment.move_id._reverse_moves(
                [{"date": day, "ref": self.env._("Returned by the bank: not covered")}], cancel=True
            )

    def _add_sheets(self, company, yesterday):
        """A closed sheet for each day that somebody worked; the last one of the second collector is still open."""
        Day = self.env["collection.day"]
        groups = self.env["collection.work.log"]._read_group(
            [("company_id", "=", company.id)], ["user_id", "business_date:day", "action"], ["account_id:count_distinct"]
        )
        names = {"done": "worked_count", "skip": "skipped_count", "snooze": "snoozed_count"}
        sheets = {(self._ref(f"user_{login}"), yesterday): {} for login in ("collector", "collector_2")}
        for user, day, action, count in groups:
            sheets.setdefault((user, day), {})[names[action]] = count
        reason = self.env.ref("account_collections.work_reason_left_time")
        days = Day._unguarded().create(
            [
                {
                    "user_id": user.id,
                    "company_id": company.id,
                    "date": day,
                    "state": "closed",
                    "closed_on": datetime.combine(day, CLOSING_TIME),
                    "closed_by_id": user.id,
                    "figures_at": datetime.combine(day, CLOSING_TIME),
                    **counts,
                }
                for (user, day), counts in sorted(sheets.items(), key=lambda item: (item[0][1], item[0][0].id))
                if user and day <= yesterday
            ]
        )
        for day in days:
            with self._business_date(company, day.date):
                self._fill(day, reason)

    def _fill(self, day, reason):
        """Figures of the day as far as today's accounts still tell them, and two accounts that were left."""
        company, user = day.company_id, day.user_id
        cash = day._cash_amounts(company, day.date).get(user.id, 0.0)
        figures = day._account_counts(company, day.date).get(user.id, {"overdue_count": 0, "touched_count": 0})
        coverage = 100.0 * figures["touched_count"] / figures["overdue_count"] if figures["overdue_count"] else 100.0
        left = self.env["collection.account"].search(day._portfolio(user, company), limit=2)
        vals = {**figures, "amount_cash": cash, "coverage": coverage, "left_count": len(left), "reason_id": reason.id}
        last = day == day.search([("user_id", "=", self._ref("user_collector_2").id)], order="date desc", limit=1)
        if last:
            vals.update(state="open", closed_on=False, closed_by_id=False, reason_id=False)
        else:
            self.env["collection.day.left"]._unguarded().create(
                [day._prepare_left_vals(account, reason, False) for account in left]
            )
        day._unguarded().write(vals)
