"""The two messy sheets of `./taawun match`: read as every sheet is read, with notes on what was understood, and rows as entries."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any, Final

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from taawun.ground.values.refusal import Refusal, sentence
from taawun.ground.words.clean import search_key
from taawun.house.commands.match_sheet import SPLIT_NAMES, Entry, Maker
from taawun.reach.sheets import dates, lexicon
from taawun.reach.sheets.book import Book, open_book
from taawun.reach.sheets.csvfile import RowError
from taawun.reach.sheets.plan import DateOrder, Mapped, Plan, Problem, Skipped
from taawun.reach.sheets.reading import Setting, read_records, suggest

# What a plan of who brings what to whom is made from; the other columns of a sheet are neither read nor copied.
READ: Final = frozenset(
    {"source_id", "kind", "quantity", "unit", "area", "latitude", "longitude", "plus_code", "starts_at", "ends_at", "date",
     "from_time", "to_time", "language", "name", "phone", "urgency", "direction", "status"}
)  # fmt: skip
LISTED: Final = 20
# What is kept as it was written is for a person to read, and of no account here.
_QUIET: Final = frozenset({"phone.kept"})


@dataclass(slots=True)
class Sheet:
    """One of the two files, read: its entries, what is wrong, and what should be known of how it was understood."""

    file: str
    entries: list[Entry] = field(default_factory=list)
    errors: list[RowError] = field(default_factory=list)
    understood: list[str] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    columns: dict[str, list[str]] = field(default_factory=dict)
    unread: list[str] = field(default_factory=list)
    skipped: list[tuple[int, str]] = field(default_factory=list)
    name: str = ""
    header_lines: tuple[int, ...] = ()


def read_sheet(
    path: Path,
    name: str,
    *,
    asking: bool,
    today: dt.date,
    dates_order: str = "",
    sheet: str = "",
    ask: Callable[[str, str], DateOrder] | None = None,
    skip_faulty: bool = False,
) -> Sheet:
    """Read one file. ``ask`` puts the question about days and months to a person, where there is one."""
    found = Sheet(name)
    try:
        book = open_book(path, name)
        plan = _only_read(suggest(book, Setting(today), sheet=_chosen(book, sheet, asking=asking)), asking=asking)
        _tell(found, book, plan)
        if not {"kind", "source_id", "name", "phone", "quantity"} & plan.targets.keys():
            raise Refusal("sheet.no_columns", "file")
        if "kind" not in plan.targets:
            found.errors.append(
                RowError(name, plan.header_lines[-1] if plan.header_lines else 0, "", _no_kind(asking=asking))
            )
            return found
        plan = _settled(book, plan, found, dates_order, ask)
        if not found.errors:
            _read_rows(book, plan, found, asking=asking, today=today, skip_faulty=skip_faulty)
    except Refusal as refusal:
        line = refusal.facts.get("line", 0)
        found.errors.append(RowError(name, int(str(line)) if str(line).isdecimal() else 0, "", sentence(refusal)))
    found.errors.sort(key=lambda error: error.line)
    return found


def _no_kind(*, asking: bool) -> str:
    if asking:
        return _("No column says what is needed. Please name it “kind”, or choose the sheet with --requests-sheet.")
    return _("No column says what is offered. Please name it “kind”, or choose the sheet with --offers-sheet.")


def _chosen(book: Book, sheet: str, *, asking: bool) -> int | None:
    """Return the sheet that was named, or the one whose name says that it holds this side."""
    if sheet:
        for one in book.sheets:
            if search_key(one.name) == search_key(sheet) or str(one.index + 1) == sheet:
                return one.index
        raise Refusal("sheet.no_such_sheet", "sheet", count=len(book.sheets))
    wanted = "request" if asking else "offer"
    named = [
        one.index
        for one in book.visible
        if one.rows
        and len(book.visible) > 1
        and {lexicon.values("direction").meanings.get(word) for word in lexicon.words_of(one.name)} == {wanted}
    ]
    return named[0] if len(named) == 1 else None


def _only_read(plan: Plan, *, asking: bool) -> Plan:
    """Forget the columns a plan does not need, and find the one only this command knows: whether a need may be split."""
    targets = READ if asking else READ - {"urgency"}
    return replace(
        plan, columns=tuple(one if one.target in targets else replace(one, target="") for one in plan.columns)
    )


def _split_column(plan: Plan) -> int | None:
    return next(
        (
            one.column
            for one in plan.columns
            if not one.target and search_key(one.header.replace("_", " ")) in SPLIT_NAMES
        ),
        None,
    )


def _tell(found: Sheet, book: Book, plan: Plan) -> None:
    """Say how the file was understood: which sheet, which line names the columns, what each column is taken for."""
    found.name, found.header_lines = plan.sheet_name, plan.header_lines
    split = _split_column(plan)
    for one in plan.columns:
        if one.target:
            found.columns.setdefault(one.target, []).append(one.shown)
        elif one.column == split:
            found.columns["can_split"] = [one.shown]
        elif one.header or one.filled:
            found.unread.append(one.shown)
    found.understood.extend(note.message for note in book.notes)
    read = "; ".join(f"{_shown(target)} ← {', '.join(heads)}" for target, heads in found.columns.items())
    if len(book.sheets) > 1:
        found.understood.append(_("Read from the sheet “%(sheet)s”.") % {"sheet": plan.sheet_name})
    if plan.header_lines and plan.header_lines != (1,):
        found.understood.append(
            _("The columns are named in line %(lines)s.")
            % {"lines": ", ".join(str(line) for line in plan.header_lines)}
        )
    if not plan.header_lines:
        found.understood.append(_("No line names the columns, so they were told by what is in them."))
    found.understood.append(_("Understood: %(columns)s.") % {"columns": read})


def _shown(target: str) -> str:
    return target.replace("source_id", "id").replace("_", " ")


def _settled(book: Book, plan: Plan, found: Sheet, order: str, ask: Callable[[str, str], DateOrder] | None) -> Plan:
    """Return the plan with an answer to "day or month first?", or add the line where that decides."""
    for question in plan.questions:
        if question.code != "dates":
            continue
        column = plan.columns[question.column]
        answer: Any = order or (ask(column.shown, question.example) if ask else "")
        if answer:
            plan = plan.with_dates(answer, question.column)
            continue
        line, text, days = _undecided(book, plan, column)
        found.errors.append(
            RowError(found.file, line, column.shown, _("“%(text)s” can mean %(first)s or %(second)s. Add --dates dmy (day first) or --dates mdy (month first).")
                     % {"text": text, "first": days[0], "second": days[1]})
        )  # fmt: skip
    return plan


def _undecided(book: Book, plan: Plan, column: Mapped) -> tuple[int, str, tuple[dt.date, dt.date]]:
    for line, cells in book.grid(plan.sheet):
        cell = cells[column.column] if line >= plan.first_line and column.column < len(cells) else None
        taken = dates.take_apart(cell) if isinstance(cell, str) else None
        if taken and (days := dates.two_days(taken)):
            return line, str(cell), days
    raise AssertionError("a column is only undecided where one of its days can be two")


def _read_rows(book: Book, plan: Plan, found: Sheet, *, asking: bool, today: dt.date, skip_faulty: bool) -> None:
    split = _split_column(plan)
    splits = {line: cells[split] for line, cells in book.grid(plan.sheet) if split is not None and split < len(cells)}
    setting = Setting(today)
    doubts: list[Problem] = []
    maker = Maker(plan, asking=asking)
    others = 0
    for one in read_records(book, plan, setting):
        if isinstance(one, Skipped):
            if one.counts:
                found.skipped.append((one.line, one.message))
            continue
        if one.values.get("direction") == ("offer" if asking else "request"):
            others += 1
            found.skipped.append(
                (one.line, _("This row is on the other side: an offer among requests, or a request among offers."))
            )
            continue
        entries, problems = maker.entries(one, splits.get(one.line))
        grave = [problem for problem in problems if problem.grave]
        doubts.extend(problem for problem in problems if not problem.grave and problem.code not in _QUIET)
        if grave and skip_faulty:
            found.skipped.append((one.line, " ".join(f"{problem.header}: {problem.message}" for problem in grave)))
        elif grave:
            found.errors.extend(
                RowError(found.file, problem.line, problem.header, problem.message) for problem in grave
            )
        else:
            found.entries.extend(entries)
    found.notes.extend(maker.notes)
    found.notes.extend(str(RowError(found.file, one.line, one.header, one.message)) for one in doubts[:LISTED])
    if len(doubts) > LISTED:
        more = len(doubts) - LISTED
        found.notes.append(
            ngettext("… and %(count)s note more.", "… and %(count)s notes more.", more) % {"count": more}
        )
    if not found.entries and not found.errors:
        found.errors.append(RowError(found.file, 0, "", _("There is no row to match. Please fill in at least one.")))


def skipped_lines(sheet: Sheet) -> Iterator[str]:
    """Yield the lines left out, told together where the reason is the same."""
    reasons = Counter(reason for _line, reason in sheet.skipped)
    for reason, count in reasons.items():
        lines = [str(line) for line, one in sheet.skipped if one == reason]
        listed = ", ".join(lines[:10]) + (" …" if count > 10 else "")
        yield ngettext("Left out, line %(lines)s: %(reason)s", "Left out, lines %(lines)s: %(reason)s", count) % {
            "lines": listed, "reason": reason,
        }  # fmt: skip
