"""The phone cell: several numbers, labels beside them, masks over them, and what a spreadsheet did to them."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from taawun.ground.words.clean import clean_line
from taawun.ground.words.digits import to_latin
from taawun.ground.words.errors import WordsError
from taawun.ground.words.phones import parse_phone

_KEPT_LENGTH: Final = 60
_PARTS: Final = re.compile(
    r"\s*(?:[/;,|،؛\n&]|\bor\b|\band\b|\bou\b|\bet\b|\bveya\b|\bve\b|\batau\b|\bdan\b|\bau\b|\bna\b|\sأو\s|\sاو\s|\sو\s|\sیا\s|\sবা\s)\s*",
    re.IGNORECASE,
)
_NUMBER: Final = re.compile(r"[(+]{0,2}\d(?:[\d\s().\-\u2010-\u2015\u2212\u00a0]*\d)?\+?")
_MASKED: Final = re.compile(r"\d[\s().-]*[xX*•]{2,}|[xX*•]{2,}[\s().-]*\d|[xX]{5,}|\*{4,}")
_SCIENTIFIC: Final = re.compile(r"\+?\d(?:[.,]\d+)?[eE]\+?\d{1,2}")
_EXTENSION: Final = re.compile(r"\s*(?:ext|x|extension|poste|dahili|تحويلة)\.?\s*\d{1,5}\s*$", re.IGNORECASE)
_EMPTY_MASK: Final = re.compile(r"[\s()\-.+]*\d{0,2}[\s()\-.+]*")
_DIGITS_MIN: Final = 5
_DIGITS_OF_A_PART: Final = 7


@dataclass(frozen=True, slots=True)
class Doubt:
    """What is not as it should be with a number: a code of ``refusals.py`` and the piece of text."""

    code: str
    text: str


def read_phones(text: str, region: str | None) -> tuple[list[str], list[Doubt]]:
    """Return the numbers of a cell, in international form where that is clear and else as written, and the doubts."""
    numbers: list[str] = []
    doubts: list[Doubt] = []
    plain = to_latin(text).strip().lstrip("'")
    for piece in _pieces(plain):
        if _MASKED.search(piece):
            doubts.append(Doubt("phone.masked", piece.strip()[:_KEPT_LENGTH]))
            continue
        if _SCIENTIFIC.fullmatch(piece.strip()):
            found = [piece.strip()]
        else:
            found = [one[0].strip() for one in _NUMBER.finditer(_EXTENSION.sub("", piece))]
            found = [one for one in found if sum(sign.isdecimal() for sign in one) >= _DIGITS_MIN]
            if not found and sum(sign.isdecimal() for sign in piece) >= 3 and not _EMPTY_MASK.fullmatch(piece):
                found = [piece.strip()]
        if not found and any(sign.isalnum() for sign in piece) and not numbers and not _is_label(piece, plain):
            doubts.append(Doubt("phone.no_number", piece.strip()[:_KEPT_LENGTH]))
        for one in found:
            try:
                number = parse_phone(one, region)
            except WordsError as error:
                number = clean_line(one, 10 * _KEPT_LENGTH)[:_KEPT_LENGTH]
                doubts.append(Doubt(error.code if error.code == "phone.rounded" else "phone.kept", number))
            if number not in numbers:
                numbers.append(number)
    return numbers, doubts


def _is_label(piece: str, whole: str) -> bool:
    """Beside a number a short word says whose it is; alone it stands where a number should."""
    return piece.strip() != whole and len(piece.strip()) <= 12


def _pieces(plain: str) -> Iterator[str]:
    """Part a cell where it lists several numbers, but not a number that is only written with a slash in it."""
    parts = [part for part in _PARTS.split(plain) if part.strip()]
    digits = [sum(sign.isdecimal() for sign in part) for part in parts]
    if len(parts) > 1 and max(digits) < _DIGITS_OF_A_PART and sum(digits) >= _DIGITS_OF_A_PART:
        yield re.sub(r"[/,;|]", " ", plain)
        return
    yield from parts
