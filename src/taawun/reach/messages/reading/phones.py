"""Phone numbers in a message: several forms, in any digits, beside dates and amounts that are none."""

import re
from typing import Final

from taawun.ground.words.digits import to_latin
from taawun.ground.words.errors import WordsError
from taawun.ground.words.phones import parse_phone
from taawun.reach.messages.reading.draft import Found, Phone, Span

_LINK: Final = re.compile(r"(?:https?://)?wa\.me/\+?(\d{8,15})", re.IGNORECASE)
_NUMBER: Final = re.compile(
    r"(?<![\w+])(?:\+\s?|00)?\(?\d(?:[ \u00a0().\-\u2010-\u2015/\u200e\u200f\u202a-\u202e\u2066-\u2069]{0,3}\d){6,24}(?!\w)"
)
_DAY: Final = re.compile(
    r"(?<!\d)(?<!\d[-/.])(?:\d{1,2}[-/.]\d{1,2}[-/.](?:\d{4}|\d{2})|\d{4}[-/.]\d{1,2}[-/.]\d{1,2})(?![-/.]?\d)"
)
_PART: Final = re.compile(r"\s*/\s*|\s+-\s+|\s{2,}")
_GAP: Final = re.compile(r"[\s.\-/]+(?=[+0-9])")
_OTHER_DIGITS_MAX: Final = 4
_DIGITS_MIN: Final = 7
_DIGITS_MAX: Final = 15
_WRITTEN_MIN: Final = 8


def find_phones(text: str, region: str | None) -> tuple[Found[Phone], ...]:
    """Return the phone numbers in the order in which they stand."""
    plain = to_latin(text).replace("\uff0b", "+")
    found: list[Found[Phone]] = []
    for match in _LINK.finditer(plain):
        found.append(_read("+" + match[1], match.span(), region) or Found(Phone("+" + match[1]), (match.span(),)))
    covered = [one.spans[0] for one in found] + [match.span() for match in _DAY.finditer(plain)]
    for match in _NUMBER.finditer(plain):
        if not any(start < match.end() and match.start() < end for start, end in covered):
            found += _pieces(plain, match.span(), region)
    found.sort(key=lambda one: one.spans[0])
    return tuple(found)


def _pieces(plain: str, span: Span, region: str | None) -> list[Found[Phone]]:
    start, end = span
    whole = _read(plain[start:end], span, region)
    after = _after_another(plain, span, region)
    # "27. 0412…": behind the number of a door, not a number of South Africa.
    if after is not None and (whole is None or plain[start] not in "+0("):
        return [after]
    if whole is not None:
        return [whole]
    pieces: list[Found[Phone]] = []
    at = start
    for match in [*_PART.finditer(plain, start, end), None]:
        stop = match.start() if match else end
        one = _read(plain[at:stop], (at, stop), region) if (at, stop) != span else None
        if one is not None:
            pieces.append(one)
        at = match.end() if match else end
    if pieces:
        return pieces
    written = re.sub(r"[^\d+]", "", plain[start:end])
    digits = written.lstrip("+")
    # A number nobody has yet, or one with a digit too few: still what the person wrote as her number.
    if _WRITTEN_MIN <= len(digits) <= _DIGITS_MAX and not digits.endswith("0000"):
        return [Found(Phone(written), (span,))]
    return []


def _after_another(plain: str, span: Span, region: str | None) -> Found[Phone] | None:
    """Return the phone that stands behind an hour or a door: "jam 10 0813…", "daire 6. 0542 …"."""
    start, end = span
    for match in _GAP.finditer(plain, start, end):
        before = plain[start : match.start()]
        if len(re.sub(r"\D", "", before)) > _OTHER_DIGITS_MAX:
            break
        found = _read(plain[match.end() : end], (match.end(), end), region)
        if found is not None and found.value.e164 and plain[match.end()] in "+0":
            return found
    return None


def _read(piece: str, span: Span, region: str | None) -> Found[Phone] | None:
    digits = sum(one.isdecimal() for one in piece)
    if not _DIGITS_MIN <= digits <= _DIGITS_MAX:
        return None
    bare = re.sub(r"[^\d+]", "", piece)
    tries = [bare] if bare.startswith(("+", "0")) else [bare, "+" + bare]
    if bare.startswith("00"):
        # Written with the sign for "abroad" of another country: 0062 is +62 to everybody.
        tries.append("+" + bare[2:])
    for one in tries:
        try:
            return Found(Phone(bare, parse_phone(one, region)), (span,))
        except WordsError:
            continue
    return None
