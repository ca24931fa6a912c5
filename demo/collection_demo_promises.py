from datetime import timedelta

from odoo import Command, models

from . import plan

# Promises of the last weeks: days since, customer, share of its free items, days to each date, how, what was said, share paid in time.
PROMISES = (
    (52, "permian", 0.3, (7,), "call", "First instalment after the rig is sold.", 0.0),
    (44, "kendall", 0.3, (10,), "email", "Cheque goes out with the next run.", 1.0),
    (37, "crescent", 0.3, (5,), "call", "Will drop a cheque at the branch.", 0.0),
    (23, "crescent", 0.3, (8,), "call", "Asked for one more week.", 0.2),
    (16, "meridian_gulf", 0.3, (7,), "call", "ACH on the Friday after next.", 0.6),
    (9, "lone_star", 0.6, (5, 12, 19), "meeting", "Three equal parts, one a week.", 1.0),
)
# Of today, all of them open: customer, share, days to each date, how, what was said.
PROMISES_TODAY = (
    ("silver_state", 0.5, (2,), "call", "Controller approves on Thursday."),
    ("biscayne", 1.0, (5, 19), "email", "Half now, half with the next run."),
    ("bayview", 0.7, (0,), "call", "Wire goes out this afternoon."),
)


class CollectionDemo(models.AbstractModel):
    """What customers promised: kept, partly kept, broken, open, moved and withdrawn."""

    _inherit = "collection.demo"

    def _add_promises(self, company, today):
        """Promises of the last weeks as of their days, with what was paid for them; then those of today."""
        for days, name, share, dates, channel, note, paid in PROMISES:
            day = self._days_ago(today, days)
            promise = self._promise(company, day, name, share, dates, channel, note)
            if not promise:
                continue
            for each in promise.installment_ids.filtered(lambda each: each.date < today and paid):
                self._pay_promise(promise, each.date, each.amount_currency * paid)
            first = min(promise.installment_ids.mapped("wait_until"))
            with self._business_date(company, min(today, first + timedelta(days=1))):
                promise._evaluate()
        for name, share, dates, channel, note in PROMISES_TODAY:
            self._promise(company, today, name, share, dates, channel, note)
        self._change_promises(company, today)
        self.env["collection.promise"].search([("company_id", "=", company.id)])._evaluate()

    def _promise(self, company, day, name, share, dates, channel, note):
        """A promise confirmed on a day; empty where nothing of the customer is free."""
        Promise = self.env["collection.promise"].with_context(collection_no_confirmation=True)
        customer, currency = self._customer(name), self._currency(name)
        account = self.env["collection.account"]._for_partner(customer, company)
        total = currency.round(share * sum(free for _item, free in Promise._free_items(account, currency)))
        if currency.compare_amounts(total, 0) <= 0:
            return Promise
        part = currency.round(total / len(dates))
        amounts = [part] * (len(dates) - 1) + [currency.round(total - part * (len(dates) - 1))]
        installments = [
            {"date": plan.business_day(day + timedelta(days=ahead)), "amount_currency": amount}
            for ahead, amount in zip(dates, amounts)
        ]
        vals = {
            "account_id": account.id,
            "currency_id": currency.id,
            "contact_id": customer.collection_ap_contact_id.id,
            "date": day,
            "channel": channel,
            "note": note,
            "line_ids": Promise._fill_commands(account, currency, total),
            "installment_ids": [Command.create(each) for each in installments],
        }
        with self._business_date(company, day):
            promise = Promise._unguarded().create({**vals, "user_id": (account.collector_id or self.env.user).id})
            promise.action_confirm()
        return promise

    def _pay_promise(self, promise, day, amount):
        """A payment of that day, matched with the promised items."""
        payment = self._pay([(promise.partner_id, day, promise.currency_id, amount)])
        items = promise.line_ids.move_line_id.filtered(lambda line: not line.reconciled)
        (self._receivable_lines(payment.move_id) + items).reconcile()

    def _change_promises(self, company, today):
        """One is moved, one withdrawn."""
        live = self.env["collection.promise"].search(
            [("partner_id", "=", self._customer("silver_state").id), ("state", "=", "open")], limit=1
        )
        if live:
            parts = [(plan.business_day(today + timedelta(days=6)), live.amount_open_currency)]
            live.with_context(collection_no_confirmation=True)._move(parts, note="Approval takes until next week.")
        mistaken = self._promise(company, today, "chamberi", 0.3, (3,), "call", "Entered on the wrong account.")
        if mistaken:
            mistaken.action_withdraw("Entered on the wrong account")
