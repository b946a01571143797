"""From a book to records: ``suggest`` says how a sheet seems to be meant, ``read_records`` reads it as told.

Every line of the sheet comes out once, as a ``Record`` or as ``Skipped`` with its reason.
"""

import datetime as dt
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Final

from taawun.ground.values.place import Point
from taawun.ground.values.refusal import Refusal
from taawun.ground.words.clean import search_key
from taawun.reach.sheets import content, dates, kinding, lexicon
from taawun.reach.sheets.book import Book
from taawun.reach.sheets.mapping import map_columns, preset_of
from taawun.reach.sheets.plan import DATES, Calendar, DateOrder, Mapped, Plan, Problem, Question, Record, Skipped
from taawun.reach.sheets.structure import Sorter, Structure, find_structure
from taawun.reach.sheets.values import RowReader
from taawun.reach.sheets.workbooks import Cell, is_blank

__all__ = ["Mapped", "Plan", "Problem", "Question", "Record", "Setting", "Skipped", "read_records", "suggest"]

_SAMPLE: Final = 300
_SAMPLES_SHOWN: Final = 5
_SAMPLE_LENGTH: Final = 80
_DAY_LENGTH: Final = 11
_PAST: Final = frozenset({"posted_at"})


@dataclass(frozen=True)
class Setting:
    """What the reader knows of the circle: no database is asked here.

    ``kind_of`` returns the code of the kind a text names, or nothing; the catalogue's own by default. ``areas`` are the names
    of the circle's areas; ``centre`` and ``reach_km`` say where its people live.
    """

    today: dt.date
    region: str | None = None
    kind_of: Callable[[str], str | None] | None = None
    areas: tuple[str, ...] = ()
    centre: Point | None = None
    reach_km: float = 200.0
    language: str = "en"

    @property
    def kinds(self) -> Callable[[str], str | None]:
        return self.kind_of or kinding.kind_of


def suggest(book: Book, setting: Setting, *, sheet: int | None = None, header_line: int | None = None) -> Plan:
    """Return how the sheet seems to be meant. ``header_line`` 0 says that no line names the columns."""
    index, structure = _table(book, sheet, header_line)
    sample = _sample(book, index, structure)
    keys = frozenset(search_key(area) for area in setting.areas)
    looks = [
        content.look([row[place] for row in sample if place < len(row)], setting.kinds, keys)
        for place in range(len(structure.headers))
    ]
    preset = "hxl" if structure.tags else preset_of(structure.headers)
    mapped = map_columns(structure.headers, looks, tags=structure.tags, preset=preset)
    mapped = [replace(one, samples=_shown(sample, one.column), filled=looks[one.column].filled) for one in mapped]
    mapped = _turned_points(mapped, sample, setting)
    mapped = _with_dates(book, index, structure, mapped, setting.today)
    direction, why = _direction(book, index, structure, mapped)
    return Plan(
        sheet=index,
        sheet_name=book.sheets[index].name,
        header_lines=structure.header_lines,
        first_line=structure.first_line,
        columns=tuple(mapped),
        preset=preset,  # type: ignore[arg-type]
        tags_line=structure.tags_line,
        direction=direction,  # type: ignore[arg-type]
        direction_reason=why,
        region=setting.region or "",
        encoding=book.encoding,
        delimiter=book.delimiter,
    )


def _table(book: Book, sheet: int | None, header_line: int | None) -> tuple[int, Structure]:
    """Return the sheet that looks most like a table of needs, and where in it the table is."""
    if sheet is not None:
        if not 0 <= sheet < len(book.sheets):
            raise Refusal("sheet.no_such_sheet", "sheet", count=len(book.sheets))
        return sheet, find_structure(book, sheet, header_line)
    candidates = [one for one in book.visible if one.rows] or [one for one in book.sheets if one.rows]
    found = [(one.index, find_structure(book, one.index, header_line)) for one in candidates]
    return max(found, key=lambda one: (round(one[1].score, 1) + min(book.sheets[one[0]].rows, 20) / 20, -one[0]))


def _sample(book: Book, index: int, structure: Structure) -> list[list[Cell]]:
    """Return rows from the whole sheet: the first ones, and of the rest every so many."""
    step = max(1, book.sheets[index].rows // _SAMPLE)
    sorter = Sorter(structure)
    rows = []
    for count, (line, cells) in enumerate(book.grid(index)):
        if (count <= structure.first_line + _SAMPLE or count % step == 0) and sorter.skip(line, cells) is None:
            rows.append(cells)
    return [*rows[: _SAMPLE // 3], *rows[_SAMPLE // 3 :: max(1, len(rows) // _SAMPLE)]]


def _shown(sample: Sequence[Sequence[Cell]], column: int) -> tuple[str, ...]:
    texts = (content.shown(row[column]) for row in sample if column < len(row))
    return tuple(
        text[:_SAMPLE_LENGTH]
        for text, _ in zip(dict.fromkeys(one for one in texts if one), range(_SAMPLES_SHOWN), strict=False)
    )


def _turned_points(mapped: list[Mapped], sample: Sequence[Sequence[Cell]], setting: Setting) -> list[Mapped]:
    """Latitude and longitude stand in each other's column more often than one thinks: here most rows show it."""
    places = {one.target: one.column for one in mapped if one.target in ("latitude", "longitude")}
    if len(places) < 2 or setting.centre is None:
        return mapped
    points = [
        (
            content.number_of(content.shown(row[places["latitude"]])),
            content.number_of(content.shown(row[places["longitude"]])),
        )
        for row in sample
        if max(places.values()) < len(row)
    ]
    numbers = [(a, b) for a, b in points if a is not None and b is not None]
    near = _share_near(numbers, setting)
    turned = _share_near([(b, a) for a, b in numbers], setting)
    if len(numbers) < 3 or turned < 0.8 or near > 0.2:
        return mapped
    other = {"latitude": "longitude", "longitude": "latitude"}
    return [replace(one, target=other[one.target], reason="content") if one.target in other else one for one in mapped]


def _share_near(points: Sequence[tuple[float, float]], setting: Setting) -> float:
    from taawun.reach.sheets.values import is_near

    assert setting.centre is not None
    good = sum(1 for a, b in points if is_near(a, b, setting.centre, setting.reach_km))
    return good / len(points) if points else 0.0


def _with_dates(book: Book, index: int, structure: Structure, mapped: list[Mapped], today: dt.date) -> list[Mapped]:
    """Settle for each column of dates, over all its cells, whether the day or the month comes first."""
    columns = [one.column for one in mapped if one.target in DATES]
    if not columns:
        return mapped
    parts: dict[int, list[dates.Parts]] = {column: [] for column in columns}
    seen: dict[int, set[str]] = {column: set() for column in columns}
    for line, cells in book.grid(index):
        if line < structure.first_line:
            continue
        for column in columns:
            cell = cells[column] if column < len(cells) else None
            # The hour after a day says nothing about the order.
            if isinstance(cell, str) and (day := cell[:_DAY_LENGTH]) not in seen[column]:
                seen[column].add(day)
                if (taken := dates.take_apart(cell)) is not None:
                    parts[column].append(taken)
    orders: dict[int, DateOrder] = {}
    for one in mapped:
        if one.column in parts:
            past = today if one.target in _PAST else None
            orders[one.column] = dates.decide_order(parts[one.column], today=past)
    # The columns of one sheet were written by the same people: what one of them settles, settles the others.
    settled = {order for order in orders.values() if order in ("dmy", "mdy")}
    for column, order in orders.items():
        if order == "unknown" and len(settled) == 1:
            orders[column] = next(iter(settled))
    return [
        replace(
            one,
            order=orders[one.column],
            calendar=_calendar(parts[one.column]),
            samples=_telling(parts[one.column], one),
        )
        if one.column in parts
        else one
        for one in mapped
    ]


def _calendar(parts: Sequence[dates.Parts]) -> Calendar:
    return max({one.calendar for one in parts}, key=[one.calendar for one in parts].count) if parts else ""


def _telling(parts: Sequence[dates.Parts], one: Mapped) -> tuple[str, ...]:
    """Put a date that can be read two ways first among the samples: it is shown with the question."""
    two = [text for text in one.samples if (taken := dates.take_apart(text)) and dates.two_days(taken)]
    return tuple(dict.fromkeys((*two, *one.samples)))


def _direction(book: Book, index: int, structure: Structure, mapped: Sequence[Mapped]) -> tuple[str, str]:
    """Return the direction of all rows where names of columns, the sheet or the file say it, and what said it."""
    if any(one.target == "direction" for one in mapped):
        return "", ""
    words = lexicon.values("direction")
    heads = [one.header for one in mapped if one.target in ("kind", "quantity", "summary", "name", "date", "ends_at")]
    votes = [found for head in heads if (found := words.within(head))]
    if votes and len(set(votes)) == 1:
        return votes[0], "columns"
    for text, why in ((book.sheets[index].name, "sheet"), (book.name.rpartition(".")[0], "file")):
        found = _told(text)
        if found:
            return found, why
    for line, cells in book.grid(index):
        if line >= structure.first_line:
            break
        if line not in structure.header_lines and not is_blank(cells):
            found = _told(" ".join(content.shown(cell) for cell in cells)[:300])
            if found:
                return found, "title"
    return "", ""


# Words that say in a cell what someone wants, and in a title nothing.
_WEAK: Final = frozenset(
    {
        "have",
        "has",
        "give",
        "get",
        "available",
        "required",
        "want",
        "wanted",
        "help",
        "help out",
        "in",
        "ada",
        "var",
        "لدي",
        "متاح",
    }
)


def _told(text: str) -> str:
    """Return the direction that the words of a title or of a file's name tell, where they tell only one."""
    words = lexicon.values("direction")
    said = [word for word in lexicon.words_of(text.replace("_", " ")) if len(word) > 2 and word not in _WEAK]
    found = {meaning for word in said if (meaning := words.meanings.get(word))}
    return found.pop() if len(found) == 1 else ""


def structure_of(plan: Plan) -> Structure:
    """Return the structure a plan tells."""
    return Structure(
        plan.header_lines, tuple(one.header for one in plan.columns), plan.first_line, tags_line=plan.tags_line
    )


def read_records(book: Book, plan: Plan, setting: Setting) -> Iterator[Record | Skipped]:
    """Read the sheet as the plan says. Refuses a plan that must first be answered about its dates."""
    for question in plan.questions:
        if question.code == "dates":
            column = plan.columns[question.column]
            raise Refusal("sheet.dates_open", "dates", column=column.shown, example=question.example)
    sorter = Sorter(structure_of(plan))
    reader = RowReader(plan, setting)
    for line, cells in book.grid(plan.sheet):
        skipped = sorter.skip(line, cells)
        yield skipped if skipped is not None else reader.read(line, cells)
