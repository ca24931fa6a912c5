"""Amounts and dates as people all over the world write them. No ORM.

What one word leaves open, such as 1,234 or 03/04/2026, the other words of the same list decide.
"""

import re
from datetime import date

_SIGNS = re.compile(r"[$€£¥₹]|\b(?:USD|EUR|GBP|CAD|MXN|CHF|JPY|AUD|CNY|INR|BRL|SEK|NOK|DKK|PLN)\b|\b[A-Z]{1,3}(?=\$)")
_CREDIT = re.compile(r"\s*\bCR\.?$", re.IGNORECASE)
_DEBIT = re.compile(r"\s*\bDR\.?$", re.IGNORECASE)
_MARKS = {"point": ".", "comma": ","}
_MONTHS = "jan feb mar apr may jun jul aug sep oct nov dec".split()
_ISO = re.compile(r"(\d{4})[-/.](\d{1,2})[-/.](\d{1,2})(?:[T ][\d:.]+Z?)?")
_NUMERIC = re.compile(r"(\d{1,2})([-/.])(\d{1,2})\2(\d{2}|\d{4})")
_NAMED = re.compile(r"(\d{1,2})[-\s./]*([A-Za-z]{3})[a-z]*\.?[-\s.,/]*(\d{2}|\d{4})")
_NAMED_FIRST = re.compile(r"([A-Za-z]{3})[a-z]*\.?\s*(\d{1,2})(?:st|nd|rd|th)?,?\s*(\d{2}|\d{4})")
ORDERS = ("mdy", "dmy")


def bare(word):
    """(digits and separators of an amount, whether it is negative): without signs, brackets and currency.

    :raise ValueError: there is something else in it
    """
    text = word.strip().replace("\u00a0", " ").replace("\u202f", " ").replace("\u2212", "-")
    negative = bool(_CREDIT.search(text))
    text = _SIGNS.sub("", _DEBIT.sub("", _CREDIT.sub("", text))).strip()
    if text.startswith("(") and text.endswith(")"):
        negative, text = True, text[1:-1].strip()
    if sign := re.match(r"[+-]", text):
        negative, text = negative or sign.group() == "-", text[1:].strip()
    elif sign := re.search(r"[+-]$", text):
        negative, text = negative or sign.group() == "-", text[:-1].strip()
    if not re.fullmatch(r"\d(?:[\d.,]|[ '\u2019](?=\d))*|[.,]\d+", text):
        raise ValueError(word)
    groups = re.split(r"[ '\u2019]", text)
    if len(groups) > 1:
        if not re.fullmatch(r"\d{1,3}", groups[0]) or not all(
            re.match(r"\d{3}(?:\D|$)", group) for group in groups[1:]
        ):
            raise ValueError(word)
        text = "".join(groups)
    return text, negative


def mark_of(word):
    """The decimal mark that a word shows by itself, ``point`` or ``comma``; None where it could be either."""
    try:
        text, _negative = bare(word)
    except ValueError:
        return None
    points, commas = text.count("."), text.count(",")
    if points and commas:
        return "point" if text.rfind(".") > text.rfind(",") else "comma"
    if points + commas == 1:
        whole, rest = re.split(r"[.,]", text)
        if len(rest) != 3 or len(whole) > 3 or whole in ("", "0"):
            return "point" if points else "comma"
    elif points > 1:
        return "comma"
    elif commas > 1:
        return "point"
    return None


def parse_money(word, mark="point"):
    """An amount as written: 1,234.56; 1.234,56; (12.00); 12.00-; $ 12; 12.00 CR (a credit, negative).

    :param mark: the decimal mark of the list, for words that do not show it
    :raise ValueError: it is none
    """
    text, negative = bare(word)
    own = _MARKS[mark_of(word) or mark]
    other = "," if own == "." else "."
    whole, _own, rest = text.partition(own)
    if own in rest or other in rest:
        raise ValueError(word)
    if other in whole and not re.fullmatch(rf"\d{{1,3}}(?:{re.escape(other)}\d{{3}})+", whole):
        raise ValueError(word)
    amount = float(f"{whole.replace(other, '') or 0}.{rest or 0}")
    return -amount if negative else amount


def parse_day(word, order="mdy"):
    """A date: ISO, with the month's name in English, or numbers in the order given; years of two digits are of this century.

    :param order: ``mdy`` or ``dmy``
    :raise ValueError: it is none
    """
    text = word.strip()
    if match := _ISO.fullmatch(text):
        return date(*map(int, match.groups()))
    if match := _NUMERIC.fullmatch(text):
        first, second, year = int(match[1]), int(match[3]), match[4]
        month, day = (first, second) if order == "mdy" else (second, first)
        return date(_year(year), month, day)
    if match := _NAMED.fullmatch(text):
        return date(_year(match[3]), _month(match[2]), int(match[1]))
    if match := _NAMED_FIRST.fullmatch(text):
        return date(_year(match[3]), _month(match[1]), int(match[2]))
    raise ValueError(word)


def is_day(word):
    """Whether a word is a date in any of the orders."""
    return bool(_possible_orders(word))


def order_of(words):
    """The order of day and month that all dates of a list allow, and whether another would do as well.

    :return: (``mdy``, ``dmy`` or None where no order fits all, whether it is sure)
    """
    possible = set(ORDERS)
    for word in words:
        possible &= _possible_orders(word) or possible
    if len(possible) == 1:
        return possible.pop(), True
    return ("mdy", False) if possible else (None, False)


def _possible_orders(word):
    found = set()
    for order in ORDERS:
        try:
            parse_day(word, order)
        except ValueError:
            continue
        found.add(order)
    return found


def _year(text):
    return int(text) + 2000 if len(text) == 2 else int(text)


def _month(name):
    return _MONTHS.index(name.lower()) + 1
