"""One cell, read strictly: digits of four systems, days that can only mean one day, words from a list, places on Earth."""

import datetime as dt
import math
import re
from collections.abc import Callable, Mapping
from decimal import Decimal
from typing import Final

from django.utils.translation import gettext as _

from taawun.ground.values.place import Point, parse_plus_code
from taawun.ground.values.refusal import Refusal
from taawun.ground.words.clean import clean_line, clean_text, search_key
from taawun.ground.words.digits import parse_decimal, to_latin
from taawun.ground.words.errors import WordsError
from taawun.ground.words.languages import LANGUAGES
from taawun.ground.words.phones import parse_phone
from taawun.reach.sheets.csvfile import CellError

TEXT_LENGTH_MAX: Final = 300
NOTE_LENGTH_MAX: Final = 5_000
YEARS: Final = (2000, 2100)

_DAY_FIRST_OR_LAST: Final = re.compile(r"(\d{1,4})([-/.])(\d{1,2})\2(\d{1,4})")
_CLOCK: Final = re.compile(r"(\d{1,2}):(\d{2})(?::\d{2}(?:\.\d+)?)?")
_DEGREES: Final = re.compile(r"[+-]?\d{1,3}(?:\.\d{1,20})?")
_SEPARATORS: Final = re.compile(r"[,;/|،؛\n]|\band\b|\s+و\s+")
_LANGUAGE_OF: Final = {
    search_key(name): language.code
    for language in LANGUAGES
    for name in (language.code, language.name_native, language.name_english)
} | {
    search_key(name): code
    for code, names in {
        "ar": "عربي اللغة العربية arab",
        "en": "إنجليزي الإنجليزية انجليزية انكليزي الانكليزية",
        "ur": "أوردو الأردية اردية",
        "fa": "فارسي الفارسية farsi",
        "tr": "تركي التركية turkce",
        "fr": "فرنسي الفرنسية francais",
        "bn": "بنغالي البنغالية bangla",
        "id": "إندونيسي الإندونيسية",
        "sw": "سواحيلي السواحلية kiswahili",
    }.items()
    for name in names.split()
}


def text(cell: str) -> str:
    """One tidy line."""
    return clean_line(cell, TEXT_LENGTH_MAX)


def note(cell: str) -> str:
    """Some lines."""
    return clean_text(cell, NOTE_LENGTH_MAX, 200)


def number(cell: str) -> Decimal:
    """A number above zero. What could be thousands or a fraction (1.500) is refused."""
    value = parse_decimal(cell)
    if value < 0:
        raise WordsError("amount.negative")
    if value == 0:
        raise WordsError("amount.zero")
    return value


def phone(cell: str) -> str:
    """A phone number: in international form where it is one, and else as it was written, since it is for a person to call."""
    try:
        return parse_phone(cell, None)
    except WordsError:
        return clean_line(cell, 100)


def latitude(cell: str) -> float:
    return _degrees(cell, 90)


def longitude(cell: str) -> float:
    return _degrees(cell, 180)


def _degrees(cell: str, limit: int) -> float:
    plain = to_latin(cell).replace("\u2212", "-").replace("٫", ".").strip("\u200e\u200f\u061c ")
    # A sheet of a French or Arabic locale writes 34,44; there are no thousands among degrees.
    if plain.count(",") == 1 and "." not in plain:
        plain = plain.replace(",", ".")
    value = float(plain) if _DEGREES.fullmatch(plain) else math.nan
    if math.isnan(value):
        raise CellError(
            _("“%(text)s” is not a number of degrees. Please write it such as 31.5204.") % {"text": cell[:40]}
        )
    if abs(value) > limit:
        raise CellError(
            _("%(text)s degrees do not exist here. Please write a number from %(least)s to %(most)s.")
            % {"text": cell[:40], "least": -limit, "most": limit}
        )
    return value


def plus_code(cell: str) -> Point:
    """The middle of a full plus code, such as 8G4QGCCR+9V."""
    try:
        return parse_plus_code(cell)
    except (Refusal, ValueError) as error:
        raise CellError(
            _("“%(text)s” is not a full plus code. Please write it such as 8G4QGCCR+9V.") % {"text": cell[:40]}
        ) from error


def choice(words: Mapping[str, object], shown: str) -> Callable[[str], object]:
    """Return a parser for a list of words; ``shown`` is what an error offers instead."""
    by_key = {search_key(word): value for word, value in words.items()}

    def parse(cell: str) -> object:
        key = search_key(cell)
        if key not in by_key:
            raise CellError(
                _("“%(text)s” is not one of the words expected here. Please write one of: %(words)s.")
                % {"text": cell[:40], "words": shown}
            )
        return by_key[key]

    return parse


def languages(cell: str) -> tuple[str, ...]:
    """Language codes; a language outside the list is kept by its own name."""
    parts = (part.strip() for part in _SEPARATORS.split(clean_line(cell, TEXT_LENGTH_MAX)))
    found = (_LANGUAGE_OF.get(search_key(part), part.casefold()) for part in parts if part)
    return tuple(dict.fromkeys(found))


def day_or_moment(cell: str) -> dt.date | dt.datetime:
    """A day, or a day with an hour (local time). ISO, or day/month/year where no other reading is possible."""
    plain = to_latin(cell).translate(dict.fromkeys(map(ord, "\u200e\u200f\u061c"))).strip()
    day_text, clock_text = (re.split(r"[T\s]+", plain, maxsplit=1) + [""])[:2]
    day = _day(day_text, cell)
    if not clock_text.strip():
        return day
    clock = _CLOCK.fullmatch(clock_text.strip())
    if clock is None or int(clock[1]) > 23 or int(clock[2]) > 59:
        raise CellError(
            _("The hour in “%(text)s” cannot be read. Please write it such as 2026-05-14 09:30, in local time.")
            % {"text": cell[:40]}
        )
    return dt.datetime(day.year, day.month, day.day, int(clock[1]), int(clock[2]))


def _day(day_text: str, cell: str) -> dt.date:
    found = _DAY_FIRST_OR_LAST.fullmatch(day_text)
    first, last = (found[1], found[4]) if found else ("", "")
    if found is None or (len(first) == 4) == (len(last) == 4):
        raise CellError(
            _("“%(text)s” is not a day. Please write it such as 2026-05-14, year first.") % {"text": cell[:40]}
        )
    one, two = int(first), int(found[3])
    if len(first) == 4:
        return _checked(one, two, int(last), cell)
    if one <= 12 and two <= 12 and one != two:
        raise CellError(
            _("“%(text)s” can mean two different days. Please write %(first)s or %(second)s.")
            % {"text": cell[:40], "first": f"{last}-{two:02}-{one:02}", "second": f"{last}-{one:02}-{two:02}"}
        )
    return _checked(int(last), two, one, cell) if two <= 12 else _checked(int(last), one, two, cell)


def _checked(year: int, month: int, day: int, cell: str) -> dt.date:
    try:
        found = dt.date(year, month, day)
    except ValueError as error:
        raise CellError(_("The day “%(text)s” does not exist. Please check it.") % {"text": cell[:40]}) from error
    if not YEARS[0] <= found.year <= YEARS[1]:
        raise CellError(_("The year in “%(text)s” cannot be right. Please check it.") % {"text": cell[:40]})
    return found
