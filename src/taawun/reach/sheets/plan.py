"""How a sheet is to be read, as plain values: what was understood, what is asked, what a row became, what was left out.

A ``Plan`` is made by ``reading.suggest``, shown to a person, changed by them and given to ``reading.read_records``. It is JSON.
"""

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field, replace
from typing import Any, Final, Literal

from taawun.ground.values.refusal import Refusal, sentence
from taawun.ground.words.errors import WordsError
from taawun.ground.words.refusals import SENTENCES as WORDS_SENTENCES
from taawun.ground.words.refusals import sentence as words_sentence
from taawun.reach.sheets import reading_refusals  # noqa: F401  (registers the sentences)

TARGETS: Final = (
    "source_id", "posted_at", "name", "phone", "email", "direction", "kind", "quantity", "unit", "urgency", "summary",
    "details", "area", "door", "plus_code", "latitude", "longitude", "starts_at", "ends_at", "date", "weekdays",
    "from_time", "to_time", "household_size", "language", "status", "on_behalf_of", "organisation", "visibility",
)  # fmt: skip
# Several columns may feed these: phones and addresses add up, the rest is joined in the order of the columns. Two columns
# are a name only where they are its parts (first and last), and a door likewise (street, house, floor).
SEVERAL: Final = frozenset({"phone", "email", "details", "name", "door"})
PERSONAL: Final = frozenset(
    {"name", "phone", "email", "door", "plus_code", "latitude", "longitude", "details", "on_behalf_of"}
)
DATES: Final = frozenset({"posted_at", "starts_at", "ends_at", "date"})

Reason = Literal["name", "content", "preset", "person", "sensitive", "none", "empty", "twice"]
DateOrder = Literal["", "dmy", "mdy", "ymd", "unknown"]
Calendar = Literal["", "gregorian", "hijri", "jalali"]


@dataclass(frozen=True, slots=True)
class Mapped:
    """One column: what it becomes, and why. ``column`` counts from 0; ``target`` is empty where it is not stored.

    ``option`` is set for a column that stands for one answer of a question with many ("Needs/Food": 0 or 1).
    ``sensitive`` names what the column seems to hold (``health``, ``religion`` …): such a column is never mapped by itself.
    ``order`` and ``calendar`` are how its dates are written; ``unknown`` must be answered first.
    """

    column: int
    header: str
    target: str = ""
    reason: Reason = "none"
    confidence: float = 0.0
    option: str = ""
    sensitive: str = ""
    order: DateOrder = ""
    calendar: Calendar = ""
    unit: str = ""
    samples: tuple[str, ...] = ()
    filled: int = 0

    @property
    def letter(self) -> str:
        """The column as a spreadsheet program calls it: A, B … AA."""
        return letter_of(self.column)

    @property
    def shown(self) -> str:
        return self.header or self.letter


@dataclass(frozen=True, slots=True)
class Question:
    """Something only a person knows. ``code``: ``dates`` (of ``column``), ``direction``, ``kind``, ``encoding``."""

    code: Literal["dates", "direction", "kind", "encoding"]
    column: int = -1
    choices: tuple[str, ...] = ()
    line: int = 0
    """A line where the two readings differ, for an example; 0 where there is none."""
    example: str = ""


@dataclass(frozen=True, slots=True)
class Plan:
    """How to read one sheet of a book. ``direction`` and ``kind`` are for all rows that do not say theirs.

    ``header_lines`` are the lines that name the columns (one or two, as the person's program counts; empty: there is none);
    rows begin at ``first_line``. ``tags_line`` is a line of HXL tags, 0 where there is none.
    """

    sheet: int
    sheet_name: str
    header_lines: tuple[int, ...]
    first_line: int
    columns: tuple[Mapped, ...]
    preset: Literal["", "own", "google", "airtable", "kobo", "hxl"] = ""
    tags_line: int = 0
    label_line: int = 0
    direction: Literal["", "request", "offer"] = ""
    direction_reason: str = ""
    kind: str = ""
    region: str = ""
    open_only: bool = True
    """Leave out rows whose status says that they are done or withdrawn."""
    encoding: str = ""
    delimiter: str = ""
    version: int = 1

    @property
    def targets(self) -> dict[str, list[int]]:
        """The columns of each target."""
        found: dict[str, list[int]] = {}
        for one in self.columns:
            if one.target:
                found.setdefault(one.target, []).append(one.column)
        return found

    @property
    def unmapped(self) -> tuple[Mapped, ...]:
        """The columns that are not stored."""
        return tuple(one for one in self.columns if not one.target)

    @property
    def questions(self) -> tuple[Question, ...]:
        """What must be answered before any row is read."""
        asked = [
            Question("dates", one.column, ("dmy", "mdy"), example=_two_ways(one.samples))
            for one in self.columns
            if one.target in DATES and one.order == "unknown"
        ]
        if not self.direction and "direction" not in self.targets:
            asked.append(Question("direction", choices=("request", "offer")))
        if not self.kind and "kind" not in self.targets:
            asked.append(Question("kind"))
        return tuple(asked)

    def with_target(self, column: int, target: str) -> "Plan":
        """Return the plan with another target for a column, as a person chose it; an empty target means: not stored."""
        if target and target not in TARGETS:
            raise Refusal("sheet.target", "target", target=target)
        taken = target and target not in SEVERAL
        changed = []
        for one in self.columns:
            if one.column == column:
                changed.append(replace(one, target=target, reason="person", confidence=1.0))
            elif taken and one.target == target:
                changed.append(replace(one, target="", reason="twice", confidence=0.0))
            else:
                changed.append(one)
        return replace(self, columns=tuple(changed))

    def with_dates(self, order: DateOrder, column: int | None = None) -> "Plan":
        """Return the plan with the answer to "day or month first?", for one column or for all that wait for it."""
        changed = tuple(
            replace(one, order=order)
            if (one.column == column if column is not None else one.order == "unknown")
            else one
            for one in self.columns
        )
        return replace(self, columns=changed)

    def to_json(self) -> dict[str, Any]:
        return asdict(self)

    @classmethod
    def from_json(cls, given: Mapping[str, Any] | str) -> "Plan":
        """Return the plan of ``to_json``, or refuse what is none."""
        try:
            known: dict[str, Any] = dict(json.loads(given) if isinstance(given, str) else given)
            columns = tuple(Mapped(**{**one, "samples": tuple(one.get("samples", ()))}) for one in known.pop("columns"))
            plan = cls(columns=columns, **{**known, "header_lines": tuple(known["header_lines"])})
        except (KeyError, TypeError, ValueError, AttributeError) as error:
            raise Refusal("sheet.plan", "plan") from error
        if plan.version != 1 or any(one.target and one.target not in TARGETS for one in plan.columns):
            raise Refusal("sheet.plan", "plan")
        return plan


@dataclass(frozen=True, slots=True)
class Problem:
    """One fault, at its place. ``grave``: the row cannot be brought before it is put right; else the value was left out
    or kept as it was written, and this says so."""

    code: str
    line: int
    column: int = -1
    header: str = ""
    target: str = ""
    text: str = ""
    grave: bool = True
    facts: Mapping[str, object] = field(default_factory=dict)

    @property
    def message(self) -> str:
        """What is wrong and what would be right, in the active language."""
        facts: dict[str, Any] = {"text": self.text, **self.facts}
        if self.code in WORDS_SENTENCES:
            return words_sentence(WordsError(self.code, **facts))
        return sentence(Refusal(self.code, self.target or None, **facts))


@dataclass(frozen=True, slots=True)
class Record:
    """One row as values by target (``values.READ_AS`` says of what type), and what is wrong with it.

    ``kinds`` are the codes of all kinds the row names; ``values["kind"]`` is the first. ``texts`` are the cells as written.
    """

    line: int
    values: Mapping[str, Any]
    problems: tuple[Problem, ...] = ()
    texts: Mapping[str, str] = field(default_factory=dict)
    kinds: tuple[str, ...] = ()

    @property
    def good(self) -> bool:
        return not any(one.grave for one in self.problems)


# Lines nobody would call a row: they are yielded, so that the lines of the file add up, and not counted.
_NO_ROWS: Final = frozenset({"row.blank", "row.title", "row.header", "row.tags", "row.label"})


@dataclass(frozen=True, slots=True)
class Skipped:
    """One line that is no record, with the reason."""

    line: int
    code: str
    facts: Mapping[str, object] = field(default_factory=dict)

    @property
    def counts(self) -> bool:
        """Whether a person would call this line a row."""
        return self.code not in _NO_ROWS

    @property
    def message(self) -> str:
        return sentence(Refusal(self.code, **dict[str, Any](self.facts)))


def letter_of(column: int) -> str:
    """Return the letters of a column that counts from 0."""
    letters = ""
    column += 1
    while column:
        column, rest = divmod(column - 1, 26)
        letters = chr(65 + rest) + letters
    return letters


def _two_ways(samples: tuple[str, ...]) -> str:
    return next((one for one in samples if any(mark in one for mark in "/-.")), samples[0] if samples else "")
