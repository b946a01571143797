"""The strict reader: a table whose every cell is a value already, and errors that name file, line and column.

Columns are found by their names, in any order. Nothing is guessed and nothing dropped in silence: each row of the file
is among the good rows or has an error, and columns nobody asked for are named.
"""

import csv
import io
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

from django.utils.translation import gettext as _

from taawun.ground.words.clean import search_key
from taawun.ground.words.errors import WordsError
from taawun.ground.words.refusals import sentence
from taawun.reach.sheets.decode import UnreadableFile, decode, read_bytes
from taawun.reach.sheets.writing import unprotect

ROWS_MAX: Final = 100_000
COLUMNS_MAX: Final = 300
CELL_LENGTH_MAX: Final = 20_000
DELIMITERS: Final = (",", ";", "\t")


class CellError(ValueError):
    """A cell that cannot be read. The message is a whole sentence: what is wrong and what would be right."""


@dataclass(frozen=True, slots=True)
class Column:
    """One column: its name, the other names it may have in a header, and how its cells become values.

    ``parse`` gets the cell, trimmed and never empty; it returns the value, or raises ``CellError`` or ``WordsError``.
    ``required`` means that the column must be there; ``filled`` that none of its cells may be empty.
    An empty cell is ``None``.
    """

    name: str
    parse: Callable[[str], Any]
    aliases: tuple[str, ...] = ()
    required: bool = False
    filled: bool = False


@dataclass(frozen=True, slots=True)
class RowError:
    """One error. ``line`` is 0 where it concerns the whole file, ``column`` is empty where it concerns the whole row."""

    file: str
    line: int
    column: str
    message: str

    def __str__(self) -> str:
        facts = {"file": self.file, "line": self.line, "column": self.column, "message": self.message}
        if self.line and self.column:
            return _("%(file)s line %(line)s, column %(column)s: %(message)s") % facts
        if self.line:
            return _("%(file)s line %(line)s: %(message)s") % facts
        return _("%(file)s: %(message)s") % facts


@dataclass(frozen=True, slots=True)
class Row:
    """One good row: the line it begins on, and the value of each column asked for (None where empty or absent)."""

    line: int
    values: Mapping[str, Any]

    def __getitem__(self, column: str) -> Any:
        return self.values[column]


@dataclass(slots=True)
class Table:
    """What a file held. ``titles`` are the columns found, as the header writes them; ``unknown_columns`` those nobody
    asked for."""

    file: str
    rows: list[Row] = field(default_factory=list)
    errors: list[RowError] = field(default_factory=list)
    titles: dict[str, str] = field(default_factory=dict)
    unknown_columns: tuple[str, ...] = ()

    def refuse(self, line: int, column: str, message: str) -> None:
        """Add an error, also one that the door found; what it does with the row is its own affair.

        A column is named as the header of the file names it, so that the person finds it.
        """
        self.errors.append(RowError(self.file, line, self.titles.get(column, column), message))


def read_table(source: Path | bytes, columns: Sequence[Column], *, name: str = "") -> Table:
    """Read a CSV file, or its bytes, which ``name`` then names in errors."""
    table = Table(name or (source.name if isinstance(source, Path) else "CSV"))
    try:
        text = decode(read_bytes(source) if isinstance(source, Path) else source)
        _read_text(text, columns, table)
    except UnreadableFile as error:
        table.refuse(error.line, "", str(error))
    table.errors.sort(key=lambda error: error.line)
    return table


def _read_text(text: str, columns: Sequence[Column], table: Table) -> None:
    delimiter, records = _records(text, columns)
    line, header = next(records)
    places = _places(header, columns, table, line)
    if table.errors:
        return
    known = set(places.values())
    unnamed_used = False
    count = 0
    for line, record in records:
        if not any(cell.strip() for cell in record):
            continue
        count += 1
        if count > ROWS_MAX:
            table.refuse(
                line, "", _("There are more than %(limit)s rows. Please split the file.") % {"limit": ROWS_MAX}
            )
            return
        if len(record) != len(header):
            table.refuse(line, "", _wrong_width(len(record), len(header), delimiter))
            continue
        unnamed_used = unnamed_used or any(
            cell.strip() for cell, title in zip(record, header, strict=True) if not title.strip()
        )
        _read_row(record, line, columns, places, table)
    table.unknown_columns = tuple(
        title.strip() for place, title in enumerate(header) if place not in known and title.strip()
    ) + ((_("a column without a name"),) if unnamed_used else ())
    if not count:
        table.refuse(0, "", _("There is a header but no row below it. Please fill in at least one."))


def _wrong_width(found: int, expected: int, delimiter: str) -> str:
    return _(
        "This row and the header differ in length: %(found)s and %(expected)s cells. A cell with “%(delimiter)s” in it must stand in"
        " quotation marks."
    ) % {"found": found, "expected": expected, "delimiter": "TAB" if delimiter == "\t" else delimiter}


def _records(text: str, columns: Sequence[Column]) -> tuple[str, Iterator[tuple[int, list[str]]]]:
    """Return the delimiter under which the header makes most sense, and the records it makes."""
    best, best_score = DELIMITERS[0], (-1, -1)
    names = _names(columns)
    for delimiter in DELIMITERS:
        try:
            _line, header = next(_split(text, delimiter))
        except (UnreadableFile, StopIteration):
            continue
        score = (sum(_key(title) in names for title in header), len(header))
        if score > best_score:
            best, best_score = delimiter, score
    return best, _split(text, best)


def _split(text: str, delimiter: str) -> Iterator[tuple[int, list[str]]]:
    """Yield each record with the line of the file it begins on. Blank lines before the header are passed over."""
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
    started = False
    while True:
        line = reader.line_num + 1
        try:
            record = next(reader)
        except StopIteration:
            return
        except csv.Error as error:
            raise UnreadableFile(_csv_problem(str(error)), line) from error
        if started or any(cell.strip() for cell in record):
            started = True
            yield line, record


def _csv_problem(text: str) -> str:
    if "expected after" in text:
        return _(
            "A quotation mark stands inside a cell. Please write the whole cell in quotation marks and double the ones in it."
        )
    if "field larger" in text or "unexpected end" in text:
        return _(
            "A cell that begins here never ends: a quotation mark is opened and not closed, or the cell is too long."
        )
    return _("This row is not written as CSV. Please save the table as “CSV UTF-8” again.")


def _key(title: str) -> str:
    return search_key(title.replace("_", " "))


def _names(columns: Sequence[Column]) -> dict[str, Column]:
    return {_key(name): column for column in columns for name in (column.name, *column.aliases)}


def _places(header: list[str], columns: Sequence[Column], table: Table, line: int) -> dict[str, int]:
    """Return the place of each column in the header, or add what is wrong with it."""
    if len(header) > COLUMNS_MAX:
        table.refuse(line, "", _("There are more than %(limit)s columns.") % {"limit": COLUMNS_MAX})
        return {}
    names = _names(columns)
    places: dict[str, int] = {}
    titles: dict[str, str] = {}
    for place, title in enumerate(header):
        column = names.get(_key(title))
        key = column.name if column else "?" + _key(title)
        if not title.strip():
            continue
        if key in titles:
            table.refuse(
                line,
                title.strip(),
                _("This column is there twice, as “%(first)s” and “%(second)s”. Please keep one of them.")
                % {"first": titles[key], "second": title.strip()},
            )
        titles.setdefault(key, title.strip())
        if column:
            places.setdefault(column.name, place)
            table.titles.setdefault(column.name, title.strip())
    missing = [column.name for column in columns if column.required and column.name not in places]
    if missing and not places:
        table.refuse(line, "", _no_header(columns))
    else:
        for name in missing:
            table.refuse(line, name, _("This column is missing. The first row must name it."))
    return places


def _no_header(columns: Sequence[Column]) -> str:
    wanted = ", ".join(column.name for column in columns if column.required)
    return _(
        "No column is named as expected here. The first row must hold the names of the columns, at least %(names)s."
    ) % {"names": wanted}


def _read_row(record: list[str], line: int, columns: Sequence[Column], places: Mapping[str, int], table: Table) -> None:
    values: dict[str, Any] = {}
    good = True
    for column in columns:
        place = places.get(column.name)
        values[column.name] = None
        if place is None:
            continue
        cell = unprotect(record[place].strip()).strip()
        try:
            if len(cell) > CELL_LENGTH_MAX:
                raise WordsError("text.too_long", limit=CELL_LENGTH_MAX)
            if cell:
                values[column.name] = column.parse(cell)
            elif column.filled:
                raise CellError(_("This cell is empty. Please fill it in."))
        except CellError as error:
            table.refuse(line, column.name, str(error))
            good = False
        except WordsError as error:
            table.refuse(line, column.name, sentence(error))
            good = False
    if good:
        table.rows.append(Row(line, values))
