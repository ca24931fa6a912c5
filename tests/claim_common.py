"""What tests of the claim room share: claims in one line, money in all the places where it may be, and what the search found.

Today is Wednesday, 2026-03-18. With five business days a claim holds its items up to Wednesday the 25th (day 7).
"""

from odoo import Command

from .common import CollectionsCommon


class ClaimCommon(CollectionsCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.acme = cls.customer()
        cls.Claim = cls.env["collection.claim"]
        cls.Request = cls.env["collection.application.request"]

    @classmethod
    def claim(cls, moves, amount=None, user=None, **vals):
        """A claim about the items of documents of one customer; by `user`, else by the user of the tests."""
        items = cls.items(moves)
        amount = sum(items.mapped("amount_residual_currency")) if amount is None else amount
        claim = cls.Claim.with_user(user or cls.env.user).create(
            {
                "account_id": cls.account(items[0].partner_id, items[0].company_id).id,
                "amount_currency": amount,
                "date": cls.day(-3),
                "line_ids": [Command.create({"move_line_id": item.id}) for item in items],
                **vals,
            }
        )
        return claim.with_env(cls.env)

    @classmethod
    def live_holds(cls, claim):
        """(item, amount, last day) of the holds that stand for a claim."""
        return [
            (hold.move_line_id, hold.amount_currency, hold.date_until) for hold in claim._claim_holds().sorted("id")
        ]

    @classmethod
    def money(cls, payment):
        """The receivable line of a payment."""
        return cls.items(payment.move_id)

    @classmethod
    def apply(cls, payment, *moves):
        (cls.money(payment) + cls.items(cls.env["account.move"].union(*moves))).reconcile()

    def state(self, claim):
        """(state, outcome) after what was touched."""
        self.Account._refresh_touched()
        claim.invalidate_recordset()
        return claim.state, claim.outcome

    def found(self, claim):
        """(rank, documents) of the candidates, in their order."""
        return [(candidate.rank[2:], candidate.document) for candidate in claim.candidate_ids]

    def tasks(self, partner):
        return self.account(partner).activity_ids.mapped("summary")
