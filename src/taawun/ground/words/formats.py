"""Dates, times, distances and how long ago, as sentences of the reader's language with the reader's digits.

Without arguments the language is the active one, the digits are the reader's choice and the zone is Django's current
one, which a door sets to the circle's. Names of days and months are CLDR's; the order, day before month, is ours in
every language, because a date that can be read two ways brings a meal on the wrong day.
"""

import datetime as dt
from contextlib import AbstractContextManager, nullcontext
from decimal import ROUND_HALF_EVEN, Decimal
from typing import Final, Literal

from babel.dates import format_date as babel_format_date
from babel.dates import format_time as babel_format_time
from django.utils import timezone
from django.utils.translation import get_language, ngettext, override
from django.utils.translation import gettext as _

from taawun.ground.words.digits import current_digits, to_digits
from taawun.ground.words.languages import DigitSystem, Language, language_of
from taawun.ground.words.numbers import format_number
from taawun.ground.words.units import format_amount as format_quantity

__all__ = [
    "format_date",
    "format_datetime",
    "format_distance_km",
    "format_near_date",
    "format_number",
    "format_quantity",
    "format_since",
    "format_time",
    "format_weekday",
]

DateStyle = Literal["short", "medium", "long"]

# Only Latin scripts have short months that everybody reads; the others write them out.
_MONTH_WRITTEN_OUT: Final = frozenset({"ar", "ur", "fa", "bn"})
_WEEKDAY_COMMA: Final = {"ar": "،", "ur": "،", "bn": ",", "id": ",", "sw": ","}
_CLOCKS_OF_TWELVE: Final = frozenset({"ar", "ur", "bn"})

_MINUTE, _HOUR, _DAY = 60, 3600, 86_400


def _language(code: str | None) -> Language:
    return language_of(code if code is not None else get_language())


def _speaking(code: str | None) -> AbstractContextManager[None]:
    """Return a block in which messages come in the language asked for, or in the active one."""
    if code is None:
        return nullcontext()
    return override(code)


def _local(moment: dt.datetime) -> dt.datetime:
    return timezone.localtime(moment) if timezone.is_aware(moment) else moment


def _day(moment: dt.date) -> dt.date:
    return _local(moment).date() if isinstance(moment, dt.datetime) else moment


def format_date(
    day: dt.date, language: str | None = None, digits: DigitSystem | None = None, *, style: DateStyle = "medium"
) -> str:
    """Return a day: short ``Thu 14 May``, medium ``14 May 2026``, long ``Thursday 14 May 2026``.

    A moment is taken as the day it falls on in the current zone.
    """
    spoken = _language(language)
    month = "MMMM" if spoken.code in _MONTH_WRITTEN_OUT or style == "long" else "MMM"
    weekday = "EEEE" if spoken.code in _MONTH_WRITTEN_OUT or style == "long" else "EEE"
    comma = _WEEKDAY_COMMA.get(spoken.code, "")
    patterns = {
        "short": f"{weekday}{comma} d {month}",
        "medium": f"d {month} y",
        "long": f"{weekday}{comma} d {month} y",
    }
    text = babel_format_date(_day(day), patterns[style], locale=spoken.locale)
    return to_digits(text, digits or current_digits(spoken.code))


def format_weekday(day: dt.date, language: str | None = None) -> str:
    """Return the name of the weekday."""
    return babel_format_date(_day(day), "EEEE", locale=_language(language).locale)


def format_time(moment: dt.datetime | dt.time, language: str | None = None, digits: DigitSystem | None = None) -> str:
    """Return the hour and minute, by the clock of 24 or of 12 hours that the language uses."""
    spoken = _language(language)
    time = _local(moment).time() if isinstance(moment, dt.datetime) else moment
    pattern = "h:mm a" if spoken.code in _CLOCKS_OF_TWELVE else "HH:mm"
    return to_digits(babel_format_time(time, pattern, locale=spoken.locale), digits or current_digits(spoken.code))


def format_datetime(
    moment: dt.datetime, language: str | None = None, digits: DigitSystem | None = None, *, style: DateStyle = "short"
) -> str:
    """Return a day and a time: ``Thu 14 May, 14:30``."""
    with _speaking(language):
        return _("%(day)s, %(time)s") % {
            "day": format_date(moment, language, digits, style=style),
            "time": format_time(moment, language, digits),
        }


def format_near_date(
    day: dt.date, today: dt.date, language: str | None = None, digits: DigitSystem | None = None
) -> str:
    """Return ``today``, ``tomorrow``, ``yesterday``, a weekday within the next six days, or else the date."""
    day, today = _day(day), _day(today)
    distance = (day - today).days
    with _speaking(language):
        if distance == 0:
            return _("today")
        if distance == 1:
            return _("tomorrow")
        if distance == -1:
            return _("yesterday")
    if 1 < distance < 7:
        return format_weekday(day, language)
    return format_date(day, language, digits, style="short" if day.year == today.year else "medium")


def format_since(
    moment: dt.datetime, now: dt.datetime, language: str | None = None, digits: DigitSystem | None = None
) -> str:
    """Return how far ``moment`` lies from ``now``: ``just now``, ``2 hours ago``, ``in 3 days``.

    Up to a day it counts hours; from there on days of the calendar, so that last evening is ``yesterday``; beyond 30
    days it gives the date.
    """
    seconds = (moment - now).total_seconds()
    days = (_day(moment) - _day(now)).days
    with _speaking(language):
        if abs(seconds) < _MINUTE:
            return _("just now") if seconds <= 0 else _("in a moment")
        if abs(seconds) < _HOUR:
            return _minutes(round(abs(seconds) // _MINUTE), seconds > 0, digits)
        if abs(seconds) < _DAY and (days == 0 or abs(seconds) < 12 * _HOUR):
            return _hours(round(abs(seconds) // _HOUR), seconds > 0, digits)
        if days == 0:
            # Only a clock put back or forward brings a whole day inside one date.
            return _("today")
        if abs(days) > 30:
            return format_date(moment, language, digits)
        return _days(abs(days), days > 0, digits)


def _count(number: int, digits: DigitSystem | None) -> dict[str, str]:
    return {"count": format_number(number, get_language(), digits)}


def _minutes(number: int, ahead: bool, digits: DigitSystem | None) -> str:
    if ahead:
        return ngettext("in %(count)s minute", "in %(count)s minutes", number) % _count(number, digits)
    return ngettext("%(count)s minute ago", "%(count)s minutes ago", number) % _count(number, digits)


def _hours(number: int, ahead: bool, digits: DigitSystem | None) -> str:
    if ahead:
        return ngettext("in %(count)s hour", "in %(count)s hours", number) % _count(number, digits)
    return ngettext("%(count)s hour ago", "%(count)s hours ago", number) % _count(number, digits)


def _days(number: int, ahead: bool, digits: DigitSystem | None) -> str:
    if number == 1:
        return _("tomorrow") if ahead else _("yesterday")
    if ahead:
        return ngettext("in %(count)s day", "in %(count)s days", number) % _count(number, digits)
    return ngettext("%(count)s day ago", "%(count)s days ago", number) % _count(number, digits)


def format_distance_km(km: float, language: str | None = None, digits: DigitSystem | None = None) -> str:
    """Return a distance between two public areas, never finer than they are: ``same area``, ``about 2 km``, ``about 40
    km``.
    """
    whole = int(Decimal(str(km)).to_integral_value(ROUND_HALF_EVEN))
    with _speaking(language):
        if whole < 1:
            return _("same area")
        # Past ten kilometres nobody plans by the single one.
        step = 1 if whole < 10 else 5 if whole < 100 else 10
        rounded = step * round(whole / step)
        return _("about %(distance)s km") % {"distance": format_number(rounded, get_language(), digits)}
