from odoo import Command, api, models
from odoo.tools import split_every

from ..account.collection_golive_kind import Column, sound
from .part import Part

BATCH = 200


class CollectionGoliveDispute(models.AbstractModel):
    """Disputes of the former system, one a line. They are routed with their full time from now on; nobody is written to."""

    _name = "collection.golive.dispute"
    _description = "Disputes"
    _inherit = ["collection.golive.item.kind"]

    @api.model
    def _title(self):
        return self.env._("Disputes")

    @api.model
    def _columns(self):
        _ = self.env._
        return [
            *super()._columns(),
            Column("amount", _("Amount"), "amount", examples=("", "1250")),
            Column("reason", _("Reason"), required=True, examples=("Pricing", "not_received")),
            Column("opened_on", _("Opened On"), "date", required=True, examples=("2026-03-02", "2026-02-20")),
            Column("description", _("Text"), examples=("Charged list price", "Two pallets are missing")),
            Column("team", _("Team"), examples=("", "Logistics")),
        ]

    # ------------------------------------------------------------------
    # Reading
    # ------------------------------------------------------------------

    @api.model
    def _row_keys(self, row):
        return [(line, row.found.get("reason"), row.values["amount"]) for line in super()._row_keys(row)]

    @api.model
    def _resolve(self, rows, company):
        self._find_items(rows, company)
        reasons = self._by_name("collection.dispute.reason", company, lambda reason: (reason.name, reason.code))
        teams = self._by_name("collection.dispute.team", company, lambda team: (team.name,))
        today = company._collection_today()
        for row in sound(rows):
            self._check_amount(row)
            row.found["reason"] = self._choose(row, "reason", reasons)
            row.found["team"] = self._choose(row, "team", teams) if row.values["team"] else False
            if row.values["opened_on"] > today:
                row.refuse("opened_on", self.env._("The date is still to come."))

    @api.model
    def _by_name(self, model, company, names):
        """What this company may use: name in small letters → records."""
        found = {}
        for record in self.env[model].search([("company_id", "in", (False, company.id))]):
            for name in {name.casefold() for name in names(record) if name}:
                found.setdefault(name, []).append(record)
        return found

    @api.model
    def _choose(self, row, column, known):
        text = row.values[column]
        found = known.get(text.casefold(), [])
        if len(found) == 1:
            return found[0]
        label = next(each.label for each in self._columns() if each.name == column)
        if found:
            row.refuse(column, self.env._("%(column)s “%(text)s” is there more than once.", column=label, text=text))
        else:
            names = ", ".join(sorted({record.name for records in known.values() for record in records}))
            message = self.env._(
                "%(column)s “%(text)s” is not known. There is: %(names)s.", column=label, text=text, names=names
            )
            row.refuse(column, message)
        return False

    # ------------------------------------------------------------------
    # Comparing
    # ------------------------------------------------------------------

    @api.model
    def _key(self, row):
        """What makes a line the dispute that it is, however often it is imported."""
        item = row.found["items"][0]
        parts = (
            item["move_id"],
            row.values["due_date"] or "",
            row.found["reason"].id,
            row.values["opened_on"],
            row.values["amount"] or "",
        )
        return ":".join(map(str, parts))

    @api.model
    def _compare(self, rows, company):
        """A dispute that was imported stays as it is; others are about another part, and at most about what is free."""
        Line = self.env["account.move.line"].sudo()
        rows = [row for row in rows if row.found["items"]]
        known = self._known_keys([self._key(row) for row in rows], company)
        items = Line.browse({item["line_id"] for row in rows for item in row.found["items"]})
        room, parts = items._collection_dispute_room(), self._live_parts(items)
        for row in rows:
            if self._key(row) in known:
                row.is_new = False
            elif row.is_new:
                self._take(row, Line.browse(item["line_id"] for item in row.found["items"]), room, parts)

    @api.model
    def _known_keys(self, keys, company):
        disputes = self.env["collection.dispute"].sudo()
        return set(disputes.search([("company_id", "=", company.id), ("golive_key", "in", keys)]).mapped("golive_key"))

    @api.model
    def _live_parts(self, items):
        """Item → list of (part, how to name it) of the disputes that stand."""
        found = {}
        lines = self.env["collection.dispute.line"].sudo()
        for line in lines.search([("move_line_id", "in", items.ids), ("live", "=", True)]):
            found.setdefault(line.move_line_id, []).append((line._as_part(), line.dispute_id.name))
        return found

    @api.model
    def _take(self, row, items, room, parts):
        """`row.found["lines"]`: item → amount; empty amounts are all that is open of the item."""
        amount, lines = row.values["amount"], {}
        for item in items:
            kind = "amount" if amount else "whole"
            own = Part(item, kind, item.browse(), row, row.found["reason"], "")
            if other := next((name for part, name in parts.get(item, ()) if own.overlaps(part)), None):
                message = self.env._(
                    "%(item)s is disputed already: %(other)s.", item=row.values["invoice"], other=other
                )
                row.refuse("invoice", message)
                return
            wanted = amount or room[item.id]
            if room[item.id] <= 0 or item.currency_id.compare_amounts(wanted, room[item.id]) > 0:
                message = self.env._(
                    "Only %(free)s of %(item)s is open and not held yet.",
                    free=item.currency_id.format(max(0.0, room[item.id])),
                    item=row.values["invoice"],
                )
                row.refuse("amount", message)
                return
            lines[item] = (wanted, own)
        for item, (wanted, own) in lines.items():
            room[item.id] -= wanted
            parts.setdefault(item, []).append((own, self.env._("line %s", row.line)))
        row.found["lines"] = {item: wanted for item, (wanted, _own) in lines.items()}

    # ------------------------------------------------------------------
    # Writing
    # ------------------------------------------------------------------

    @api.model
    def _import(self, rows, golive):
        note = self.env._("Taken over at go-live (%s)", golive.name)
        # Resolvers see their tasks when they look; nobody is sent an e-mail about each.
        quiet = {"mail_activity_quick_update": True, "dispute_note": note}
        Dispute = self.env["collection.dispute"].with_context(**quiet)
        for some in split_every(BATCH, [self._prepare_dispute_vals(golive, row) for row in rows]):
            disputes = Dispute._unguarded().create(list(some)).with_env(Dispute.env)
            disputes._route()

    @api.model
    def _prepare_dispute_vals(self, golive, row):
        part = "amount" if row.values["amount"] else "whole"
        return {
            "account_id": row.found["items"][0]["account_id"],
            "reason_id": row.found["reason"].id,
            **({"team_id": row.found["team"].id} if row.found["team"] else {}),
            "description": row.values["description"],
            "opened_on": golive.company_id._collection_midnight(row.values["opened_on"]),
            "golive_id": golive.id,
            "golive_key": self._key(row),
            "line_ids": [
                Command.create({"move_line_id": item.id, "part": part, "amount_currency": amount})
                for item, amount in row.found["lines"].items()
            ],
        }
