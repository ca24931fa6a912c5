"""What tests of the promise room share: promises made in one line, and their holds and verdicts.

Today is Wednesday, 2026-03-18. With two business days of grace, a promise for Friday the 20th (day 2) has its deadline on Tuesday the
24th (day 6), and waits for bank data until Friday the 27th (day 9).
"""

from odoo import Command

from .common import CollectionsCommon


class PromiseCommon(CollectionsCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.acme = cls.customer()
        cls.Promise = cls.env["collection.promise"]

    @classmethod
    def draft(cls, items, *parts, **vals):
        """A draft promise on items of one customer: `parts` are (days from today, amount); the items are filled in their order.

        :param items: journal items, or dict of journal item to amount
        """
        if not isinstance(items, dict):
            left, amounts = sum(amount for _days, amount in parts), {}
            for item in items:
                amounts[item] = min(left, item.amount_residual_currency)
                left -= amounts[item]
            items = {item: amount for item, amount in amounts.items() if amount}
        item = next(iter(items))
        return cls.Promise.create(
            {
                "account_id": cls.account(item.partner_id, item.company_id).id,
                "line_ids": [
                    Command.create({"move_line_id": item.id, "amount_currency": amount})
                    for item, amount in items.items()
                ],
                "installment_ids": [
                    Command.create({"date": cls.day(days), "amount_currency": amount}) for days, amount in parts
                ],
                **vals,
            }
        )

    @classmethod
    def promise(cls, items, *parts, **vals):
        """A confirmed promise."""
        promise = cls.draft(items, *parts, **vals)
        promise.action_confirm()
        return promise

    @classmethod
    def live_holds(cls, promise):
        """(item's document, amount, last day) of the holds that stand for a promise."""
        holds = promise._holds().sorted(lambda hold: (hold.date_until or cls.day(999), hold.id))
        return [(hold.move_line_id, hold.amount_currency, hold.date_until) for hold in holds]

    def states(self, promise):
        self.Account._refresh_touched()
        promise.invalidate_recordset()
        return [promise.state, *promise.installment_ids.sorted("date").mapped("state")]

    def bounce(self, payment):
        """The payment is cancelled: its entry and its matches go."""
        payment.action_draft()
        payment.action_cancel()
        self.Account._refresh_touched()

    def tasks(self, partner):
        return self.account(partner).activity_ids.mapped("summary")
