"""The place, the day, the urgency and the name a message gives."""

import re
from collections.abc import Iterable, Sequence
from datetime import date, timedelta
from typing import Final

from taawun.ground.words.clean import search_key
from taawun.ground.words.digits import to_latin
from taawun.reach.messages.reading.draft import Found, Span, When
from taawun.reach.messages.reading.prepare import Prepared

Words = tuple[int, int]

_PLACE_WORDS_MAX: Final = 4
_END: Final = re.compile(r"[,.;!?\n()،؛؟:|•۔।]|\s[-–—]\s")
_TURKISH_ENDINGS: Final = frozenset(
    {"de", "da", "te", "ta", "den", "dan", "ten", "tan", "deyim", "dayim", "deyiz", "dayiz", "teyiz", "tayiz"}
)
_NAME_WORDS_MAX: Final = 3
# A preposition of this length says that something lies beside the place named, and is not itself meant.
_BESIDE_LENGTH: Final = {"latin": 4, "arabic": 3, "bengali": 3}
_DAYS: Final = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
_URGENCIES: Final = {"urgency.whenever": 0, "urgency.now": 3, "urgency.soon": 2, "urgency.week": 1}


def find_places(prepared: Prepared, taken: Iterable[Span]) -> list[tuple[Words, bool]]:
    """Return the words of each place, and whether they only say what it lies beside ("behind the bakery")."""
    spans = list(taken)
    found: list[tuple[Words, bool]] = []
    for match in prepared.marked("place.before"):
        last = _place_end(prepared, match.last, spans)
        if last > match.last:
            found.append(((match.last, last), _is_beside(prepared, match.first, match.last)))
    for match in prepared.marked("place.after"):
        first = match.first
        while first > 0 and match.first - first < 2 and _may_name(prepared, first - 1, spans, match.first):
            first -= 1
        if first < match.first:
            found.append(((first, match.last), _is_beside(prepared, match.first, match.last)))
    for at in range(1, len(prepared.tokens)):
        ended = prepared.tokens[at].key in _TURKISH_ENDINGS and prepared.text[prepared.tokens[at].start - 1] in "'’"
        if ended and prepared.tokens[at - 1].text[:1].isupper():
            found.append(((at - 1, at), False))
    return _apart(found)


def _apart(found: list[tuple[Words, bool]]) -> list[tuple[Words, bool]]:
    kept: list[tuple[Words, bool]] = []
    for words, beside in sorted(found, key=lambda one: (one[0][0] - one[0][1], one[0][0])):
        if not any(words[0] < other[1] and other[0] < words[1] for other, _beside in kept):
            kept.append((words, beside))
    return sorted(kept)


def _is_beside(prepared: Prepared, first: int, last: int) -> bool:
    token = prepared.tokens[first]
    length = sum(len(one.key) for one in prepared.tokens[first:last])
    return length >= _BESIDE_LENGTH.get(token.script, 4)


def _place_end(prepared: Prepared, first: int, taken: Sequence[Span]) -> int:
    at = first
    while at < len(prepared.tokens) and at - first < _PLACE_WORDS_MAX:
        start = prepared.tokens[at].start
        before = prepared.tokens[at - 1].end
        if _END.search(prepared.text, before, start) or not _may_name(prepared, at, taken, None):
            break
        at += 1
    return at


def _may_name(prepared: Prepared, at: int, taken: Sequence[Span], before: int | None) -> bool:
    token = prepared.tokens[at]
    if any(start < token.end and token.start < end for start, end in taken):
        return False
    if token.script == "digits" and before is not None:
        return False
    if before is not None and _END.search(prepared.text, token.end, prepared.tokens[before].start):
        return False
    stops = (
        "place.stop",
        "direction.request",
        "direction.offer",
        "time.today",
        "time.tomorrow",
        "direction.offer_weak",
    )
    return prepared.at(at, *stops) is None


def find_area(prepared: Prepared, areas: Sequence[tuple[str, str]]) -> Found[str] | None:
    """Return the first of the circle's areas that the message names."""
    keys = [token.key for token in prepared.tokens]
    best: tuple[int, Found[str]] | None = None
    for identity, name in areas:
        wanted = search_key(name).split()
        for at in range(len(keys) - len(wanted) + 1 if wanted else 0):
            if all(_same(prepared, at + step, one) for step, one in enumerate(wanted)):
                found = Found(identity, (prepared.span(at, at + len(wanted)),))
                if best is None or at < best[0]:
                    best = (at, found)
                break
    return best[1] if best else None


def _same(prepared: Prepared, at: int, key: str) -> bool:
    word = prepared.words[at]
    return word.token.key == key or any(key in forms for forms in word.forms.values())


def find_when(prepared: Prepared, today: date, taken: Iterable[Span]) -> Found[When] | None:
    """Return the first day the message names, and the hour if it stands with it."""
    days: list[tuple[int, Words, date]] = []
    for name, offset in (("today", 0), ("tomorrow", 1), ("after_tomorrow", 2)):
        days += [
            (one.first, (one.first, one.last), today + timedelta(days=offset))
            for one in prepared.marked(f"time.{name}")
        ]
    for number, name in enumerate(_DAYS):
        ahead = (number - today.weekday()) % 7
        days += [
            (one.first, (one.first, one.last), today + timedelta(days=ahead)) for one in prepared.marked(f"time.{name}")
        ]
    days += [(first, (first, last), day) for first, last, day in _dates(prepared, today, list(taken))]
    # "After tomorrow" also holds "tomorrow": the longer one counts.
    days.sort(key=lambda one: (one[0], one[1][0] - one[1][1]))
    for _first, words, day in days:
        if any(other[1][0] <= words[0] and words[1] < other[1][1] for other in days):
            continue
        minute, hour_span = _hour(prepared, words)
        spans = [prepared.span(*words), *([hour_span] if hour_span else [])]
        return Found(When(day, minute), tuple(spans))
    return None


_DATE: Final = re.compile(r"(?<![\d/.-])(\d{1,2})([/.-])(\d{1,2})(?:\2(\d{4}|\d{2}))?(?![\d/.-]*\d)")


def _dates(prepared: Prepared, today: date, taken: Sequence[Span]) -> list[tuple[int, int, date]]:
    found = []
    plain = to_latin(prepared.text)
    for match in _DATE.finditer(plain):
        if match[2] in ".-" and match[4] is None:
            continue
        if any(start < match.end() and match.start() < end for start, end in taken):
            continue
        day, month = int(match[1]), int(match[3])
        year = int(match[4]) if match[4] else today.year
        try:
            said = date(year + 2000 if year < 100 else year, month, day)
        except ValueError:
            continue
        at = [number for number, token in enumerate(prepared.tokens) if match.start() <= token.start < match.end()]
        if at and abs((said - today).days) <= 366:
            found.append((at[0], at[-1] + 1, said))
    return found


def _hour(prepared: Prepared, day: Words) -> tuple[int | None, Span | None]:
    for at, token in enumerate(prepared.tokens):
        if token.script != "digits" or abs(at - day[0]) > 5 or int(token.key[:6]) > 24:
            continue
        said = prepared.ends_at(at, "time.clock")
        after = prepared.at(at + 1, "time.hour_after")
        last = at + 1
        minutes = 0
        if last < len(prepared.tokens) and prepared.text[token.end : prepared.tokens[last].start] in (":", ".", "h"):
            if prepared.tokens[last].script == "digits" and len(prepared.tokens[last].key) == 2:
                minutes = min(int(prepared.tokens[last].key), 59)
                last += 1
                after = after or prepared.at(last, "time.hour_after")
        elif said is None and after is None:
            continue
        if said is None and after is None and last == at + 1:
            continue
        if after is None and last == at + 1 and _counts(prepared, last):
            continue
        hour = int(token.key[:6])
        window = range(at, min(at + 4, len(prepared.tokens)))
        if hour < 12 and any(prepared.at(one, "time.pm") for one in window):
            hour += 12
        return min(hour * 60 + minutes, 24 * 60 - 1), prepared.span(at, last)
    return None, None


def _counts(prepared: Prepared, at: int) -> bool:
    """Whether what follows a figure is counted by it: "besoin de 2 colis" names no hour."""
    if at >= len(prepared.tokens):
        return False
    if prepared.at(at, "counting.container", "counting.people", "counting.adjective") is not None:
        return True
    return any(match.first == at and (match.value.code or match.value.group) for match in prepared.senses)


def find_urgency(prepared: Prepared, when: Found[When] | None, today: date) -> Found[int] | None:
    """Return how long it can wait, as the message says or as the day it names tells."""
    calm = prepared.marked("urgency.whenever")
    if calm:
        return Found(0, tuple(prepared.span(one.first, one.last) for one in calm[:1]))
    for marker in ("urgency.now", "urgency.soon", "urgency.week"):
        found = [one for one in prepared.marked(*_URGENCIES) if one.value == marker and one.exact]
        if found:
            return Found(_URGENCIES[marker], tuple(prepared.span(one.first, one.last) for one in found[:2]))
    if when is None:
        return None
    days = (when.value.day - today).days
    return Found(3 if days <= 0 else 2 if days <= 2 else 1, when.spans)


def find_name(prepared: Prepared, taken: Iterable[Span], sender: str) -> Found[str] | None:
    """Return who is meant to be reached, where the message says so; else who sent it, where the paste shows that."""
    spans = list(taken)
    for match in prepared.marked("name.before"):
        first = match.last
        if first >= len(prepared.tokens) or not _is_name(prepared, first, spans):
            continue
        last = first
        while last < len(prepared.tokens) and last - first < _NAME_WORDS_MAX and _goes_on(prepared, first, last, spans):
            last += 1
        if last > first:
            start, end = prepared.span(first, last)
            return Found(prepared.text[start:end], ((start, end),))
    return Found(sender, ()) if sender else None


def _is_name(prepared: Prepared, at: int, taken: Sequence[Span]) -> bool:
    token = prepared.tokens[at]
    if token.script == "digits" or any(start < token.end and token.start < end for start, end in taken):
        return False
    if prepared.at(at, "name.titles") is not None:
        return True
    if token.script == "latin" and not token.text[0].isupper():
        return False
    known = prepared.at(
        at, "common.words", "direction.request", "direction.offer", "counting.container", "place.stop", "urgency.now"
    )
    means = any(match.first == at and match.value.code for match in prepared.senses)
    return known is None and not means


def _goes_on(prepared: Prepared, first: int, at: int, taken: Sequence[Span]) -> bool:
    if at == first:
        return True
    if _END.search(prepared.text, prepared.tokens[at - 1].end, prepared.tokens[at].start):
        return False
    if prepared.tokens[at].script == "latin" and not prepared.tokens[at].text[0].isupper():
        return False
    return _is_name(prepared, at, taken)
