from datetime import timedelta

from odoo import Command, models

from . import plan

# Promises of the last weeks: days since, customer, share of its open items, days from the promise to each date, how, what was said.
PROMISES = (
    (52, "permian", 0.3, (7,), "call", "First instalment after the rig is sold."),
    (44, "saguaro", 0.4, (10,), "email", "Cheque goes out with the next run."),
    (37, "crescent", 0.3, (5,), "call", "Will drop a cheque at the branch."),
    (23, "crescent", 0.3, (8,), "call", "Asked for one more week."),
    (16, "puget", 0.5, (7,), "call", "ACH on the Friday after next."),
    (9, "lone_star", 0.6, (6, 13, 20), "meeting", "Three equal parts, one a week."),
    (9, "meridian_gulf", 0.5, (9,), "call", "Head office pays when the tax line is cleared."),
    (9, "kendall", 0.5, (4,), "email", "Paid with the run on Friday."),
)
# Of today: the same, all of them open.
PROMISES_TODAY = (
    ("silver_state", 0.5, (2,), "call", "Controller approves on Thursday."),
    ("biscayne", 1.0, (5, 19), "email", "Half now, half with the next run."),
    ("bayview", 0.7, (0,), "call", "Wire goes out this afternoon."),
)
# Which of the dates were paid, and how much of them: customer, days after the promised date, share.
PROMISE_PAYMENTS = (("saguaro", -1, 1.0), ("lone_star", 0, 1.0), ("kendall", 1, 0.6))


class CollectionDemo(models.AbstractModel):
    """What customers promised: kept, partly kept, broken, open, moved and withdrawn."""

    _inherit = "collection.demo"

    def _add_promises(self, company, after, until, today):
        """Take the promises made after one day and up to another, as of that day, and receive what was paid for them."""
        Promise = self.env["collection.promise"].with_context(collection_no_confirmation=True)
        for days, name, share, dates, channel, note in PROMISES:
            day = self._days_ago(today, days)
            if after < day <= until:
                with self._business_date(company, day):
                    self._promise(Promise, company, day, name, share, dates, channel, note)
        self._pay_promises(company, after, until)

    def _promise(self, Promise, company, day, name, share, dates, channel, note):
        customer = self._customer(name)
        account = self.env["collection.account"]._for_partner(customer, company)
        currency = self._currency(name)
        total = currency.round(share * sum(free for _item, free in Promise._free_items(account, currency)))
        if currency.compare_amounts(total, 0) <= 0:
            return Promise
        part = currency.round(total / len(dates))
        amounts = [part] * (len(dates) - 1) + [currency.round(total - part * (len(dates) - 1))]
        promise = Promise.create(
            {
                "account_id": account.id,
                "currency_id": currency.id,
                "contact_id": customer.collection_ap_contact_id.id,
                "date": day,
                "channel": channel,
                "note": note,
                "line_ids": Promise._fill_commands(account, currency, total),
                "installment_ids": [
                    Command.create(
                        {
                            "date": plan.business_day(day + timedelta(days=ahead)),
                            "amount_currency": amount,
                        }
                    )
                    for ahead, amount in zip(dates, amounts)
                ],
            }
        )
        promise.action_confirm()
        return promise

    def _pay_promises(self, company, after, until):
        """Payments for promises, matched with the promised items."""
        for name, shift, share in PROMISE_PAYMENTS:
            promise = self.env["collection.promise"].search(
                [("partner_id", "=", self._customer(name).id), ("state", "=", "open")], limit=1
            )
            for each in promise.installment_ids:
                day = each.date + timedelta(days=shift)
                if after < day <= until:
                    amount = promise.currency_id.round(each.amount_currency * share)
                    payment = self._pay([(promise.partner_id, day, promise.currency_id, amount)])
                    items = promise.line_ids.move_line_id.filtered(lambda line: not line.reconciled)
                    (self._receivable_lines(payment.move_id) + items).reconcile()

    def _add_promises_of_today(self, company, today):
        Promise = self.env["collection.promise"].with_context(collection_no_confirmation=True)
        for name, share, dates, channel, note in PROMISES_TODAY:
            self._promise(Promise, company, today, name, share, dates, channel, note)
        live = Promise.search([("company_id", "=", company.id), ("state", "=", "open")], order="id desc")
        moved = live.filtered(lambda each: each.partner_id == self._customer("silver_state"))
        if moved:
            moved._move(
                [(plan.business_day(today + timedelta(days=6)), moved.amount_open_currency)],
                note="Approval takes until next week.",
            )
        for name, amount in (("chamberi", 0.3),):
            mistaken = self._promise(
                Promise, company, today, name, amount, (3,), "call", "Entered on the wrong account."
            )
            if mistaken:
                mistaken.action_withdraw("Entered on the wrong account")
