from odoo import api, models
from odoo.tools import SQL, float_is_zero

from .collection_golive_kind import Column, sound


class CollectionGoliveItemKind(models.AbstractModel):
    """Kinds of file whose lines speak of a document: its number, where needed with its customer, and the due date of an instalment."""

    _name = "collection.golive.item.kind"
    _description = "Kind of Go-Live File About Documents"
    _inherit = ["collection.golive.kind"]

    @api.model
    def _columns(self):
        _ = self.env._
        return [
            Column("invoice", _("Invoice"), required=True, examples=("INV/2026/00042", "R-10077")),
            Column("customer", _("Customer"), examples=("", "Blue Ridge Tools")),
            Column("due_date", _("Due Date"), "date", examples=("", "2026-02-28")),
        ]

    @api.model
    def _resolve(self, rows, company):
        self._find_items(rows, company)

    @api.model
    def _find_items(self, rows, company):
        """`row.found["items"]`: what is open of the document (see `_open_items`), all of one document and customer."""
        self._find_accounts(rows, company)
        rows = sound(rows)
        items = self._open_items({row.values["invoice"] for row in rows}, company)
        closed = self._closed_documents({row.values["invoice"] for row in rows} - items.keys(), company)
        for row in rows:
            found = items.get(row.values["invoice"], [])
            row.found["items"] = self._choose_items(row, found)
            if not found and row.values["invoice"] in closed:
                row.skip("invoice", self.env._("Nothing of %s is open.", row.values["invoice"]))
            elif not found:
                row.refuse("invoice", self.env._("No posted document has the number “%s”.", row.values["invoice"]))

    @api.model
    def _choose_items(self, row, items):
        """Of the items that the number may mean, those that the line means; the line is refused where that is not clear."""
        if not items:
            return []
        account, due = row.found.get("account_id"), row.values["due_date"]
        own = [item for item in items if not account or item["account_id"] == account]
        if not own:
            row.refuse("customer", self.env._("%s is a document of another customer.", row.values["invoice"]))
        exact = [item for item in own if item["number"] == row.values["invoice"]]
        own = exact or own
        if len({(item["move_id"], item["account_id"]) for item in own}) > 1:
            message = self.env._(
                "More than one document has the number “%s”. Give the customer.", row.values["invoice"]
            )
            row.refuse("invoice", message)
            return []
        if own and due:
            chosen = [item for item in own if item["due"] == due]
            if not chosen:
                row.refuse("due_date", self.env._("%s has no open part with this due date.", row.values["invoice"]))
            return chosen
        return own

    @api.model
    def _check_amount(self, row, currency=None):
        """An amount belongs to one open item, or to none; it is more than zero and in the decimals of its currency.

        :param currency: of a line that names no document
        """
        items, amount = row.found["items"], row.values["amount"]
        if amount is False or not (items or currency):
            return
        if items:
            currency = self.env["res.currency"].browse(items[0]["currency_id"])
        if len(items) > 1:
            message = self.env._("%s is due in parts. Give the due date of one of them.", row.values["invoice"])
            row.refuse("due_date", message)
        if amount <= 0:
            row.refuse("amount", self.env._("The amount must be more than zero."))
        elif not float_is_zero(amount - currency.round(amount), precision_digits=9):
            row.refuse("amount", self.env._("The amount has more decimals than %s has.", currency.name))

    @api.model
    def _open_items(self, numbers, company):
        """Open debit items by the number of their document, its reference, or what stands on the line (opening balances).

        :return: dict of number to a list of dicts with `line_id, move_id, number, account_id, due, currency_id, open, open_company`
        """
        self.env.flush_all()
        items = self.env.execute_query_dict(
            SQL(
                """SELECT l.id AS line_id, l.move_id, m.name AS number, m.ref, l.name AS label, COALESCE(l.date_maturity, l.date) AS due,
                          COALESCE(p.commercial_partner_id, 0) AS customer, l.currency_id,
                          l.amount_residual_currency AS open, l.amount_residual AS open_company
                     FROM account_move_line l
                     JOIN account_move m ON m.id = l.move_id
                     LEFT JOIN res_partner p ON p.id = l.partner_id
                    WHERE l.company_id = %(company)s AND %(open)s AND l.amount_residual > 0
                      AND (m.name = ANY(%(numbers)s) OR m.ref = ANY(%(numbers)s) OR l.name = ANY(%(numbers)s))
                    ORDER BY due, l.id""",
                company=company.id,
                open=self.env["account.move.line"]._collection_open_condition("l"),
                numbers=list(numbers),
            )
        )
        accounts = self._accounts_of({item["customer"] for item in items}, company)
        found = {}
        for item in items:
            item["account_id"] = accounts[item["customer"]]
            for number in {item["number"], item["ref"], item["label"]} & numbers:
                found.setdefault(number, []).append(item)
        return found

    @api.model
    def _closed_documents(self, numbers, company):
        """Those of the numbers that posted documents have."""
        moves = (
            self.env["account.move"]
            .sudo()
            .search_fetch(
                [("company_id", "=", company.id), ("state", "=", "posted"), ("name", "in", list(numbers))], ["name"]
            )
        )
        return set(moves.mapped("name"))

    @api.model
    def _row_keys(self, row):
        return [item["line_id"] for item in row.found.get("items", ())]
