"""What a person may have typed into the one search box: an amount, a telephone number, an e-mail address. Without the ORM."""

import re
from typing import NamedTuple

_NUMBER = re.compile(r"[+-]?\d[\d.,' \u00a0\u202f]*")
_AROUND = re.compile(r"^[^\d+-]{0,4}\s*|\s*[^\d]{0,4}$")
_PHONE = re.compile(r"[\d\s().+/\u2010-\u2015-]+(?:(?:x|ext\.?)\s*\d+)?", re.IGNORECASE)
_EXTENSION = re.compile(r"(?:x|ext).*$", re.IGNORECASE)
SHORTEST_PHONE = 4
# SQL: a telephone number's digits from the last to the first, without extension; their beginning is the number's end.
PHONE_DIGITS = r"reverse(regexp_replace(regexp_replace(phone, '(x|ext).*$', '', 'i'), '\D', '', 'g'))"


class Terms(NamedTuple):
    text: str
    amount: float | None
    phone: str | None
    email: str | None


def read_amount(text):
    """The amount that a text means, in whatever country's way: ``1,234.56``, ``1.234,56``, ``1234,56``, ``$ 1 234.56``.

    A lone separator before exactly three digits parts thousands. The sign is left out.

    :return: a float, or None
    """
    number = _AROUND.sub("", text.strip())
    if not _NUMBER.fullmatch(number):
        return None
    digits = re.sub(r"[' \u00a0\u202f]", "", number.lstrip("+-"))
    decimal = None
    if "." in digits and "," in digits:
        decimal = max(".,", key=digits.rfind)
    else:
        mark = next((mark for mark in ".," if mark in digits), None)
        if mark and digits.count(mark) == 1 and len(digits.rsplit(mark, 1)[1]) != 3:
            decimal = mark
    whole, _mark, fraction = digits.partition(decimal) if decimal else (digits, "", "")
    whole = re.sub(r"[.,]", "", whole)
    if (not fraction.isdigit() and fraction) or len(whole) > 15:
        return None
    return float(f"{whole or 0}.{fraction or 0}")


def read_phone(text):
    """The digits of what may be a telephone number or its end, without leading zeros and extension; None for anything else."""
    if not _PHONE.fullmatch(text.strip()):
        return None
    digits = re.sub(r"\D", "", _EXTENSION.sub("", text)).lstrip("0")
    return digits if len(digits) >= SHORTEST_PHONE else None


def read_terms(text):
    """All that the text may mean; what it cannot mean is None."""
    text = " ".join((text or "").split())
    return Terms(text, read_amount(text), read_phone(text), text.lower() if "@" in text else None)
