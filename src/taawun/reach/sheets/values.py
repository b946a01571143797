"""From cells to values: each target reads its cells in its own way, and what cannot be read is a problem with its place.

``READ_AS`` says what comes out. A *grave* problem keeps the row from being brought; the others say what was left out of it, or
kept as it was written.
"""

import datetime as dt
import math
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import TYPE_CHECKING, Any, Final

from taawun.ground.values.place import Point, parse_plus_code
from taawun.ground.values.refusal import Refusal
from taawun.ground.words.digits import to_latin
from taawun.ground.words.errors import WordsError
from taawun.reach.sheets import cells as strict
from taawun.reach.sheets import content, dates, lexicon, singles
from taawun.reach.sheets.phones import read_phones
from taawun.reach.sheets.plan import DATES, Mapped, Plan, Problem, Record, Skipped
from taawun.reach.sheets.singles import Unread
from taawun.reach.sheets.workbooks import Cell
from taawun.reach.sheets.writing import unprotect

if TYPE_CHECKING:
    from taawun.reach.sheets.reading import Setting

READ_AS: Final[Mapping[str, str]] = {
    "source_id": "str", "posted_at": "date | datetime", "name": "str", "phone": "tuple[str, ...]", "email": "tuple[str, ...]",
    "direction": "'request' | 'offer'", "kind": "str, a code", "quantity": "Decimal", "unit": "str, a code or as written",
    "urgency": "int, 0 to 3", "summary": "str", "details": "str", "area": "str", "door": "str", "plus_code": "str",
    "latitude": "float", "longitude": "float", "starts_at": "date | datetime", "ends_at": "date | datetime",
    "date": "date | datetime", "weekdays": "tuple[int, ...], Monday is 0", "from_time": "int, minutes", "to_time": "int, minutes",
    "household_size": "int", "language": "tuple[str, ...], codes", "status": "'open' | 'taken' | 'done' | 'withdrawn'",
    "on_behalf_of": "str", "organisation": "str", "visibility": "'public' | 'members' | 'coordinators'",
}  # fmt: skip

_CACHED_MAX: Final = 20_000
_ERRORS: Final = frozenset(
    {"#N/A", "#REF!", "#VALUE!", "#DIV/0!", "#NAME?", "#NUM!", "#NULL!", "#SPILL!", "#CALC!", "#ERROR!"}
)
_WORDY: Final = frozenset({"name", "door", "area", "summary", "details", "organisation", "on_behalf_of", "unit"})
_ORDER_SHOWN: Final = {"dmy": "14/05/2026", "mdy": "05/14/2026"}


def is_near(latitude: float, longitude: float, centre: Point, reach_km: float) -> bool:
    """Return whether a point lies within reach; the Earth is flat enough for this question."""
    if not (abs(latitude) <= 90 and abs(longitude) <= 180):
        return False
    high = (latitude - centre.latitude) * 111.2
    wide = (longitude - centre.longitude) * 111.2 * math.cos(math.radians(centre.latitude))
    return math.hypot(high, wide) <= reach_km


@dataclass(slots=True)
class _Row:
    """A row while it is read."""

    line: int
    values: dict[str, Any]
    texts: dict[str, str]
    problems: list[Problem]
    kinds: list[str]

    def doubt(
        self, one: Mapped, code: str, text: str, facts: Mapping[str, object] | None = None, *, grave: bool
    ) -> None:
        self.problems.append(
            Problem(code, self.line, one.column, one.shown, one.target, text[:200], grave, facts or {})
        )


class RowReader:
    """Reads the rows of one plan. Equal cells of one column are read once."""

    def __init__(self, plan: Plan, setting: "Setting") -> None:
        self._plan = plan
        self._setting = setting
        self._columns = [one for one in plan.columns if one.target]
        self._targets = frozenset(plan.targets)
        self._cache: dict[tuple[int, str], Any] = {}
        self._one_readers: dict[str, Callable[[str, Mapped], Any]] = {
            "source_id": singles.line, "name": singles.line, "summary": singles.line, "area": singles.line, "organisation": singles.line, "on_behalf_of": singles.line,
            "details": singles.text, "door": singles.text, "direction": self._direction, "urgency": singles.urgency, "status": singles.status,
            "visibility": singles.visibility, "weekdays": singles.weekdays, "language": singles.languages, "household_size": singles.household,
            "plus_code": self._plus_code, "unit": singles.unit, "kind": self._kinds, "email": singles.emails,
        }  # fmt: skip

    def read(self, line: int, cells: Sequence[Cell]) -> Record | Skipped:
        row = _Row(line, {}, {}, [], [])
        for one in self._columns:
            cell = cells[one.column] if one.column < len(cells) else None
            text = content.shown(cell)
            if isinstance(cell, str):
                text = unprotect(text).strip()
            if not text:
                continue
            if one.option:
                self._option(one, text, row)
                continue
            own = self._plan.preset == "own"
            if one.target in _WORDY and not own and (isinstance(cell, bool) or text in ("TRUE", "FALSE")):
                # An empty check box is no floor of a house; in our own export somebody wrote the word.
                continue
            row.texts[one.target] = f"{row.texts[one.target]}\n{text}" if one.target in row.texts else text
            if own and one.target in _WORDY:
                # Our own export: a name that is only a dash was written so by somebody.
                self._cell(one, cell, text, row)
            elif text in _ERRORS:
                row.doubt(one, "cell.formula_error", text, grave=False)
            elif (nothing := content.nothing_said(text)) == "same":
                row.doubt(one, "cell.same", text, grave=False)
            elif not nothing or one.target in ("urgency", "status", "direction", "kind") and len(text) > 4:
                self._cell(one, cell, text, row)
        return self._finished(row)

    # -- one cell --

    def _cell(self, one: Mapped, cell: Cell, text: str, row: _Row) -> None:
        if "\0" in text:
            row.doubt(one, "text.nul", text, grave=True)
            return
        try:
            value = self._value(one, cell, text, row)
        except Unread as unread:
            row.doubt(one, unread.code, text, unread.facts, grave=unread.grave)
            value = unread.value
        except WordsError as error:
            row.doubt(one, error.code, text, error.facts, grave=True)
            return
        except strict.CellError as error:
            row.doubt(one, "cell.unread", text, {"reason": str(error)}, grave=False)
            return
        if value is not None:
            self._keep(one, value, row)

    def _value(self, one: Mapped, cell: Cell, text: str, row: _Row) -> Any:
        target = one.target
        if target in DATES:
            return self._moment(one, cell, text)
        if target in ("latitude", "longitude"):
            return self._degrees(one, cell, text, row)
        if target in ("from_time", "to_time"):
            return self._hour(one, cell, text, row)
        if target == "phone":
            return self._phones(one, cell, text, row)
        if target == "quantity":
            return self._quantity(one, cell, text, row)
        key = (one.column, text)
        if key not in self._cache:
            if len(self._cache) > _CACHED_MAX:
                self._cache.clear()
            try:
                self._cache[key] = self._one_readers[target](text, one)
            except (Unread, WordsError, strict.CellError) as error:
                self._cache[key] = error
        found = self._cache[key]
        if isinstance(found, Exception):
            raise found
        return found

    def _keep(self, one: Mapped, value: Any, row: _Row) -> None:
        target = one.target
        before = row.values.get(target)
        if target == "kind":
            row.kinds.extend(code for code in value if code not in row.kinds)
            row.values["kind"] = row.kinds[0]
        elif before is None:
            row.values[target] = value
        elif isinstance(before, tuple):
            row.values[target] = tuple(dict.fromkeys((*before, *value)))
        elif target == "details":
            row.values[target] = f"{before}\n{value}"
        elif target == "door":
            row.values[target] = f"{before}, {value}"
        elif target == "name":
            row.values[target] = f"{before} {value}"

    def _option(self, one: Mapped, text: str, row: _Row) -> None:
        """A column for one answer of a question: 1 or "yes" says that it was chosen."""
        if text not in ("1", "1.0") and lexicon.values("yes_no").exact(text) != "yes":
            return
        row.texts[one.target] = f"{row.texts[one.target]}, {one.option}" if one.target in row.texts else one.option
        try:
            self._keep(one, self._kinds(one.option, one), row)
        except Unread as unread:
            row.doubt(one, unread.code, one.option, unread.facts, grave=unread.grave and not self._plan.kind)

    # -- the end of a row --

    def _finished(self, row: _Row) -> Record | Skipped:
        if not row.texts:
            return Skipped(row.line, "row.nothing")
        if self._plan.open_only and row.values.get("status") in ("done", "withdrawn"):
            return Skipped(row.line, "row.done", {"said": row.texts.get("status", "")})
        self._point(row)
        self._window(row)
        known = row.values.get("kind") or self._plan.kind
        wrong = {one.target for one in row.problems if one.grave}
        if "kind" in self._targets - wrong and not known:
            self._lacking("kind", "cell.missing_kind", row)
        if "direction" in self._targets - wrong and not (row.values.get("direction") or self._plan.direction):
            self._lacking("direction", "cell.missing_direction", row)
        return Record(row.line, row.values, tuple(row.problems), row.texts, tuple(row.kinds))

    def _lacking(self, target: str, code: str, row: _Row) -> None:
        column = next(one for one in self._columns if one.target == target)
        row.doubt(column, code, "", grave=True)

    def _window(self, row: _Row) -> None:
        begins, ends = row.values.get("starts_at"), row.values.get("ends_at")
        if begins is None or ends is None:
            return
        first = begins.date() if isinstance(begins, dt.datetime) else begins
        last = ends.date() if isinstance(ends, dt.datetime) else ends
        if last < first:
            column = next(one for one in self._columns if one.target == "ends_at")
            facts = {"start": row.texts.get("starts_at", "")}
            row.doubt(column, "cell.ends_before", row.texts.get("ends_at", ""), facts, grave=True)

    def _point(self, row: _Row) -> None:
        latitude, longitude = row.values.get("latitude"), row.values.get("longitude")
        if latitude is None and longitude is None:
            return
        column = next(one for one in self._columns if one.target in ("latitude", "longitude"))
        text = ", ".join(row.texts[name] for name in ("latitude", "longitude") if name in row.texts)
        code = ""
        if latitude is None or longitude is None:
            code = "place.half"
        elif latitude == 0 and longitude == 0:
            code = "place.null"
        elif self._setting.centre and not is_near(latitude, longitude, self._setting.centre, self._setting.reach_km):
            turned = is_near(longitude, latitude, self._setting.centre, self._setting.reach_km)
            code = "place.turned" if turned else "place.far"
        elif abs(latitude) > 90:
            code = "place.turned" if abs(longitude) <= 90 and abs(latitude) <= 180 else "place.no_such"
        elif abs(longitude) > 180:
            code = "place.no_such"
        if code:
            # A wrong point sends someone to a wrong door; without a point there still is the address.
            row.values.pop("latitude", None)
            row.values.pop("longitude", None)
            row.doubt(column, code, text, grave=False)

    # -- readers that need the row or the setting --

    def _moment(self, one: Mapped, cell: Cell, text: str) -> dt.date | dt.datetime | None:
        if isinstance(cell, dt.date):
            moment: dt.date = cell
            # A day alone comes out of a workbook as its midnight.
            if isinstance(moment, dt.datetime) and moment.tzinfo is None and moment.time() == dt.time():
                moment = moment.date()
            return self._in_range(moment)
        if isinstance(cell, (int, float)) and not isinstance(cell, bool):
            found = dates.from_serial(float(cell))
            if found is None and isinstance(cell, int) and (taken := dates.take_apart(str(cell))):
                found = dates.to_moment(taken, one.order)
            if found is None:
                raise Unread("cell.no_day")
            return found
        quick = singles.quick_day(text)
        if quick is not None:
            return quick
        parts = dates.take_apart(text)
        if parts is None:
            plain = to_latin(text)
            serial = dates.from_serial(float(plain)) if re.fullmatch(r"\d{5}(?:\.\d+)?", plain) else None
            if serial is not None:
                return serial
            # "As soon as possible" is no day, and the need is none the less one.
            soon = lexicon.values("urgency").within(text) is not None
            raise Unread("cell.no_day", grave=one.target != "posted_at" and not soon)
        found = dates.to_moment(parts, one.order if one.order in ("dmy", "mdy") else "dmy")
        if found is None:
            raise Unread("cell.no_such_day", order=_ORDER_SHOWN.get(one.order, "2026-05-14"))
        return found

    def _in_range(self, moment: dt.date) -> dt.date:
        if not dates.YEARS[0] <= moment.year < dates.YEARS[1]:
            raise Unread("cell.year")
        return moment

    def _hour(self, one: Mapped, cell: Cell, text: str, row: _Row) -> int | None:
        if isinstance(cell, dt.datetime):
            return cell.hour * 60 + cell.minute
        if isinstance(cell, dt.time):
            return cell.hour * 60 + cell.minute
        if isinstance(cell, dt.timedelta):
            return int(cell.total_seconds() // 60) % (24 * 60)
        if isinstance(cell, float) and 0 <= cell < 1:
            return round(cell * 24 * 60) % (24 * 60)
        window = singles.hours(text)
        if window is None:
            raise Unread("cell.no_hour", grave=False)
        begins, ends = window
        if one.target == "from_time" and ends is not None and "to_time" not in self._targets:
            row.values["to_time"] = ends
        return begins

    def _degrees(self, one: Mapped, cell: Cell, text: str, row: _Row) -> float | None:
        if isinstance(cell, (int, float)) and not isinstance(cell, bool):
            return float(cell)
        plain = to_latin(text).replace("\u2212", "-").replace("٫", ".").strip("\u200e\u200f\u061c ()[]")
        found = [singles.one_degree(piece) for piece in singles.degree_pieces(plain)]
        if len(found) >= 2 and found[0] is not None and found[1] is not None:
            # Both in one cell, latitude first, as phones and forms write them.
            row.values["longitude" if one.target == "latitude" else "latitude"] = found[1]
            return found[0]
        if len(found) == 1 and found[0] is not None:
            return found[0]
        raise Unread("cell.no_degrees", grave=False)

    def _phones(self, one: Mapped, cell: Cell, text: str, row: _Row) -> tuple[str, ...] | None:
        if isinstance(cell, float) and cell.is_integer():
            text = str(int(cell))
        if "@" in text:
            emails = [piece for piece in re.split(r"[\s,;/|]+", text) if singles.EMAIL.fullmatch(piece)]
            if emails:
                row.values["email"] = tuple(dict.fromkeys((*row.values.get("email", ()), *emails)))
                text = " ".join(piece for piece in re.split(r"[\s,;/|]+", text) if piece not in emails)
        numbers, doubts = read_phones(text, self._plan.region or self._setting.region)
        for doubt in doubts:
            row.doubt(one, doubt.code, doubt.text, grave=False)
        return tuple(numbers) or None

    def _quantity(self, one: Mapped, cell: Cell, text: str, row: _Row) -> Decimal | None:
        unit = one.unit
        if isinstance(cell, bool):
            raise Unread("number.not_a_number")
        if isinstance(cell, (int, float)):
            value = Decimal(cell) if isinstance(cell, int) else Decimal(repr(cell))
        else:
            value, word = singles.amount(text, self._setting.language)
            unit = singles.unit_code(word) or unit
            if word and not singles.unit_code(word):
                # "3 large": the number is clear, and the word helps whoever packs.
                row.doubt(one, "cell.quantity_word", text, {"word": word}, grave=False)
        if value < 0:
            raise WordsError("amount.negative")
        if value == 0:
            raise WordsError("amount.zero")
        if value > 1_000_000:
            raise WordsError("amount.too_large", limit=1_000_000)
        if unit and "unit" not in row.values:
            row.values["unit"] = unit
        return value

    def _kinds(self, text: str, one: Mapped) -> list[str]:
        kind_of = self._setting.kinds
        whole = kind_of(text) if len(text) <= 200 else None
        if whole:
            return [whole]
        found: list[str] = []
        for part in singles.kind_parts(text):
            code = kind_of(part) or kind_of(re.sub(r"\(.*?\)", "", part).strip()) or singles.within(part, kind_of)
            if code and code not in found:
                found.append(code)
        if found:
            return found
        raise Unread("cell.no_kind", grave=not self._plan.kind)

    def _direction(self, text: str, one: Mapped) -> str:
        words = lexicon.values("direction")
        found = words.exact(text) or words.within(text)
        if found is None:
            raise Unread("cell.no_direction", grave=not self._plan.direction)
        return found

    def _plus_code(self, text: str, one: Mapped) -> str:
        code = to_latin(text).strip().upper().split()[0].rstrip(",")
        try:
            parse_plus_code(code, self._setting.centre)
        except (Refusal, ValueError) as error:
            raise Unread("cell.no_plus_code", grave=False) from error
        return code
