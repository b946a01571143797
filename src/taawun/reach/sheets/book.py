"""A file as a book of sheets: what it is by its content, its sheets, and the lines of each, cell by cell.

``open_book`` refuses what is no table before anything is parsed, and says what to do instead.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from itertools import islice
from pathlib import Path
from typing import Any, Final, Literal

from taawun.ground.values.refusal import Refusal, sentence
from taawun.reach.sheets import delimited, encodings, workbooks
from taawun.reach.sheets.guards import COLUMNS_MAX, ROWS_MAX, SIZE_MAX_MB, kind_of
from taawun.reach.sheets.workbooks import Cell, Line, is_blank

__all__ = ["Book", "Cell", "EncodingChoice", "Line", "Note", "Sheet", "open_book"]

# A few titles and blank lines above the table are no rows.
_LINES_ABOVE: Final = 50


@dataclass(frozen=True, slots=True)
class Sheet:
    """One sheet of a book. ``rows`` and ``columns`` are its extent; blank lines after the last cell do not count."""

    index: int
    name: str
    hidden: bool
    rows: int
    columns: int


@dataclass(frozen=True, slots=True)
class EncodingChoice:
    """How the file looks when read so: its first lines with letters outside ASCII, as cells."""

    encoding: str
    samples: tuple[tuple[str, ...], ...]


@dataclass(frozen=True, slots=True)
class Note:
    """Something the person should know and nobody needs to answer; ``message`` is its sentence."""

    code: str
    facts: dict[str, Any] = field(default_factory=dict)

    @property
    def message(self) -> str:
        return sentence(Refusal(self.code, **self.facts))


@dataclass(slots=True)
class Book:
    """A file that can be read. ``encoding`` and ``delimiter`` are empty for a workbook; ``encodings`` holds more than one
    choice only where the file does not say how it is written."""

    name: str
    format: Literal["csv", "xlsx", "xls", "ods"]
    sheets: tuple[Sheet, ...]
    encoding: str = ""
    encodings: tuple[EncodingChoice, ...] = ()
    delimiter: str = ""
    notes: tuple[Note, ...] = ()
    _lines: Callable[[int], Iterator[Line]] = field(default=lambda _index: iter(()), repr=False)

    def grid(self, index: int) -> Iterator[Line]:
        """Return the lines of a sheet, lazily and from the beginning each time, to the last that holds something."""
        if not 0 <= index < len(self.sheets):
            raise Refusal("sheet.no_such_sheet", "sheet", count=len(self.sheets))
        return self._lines(index)

    @property
    def visible(self) -> tuple[Sheet, ...]:
        return tuple(one for one in self.sheets if not one.hidden)


def open_book(source: bytes | Path, name: str, *, encoding: str | None = None, delimiter: str | None = None) -> Book:
    """Return the book of a file, or refuse (``Refusal``) with what it is instead and what to do."""
    data = source if isinstance(source, bytes) else _read(source)
    kind = kind_of(data)
    book = _text_book(data, name, encoding, delimiter) if kind == "csv" else _workbook(data, name, kind)
    if not any(sheet.rows for sheet in book.sheets):
        raise Refusal("sheet.file_empty", "file")
    told = name.rpartition(".")[2].casefold()
    if told in {"csv", "xlsx", "xls", "ods", "tsv", "txt", "xlsm"} and not _fits(told, kind):
        book.notes = (*book.notes, Note("sheet.note_renamed", {"told": told, "kind": kind.upper()}))
    return book


def _fits(told: str, kind: str) -> bool:
    return told == kind or (kind == "csv" and told in {"tsv", "txt"}) or (kind == "xlsx" and told == "xlsm")


def _read(path: Path) -> bytes:
    """Return the file's bytes, never more than the limit."""
    try:
        with path.open("rb") as file:
            return file.read(SIZE_MAX_MB * 1_000_000 + 1)
    except FileNotFoundError as missing:
        raise Refusal("sheet.file_missing", "file") from missing
    except IsADirectoryError as folder:
        raise Refusal("sheet.file_folder", "file") from folder
    except PermissionError as forbidden:
        raise Refusal("sheet.file_forbidden", "file") from forbidden
    except OSError as error:
        raise Refusal("sheet.file_unreadable", "file", reason=error.strerror or str(error)) from error


def _text_book(data: bytes, name: str, encoding: str | None, delimiter: str | None) -> Book:
    notes: list[Note] = []
    found = encodings.find_encoding(data) if not encoding else encodings.Found(encodings.checked(data, encoding))
    if found.damaged:
        notes.append(Note("sheet.note_damaged", {"count": found.damaged, "line": found.line}))
    elif found.others:
        notes.append(Note("sheet.note_encoding", {"encoding": found.encoding}))
    if delimiter is not None and delimiter not in delimited.DELIMITERS:
        raise Refusal("sheet.delimiter_unknown", "delimiter", text=delimiter[:10])
    sign = delimiter or delimited.find_delimiter(data, found.encoding)

    def lines(_index: int) -> Iterator[Line]:
        return _to_last(delimited.records(data, found.encoding, sign))

    rows, columns, last = 0, 0, 0
    for line, cells in lines(0):
        rows, last = rows + (not is_blank(cells)), line
        # Separators without anything after them are what a spreadsheet program leaves of deleted columns.
        columns = max(columns, len(cells) if len(cells) <= COLUMNS_MAX else _filled_width(cells))
    _refuse_extent(rows, columns)
    choices = tuple(
        encodings_choice(data, one, sign) for one in ((found.encoding, *found.others) if found.others else ())
    )
    sheet = Sheet(0, name, False, last, columns)
    return Book(name, "csv", (sheet,), found.encoding, choices, sign, tuple(notes), lines)


def _filled_width(cells: list[Cell]) -> int:
    return max((place + 1 for place, cell in enumerate(cells) if cell not in (None, "")), default=0)


def encodings_choice(data: bytes, encoding: str, delimiter: str) -> EncodingChoice:
    """Return five sample rows as they look in an encoding."""
    rows = (
        tuple(cell for cell in row[0].split(delimiter) if cell.strip())[:8] for row in encodings.samples(data, encoding)
    )
    return EncodingChoice(encoding, tuple(islice(rows, 5)))


def _refuse_extent(rows: int, columns: int) -> None:
    if rows > ROWS_MAX + _LINES_ABOVE:
        raise Refusal("sheet.rows", "file", rows=rows, limit=ROWS_MAX, parts=-(-rows // ROWS_MAX))
    if columns > COLUMNS_MAX:
        raise Refusal("sheet.too_many_columns", "file", limit=COLUMNS_MAX)


def _to_last(lines: Iterator[tuple[int, list[str]]]) -> Iterator[Line]:
    """Hold back blank lines until something follows: nine hundred of them at the end are no rows."""
    held = 0
    for line, cells in lines:
        if not any(cell and not cell.isspace() for cell in cells):
            held += 1
            continue
        for blank in range(line - held, line):
            yield blank, []
        held = 0
        yield line, list(cells)


def _workbook(data: bytes, name: str, kind: Literal["xlsx", "xls", "ods"]) -> Book:
    found = workbooks.Workbook(data)
    sheets = []
    notes = []
    for index, facts in enumerate(found.facts):
        rows, columns = facts.rows, facts.columns
        _refuse_extent(rows, columns)
        sheets.append(Sheet(index, facts.name, facts.hidden, rows, columns))
    hidden = [one.name for one in sheets if one.hidden and one.rows]
    if hidden:
        notes.append(Note("sheet.note_hidden", {"sheets": ", ".join(hidden)}))
    return Book(name, kind, tuple(sheets), notes=tuple(notes), _lines=found.lines)
