from collections import defaultdict

from odoo import models


class CollectionClaim(models.Model):
    """What open claims keep from being chased, and the money that they count on: holds follow items, matches and time."""

    _inherit = "collection.claim"

    def _claim_holds(self):
        """The holds of these claims that were not released."""
        # Claims are judged by whoever's match brings it about.
        Hold = self.env["collection.hold"].sudo()
        return Hold.search([("res_model", "=", self._name), ("res_id", "in", self.ids), ("date_released", "=", False)])

    def _wanted_holds(self, facts):
        """What each open claim holds: dict of claim id to dict of (account, item) to amount in the item's currency."""
        wanted = defaultdict(lambda: defaultdict(float))
        room = facts["room"]
        for claim_id, row in facts["rows"].items():
            if row["state"] != "open":
                continue
            left = 0.0
            for part in facts["parts"][claim_id]:
                amount = min(part["left"], room.get(part["item_id"], 0.0))
                if part["item_id"] and amount > row["rounding"] / 2:
                    wanted[claim_id][row["account_id"], part["item_id"]] += amount
                    room[part["item_id"]] -= amount
                    left += amount
            # Money that the claim counts on reduces nothing else (SPEC §0, "Usable credits").
            for credit in facts["found"][claim_id]:
                if credit["currency_id"] != row["currency_id"] or not credit["account_id"]:
                    continue
                amount = min(left, credit["open"], room.get(credit["line_id"], 0.0))
                if amount > row["rounding"] / 2:
                    wanted[claim_id][credit["account_id"], credit["line_id"]] += amount
                    room[credit["line_id"]] -= amount
                    left -= amount
        return wanted

    def _sync_holds(self, wanted):
        """Bring the standing holds to what is wanted: others are released, missing ones placed; nothing is edited.

        :param wanted: as `_wanted_holds` gives it; claims that are not in it hold nothing
        """
        gone = self.env["collection.hold"].sudo()
        todo = {claim_id: dict(amounts) for claim_id, amounts in wanted.items()}
        by_id = {claim.id: claim for claim in self}
        for hold in self._claim_holds():
            amounts = todo.get(hold.res_id, {})
            key = (hold.account_id.id, hold.move_line_id.id)
            fits = hold.date_until == by_id[hold.res_id].hold_until
            if fits and hold.currency_id.compare_amounts(amounts.get(key, 0.0), hold.amount_currency) == 0:
                del amounts[key]
            else:
                gone |= hold
        gone._release(self.env._("The claim was judged anew"))
        vals_list = [
            by_id[claim_id]._prepare_hold(account_id, item_id, amount)
            for claim_id, amounts in todo.items()
            for (account_id, item_id), amount in amounts.items()
        ]
        if vals_list:
            self.env["collection.hold"]._place(vals_list)

    def _prepare_hold(self, account_id, item_id, amount):
        return {
            "account_id": account_id,
            "move_line_id": item_id,
            "amount_currency": self.currency_id.round(amount),
            "kind": "claim",
            "date_until": self.hold_until,
            "reason": self.env._("Claim %(name)s: the customer says it is paid", name=self.name),
            "res_model": self._name,
            "res_id": self.id,
        }
