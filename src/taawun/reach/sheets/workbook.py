"""Workbooks out (XLSX): every cell written with its type, so that a text is a text and no program runs it."""

import datetime as dt
from collections.abc import Iterable, Sequence
from decimal import Decimal
from pathlib import Path
from typing import Any, BinaryIO, Final

import xlsxwriter

Cell = str | int | float | Decimal | bool | dt.date | dt.datetime | None
Table = tuple[str, Sequence[str], Iterable[Sequence[Cell]]]

# What the format itself allows: a longer text or a larger number would be cut off without a word.
TEXT_LENGTH_MAX: Final = 32_767
WHOLE_MAX: Final = 10**15
NAME_LENGTH_MAX: Final = 31
# Where the rows wait while the file is made. What lies there is memory and not a disk, and it is gone with the file.
_IN_MEMORY: Final = Path("/dev/shm")


class TooLong(ValueError):
    """A text is longer than a cell of a workbook can hold. CSV has no such limit."""


def write_workbook(to: Path | str | BinaryIO, tables: Iterable[Table], *, right_to_left: bool = False) -> None:
    """Write tables as sheets of one workbook: ``(sheet name, header, rows)``. Rows are read once, as they come.

    Texts stay texts, also where they look like a formula, a link or a number; days and moments are written as such,
    moments without their zone.
    """
    options: dict[str, Any] = {
        "constant_memory": True,
        "strings_to_formulas": False,
        "strings_to_urls": False,
        "strings_to_numbers": False,
        "default_date_format": "yyyy-mm-dd hh:mm:ss",
    }
    if _IN_MEMORY.is_dir():
        options["tmpdir"] = str(_IN_MEMORY)
    with xlsxwriter.Workbook(to, options) as book:
        bold = book.add_format({"bold": True})
        day = book.add_format({"num_format": "yyyy-mm-dd"})
        for name, header, rows in tables:
            sheet = book.add_worksheet(name[:NAME_LENGTH_MAX])
            if right_to_left:
                sheet.right_to_left()
            sheet.freeze_panes(1, 0)
            sheet.set_column(0, max(0, len(header) - 1), 16)
            for column, title in enumerate(header):
                sheet.write_string(0, column, title, bold)
            for line, row in enumerate(rows, start=1):
                for column, cell in enumerate(row):
                    _write(sheet, line, column, cell, day)


def _write(sheet: Any, line: int, column: int, cell: Cell, day: Any) -> None:
    if cell is None or cell == "":
        return
    if isinstance(cell, str):
        if len(cell) > TEXT_LENGTH_MAX:
            raise TooLong(f"a cell has {len(cell)} characters; at most {TEXT_LENGTH_MAX} fit")
        sheet.write_string(line, column, cell)
    elif isinstance(cell, bool):
        sheet.write_boolean(line, column, cell)
    elif isinstance(cell, dt.datetime):
        sheet.write_datetime(line, column, cell.replace(tzinfo=None))
    elif isinstance(cell, dt.date):
        sheet.write_datetime(line, column, cell, day)
    elif isinstance(cell, int) and abs(cell) > WHOLE_MAX:
        # A spreadsheet rounds what is longer than fifteen digits.
        sheet.write_string(line, column, str(cell))
    else:
        sheet.write_number(line, column, cell)
