from collections import defaultdict

from odoo import models
from odoo.tools import SQL

from ...tools.promise_rules import Instalment, Promise
from ..ledger.account_partial_reconcile import DEAD_PAYMENT

_LIVE = ("open", "pending_application")


class CollectionPromise(models.Model):
    """What the ledger says of promises, read by sets: a fixed number of queries, however many there are."""

    _inherit = "collection.promise"

    def _read_facts(self):
        """Everything that the verdicts on these promises depend on.

        :return: dict with `promises` (id → `Promise`, settled), `rows` (id → row), `parts` (id → promised items with their money),
            `credits` ((account, currency) → unapplied cash), `room` (item → free of other holds), `pool`, `today`
        """
        rows = self._read_promises()
        parts = self._read_parts()
        items = self._read_items(parts)
        self._give_cash(parts, items)
        facts = {
            "rows": rows,
            "parts": defaultdict(list),
            "room": self._read_room(items),
            "credits": self._read_credits(),
            "today": {promise.id: promise.company_id._collection_today() for promise in self},
            "pool": {row["id"]: (row["account_id"], row["currency_id"]) for row in rows.values()},
        }
        for part in parts:
            facts["parts"][part["promise_id"]].append(part)
        facts["promises"] = self._build_promises(rows, facts["parts"])
        return facts

    # ------------------------------------------------------------------
    # Reading
    # ------------------------------------------------------------------

    def _read_promises(self):
        """Lock the promises in the order of their ids: of two who judge at once, the second sees what the first found."""
        rows = self.env.execute_query_dict(
            SQL(
                """SELECT id, account_id, company_id, currency_id, date, state, tolerance_percent, tolerance_amount,
                          partial_percent, amount, amount_currency, broken_on
                     FROM collection_promise WHERE id IN %s ORDER BY id FOR NO KEY UPDATE""",
                tuple(self.ids),
            )
        )
        return {row["id"]: row for row in rows}

    def _read_parts(self):
        """The promised items, with those of other promises on the same documents, in the order in which they were promised."""
        return self.env.execute_query_dict(
            SQL(
                """SELECT l.id, l.promise_id, l.move_id, l.move_line_id, l.due_date, l.amount_currency::float AS amount,
                          l.after_partial_id, p.date, p.state, p.last_deadline, p.account_id, p.currency_id,
                          p.company_id, a.partner_id
                     FROM collection_promise_line l
                     JOIN collection_promise p ON p.id = l.promise_id
                     JOIN collection_account a ON a.id = p.account_id
                    WHERE p.id IN %(ids)s
                       OR p.state NOT IN ('draft', 'withdrawn') AND p.next_id IS NULL AND l.move_id IN (
                          SELECT move_id FROM collection_promise_line WHERE promise_id IN %(ids)s)
                    ORDER BY p.date, p.id, l.due_date, l.id""",
                ids=tuple(self.ids),
            )
        )

    def _read_items(self, parts):
        """The receivable lines that the promised items are today: each part gets its `item_id`, or none.

        A journal item may have been rewritten meanwhile: what counts is document, due date and currency.

        :return: dict of line id to its row with `residual` and `cash`
        """
        moves = {part["move_id"] for part in parts if part["move_id"]}
        lines = self.env.execute_query_dict(
            SQL(
                """SELECT m.id, m.move_id, COALESCE(m.date_maturity, m.date) AS due, m.currency_id, m.company_id,
                          p.commercial_partner_id AS partner_id,
                          m.amount_residual_currency::float AS open
                     FROM account_move_line m LEFT JOIN res_partner p ON p.id = m.partner_id
                    WHERE m.move_id IN %s AND m.account_id IN %s AND m.parent_state = 'posted' AND m.amount_currency >= 0
                    ORDER BY m.id""",
                tuple(moves) or (0,),
                self.env["account.move.line"]._collection_receivable_account_ids(),
            )
        )
        by_move, items = defaultdict(list), {line["id"]: line for line in lines}
        for line in lines:
            by_move[line["move_id"]].append(line)
        taken = set()
        for part in parts:
            own = [line for line in by_move[part["move_id"]] if (part["promise_id"], line["id"]) not in taken]
            part["item_id"] = self._find_item(part, own)
            taken.add((part["promise_id"], part["item_id"]))
        items = {part["item_id"]: items[part["item_id"]] for part in parts if part["item_id"]}
        dead = self._read_dead_matches(items)
        for line_id, line in items.items():
            line["residual"] = line["open"] + dead.get(line_id, 0.0)
            line["cash"] = []
        for line_id, partial_id, day, amount in self._read_cash(items):
            items[line_id]["cash"].append([day, partial_id, amount])
        return items

    def _find_item(self, part, lines):
        """The line that a promised item is now; none where it left the customer or is gone."""
        own = [
            line
            for line in lines
            if line["currency_id"] == part["currency_id"]
            and line["partner_id"] == part["partner_id"]
            and line["company_id"] == part["company_id"]
        ]
        same = [line["id"] for line in own if line["due"] == part["due_date"]]
        if part["move_line_id"] in same:
            return part["move_line_id"]
        if same:
            return same[0]
        # Only its due date was changed.
        return part["move_line_id"] if part["move_line_id"] in [line["id"] for line in own] else None

    def _read_dead_matches(self, items):
        """What is matched with entries that are not posted, or with payments that bounced: dict of line id to amount."""
        return dict(
            self.env.execute_query(
                SQL(
                    """SELECT part.debit_move_id, SUM(part.debit_amount_currency)::float
                         FROM account_partial_reconcile part JOIN account_move_line credit ON credit.id = part.credit_move_id
                        WHERE part.debit_move_id IN %s AND (credit.parent_state != 'posted' OR %s)
                        GROUP BY part.debit_move_id""",
                    tuple(items) or (0,),
                    DEAD_PAYMENT,
                )
            )
        )

    def _read_cash(self, items):
        """Cash that closed items: rows of line id, match, date, amount, the earliest first."""
        cash = self.env["account.partial.reconcile"]._collection_cash_query(SQL("debit.id IN %s", tuple(items) or (0,)))
        return self.env.execute_query(
            SQL(
                "SELECT c.debit_line_id, c.partial_id, c.date, c.amount_currency::float FROM (%s) c ORDER BY c.date, c.partial_id",
                cash,
            )
        )

    def _read_room(self, items):
        """What holds of others leave of each item: dict of line id to amount."""
        held = self._read_other_holds(items)
        return {line_id: line["open"] - held.get(line_id, 0.0) for line_id, line in items.items()}

    def _read_other_holds(self, line_ids):
        Hold = self.env["collection.hold"]
        today = max(company._collection_today() for company in self.company_id)
        return dict(
            self.env.execute_query(
                SQL(
                    """SELECT h.move_line_id, SUM(h.amount_currency)::float FROM collection_hold h
                        WHERE h.move_line_id IN %s AND %s AND NOT (h.res_model = %s AND h.res_id IN %s)
                        GROUP BY h.move_line_id""",
                    tuple(line_ids) or (0,),
                    Hold._live_condition(today),
                    self._name,
                    tuple(self.ids),
                )
            )
        )

    def _read_credits(self):
        """Unapplied cash of the customers, the earliest first: dict of (account, currency) to rows with `line_id, date, left`."""
        Line, Part = self.env["account.move.line"], self.env["account.partial.reconcile"]
        rows = self.env.execute_query_dict(
            SQL(
                """SELECT a.id AS account_id, credit.id AS line_id, credit.currency_id, credit.date,
                          -credit.amount_residual_currency::float AS open
                     FROM collection_account a
                     JOIN res_partner p ON p.commercial_partner_id = a.partner_id
                     JOIN account_move_line credit ON credit.partner_id = p.id AND credit.company_id = a.company_id
                    WHERE a.id IN %(accounts)s AND %(open)s AND credit.amount_residual < 0
                      AND credit.collection_reserved IS NOT TRUE AND NOT %(dead)s
                      AND EXISTS (SELECT 1 FROM account_move_line m JOIN account_account acc ON acc.id = m.account_id
                                   WHERE m.move_id = credit.move_id AND m.balance > 0 AND %(money)s)
                    ORDER BY credit.date, credit.id""",
                accounts=tuple(self.account_id.ids) or (0,),
                open=Line._collection_open_condition("credit"),
                money=Part._collection_money_condition(),
                dead=DEAD_PAYMENT,
            )
        )
        held = self._read_other_holds([row["line_id"] for row in rows]) if rows else {}
        result = defaultdict(list)
        for row in rows:
            row["left"] = row["reservable"] = row["open"] - held.get(row["line_id"], 0.0)
            result[row["account_id"], row["currency_id"]].append(row)
        return result

    # ------------------------------------------------------------------
    # Whose money it is
    # ------------------------------------------------------------------

    def _give_cash(self, parts, items):
        """Give each match of cash to one promise: first to those for which it is in time, the earlier promise first; then to those
        for which it is late. What neither cash nor the open amount covers was taken off the obligation by something else."""
        by_item = defaultdict(list)
        for part in parts:
            part.update(cash=[], got=0.0, reduced=part["amount"] if not part["item_id"] else 0.0, left=0.0)
            if part["item_id"]:
                by_item[part["item_id"]].append(part)
        for item_id, own in by_item.items():
            item = items[item_id]
            for is_late in (False, True):
                for row in item["cash"]:
                    self._give_row(row, own, is_late)
            pool = item["residual"]
            for part in own:
                owed = min(part["amount"], part["got"] + max(0.0, pool))
                part["left"], part["reduced"] = owed - part["got"], part["amount"] - owed
                if part["state"] in _LIVE:
                    pool -= part["left"]

    def _give_row(self, row, parts, is_late):
        day, partial_id, _amount = row
        for part in parts:
            if partial_id <= (part["after_partial_id"] or 0) or day < part["date"]:
                continue
            if (day > part["last_deadline"]) != is_late:
                continue
            taken = min(row[2], part["amount"] - part["got"])
            if taken > 0:
                part["cash"].append((day, taken))
                part["got"] += taken
                row[2] -= taken

    def _build_promises(self, rows, parts):
        """The promises as `tools.promise_rules` judges them, settled."""
        instalments = defaultdict(list)
        for row in self.env.execute_query_dict(
            SQL(
                """SELECT id, promise_id, date, deadline, wait_until, amount_currency::float AS amount, state, answer,
                          amount_due_currency::float AS due, amount_received_currency::float AS received
                     FROM collection_promise_installment WHERE promise_id IN %s ORDER BY date, id""",
                tuple(rows) or (0,),
            )
        ):
            promise_id = row.pop("promise_id")
            row["due"], row["received"] = row["due"] or 0.0, row["received"] or 0.0
            instalments[promise_id].append(Instalment(**row))
        digits = {currency.id: currency.decimal_places for currency in self.currency_id}
        result = {}
        for promise_id, row in rows.items():
            result[promise_id] = promise = Promise(
                id=promise_id,
                date=row["date"],
                tolerance_percent=row["tolerance_percent"] or 0.0,
                tolerance_amount=float(row["tolerance_amount"] or 0.0),
                partial_percent=row["partial_percent"] or 0.0,
                digits=digits[row["currency_id"]],
                instalments=instalments[promise_id],
                cash=sorted(each for part in parts[promise_id] for each in part["cash"]),
                reduced=round(sum(part["reduced"] for part in parts[promise_id]), digits[row["currency_id"]]),
            )
            promise.settle()
        return result
