from collections import defaultdict

from odoo import Command, api, models
from odoo.fields import Domain
from odoo.tools import split_every

from ..account.collection_golive_kind import Column, sound

BATCH = 200
# What the lines of one promise have in common: where to look it up in a line, and its column.
_COMMON = (("account_id", "customer"), ("currency_id", "invoice"), ("made_on", "made_on"), ("contact", "contact"))


class CollectionGolivePromise(models.AbstractModel):
    """Promises that customers gave before go-live: a line is an instalment of an item; lines with one reference are one promise.

    A promise is taken over as open and judged at once by the ledger as it is now. No confirmation is sent.
    """

    _name = "collection.golive.promise"
    _description = "Promises"
    _inherit = ["collection.golive.item.kind"]

    @api.model
    def _title(self):
        return self.env._("Promises to pay")

    @api.model
    def _columns(self):
        _ = self.env._
        invoice, *others = super()._columns()
        return [
            Column("reference", _("Reference"), examples=("", "P-17")),
            invoice._replace(required=False),
            *others,
            Column("amount", _("Amount"), "amount", examples=("", "1250")),
            Column("date", _("Promised For"), "date", required=True, examples=("2026-12-31", "2026-11-30")),
            Column("made_on", _("Promised On"), "date", required=True, examples=("2026-12-01", "2026-11-16")),
            Column("contact", _("Promised By"), examples=("Ann Lee", "ap@example.com")),
            Column("note", _("Note"), examples=("", "By cheque")),
        ]

    # ------------------------------------------------------------------
    # Reading
    # ------------------------------------------------------------------

    @api.model
    def _check_content(self, content, company, options):
        """A promise is imported whole or not at all."""
        rows = super()._check_content(content, company, options)
        bad = {}
        for row in rows:
            if row.errors and row.values["reference"]:
                bad.setdefault(row.values["reference"].casefold(), row)
        for row in sound(rows):
            if other := bad.get((row.values["reference"] or "").casefold()):
                row.refuse("reference", self.env._("Line %s of the same promise has an error.", other.line))
        return rows

    @api.model
    def _resolve(self, rows, company):
        named = [row for row in rows if row.values["invoice"]]
        others = [row for row in rows if not row.values["invoice"]]
        self._find_items(named, company)
        self._find_accounts(others, company)
        for row in others:
            row.found["items"] = []
            if not row.values["customer"]:
                row.refuse("invoice", self.env._("Give the invoice, or the customer and an amount."))
            elif row.values["amount"] is False:
                row.refuse("amount", self.env._("Amount is missing: it is needed where no invoice is given."))
        for row in sound(rows):
            self._read_common(row, company)
            self._check_amount(row, None if row.values["invoice"] else company.currency_id)
            self._check_dates(row, company)
        self._find_contacts(sound(rows))

    @api.model
    def _read_common(self, row, company):
        for item in row.found["items"][:1]:
            row.found["account_id"] = item["account_id"]
        row.found["currency_id"] = next((item["currency_id"] for item in row.found["items"]), company.currency_id.id)
        row.found["made_on"] = row.values["made_on"]
        row.found["contact"] = (row.values["contact"] or "").casefold()
        row.found["key"] = row.values["reference"] and row.values["reference"].casefold()
        if row.found["items"] or row.found.get("account_id"):
            about = next(
                (f"move {item['move_id']}" for item in row.found["items"]), f"account {row.found['account_id']}"
            )
            row.found["about"] = (about, str(row.values["due_date"] or ""), str(row.values["date"]))
            content = (*row.found["about"], str(row.values["made_on"]), str(row.values["amount"] or ""))
            row.found["key"] = row.found["key"] or ":".join(content)

    @api.model
    def _check_dates(self, row, company):
        today, made_on, day = company._collection_today(), row.values["made_on"], row.values["date"]
        if made_on > today:
            row.refuse("made_on", self.env._("The date is still to come."))
        elif day < made_on:
            row.refuse("date", self.env._("The promised date lies before the day on which it was promised."))
        elif company._collection_add_business_days(day, company.collection_promise_grace_days) < today:
            message = self.env._(
                "The date has passed: the promise counts as broken at once, unless unapplied money covers it."
            )
            row.warn("date", message)

    @api.model
    def _find_contacts(self, rows):
        """`row.found["contact_id"]`: the contact of the customer with this name or e-mail address; others stay in the note."""
        rows = [row for row in rows if row.found.get("account_id")]
        accounts = self.env["collection.account"].sudo().browse({row.found["account_id"] for row in rows})
        partners = self.env["res.partner"].sudo().search([("commercial_partner_id", "in", accounts.partner_id.ids)])
        by_customer = partners.grouped("commercial_partner_id")
        for row in rows:
            customer, name = accounts.browse(row.found["account_id"]).partner_id, row.found["contact"]
            if not customer:
                row.refuse("invoice", self.env._("The customer of %s is not known.", row.values["invoice"]))
            elif name:
                own = by_customer[customer]
                found = [each.id for each in own if name in ((each.name or "").casefold(), each.email_normalized)]
                row.found["contact_id"] = found[0] if len(found) == 1 else False
                if len(found) != 1:
                    text = row.values["contact"]
                    row.warn(
                        "contact", self.env._("Not one contact of the customer is “%s”: it is kept in the note.", text)
                    )

    @api.model
    def _row_keys(self, row):
        return [(row.values["reference"] or "", *row.found["about"])] if "about" in row.found else []

    # ------------------------------------------------------------------
    # Comparing
    # ------------------------------------------------------------------

    @api.model
    def _compare(self, rows, company):
        """What was imported already stays as it is; together the lines promise at most what is free."""
        known = self._known_promises({row.found["key"] for row in rows if row.found["key"]}, company)
        groups = defaultdict(list)
        for row in rows:
            if promise := known.get(row.found["key"]):
                row.is_new = False
                if row.values["date"] not in promise.installment_ids.mapped("date"):
                    row.warn(
                        "reference", self.env._("It was imported already as %s, which stays as it is.", promise.name)
                    )
            elif row.is_new:
                groups[row.found["key"]].append(row)
        for group in groups.values():
            self._check_common(group)
        new = [row for group in groups.values() for row in sound(group)]
        self._spread(new, company)

    @api.model
    def _known_promises(self, keys, company):
        promises = (
            self.env["collection.promise"]
            .sudo()
            .search([("company_id", "=", company.id), ("golive_key", "in", list(keys))])
        )
        return {promise.golive_key: promise for promise in promises}

    @api.model
    def _check_common(self, group):
        """One promise is one customer's, in one currency, given on one day by one contact."""
        first, *others = group
        labels = {column.name: column.label for column in self._columns()} | {"invoice": self.env._("Currency")}
        for row in others:
            different = [column for name, column in _COMMON if row.found.get(name) != first.found.get(name)]
            if different:
                message = self.env._(
                    "Line %(line)s of the same promise differs: %(column)s.",
                    line=first.line,
                    column=labels[different[0]],
                )
                row.refuse(different[0], message)

    @api.model
    def _spread(self, rows, company):
        """`row.found["parts"]`: item → amount. What is said of documents comes first; the rest goes to the oldest items."""
        Line = self.env["account.move.line"].sudo()
        owed = self._items_of([row.found["account_id"] for row in rows if not row.found["items"]], company)
        named = Line.browse({item["line_id"] for row in rows for item in row.found["items"]})
        free = (named | Line.concat(*owed.values()))._collection_free_amounts()
        for row in sorted(rows, key=lambda row: not row.found["items"]):
            items = Line.browse(item["line_id"] for item in row.found["items"])
            items = items or owed.get(row.found["account_id"], items)
            left = row.values["amount"] or sum(free[item.id] for item in items)
            parts = row.found["parts"] = {}
            for item in items:
                part = item.currency_id.round(min(left, free[item.id]))
                if item.currency_id.compare_amounts(part, 0) > 0:
                    parts[item.id] = part
                    left -= part
            currency = items.currency_id[:1] or company.currency_id
            if not parts or currency.compare_amounts(left, 0) > 0:
                there = currency.format(sum(free[item.id] for item in items))
                about = row.values["invoice"] or row.values["customer"]
                message = self.env._("Only %(free)s of %(item)s is open and not held yet.", free=there, item=about)
                row.refuse("amount", message)
                continue
            for item_id, part in parts.items():
                free[item_id] -= part

    @api.model
    def _items_of(self, account_ids, company):
        """Account id → its open debit items in company currency, the oldest due first."""
        accounts = self.env["collection.account"].sudo().browse(set(account_ids))
        if not accounts:
            return {}
        Line = self.env["account.move.line"].sudo()
        items = Line.search(
            Line._collection_open_domain(company)
            & Domain("amount_residual", ">", 0)
            & Domain("currency_id", "=", company.currency_id.id)
            & Domain("partner_id.commercial_partner_id", "in", accounts.partner_id.ids),
            order="date_maturity, id",
        )
        own = items.grouped(lambda item: item.partner_id.commercial_partner_id)
        return {account.id: own.get(account.partner_id, items.browse()) for account in accounts}

    # ------------------------------------------------------------------
    # Writing
    # ------------------------------------------------------------------

    @api.model
    def _import(self, rows, golive):
        groups = defaultdict(list)
        for row in rows:
            groups[row.found["key"]].append(row)
        vals_list = [self._prepare_promise_vals(golive, key, group) for key, group in groups.items()]
        for some in split_every(BATCH, vals_list):
            promises = self.env["collection.promise"]._unguarded().create(list(some))
            promises.with_env(self.env)._confirm()

    @api.model
    def _prepare_promise_vals(self, golive, key, group):
        lines, dates = defaultdict(float), defaultdict(float)
        for row in group:
            for item_id, amount in row.found["parts"].items():
                lines[item_id] += amount
                dates[row.values["date"]] += amount
        first = group[0]
        contact_id, notes = first.found.get("contact_id"), [row.values["note"] for row in group if row.values["note"]]
        if first.values["contact"] and not contact_id:
            notes.insert(0, self.env._("Promised by: %s", first.values["contact"]))
        return {
            "account_id": first.found["account_id"],
            "currency_id": first.found["currency_id"],
            "date": first.values["made_on"],
            "contact_id": contact_id,
            "channel": "other",
            "note": "\n".join(dict.fromkeys(notes)),
            "golive_id": golive.id,
            "golive_key": key,
            "mail_note": self.env._("Taken over at go-live (%s)", golive.name),
            "line_ids": [
                Command.create({"move_line_id": item_id, "amount_currency": amount})
                for item_id, amount in lines.items()
            ],
            "installment_ids": [
                Command.create({"date": day, "amount_currency": amount}) for day, amount in sorted(dates.items())
            ],
        }
