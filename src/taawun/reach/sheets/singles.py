"""One cell as a value, by what is written in it alone: amounts, urgencies, days of the week, hours, degrees.

Each reader raises ``Unread`` (or ``WordsError``) with the code of the sentence that says what would be right.
"""

import datetime as dt
import re
from collections.abc import Callable, Mapping
from decimal import Decimal
from typing import Any, Final

from taawun.ground.words.clean import clean_line, clean_text, search_key
from taawun.ground.words.digits import parse_decimal, to_latin
from taawun.ground.words.errors import WordsError
from taawun.ground.words.units import UNITS
from taawun.reach.sheets import cells as strict
from taawun.reach.sheets import lexicon
from taawun.reach.sheets.plan import Mapped

LINE_MAX: Final = 400
TEXT_MAX: Final = 5_000

_URGENCY: Final = {"now": 3, "soon": 2, "week": 1, "whenever": 0}
_DAYS: Final = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
_DAYTIME: Final = {"morning": (8 * 60, 12 * 60), "afternoon": (12 * 60, 17 * 60), "evening": (17 * 60, 21 * 60)}
_SEVERAL: Final = re.compile(r"\s*[,،;؛\n|+]\s*|\s+/\s+|\s+(?:and|et|ve|dan|و|ও|اور|na|&)\s+")
_LEADING: Final = re.compile(r"^\s*[~≈x×±]?\s*")
_FIGURE: Final = re.compile(r"[+-]?\d(?:[\d.,٬٫' \u00a0\u202f]*\d)?")
_RANGE: Final = re.compile(r"\d\s*[-–—]\s*\d|\d\s+(?:to|à|ila|sampai|hadi|الى|إلى)\s+\d")
_DMS: Final = re.compile(
    r"(\d{1,3})\s*°\s*(?:(\d{1,2})\s*['′’]\s*)?(?:(\d{1,2}(?:\.\d+)?)\s*(?:\"|″|''|”)\s*)?([NSEWnsew])?"
)
_DECIMAL: Final = re.compile(r"[+-]?\d{1,3}(?:[.,]\d{1,20})?")
_CLOCK: Final = re.compile(
    r"(\d{1,2})(?:\s*[:.hH]\s*(\d{1,2})?)?(?::\d{2})?\s*([ap]\.?\s?m\.?|ص|م|صباحا|مساء)?", re.IGNORECASE
)
_BETWEEN: Final = re.compile(r"\s*(?:[-–—]|\bto\b|\bà\b|\buntil\b|\btill\b|\bsampai\b|\bhadi\b|إلى|الى|حتى|تا)\s*")
EMAIL: Final = re.compile(r"[^\s@<>,;:()\[\]]{1,64}@[^\s@<>,;:()\[\]]{1,190}\.[^\W\d_]{2,24}")


class Unread(Exception):
    """A cell that cannot be read: the code of a sentence and its facts."""

    def __init__(self, code: str, *, grave: bool = True, value: Any = None, **facts: object) -> None:
        super().__init__(code)
        self.code = code
        self.grave = grave
        self.value = value
        self.facts = facts


def quick_day(text: str) -> dt.date | dt.datetime | None:
    """Read the form that programs write, which is most of what comes, without taking it apart."""
    if text[4:5] != "-" or not text.isascii() or not "1990" <= text[:4] < "2100":
        return None
    try:
        return dt.date.fromisoformat(text) if len(text) == 10 else dt.datetime.fromisoformat(text)
    except ValueError:
        return None


def line(text: str, one: Mapped) -> str | None:
    return clean_line(text, LINE_MAX) or None


def text(text: str, one: Mapped) -> str | None:
    return clean_text(text, TEXT_MAX, 200) or None


def unit(text: str, one: Mapped) -> str:
    return unit_code(text) or clean_line(text, 60)


def unit_code(text: str) -> str:
    if not text.strip():
        return ""
    return _units().get(search_key(text), "")


def _units() -> Mapping[str, str]:
    if not _UNIT_WORDS:
        for unit in UNITS:
            for word in (unit.code, *unit.words):
                _UNIT_WORDS.setdefault(search_key(word), unit.code)
            for word in unit.part.words if unit.part else ():
                # A smaller measure keeps its own word: whoever counts turns it into the unit.
                _UNIT_WORDS.setdefault(search_key(word), word)
    return _UNIT_WORDS


_UNIT_WORDS: Final[dict[str, str]] = {}


def amount(text: str, language: str) -> tuple[Decimal, str]:
    """Return the number of a text such as "3", "about 5 boxes" or "two", and the word after it."""
    plain = to_latin(text)
    numbers = _FIGURE.findall(plain)
    if _RANGE.search(plain):
        raise Unread("cell.range")
    if not numbers:
        words = lexicon.words_of(text)
        for length in (3, 2, 1):
            found = lexicon.values("number").meanings.get(" ".join(words[:length]))
            if found and len(words) >= length:
                return Decimal(found), " ".join(text.split()[length:])[:60]
        raise WordsError("number.not_a_number", text=text[:40])
    if len(numbers) > 1:
        raise Unread("cell.numbers")
    place = plain.find(numbers[0])
    before, after = _LEADING.sub("", plain[:place]), plain[place + len(numbers[0]) :]
    if before.strip("+~≈x× ") and any(sign.isalpha() for sign in before):
        after = after or before
    return parse_decimal(numbers[0]), after.strip(" x×.+*()-").strip()[:60]


def urgency(text: str, one: Mapped) -> int | None:
    plain = to_latin(text).strip()
    if plain in ("0", "1", "2", "3"):
        return int(plain)
    words = lexicon.values("urgency")
    found = words.exact(text)
    yes = lexicon.values("yes_no").exact(text)
    if found is None and yes is not None:
        return 3 if yes == "yes" else 1
    found = found or words.within(text)
    if found is None:
        raise Unread("cell.no_urgency", grave=False)
    return _URGENCY[found]


def status(text: str, one: Mapped) -> str | None:
    words = lexicon.values("status")
    found = words.exact(text)
    if found is None and (yes := lexicon.values("yes_no").exact(text)) is not None:
        # "Still needed?" and "done?" ask the opposite of each other.
        asks_open = lexicon.values("status").within(one.header) == "open"
        return "open" if (yes == "yes") == asks_open else "done"
    found = found or words.within(text)
    if found is None:
        raise Unread("cell.no_status", grave=False)
    return found


def visibility(text: str, one: Mapped) -> str | None:
    found = lexicon.values("visibility").exact(text) or lexicon.values("visibility").within(text)
    if found is None:
        raise Unread("cell.no_visibility", grave=False, value="coordinators")
    return found


def weekdays(text: str, one: Mapped) -> tuple[int, ...] | None:
    words = lexicon.values("weekdays")
    whole = words.exact(text)
    if whole in ("all", "work", "rest"):
        return {"all": tuple(range(7)), "work": tuple(range(5)), "rest": (5, 6)}[whole]
    found: set[int] = set()
    last, joins = -1, False
    for token in re.findall(r"[^\s,،;؛/+&–—-]+|[–—-]", text):
        if token in "–—-":
            joins = last >= 0
            continue
        meaning = words.exact(token)
        if meaning in _DAYS:
            day = _DAYS.index(meaning)
            if joins:
                found.update((last + step) % 7 for step in range((day - last) % 7 + 1))
            found.add(day)
            last = day
        elif search_key(token) in ("to", "a", "au", "الي", "till", "sampai", "hadi", "تا") and last >= 0:
            joins = True
            continue
        joins = False
    if not found:
        within = words.within(text)
        if within in ("all", "work", "rest"):
            return {"all": tuple(range(7)), "work": tuple(range(5)), "rest": (5, 6)}[within]
        raise Unread("cell.no_weekday", grave=False)
    return tuple(sorted(found))


def languages(text: str, one: Mapped) -> tuple[str, ...] | None:
    return strict.languages(re.sub(r"[&+]|\s(?:et|ve|dan|na|اور|ও)\s", ",", text)) or None


def household(text: str, one: Mapped) -> int | None:
    plain = to_latin(text)
    numbers = [int(one) for one in re.findall(r"\d{1,4}", plain)]
    if not numbers:
        found = lexicon.values("number").exact(text)
        if found is None:
            raise Unread("cell.no_people", grave=False)
        numbers = [int(found)]
    if re.fullmatch(r"\d+\.0+", plain):
        numbers = numbers[:1]
    if _RANGE.search(plain):
        raise Unread("cell.range", grave=False)
    # "2 adults, 3 children" are five.
    total = sum(numbers)
    if not 0 < total <= 1_000:
        raise Unread("cell.no_people", grave=False)
    return total


def emails(text: str, one: Mapped) -> tuple[str, ...] | None:
    found = tuple(dict.fromkeys(match[0].strip(".") for match in EMAIL.finditer(text.replace("mailto:", " "))))
    if not found:
        raise Unread("cell.no_email", grave=False)
    return found


def kind_parts(text: str) -> list[str]:
    parts = [part.strip() for part in _SEVERAL.split(text[:2_000]) if part and part.strip()]
    if len(parts) == 1 and "/" in text:
        parts = [part.strip() for part in text.split("/") if part.strip()]
    if len(parts) == 1 and "_" in text and " " in text:
        # Codes of a form, parted by blanks.
        parts = text.split()
    return parts[:20]


def within(text: str, kind_of: Callable[[str], str | None]) -> str | None:
    """Return the kind that the longest run of words in a text names."""
    words = [word for word in re.split(r"[\s_.()\[\]:!?\"'’-]+", text) if word and not word.isdecimal()][:12]
    for length in range(min(3, len(words)), 0, -1):
        for start in range(len(words) - length + 1):
            if length == 1 and len(words[start]) < 3:
                continue
            found = kind_of(" ".join(words[start : start + length]))
            if found:
                return found
    return None


def hours(text: str) -> tuple[int | None, int | None] | None:
    """Return the minutes of "9:00", "9am-5pm", "17h30" or "morning"; the second is the end, where one is said."""
    plain = to_latin(text).strip().casefold()
    parts = [part for part in _BETWEEN.split(plain) if part]
    if 1 <= len(parts) <= 2:
        found = [_CLOCK.fullmatch(part.strip()) for part in parts]
        if all(found):
            halves = [one[3] for one in found if one]
            read = [_minutes(one, halves[-1]) for one in found if one]
            if all(one is not None for one in read):
                return read[0], read[1] if len(read) > 1 else None
    named = lexicon.values("daytime").within(text)
    return _DAYTIME[named] if named else None


def _minutes(found: re.Match[str], half: str | None) -> int | None:
    hour, minute = int(found[1]), int(found[2] or 0)
    half = (found[3] or half or "").replace(".", "").replace(" ", "")
    if half in ("pm", "م", "مساء") and hour < 12 and (found[3] or hour < 8):
        hour += 12
    elif half in ("am", "ص", "صباحا") and hour == 12:
        hour = 0
    if hour > 24 or minute > 59 or hour * 60 + minute > 24 * 60:
        return None
    return hour * 60 + minute


def degree_pieces(plain: str) -> list[str]:
    if "°" in plain:
        return [
            match[0].strip()
            for match in re.finditer(r"[^,;NSEWnsew]+[NSEWnsew]?", plain)
            if any(sign.isdecimal() for sign in match[0])
        ]
    if plain.count(",") == 1 and "." not in plain and " " not in plain:
        return [plain]
    if "." in plain:
        return [piece for piece in re.split(r"[,;\s]+", plain) if piece]
    return [piece for piece in re.split(r"[;\s]+", plain) if piece]


def one_degree(piece: str) -> float | None:
    """Return decimal degrees of 15.619, 15,619 or 15°37'12"N."""
    piece = piece.strip()
    if "°" in piece:
        found = _DMS.fullmatch(piece)
        if not found:
            number = piece.replace("°", " ").split()
            return float(number[0]) if number and _DECIMAL.fullmatch(number[0].replace(",", ".")) else None
        value = int(found[1]) + int(found[2] or 0) / 60 + float(found[3] or 0) / 3600
        return -value if (found[4] or "").upper() in ("S", "W") else value
    side = piece[-1:].upper()
    if side in "NSEW" and side:
        piece = piece[:-1].strip()
    plain = piece.replace(",", ".")
    if not _DECIMAL.fullmatch(plain):
        return None
    return -float(plain) if side in ("S", "W") and side else float(plain)
