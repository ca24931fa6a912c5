import logging
from io import BytesIO

import xlsxwriter

from odoo import api, models
from odoo.tools import SQL, format_date

_logger = logging.getLogger(__name__)

FETCH = 5_000
LAST_ROW = 1_048_575  # of a worksheet, counted from 0

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
        # What customers type is text, also where it begins like a formula.
        options = {"strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False}
        with xlsxwriter.Workbook(output, {"constant_memory": True, **options}) as book:
            title = self.env._(
                "Aging of %(company)s as of %(date)s, in %(currency)s",
                company=company.name,
                date=format_date(self.env, day),
                currency=company.currency_id.name,
            )
            report._write_customers(_Sheet(book, self.env._("Customers"), title), company, day)
            if items:
                report._write_items(_Sheet(book, self.env._("Items"), title), company)
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


class _Sheet:
    """A worksheet that is written from top to bottom, with its title and headings again on a further one when it is full."""

    def __init__(self, book, name, title):
        self._book, self._name, self._title, self._count = book, name, title, 0
        self._bold = book.add_format({"bold": True})
        self._heading = book.add_format({"bold": True, "bottom": 1, "text_wrap": True, "valign": "top"})
        self._money = book.add_format({"num_format": "#,##0.00"})
        self._total = book.add_format({"num_format": "#,##0.00", "bold": True, "top": 1})
        self._date = book.add_format({"num_format": "yyyy-mm-dd"})

    def header(self, labels, widths):
        """Open a worksheet. `widths` holds those of the columns that are not 14 wide."""
        self._labels, self._widths, self._row = labels, widths, 0
        self._count += 1
        self._sheet = self._book.add_worksheet(self._name if self._count == 1 else f"{self._name} {self._count}")
        self._sheet.set_column(0, len(labels) - 1, 14)
        for column, width in widths.items():
            self._sheet.set_column(column, column, width)
        self._sheet.freeze_panes(3, 1)
        self._sheet.write_string(0, 0, self._title, self._bold)
        for column, label in enumerate(labels):
            self._sheet.write_string(2, column, label, self._heading)
        self._row = 3

    def row(self, values, bold=False):
        if self._row > LAST_ROW:
            self.header(self._labels, self._widths)
        for column, value in enumerate(values):
            if value is None or value is False:
                continue
            if isinstance(value, str):
                self._sheet.write_string(self._row, column, value, self._bold if bold else None)
            elif isinstance(value, int):
                self._sheet.write_number(self._row, column, value)
            elif isinstance(value, float):
                self._sheet.write_number(self._row, column, value, self._total if bold else self._money)
            else:
                self._sheet.write_datetime(self._row, column, value, self._date)
        self._row += 1
