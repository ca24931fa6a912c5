"""Which document a customer's reference means, however it is written. No ORM.

INV/2026/00012 may be written inv-2026-12, INV202600012, 2026/12, 00012 or 12. What fits several documents is said to be ambiguous;
a bare running number that is short must fit the amount as well.
"""

import re
from collections import defaultdict
from typing import NamedTuple

# What people write before a number without meaning a series.
_FILLERS = {
    "",
    "invoice",
    "inv",
    "no",
    "nr",
    "number",
    "bill",
    "doc",
    "document",
    "ref",
    "rechnung",
    "factura",
    "facture",
}
_SURE_DIGITS = 4


class Document(NamedTuple):
    """`key` tells it from others; `open` and `original` are amounts in the list's currency."""

    key: int
    name: str
    others: tuple
    open: float
    original: float


class Found(NamedTuple):
    """`documents` is empty, one, or several that the reference may mean; `is_sure` is false where only the amount would tell."""

    documents: list
    is_sure: bool


def plain(reference):
    """Letters and digits only, in capitals."""
    return re.sub(r"[\W_]", "", reference or "").upper()


def tokens(reference):
    """(letters before the first digit, numbers without leading zeros): INV/2026/00012 → ("inv", ("2026", "12"))."""
    letters = re.match(r"[^\d]*", reference or "").group()
    numbers = tuple(number.lstrip("0") or "0" for number in re.findall(r"\d+", reference or ""))
    return re.sub(r"[\W_]", "", letters).lower(), numbers


class Matcher:
    """Documents by all that they may be called."""

    def __init__(self, documents):
        self._exact, self._numbers, self._last = defaultdict(list), defaultdict(list), defaultdict(list)
        for document in documents:
            for name in {document.name, *document.others} - {None, "", False}:
                self._exact[plain(name)].append(document)
            digits = re.sub(r"\D", "", document.name or "")
            letters, numbers = tokens(document.name)
            if len(digits) >= 6:
                self._exact[digits].append(document)
            if numbers:
                self._numbers[numbers].append((letters, document))
                self._last[numbers[-1]].append((letters, document))

    def find(self, reference, amount):
        """The document that a reference means.

        :param amount: of the customer's line; decides between several, and whether a short number is trusted
        """
        letters, numbers = tokens(reference)
        if exact := self._exact.get(plain(reference)):
            return self._choose(exact, amount)
        if not numbers:
            return Found([], False)
        for documents, is_weak in ((self._numbers.get(numbers, ()), len(numbers) == 1), (self._by_last(numbers), True)):
            fitting = [document for own, document in documents if letters == own]
            if not fitting and letters in _FILLERS:
                fitting = [document for _own, document in documents]
            if fitting and (not is_weak or len(re.sub(r"\D", "", reference)) >= _SURE_DIGITS):
                return self._choose(fitting, amount)
            if fitting:
                same = _of_amount(fitting, amount)
                return Found(same or fitting, len(same) == 1)
        return Found([], False)

    def _by_last(self, numbers):
        """Documents whose running number is the only number of the reference."""
        return self._last.get(numbers[0], ()) if len(numbers) == 1 else ()

    def _choose(self, documents, amount):
        documents = list({document.key: document for document in documents}.values())
        if len(documents) > 1 and amount:
            # A credit is no invoice of the same number.
            documents = [each for each in documents if (each.original < 0) == (amount < 0)] or documents
        if len(documents) == 1:
            return Found(documents, True)
        same = _of_amount(documents, amount)
        return Found(same, True) if len(same) == 1 else Found(documents, False)


def _of_amount(documents, amount):
    fitting = [each for each in documents if amount is not None and abs(each.open - amount) < 0.005]
    return fitting or [each for each in documents if amount is not None and abs(each.original - amount) < 0.005]
