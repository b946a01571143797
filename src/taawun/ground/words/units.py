"""The units of goods, time and help: how they are stored, named, typed and shown. Money has a room of its own.

An amount is a whole number of the unit's smallest part: grams of a kilogram, minutes of an hour, pieces of a piece. So
nothing is ever a float, and half a kilogram is exactly half a kilogram.
"""

import re
from dataclasses import dataclass
from fractions import Fraction
from typing import Any, Final, Literal

from django.utils.translation import get_language, ngettext_lazy, override, pgettext_lazy
from django.utils.translation import gettext as _

from taawun.ground.words.clean import search_key
from taawun.ground.words.digits import DIGITS_MAX, current_digits, parse_decimal, parse_integer, to_digits, to_latin
from taawun.ground.words.errors import WordsError
from taawun.ground.words.languages import DigitSystem, language_of
from taawun.ground.words.numbers import format_number
from taawun.ground.words.unit_words import WORDS

AMOUNT_UNITS_MAX: Final = 1_000_000

UnitKind = Literal["count", "mass", "volume", "time"]


@dataclass(frozen=True, slots=True)
class Part:
    """A smaller measure of a unit that people name by itself: ``500 g`` of flour, ``45 minutes``."""

    parts: int
    counted: Any
    words: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Unit:
    """``parts_per_unit`` smallest parts make one unit; an amount is a whole number of ``step_parts``.

    ``counted`` is a lazy plural message; ``words`` are the names people type after the number, in any of the nine
    languages.
    """

    code: str
    kind: UnitKind
    label: Any
    counted: Any
    words: tuple[str, ...]
    parts_per_unit: int = 1
    step_parts: int = 1
    part: Part | None = None


def _words(code: str) -> tuple[str, ...]:
    return tuple(WORDS[code].split("|"))


def _unit(code: str, label: Any, counted: Any) -> Unit:
    return Unit(code, "count", label, counted, _words(code))


# The number chooses the plural form, and the count is that number in the reader's digits.
_GRAM: Final = Part(1, ngettext_lazy("%(count)s g", "%(count)s g", "number"), _words("gram"))
_MILLILITRE: Final = Part(1, ngettext_lazy("%(count)s ml", "%(count)s ml", "number"), _words("millilitre"))
_MINUTE: Final = Part(1, ngettext_lazy("%(count)s minute", "%(count)s minutes", "number"), _words("minute"))

UNITS: Final[tuple[Unit, ...]] = (
    _unit("piece", pgettext_lazy("unit", "pieces"), ngettext_lazy("%(count)s piece", "%(count)s pieces", "number")),
    _unit(
        "portion", pgettext_lazy("unit", "portions"), ngettext_lazy("%(count)s portion", "%(count)s portions", "number")
    ),
    _unit("person", pgettext_lazy("unit", "people"), ngettext_lazy("%(count)s person", "%(count)s people", "number")),
    _unit(
        "family", pgettext_lazy("unit", "families"), ngettext_lazy("%(count)s family", "%(count)s families", "number")
    ),
    _unit("box", pgettext_lazy("unit", "boxes"), ngettext_lazy("%(count)s box", "%(count)s boxes", "number")),
    _unit("bag", pgettext_lazy("unit", "bags"), ngettext_lazy("%(count)s bag", "%(count)s bags", "number")),
    _unit("pack", pgettext_lazy("unit", "packs"), ngettext_lazy("%(count)s pack", "%(count)s packs", "number")),
    _unit("set", pgettext_lazy("unit", "sets"), ngettext_lazy("%(count)s set", "%(count)s sets", "number")),
    _unit("pair", pgettext_lazy("unit", "pairs"), ngettext_lazy("%(count)s pair", "%(count)s pairs", "number")),
    Unit(
        "kg",
        "mass",
        pgettext_lazy("unit", "kilograms"),
        ngettext_lazy("%(count)s kg", "%(count)s kg", "number"),
        _words("kg"),
        1000,
        1,
        _GRAM,
    ),
    Unit(
        "litre",
        "volume",
        pgettext_lazy("unit", "litres"),
        ngettext_lazy("%(count)s litre", "%(count)s litres", "number"),
        _words("litre"),
        1000,
        1,
        _MILLILITRE,
    ),
    Unit(
        "hour",
        "time",
        pgettext_lazy("unit", "hours"),
        ngettext_lazy("%(count)s hour", "%(count)s hours", "number"),
        _words("hour"),
        60,
        1,
        _MINUTE,
    ),
    _unit("day", pgettext_lazy("unit", "days"), ngettext_lazy("%(count)s day", "%(count)s days", "number")),
    _unit("night", pgettext_lazy("unit", "nights"), ngettext_lazy("%(count)s night", "%(count)s nights", "number")),
    _unit("week", pgettext_lazy("unit", "weeks"), ngettext_lazy("%(count)s week", "%(count)s weeks", "number")),
    _unit("trip", pgettext_lazy("unit", "trips"), ngettext_lazy("%(count)s trip", "%(count)s trips", "number")),
    _unit("visit", pgettext_lazy("unit", "visits"), ngettext_lazy("%(count)s visit", "%(count)s visits", "number")),
    _unit("call", pgettext_lazy("unit", "calls"), ngettext_lazy("%(count)s call", "%(count)s calls", "number")),
    _unit(
        "session", pgettext_lazy("unit", "sessions"), ngettext_lazy("%(count)s session", "%(count)s sessions", "number")
    ),
    _unit("page", pgettext_lazy("unit", "pages"), ngettext_lazy("%(count)s page", "%(count)s pages", "number")),
    _unit("place", pgettext_lazy("unit", "places"), ngettext_lazy("%(count)s place", "%(count)s places", "number")),
    _unit("room", pgettext_lazy("unit", "rooms"), ngettext_lazy("%(count)s room", "%(count)s rooms", "number")),
    _unit("animal", pgettext_lazy("unit", "animals"), ngettext_lazy("%(count)s animal", "%(count)s animals", "number")),
    _unit("plant", pgettext_lazy("unit", "plants"), ngettext_lazy("%(count)s plant", "%(count)s plants", "number")),
)
BY_CODE: Final[dict[str, Unit]] = {unit.code: unit for unit in UNITS}


def find_unit(code: str) -> Unit:
    """Return the unit of a code, or ``WordsError`` ``unit.unknown``."""
    unit = BY_CODE.get(code)
    if unit is None:
        raise WordsError("unit.unknown", unit=code)
    return unit


def _unit_of(unit: Unit | str) -> Unit:
    return unit if isinstance(unit, Unit) else find_unit(unit)


_MINUS_AFTER: Final = "-\u2010\u2011\u2012\u2013\u2014\u2015\u2212"
_NUMBER_AND_WORD: Final = re.compile(r"(\d(?:[\d.,٬٫،' \u00a0\u2009\u202f\u2019]*\d)?)(\D*)")
_CLOCK: Final = re.compile(r"([0-9]{1,7}):([0-5][0-9])")
# "2 kilos and 500 grams", "ساعتان و30 دقيقة".
_AND: Final = frozenset({"and", "و", "اور", "ve", "dan", "ও", "et", "na"})
_KEYS: Final = {unit.code: frozenset(map(search_key, unit.words)) for unit in UNITS}
_PART_KEYS: Final = {unit.code: frozenset(map(search_key, unit.part.words)) for unit in UNITS if unit.part is not None}


def parse_amount(text: str, unit: Unit | str, language: str | None = None) -> int:
    """Return the amount a person typed, in the unit's smallest parts: ``2.5``, ``1,5 saat``, ``٢٫٥ كيلو``, ``500 g``,
    ``1:30``.

    A word after the number must name this unit or its part. Separators are read by ``language``, or else the active
    one. Raises ``WordsError``: the errors of ``parse_integer`` and ``parse_decimal``, and ``amount.zero``,
    ``amount.negative``, ``amount.too_large``, ``amount.too_fine``, ``amount.not_whole``, ``amount.other_unit``.
    """
    unit = _unit_of(unit)
    if len(text) > 100:
        raise WordsError("number.too_long", limit=DIGITS_MAX)
    clock = _CLOCK.fullmatch(to_latin(text).strip()) if unit.kind == "time" else None
    if clock:
        return _within_limits(Fraction(int(clock[1]) * unit.parts_per_unit + int(clock[2])), unit)
    pairs = _NUMBER_AND_WORD.findall(text)
    before = text[: text.find(pairs[0][0])] if pairs else ""
    if len(pairs) == 2 and not before.strip() and unit.code in _PART_KEYS:
        (whole, whole_word), (rest, rest_word) = pairs
        if _key(whole_word) in _KEYS[unit.code] and _key(rest_word) in _PART_KEYS[unit.code]:
            parts = _parts(whole, whole_word, unit, language) + _parts(rest, rest_word, unit, language)
            return _within_limits(parts, unit)
    if len(pairs) != 1:
        # No digit at all, or several numbers: the reading of numbers says what is wrong.
        return _within_limits(Fraction(parse_integer(text)), unit)
    number, word = pairs[0]
    if word.strip() and word.strip() in _MINUS_AFTER:
        before, word = before + "-", ""
    return _within_limits(_parts(before + number, word, unit, language), unit)


def _key(word: str) -> str:
    return " ".join(one for one in search_key(word).split() if one not in _AND)


def _scale(word: str, unit: Unit) -> int:
    """Return how many smallest parts the word stands for, or raise where it names something else."""
    key = _key(word)
    if not key or key in _KEYS[unit.code]:
        return unit.parts_per_unit
    if unit.part is not None and key in _PART_KEYS[unit.code]:
        return unit.part.parts
    raise WordsError("amount.other_unit", word=word.strip(), unit=unit.label)


def _parts(number: str, word: str, unit: Unit, language: str | None) -> Fraction:
    scale = _scale(word, unit)
    if unit.part is not None:
        return Fraction(parse_decimal(number, language if language is not None else get_language() or "en")) * scale
    try:
        return Fraction(parse_integer(number)) * scale
    except WordsError as error:
        if error.code == "number.not_whole":
            raise WordsError("amount.not_whole", unit=unit.label) from error
        raise


def _within_limits(parts: Fraction, unit: Unit) -> int:
    if parts < 0:
        raise WordsError("amount.negative")
    if parts == 0:
        raise WordsError("amount.zero")
    if parts > AMOUNT_UNITS_MAX * unit.parts_per_unit:
        raise WordsError("amount.too_large", limit=AMOUNT_UNITS_MAX)
    if parts % unit.step_parts:
        smallest = format_amount(unit.step_parts, unit)
        raise WordsError("amount.too_fine", smallest=smallest)
    return int(parts)


def format_amount(parts: int, unit: Unit | str, language: str | None = None, digits: DigitSystem | None = None) -> str:
    """Return an amount with its unit as people say it: ``3 portions``, ``500 g``, ``2.5 kg``, ``1 hour 30 minutes``."""
    unit = _unit_of(unit)
    code = language_of(language if language is not None else get_language()).code
    with override(code):
        if unit.part is not None and 0 < abs(parts) < unit.parts_per_unit:
            return _counted(unit.part.counted, Fraction(parts, unit.part.parts), code, digits)
        if unit.kind == "time" and unit.part is not None and parts % unit.parts_per_unit:
            hours, minutes = divmod(parts, unit.parts_per_unit)
            return _("%(hours)s %(minutes)s") % {
                "hours": _counted(unit.counted, Fraction(hours), code, digits),
                "minutes": _counted(unit.part.counted, Fraction(minutes), code, digits),
            }
        return _counted(unit.counted, Fraction(parts, unit.parts_per_unit), code, digits)


def format_amount_bare(
    parts: int, unit: Unit | str, language: str | None = None, digits: DigitSystem | None = None
) -> str:
    """Return an amount without its unit, for a form: ``2.5``, ``1:30``. ``parse_amount`` reads it back in the same
    language.
    """
    unit = _unit_of(unit)
    whole, rest = divmod(parts, unit.parts_per_unit)
    if unit.kind == "time" and rest:
        return to_digits(f"{whole}:{rest:02d}", digits or current_digits(language))
    return format_number(Fraction(parts, unit.parts_per_unit), language, digits, grouped=False)


def _counted(message: Any, value: Fraction, language: str, digits: DigitSystem | None) -> str:
    """Return the plural message for a value that need not be whole."""
    if value.denominator == 1:
        number = abs(int(value))
    else:
        # Fractions take the form of a hundred, which in every one of the nine languages is the plain "other" form;
        # French keeps the singular until two.
        number = 1 if language == "fr" and abs(value) < 2 else 100
    return str(message % {"number": number, "count": format_number(value, language, digits)})
