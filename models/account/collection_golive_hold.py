from collections import defaultdict

from odoo import api, models
from odoo.fields import Domain

from .collection_golive_kind import Column, sound


class CollectionGoliveHold(models.AbstractModel):
    _name = "collection.golive.hold"
    _description = "Holds"
    _inherit = ["collection.golive.item.kind"]

    @api.model
    def _title(self):
        return self.env._("Holds on invoices")

    @api.model
    def _columns(self):
        _ = self.env._
        return [
            *super()._columns(),
            Column("amount", _("Amount"), "amount", examples=("", "1250")),
            Column("until", _("Until"), "date", required=True, examples=("2026-12-31", "2026-11-30")),
            Column(
                "reason", _("Reason"), required=True, examples=("Waits for the price list", "Goods on their way back")
            ),
        ]

    @api.model
    def _row_keys(self, row):
        values = (row.values["amount"], row.values["until"], row.values["reason"])
        return [(line, *values) for line in super()._row_keys(row)]

    @api.model
    def _resolve(self, rows, company):
        self._find_items(rows, company)
        today = company._collection_today()
        for row in sound(rows):
            if row.values["until"] < today:
                row.refuse("until", self.env._("The hold would be over already."))
            self._check_amount(row)

    @api.model
    def _compare(self, rows, company):
        """The same hold, still in force, is not placed again; together the lines hold at most what is free."""
        items = self.env["account.move.line"].sudo().browse({key[0] for row in rows for key in self._row_keys(row)})
        free, known = items._collection_free_amounts(), self._live_holds(items, company)
        for row in rows:
            if not row.is_new:
                continue
            row.found["amounts"] = {}
            for item in row.found["items"]:
                line = items.browse(item["line_id"])
                same = known[line.id, row.values["until"], row.values["reason"].casefold()]
                wanted = row.values["amount"] or free[line.id]
                if any(row.values["amount"] in (False, held) for held in same):
                    continue
                if line.currency_id.compare_amounts(wanted, free[line.id]) > 0 or free[line.id] <= 0:
                    row.refuse(
                        "amount",
                        self.env._(
                            "Only %(free)s of %(item)s is open and not held yet.",
                            free=line.currency_id.format(free[line.id]),
                            item=row.values["invoice"],
                        ),
                    )
                    break
                row.found["amounts"][item["line_id"], item["account_id"]] = wanted
                free[line.id] -= wanted
            row.is_new = bool(row.found["amounts"])

    @api.model
    def _live_holds(self, items, company):
        """(item, until, reason) → amounts of a person's holds in force."""
        Hold = self.env["collection.hold"].sudo()
        live = Hold._live_domain(company._collection_today())
        known = defaultdict(list)
        manual = Domain("move_line_id", "in", items.ids) & Domain("kind", "=", "manual")
        for hold in Hold.search(live & manual):
            known[hold.move_line_id.id, hold.date_until, (hold.reason or "").casefold()].append(hold.amount_currency)
        return known

    @api.model
    def _import(self, rows, golive):
        self.env["collection.hold"].create(
            [
                {
                    "account_id": account,
                    "move_line_id": line,
                    "amount_currency": amount,
                    "date_until": row.values["until"],
                    "reason": row.values["reason"],
                }
                for row in rows
                for (line, account), amount in row.found["amounts"].items()
            ]
        )
