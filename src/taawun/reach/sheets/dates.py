"""Days and moments as people and spreadsheets write them: four digit systems, three calendars, names of months.

Whether the day or the month comes first is decided for a column as a whole, by what cannot be; never for one cell.
"""

import datetime as dt
import re
from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, Final

from babel import Locale
from hijridate import Hijri

from taawun.ground.words.clean import search_key
from taawun.ground.words.digits import to_latin
from taawun.ground.words.languages import LANGUAGES
from taawun.reach.sheets.plan import Calendar, DateOrder

YEARS: Final = (1990, 2100)
_SERIALS: Final = (32_874, 73_050)
"""Days since the end of 1899 that lie in ``YEARS``: what is left of a date when its column was set to numbers."""
_EPOCH: Final = dt.datetime(1899, 12, 30)

_MARKS: Final = dict.fromkeys(map(ord, "\u200e\u200f\u061c\u202a\u202b\u202c\u2066\u2067\u2068\u2069\ufeff"))
_THREE: Final = re.compile(r"(\d{1,4})\s*[-/.،٫\\ ]\s*(\d{1,2})\s*[-/.،٫\\ ]\s*(\d{1,4})(?!\d)(.*)", re.DOTALL)
_SOLID: Final = re.compile(r"(20\d{2}|1[34]\d{2})(\d{2})(\d{2})")
_NAMED: Final = re.compile(r"\d+|[^\s\d,،؛;/()-]+")
_CLOCK: Final = re.compile(
    r"[T\s,]*(?:at |à |saat |pukul |jam |الساعة )?(\d{1,2})(?:[:.hH](\d{2}))?(?:[:.](\d{2})(?:[.,]\d+)?)?\s*"
    r"([ap]\.?\s?m\.?|ص|م|صباحا|مساء)?\s*(Z|UTC|GMT|[+-]\d{2}:?\d{2})?",
    re.IGNORECASE,
)
_FURTHER_MONTHS: Final = {
    1: "كانون الثاني|جانفي|ژانویه|janv|jan|جنوري|জানু", 2: "شباط|فيفري|فوریه|févr|feb|sept février", 3: "آذار|مارس|mar|mrt",
    4: "نيسان|أفريل|آوریل|apr|avr", 5: "أيار|ماي|مه|mei", 6: "حزيران|جوان|ژوئن|jun", 7: "تموز|جويلية|ژوئیه|jul|juil",
    8: "آب|أوت|اوت|aug|agt|agu", 9: "أيلول|شتنبر|sept|sep", 10: "تشرين الأول|أكتوبر|oct|okt", 11: "تشرين الثاني|نونبر|nov",
    12: "كانون الأول|دجنبر|dec|des|déc",
}  # fmt: skip
_HIJRI_MONTHS: Final = (
    "محرم|muharram", "صفر|safar", "ربيع الأول|ربيع الاول|rabi al awwal", "ربيع الثاني|ربيع الآخر|rabi al thani",
    "جمادى الأولى|جمادي الاولى|jumada al ula", "جمادى الآخرة|جمادى الثانية|jumada al akhira", "رجب|rajab", "شعبان|shaban|sha ban",
    "رمضان|ramadan|ramazan|ramadhan", "شوال|shawwal|syawal", "ذو القعدة|ذي القعدة|dhu al qadah", "ذو الحجة|ذي الحجة|dhu al hijjah",
)  # fmt: skip
_JALALI_MONTHS: Final = (
    "فروردین|حمل", "اردیبهشت|ثور", "خرداد|جوزا", "تیر|سرطان", "مرداد|اسد", "شهریور|سنبله", "مهر|میزان", "آبان|عقرب", "آذر|قوس",
    "دی|جدی", "بهمن|دلو", "اسفند|حوت",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Parts:
    """A cell taken apart: three numbers in the order written, which of them is the year (0 or 2), and the hour if any.

    ``month`` is set where the month is named, and the order then settled: day, month, year.
    """

    numbers: tuple[int, int, int]
    year_at: int
    clock: dt.time | None
    zone: dt.tzinfo | None
    named: bool
    calendar: Calendar


def take_apart(text: str) -> Parts | None:
    """Return the parts of a date, or nothing where the text is none."""
    plain = to_latin(text.translate(_MARKS)).strip()
    if len(plain) > 60 or not any(one.isdecimal() for one in plain):
        return None
    solid = _SOLID.fullmatch(plain)
    found = _THREE.match(plain) or _THREE.match(_without_day_name(plain))
    if solid:
        numbers, year_at, rest, named, calendar = (int(solid[1]), int(solid[2]), int(solid[3])), 0, "", False, ""
    elif found:
        first, second, third = found[1], found[2], found[3]
        year_at = 0 if len(first) > 2 else 2
        if (len(first) > 2) == (len(third) > 2) and len(first) > 2:
            return None
        numbers = (int(first), int(second), int(third))
        rest, named, calendar = found[4], False, ""
        if len(third) <= 2 and year_at == 2:
            numbers = (numbers[0], numbers[1], 2000 + numbers[2])
    else:
        with_name = _named(plain)
        if with_name is None:
            return None
        numbers, rest, calendar = with_name
        year_at, named = 2, True
    clock = _clock_of(rest)
    if clock is None:
        return None
    return Parts(numbers, year_at, clock[0], clock[1], named, calendar or _calendar_of(numbers[year_at]))  # type: ignore[arg-type]


def _without_day_name(plain: str) -> str:
    return re.sub(r"^[^\d]{2,14}[\s,،]+(?=\d)", "", plain)


def _calendar_of(year: int) -> Calendar:
    if 1370 <= year <= 1419:
        return "jalali"
    return "hijri" if 1420 <= year <= 1480 else "gregorian"


def _named(plain: str) -> tuple[tuple[int, int, int], str, str] | None:
    """Read "3 March 2026", "March 3, 2026", "Tuesday, 3 آذار 2026, 14:05" and the like."""
    day = year = month = 0
    calendar = ""
    pieces = list(_NAMED.finditer(plain))
    place = 0
    while place < len(pieces):
        word = pieces[place][0]
        if word.isdecimal():
            if len(word) == 4 and not year:
                year = int(word)
            elif not day and int(word) <= 31:
                day = int(word)
            elif month and not year and len(word) == 2:
                year = 2000 + int(word)
            if day and month and year:
                return (day, month, year), plain[pieces[place].end() :], calendar
        elif not month:
            for length in (3, 2, 1):
                key = search_key(" ".join(one[0] for one in pieces[place : place + length]).rstrip("."))
                if key in _months():
                    month, calendar = _months()[key]
                    place += length - 1
                    break
            if day and month and year:
                return (day, month, year), plain[pieces[place].end() :], calendar
        place += 1
    return None


@lru_cache(maxsize=1)
def _months() -> dict[str, tuple[int, str]]:
    found: dict[str, tuple[int, str]] = {}
    for language in LANGUAGES:
        months: Any = Locale.parse(language.locale).months
        for context in ("format", "stand-alone"):
            for width in ("wide", "abbreviated"):
                for number, name in months[context].get(width, {}).items():
                    key = search_key(str(name))
                    if key and not key.isdecimal():
                        found.setdefault(key, (int(number), ""))
    for month, names in _FURTHER_MONTHS.items():
        for name in names.split("|"):
            found.setdefault(search_key(name), (month, ""))
    for calendar, listed in (("hijri", _HIJRI_MONTHS), ("jalali", _JALALI_MONTHS)):
        for month, names in enumerate(listed, 1):
            for name in names.split("|"):
                found.setdefault(search_key(name), (month, calendar))
    return found


def _clock_of(rest: str) -> tuple[dt.time | None, dt.tzinfo | None] | None:
    """Return the hour after a date, nothing where none is written, or None where the rest is no hour."""
    rest = rest.strip().strip(",،").strip()
    if not rest:
        return None, None
    found = _CLOCK.fullmatch(rest)
    if not found or (found[2] is None and found[4] is None):
        return None
    hour, minute, second = int(found[1]), int(found[2] or 0), int(found[3] or 0)
    half = (found[4] or "").lower().replace(".", "").replace(" ", "")
    if half in ("pm", "م", "مساء") and hour < 12:
        hour += 12
    elif half in ("am", "ص", "صباحا") and hour == 12:
        hour = 0
    if hour > 23 or minute > 59 or second > 59:
        return None
    return dt.time(hour, minute, second), _zone_of(found[5])


def _zone_of(text: str | None) -> dt.tzinfo | None:
    if not text:
        return None
    if text.upper() in ("Z", "UTC", "GMT"):
        return dt.UTC
    minutes = int(text[1:3]) * 60 + int(text[-2:])
    return dt.timezone((-1 if text[0] == "-" else 1) * dt.timedelta(minutes=minutes)) if minutes < 24 * 60 else None


def decide_order(cells: Iterable[Parts], *, today: dt.date | None = None) -> DateOrder:
    """Return the order all these dates share, ``unknown`` where two fit, and nothing where there are none to judge.

    ``today`` rules out readings in the future, for columns that tell of the past.
    """
    open_ones = [one for one in cells if not one.named and one.year_at == 2]
    if not open_ones:
        return ""
    # A day that is none in either order says nothing about the order.
    open_ones = [one for one in open_ones if _fits(one, "dmy", today) or _fits(one, "mdy", today)]
    if not open_ones:
        return "dmy"
    wrong = {order: sum(1 for one in open_ones if not _fits(one, order, today)) for order in ("dmy", "mdy")}
    if all(one.numbers[0] == one.numbers[1] for one in open_ones):
        return "dmy"
    few = len(open_ones) // 20
    if wrong["dmy"] <= few and wrong["mdy"] > max(few, 4 * wrong["dmy"]):
        return "dmy"
    if wrong["mdy"] <= few and wrong["dmy"] > max(few, 4 * wrong["mdy"]):
        return "mdy"
    # Without a single slip, one that cannot be is enough to rule a reading out.
    if not wrong["dmy"] and wrong["mdy"]:
        return "dmy"
    if not wrong["mdy"] and wrong["dmy"]:
        return "mdy"
    return "unknown"


def _fits(one: Parts, order: str, today: dt.date | None) -> bool:
    day = to_day(one, order)
    return day is not None and (today is None or day <= today + dt.timedelta(days=1))


def to_day(one: Parts, order: str) -> dt.date | None:
    """Return the day, or nothing where there is no such day or its year cannot be."""
    if one.named:
        day, month, year = one.numbers
    elif one.year_at == 0:
        year, month, day = one.numbers
    elif order == "mdy":
        month, day, year = one.numbers
    else:
        day, month, year = one.numbers
    try:
        if one.calendar == "hijri":
            found: dt.date = Hijri(year, month, day).to_gregorian()
            found = dt.date(found.year, found.month, found.day)
        else:
            found = _from_jalali(year, month, day) if one.calendar == "jalali" else dt.date(year, month, day)
    except (ValueError, OverflowError):
        return None
    return found if YEARS[0] <= found.year < YEARS[1] else None


def to_moment(one: Parts, order: str) -> dt.date | dt.datetime | None:
    day = to_day(one, order)
    if day is None or one.clock is None:
        return day
    return dt.datetime.combine(day, one.clock, one.zone)


def two_days(one: Parts) -> tuple[dt.date, dt.date] | None:
    """Return the two days an unsettled date can mean."""
    if one.named or one.year_at == 0:
        return None
    first, second = to_day(one, "dmy"), to_day(one, "mdy")
    return (first, second) if first and second and first != second else None


def _is_leap_jalali(year: int) -> bool:
    return (25 * year + 11) % 33 < 8


def _from_jalali(year: int, month: int, day: int) -> dt.date:
    """Count from the first of Farvardin 1404, which was the 21st of March 2025."""
    if not 1300 <= year <= 1500 or not 1 <= month <= 12:
        raise ValueError("no such day")
    length = 31 if month <= 6 else 30 if month < 12 or _is_leap_jalali(year) else 29
    if not 1 <= day <= length:
        raise ValueError("no such day")
    low, high = sorted((year, 1404))
    days = sum(366 if _is_leap_jalali(one) else 365 for one in range(low, high))
    start = dt.date(2025, 3, 21) + dt.timedelta(days=days if year >= 1404 else -days)
    return start + dt.timedelta(days=31 * min(month - 1, 6) + 30 * max(0, month - 7) + day - 1)


def from_serial(value: float) -> dt.date | dt.datetime | None:
    """Return the day or moment of a spreadsheet's number for it, where it can be one."""
    if not _SERIALS[0] <= value <= _SERIALS[1]:
        return None
    moment = _EPOCH + dt.timedelta(seconds=round(value * 86_400))
    return moment.date() if value == int(value) else moment
