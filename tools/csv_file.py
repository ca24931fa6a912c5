"""Reads CSV files as people have them: any usual encoding and separator, dates and numbers written the local way.

What is wrong is raised as `CsvProblem` with a code; whoever shows it has the words.
"""

import csv
import io
import re
from datetime import date

SEPARATORS = ",;\t"
DATE_ORDERS = {"mdy": (2, 0, 1), "dmy": (2, 1, 0), "ymd": (0, 1, 2)}
MAX_CELL = 20_000
_BOMS = ((b"\xef\xbb\xbf", "utf-8-sig"), (b"\xff\xfe", "utf-16"), (b"\xfe\xff", "utf-16"))
# Magic numbers of what is often taken for a CSV file.
_OTHER_KINDS = (b"PK\x03\x04", b"\xd0\xcf\x11\xe0", b"%PDF")
_ISO = re.compile(r"(\d{4})-(\d{1,2})-(\d{1,2})(?:[T ][\d:.]+Z?)?")
_LOCAL_DATE = re.compile(r"(\d{1,4})[./-](\d{1,2})[./-](\d{1,4})")
_AMOUNTS = {
    "point": re.compile(r"[+-]?(?:\d{1,3}(?:[, '\u2019]\d{3})+|\d+)(?:\.\d+)?"),
    "comma": re.compile(r"[+-]?(?:\d{1,3}(?:[. '\u2019]\d{3})+|\d+)(?:,\d+)?"),
}
_FORMULA = ("=", "+", "-", "@", "\t", "\r")


class CsvProblem(ValueError):
    """What is wrong with a file: `code` is one of kind, encoding, quotes, long_cell, empty; `line` where it is known."""

    def __init__(self, code, line=None):
        super().__init__(code)
        self.code = code
        self.line = line


def decode(content):
    """The text of a file: UTF-8 with or without a mark, UTF-16, else Windows-1252.

    :param content: bytes
    :raise CsvProblem: kind (a workbook or PDF), encoding
    """
    if content.startswith(_OTHER_KINDS):
        raise CsvProblem("kind")
    encodings = [encoding for mark, encoding in _BOMS if content.startswith(mark)]
    if not encodings:
        # UTF-16 without a mark: every other byte of plain text is zero.
        even, odd = content[:2000:2].count(0), content[1:2000:2].count(0)
        half = max(1, len(content[:2000]) // 4)
        encodings = ["utf-16-le"] if odd > half else ["utf-16-be"] if even > half else ["utf-8", "cp1252"]
    for encoding in encodings:
        try:
            text = content.decode(encoding)
        except UnicodeDecodeError:
            continue
        if "\0" not in text:
            return text
    raise CsvProblem("encoding")


def read_rows(text):
    """The rows of a file, those that are all empty left out: a list of (number of its first line, list of cells).

    :raise CsvProblem: quotes, long_cell, empty
    """
    text = text.replace("\r\n", "\n").replace("\r", "\n")
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=_separator(text), strict=True)
    rows, line = [], 1
    try:
        for cells in reader:
            cells = [cell.strip() for cell in cells]
            if any(len(cell) > MAX_CELL for cell in cells):
                raise CsvProblem("long_cell", line)
            if any(cells):
                rows.append((line, cells))
            line = reader.line_num + 1
    except csv.Error as error:
        raise CsvProblem("quotes", line) from error
    if not rows:
        raise CsvProblem("empty")
    return rows


def _separator(text):
    """The separator that stands most often in the first line that is not empty, quoted parts left out."""
    header = next((line for line in text.split("\n") if line.strip(SEPARATORS + " ")), "")
    header = re.sub(r'"[^"]*"', "", header)
    return max(SEPARATORS, key=header.count)


def parse_date(text, order):
    """A date written as ISO or in the given order of day, month and year, which must have four digits.

    :param order: one of `DATE_ORDERS`
    :raise ValueError: it is none
    """
    if match := _ISO.fullmatch(text):
        return date(*map(int, match.groups()))
    match = _LOCAL_DATE.fullmatch(text)
    if not match:
        raise ValueError
    parts = match.groups()
    year, month, day = (parts[place] for place in DATE_ORDERS[order])
    if len(year) != 4:
        raise ValueError
    return date(int(year), int(month), int(day))


def parse_amount(text, mark):
    """A number whose decimals stand after a point or a comma; the other mark may group thousands.

    :param mark: ``point`` or ``comma``
    :raise ValueError: it is none
    """
    text = text.replace("\u00a0", " ").replace("\u202f", " ").replace("\u2212", "-").strip(" $€£")
    if not _AMOUNTS[mark].fullmatch(text):
        raise ValueError
    text = re.sub(r"[ '\u2019]", "", text)
    text = text.replace(",", "") if mark == "point" else text.replace(".", "").replace(",", ".")
    return float(text)


def write_rows(rows, neutral=True):
    """Rows as the bytes of a CSV file that spreadsheets open as they are.

    :param neutral: cells that a spreadsheet would run as a formula are marked as text
    """
    target = io.StringIO(newline="")
    writer = csv.writer(target)
    for cells in rows:
        texts = ["" if cell is None else str(cell) for cell in cells]
        writer.writerow([f"'{text}" if neutral and text.startswith(_FORMULA) else text for text in texts])
    return target.getvalue().encode("utf-8-sig")
