"""Reads from a provider's message what may be kept of a card: brand, last four digits, authorisation code. Nothing else of it is looked at.

Providers name these alike but not the same; the names below are those of Odoo's own providers and common gateways.
"""

import re

_LAST_FOUR = {
    "last4",
    "last_four",
    "lastfour",
    "card_last4",
    "cardsummary",
    "card_summary",
    "accountnumber",
    "payment_details",
}
_BRAND = {"brand", "card_brand", "cardbrand", "card_type", "cardtype", "accounttype"}
_CODE = {"authcode", "auth_code", "authorization_code", "authorizationcode", "authorisation_code", "approval_code"}
_DEEPEST = 6


def read_card_details(data):
    """What may be kept of a provider's message.

    :param data: dict, as the provider sent it; nested dicts and lists are looked into
    :return: dict with `brand`, `last_four` (four digits) and `code`, as far as they are found
    """
    found = {}
    for key, value in _pairs(data, 0):
        if key in _LAST_FOUR and "last_four" not in found and (digits := _last_four(value)):
            found["last_four"] = digits
        elif key in _BRAND and "brand" not in found and re.fullmatch(r"[A-Za-z][A-Za-z _-]{1,30}", value):
            found["brand"] = value.replace("_", " ").title() if value.islower() or "_" in value else value
        elif key in _CODE and "code" not in found and re.fullmatch(r"[0-9A-Za-z-]{1,12}", value):
            found["code"] = value
    return found


def _pairs(data, depth):
    if depth > _DEEPEST:
        return
    if isinstance(data, dict):
        for key, value in data.items():
            if isinstance(value, (dict, list, tuple)):
                yield from _pairs(value, depth + 1)
            elif value is not None:
                yield str(key).lower(), str(value)
    elif isinstance(data, (list, tuple)):
        for value in data:
            yield from _pairs(value, depth + 1)


def _last_four(text):
    digits = re.sub(r"\D", "", text)
    return digits[-4:] if len(digits) >= 4 else None
