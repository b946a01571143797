"""How well columns are understood: sheets that were mapped by hand, beside what is suggested for them.

A folder holds sheets and, beside each, a JSON file of the same name (``needs.csv``, ``needs.csv.json`` or ``needs.json``)::

    {"columns": {"Phone #": "phone", "Condition": null, "Where": ["area", "door"]}}

or a list in the order of the columns. Several answers may be right; null means that the column has no target, and
``sensitive`` that it must not be stored. One file ``golden.json`` may hold all of them by the name of the sheet.
"""

import datetime as dt
import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from taawun.ground.values.refusal import Refusal
from taawun.reach.sheets.book import open_book
from taawun.reach.sheets.plan import TARGETS, Mapped
from taawun.reach.sheets.reading import Setting, suggest

GOAL: Final = 0.9
_SHEETS: Final = frozenset({".csv", ".tsv", ".txt", ".xlsx", ".xls", ".ods"})


@dataclass(frozen=True, slots=True)
class Miss:
    file: str
    header: str
    wanted: str
    found: str


@dataclass(slots=True)
class Judged:
    """``wrong_extra`` counts columns without a target that got one; ``leaked`` those that must not be stored."""

    right: int = 0
    wanted: int = 0
    without: int = 0
    wrong_extra: int = 0
    leaked: int = 0
    sheets: int = 0
    misses: tuple[Miss, ...] = ()


def judge(folder: Path) -> Judged:
    """Return how many columns of the folder's sheets are mapped as their golden files say."""
    judged = Judged()
    misses: list[Miss] = []
    for path, answers in _pairs(folder):
        judged.sheets += 1
        try:
            columns = suggest(open_book(path, path.name), Setting(dt.date(2026, 6, 1))).columns
        except Refusal as refusal:
            columns = ()
            misses.append(Miss(path.name, "", "", refusal.code))
        for header, answer in _expected(answers, columns):
            found = (
                next((one for one in columns if one.column == header), None)
                if isinstance(header, int)
                else _by_name(columns, header)
            )
            misses.extend(_count(judged, path.name, found, str(header), answer))
    judged.misses = tuple(misses)
    return judged


def figures(folder: Path) -> Iterator[tuple[str, str, str, bool]]:
    """Yield the lines of the bench: name, value, goal, whether it is reached."""
    judged = judge(folder)
    share = judged.right / judged.wanted if judged.wanted else 0.0
    told = f"{share:.1%} ({judged.right} of {judged.wanted} in {judged.sheets} sheets)"
    yield "sheets.mapping", told, f"≥ {GOAL:.0%}", share >= GOAL
    yield "sheets.mapping.leaked", str(judged.leaked), "0", judged.leaked == 0


def _count(judged: Judged, file: str, found: Mapped | None, header: str, answer: list[str]) -> Iterator[Miss]:
    target = found.target if found else ""
    right = [one for one in answer if one in TARGETS]
    if right:
        judged.wanted += 1
        judged.right += target in right
        if target not in right:
            yield Miss(
                file,
                found.header if found else header,
                "/".join(right),
                target or (found.sensitive if found else "") or "-",
            )
        return
    judged.without += 1
    if target:
        judged.wrong_extra += 1
        judged.leaked += "sensitive" in answer
        yield Miss(file, found.header if found else header, "/".join(answer) or "-", target)


def _by_name(columns: Sequence[Mapped], header: str) -> Mapped | None:
    wanted = " ".join(header.split()).casefold()
    exact = [one for one in columns if " ".join(one.header.split()).casefold() == wanted]
    ends = [one for one in columns if wanted and " ".join(one.header.split()).casefold().endswith(wanted)]
    return next(iter((*exact, *ends)), None)


def _expected(answers: Any, columns: Sequence[Mapped]) -> Iterator[tuple[str | int, list[str]]]:
    if isinstance(answers, Mapping):
        answers = answers.get("columns", answers.get("mapping", answers))
    if isinstance(answers, Mapping):
        for header, answer in answers.items():
            yield header, _several(answer)
        return
    for place, answer in enumerate(answers):
        if isinstance(answer, Mapping):
            name = answer.get("header", answer.get("column", place))
            yield name, _several(answer.get("target", answer.get("targets")))
        else:
            yield place, _several(answer)


def _several(answer: Any) -> list[str]:
    if answer is None or answer == "":
        return []
    return [str(one) for one in answer if one] if isinstance(answer, list) else [str(answer)]


def _pairs(folder: Path) -> Iterator[tuple[Path, Any]]:
    together = folder / "golden.json"
    all_answers = json.loads(together.read_text("utf-8")) if together.is_file() else {}
    for path in sorted(folder.rglob("*")):
        if path.suffix.lower() not in _SHEETS:
            continue
        for beside in (path.with_name(path.name + ".json"), path.with_suffix(".json")):
            if beside.is_file():
                yield path, json.loads(beside.read_text("utf-8"))
                break
        else:
            if path.name in all_answers:
                yield path, all_answers[path.name]
