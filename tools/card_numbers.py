"""Finds and masks payment card numbers in text (SPEC §3 "Card numbers never stay").

A card number is a sequence of whole digit groups, separated by at most one space or hyphen, with 13–19 digits in all, whose prefix
and length belong to a card brand (ISO/IEC 7812 issuer ranges) and whose last digit is right by Luhn's rule. Within a group nothing is
looked for: a longer run of digits is no card number.
"""

import html
import re
from typing import NamedTuple

SHORTEST, LONGEST = 13, 19
MASK = "•"
# (first and last prefix, lengths): the prefixes of one range have the same number of digits.
BRANDS = (
    ("4", "4", (13, 16, 19)),  # Visa
    ("51", "55", (16,)),  # Mastercard
    ("2221", "2720", (16,)),
    ("34", "34", (15,)),  # American Express
    ("37", "37", (15,)),
    ("6011", "6011", range(16, 20)),  # Discover
    ("644", "659", range(16, 20)),
    ("300", "305", range(14, 20)),  # Diners Club
    ("3095", "3095", range(14, 20)),
    ("36", "36", range(14, 20)),
    ("38", "39", range(14, 20)),
    ("3528", "3589", range(16, 20)),  # JCB
    ("62", "62", range(16, 20)),  # UnionPay
    ("81", "81", range(16, 20)),
    *(
        (prefix, prefix, range(13, 20)) for prefix in ("5018", "5020", "5038", "5893", "6304", "6390", "6759")
    ),  # Maestro
    ("6761", "6763", range(13, 20)),
)
# One space or hyphen, whichever way it is written.
_SEPARATOR = "[ \u00a0\u2007\u202f\u2009\\-\u2010\u2011\u2012\u2013\u2212\u00ad\u200b\u200c\u200d\u2060\ufeff]"
_CANDIDATE = re.compile(rf"\d+(?:{_SEPARATOR}\d+)*")
_GROUP = re.compile(r"\d+")
_TOKEN = re.compile(r"\S+")
# What stands between characters without being seen.
_UNSEEN = "\u00ad\u200b\u200c\u200d\u2060\ufeff"
_NOTHING = dict.fromkeys(map(ord, _UNSEEN))
_MARK = re.compile(r"<!--.*?-->|<[a-zA-Z/!?][^>]*>|&(?:#\d+|#[xX][0-9a-fA-F]+|\w+);", re.DOTALL)
_DIGIT = re.compile(r"\d")
_BLOCK = re.compile(
    r"</?(?:address|article|blockquote|br|dd|div|dl|dt|h\d|hr|li|ol|p|pre|section|table|td|th|tr|ul)\b", re.IGNORECASE
)


class CardNumber(NamedTuple):
    """`start` and `end` in the text, the digits, and the word (no spaces) that it begins in."""

    start: int
    end: int
    digits: str
    word: str


def count_digits(text):
    """How many digits a text has."""
    return len(_DIGIT.findall(text))


def is_card_number(digits):
    """Whether plain digits are the number of a card."""
    if not SHORTEST <= len(digits) <= LONGEST:
        return False
    for first, last, lengths in BRANDS:
        if len(digits) in lengths and first <= digits[: len(first)] <= last:
            return _passes_luhn(digits)
    return False


def _passes_luhn(digits):
    total = 0
    for place, digit in enumerate(reversed(digits)):
        value = int(digit) * (1 + place % 2)
        total += value - 9 if value > 9 else value
    return total % 10 == 0


def find(text, ours=frozenset()):
    """The card numbers of a plain text, from left to right, the longest at each place.

    :param ours: digits or words that are references of our own documents
    :return: list of `CardNumber`
    """
    found = []
    for candidate in _CANDIDATE.finditer(text or ""):
        groups = [(match.start(), match.end()) for match in _GROUP.finditer(text, *candidate.span())]
        if sum(end - start for start, end in groups) >= SHORTEST:
            found += _find_in_groups(text, groups, ours)
    return found


def _find_in_groups(text, groups, ours):
    found, number = [], 0
    while number < len(groups):
        best, digits = None, ""
        for last in range(number, len(groups)):
            group = text[slice(*groups[last])]
            # Digits of other scripts are digits as well.
            digits += group if group.isascii() else "".join(str(int(digit)) for digit in group[: LONGEST + 1])
            if len(digits) > LONGEST:
                break
            if is_card_number(digits):
                best = (last, digits)
        if best:
            last, digits = best
            card = CardNumber(groups[number][0], groups[last][1], digits, _word_at(text, groups[number][0]))
            if not {card.digits, card.word, text[card.start : card.end]} & ours:
                found.append(card)
                number = last
        number += 1
    return found


def _word_at(text, start):
    before = re.split(r"\s", text[max(0, start - 60) : start])[-1]
    return (before + _TOKEN.match(text, start).group()[:80]).strip(".,;:!?()[]\"'“”")


def mask(text, ours=frozenset()):
    """The text with all but the last four digits of each card number made unreadable."""
    letters = list(text or "")
    for card in find(text, ours):
        for place in _hidden_places(text, card):
            letters[place] = MASK
    return "".join(letters) if text else text


def find_in_html(source, ours=frozenset()):
    """The card numbers of what HTML shows, and of what its tags hold (links, titles)."""
    source = source or ""
    text = _MARK.sub(_shown, source).translate(_NOTHING)
    return find(text, ours) + [card for tag in _tags(source) for card in find(tag.group(), ours)]


def mask_html(source, ours=frozenset()):
    """`mask` for HTML: digits are masked wherever they stand, whatever tags or entities lie between them."""
    if not source or not find_in_html(source, ours):
        return source
    text, starts, ends = _map(source)
    pieces = [(*tag.span(), mask(tag.group(), ours)) for tag in _tags(source)]
    for card in find(text, ours):
        pieces += [(starts[place], ends[place], MASK) for place in _hidden_places(text, card)]
    for start, end, piece in sorted(pieces, reverse=True):
        source = source[:start] + piece + source[end:]
    return source


def _hidden_places(text, card):
    places = [place for place in range(card.start, card.end) if text[place].isdecimal()]
    return places[:-4]


def _tags(source):
    """Tags and comments with as many digits as a card number has."""
    for tag in _MARK.finditer(source):
        if tag.group()[0] == "<" and count_digits(tag.group()) >= SHORTEST:
            yield tag


def _shown(mark):
    """What is seen of a tag, a comment or an entity."""
    piece = mark.group()
    if piece[0] == "&":
        return html.unescape(piece)
    return "\n" if _BLOCK.match(piece) else ""


def _map(source):
    """What HTML shows, and where each of its characters begins and ends in the source."""
    letters, starts, ends = [], [], []

    def add(text, start, end=None):
        for place, letter in enumerate(text):
            if letter not in _UNSEEN:
                letters.append(letter)
                starts.append(start if end else start + place)
                ends.append(end or start + place + 1)

    last = 0
    for mark in _MARK.finditer(source):
        add(source[last : mark.start()], last)
        add(_shown(mark), *mark.span())
        last = mark.end()
    add(source[last:], last)
    return "".join(letters), starts, ends
