from datetime import timedelta

from odoo import Command, models

from . import plan

# Days ago drawn up, customer, why it does not pay, what happens if the plan fails, days from today to its review, steps (days from
# today, what, share of what is overdue, who), how far it has come.
PLANS = (
    (
        24,
        "permian",
        "The drilling rig stands idle; cash comes back when it is leased again in spring.",
        "Final demand, then placement with the agency.",
        40,
        (
            (-17, "Get the signed instalment agreement", 0.0, "collector_2"),
            (-3, "First instalment by ACH", 0.2, "collector_2"),
            (4, "Ask the owner for a personal guarantee", 0.0, "assistant"),
            (12, "Second instalment", 0.3, "collector_2"),
            (32, "Rest", 0.3, "collector_2"),
        ),
        "late",
    ),
    (
        30,
        "cuyahoga",
        "Sold their second store; the buyer has not paid them yet.",
        "Placement with the agency without another plan.",
        -2,
        (
            (-21, "Written promise from the buyer's bank", 0.0, "collector"),
            (-4, "Payment out of the sale", 0.8, "collector"),
        ),
        "failed",
    ),
    (
        2,
        "crescent",
        "The owner took the branch over in January and disputes nothing; he has no credit line yet.",
        "Credit hold stays, final demand on the next business day.",
        45,
        (
            (3, "Visit with Great Lakes Partners", 0.0, "collector"),
            (10, "First third", 0.3, "collector"),
            (24, "Second third", 0.3, "collector"),
            (38, "Rest", 0.4, "collector"),
        ),
        "submitted",
    ),
    (
        5,
        "raritan",
        "Waits for a grant of the county.",
        "Escalation to their board.",
        60,
        ((7, "Copy of the grant letter", 0.0, "collector"), (50, "All of it when the grant is paid", 1.0, "collector")),
        "returned",
    ),
)
RETURNED = "One payment in fifty days is a hope, not a plan. Ask for a part of it now."


class CollectionDemo(models.AbstractModel):
    """Plans of action at several steps, a closed meeting of the managers and today's agenda."""

    _inherit = "collection.demo"

    def _add_plans(self, company, today):
        for row in sorted(PLANS, key=lambda row: -row[0]):
            self._add_plan(company, today, *row)

    def _add_plan(self, company, today, days, name, cause, fallback, review, steps, step):
        account = self._account(name, company)
        if account.currency_id.compare_amounts(account.amount_overdue, 0) <= 0:
            return
        day = self._days_ago(today, days)
        collector = account.collector_id or self._ref("user_collector")
        with self._moment(company, day):
            drawn = (
                self.env["collection.plan"]
                .with_user(collector)
                .create(
                    {
                        "account_id": account.id,
                        "root_cause": cause,
                        "fallback": fallback,
                        "date_start": day,
                        "review_date": plan.business_day(today + timedelta(days=review), step=-1),
                        "step_ids": [
                            Command.create(
                                {
                                    "name": what,
                                    "due_date": plan.business_day(today + timedelta(days=ahead), step=-1),
                                    "amount_expected": round(account.amount_overdue * share, -2),
                                    "user_id": self._ref(f"user_{login}").id,
                                }
                            )
                            for ahead, what, share, login in steps
                        ],
                    }
                )
            )
            drawn.action_submit()
        manager = drawn.with_user(self._ref("user_manager"))
        getattr(self, f"_plan_{step}")(company, day, drawn, manager)

    def _plan_submitted(self, company, day, drawn, manager):
        """It waits for today's meeting."""

    def _plan_returned(self, company, day, drawn, manager):
        with self._moment(company, plan.business_day(day + timedelta(days=2))):
            manager.action_refuse(RETURNED)

    def _plan_late(self, company, day, drawn, manager):
        """Approved the next day; the agreement came, the first instalment did not, and a new version asks for two more weeks."""
        with self._moment(company, plan.business_day(day + timedelta(days=1))):
            manager.action_approve()
            drawn.action_start()
        first = drawn.step_ids.sorted("due_date")[:1]
        with self._moment(company, first.due_date):
            first.action_done("Signed by the owner, filed")
        self._pay_part(drawn, first.due_date, drawn.step_ids.sorted("due_date")[1].amount_expected / 2)
        changed = drawn._revise("The second instalment comes two weeks later; the guarantee stays.")
        last = changed.step_ids.sorted("due_date")[-1:]
        last.due_date = plan.business_day(last.due_date + timedelta(days=5), step=-1)

    def _pay_part(self, drawn, day, amount):
        """Money that came for the plan, matched with the oldest item."""
        items = self._items_of(drawn.partner_id)[:1]
        payment = self._pay([(items.partner_id, day, drawn.currency_id, amount)])
        (self._receivable_lines(payment.move_id) + items).reconcile()

    def _plan_failed(self, company, day, drawn, manager):
        """Decided in a meeting; the money did not come until the review."""
        with self._moment(company, plan.business_day(day + timedelta(days=2))):
            review = (
                self.env["collection.review"].with_user(self._ref("user_manager")).create({"company_id": company.id})
            )
            item = review.item_ids.filtered(lambda each: each.res_id == drawn.id and each.res_model == drawn._name)
            (review.item_ids - item).sudo()._unguarded().unlink()
            item.with_user(self._ref("user_assistant")).action_for("The buyer is known to us and pays.")
            item.action_approve("Once. If the buyer does not pay by the review, it goes to the agency.")
            review.note = "Next meeting in four weeks."
            review.action_close()
            drawn.action_start()
        first = drawn.step_ids.sorted("due_date")[:1]
        with self._moment(company, first.due_date):
            first.action_done("Letter of the bank received by e-mail")
        drawn.sudo()._propose()

    def _add_reviews(self, company):
        """Today's meeting, with the first opinions."""
        review = self.env["collection.review"].with_user(self._ref("user_manager")).create({"company_id": company.id})
        plans = review.item_ids.filtered(lambda item: item.kind == "plan").with_user(self._ref("user_assistant"))
        plans[:1].action_for("He kept the small promises. The hold stays on until the first third is in.")
        others = (review.item_ids - plans).with_user(self._ref("user_assistant"))
        others[:1].action_against("Their controller asked for the proof of delivery; we owe them that first.")
        others[1:2].action_for()
