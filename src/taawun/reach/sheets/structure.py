"""Where the table of a sheet is: the lines that name its columns, and the lines below that are no rows.

People put titles above their tables, two lines of heads, totals below, notes between, the heads again where a page begins, and
a second table further down. What is left out is told, line by line, with the reason.
"""

import itertools
import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from taawun.reach.sheets import dates, lexicon, naming
from taawun.reach.sheets.book import Book, Line
from taawun.reach.sheets.content import shown
from taawun.reach.sheets.hxl import is_tag_line
from taawun.reach.sheets.plan import Skipped
from taawun.reach.sheets.workbooks import Cell, is_blank

_LOOKED_AT: Final = 60
"""So many lines that hold something are looked at for the heads."""
_CONTROL_BEGIN: Final = frozenset({"controlbegin", "control begin", "begin control"})
_CONTROL_END: Final = frozenset({"controlend", "control end", "end control"})
_PHONE: Final = re.compile(r"[+(]?\d[\d\s().-]{6,}")


@dataclass(frozen=True, slots=True)
class Structure:
    """``headers`` are as wide as the table; ``tags`` too, or empty. ``score`` says how sure the heads are."""

    header_lines: tuple[int, ...]
    headers: tuple[str, ...]
    first_line: int
    tags: tuple[str, ...] = ()
    tags_line: int = 0
    score: float = 0.0


def find_structure(book: Book, sheet: int, header_line: int | None = None) -> Structure:
    """Return where the table is. ``header_line`` is a line a person chose, or 0 where she says that none names the columns."""
    lines = [
        (line, cells) for line, cells in itertools.islice(book.grid(sheet), 2_000) if header_line or not is_blank(cells)
    ][: None if header_line else _LOOKED_AT]
    width = book.sheets[sheet].columns
    if not lines:
        return Structure((), (), 1)
    if header_line == 0:
        return Structure((), ("",) * width, lines[0][0])
    if header_line is not None:
        place = next((place for place, (line, _) in enumerate(lines) if line == header_line), None)
        if place is None or is_blank(lines[place][1]):
            return Structure((), ("",) * width, header_line + 1)
        return _built(lines, place, width, 1.0)
    tagged = next((place for place, (_, cells) in enumerate(lines[:30]) if is_tag_line(_texts(cells))), None)
    if tagged is not None:
        return _tagged(lines, tagged, width)
    scores = [(_header_score(cells, width) - 0.02 * place, -place) for place, (_, cells) in enumerate(lines)]
    score, place = max(scores)
    if score < 0.9:
        found = _by_shape(lines, width)
        if found is None:
            return Structure((), ("",) * width, _first_of_table(lines, width))
        return _built(lines, found, width, 0.5)
    return _built(lines, -place, width, score)


def _texts(cells: Sequence[Cell]) -> list[str]:
    return [shown(cell) for cell in cells]


def _is_head(cell: Cell) -> bool:
    """Return whether a cell can be the name of a column: a text that is no value."""
    if not isinstance(cell, str):
        return False
    text = cell.strip()
    return bool(text) and not _PHONE.fullmatch(text) and "@" not in text and dates.take_apart(text) is None


def _header_score(cells: Sequence[Cell], width: int) -> float:
    """Return how much a line looks like the names of columns: how many of its cells are known names."""
    filled = [cell for cell in cells if cell not in (None, "") and shown(cell)]
    if not filled:
        return 0.0
    texts = [cell for cell in filled if _is_head(cell) and len(str(cell)) < 300]
    # Three questions about one thing name it once.
    meanings: dict[str, float] = {}
    for text in texts:
        if surely := _known(str(text)):
            meaning = naming.said(str(text))[0].meaning
            meanings[meaning] = max(meanings.get(meaning, 0.0), surely) + (0.3 if meaning in meanings else 0.0)
    known = sum(meanings.values())
    values = len(filled) - len(texts)
    doubled = len(texts) - len({text for text in texts})
    return known * (len(texts) / len(filled)) - 0.7 * values - 0.3 * doubled


def _known(text: str) -> float:
    """Return how surely a text is a name: words that are also ordinary values count less than questions and fixed names."""
    said = naming.said(text)
    if not said or said[0].score < 0.7:
        return 0.0
    return said[0].score * (
        0.6 if lexicon.values("direction").exact(text) or lexicon.values("yes_no").exact(text) else 1.0
    )


def _by_shape(lines: Sequence[Line], width: int) -> int | None:
    """Return the line that differs from those below it as names differ from values, where the words say nothing."""
    usual = max(sum(1 for cell in cells if shown(cell)) for _, cells in lines)
    for place, (_, cells) in enumerate(lines[:15]):
        filled = [cell for cell in cells if shown(cell)]
        if len(filled) < max(1, usual * 0.6):
            continue
        if not all(_is_head(cell) and len(str(cell)) < 80 for cell in filled) or len(
            {shown(one) for one in filled}
        ) < len(filled):
            return None
        below = [other for _, other in lines[place + 1 : place + 21]]
        if not below:
            return place if len(filled) > 1 else None
        differs = 0
        for column, cell in enumerate(cells):
            values = [other[column] for other in below if column < len(other) and shown(other[column])]
            if values and shown(cell) and sum(1 for one in values if not _is_head(one)) * 2 > len(values):
                differs += 1
        return place if differs else None
    return None


def _first_of_table(lines: Sequence[Line], width: int) -> int:
    """Return the first line that is as wide as most: what stands above is a title."""
    usual = sorted(sum(1 for cell in cells if shown(cell)) for _, cells in lines)[len(lines) // 2]
    return next(line for line, cells in lines if sum(1 for cell in cells if shown(cell)) >= max(1, usual // 2))


def _built(lines: Sequence[Line], place: int, width: int, score: float) -> Structure:
    """Return the structure around the line of heads, with a second line above or below it if there is one."""
    line, cells = lines[place]
    heads = [shown(cell).strip() for cell in cells] + [""] * (width - len(cells))
    above, below = _neighbour(lines, place, -1), _neighbour(lines, place, 1)
    if below is not None and _goes_on(cells, below[1], lines[place + 2 : place + 8]):
        lower = [shown(cell).strip() for cell in below[1]] + [""] * (width - len(below[1]))
        joined = _joined(_filled_forward(heads, lower), lower)
        return Structure((line, below[0]), joined, below[0] + 1, score=score)
    if above is not None and _is_group_line(above[1], cells):
        upper = [shown(cell).strip() for cell in above[1]] + [""] * (width - len(above[1]))
        return Structure((above[0], line), _joined(_filled_forward(upper, heads), heads), line + 1, score=score)
    return Structure((line,), tuple(_one_line(head) for head in heads), line + 1, score=score)


def _tagged(lines: Sequence[Line], place: int, width: int) -> Structure:
    tags_line, cells = lines[place]
    tags = tuple((_texts(cells) + [""] * width)[:width])
    if place and not _is_title(lines[place - 1][1], width):
        found = _built(lines[:place], place - 1, width, 5.0)
        return Structure(found.header_lines, found.headers, tags_line + 1, tags, tags_line, 5.0)
    return Structure((tags_line,), tags, tags_line + 1, tags, tags_line, 5.0)


def _is_title(cells: Sequence[Cell], width: int) -> bool:
    filled = {shown(cell) for cell in cells if shown(cell)}
    return len(filled) < 2 and width > 2


def _neighbour(lines: Sequence[Line], place: int, step: int) -> Line | None:
    other = place + step
    if not 0 <= other < len(lines) or abs(lines[other][0] - lines[place][0]) != 1:
        return None
    return lines[other]


def _is_group_line(upper: Sequence[Cell], lower: Sequence[Cell]) -> bool:
    """Return whether a line above the heads gathers them into groups: fewer texts than heads, each over several of them."""
    filled = [shown(cell) for cell in upper if shown(cell)]
    heads = sum(1 for cell in lower if shown(cell))
    groups = len(set(filled))
    if groups < 2 or not all(_is_head(cell) and len(str(cell)) < 60 for cell in upper if shown(cell)):
        return False
    repeated = len(filled) > groups
    sparse = len(filled) < heads and sum(1 for text in filled if _known(text)) * 2 >= groups
    return (repeated or sparse) and groups < heads


def _goes_on(heads: Sequence[Cell], below: Sequence[Cell], rest: Sequence[Line]) -> bool:
    """Return whether the line below the heads still names columns: texts only, known ones, under gaps or equal heads."""
    filled = [cell for cell in below if shown(cell)]
    if len(filled) < 2 or not rest or not all(_is_head(cell) for cell in filled):
        return False
    known = sum(1 for cell in filled if _known(str(cell)))
    if known < 2 or known * 2 < len(filled):
        return False
    under_gaps = sum(
        1
        for place, cell in enumerate(below)
        if shown(cell) and (place >= len(heads) or not shown(heads[place]) or shown(heads[place]) == shown(cell)
                            or (place and shown(heads[place]) == shown(heads[place - 1])))
    )  # fmt: skip
    # The codes of a form above its questions, or the other way round, fill the same columns.
    coded = (
        len(filled) >= 3
        and known * 5 >= len(filled) * 4
        and any("_" in shown(one) or "?" in shown(one) for one in (*heads, *below))
    )
    return under_gaps >= 1 or coded


def _filled_forward(upper: Sequence[str], lower: Sequence[str]) -> list[str]:
    """A group is written once above its first column; it counts for those after it that have a name of their own."""
    found: list[str] = []
    last = ""
    for place, text in enumerate(upper):
        last = text or (last if place < len(lower) and lower[place] else "")
        found.append(last)
    return found


def _joined(upper: Sequence[str], lower: Sequence[str]) -> tuple[str, ...]:
    return tuple(
        _one_line(one if not other else other if not one or one == other else f"{one}{naming.JOINED}{other}")
        for one, other in zip(upper, lower, strict=True)
    )


def _one_line(text: str) -> str:
    return " ".join(text.split())[:300]


# -- the lines below ------------------------------------------------------------------------------------------------


class Sorter:
    """Tells rows from the other lines of a sheet, from its first line to its last."""

    def __init__(self, structure: Structure) -> None:
        self._structure = structure
        self._heads = [head.rpartition(naming.JOINED)[2].casefold() for head in structure.headers]
        self._named = sum(1 for head in self._heads if head)
        self._few = max(3, int(len(self._heads) * 0.6))
        self._in_control = False
        self._other_table = 0
        self._blank_before = False

    def skip(self, line: int, cells: Sequence[Cell]) -> Skipped | None:
        """Return why a line is no row, or nothing where it is one. Lines must come in their order."""
        found = self._above(line, cells) or self._skip(line, cells)
        self._blank_before = found is not None and found.code in ("row.blank", "row.boxes")
        return found

    def _above(self, line: int, cells: Sequence[Cell]) -> Skipped | None:
        if line in self._structure.header_lines:
            return Skipped(line, "row.header")
        if line == self._structure.tags_line:
            return Skipped(line, "row.tags")
        if line < self._structure.first_line:
            return Skipped(line, "row.blank" if is_blank(list(cells)) else "row.title")
        return None

    def _skip(self, line: int, cells: Sequence[Cell]) -> Skipped | None:
        texts = [cell.strip() if isinstance(cell, str) else shown(cell) for cell in cells]
        filled = [(place, text) for place, text in enumerate(texts) if text]
        if not filled:
            return Skipped(line, "row.blank")
        if self._is_control(filled):
            return Skipped(line, "row.control")
        if self._other_table:
            return Skipped(line, "row.other_table", {"start": self._other_table})
        first = filled[0][1]
        # The first cell is asked before all: few rows begin with an empty box.
        if self._is_box(cells, filled[0]) and all(self._is_box(cells, one) for one in filled):
            return Skipped(line, "row.boxes")
        if self._is_header_again(filled):
            return Skipped(line, "row.header_again")
        if len(filled) <= self._few and self._is_total(cells, filled):
            return Skipped(line, "row.total")
        alike = len(filled) > 2 and first == filled[1][1] and len({text for _, text in filled}) == 1
        if alike and len(first) > 2 and not first.isdecimal():
            return Skipped(line, "row.heading", {"text": first[:80]})
        if self._is_heading(filled, len(texts)):
            return Skipped(line, "row.heading", {"text": first[:80]})
        if self._blank_before and self._starts_other(cells, filled):
            self._other_table = line
            return Skipped(line, "row.other_table", {"start": line})
        return None

    def _is_box(self, cells: Sequence[Cell], one: tuple[int, str]) -> bool:
        return cells[one[0]] is False or one[1].casefold() == "false"

    def _is_control(self, filled: Sequence[tuple[int, str]]) -> bool:
        keys = {" ".join(text.casefold().split()) for _, text in filled if text[0] in "CcBbEe" and len(text) < 20}
        if keys & _CONTROL_END:
            self._in_control = False
            return True
        self._in_control = self._in_control or bool(keys & _CONTROL_BEGIN)
        return self._in_control

    def _is_header_again(self, filled: Sequence[tuple[int, str]]) -> bool:
        if len(filled) < 2 or self._named < 2:
            return False
        same = 0
        for number, (place, text) in enumerate(filled):
            same += place < len(self._heads) and self._heads[place] == " ".join(text.split()).casefold()
            if number == 1 and not same:
                return False
        return same >= 2 and same * 10 >= len(filled) * 6

    def _is_total(self, cells: Sequence[Cell], filled: Sequence[tuple[int, str]]) -> bool:
        place, text = next(((place, text) for place, text in filled if isinstance(cells[place], str)), (-1, ""))
        if place < 0 or len(text) > 60 or lexicon.values("total").exact(text.split(":")[0]) is None:
            return False
        others = [one for at, one in filled if at != place]
        numbers = sum(1 for one in others if any(sign.isdecimal() for sign in one))
        return numbers * 2 >= len(others)

    def _is_heading(self, filled: Sequence[tuple[int, str]], width: int) -> bool:
        """A single text at the left of a wide table parts its rows: a day, a part of town."""
        if len(filled) != 1 or self._named < 4 or len(filled[0][1]) > 80:
            return False
        return filled[0][0] <= 1 or naming.is_bare(
            self._structure.headers[filled[0][0]] if filled[0][0] < len(self._heads) else ""
        )

    def _starts_other(self, cells: Sequence[Cell], filled: Sequence[tuple[int, str]]) -> bool:
        """After a gap, a line of names that are not ours: from here on it is another table."""
        if len(filled) < 2 or self._named < 2 or not all(_is_head(cells[place]) for place, _ in filled):
            return False
        known = [text for _, text in filled if _known(text) >= 0.9]
        return len(known) >= 2 and len(known) * 10 >= len(filled) * 6
