from io import BytesIO

import xlsxwriter

from odoo import models
from odoo.tools import format_date

from ...tools.workbook import OPTIONS, Sheet

_CHUNK = 200
TOTALS = (
    *("amount_opening", "amount_balance", "aging_current", "aging_1", "aging_2", "aging_3", "aging_4", "aging_5"),
    *("amount_unapplied", "amount_disputed", "amount_promised", "amount_unposted", "amount_now_due"),
)


class CollectionStatement(models.Model):
    """Statements as a workbook: one line for each customer and currency, and a second sheet with all their lines."""

    _inherit = "collection.statement"

    def _workbook(self, batch, documents=None):
        """The workbook of statements of one batch.

        :param documents: what `_documents` gave; else it is read a few hundred statements at a time, so that memory stays small
        :return: bytes
        """
        output = BytesIO()
        lang = self.lang if len(self) == 1 else self.env.lang
        statements = self.with_context(lang=lang)
        with xlsxwriter.Workbook(output, OPTIONS) as book:
            title = statements.env._(
                "Statements of %(company)s as of %(date)s",
                company=batch.company_id.name,
                date=format_date(statements.env, batch.date, lang_code=lang),
            )
            totals = Sheet(book, statements.env._("Totals"), title)
            totals.header(statements._total_labels(batch.company_id), {0: 16, 1: 40, 2: 20})
            lines = Sheet(book, statements.env._("Lines"), title)
            lines.header(statements._line_labels(), {0: 16, 1: 40, 5: 20, 7: 20, 8: 24, 9: 24, 10: 20})
            sums, company_sum = {}, 0.0
            for start in range(0, len(statements), _CHUNK):
                part = statements[start : start + _CHUNK]
                found = documents or part._documents()
                for statement in part:
                    company_sum += statement._write_document(found[statement.id], totals, lines, sums)
                if not documents:
                    self.env.invalidate_all()
            statements._write_sums(totals, sums, company_sum, batch)
        return output.getvalue()

    def _write_document(self, document, totals, lines, sums):
        """The rows of one statement; its amounts are added to `sums` by currency.

        :return: its balance in company currency
        """
        kinds = self._kind_labels()
        for section in document["sections"]:
            currency, values = section["currency"], {**section["totals"], "amount_opening": section["opening"]}
            own = [values[name] for name in TOTALS]
            head = [self.account_id.name, self.account_id.display_name, self.name, currency.name]
            totals.row([*head, *own, values["amount_company"]])
            known = sums.setdefault(currency, [0.0] * len(TOTALS))
            sums[currency] = [total + amount for total, amount in zip(known, own)]
            for row in (*section["lines"], *section["credits"]):
                lines.row(
                    [
                        *head,
                        row["date"],
                        row["name"],
                        kinds[row["kind"]],
                        row["ref"] or None,
                        self._ship(row) or None,
                        row["seller"] or None,
                        row.get("disputes") or None,
                        row["due_date"],
                        *self._line_amounts(row),
                    ]
                )
        return document["amount_company"]

    def _line_amounts(self, row):
        if self.kind == "open_item":
            return [row["days"], row["original"], row["open"], row["disputed"] or None, row["promised"] or None]
        return [row["amount"], row["running"]]

    def _write_sums(self, sheet, sums, company_sum, batch):
        """The totals by currency; in company currency what the ledger says, and the difference."""
        for currency, amounts in sums.items():
            rounded = [currency.round(amount) for amount in amounts]
            sheet.row([self.env._("Total"), None, None, currency.name, *rounded], bold=True)
        column = 4 + len(TOTALS)
        ties = self._tie_out()
        ledger = batch.currency_id.round(sum(tie["ledger"] for tie in ties.values()))
        company_sum = batch.currency_id.round(company_sum)
        for label, amount in (
            (self.env._("Total in %(currency)s", currency=batch.currency_id.name), company_sum),
            (self.env._("Balance of these customers in the ledger"), ledger),
            (self.env._("Difference"), batch.currency_id.round(company_sum - ledger)),
        ):
            sheet.row([label, *[None] * (column - 1), amount], bold=True)

    # ------------------------------------------------------------------
    # Labels
    # ------------------------------------------------------------------

    def _total_labels(self, company):
        buckets = dict(zip(TOTALS[2:8], company.with_context(lang=self.env.lang)._collection_bucket_labels()))
        fields = self.env["collection.statement.total"].fields_get(TOTALS, ["string"])
        labels = [buckets.get(name, fields[name]["string"]) for name in TOTALS]
        _ = self.env._
        last = _("Balance in %(currency)s", currency=company.currency_id.name)
        return [_("Account"), _("Customer"), _("Statement"), _("Currency"), *labels, last]

    def _line_labels(self):
        _ = self.env._
        first = [
            *(
                _("Account"),
                _("Customer"),
                _("Statement"),
                _("Currency"),
                _("Date"),
                _("Document"),
                _("Kind"),
                _("PO Number"),
            ),
            *(_("Ship-To"), _("Sales Partner"), _("Dispute"), _("Due")),
        ]
        if self[:1].kind == "open_item":
            return [*first, _("Days Overdue"), _("Original"), _("Open"), _("Disputed"), _("Promised")]
        return [*first, _("Amount"), _("Running Balance")]
