import logging
from io import BytesIO

import xlsxwriter

from odoo import api, models
from odoo.tools import SQL, format_date

from ...tools.workbook import OPTIONS, Sheet

_logger = logging.getLogger(__name__)

FETCH = 5_000

AGES = ("aging_current", "aging_1", "aging_2", "aging_3", "aging_4", "aging_5")
SUMS = (*AGES, "amount_unapplied", "amount_total", "amount_held", "amount_free")
ITEM = (
    *("partner_id", "name", "kind", "ref", "date", "due_date", "days_overdue", "item_currency_id"),
    *("amount_original_currency", "amount_residual_currency", *SUMS),
    *("collector_id", "sales_partner_id", "invoice_user_id", "country_id", "unposted_move_id"),
)


class CollectionAgingReport(models.Model):
    """The report as a workbook: one line per customer, on request a second sheet with all items."""

    _inherit = "collection.aging.report"

    @api.model
    def _export_xlsx(self, company, day, items=False):
        """The workbook of a company on a date, of what the user may see.

        Rows are written as they are read, so that memory stays small.

        :return: bytes
        """
        report = self.with_context(collection_as_of=day)
        output = BytesIO()
        with xlsxwriter.Workbook(output, OPTIONS) as book:
            title = self.env._(
                "Aging of %(company)s as of %(date)s, in %(currency)s",
                company=company.name,
                date=format_date(self.env, day),
                currency=company.currency_id.name,
            )
            report._write_customers(Sheet(book, self.env._("Customers"), title), company, day)
            if items:
                report._write_items(Sheet(book, self.env._("Items"), title), company)
        _logger.info("User %s exported the aging report of company %s as of %s", self.env.uid, company.id, day)
        return output.getvalue()

    # ------------------------------------------------------------------
    # Sheets
    # ------------------------------------------------------------------

    @api.model
    def _write_customers(self, sheet, company, day):
        labels = self._xlsx_labels(company)
        names = ("partner_id", "collector_id", *SUMS, "days_overdue")
        sheet.header([labels[name] for name in names], {0: 40, 1: 24})
        groups = self._read_group(
            [("company_id", "=", company.id)],
            ["partner_id", "collector_id"],
            [*(f"{name}:sum" for name in SUMS), "days_overdue:max"],
            order="partner_id, collector_id",
        )
        totals = [0.0] * len(SUMS)
        self._xlsx_prefetch([group[0] for group in groups])
        for customer, collector, *sums, oldest in groups:
            label = customer.complete_name or self.env._("Unidentified receipts and items")
            sheet.row([label, collector.name, *sums, oldest])
            totals = [total + (amount or 0.0) for total, amount in zip(totals, sums)]
        totals = [company.currency_id.round(total) for total in totals]
        sheet.row([self.env._("Total"), None, *totals], bold=True)
        self._write_tie_out(sheet, company, day, totals[SUMS.index("amount_total")])

    @api.model
    def _write_tie_out(self, sheet, company, day, total):
        """What the ledger says; a portfolio is only a part of it and is not compared."""
        tie = self._tie_out(company, day)
        if company.currency_id.compare_amounts(tie["report"], total):
            return
        column = 2 + SUMS.index("amount_total")
        for label, amount in (
            (self.env._("Balance of the receivable accounts"), tie["ledger"]),
            (self.env._("Difference"), company.currency_id.round(total - tie["ledger"])),
            (self.env._("In the total: matched with entries that are not posted"), tie["unposted"]),
        ):
            sheet.row([label, *[None] * (column - 1), amount])

    @api.model
    def _write_items(self, sheet, company):
        labels = self._xlsx_labels(company)
        sheet.header([labels[name] for name in ITEM], {0: 40, 1: 20, 3: 20})
        kinds = dict(self._fields["kind"]._description_selection(self.env))
        for rows in self._xlsx_item_batches(company):
            records = {
                name: self.env[self._fields[name].comodel_name].browse({row[column] for row in rows if row[column]})
                for column, name in enumerate(ITEM)
                if self._fields[name].type == "many2one"
            }
            texts = {name: self._xlsx_names(found) for name, found in records.items()}
            texts["kind"] = kinds
            for row in rows:
                sheet.row([texts[name].get(value) if name in texts else value for name, value in zip(ITEM, row)])

    @api.model
    def _xlsx_item_batches(self, company):
        """The items of a company by customer and due date, through a cursor of the database, in lists of rows."""
        query = self._search([("company_id", "=", company.id)], order="partner_id, due_date, id")
        select = query.select(*(self._field_to_sql(self._table, name, query) for name in ITEM))
        self.env.flush_query(select)
        self.env.cr.execute(SQL("DECLARE collection_aging NO SCROLL CURSOR FOR %s", select))
        while rows := self.env.execute_query(SQL("FETCH %s FROM collection_aging", FETCH)):
            yield rows
        self.env.cr.execute(SQL("CLOSE collection_aging"))

    # ------------------------------------------------------------------
    # Texts
    # ------------------------------------------------------------------

    @api.model
    def _xlsx_labels(self, company):
        labels = {name: field["string"] for name, field in self.fields_get(attributes=["string"]).items()}
        return {**labels, **self._bucket_labels(company), "days_overdue": self.env._("Days Overdue")}

    @api.model
    def _xlsx_prefetch(self, customers):
        """Names are all that is wanted of so many customers."""
        self.env["res.partner"].union(*customers).sudo().fetch(["complete_name"])

    @api.model
    def _xlsx_names(self, records):
        """Names of records that stand in rows the user may see, also where the record itself is not for them."""
        name = {"res.partner": "complete_name", "account.move": "name"}.get(records._name, "display_name")
        return {record.id: record[name] for record in records.sudo()}
