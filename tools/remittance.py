"""What a remittance advice says: rows of references and amounts, whatever its file was. No ORM.

A row is read as people read it: the last amount is what was paid, every word with a digit may be a reference.
"""

import io
import re
from typing import NamedTuple

from .csv_file import CsvProblem, parse_amount, read_rows
from .file_text import read_text

MAX_ROWS = 5_000
MAX_COLUMNS = 60
_TOTAL = re.compile(r"\b(?:grand\s+)?(?:total|sum|payment amount|amount paid|net amount)\b", re.IGNORECASE)
# Words that are amounts: with decimals, grouped thousands, or a currency sign.
_AMOUNT = re.compile(
    r"(?<![\w.,/-])[-+(]?(?:[$€£]\s?)?[-+]?(?:\d{1,3}(?:[,.'\u2019]\d{3})+(?:[.,]\d{1,3})?|\d+[.,]\d{1,3}|\d+)\)?-?(?:\s?[$€£])?(?![\w/]|[.,-]\d)"
)
_WORD = re.compile(r"[\w][\w./#-]*")
_DATE = re.compile(r"\d{1,4}[./-]\d{1,2}[./-]\d{1,4}")
# A dollar sign stands for many currencies.
_SIGNS = {"€": "EUR", "£": "GBP"}
_PAID = ("paid", "payment", "net", "remit")
_ANY_AMOUNT = ("amount", "total", "gross", "value", "balance")
_REFERENCE = ("invoice", "inv", "document", "reference", "ref", "bill", "number", "no", "po")


class RemittanceProblem(ValueError):
    """What is wrong with a file: `code` is one of kind, encoding, quotes, long_cell, empty, too_long, damaged, scanned."""

    def __init__(self, code):
        super().__init__(code)
        self.code = code


class Row(NamedTuple):
    number: int
    text: str
    references: tuple
    amount: float | None


class Remittance(NamedTuple):
    rows: list
    total: float | None
    currencies: frozenset


def normalize(reference):
    """A reference without its punctuation: INV/2026/00042, inv-2026-00042 and INV 2026 00042 are the same."""
    return re.sub(r"[\W_]", "", reference).upper()


def read_file(name, content):
    """The rows of cells in a file: CSV, a workbook's first sheet, or the lines of a PDF or text.

    :return: list of lists of texts
    :raise RemittanceProblem:
    """
    if content.startswith(b"PK\x03\x04"):
        return _workbook_rows(content)
    if content.startswith(b"\xd0\xcf\x11\xe0"):
        raise RemittanceProblem("kind")
    text, _is_html = read_text(name, content)
    if not text.strip():
        raise RemittanceProblem("scanned" if content.startswith(b"%PDF") else "empty")
    return text_rows(text, is_table=name.lower().endswith((".csv", ".tsv")))


def text_rows(text, is_table=False):
    """Lines of a text; as cells where it is a table, or looks like one pasted from a spreadsheet."""
    lines = [line for line in text.splitlines() if line.strip()]
    if is_table or (lines and min(line.count("\t") for line in lines) > 0):
        try:
            return [cells for _line, cells in read_rows(text)]
        except CsvProblem as problem:
            if is_table:
                raise RemittanceProblem(problem.code) from problem
    return [[line] for line in lines]


def _workbook_rows(content):
    import openpyxl

    try:
        sheet = openpyxl.load_workbook(io.BytesIO(content), read_only=True, data_only=True).worksheets[0]
        return [
            [_cell_text(value) for value in row]
            for row in sheet.iter_rows(max_row=MAX_ROWS + 50, max_col=MAX_COLUMNS, values_only=True)
            if any(value is not None for value in row)
        ]
    except Exception as error:  # a damaged workbook may fail in any way
        raise RemittanceProblem("damaged") from error


def _cell_text(value):
    if value is None:
        return ""
    if isinstance(value, float):
        return f"{value:.2f}"
    return str(value).strip()


def read_remittance(rows):
    """What a remittance says.

    :param rows: lists of cells, as `read_file` and `text_rows` give them
    :raise RemittanceProblem: too_long, empty
    """
    if len(rows) > MAX_ROWS:
        raise RemittanceProblem("too_long")
    text = "\n".join(" ".join(cells) for cells in rows)
    columns, found, total = None, [], None
    for number, cells in enumerate(rows, 1):
        header = _columns_of(cells)
        if header:
            columns = header
            continue
        row = _read_cells(number, cells, columns)
        if row.amount is not None and _TOTAL.search(row.text):
            total = row.amount
        elif row.amount is not None or (columns and row.references):
            found.append(row)
    if not found:
        raise RemittanceProblem("empty")
    return Remittance(found, total, _currencies(text))


def _currencies(text):
    codes = set(re.findall(r"\b(?:USD|EUR|GBP|CAD|MXN|CHF|JPY|AUD|CNY|INR|BRL|SEK|NOK|DKK|PLN)\b", text))
    return frozenset(codes | {code for sign, code in _SIGNS.items() if sign in text})


def _columns_of(cells):
    """(reference columns, amount column) if these cells are the titles of a table, else None."""
    if len(cells) < 2 or any(re.search(r"\d", cell) for cell in cells):
        return None
    names = [cell.lower() for cell in cells]

    def having(words):
        return [place for place, name in enumerate(names) if set(re.findall(r"[a-z]+", name)) & set(words)]

    amounts = having(_PAID) or having(_ANY_AMOUNT)
    amounts = [place for place in amounts if "date" not in names[place] and "discount" not in names[place]]
    references = [place for place in having(_REFERENCE) if place not in amounts and "date" not in names[place]]
    return (references, amounts[-1]) if amounts and references else None


def _read_cells(number, cells, columns):
    text = " ".join(cell for cell in cells if cell)
    if columns and len(cells) > 1:
        references, place = columns
        amount = _amount_of(cells[place]) if place < len(cells) else None
        words = " ".join(cells[each] for each in references if each < len(cells))
        return Row(number, text, _references_in(words), amount)
    if len(cells) > 1:
        places = [place for place, cell in enumerate(cells) if _is_amount(cell)]
        amount = _amount_of(cells[places[-1]]) if places else None
        words = " ".join(cell for place, cell in enumerate(cells) if place != (places[-1] if places else None))
        return Row(number, text, _references_in(words), amount)
    found = [match for match in _AMOUNT.finditer(text) if _looks_like_money(match.group())]
    if not found:
        return Row(number, text, _references_in(text), None)
    last = found[-1]
    return Row(number, text, _references_in(text[: last.start()] + " " + text[last.end() :]), _amount_of(last.group()))


def _is_amount(cell):
    return bool(_AMOUNT.fullmatch(cell.strip())) and not _DATE.fullmatch(cell.strip())


def _looks_like_money(word):
    """In running text a bare whole number is a reference, not an amount."""
    return bool(re.search(r"[.,$€£]\s?\d", word) or re.search(r"[$€£]", word))


def _amount_of(cell):
    """The amount in a cell; negative in brackets or with a minus sign. None where there is none."""
    word = cell.strip()
    negative = word.startswith(("-", "(")) or word.endswith(("-", ")"))
    word = re.sub(r"[()$€£\s+-]|[A-Z]{3}", "", word)
    mark = "comma" if re.search(r",\d{1,2}$", word) else "point"
    try:
        amount = parse_amount(word, mark)
    except ValueError:
        return None
    return -amount if negative else amount


def _references_in(text):
    """Words with a digit, as normalized references, and pairs of neighbours where a number was broken by a space."""
    words = [word for word in _WORD.findall(text) if not _DATE.fullmatch(word)]
    found = []
    for place, word in enumerate(words):
        if any(sign.isdigit() for sign in word):
            found.append(normalize(word))
            if place:
                found.append(normalize(words[place - 1] + word))
            found.append(normalize(word.rsplit("/", 1)[-1]))
    return tuple(dict.fromkeys(each for each in found if len(each) >= 2))
