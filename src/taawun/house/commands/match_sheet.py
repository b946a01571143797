"""What a row of the two sheets of `./taawun match` means: what is asked for or offered, how much, where and when."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from functools import lru_cache
from typing import Any, Final

from django.utils.translation import gettext as _
from django.utils.translation import override

from taawun.community.circles import catalogue
from taawun.ground.values.place import parse_plus_code
from taawun.ground.values.refusal import Refusal
from taawun.ground.words.clean import search_key
from taawun.ground.words.errors import WordsError
from taawun.ground.words.units import AMOUNT_UNITS_MAX, BY_CODE, UNITS
from taawun.reach.sheets import kinding
from taawun.reach.sheets.plan import Plan, Problem, Record

URGENCY_UNSTATED: Final = 1
SPLIT_NAMES: Final = frozenset(
    map(search_key, ("can split", "splittable", "split", "يقبل التقسيم", "قابل للتقسيم", "تقسيم"))
)
_YES_NO: Final = {
    search_key(word): meaning
    for meaning, words in ((True, "yes y true 1 نعم أجل ممكن oui evet ya ہاں بله ndiyo হ্যাঁ"), (False, "no n false 0 لا كلا non hayır tidak نہیں خیر hapana না"))
    for word in words.split()
}  # fmt: skip

_EARLIEST: Final = dt.datetime(2000, 1, 1)
_DAY_MINUTES: Final = 24 * 60


@dataclass(frozen=True, slots=True)
class Entry:
    """One row of either sheet. Amounts are in ``parts``, the smallest part of the unit; ``scale`` of them make one of the unit
    the row is written in. Minutes count from the year 2000, in local time; None where a side of the window is open."""

    line: int
    id: str
    kind: str
    kind_shown: str
    in_catalogue: bool
    unit: str
    unit_shown: str
    scale: int
    parts: int
    least_parts: int
    area: str
    latitude: float | None
    longitude: float | None
    opens: int | None
    closes: int | None
    languages: tuple[str, ...]
    name: str
    phone: str
    urgency: int = URGENCY_UNSTATED
    can_split: bool = True

    @property
    def row(self) -> tuple[int, str]:
        """What tells this entry from the others of its sheet: a row may ask for several kinds."""
        return self.line, self.kind

    @property
    def market(self) -> tuple[str, str]:
        """Only equal markets meet: the same kind, counted in the same unit."""
        return self.kind, self.unit


class Maker:
    """Makes entries of the rows of one sheet. Rows without an id of their own are called by their line."""

    def __init__(self, plan: Plan, *, asking: bool) -> None:
        self.notes: list[str] = []
        self._asking = asking
        self._targets = plan.targets
        self._titles = {target: plan.columns[places[0]].shown for target, places in plan.targets.items()}
        self._lines: dict[str, int] = {}

    def entries(self, record: Record, splits: object) -> tuple[list[Entry], list[Problem]]:
        """Return the entries of a row, one for each kind it names, and what is wrong with it."""
        problems = [one for one in record.problems if one.code not in ("cell.no_kind", "cell.missing_kind")]
        kinds = _kinds_of(record.texts.get("kind", ""))
        if not kinds:
            problems.append(self._problem(record, "kind", "cell.missing_kind"))
        can_split, wrong = self._can_split(record, splits)
        problems.extend(wrong)
        if any(one.grave for one in problems):
            return [], problems
        id_ = self._id(record)
        found = []
        for kind in kinds:
            try:
                found.append(self._entry(record, id_, kind, can_split, alone=len(kinds) == 1))
            except WordsError as error:
                problems.append(self._problem(record, "quantity", error.code, dict(error.facts)))
        return found, problems

    def _problem(self, record: Record, target: str, code: str, facts: dict[str, object] | None = None) -> Problem:
        column = self._targets.get(target, [-1])[0]
        title = self._titles.get(target, target)
        return Problem(code, record.line, column, title, target, record.texts.get(target, ""), True, facts or {})

    def _id(self, record: Record) -> str:
        written = record.texts.get("source_id", "") or _("line %(line)s") % {"line": record.line}
        first = self._lines.setdefault(written, record.line)
        if first == record.line:
            return written
        self.notes.append(
            _("“%(id)s” stands on line %(first)s and on line %(line)s. They are taken for two rows.")
            % {"id": written, "first": first, "line": record.line}
        )
        return _("%(id)s (line %(line)s)") % {"id": written, "line": record.line}

    def _can_split(self, record: Record, splits: object) -> tuple[bool | None, list[Problem]]:
        if splits is None or not self._asking or not str(splits).strip():
            return None, []
        found = splits if isinstance(splits, bool) else _YES_NO.get(search_key(str(splits)))
        if found is not None:
            return found, []
        text = str(splits)[:40]
        message = _("“%(text)s” is not one of the words expected here. Please write one of: %(words)s.") % {
            "text": text, "words": "yes, no",
        }  # fmt: skip
        return None, [Problem("cell.unread", record.line, -1, _("can split"), "", text, True, {"reason": message})]

    def _entry(self, record: Record, id_: str, kind: str, can_split: bool | None, *, alone: bool) -> Entry:
        values, texts = record.values, record.texts
        code = _kind_of(kind)
        known = catalogue.find(code) if code else None
        written = texts.get("unit") or str(values.get("unit") or "")
        unit, scale = _unit_of(written, known.unit if known else "")
        quantity = values.get("quantity") if alone else None
        parts = _parts(Decimal(1) if quantity is None else quantity, unit, scale)
        opens, closes = _window(values)
        found = BY_CODE.get(unit)
        point = _point(values)
        return Entry(
            line=record.line,
            id=id_,
            kind=code or search_key(kind) or kind.casefold(),
            kind_shown=kind,
            in_catalogue=known is not None,
            unit=unit,
            unit_shown=written or (str(found.label) if found else ""),
            scale=scale,
            parts=parts,
            least_parts=min(found.parts_per_unit if found else 1, parts),
            area=values.get("area") or "",
            latitude=point[0],
            longitude=point[1],
            opens=opens,
            closes=closes,
            languages=tuple(values.get("language") or ()),
            name=values.get("name") or "",
            phone=", ".join(values.get("phone") or ()),
            urgency=URGENCY_UNSTATED if values.get("urgency") is None else values["urgency"],
            can_split=(known is None or known.splittable) if can_split is None else can_split,
        )


def _kinds_of(text: str) -> list[str]:
    """Return the kinds a cell names: several only where at least two of its parts are kinds that are known."""
    text = " ".join(text.split())
    parts = [part.strip() for part in re.split(r"[,،;؛|+]", text) if part.strip()]
    if len(parts) > 1 and _kind_of(text) is None and sum(1 for part in parts if kinding.kind_of(part)) > 1:
        return list(dict.fromkeys(parts))
    return [text] if text else []


def _point(values: Mapping[str, Any]) -> tuple[float | None, float | None]:
    if values.get("latitude") is None and values.get("plus_code"):
        try:
            point = parse_plus_code(str(values["plus_code"]))
        except (Refusal, ValueError):
            # A short code says where only to somebody who knows the town.
            return None, None
        return point.latitude, point.longitude
    return values.get("latitude"), values.get("longitude")


def _window(values: Mapping[str, Any]) -> tuple[int | None, int | None]:
    """Return the minutes between which a row is good: its two days, or its one, with the hours beside them."""
    day = values.get("date")
    begins, ends = (
        values.get("starts_at") or day,
        values.get("ends_at") or (day if values.get("starts_at") is None else None),
    )
    opens, closes = _minutes(begins, end=False), _minutes(ends, end=True)
    if opens is not None and values.get("from_time") is not None and not isinstance(begins, dt.datetime):
        opens += values["from_time"]
    if closes is not None and values.get("to_time") is not None and not isinstance(ends, dt.datetime):
        closes += values["to_time"] - (_DAY_MINUTES - 1)
    if day is not None and closes is not None and opens is not None and closes < opens:
        closes = None
    return opens, closes


def _minutes(moment: dt.date | dt.datetime | None, *, end: bool) -> int | None:
    if moment is None:
        return None
    if isinstance(moment, dt.datetime):
        moment = moment.replace(tzinfo=None)
        return int((moment - _EARLIEST).total_seconds()) // 60
    days = (moment - _EARLIEST.date()).days
    # A day without an hour lasts until its last minute.
    return days * _DAY_MINUTES + (_DAY_MINUTES - 1 if end else 0)


def moment_of(minutes: int) -> dt.datetime:
    """Return the local time of the minutes of an ``Entry``."""
    return _EARLIEST + dt.timedelta(minutes=minutes)


@lru_cache(maxsize=1)
def _kind_codes() -> dict[str, str]:
    """Codes and names, English and Arabic, as search keys. A name that two kinds share names neither."""
    codes: dict[str, str] = {}
    shared: set[str] = set()
    for kind in catalogue.ALL:
        names = {kind.code}
        for language in ("en", "ar"):
            with override(language):
                names.add(str(kind.name))
        for key in {search_key(name.replace("_", " ").replace(".", " ")) for name in names}:
            if codes.setdefault(key, kind.code) != kind.code:
                shared.add(key)
    return {key: code for key, code in codes.items() if key not in shared}


def _kind_of(text: str) -> str | None:
    return _kind_codes().get(search_key(text.replace("_", " ").replace(".", " ")))


@lru_cache(maxsize=1)
def _unit_words() -> dict[str, list[tuple[str, int]]]:
    """Each word for a unit or its smaller part, with the units it may stand for and how many smallest parts it is."""
    words: dict[str, list[tuple[str, int]]] = {}
    for unit in UNITS:
        named: Iterable[tuple[str, int]] = [(word, unit.parts_per_unit) for word in (unit.code, *unit.words)]
        if unit.part is not None:
            named = [*named, *((word, unit.part.parts) for word in unit.part.words)]
        for word, scale in named:
            meanings = words.setdefault(search_key(word), [])
            if (unit.code, scale) not in meanings:
                meanings.append((unit.code, scale))
    return words


def _unit_of(text: str | None, usual: str) -> tuple[str, int]:
    """Return the unit's code, or the words of an unknown one, and its scale. ``usual`` is the unit of the kind: it settles words
    that stand for several units, and serves where no unit is written."""
    if not text:
        return usual, BY_CODE[usual].parts_per_unit if usual else 1
    meanings = _unit_words().get(search_key(text), [])
    for unit, scale in meanings:
        if unit == usual:
            return unit, scale
    return meanings[0] if meanings else (search_key(text) or text.casefold(), 1)


def _parts(quantity: Decimal, unit: str, scale: int) -> int:
    if quantity > AMOUNT_UNITS_MAX:
        raise WordsError("amount.too_large", limit=AMOUNT_UNITS_MAX)
    parts = Fraction(quantity) * scale
    if parts.denominator != 1:
        known: Any = BY_CODE.get(unit)
        if known is None or known.part is None:
            raise WordsError("number.not_whole", text=str(quantity))
        raise WordsError("amount.too_fine", smallest=str(known.part.counted % {"number": 1, "count": 1}))
    return int(parts)
