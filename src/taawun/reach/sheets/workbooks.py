"""Workbooks through the parser: sheets, merged cells filled, values as they were last computed."""

import datetime as dt
import io
import math
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Final

import python_calamine

from taawun.ground.values.refusal import Refusal
from taawun.reach.sheets.delimited import CELL_LENGTH_MAX

Cell = str | int | float | bool | dt.date | dt.datetime | dt.time | dt.timedelta | None
Line = tuple[int, list[Cell]]
"""A line as the person's program numbers it, and its cells."""

_WHOLE_MAX: Final = 10**15
"""Above this a float no longer tells whole numbers apart."""
_MERGED_MAX: Final = 100_000


@dataclass(frozen=True, slots=True)
class SheetFacts:
    name: str
    hidden: bool
    rows: int
    columns: int


def is_blank(cells: list[Cell]) -> bool:
    return all(cell is None or (isinstance(cell, str) and (not cell or cell.isspace())) for cell in cells)


class Workbook:
    """A workbook in memory. A sheet is parsed when it is first asked for, and one at a time is kept."""

    def __init__(self, data: bytes) -> None:
        self._book = _guarded(lambda: python_calamine.CalamineWorkbook.from_filelike(io.BytesIO(data)))
        worksheets = [one for one in self._book.sheets_metadata if one.typ == python_calamine.SheetTypeEnum.WorkSheet]
        self._names = [one.name for one in worksheets]
        self._kept: tuple[int, Any] | None = None
        self.facts = [self._facts(index, one) for index, one in enumerate(worksheets)]

    def _facts(self, index: int, meta: Any) -> SheetFacts:
        sheet = self._sheet(index)
        end = sheet.end
        hidden = meta.visible != python_calamine.SheetVisibleEnum.Visible
        return SheetFacts(meta.name, hidden, end[0] + 1 if end else 0, end[1] + 1 if end else 0)

    def _sheet(self, index: int) -> Any:
        if self._kept is None or self._kept[0] != index:
            self._kept = None
            self._kept = index, _guarded(lambda: self._book.get_sheet_by_name(self._names[index]))
        return self._kept[1]

    def lines(self, index: int) -> Iterator[Line]:
        """Yield the lines from the first of the sheet to the last that holds something."""
        sheet = self._sheet(index)
        if sheet.start is None:
            return
        left = [None] * sheet.start[1]
        merged = _Merged(sheet.merged_cell_ranges or ())
        held = 0
        for place, raw in enumerate(_rows(sheet)):
            cells: list[Cell] = [*left, *(_cell(one) for one in raw)]
            merged.fill(place, cells)
            for column, cell in enumerate(cells):
                if isinstance(cell, str) and len(cell) > CELL_LENGTH_MAX:
                    raise Refusal(
                        "sheet.cell_too_long", "file", line=place + 1, column=column + 1, limit=CELL_LENGTH_MAX
                    )
            if is_blank(cells):
                held += 1
                continue
            for blank in range(place - held, place):
                yield blank + 1, []
            held = 0
            yield place + 1, cells


def _rows(sheet: Any) -> Iterator[list[Any]]:
    rows = sheet.iter_rows()
    while True:
        row = _guarded(lambda: next(rows, None))
        if row is None:
            return
        yield row


def _cell(value: Any) -> Cell:
    if isinstance(value, str):
        return value if value else None
    if isinstance(value, float) and not isinstance(value, bool):
        if not math.isfinite(value):
            return None
        # A workbook knows one sort of number; a whole one is meant as whole.
        return int(value) if value.is_integer() and abs(value) < _WHOLE_MAX else value
    return value  # type: ignore[no-any-return]


class _Merged:
    """Cells that were merged into one: each shows what the first of them holds."""

    def __init__(self, ranges: Any) -> None:
        wide = [one for one in ranges if one[0] != one[1]][:_MERGED_MAX]
        self._coming = sorted(wide, reverse=True)
        self._open: list[tuple[int, int, int, Cell]] = []

    def fill(self, row: int, cells: list[Cell]) -> None:
        self._open = [one for one in self._open if one[0] >= row]
        while self._coming and self._coming[-1][0][0] <= row:
            (top, left), (bottom, right) = self._coming.pop()
            if top == row and left < len(cells):
                self._open.append((bottom, left, min(right, len(cells) - 1), cells[left]))
        for _bottom, left, right, value in self._open:
            for column in range(left, right + 1):
                if cells[column] is None:
                    cells[column] = value


def _guarded(read: Any) -> Any:
    """The parser is not ours: whatever it trips over becomes a refusal, and never a crash of the server."""
    try:
        return read()
    except python_calamine.PasswordError as error:
        raise Refusal("sheet.encrypted", "file") from error
    except (KeyboardInterrupt, SystemExit, MemoryError):
        raise
    except BaseException as error:  # a panic of the parser is no Exception
        raise Refusal("sheet.archive_broken", "file") from error
