from typing import NamedTuple

from odoo import models


class ItemRow(NamedTuple):
    """One row of the table of items, as `account_collections.items_table` wants it."""

    move_line_id: object
    move_name: str
    ref: str
    due_date: object
    partner_id: object
    currency_id: object
    amount_open: float
    amount_currency: float


class AccountMoveLine(models.Model):
    _inherit = "account.move.line"

    def _collection_items_table(self, company, lang, with_customer=False):
        """The table of these items for an e-mail, as they stand today, in a language.

        :param with_customer: whether the first column names the customer
        :return: `Markup`
        """
        today = company._collection_today()
        rows = [
            ItemRow(
                line,
                line.move_name,
                line.ref or "",
                line.date_maturity or line.date,
                line.partner_id.commercial_partner_id,
                line.currency_id,
                line.amount_residual_currency,
                line.collection_free,
            )
            for line in self.sorted(lambda each: (each.currency_id.id, each.date_maturity or each.date, each.id))
        ]
        soon = [row for row in rows if row.due_date >= today]
        late = [row for row in rows if row.due_date < today]
        sections = [(kind, part, _totals(part)) for kind, part in (("overdue", late), ("soon", soon)) if part]
        values = {
            "lines": rows,
            "sections": sections,
            "today": today,
            "lang": lang,
            "with_customer": with_customer,
            "deadline": False,
        }
        return self.env["ir.qweb"]._render("account_collections.items_table", values, lang=lang)


def _totals(rows):
    """Amounts asked for by currency."""
    totals = {}
    for row in rows:
        totals[row.currency_id] = totals.get(row.currency_id, 0) + row.amount_currency
    return totals
