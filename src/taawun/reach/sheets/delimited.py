"""Text as lines of cells: what parts the cells, judged over the whole file, and the cells themselves."""

import csv
import itertools
import math
import re
from collections import Counter
from collections.abc import Iterator
from typing import Final

from taawun.ground.values.refusal import Refusal
from taawun.reach.sheets import encodings

CELL_LENGTH_MAX: Final = 100_000
DELIMITERS: Final = (",", ";", "\t", "|", "* ", "^", "~", "\x1f", "،", "؛", ":")
_JUDGED_LINES: Final = 20_000
_UNIT: Final = "\x1f"
_LAST: Final = "\x1e"
_SEPARATOR_LINE: Final = re.compile(r"\ufeff?\"?sep=(.)\"?\s*", re.IGNORECASE)


def find_delimiter(data: bytes, encoding: str) -> str:
    """Return what parts the cells: that under which most lines have the same, large number of cells."""
    with encodings.reader(data, encoding) as stream:
        said = _SEPARATOR_LINE.fullmatch(stream.readline(200))
    if said:
        return said[1]
    best, best_score = ",", 0.0
    lines = _spread_lines(data, encoding)
    for delimiter in DELIMITERS:
        score = _evenness(lines, delimiter)
        if score > best_score * 1.001:
            best, best_score = delimiter, score
    return best


def _spread_lines(data: bytes, encoding: str) -> list[str]:
    """Return the beginning, and of a long file every so many lines of the rest."""
    with encodings.reader(data, encoding) as stream:
        lines = list(itertools.islice(stream, _JUDGED_LINES))
    return lines


def _evenness(lines: list[str], delimiter: str) -> float:
    if not any(delimiter in line for line in lines):
        return 0.0
    widths: Counter[int] = Counter()
    torn = 0
    try:
        for cells in csv.reader(_prepared(iter(lines), delimiter), delimiter=_sign(delimiter)):
            filled = sum(1 for cell in cells if cell.strip())
            if filled:
                widths[len(cells)] += 1 if filled > 1 else 0
                torn += filled < 2
    except csv.Error:
        return 0.0
    whole = sum(widths.values())
    wide = {width: count for width, count in widths.items() if width > 1}
    if not wide or not whole:
        return 0.0
    width, count = max(wide.items(), key=lambda one: (one[1] * math.log2(one[0] + 1), one[0]))
    # Lines that no separator parts speak against it, but titles above a table are few.
    share = count / (whole + torn)
    return share * share * math.log2(width + 1) * (0.6 if delimiter in (":", "،", "^", "~") else 1.0)


def _sign(delimiter: str) -> str:
    return delimiter if len(delimiter) == 1 else _UNIT


def _prepared(lines: Iterator[str], delimiter: str) -> Iterator[str]:
    """A separator of two signs becomes one, since the library reads no others."""
    if len(delimiter) == 1:
        return lines
    bare = delimiter.strip()
    # At the end of a line the blank after the sign is often gone.
    return (re.sub(rf"{re.escape(bare)}(?= |\r?\n?$) ?", _UNIT, line) for line in lines)


def records(data: bytes, encoding: str, delimiter: str) -> Iterator[tuple[int, list[str]]]:
    """Yield each record with its number, as a spreadsheet program numbers rows: an empty line is one too."""
    with encodings.reader(data, encoding) as stream:
        lines = _prepared(itertools.chain(stream, (_LAST,)), delimiter)
        reader = csv.reader(lines, delimiter=_sign(delimiter), skipinitialspace=delimiter in (";", "|"))
        number = 0
        pending: list[str] | None = None
        try:
            for cells in reader:
                if pending is not None:
                    number += 1
                    yield number, pending
                pending = cells
        except csv.Error as error:
            raise Refusal("sheet.cell_too_long", "file", line=number + 2, column="", limit=CELL_LENGTH_MAX) from error
    if pending == [_LAST]:
        return
    # The mark we added at the end was swallowed by a cell: a quotation mark was never closed.
    raise Refusal("sheet.quote_open", "file", line=number + 1)
