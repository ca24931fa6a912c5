"""In which time zones an address may lie. Pure Python, no Odoo.

Zones and their names are IANA's (`zone1970.tab`); which counties of a state keep which zone is 49 CFR part 71; which ZIP prefix
covers which counties is the Postal Service's list L002 of 3-digit prefixes. Where a prefix covers counties of two zones, both
stand here: a call must then be within the hours of each.
"""

import pytz

_EASTERN, _CENTRAL, _MOUNTAIN = "America/New_York", "America/Chicago", "America/Denver"
_PACIFIC, _ARIZONA, _ALASKA, _HAWAII = (
    "America/Los_Angeles",
    "America/Phoenix",
    "America/Anchorage",
    "Pacific/Honolulu",
)
_INDIANA, _DETROIT, _BOISE = "America/Indiana/Indianapolis", "America/Detroit", "America/Boise"


def _table(**zones):
    """Zone (or zones joined by `+`, see `_SHORT`) by lists of keys, turned into a dict of key to tuple of zones."""
    return {
        key: tuple(_SHORT[part] for part in name.split("_")) for name, keys in zones.items() for key in keys.split()
    }


_SHORT = {
    "E": _EASTERN,
    "C": _CENTRAL,
    "M": _MOUNTAIN,
    "P": _PACIFIC,
    "AZ": _ARIZONA,
    "AK": _ALASKA,
    "HI": _HAWAII,
    "IN": _INDIANA,
    "MI": _DETROIT,
    "BO": _BOISE,
    "ADAK": "America/Adak",
    "PR": "America/Puerto_Rico",
    "GU": "Pacific/Guam",
    "AS": "Pacific/Pago_Pago",
}

# All zones of each state or territory.
US_STATES = _table(
    E="CT DC DE GA MA MD ME NC NH NJ NY OH PA RI SC VA VT WV",
    C="AL AR IA IL LA MN MO MS OK WI",
    M="CO MT NM UT WY",
    P="CA WA",
    HI="HI",
    PR="PR VI",
    GU="GU MP",
    AS="AS",
    AZ_M="AZ",
    AK_ADAK="AK",
    E_C="FL KY TN",
    IN_C="IN",
    MI_C="MI",
    C_M="KS ND NE SD TX",
    P_BO="ID OR",
    P_M="NV",
)

# ZIP prefixes of the states with several zones; the longest that fits counts. The empty rest of a state is in `_US_REST`.
_US_PREFIXES = {
    "FL": _table(C="325", E_C="324"),
    "IN": _table(C="463 464 476 477", IN_C="465 475 479"),
    "KY": _table(C="420 421 422 423 424", E_C="401 426 427"),
    "TN": _table(E="374 376 378 379", E_C="373 377"),
    "MI": _table(MI_C="498 499"),
    "KS": _table(C_M="677 678"),
    "NE": _table(M="693", C_M="690 691 692"),
    "ND": _table(C_M="585 586 588"),
    "SD": _table(M="577", C_M="575 576"),
    "TX": _table(M="799 885", C_M="798"),
    "ID": _table(P="838", P_BO="835"),
    "OR": _table(P_BO="979"),
    "NV": _table(P_M="898"),
    "AZ": _table(AZ_M="860 865"),
    "AK": _table(ADAK="99546 99547"),
}
_US_REST = _table(E="FL KY", C="TN KS NE ND SD TX", IN="IN", MI="MI", BO="ID", P="OR NV", AZ="AZ", AK="AK")

# First and last 3-digit prefix of each state, for addresses without a state.
_US_RANGES = """005-005 NY 006-007 PR 008-008 VI 009-009 PR 010-027 MA 028-029 RI 030-038 NH 039-049 ME 050-054 VT 055-055 MA 056-059 VT
060-069 CT 070-089 NJ 100-149 NY 150-196 PA 197-199 DE 200-200 DC 201-201 VA 202-205 DC 206-219 MD 220-246 VA 247-268 WV 270-289 NC
290-299 SC 300-319 GA 320-349 FL 350-369 AL 370-385 TN 386-397 MS 398-399 GA 400-427 KY 430-459 OH 460-479 IN 480-499 MI 500-528 IA
530-549 WI 550-567 MN 569-569 DC 570-577 SD 580-588 ND 590-599 MT 600-629 IL 630-658 MO 660-679 KS 680-693 NE 700-714 LA 716-729 AR
730-732 OK 733-733 TX 734-749 OK 750-799 TX 800-816 CO 820-831 WY 832-838 ID 840-847 UT 850-865 AZ 870-884 NM 885-885 TX 889-898 NV
900-961 CA 967-968 HI 969-969 GU 970-979 OR 980-994 WA 995-999 AK""".split()
_US_RANGES = [(int(limits[:3]), int(limits[4:]), state) for limits, state in zip(_US_RANGES[::2], _US_RANGES[1::2])]

# Other countries with several zones: state to zones; the empty key holds for the states that are not named.
_OTHERS = {
    "CA": {
        "AB": ("America/Edmonton",),
        "BC": ("America/Vancouver", "America/Edmonton"),
        "MB": ("America/Winnipeg",),
        "NB": ("America/Moncton",),
        "NL": ("America/St_Johns", "America/Goose_Bay"),
        "NS": ("America/Halifax",),
        "NT": ("America/Edmonton",),
        "NU": ("America/Iqaluit", "America/Rankin_Inlet", "America/Cambridge_Bay"),
        "ON": ("America/Toronto", "America/Winnipeg"),
        "PE": ("America/Halifax",),
        "QC": ("America/Toronto",),
        "SK": ("America/Regina",),
        "YT": ("America/Whitehorse",),
    },
    "AU": {
        "ACT": ("Australia/Sydney",),
        "NSW": ("Australia/Sydney", "Australia/Broken_Hill"),
        "NT": ("Australia/Darwin",),
        "QLD": ("Australia/Brisbane",),
        "SA": ("Australia/Adelaide",),
        "TAS": ("Australia/Hobart",),
        "VIC": ("Australia/Melbourne",),
        "WA": ("Australia/Perth",),
    },
    "ES": {"GC": ("Atlantic/Canary",), "TF": ("Atlantic/Canary",), "CE": ("Africa/Ceuta",), "": ("Europe/Madrid",)},
}
# Postal prefixes that settle the matter in a state with several zones; others of the state are in its first zone.
_OTHER_PREFIXES = {
    ("CA", "BC"): {
        **dict.fromkeys(("V1A", "V1C", "V0B"), ("America/Vancouver", "America/Edmonton")),
        **dict.fromkeys(("V1G", "V1J", "V0C"), ("America/Vancouver", "America/Edmonton")),
    },
    ("CA", "ON"): {
        **dict.fromkeys(("P9A", "P9N", "P8N", "P0V", "P0W", "P0X", "P0Y"), ("America/Winnipeg",)),
        "P0T": ("America/Toronto", "America/Winnipeg"),
        "P8T": ("America/Winnipeg",),
    },
    ("CA", "NL"): {
        **dict.fromkeys(("A0P", "A0R", "A2V"), ("America/Goose_Bay",)),
        "A0K": ("America/St_Johns", "America/Goose_Bay"),
    },
    ("AU", "NSW"): {"2880": ("Australia/Broken_Hill",)},
}


def _longest(prefixes, code):
    """What the longest of the prefixes that a postal code begins with stands for, else None."""
    fitting = [prefix for prefix in prefixes if code.startswith(prefix)]
    return prefixes[max(fitting, key=len)] if fitting else None


def _us_state(code):
    """The state of a ZIP code, else None."""
    if not code[:3].isdigit() or len(code) < 5:
        return None
    number = int(code[:3])
    return next((state for first, last, state in _US_RANGES if first <= number <= last), None)


def _us_zones(state, code):
    state = state if state in US_STATES else _us_state(code)
    if state is None:
        return ()
    zones = US_STATES[state]
    # A ZIP code of another state tells nothing of where in this one the customer is.
    if len(zones) > 1 and _us_state(code) == state:
        return _longest(_US_PREFIXES[state], code) or _US_REST[state]
    return zones


def zones_of_address(country, state="", code=""):
    """The time zones in which an address may lie, the most likely first.

    :param country: ISO code of the country, e.g. ``US``
    :param state: code of the state or province, e.g. ``CA``
    :param code: ZIP or postal code
    :return: tuple of IANA names; empty where the address tells nothing
    """
    country, state = (country or "").upper(), (state or "").upper()
    code = (code or "").replace(" ", "").upper()
    if country == "US":
        return _us_zones(state, code)
    states = _OTHERS.get(country)
    if states is None:
        return tuple(pytz.country_timezones.get(country, ()))
    zones = (
        states.get(state) or states.get("") or tuple(dict.fromkeys(zone for each in states.values() for zone in each))
    )
    if len(zones) > 1 and code and state in states:
        return _longest(_OTHER_PREFIXES[country, state], code) or zones[:1]
    return zones
