"""The two sheets of `./taawun plan`: where help has to go, and who carries it. Read as every sheet is read, row by row.

A row that cannot be planned is not an error of the file: it comes back with a sentence, and the rest is planned.
"""

from __future__ import annotations

import datetime as dt
import re
import tomllib
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cache
from pathlib import Path
from typing import Any, Final, Literal

from django.utils.translation import gettext as _

from taawun.ground.values.place import parse_plus_code
from taawun.ground.values.refusal import Refusal, sentence
from taawun.ground.words.clean import search_key
from taawun.ground.words.digits import to_latin
from taawun.house.commands.match_reading import Sheet, _settled, _shown
from taawun.reach.sheets import content
from taawun.reach.sheets.book import Book, open_book
from taawun.reach.sheets.csvfile import RowError
from taawun.reach.sheets.plan import DateOrder, Mapped, Plan, Record, Skipped
from taawun.reach.sheets.reading import Setting, read_records, suggest
from taawun.reach.sheets.workbooks import Cell

Side = Literal["deliveries", "carriers"]
WORDS: Final = Path(__file__).parent / "words" / "plan_columns.toml"
# What each side takes of the columns that every sheet may have.
READ: Final[Mapping[Side, frozenset[str]]] = {
    "deliveries": frozenset(
        {"source_id", "kind", "quantity", "unit", "area", "latitude", "longitude", "plus_code", "starts_at", "ends_at", "date",
         "from_time", "to_time", "name", "phone", "door", "details", "urgency", "status"}
    ),
    "carriers": frozenset(
        {"source_id", "name", "phone", "area", "latitude", "longitude", "plus_code", "from_time", "to_time", "starts_at",
         "ends_at", "date", "status"}
    ),
}  # fmt: skip
# What is missing or odd in these is of no account for a round.
_QUIET: Final = frozenset({"cell.no_kind", "cell.missing_kind", "phone.kept"})
_BRACKETS: Final = re.compile(r"[(\[（].*?[)\]）]")
_SPLIT: Final = re.compile(r"\s*(?:[,،;؛/+&|\n]|\bet\b|\band\b|\bve\b|\bdan\b)\s*")
_CLOCK: Final = re.compile(r"(\d{1,2})(?:[:.hH٫](\d{2}))?\s*(am|pm|ص|م)?\s*(?:-|–|—|to|until|à|ila|إلى|الى|تا|تک|sampai|s/d|থেকে)\s*(\d{1,2})(?:[:.hH٫](\d{2}))?\s*(am|pm|ص|م)?")  # fmt: skip
DAY_SECONDS: Final = 86_400


class Wrong(Exception):
    """A row that cannot be planned, with the sentence that says why."""


@dataclass(frozen=True, slots=True)
class Row:
    """One row: what every sheet has, as values by target, and the cells of the columns only this command knows."""

    line: int
    values: Mapping[str, Any]
    texts: Mapping[str, str]
    own: Mapping[str, str]


@cache
def words(section: str) -> Mapping[str, frozenset[str]]:
    """Return the phrases of a section by their meaning, in the form in which they are compared."""
    with WORDS.open("rb") as file:
        found = tomllib.load(file)[section]
    return {meaning: frozenset(_key(one) for one in text.split("|")) for meaning, text in found.items()}


def meaning(section: str, text: str) -> str:
    """Return what a text means in a section, or nothing."""
    keys = {_key(text), _key(_BRACKETS.sub(" ", text))}
    return next((code for code, phrases in words(section).items() if phrases & keys), "")


def _key(text: str) -> str:
    return " ".join(search_key(text.replace("_", " ").replace("-", " ")).split())


def read(
    path: Path, name: str, side: Side, *, today: dt.date, dates_order: str = "", sheet: str = "",
    ask: Callable[[str, str], DateOrder] | None = None,
) -> tuple[Sheet, list[Row]]:  # fmt: skip
    """Read one file. What is wrong with the file as a whole stands in ``errors``; what is wrong with a row, in ``skipped``."""
    found = Sheet(name)
    rows: list[Row] = []
    try:
        book = open_book(path, name)
        plan, own = _columns(suggest(book, Setting(today), sheet=_chosen(book, sheet, side)), side)
        _tell(found, book, plan, own)
        if not found.columns.keys() & {"name", "source_id", "latitude", "plus_code", "door", "area", "phone"}:
            raise Refusal("sheet.no_columns", "file")
        plan = _settled(book, plan, found, dates_order, ask)
        if not found.errors:
            rows = list(_rows(book, plan, own, found, today))
            if not rows and not found.skipped:
                found.errors.append(
                    RowError(name, 0, "", _("There is no row to plan with. Please fill in at least one."))
                )
    except Refusal as refusal:
        line = refusal.facts.get("line", 0)
        found.errors.append(RowError(name, int(str(line)) if str(line).isdecimal() else 0, "", sentence(refusal)))
    return found, rows


def _chosen(book: Book, sheet: str, side: Side) -> int | None:
    if not sheet:
        wanted = {"deliveries": ("deliver", "stop", "توصيل", "livraison", "teslim", "antar"), "carriers": ("carrier", "driver", "ناقل", "سائق", "livreur", "chauffeur", "sürücü", "sopir")}  # fmt: skip
        named = [
            one.index
            for one in book.visible
            if one.rows and len(book.visible) > 1 and any(word in one.name.casefold() for word in wanted[side])
        ]
        return named[0] if len(named) == 1 else None
    for one in book.sheets:
        if search_key(one.name) == search_key(sheet) or str(one.index + 1) == sheet:
            return one.index
    raise Refusal("sheet.no_such_sheet", "sheet", count=len(book.sheets))


def _columns(plan: Plan, side: Side) -> tuple[Plan, dict[str, int]]:
    """Give the columns that only this command knows their meaning, before the general reading of their names."""
    own: dict[str, int] = {}
    changed = []
    for one in plan.columns:
        known = (meaning(side, one.header) if one.header else "") or ("needs" if _names_abilities(one, side) else "")
        if known and known not in own and not one.sensitive:
            own[known] = one.column
            changed.append(replace(one, target=""))
        else:
            changed.append(one if one.target in READ[side] else replace(one, target=""))
    return replace(plan, columns=tuple(changed), direction="request"), own


def _names_abilities(one: Mapped, side: Side) -> bool:
    """A column "needs" may say what people need, or what a carrier must have: what stands in it decides."""
    parts = [part for sample in one.samples for part in _SPLIT.split(sample) if part]
    if side != "deliveries" or one.target != "kind" or not parts:
        return False
    return all(meaning("abilities", part) for part in parts) and {"cold", "pair"} & {meaning("abilities", part) for part in parts} != set()


def _tell(found: Sheet, book: Book, plan: Plan, own: Mapping[str, int]) -> None:
    found.name, found.header_lines = plan.sheet_name, plan.header_lines
    by_column = {column: target for target, column in own.items()}
    for one in plan.columns:
        target = by_column.get(one.column) or one.target
        if target:
            found.columns.setdefault(target, []).append(one.shown)
        elif one.header or one.filled:
            found.unread.append(one.shown)
    found.understood.extend(note.message for note in book.notes)
    if len(book.sheets) > 1:
        found.understood.append(_("Read from the sheet “%(sheet)s”.") % {"sheet": plan.sheet_name})
    read = "; ".join(f"{_shown(target)} ← {', '.join(heads)}" for target, heads in found.columns.items())
    found.understood.append(_("Understood: %(columns)s.") % {"columns": read})


def _rows(book: Book, plan: Plan, own: Mapping[str, int], found: Sheet, today: dt.date) -> Iterator[Row]:
    cells = {line: _own_cells(row, own) for line, row in book.grid(plan.sheet)} if own else {}
    for one in read_records(book, plan, Setting(today)):
        texts = cells.get(one.line, {})
        if isinstance(one, Skipped):
            if one.counts and not (one.code == "row.nothing" and texts):
                found.skipped.append((one.line, one.message))
            continue
        grave = [problem for problem in one.problems if problem.grave and problem.code not in _QUIET]
        if grave:
            found.skipped.append((one.line, " ".join(f"{each.header}: {each.message}" for each in grave)))
        else:
            yield Row(one.line, _read_values(one), one.texts, texts)


def _own_cells(row: Sequence[Cell], own: Mapping[str, int]) -> dict[str, str]:
    texts = {target: content.shown(row[column]).strip() for target, column in own.items() if column < len(row)}
    return {target: text for target, text in texts.items() if text}


def _read_values(record: Record) -> dict[str, Any]:
    return dict(record.values)


# -- the values of single cells ---------------------------------------------------------------------------------------


def number(row: Row, target: str, *, most: float) -> float | None:
    """Return the number in an own column, or None where the cell is empty; refuse what is none or out of reason."""
    text = row.own.get(target, "")
    if not text:
        return None
    value = content.number_of(re.sub(r"(?<=\d)\s*[^\W\d_]+\.?$", "", to_latin(text).strip()))
    if value is None or not 0 <= value <= most:
        raise Wrong(
            _("“%(text)s” under “%(column)s” is not a number between 0 and %(most)s.")
            % {"text": text[:40], "column": _shown(target), "most": f"{most:,.0f}"}
        )
    return float(value)


def point(row: Row) -> tuple[float, float] | None:
    """Return latitude and longitude of a row, from its numbers or its plus code."""
    values = row.values
    if values.get("latitude") is not None and values.get("longitude") is not None:
        return float(values["latitude"]), float(values["longitude"])
    return _plus_code(str(values["plus_code"])) if values.get("plus_code") else None


def _plus_code(text: str) -> tuple[float, float] | None:
    try:
        found = parse_plus_code(text)
    except (Refusal, ValueError):
        return None
    return found.latitude, found.longitude


def place(text: str) -> tuple[float, float] | None:
    """Return the place that "15.61, 32.53" or a plus code means."""
    numbers = [content.number_of(part) for part in re.split(r"[,;،\s]+", to_latin(text).strip()) if part]
    if len(numbers) == 2 and None not in numbers:
        latitude, longitude = float(numbers[0]), float(numbers[1])  # type: ignore[arg-type]
        return (latitude, longitude) if abs(latitude) <= 90 and abs(longitude) <= 180 else None
    return _plus_code(text)


def pickup(row: Row) -> tuple[float, float] | None:
    """Return where a delivery is picked up first, where the row says so."""
    own = row.own
    text = own.get("pickup_point") or " ".join(filter(None, (own.get("pickup_latitude"), own.get("pickup_longitude"))))
    if not text:
        return None
    found = place(text)
    if found is None:
        raise Wrong(
            _("The pick-up place “%(text)s” is not understood. Write it as 15.61, 32.53 or as a whole plus code.")
            % {"text": text[:40]}
        )
    return found


def window(row: Row, day: dt.date) -> tuple[int | None, int | None]:
    """Return from when until when, in seconds since midnight of the day; None where a side is open."""
    if text := row.own.get("window"):
        return _hours(text)
    values = row.values
    opens, closes = values.get("from_time"), values.get("to_time")
    begins = _seconds_of(values.get("starts_at"), day) if opens is None else opens * 60
    ends = _seconds_of(values.get("ends_at"), day) if closes is None else closes * 60
    _require_order(begins, ends)
    return begins, ends


def _hours(text: str) -> tuple[int, int]:
    found = _CLOCK.search(to_latin(text).casefold())
    if found is None:
        raise Wrong(_("The time “%(text)s” is not understood. Write it as 10:00-12:30.") % {"text": text[:40]})
    hours = [_hour(found[part], found[part + 1], found[part + 2] or found[6]) for part in (1, 4)]
    _require_order(hours[0], hours[1])
    return hours[0], hours[1]


def _hour(hour: str, minute: str | None, half: str | None) -> int:
    value = int(hour)
    if half in ("pm", "م") and value < 12:
        value += 12
    elif half in ("am", "ص") and value == 12:
        value = 0
    return value * 3600 + int(minute or 0) * 60


def _seconds_of(moment: dt.date | dt.datetime | None, day: dt.date) -> int | None:
    """A day without an hour says nothing about the hours of the day that is planned."""
    if not isinstance(moment, dt.datetime):
        return None
    local = moment.replace(tzinfo=None)
    return int((local - dt.datetime.combine(day, dt.time())).total_seconds())


def _require_order(begins: int | None, ends: int | None) -> None:
    if begins is not None and ends is not None and ends < begins:
        raise Wrong(
            _("The time ends (%(end)s) before it begins (%(start)s). Please put it right in the sheet.")
            % {"start": clock(begins), "end": clock(ends)}
        )


def clock(seconds: int) -> str:
    """Return the time of day; what lies on another day says so."""
    days, rest = divmod(seconds, DAY_SECONDS)
    shown = f"{rest // 3600:02d}:{rest % 3600 // 60:02d}"
    return f"{shown} ({days:+d})" if days else shown


def day_of(row: Row) -> dt.date | None:
    """Return the one day a row is for, where it names one."""
    values = row.values
    for target in ("date", "starts_at", "ends_at"):
        moment = values.get(target)
        if isinstance(moment, dt.datetime):
            return moment.date()
        if isinstance(moment, dt.date):
            return moment
    return None


def abilities(text: str) -> frozenset[str]:
    """Return the abilities a cell names; a word nobody knows is refused, so that nothing is taken along without leave."""
    found = set()
    for part in (one for one in _SPLIT.split(text) if one):
        code = meaning("abilities", part)
        if not code:
            known = ", ".join(words("abilities"))
            raise Wrong(_("“%(text)s” is not known here. Write one of: %(words)s.") % {"text": part[:40], "words": known})
        found.add(code)
    return frozenset(found)


@dataclass(slots=True)
class Told:
    """Notes for the person, each once."""

    lines: list[str] = field(default_factory=list)

    def once(self, line: str) -> None:
        if line not in self.lines:
            self.lines.append(line)
