from odoo import api, models
from odoo.exceptions import UserError

from ...tools.csv_file import CsvProblem, decode, parse_amount, parse_date, read_rows
from .collection_golive_kind import Row

MAX_BYTES = 10 * 1024 * 1024
MAX_LINES = 50_000


class CollectionGoliveKind(models.AbstractModel):
    """Reading a file: its lines as `Row`, each cell as what its column holds."""

    _inherit = "collection.golive.kind"

    @api.model
    def _read_content(self, content, options):
        if len(content) > MAX_BYTES:
            raise UserError(
                self.env._(
                    "The file has %(size)s MB; %(limit)s MB is the most. Divide it into smaller ones.",
                    size=round(len(content) / 1024 / 1024, 1),
                    limit=MAX_BYTES // 1024 // 1024,
                )
            )
        try:
            (_line, header), *lines = read_rows(decode(content))
        except CsvProblem as problem:
            raise UserError(self._words_of(problem)) from None
        if not lines:
            raise UserError(self.env._("The file has a line of headings and nothing below it."))
        if len(lines) > MAX_LINES:
            raise UserError(
                self.env._(
                    "The file has %(count)s lines; %(limit)s is the most. Divide it into smaller ones.",
                    count=len(lines),
                    limit=MAX_LINES,
                )
            )
        columns = self._match_header(header)
        return [self._read_row(line, cells, columns, options) for line, cells in lines]

    @api.model
    def _words_of(self, problem):
        words = {
            "kind": self.env._("This is no CSV file. Save the workbook as CSV (UTF-8) and choose that."),
            "encoding": self.env._("The file's characters cannot be read. Save it as CSV (UTF-8)."),
            "quotes": self.env._("Line %s: quotation marks do not match.", problem.line),
            "long_cell": self.env._("Line %s: a cell has more than 20,000 characters.", problem.line),
            "empty": self.env._("The file is empty."),
        }
        return words[problem.code]

    @api.model
    def _match_header(self, header):
        """The `Column` of each cell of a line, by its name or its label; None where a column is not known.

        :raise UserError: a column that is needed is missing, or stands there twice
        """
        columns = self._columns()
        known = {column.label.casefold(): column for column in columns} | {column.name: column for column in columns}
        found = [known.get(cell.casefold()) for cell in header]
        missing = [column.label for column in columns if column.required and column not in found]
        if missing:
            raise UserError(
                self.env._(
                    "The first line must name the columns. Missing: %(missing)s. Found: %(found)s.",
                    missing=", ".join(missing),
                    found=", ".join(header)[:200],
                )
            )
        named = [column for column in found if column]
        if twice := [column.label for column in columns if named.count(column) > 1]:
            raise UserError(self.env._("The first line names a column twice: %s.", ", ".join(twice)))
        return found

    @api.model
    def _read_row(self, line, cells, columns, options):
        row = Row(line, {column.name: False for column in self._columns()})
        if len(cells) > len(columns) and any(cells[len(columns) :]):
            row.refuse("", self.env._("The line has more cells than there are columns."))
        for column, text in zip(columns, cells):
            if not column:
                continue
            try:
                row.values[column.name] = self._read_cell(column.kind, text, options)
            except ValueError:
                row.refuse(column.name, self._words_of_cell(column.kind, text, options))
        for column in columns:
            refused = column and any(name == column.name for name, _message in row.errors)
            if column and column.required and row.values[column.name] is False and not refused:
                row.refuse(column.name, self.env._("%s is missing.", column.label))
        return row

    @api.model
    def _read_cell(self, kind, text, options):
        if not text:
            return False
        if kind == "date":
            return parse_date(text, options.date_order)
        if kind == "amount":
            return parse_amount(text, options.decimal_mark)
        return text

    @api.model
    def _words_of_cell(self, kind, text, options):
        if kind == "date":
            order = {"mdy": "12/31/2026", "dmy": "31.12.2026", "ymd": "2026/12/31"}[options.date_order]
            return self.env._(
                "“%(text)s” is no date. Write it like 2026-12-31 or %(order)s.", text=text[:40], order=order
            )
        example = {"point": "1,234.56", "comma": "1.234,56"}[options.decimal_mark]
        return self.env._("“%(text)s” is no amount. Write it like %(example)s.", text=text[:40], example=example)
