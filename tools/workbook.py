"""Writes long lists into workbooks, row by row, so that memory stays small. No Odoo."""

# What customers type is text, also where it begins like a formula.
OPTIONS = {"constant_memory": True, "strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False}
LAST_ROW = 1_048_575  # of a worksheet, counted from 0


class Sheet:
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
