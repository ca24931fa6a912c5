"""Reads a file of late-payment histories, and says in words what is wrong with one."""

import csv
import io
import pathlib
from dataclasses import dataclass
from datetime import date, datetime

COLUMNS = [
    "customerID",
    "invoiceNumber",
    "InvoiceDate",
    "DueDate",
    "InvoiceAmount",
    "Disputed",
    "SettledDate",
    "PaperlessBill",
]


class CannotLoad(Exception):
    """The file cannot be loaded; the message says what is wrong where, in words."""


@dataclass(frozen=True)
class Bill:
    number: str
    customer: str
    invoiced: date
    due: date
    amount: float
    is_disputed: bool
    settled: date | None
    by_mail: bool | None  # sent by e-mail, on paper, or unknown


def read(path, limit=None):
    """The bills of a file, by due date; with a limit the last ones. Nothing is returned of a file with an error.

    :raise CannotLoad: it is missing, no UTF-8 text, lacks a column, or has lines that make no sense (the first 20 are named)
    """
    path = pathlib.Path(path)
    try:
        text = path.read_bytes().decode("utf-8-sig")
    except OSError as error:
        raise CannotLoad(f"{path} cannot be read: {error.strerror}.") from error
    except UnicodeDecodeError as error:
        line = error.object[: error.start].count(b"\n") + 1
        raise CannotLoad(f"{path} is not UTF-8 text (line {line}). Save it as “CSV UTF-8”.") from error
    reader = csv.DictReader(io.StringIO(text, newline=""))
    missing = [column for column in COLUMNS if column not in (reader.fieldnames or [])]
    if missing:
        raise CannotLoad(
            f"{path} has no column {', '.join(missing)}; it has {', '.join(reader.fieldnames or ['none at all'])}."
        )
    bills, errors = {}, []
    for row in reader:
        try:
            bill = parse(row)
            if bill.number in bills:
                raise ValueError(f"invoice {bill.number} stands in the file twice")
            bills[bill.number] = bill
        except ValueError as error:
            errors.append(f"line {reader.line_num}: {error}")
    if errors:
        more = f"\n  and {len(errors) - 20} more" if len(errors) > 20 else ""
        raise CannotLoad(f"{path} was not loaded:\n  " + "\n  ".join(errors[:20]) + more)
    if not bills:
        raise CannotLoad(f"{path} holds no invoices.")
    return sorted(bills.values(), key=lambda bill: (bill.due, bill.number))[-limit if limit else None :]


def parse(row):
    """One line of the file as a bill.

    :raise ValueError: what is wrong with it
    """

    def day(column):
        try:
            return datetime.strptime(row[column] or "", "%m/%d/%Y").date()
        except ValueError:
            raise ValueError(f"{column} is {row[column]!r}, not a date like 12/31/2013") from None

    def one_of(column, **choices):
        if row[column] not in choices:
            raise ValueError(f"{column} is {row[column]!r}, not one of {', '.join(map(repr, choices))}")
        return choices[row[column]]

    for column in ("customerID", "invoiceNumber"):
        if not row[column]:
            raise ValueError(f"{column} is empty")
    try:
        amount = float(row["InvoiceAmount"])
    except (TypeError, ValueError):
        raise ValueError(f"InvoiceAmount is {row['InvoiceAmount']!r}, not a number") from None
    bill = Bill(
        number=row["invoiceNumber"],
        customer=row["customerID"],
        invoiced=day("InvoiceDate"),
        due=day("DueDate"),
        amount=amount,
        is_disputed=one_of("Disputed", Yes=True, No=False),
        settled=day("SettledDate") if row["SettledDate"] else None,
        by_mail=one_of("PaperlessBill", **{"Electronic": True, "Paper": False, "": None}),
    )
    if not 0 < bill.amount < 1e9:
        raise ValueError(f"InvoiceAmount is {row['InvoiceAmount']!r}: it must be more than zero")
    if bill.due < bill.invoiced or (bill.settled and bill.settled < bill.invoiced):
        raise ValueError("the invoice is due or settled before its own date")
    return bill
