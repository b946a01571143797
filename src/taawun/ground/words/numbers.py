"""Numbers as people read them: the reader chooses the digits, and the separators follow the language and the digits."""

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from functools import lru_cache
from typing import Final

from babel import Locale
from django.utils.translation import get_language

from taawun.ground.words.digits import current_digits, to_digits
from taawun.ground.words.languages import DigitSystem, language_of

FRACTION_DIGITS_MAX: Final = 3

# The Arabic marks go with the Arabic and Persian digits in every language. (For Urdu CLDR gives "،" as the decimal mark
# of Arabic digits, which looks like the comma of a list.) The Bengali digits keep the marks of the language they are
# written in.
_ARABIC_MARKS: Final = ("٬", "٫")


@dataclass(frozen=True, slots=True)
class _Style:
    group: str
    decimal: str
    minus: str
    indian: bool


@lru_cache(maxsize=64)
def _style(locale: str, digits: DigitSystem) -> _Style:
    known = Locale.parse(locale)
    symbols: Mapping[str, str] = known.number_symbols["latn"]
    group, decimal = _ARABIC_MARKS if digits in {"arab", "arabext"} else (symbols["group"], symbols["decimal"])
    # A mark of the sign's own direction keeps the minus before the number in a right-to-left line.
    minus = {"arab": "\u061c-", "arabext": "\u200e-"}.get(digits, "\u200e-" if known.text_direction == "rtl" else "-")
    return _Style(group, decimal, minus, known.decimal_formats[None].pattern.startswith("#,##,"))


def format_number(
    number: int | Decimal | Fraction,
    language: str | None = None,
    digits: DigitSystem | None = None,
    *,
    grouped: bool = True,
) -> str:
    """Return a number for reading, with at most ``FRACTION_DIGITS_MAX`` digits after the mark, rounded half to even.

    Without arguments the language is the active one and the digits are the reader's.
    """
    code = language if language is not None else get_language()
    system = digits or current_digits(code)
    style = _style(language_of(code).locale, system)
    scale = 10**FRACTION_DIGITS_MAX
    scaled = round(Fraction(number) * scale)
    whole, rest = divmod(abs(scaled), scale)
    text = _group(str(whole), style) if grouped else str(whole)
    if rest:
        text += style.decimal + f"{rest:0{FRACTION_DIGITS_MAX}d}".rstrip("0")
    return (style.minus if scaled < 0 else "") + to_digits(text, system)


def _group(whole: str, style: _Style) -> str:
    """Return the digits in groups: three at the end, then threes, or twos in the Indian way (12,34,567)."""
    if len(whole) <= 3:
        return whole
    head, tail = whole[:-3], whole[-3:]
    size = 2 if style.indian else 3
    first = len(head) % size
    groups = [head[:first]] if first else []
    groups += [head[start : start + size] for start in range(first, len(head), size)]
    return style.group.join([*groups, tail])
