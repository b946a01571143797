"""What is kept of a file while somebody looks at it: all of it sealed, none of it for longer than a day."""

import dataclasses
import json
import zlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, Final

from taawun.ground.values.refusal import Refusal
from taawun.ground.vault import store
from taawun.reach.sheets.book import Book, Line, open_book
from taawun.reach.sheets.models import Import
from taawun.reach.sheets.plan import Plan

KEPT_FOR: Final = timedelta(hours=24)
# A text someone pasted is a file too; this is its name.
PASTED: Final = ""


@dataclass
class Notes:
    """What is known of a file beside its bytes: its name, how it is read, and the cells put right by hand.

    ``mended`` holds ``"line:column"`` and the text that stands there now; columns count from 0. ``left_out`` are lines
    somebody does not want to bring, because they are there twice.
    """

    name: str
    plan: Plan | None = None
    encoding: str = ""
    delimiter: str = ""
    mended: dict[str, str] = field(default_factory=dict)
    left_out: list[int] = field(default_factory=list)

    def to_json(self) -> str:
        return json.dumps({**dataclasses.asdict(self), "plan": self.plan.to_json() if self.plan else None})

    @classmethod
    def from_json(cls, text: str) -> "Notes":
        known: dict[str, Any] = json.loads(text)
        plan = known.pop("plan")
        return cls(**known, plan=Plan.from_json(plan) if plan else None)


def keep_file(load: Import, data: bytes, *, now: datetime) -> None:
    # Sheets are full of repetition: packed, they wait in a tenth of the room.
    _keep(load, "file", zlib.compress(data, 6), now)


def keep_notes(load: Import, notes: Notes, *, now: datetime) -> None:
    _keep(load, "notes", notes.to_json().encode(), now)


def keep_report(load: Import, report: Mapping[str, Any], *, now: datetime) -> None:
    _keep(load, "report", json.dumps(report).encode(), now)


def _keep(load: Import, what: str, data: bytes, now: datetime) -> None:
    store.seal_file(load.circle_id, load.id, what, data, now=now, expires_at=load.expires_at)


def _open(load: Import, what: str, now: datetime) -> bytes:
    data = store.open_file(load.circle_id, load.id, what, now=now)
    if data is None:
        raise Refusal("import.gone", status=404)
    return data


def notes_of(load: Import, *, now: datetime) -> Notes:
    return Notes.from_json(_open(load, "notes", now).decode())


def report_of(load: Import, *, now: datetime) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(_open(load, "report", now))
    return found


def book_of(load: Import, notes: Notes, *, now: datetime) -> Book:
    """Return the file as a book, with the cells in it that somebody has put right."""
    data = zlib.decompress(_open(load, "file", now))
    book = open_book(data, notes.name, encoding=notes.encoding or None, delimiter=notes.delimiter or None)
    return mended(book, notes.mended) if notes.mended else book


def mended(book: Book, cells: Mapping[str, str]) -> Book:
    """Return the book with other texts in some cells."""
    by_line: dict[int, dict[int, str]] = {}
    for place, text in cells.items():
        line, _, column = place.partition(":")
        by_line.setdefault(int(line), {})[int(column)] = text

    def lines(index: int) -> Iterator[Line]:
        for number, row in book.grid(index):
            if number in by_line:
                row = list(row)
                for column, text in by_line[number].items():
                    row += [None] * (column + 1 - len(row))
                    row[column] = text or None
            yield number, row

    return dataclasses.replace(book, _lines=lines)


def throw_away(load: Import) -> None:
    """Throw the file and all that was read in it away."""
    store.erase(load.id)
