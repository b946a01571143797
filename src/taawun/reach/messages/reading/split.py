"""A paste in its messages: the lines of an export, forwarded ones, or just the one that was copied."""

import re
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Final

from taawun.ground.words.digits import to_latin

_MARKS: Final = "[\u200e\u200f\u202a-\u202e\u2066-\u2069 \t]*"
_STAMP: Final = (
    r"(?P<a>\d{1,4})[/.\-\u200f]{1,2}(?P<b>\d{1,2})[/.\-\u200f]{1,2}(?P<c>\d{2,4})[,،\s\u200e\u200f]{1,4}"
    r"\d{1,2}[:.]\d{2}(?:[:.]\d{2})?(?:[\s\u202f\u00a0]?(?:[ap]\.?\s?m\.?|[صم]))?"
)
# "[12/03/26, 14:05:11] Name: text" of one kind of phone, "12/03/2026, 14:05 - Name: text" of the other.
_HEADERS: Final = (
    re.compile(
        rf"^{_MARKS}\[{_STAMP}\]{_MARKS}(?P<name>[^:\n]{{1,60}}):[ \u200e\u200f]*", re.MULTILINE | re.IGNORECASE
    ),
    re.compile(rf"^{_MARKS}{_STAMP}\s[-–]\s(?P<name>[^:\n]{{1,60}}):[ \u200e\u200f]*", re.MULTILINE | re.IGNORECASE),
    re.compile(rf"^{_MARKS}(?P<name>[^,\n\[\]]{{1,60}}),\s?\[{_STAMP}\]:?[ \t]*\n?", re.MULTILINE | re.IGNORECASE),
    # A notice of the program itself has no name: it only ends the message before.
    re.compile(rf"^{_MARKS}\[?{_STAMP}\]?(?:\s[-–])?[ ](?P<name>)(?=[^:\n]+$)", re.MULTILINE | re.IGNORECASE),
)
_FORWARDED: Final = re.compile(
    r"^[ \t>*_\u200e\u200f-]*(?:forwarded(?: message)?(?: from [^\n]*)?|fwd|transféré|message transféré|رسالة محولة|محول(?:ة)?(?: من [^\n]*)?|معاد توجيهها|"
    r"iletildi|yönlendirildi|diteruskan|pesan terusan|فارورڈ)[ \t:*_-]*\n",
    re.MULTILINE | re.IGNORECASE,
)
_NOISE: Final = re.compile(
    r"<[^<>\n]{3,40}>|^.*(?:end-to-end encrypted|omitted|joined using|left the group|changed the subject|was added|created group|"
    r"message was deleted|missed voice call|تم حذف|مشفرة تمام|uçtan uca|chiffrés de bout|terenkripsi).*$",
    re.MULTILINE | re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class Piece:
    """One message of a paste: where it stands, who sent it and when, as far as the paste shows."""

    start: int
    end: int
    sender: str = ""
    day: date | None = None


def split(text: str, today: date) -> list[Piece]:
    """Return the messages of a paste. One without any header is one message."""
    plain = to_latin(text)
    headers = sorted(
        {match.start(): match for pattern in reversed(_HEADERS) for match in pattern.finditer(plain)}.values(),
        key=lambda match: match.start(),
    )
    pieces: list[Piece] = []
    if not headers or headers[0].start() > 0:
        pieces.append(Piece(0, headers[0].start() if headers else len(text)))
    for number, match in enumerate(headers):
        end = headers[number + 1].start() if number + 1 < len(headers) else len(text)
        if match["name"]:
            name = text[match.start("name") : match.end("name")]
            pieces.append(Piece(match.end(), end, _sender(name), _day(match, today)))
    return [one for piece in pieces for one in _parts(text, piece)]


def _sender(name: str) -> str:
    name = name.strip(" ~\u200e\u200f\u202a-\u202e")
    # A sender nobody has in their contacts is shown as a number: that is a phone, not a name.
    return "" if sum(one.isdecimal() for one in name) >= 5 else name


def _day(match: re.Match[str], today: date) -> date | None:
    a, b, c = int(match["a"]), int(match["b"]), int(match["c"])
    readings = []
    orders = [(a, b, c)] if a > 31 else [(c, b, a), (c, a, b)]
    for year, month, day in orders:
        try:
            readings.append(date(year + 2000 if year < 100 else year, month, day))
        except ValueError:
            continue
    # Of two readings the one nearest before today: nobody pastes a message of next month.
    past = [one for one in readings if one <= today + timedelta(days=1)]
    return max(past, default=None)


def _parts(text: str, piece: Piece) -> list[Piece]:
    """Part a message at its "forwarded" lines, without what the program itself put there."""
    bounds = [piece.start]
    starts = [piece.start]
    for match in _FORWARDED.finditer(text, piece.start, piece.end):
        bounds.append(match.start())
        starts.append(match.end())
    ends = [*bounds[1:], piece.end]
    found = []
    for start, end in zip(starts, ends, strict=True):
        body = text[start:end]
        if _NOISE.sub("", body).strip():
            found.append(
                Piece(start + len(body) - len(body.lstrip()), start + len(body.rstrip()), piece.sender, piece.day)
            )
    return found
