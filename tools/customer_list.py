"""A customer's own list of what it owes: lines of references, dates and amounts, and whatever could not be read of it. No ORM."""

import csv
import io
import re
from datetime import date, datetime
from typing import NamedTuple

from .file_text import read_text
from .money_words import is_day, mark_of, order_of, parse_day, parse_money

MAX_LINES = 5_000
MAX_COLUMNS = 60
_TOTAL = re.compile(
    r"\b(?:grand\s+|sub\s*)?(?:total|totale|totaal|summe|gesamt|balance (?:due|forward|brought forward)|amount due)\b",
    re.IGNORECASE,
)
_REFERENCE = {"invoice", "inv", "document", "doc", "reference", "ref", "bill", "number", "no", "voucher"}
_OPEN = {"open", "balance", "outstanding", "remaining", "owed", "due"}
_AMOUNT = {"amount", "total", "gross", "value", "sum"}
_WORD = re.compile(r"[A-Za-z]*\d[\w./#-]*|[A-Za-z]+[-/#.][\w./#-]*\d[\w./#-]*")
_MONEY = re.compile(
    r"(?<![\w.,/#-])\(?[-+]?(?:[A-Z]{0,3}[$€£¥]\s?)?[-+]?\d[\d.,'\u2019]*(?:[ \u00a0]\d{3}(?:[.,]\d+)?)*\)?[-+]?"
    r"(?:\s?(?:[$€£¥]|EUR|USD|GBP))?(?:\s?(?:CR|DR))?(?![\w/#]|[.,-]\d)"
)
_DAY = re.compile(
    r"\d{4}[-/.]\d{1,2}[-/.]\d{1,2}|\b\d{1,2}([-/.])\d{1,2}\1(?:\d{4}|\d{2})\b|\b\d{1,2}[-\s]?[A-Za-z]{3,9}[-\s,]*\d{4}\b|\b[A-Z][a-z]{2,8}\.?\s\d{1,2},?\s\d{4}\b"
)


class ListProblem(ValueError):
    """What is wrong with a file as a whole: `code` is one of kind, damaged, scanned, empty, too_long."""

    def __init__(self, code):
        super().__init__(code)
        self.code = code


class Entry(NamedTuple):
    number: int
    text: str
    reference: str
    date: date | None
    amount: float


class Unread(NamedTuple):
    """A line that could not be read: `code` is one of no_amount, bad_amount, no_reference."""

    number: int
    text: str
    code: str


class CustomerList(NamedTuple):
    entries: list
    unread: list
    total: float | None
    date_order: str | None
    is_order_sure: bool


class Columns(NamedTuple):
    references: list
    day: int | None
    amounts: list
    debit: int | None
    credit: int | None


# ------------------------------------------------------------------
# Files
# ------------------------------------------------------------------


def read_lines(name, content):
    """The lines of a file (CSV, workbook, PDF, text) with their numbers: list of (number, list of cells).

    :raise ListProblem:
    """
    if content.startswith(b"PK\x03\x04"):
        return _workbook_lines(content)
    if content.startswith(b"\xd0\xcf\x11\xe0"):
        raise ListProblem("kind")
    text, _is_html = read_text(name, content)
    if not text.strip():
        raise ListProblem("scanned" if content.startswith(b"%PDF") else "empty")
    return text_lines(text)


def text_lines(text):
    """The lines of a text, divided into cells where they are a table: by tabs, semicolons, or commas before a quote or header."""
    lines = [(number, line) for number, line in enumerate(text.splitlines(), start=1) if line.strip()]
    if len(lines) > MAX_LINES:
        raise ListProblem("too_long")
    separator = next((mark for mark in "\t;" if sum(mark in line for _number, line in lines) * 2 > len(lines)), None)
    if not separator and lines and _is_comma_table([line for _number, line in lines]):
        separator = ","
    if separator:
        return [(number, _cells(line, separator)) for number, line in lines]
    return [(number, [line.strip()]) for number, line in lines]


def _is_comma_table(lines):
    """Whether lines are rows of a CSV file with commas: as many cells in nearly all of them, beginning with its titles."""
    counts = [len(_cells(line, ",")) for line in lines]
    return counts[0] > 1 and not re.search(r"\d", lines[0]) and counts.count(counts[0]) * 10 >= len(counts) * 8


def _cells(line, separator):
    try:
        return [cell.strip() for cell in next(csv.reader(io.StringIO(line), delimiter=separator))]
    except csv.Error:
        return [cell.strip() for cell in line.split(separator)]


def _workbook_lines(content):
    import openpyxl

    try:
        sheet = openpyxl.load_workbook(io.BytesIO(content), read_only=True, data_only=True).worksheets[0]
        rows = sheet.iter_rows(max_row=MAX_LINES + 50, max_col=MAX_COLUMNS, values_only=True)
        lines = [(number, [_cell_text(value) for value in row]) for number, row in enumerate(rows, start=1)]
    except Exception as error:  # a damaged workbook may fail in any way
        raise ListProblem("damaged") from error
    return [(number, cells) for number, cells in lines if any(cells)]


def _cell_text(value):
    if isinstance(value, datetime | date):
        return f"{value:%Y-%m-%d}"
    if isinstance(value, float):
        return f"{value:.2f}"
    return "" if value is None else str(value).strip()


# ------------------------------------------------------------------
# Lines
# ------------------------------------------------------------------


def read_list(lines, date_order=None, mark=None):
    """What a customer's list says.

    :param lines: list of (number, cells)
    :param date_order: ``mdy`` or ``dmy``; None: as the dates show
    :param mark: decimal mark for amounts that do not show theirs, ``point`` or ``comma``; None: as the others show
    :raise ListProblem: too_long, or empty where no line has both a reference and an amount
    """
    if len(lines) > MAX_LINES:
        raise ListProblem("too_long")
    mark = mark or _mark_of(lines)
    found, is_sure = order_of([word for _number, cells in lines for word in _days(" ".join(cells))])
    order = date_order or found
    columns, entries, unread, total = None, [], [], None
    for number, cells in lines:
        if titles := _columns_of(cells):
            columns = _settle_balance(titles, lines, mark)
            continue
        text = " ".join(cell for cell in cells if cell)
        if not re.search(r"\d", text):
            continue
        reference, day, amount, code = _read(cells, columns, mark)
        if _TOTAL.search(text) and not (reference and day):
            total = amount if amount is not None else total
        elif code and (reference or amount is not None or columns):
            unread.append(Unread(number, text, code))
        elif not code:
            entries.append(Entry(number, text, reference, _day(day, order), amount))
    if not entries and not unread:
        raise ListProblem("empty")
    return CustomerList(entries, unread, total, order, bool(date_order) or is_sure)


def _mark_of(lines):
    """The decimal mark that most amounts of the list show."""
    marks = [mark_of(word) for _number, cells in lines for cell in cells for word in _money_words(cell)]
    return "comma" if marks.count("comma") > marks.count("point") else "point"


def _money_words(text):
    return [match.group() for match in _MONEY.finditer(_DAY.sub(" ", text))]


def _days(text):
    return [match.group() for match in _DAY.finditer(text) if is_day(match.group())]


def _day(word, order):
    try:
        return parse_day(word, order or "mdy") if word else None
    except ValueError:
        return None


def _columns_of(cells):
    """The columns that titles name, or None if these cells are no titles."""
    if len(cells) < 2 or any(re.search(r"\d", cell) for cell in cells):
        return None
    words = [set(re.findall(r"[a-z]+", cell.lower())) for cell in cells]
    places = range(len(cells))
    days = [place for place in places if "date" in words[place]]
    references = [place for place in places if words[place] & _REFERENCE and place not in days]
    amounts = [place for place in places if words[place] & _AMOUNT and place not in (*days, *references)]
    still_open = [place for place in places if words[place] & _OPEN and place not in (*days, *references)]
    debit, credit = (
        next((place for place in places if words[place] & names), None)
        for names in ({"debit", "charge", "charges"}, {"credit", "credits"})
    )
    if not references or not (amounts or still_open or debit is not None):
        return None
    first = [place for place in days if "due" not in words[place]] or days
    return Columns(references, first[0] if first else None, [*still_open, *amounts], debit, credit)


def _settle_balance(columns, lines, mark):
    """A balance that runs on from line to line is not what is open of a line: then its amount is."""
    if len(columns.amounts) < 2:
        return columns
    balance, amount = columns.amounts[0], columns.amounts[-1]
    pairs = [(_money(cells, balance, mark), _money(cells, amount, mark)) for _number, cells in lines]
    pairs = [pair for pair in pairs if None not in pair]
    running = [abs(after - before - moved) < 0.005 for (before, _first), (after, moved) in zip(pairs, pairs[1:])]
    return columns._replace(amounts=[amount]) if running and all(running) else columns


def _money(cells, place, mark):
    try:
        return parse_money(cells[place], mark) if place is not None and place < len(cells) and cells[place] else None
    except ValueError:
        return None


def _read(cells, columns, mark):
    """(reference, date's word, amount, why it cannot be read) of a line."""
    if columns and len(cells) > 1:
        return _read_columns(cells, columns, mark)
    text = "  ".join(cell for cell in cells if cell)
    days = _days(text)
    rest = _DAY.sub(lambda match: " " if is_day(match.group()) else match.group(), text)
    money = [match for match in _MONEY.finditer(rest) if _looks_like_money(match.group(), len(cells) > 1)]
    last = money[-1] if money else None
    words = _WORD.findall(rest[: last.start()] + " " + rest[last.end() :] if last else rest)
    reference = next((word.strip(".-/#") for word in words if any(sign.isdigit() for sign in word)), "")
    if not last:
        return reference, days and days[0], None, "no_amount"
    try:
        amount = parse_money(last.group(), mark)
    except ValueError:
        return reference, days and days[0], None, "bad_amount"
    return reference, days and days[0], amount, None if reference else "no_reference"


def _read_columns(cells, columns, mark):
    reference = next((cells[place] for place in columns.references if place < len(cells) and cells[place]), "")
    day = cells[columns.day] if columns.day is not None and columns.day < len(cells) else None
    written = [cells[place] for place in columns.amounts if place < len(cells) and cells[place]]
    amount, code = None, "bad_amount" if written else "no_amount"
    for place in columns.amounts:
        amount = _money(cells, place, mark)
        if amount is not None:
            break
    if amount is None and columns.debit is not None:
        debit, credit = _money(cells, columns.debit, mark), _money(cells, columns.credit, mark)
        amount = None if debit is None and credit is None else (debit or 0.0) - abs(credit or 0.0)
    if amount is None:
        return reference, day, None, code
    return reference, day, amount, None if re.search(r"\d", reference) else "no_reference"


def _looks_like_money(word, is_cell):
    """In running text a bare whole number is a reference, not an amount."""
    return is_cell or bool(re.search(r"[.,'\u2019$€£¥()]", word)) or bool(re.search(r"EUR|USD|GBP", word))
