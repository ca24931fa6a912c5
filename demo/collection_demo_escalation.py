from datetime import timedelta
from itertools import cycle

from odoo import models

from . import plan

# What the manager decided on what the steps of the last weeks brought before him.
DECISIONS = (
    ("advise", "Call the owner himself; accounts payable only puts us off."),
    ("hold", "Nothing more on credit until half of it is paid."),
    ("change_plan", "Half now, the rest in two instalments until the end of next month."),
    ("placement", "We have tried everything. Prepare it for the agency."),
)
# Customer, who is asked, days ago, what the collector writes.
REQUESTS = (
    (
        "lone_star",
        "assistant",
        1,
        "Their buyer wants 60 days from now on, else they order elsewhere. What may I offer?",
    ),
    ("puget", "assistant", 4, "Three call-backs agreed, none kept. I need somebody above me on the phone."),
)


class CollectionDemo(models.AbstractModel):
    """Escalations that are open, late and decided, and credit holds in force, proposed for release and lifted."""

    _inherit = "collection.demo"

    def _add_escalations(self, company):
        today = company._collection_today()
        accounts = self._refresh_all(company)
        self._settle_holds(company, today)
        self._decide_escalations(company, today)
        for rule in self.env["collection.escalation.rule"].search([]):
            found = self.env["collection.account"].search(rule._account_domain(company))
            found.sorted("amount_overdue", reverse=True)[:3]._open_by_rule(rule)
        for name, login, days, text in REQUESTS:
            self._ask_for_decision(company, accounts, name, login, days, text)
        self.env["collection.escalation"].search([("company_id", "=", company.id), ("state", "=", "open")])._climb()
        # Digests hang on no document.
        told = [
            ("model", "=", False),
            ("state", "=", "outgoing"),
            ("subject", "ilike", "escalations for you to decide"),
        ]
        self.env["mail.mail"].search(told).write({"state": "sent"})

    def _settle_holds(self, company, today):
        """The manager set what steps proposed, and lifted some of what is paid; the rest is proposed for release."""
        manager = self._ref("user_manager")
        holds = self.env["collection.credit.hold"].search([("company_id", "=", company.id), ("state", "=", "active")])
        holds._unguarded().write({"set_by_id": manager.id})
        paid = holds.filtered(lambda hold: hold.account_id.amount_overdue <= 0)
        small = holds.filtered(lambda hold: 0 < hold.account_id.amount_overdue < 500)
        paid[1:].with_user(manager)._lift("Paid in full; deliveries go on.")
        small.with_user(manager)._lift("Not worth losing their orders.")
        lifted = paid[1:] | small
        lifted._unguarded().write({"date_to": plan.business_day(today - timedelta(days=3), step=-1)})
        holds.filtered(lambda hold: hold.state == "active")._judge_release()

    def _decide_escalations(self, company, today):
        """What the steps brought up more than a week ago was decided on the next business day."""
        manager = self._ref("user_manager")
        old = self.env["collection.escalation"].search(
            [
                ("company_id", "=", company.id),
                ("state", "=", "open"),
                ("opened_date", "<", today - timedelta(days=8)),
            ],
            order="id",
        )
        for escalation, (decision, note) in zip(old, cycle(DECISIONS)):
            day = company._collection_add_business_days(escalation.opened_date, 1)
            with self._moment(company, day):
                escalation.with_user(manager)._decide(decision, note)
                # What he asked for then has been done.
                tasks = escalation.account_id.activity_ids
                tasks.filtered(lambda task, day=day: task.date_deadline == day)._action_done()

    def _ask_for_decision(self, company, accounts, name, login, days, text):
        account = accounts.filtered(lambda each: each.partner_id == self._customer(name))
        with self._moment(company, plan.business_day(company._collection_today() - timedelta(days=days), step=-1)):
            collector = account.collector_id or self._ref("user_collector")
            account.with_user(collector)._request_escalation(self._ref(f"user_{login}"), text)
