"""When a customer pays: days of the month and weekdays, moved where they are no business days. No ORM here."""

import re
from datetime import timedelta

# Further than the longest way between two pay runs, and than a shift over holidays.
_HORIZON = 400
_REACH = 20


def parse_days(text):
    """The days of the month in a text like ``10, 25``, sorted.

    :raise ValueError: it is something else
    """
    parts = [part for part in re.split(r"[\s,;/]+", (text or "").strip()) if part]
    days = sorted({int(re.sub(r"(st|nd|rd|th|\.)$", "", part)) for part in parts})
    if any(not 1 <= day <= 31 for day in days):
        raise ValueError(text)
    return days


def next_pay_run(day, days, weekdays, is_open, shift="after"):
    """The first pay run on or after a day; None without any.

    :param days: days of the month; a day that a month does not have is its last one
    :param weekdays: Monday = 0; pay runs on both days and weekdays are taken together
    :param is_open: function of a date: whether it is a business day
    :param shift: ``after`` or ``before``: where a pay run on no business day moves to
    """
    step = timedelta(days=-1 if shift == "before" else 1)
    best = None
    for offset in range(-_REACH, _HORIZON):
        nominal = day + timedelta(days=offset)
        if best and nominal > best + timedelta(days=_REACH):
            break
        if not _is_pay_day(nominal, days, weekdays):
            continue
        moved = nominal
        for _each in range(_REACH):
            if is_open(moved):
                break
            moved += step
        if moved >= day and (best is None or moved < best):
            best = moved
    return best


def _is_pay_day(day, days, weekdays):
    is_last = (day + timedelta(days=1)).day == 1
    return day.weekday() in weekdays or day.day in days or (is_last and any(each > day.day for each in days))
