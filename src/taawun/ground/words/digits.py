"""Four ways to write the ten digits, and the reading of numbers in any of them.

A person writes numbers as their keyboard and their school taught them. ``1.500`` and ``1,500`` mean different things in
different countries: where the language does not settle it, the number is refused as ambiguous instead of guessed.
"""

import re
import unicodedata
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar, Token
from decimal import Decimal
from typing import Final

from django.utils.translation import get_language

from taawun.ground.words.errors import WordsError
from taawun.ground.words.languages import DigitSystem, language_of

LATIN: Final = "0123456789"
SYSTEMS: Final[dict[DigitSystem, str]] = {
    "latn": LATIN,
    "arab": "٠١٢٣٤٥٦٧٨٩",
    "arabext": "۰۱۲۳۴۵۶۷۸۹",
    "beng": "০১২৩৪৫৬৭৮৯",
}
_FROM_LATIN: Final = {system: str.maketrans(LATIN, digits) for system, digits in SYSTEMS.items()}
_ANY_TO_LATIN: Final = str.maketrans({digit: str(n) for digits in SYSTEMS.values() for n, digit in enumerate(digits)})

INPUT_LENGTH_MAX: Final = 60
DIGITS_MAX: Final = 18

_MINUS: Final = "-\u2010\u2011\u2012\u2013\u2014\u2015\u2212\u207b\ufe63\uff0d"
_SPACES: Final = " '\u2019\u00a0\u2009\u202f\u2007"
_BIDI: Final = dict.fromkeys(map(ord, "\u061c\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069"))
# The Arabic marks say what they are; a comma or a point does not.
_THOUSANDS_ONLY: Final = "٬"
_DECIMAL_ONLY: Final = "٫"
_UNIFY: Final = str.maketrans({"،": ",", "，": ",", "．": ".", **dict.fromkeys(_SPACES, " ")})
_NUMBER: Final = re.compile(r"[0-9., ٬٫]+")
# Groups of three, or the Indian way: one group of three at the end and groups of two before it.
_GROUPED: Final = re.compile(r"[1-9][0-9]{0,2}(?:,[0-9]{3})+|[1-9][0-9]?(?:,[0-9]{2})+,[0-9]{3}")
_DECIMAL_COMMA: Final = frozenset({"fr", "tr", "id"})

_current: ContextVar[DigitSystem | None] = ContextVar("taawun_digits", default=None)


def to_digits(text: str, system: DigitSystem) -> str:
    """Return ``text`` with its digits, of whichever system, written in ``system``."""
    return to_latin(text).translate(_FROM_LATIN[system])


def to_latin(text: str) -> str:
    """Return ``text`` with the decimal digits of any script written as 0-9."""
    if text.isascii():
        return text
    text = text.translate(_ANY_TO_LATIN)
    if text.isascii():
        return text
    return "".join(str(unicodedata.decimal(one, one)) for one in text)


def current_digits(language: str | None = None) -> DigitSystem:
    """Return the system chosen for this request, or else the usual one of ``language``, by default the active one."""
    return _current.get() or language_of(language if language is not None else get_language()).digits


def activate_digits(system: str | None) -> Token[DigitSystem | None]:
    """Choose the system for the current context; ``None`` means the usual one of the language.

    Give the token to ``restore_digits`` when the request is over: threads that serve pages are used again.
    """
    if system is None:
        return _current.set(None)
    for known in SYSTEMS:
        if known == system:
            return _current.set(known)
    raise WordsError("digits.unknown", system=system)


def restore_digits(token: Token[DigitSystem | None]) -> None:
    _current.reset(token)


@contextmanager
def digits_as(system: str | None) -> Iterator[None]:
    """Use a system inside a ``with`` block."""
    token = activate_digits(system)
    try:
        yield
    finally:
        restore_digits(token)


def parse_integer(text: str) -> int:
    """Return the whole number a person typed. A minus sign is read, not judged: that is the caller's.

    Raises ``WordsError``: ``number.missing``, ``number.too_long``, ``number.mixed_digits``, ``number.not_a_number`` or
    ``number.not_whole``.
    """
    sign, body = _signed(text)
    if _may_be_grouped(body):
        return sign * int(_bare(body))
    value = _decimal(body, decimal_mark=None)
    if value != value.to_integral_value():
        raise WordsError("number.not_whole", text=text.strip())
    return sign * int(value)


def parse_decimal(text: str, language: str | None = None) -> Decimal:
    """Return the number a person typed, read by the customs of ``language`` where these settle what a separator means.

    Raises the errors of ``parse_integer`` except ``not_whole``, and ``number.ambiguous`` for a text such as ``1.500``
    when no language is given.
    """
    sign, body = _signed(text)
    mark = None
    if language is not None:
        mark = "," if language_of(language).code in _DECIMAL_COMMA else "."
    return sign * _decimal(body, mark)


def _signed(text: str) -> tuple[int, str]:
    """Return the sign and the rest in Latin digits, or raise where the text can be no number at all."""
    if len(text) > INPUT_LENGTH_MAX:
        raise WordsError("number.too_long", limit=DIGITS_MAX)
    text = text.translate(_BIDI).strip()
    if not text:
        raise WordsError("number.missing")
    # Digits of two systems in one number are laid out in an order that the eye and the machine need not share.
    if len({ord(one) - unicodedata.decimal(one) for one in text if one.isdecimal()}) > 1:
        raise WordsError("number.mixed_digits", text=text)
    body = to_latin(text).translate(_UNIFY)
    sign = 1
    # In a right-to-left line the sign is often typed, and stored, at the end.
    if body[0] in _MINUS or body[-1] in _MINUS:
        sign = -1
        body = body[1:] if body[0] in _MINUS else body[:-1]
    elif body[0] in "+＋":
        body = body[1:]
    body = body.strip()
    if not _NUMBER.fullmatch(body) or not any(one.isdecimal() for one in body):
        raise WordsError("number.not_a_number", text=text)
    if sum(one.isdecimal() for one in body) > DIGITS_MAX:
        raise WordsError("number.too_long", limit=DIGITS_MAX)
    return sign, body


def _one_separator(body: str) -> str:
    """Return the number with its separators written as commas, or nothing where it has several kinds of them."""
    kinds = {one for one in body if not one.isdecimal()}
    return re.sub(r"[., ٬]", ",", body) if len(kinds) == 1 else ""


def _bare(body: str) -> str:
    return re.sub(r"[^0-9]", "", body)


def _whole_part(part: str, body: str) -> str:
    """Return the digits before the decimal mark, or raise where separators stand in odd places (``1,2,3``)."""
    if part and not part.isdecimal() and not _GROUPED.fullmatch(_one_separator(part)):
        raise WordsError("number.not_a_number", text=body)
    return _bare(part) or "0"


def _decimal(body: str, decimal_mark: str | None) -> Decimal:
    marks = [one for one in body if one in ".,"]
    if _DECIMAL_ONLY in body:
        mark = _DECIMAL_ONLY
    elif len(set(marks)) == 2:
        mark = marks[-1]
    elif len(marks) == 1:
        mark = marks[0]
        if _THOUSANDS_ONLY not in body and " " not in body and _may_be_grouped(body):
            if decimal_mark is None:
                raise WordsError("number.ambiguous", text=body, whole=_bare(body), decimal=body.replace(",", "."))
            mark = mark if mark == decimal_mark else ""
    else:
        mark = ""
    if not mark:
        return Decimal(_whole_part(body, body))
    if body.count(mark) != 1:
        raise WordsError("number.not_a_number", text=body)
    whole, _, fraction = body.partition(mark)
    # The part after the mark has no groups, and a mark with nothing after it ("5.") is the end of a sentence.
    if fraction and not fraction.isdecimal():
        raise WordsError("number.not_a_number", text=body)
    return Decimal(f"{_whole_part(whole, body)}.{fraction or '0'}")


def _may_be_grouped(body: str) -> bool:
    """Return whether the one point or comma could as well part the thousands: ``1.500`` could, ``0.500`` and ``1.5``
    not.
    """
    return bool(_GROUPED.fullmatch(_one_separator(body)))
