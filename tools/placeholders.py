"""Puts facts into a text that users edit: `{{ name }}` stands for the fact `name`. No Odoo, and no code in texts."""

import re

from markupsafe import Markup, escape

_PLACE = re.compile(r"\{\{\s*(.*?)\s*\}\}", re.DOTALL)
_NAME = re.compile(r"[a-z][a-z_]*")
# A paragraph that holds nothing but one placeholder gives way to a generated block.
_ALONE = re.compile(r"<p\b[^>]*>(?:\s|&nbsp;|<br\s*/?>|\u00a0)*(\{\{[^{}]*\}\})(?:\s|&nbsp;|<br\s*/?>|\u00a0)*</p>")


class PlaceholderProblem(ValueError):
    """A text that cannot be filled; `code` says why, `place` where."""

    def __init__(self, code, place):
        super().__init__(f"{code}: {place}")
        self.code, self.place = code, place


def find_places(text):
    """Names of the placeholders of a text, in their order.

    :raise PlaceholderProblem: `unfinished`: braces without their counterpart; `malformed`: no name between them
    """
    text = str(text or "")
    names = []
    for match in _PLACE.finditer(text):
        if not _NAME.fullmatch(match[1]):
            raise PlaceholderProblem("malformed", match[0])
        names.append(match[1])
    rest = _PLACE.sub("", text)
    for brace in ("{{", "}}"):
        if brace in rest:
            at = rest.index(brace)
            raise PlaceholderProblem("unfinished", rest[max(0, at - 10) : at + 20].strip())
    return names


def fill_text(text, facts):
    """A plain text with its facts.

    :param facts: dict of name to text
    :raise PlaceholderProblem: as `find_places`; `unknown`: there is no such fact
    """
    find_places(text)
    return _PLACE.sub(lambda match: str(_fact(facts, match[1])), str(text or ""))


def fill_html(text, facts):
    """An HTML text with its facts; those that are no `Markup` are escaped.

    :return: `Markup`
    """
    find_places(text)
    text = _ALONE.sub(
        lambda match: match[1] if isinstance(_fact(facts, find_places(match[1])[0]), Markup) else match[0],
        str(text or ""),
    )
    return Markup(_PLACE.sub(lambda match: str(escape(_fact(facts, match[1]))), text))


def _fact(facts, name):
    if name not in facts:
        raise PlaceholderProblem("unknown", name)
    value = facts[name]
    return "" if value is None or value is False else value
