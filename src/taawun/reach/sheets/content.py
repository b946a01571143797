"""What the cells of a column look like: how many of them can be a phone number, a day, a kind, a name …"""

import datetime as dt
import itertools
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Final

from taawun.ground.words.clean import search_key
from taawun.ground.words.digits import to_latin
from taawun.ground.words.units import UNITS
from taawun.reach.sheets import dates, lexicon
from taawun.reach.sheets.workbooks import Cell

_EMAIL: Final = re.compile(r"[^\s@<>,;]{1,64}@[^\s@<>,;]{1,190}\.[^\W\d_]{2,24}")
_PHONE: Final = re.compile(r"(?<![^\W_])[(+]{0,2}\d[\d\s().\-\u2010-\u2015/]{5,22}\d")
_PHONE_MASKED: Final = re.compile(r"\+?\d[\d\s().\-]*[xX*•]{2,}[\dxX*•\s().\-]*")
_URL: Final = re.compile(r"(?:https?://|www\.)\S+", re.IGNORECASE)
_UUID: Final = re.compile(
    r"(?:uuid:)?[0-9a-f]{8}-?[0-9a-f]{4}-?[0-9a-f]{4}-?[0-9a-f]{4}-?[0-9a-f]{12}|rec[A-Za-z0-9]{14}", re.IGNORECASE
)
_CODE: Final = re.compile(r"[A-Za-z\u0600-\u06ff]{0,6}[-_/#]?\d{1,10}[A-Za-z]?")
_PLUS: Final = re.compile(r"[2-9CFGHJMPQRVWX]{4,8}\+[2-9CFGHJMPQRVWX]{2,4}(?:[ ,].*)?", re.IGNORECASE)
_PAIR: Final = re.compile(
    r"[(\[]?\s*-?\d{1,3}[.,]\d+\s*°?\s*[NSns]?\s*[,;\s]\s*-?\d{1,3}[.,]\d+\s*°?\s*[EWew]?(?:\s+-?[\d.]+){0,2}\s*[)\]]?"
)
_TIME: Final = re.compile(
    r"\d{1,2}(?:[:.hH]\d{0,2})?\s*(?:[ap]\.?m\.?|h|ص|م)?(?:\s*[-–—]\s*\d{1,2}(?:[:.hH]\d{0,2})?\s*(?:[ap]\.?m\.?|h|ص|م)?)?",
    re.IGNORECASE,
)
_DOTTED_HOUR: Final = re.compile(r"(?:[01]?\d|2[0-4])\.[0-5]\d")
_NUMBER: Final = re.compile(r"[+-]?\d{1,12}(?:[.,]\d{1,6})?")
_QUANTITY: Final = re.compile(r"[~x×]?\s*\d{1,7}(?:[.,]\d{1,3})?\s*[x×]?\s*[^\d]{0,30}")


_NOTHING_LENGTH_MAX: Final = 30
_SIGNS: Final = str.maketrans(dict.fromkeys('!"#$%&()*+,-./:;<=>?@[\\]^_`{|}~', " ") | {"'": None})


@dataclass
class Look:
    """Shares from 0 to 1 of the filled cells, by what they can be, and a few measures of the texts."""

    filled: int = 0
    shares: dict[str, float] = field(default_factory=dict)
    length: float = 0.0
    """Mean length of the texts."""
    distinct: float = 0.0
    rising: bool = False
    low: float = 0.0
    high: float = 0.0

    def __getitem__(self, name: str) -> float:
        return self.shares.get(name, 0.0)


def shown(cell: Cell) -> str:
    """Return a cell as text, as a person would write it."""
    if cell is None:
        return ""
    if isinstance(cell, bool):
        return "yes" if cell else "no"
    if isinstance(cell, dt.datetime):
        return cell.isoformat(" ")
    if isinstance(cell, float):
        return repr(cell)
    return str(cell).strip()


def nothing_said(text: str) -> str:
    """Return ``words`` for "n/a", "-", "none", «لا يوجد»; ``same`` for "as above"; else nothing."""
    if len(text) > _NOTHING_LENGTH_MAX:
        return ""
    if text.isascii():
        # Most cells are names and numbers: they need not be taken apart to see that they say something.
        plain = " ".join(text.casefold().translate(_SIGNS).split())
        return lexicon.values("nothing").meanings.get(plain, "") if plain else "words"
    key = " ".join(lexicon.words_of(text))
    return lexicon.values("nothing").meanings.get(key, "") if key else "words"


def is_nothing(text: str) -> bool:
    """Return whether a cell says that there is nothing."""
    return nothing_said(text) == "words"


def look(cells: Sequence[Cell], kind_of: Callable[[str], str | None], areas: frozenset[str]) -> Look:
    """Return what a sample of a column looks like. Cells that say "nothing" do not count."""
    filled = [cell for cell in cells if not isinstance(cell, str) or not is_nothing(cell)]
    filled = [cell for cell in filled if cell is not None]
    if not filled:
        return Look()
    counts: dict[str, float] = {}
    for cell in filled:
        for name in _kinds_of_cell(cell, kind_of, areas):
            counts[name] = counts.get(name, 0) + 1
    texts = [shown(cell) for cell in filled]
    numbers = [number for text in texts if (number := number_of(text)) is not None]
    return Look(
        len(filled),
        {name: count / len(filled) for name, count in counts.items()},
        sum(map(len, texts)) / len(texts),
        len(set(texts)) / len(texts),
        len(numbers) == len(texts) > 2 and all(a < b for a, b in itertools.pairwise(numbers)),
        min(numbers, default=0.0),
        max(numbers, default=0.0),
    )


def number_of(text: str) -> float | None:
    plain = to_latin(text).replace(",", ".").replace("٫", ".")
    return float(plain) if _NUMBER.fullmatch(plain) else None


def _kinds_of_cell(cell: Cell, kind_of: Callable[[str], str | None], areas: frozenset[str]) -> set[str]:
    if isinstance(cell, bool):
        return {"yes_no"}
    if isinstance(cell, dt.datetime):
        return {"date", "moment"}
    if isinstance(cell, dt.date):
        return {"date"}
    if isinstance(cell, (dt.time, dt.timedelta)):
        return {"time"}
    if isinstance(cell, (int, float)):
        return _of_number(cell)
    return _of_text(str(cell).strip(), kind_of, areas)


def _of_number(cell: float) -> set[str]:
    found = {"number", "quantity"}
    if cell == int(cell):
        found.add("integer")
        if 0 <= cell <= 60:
            found.add("small")
        if 0 <= cell <= 4:
            found.add("scale")
        if cell in (0, 1):
            found.add("flag")
        if 10**6 <= cell < 10**15:
            found.add("phone_digits")
    else:
        found.add("decimal")
        if 0 < cell < 1:
            found.add("fraction")
    if dates.from_serial(float(cell)):
        found.add("serial")
    if -90 <= cell <= 90:
        found.add("latitude")
    if -180 <= cell <= 180:
        found.add("longitude")
    return found


def _of_text(text: str, kind_of: Callable[[str], str | None], areas: frozenset[str]) -> set[str]:
    plain = to_latin(text)
    found: set[str] = set()
    number = number_of(plain.strip("°").strip())
    if number is not None:
        found |= _of_number(int(number) if number.is_integer() and "." not in plain and "," not in plain else number)
        if _DOTTED_HOUR.fullmatch(plain):
            found.add("dotted_hour")
        if plain.startswith(("0", "+")) and len(plain) >= 8 and plain.lstrip("+").isdecimal():
            found.add("phone")
    elif any(one.isdecimal() for one in plain):
        found |= {"digits"} | _with_digits(plain)
    if len(text) <= 60:
        found |= _of_words(text, kind_of, areas)
    if not any(one.isdecimal() for one in plain):
        found |= _of_letters(text)
    elif _is_address(plain):
        found.add("address")
    return found | ({"email"} if _EMAIL.search(plain) else set()) | ({"url"} if _URL.match(plain) else set())


def _with_digits(plain: str) -> set[str]:
    found: set[str] = set()
    parts = [part for part in re.split(r"[/;,|\n]| or | و | ou ", plain) if part.strip()]
    phones = [part for part in parts if _PHONE.search(part) and sum(one.isdecimal() for one in part) >= 7]
    taken = dates.take_apart(plain)
    if taken is not None:
        found |= {"date", "moment"} if taken.clock else {"date"}
    if taken is None and phones and sum(one.isalpha() for one in plain) < 20:
        found.add("phone")
    if _PHONE_MASKED.fullmatch(plain):
        found.add("phone")
    for name, pattern in (
        ("plus", _PLUS),
        ("pair", _PAIR),
        ("time", _TIME),
        ("uuid", _UUID),
        ("code", _CODE),
        ("quantity", _QUANTITY),
    ):
        if pattern.fullmatch(plain):
            found.add(name)
    if "time" in found and not re.search(r"[:hHapص]|\d\s*[-–]\s*\d", plain):
        found.discard("time")
    return found


def _of_words(text: str, kind_of: Callable[[str], str | None], areas: frozenset[str]) -> set[str]:
    found = {
        name
        for name in ("direction", "urgency", "yes_no", "status", "visibility", "number")
        if lexicon.values(name).exact(text)
    }
    found |= {name for name in ("direction", "urgency") if name not in found and lexicon.values(name).within(text)}
    days = [part for part in re.split(r"[,،;/+&\s–-]+", text) if part]
    weekdays = lexicon.values("weekdays")
    if days and (sum(1 for one in days if weekdays.exact(one)) * 2 >= len(days) or weekdays.exact(text)):
        found.add("weekdays")
    if lexicon.values("daytime").within(text):
        found.add("daytime")
    if _is_language(text):
        found.add("language")
    key = search_key(text)
    if key in _unit_keys():
        found.add("unit")
    if key in areas:
        found.add("area")
    parts = [part.strip() for part in re.split(r"[,،;/|\n]", text) if part.strip()]
    if any(kind_of(part) for part in parts[:4]):
        found.add("kind")
    return found


def _unit_keys() -> frozenset[str]:
    global _units
    if _units is None:
        _units = frozenset(search_key(word) for unit in UNITS for word in (unit.code, *unit.words))
    return _units


_units: frozenset[str] | None = None


def _is_language(text: str) -> bool:
    from taawun.reach.sheets.cells import _LANGUAGE_OF

    parts = [part.strip() for part in re.split(r"[,،;/|&+]|\band\b", text) if part.strip()]
    known = sum(1 for part in parts if search_key(part) in _LANGUAGE_OF and len(part) > 1)
    return bool(parts) and known * 2 >= len(parts)


def _of_letters(text: str) -> set[str]:
    words = text.replace(".", " ").split()
    found: set[str] = set()
    keys = lexicon.words_of(text)
    named = lexicon.values("person").meanings
    if 1 <= len(words) <= 5 and len(text) <= 50:
        if any(key in named for key in keys):
            found.add("person")
        cased = [word for word in words if word[0].isupper() or word[0].lower() == word[0].upper()]
        if len(words) >= 2 and len(cased) == len(words):
            found.add("name_shape")
    if _is_address(text):
        found.add("address")
    if len(text) > 60 or len(words) > 8:
        found.add("prose")
    return found


def _is_address(text: str) -> bool:
    keys = lexicon.words_of(text)
    marks = lexicon.values("address").meanings
    hits = sum(1 for key in keys if key in marks)
    return hits >= 2 or (hits == 1 and (any(one.isdecimal() for one in text) or len(keys) >= 3))
