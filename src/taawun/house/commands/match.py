"""`./taawun match requests.xlsx offers.csv -o plan.xlsx`: the plan for a coordinator who has two sheets and no server."""

from __future__ import annotations

import argparse
import json
import math
import os
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any, TextIO

from taawun.house.trouble import Trouble, explain

if TYPE_CHECKING:
    from taawun.house.commands.match_board import Outcome
    from taawun.house.commands.match_reading import Sheet
    from taawun.house.commands.match_sheet import Entry
    from taawun.reach.sheets.csvfile import RowError
    from taawun.reach.sheets.plan import DateOrder

ERRORS_SHOWN = 50
SLOW_SECONDS = 2.0
TIME_LIMIT_SECONDS = 10.0
FARTHEST_KM = 20_100.0
MISUSED = 2


def main(argv: list[str]) -> int:
    given = _arguments(argv)
    _prepare()
    from django.utils.translation import override

    with override(given.language):
        return _run(given)


def _run(given: argparse.Namespace) -> int:
    if given.output is not None:
        _check_output(given)
    from django.utils.translation import gettext as _

    from taawun.house.commands.match_reading import read_sheet

    sides = zip(
        (given.requests, given.offers),
        _names(given.requests, given.offers),
        (given.requests_sheet, given.offers_sheet),
        (True, False),
        strict=True,
    )
    ask = _ask if sys.stdin.isatty() and not given.json else None
    # A question to the person must not be written over by the clock, so the clock is for those who cannot be asked.
    with _under_way(_("Reading the two files"), shown=ask is None):
        requests, offers = (
            read_sheet(
                path, name, asking=asking, today=date.today(), dates_order=given.dates, sheet=sheet, ask=ask,
                skip_faulty=given.skip_faulty,
            )
            for path, name, sheet, asking in sides
        )  # fmt: skip
    errors = [*requests.errors, *offers.errors]
    if errors:
        for sheet in (requests, offers):
            for line in sheet.understood if sheet.errors else ():
                print(f"{sheet.file}: {line}", file=sys.stderr)
        _show_errors(errors, as_json=given.json)
        return MISUSED
    outcome = _solve(requests.entries, offers.entries, given)
    if given.output is not None:
        _write(given, outcome)
    _show(given, requests, offers, outcome)
    return 0


def _ask(column: str, example: str) -> DateOrder:
    """Ask the person at the terminal which way the days of a column are written."""
    from django.utils.translation import gettext as _

    while True:
        print(
            _("In the column “%(column)s” there is “%(example)s”. Which comes first: d for the day, m for the month?")
            % {"column": column, "example": example},
            file=sys.stderr,
        )
        answer = input("> ").strip().casefold()
        if answer[:1] in ("d", "m", "ي", "ش"):
            return "dmy" if answer[:1] in ("d", "ي") else "mdy"


def _arguments(argv: list[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        prog="./taawun match",
        description="Matches requests and offers from two sheets (XLSX, ODS, XLS or CSV). Nothing is sent anywhere. See docs/match.md.",
    )
    parser.add_argument("requests", type=Path, help="the requests: a workbook or a CSV file")
    parser.add_argument("offers", type=Path, help="the offers, likewise")
    parser.add_argument("-o", "--output", type=Path, help="where to write the plan: a name ending in .xlsx or .csv")
    parser.add_argument(
        "--dates",
        choices=("dmy", "mdy"),
        default="",
        help="how days such as 05/06/2026 are written: day or month first",
    )
    parser.add_argument(
        "--requests-sheet", default="", metavar="NAME", help="the sheet of the workbook with the requests"
    )
    parser.add_argument("--offers-sheet", default="", metavar="NAME", help="the sheet of the workbook with the offers")
    parser.add_argument(
        "--skip-faulty",
        action="store_true",
        help="leave out rows that cannot be read, and name them, instead of stopping",
    )
    parser.add_argument("--force", action="store_true", help="replace the plan if that file exists")
    parser.add_argument("--limit-km", type=_kilometres, default=50.0, metavar="KM", help="how far help may travel (50)")
    parser.add_argument("--language", choices=("en", "ar"), default="en", help="the language of the plan (en)")
    parser.add_argument(
        "--seconds", type=_seconds, default=TIME_LIMIT_SECONDS, help="how long to search for a better plan at most (10)"
    )
    parser.add_argument("--no-bom", action="store_true", help="leave out the mark by which Excel knows UTF-8")
    parser.add_argument("--json", action="store_true", help="print the plan as JSON")
    parser.add_argument("--verbose", action="store_true", help="show where an unexpected error came from")
    given = parser.parse_args(argv)
    if given.output is None and not given.json:
        parser.error("say where to write the plan, for example: -o plan.csv")
    return given


def _kilometres(text: str) -> float:
    value = _number(text)
    if not 0 < value <= FARTHEST_KM:
        raise argparse.ArgumentTypeError(f"{text} is not a distance; write kilometres above 0, for example 10")
    return value


def _seconds(text: str) -> float:
    value = _number(text)
    if not 0 < value <= 86_400:
        raise argparse.ArgumentTypeError(f"{text} is not a time; write seconds above 0, for example 30")
    return value


def _number(text: str) -> float:
    try:
        return float(text)
    except ValueError:
        return math.nan


def _prepare() -> None:
    """Messages and formats come from Django, which here needs no project: no database, no server, no settings file."""
    import django
    from django.conf import settings

    from taawun.ground.words.compile import compile_catalogues
    from taawun.ground.words.languages import LANGUAGES
    from taawun.ground.words.messages import LOCALE

    if not settings.configured:
        settings.configure(
            USE_I18N=True,
            USE_TZ=True,
            TIME_ZONE="UTC",
            LANGUAGE_CODE="en",
            LANGUAGES=[(one.code, one.name_native) for one in LANGUAGES],
            LOCALE_PATHS=[LOCALE],
            INSTALLED_APPS=[],
        )
        try:
            compile_catalogues()
        except OSError:
            # A program folder that may not be written to was compiled when it was installed.
            pass
        django.setup()


def _check_output(given: argparse.Namespace) -> None:
    from django.utils.translation import gettext as _

    output: Path = given.output
    for source in (given.requests, given.offers):
        if output.exists() and source.exists() and output.samefile(source):
            raise Trouble(_("The plan would overwrite %(file)s. Please choose another name for it.") % {"file": source})
    if output.is_dir():
        raise Trouble(_("%(file)s is a folder. Please give the name of a file for the plan.") % {"file": output})
    if output.exists() and not given.force:
        raise Trouble(
            _("%(file)s is there already. Please choose another name, or add --force to replace it.") % {"file": output}
        )
    if not output.parent.is_dir():
        raise Trouble(_("There is no folder %(folder)s. Please make it first.") % {"folder": output.parent})


def _names(requests: Path, offers: Path) -> tuple[str, str]:
    """Two files of one name in two folders are told apart by their folders."""
    return (requests.name, offers.name) if requests.name != offers.name else (str(requests), str(offers))


def _solve(requests: list[Entry], offers: list[Entry], given: argparse.Namespace) -> Outcome:
    from django.utils.translation import gettext as _

    try:
        from taawun.house.commands.match_board import match
    except ImportError as missing:
        raise Trouble(
            _("The solver is not installed (%(part)s is missing). Please install Taawun with its extra “solve”.")
            % {"part": missing.name}
        ) from missing
    with _under_way(_("Matching %(requests)s requests and %(offers)s offers")
                    % {"requests": len(requests), "offers": len(offers)}):  # fmt: skip
        return match(requests, offers, limit_km=given.limit_km, time_limit_seconds=given.seconds)


@contextmanager
def _under_way(text: str, *, shown: bool = True) -> Iterator[None]:
    """Show on standard error, where it spoils no JSON, that long work goes on."""
    finished = threading.Event()

    def show() -> None:
        started = time.monotonic()
        while not finished.wait(SLOW_SECONDS):
            print(f"{text} … {time.monotonic() - started:.0f} s", file=sys.stderr, flush=True)

    thread = threading.Thread(target=show, daemon=True)
    if not shown:
        finished.set()
    thread.start()
    try:
        yield
    finally:
        finished.set()
        thread.join()


def _write(given: argparse.Namespace, outcome: Outcome) -> None:
    from django.utils.translation import gettext as _

    from taawun.house.commands.match_words import header, rows
    from taawun.reach.sheets.writing import write_table

    try:
        with _under_way(_("Writing the plan")):
            if given.output.suffix.casefold() == ".xlsx":
                _write_workbook(given, header(), rows(outcome, given.limit_km))
            else:
                write_table(given.output, header(), rows(outcome, given.limit_km), byte_order_mark=not given.no_bom)
    except OSError as error:
        raise explain(error) or Trouble(
            _("The plan could not be written to %(file)s: %(reason)s.")
            % {"file": given.output, "reason": error.strerror or error}
        ) from error


def _write_workbook(given: argparse.Namespace, header: list[str], rows: list[list[str]]) -> None:
    """Write the plan as a workbook: whole or not at all, and for the owner's eyes only, as the CSV is."""
    from django.utils.translation import pgettext

    from taawun.reach.sheets.workbook import write_workbook

    handle, temporary = tempfile.mkstemp(dir=given.output.parent, prefix=f".{given.output.name[:100]}.", suffix=".part")
    try:
        with os.fdopen(handle, "wb") as file:
            write_workbook(
                file, [(pgettext("sheet", "plan"), header, map(_typed, rows))], right_to_left=given.language == "ar"
            )
        os.replace(temporary, given.output)
    except BaseException:
        Path(temporary).unlink(missing_ok=True)
        raise


def _typed(row: list[str]) -> list[str | float | None]:
    """Quantity and distance are numbers in a workbook, so that they can be added up; all else is text."""
    return [float(cell) if place in (4, 6) and cell else cell for place, cell in enumerate(row)]


def _show_errors(errors: list[RowError], *, as_json: bool) -> None:
    from django.utils.translation import ngettext

    shown = errors[:ERRORS_SHOWN]
    if as_json:
        listed = [
            {"file": one.file, "line": one.line or None, "column": one.column or None, "message": one.message}
            for one in shown
        ]
        print(json.dumps({"errors": listed, "errors_total": len(errors)}, ensure_ascii=False))
    for error in shown:
        print(error, file=sys.stderr)
    more = len(errors) - len(shown)
    if more:
        print(
            ngettext("… and %(count)s error more.", "… and %(count)s errors more.", more) % {"count": more},
            file=sys.stderr,
        )
    total = ngettext("%(count)s error; nothing was written.", "%(count)s errors; nothing was written.", len(errors)) % {
        "count": len(errors)
    }
    print(total, file=sys.stderr)


def _show_notes(sheets: tuple[Sheet, ...], to: TextIO) -> None:
    """Say in plain words what was understood of each file and what was left out."""
    from django.utils.translation import gettext as _

    from taawun.house.commands.match_reading import skipped_lines

    for sheet in sheets:
        lines = [*sheet.understood, *sheet.notes, *skipped_lines(sheet)]
        for line in lines:
            print(line if line.startswith(sheet.file) else f"{sheet.file}: {line}", file=to)
        if sheet.unread:
            told = _("%(file)s: columns not read and not copied: %(columns)s.")
            print(told % {"file": sheet.file, "columns": ", ".join(sheet.unread)}, file=to)


def _show(given: argparse.Namespace, requests_sheet: Sheet, offers_sheet: Sheet, outcome: Outcome) -> None:
    from django.utils.translation import gettext as _

    from taawun.house.commands.match_words import summary

    requests = requests_sheet.entries
    _show_notes((requests_sheet, offers_sheet), sys.stderr if given.json else sys.stdout)
    lines = []
    by_words = sorted({entry.kind_shown for entry in requests if not entry.in_catalogue})
    if by_words:
        lines.append(
            _("Kinds not in the catalogue, matched only with offers in the same words: %(kinds)s.")
            % {"kinds": ", ".join(by_words[:20]) + (" …" if len(by_words) > 20 else "")}
        )
    lines.extend(summary(len(requests), outcome))
    if given.output is not None:
        lines.append(_("The plan is in %(file)s.") % {"file": given.output})
    if given.json:
        plan = _as_json(requests, outcome, given.limit_km)
        plan["read"] = {"requests": _read_json(requests_sheet), "offers": _read_json(offers_sheet)}
        print(json.dumps(plan, ensure_ascii=False, indent=1))
    print("\n".join(lines), file=sys.stderr if given.json else sys.stdout)


def _read_json(sheet: Sheet) -> dict[str, Any]:
    return {
        "sheet": sheet.name,
        "header_lines": list(sheet.header_lines),
        "rows": len(sheet.entries),
        "columns": sheet.columns,
        "not_read": sheet.unread,
        "skipped": [{"line": line, "reason": reason} for line, reason in sheet.skipped],
        "notes": [*sheet.understood, *sheet.notes],
    }


def _as_json(requests: list[Entry], outcome: Outcome, limit_km: float) -> dict[str, Any]:
    from taawun.house.commands.match_words import amount, why, why_unmet

    def quantity(entry: Entry, parts: int) -> dict[str, Any]:
        number, unit = amount(entry, parts)
        return {"quantity": float(number) if "." in number else int(number), "unit": unit}

    gap = outcome.proposal.gap
    missing = {unmet.request.row for unmet in outcome.unmet}
    in_part = len(missing & {task.request.row for task in outcome.tasks})
    return {
        "tasks": [
            {
                "request": task.request.id,
                "offer": task.offer.id,
                "kind": task.request.kind,
                **quantity(task.request, task.parts),
                "distance_km": None if task.distance_km is None else round(task.distance_km, 1),
                "why": why(task),
            }
            for task in outcome.tasks
        ],
        "unmet": [
            {
                "request": unmet.request.id,
                "kind": unmet.request.kind,
                **quantity(unmet.request, unmet.parts),
                "reason": unmet.reason,
                "why": why_unmet(unmet, limit_km),
            }
            for unmet in outcome.unmet
        ],
        "summary": {
            "requests": len(requests),
            "met_in_full": len(requests) - len(missing),
            "met_in_part": in_part,
            "not_met": len(missing) - in_part,
            "distance_km": round(sum(task.distance_km or 0.0 for task in outcome.tasks), 1),
            "proven_best": gap.term is None,
            "gap": {"term": gap.term, "fraction": round(gap.fraction, 6)},
            "complete": outcome.proposal.complete,
        },
    }
