from collections import defaultdict

from odoo import models


class CollectionPromise(models.Model):
    """What live promises keep from being chased, and the unapplied cash that they count on."""

    _inherit = "collection.promise"

    def _holds(self):
        """The holds of these promises that still stand."""
        return self.env["collection.hold"].search(
            [("res_model", "=", self._name), ("res_id", "in", self.ids), ("date_released", "=", False)]
        )

    def _sync_holds(self, wanted):
        """Bring the standing holds to what is wanted: others are released, missing ones placed; nothing is edited.

        :param wanted: dict of promise id to dict of (item id, last day or None) to amount in the item's currency
        """
        standing, todo = defaultdict(list), {key: dict(amounts) for key, amounts in wanted.items()}
        for hold in self._holds():
            key = (hold.move_line_id.id, hold.date_until or None)
            amounts = todo.get(hold.res_id, {})
            if hold.currency_id.compare_amounts(amounts.get(key, 0.0), hold.amount_currency) == 0:
                del amounts[key]
            else:
                standing[hold.res_id].append(hold.id)
        gone = self.env["collection.hold"].browse(each for ids in standing.values() for each in ids)
        gone._release(self.env._("The promise was judged anew"))
        placing = self.browse(key for key, amounts in todo.items() if amounts)
        if placing:
            placing._serialize()
            self.env["collection.hold"]._place(placing._prepare_holds(todo))

    def _prepare_holds(self, wanted):
        return [
            {
                "account_id": promise.account_id.id,
                "move_line_id": item_id,
                "amount_currency": amount,
                "kind": "promise",
                "date_until": until,
                "reason": promise._hold_reason(until),
                "res_model": self._name,
                "res_id": promise.id,
            }
            for promise in self
            for (item_id, until), amount in wanted[promise.id].items()
        ]

    def _hold_reason(self, until):
        return self.env._("Promise %(name)s", name=self.name)

    def _wanted_holds(self, facts, verdicts):
        """What each live promise holds of its items until when, and of the cash that it counts on.

        :param facts: see `_read_facts`
        :param verdicts: dict of promise id to `tools.promise_rules.Promise`
        :return: dict of promise id to dict of (item id, last day or None) to amount
        """
        wanted = {}
        room = facts["room"]  # what other holds leave of each item; used up here
        for promise_id, promise in verdicts.items():
            amounts = wanted[promise_id] = defaultdict(float)
            if promise.state not in ("open", "pending_application"):
                continue
            parts = [part for part in facts["parts"][promise_id] if part["item_id"]]
            for instalment in promise.instalments:
                if instalment.verdict not in ("open", "pending_application"):
                    continue
                until = self._hold_until(instalment, facts["today"][promise_id])
                left = instalment.missing
                for part in parts:
                    taken = round(min(left, part["left"], room.get(part["item_id"], 0.0)), promise.digits)
                    if taken > 0:
                        amounts[part["item_id"], until] += taken
                        part["left"] -= taken
                        room[part["item_id"]] -= taken
                        left -= taken
            self._reserve_credits(facts, promise, amounts)
        return {
            key: {item: round(each, verdicts[key].digits) for item, each in value.items()}
            for key, value in wanted.items()
        }

    def _hold_until(self, instalment, today):
        """The last day of a hold: the deadline; longer while bank data are waited for; open-ended until cash is applied."""
        if instalment.verdict == "pending_application":
            return None
        return instalment.deadline if today <= instalment.deadline else instalment.wait_until

    def _reserve_credits(self, facts, promise, amounts):
        """Unapplied cash that the promise counts on is no usable credit for other items (SPEC §0, "Usable credits")."""
        live = [each for each in promise.instalments if each.verdict in ("open", "pending_application")]
        is_pending = any(each.verdict == "pending_application" for each in live)
        until = None if is_pending else max(self._hold_until(each, facts["today"][promise.id]) for each in live)
        left = sum(each.missing for each in live)
        last = max(each.deadline for each in live)
        for credit in facts["credits"].get(facts["pool"][promise.id], ()):
            if credit["date"] > last or (credit["date"] < promise.date and not is_pending):
                continue
            taken = round(min(left, credit["reservable"]), promise.digits)
            if taken > 0:
                amounts[credit["line_id"], until] += taken
                credit["reservable"] -= taken
                left -= taken
