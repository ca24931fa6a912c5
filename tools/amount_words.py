"""Amounts of money in words: numbers by num2words, with the names of a currency's unit and subunit that the caller gives."""

import logging

from num2words import num2words

_logger = logging.getLogger(__name__)

FALLBACK = "en"
# Languages that num2words knows by a name of its own.
_ALIASES = {"nb": "no", "da": "dk", "cs": "cz", "be": "by", "kk": "kz"}
# Amharic comes to no end on numbers that are no round ones.
_UNUSABLE = ("am",)
# The word between units and subunits; languages that are not here get a comma.
_AND = {
    "by": "і",
    "cz": "a",
    "de": "und",
    "dk": "og",
    "en": "and",
    "eo": "kaj",
    "es": "y",
    "fi": "ja",
    "fr": "et",
    "hu": "és",
    "id": "dan",
    "is": "og",
    "it": "e",
    "lt": "ir",
    "lv": "un",
    "nl": "en",
    "no": "og",
    "pl": "i",
    "pt": "e",
    "ro": "și",
    "ru": "и",
    "sk": "a",
    "sl": "in",
    "sr": "i",
    "sv": "och",
    "tr": "ve",
    "uk": "і",
    "vi": "và",
}


def number_words(number, lang):
    """A whole number in words.

    :param number: int
    :param lang: code of a language as `de`, `pt_BR`
    :return: the words, or None where num2words cannot say this number in this language
    """
    base = lang[:2]
    if base in _UNUSABLE:
        return None
    try:
        # What it is not given fails in many ways: unknown languages, numbers beyond a language's own largest.
        words = num2words(abs(number), lang=_ALIASES.get(base, lang))
        return (_minus(lang) + words if number < 0 else words).strip() or None
    except (NotImplementedError, ArithmeticError, LookupError, TypeError, ValueError):
        _logger.debug("num2words cannot say %s in %s", number, lang, exc_info=True)
        return None


def _minus(lang):
    """The word before a negative number, with its space."""
    try:
        one, less = (num2words(number, lang=_ALIASES.get(lang[:2], lang)) for number in (2, -2))
    except ValueError:  # some languages know no negative numbers
        return "minus "
    return less.removesuffix(one) if less.endswith(one) else "minus "


def amount_words(amount, decimals, unit, subunit, lang):
    """An amount in words of one language.

    :param amount: rounded to the currency
    :param decimals: digits after the point
    :param unit: name of the unit in that language; `subunit`: that of its hundredth, or None: said as a fraction, `50/100`
    :return: text as "Twelve Dollars and fifty Cents", or None where the language cannot say it
    """
    whole, _point, rest = f"{abs(amount):.{decimals}f}".partition(".")
    words, parts = number_words(int(whole), lang), int(rest or 0)
    if not words:
        return None
    text = f"{words} {unit}"
    if parts:
        small = subunit and number_words(parts, lang)
        said = f"{small} {subunit}" if small else f"{rest}/{10**decimals}"
        joint = _AND.get(_ALIASES.get(lang[:2], lang[:2]))
        text = f"{text} {joint} {said}" if joint else f"{text}, {said}"
    if amount < 0 and (int(whole) or parts):
        text = _minus(lang) + text
    return text[:1].upper() + text[1:]
