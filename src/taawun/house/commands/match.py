"""`./taawun match requests.xlsx offers.csv -o plan.xlsx`: the plan for a coordinator who has two sheets and no server."""

from __future__ import annotations

import argparse
import json
import sys
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any

from taawun.house.commands import on_files
from taawun.house.trouble import Trouble, explain

if TYPE_CHECKING:
    from taawun.house.commands.match_board import Outcome
    from taawun.house.commands.match_reading import Sheet
    from taawun.house.commands.match_sheet import Entry

TIME_LIMIT_SECONDS = 10.0
MISUSED = 2


def main(argv: list[str]) -> int:
    given = _arguments(argv)
    on_files.prepare()
    from django.utils.translation import override

    with override(given.language):
        return _run(given)


def _run(given: argparse.Namespace) -> int:
    if given.output is not None:
        on_files.check_output(given.output, (given.requests, given.offers), force=given.force)
    from django.utils.translation import gettext as _

    from taawun.house.commands.match_reading import read_sheet

    sides = zip(
        (given.requests, given.offers),
        on_files.names(given.requests, given.offers),
        (given.requests_sheet, given.offers_sheet),
        (True, False),
        strict=True,
    )
    ask = on_files.ask if sys.stdin.isatty() and not given.json else None
    # A question to the person must not be written over by the clock, so the clock is for those who cannot be asked.
    with on_files.under_way(_("Reading the two files"), shown=ask is None):
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
        on_files.show_errors(errors, as_json=given.json)
        return MISUSED
    outcome = _solve(requests.entries, offers.entries, given)
    if given.output is not None:
        _write(given, outcome)
    _show(given, requests, offers, outcome)
    return 0


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
    parser.add_argument("--limit-km", type=on_files.kilometres, default=50.0, metavar="KM", help="how far help may travel (50)")
    parser.add_argument("--evenness-km", type=_evenness, default=0.0, metavar="KM", help="how much further help may travel so that a giver has one task less (0)")
    parser.add_argument("--language", choices=("en", "ar"), default="en", help="the language of the plan (en)")
    parser.add_argument(
        "--seconds", type=on_files.seconds, default=TIME_LIMIT_SECONDS, help="how long to search for a better plan at most (10)"
    )
    parser.add_argument("--no-bom", action="store_true", help="leave out the mark by which Excel knows UTF-8")
    parser.add_argument("--json", action="store_true", help="print the plan as JSON")
    parser.add_argument("--verbose", action="store_true", help="show where an unexpected error came from")
    given = parser.parse_args(argv)
    if given.output is None and not given.json:
        parser.error("say where to write the plan, for example: -o plan.csv")
    return given


def _evenness(text: str) -> float:
    value = on_files.number(text)
    if not 0 <= value <= 50:
        raise argparse.ArgumentTypeError(f"{text} is not a distance; write kilometres from 0 to 50, for example 0.5")
    return value


def _solve(requests: list[Entry], offers: list[Entry], given: argparse.Namespace) -> Outcome:
    from django.utils.translation import gettext as _

    try:
        from taawun.house.commands.match_board import match
    except ImportError as missing:
        raise Trouble(
            _("The solver is not installed (%(part)s is missing). Please install Taawun with its extra “solve”.")
            % {"part": missing.name}
        ) from missing
    with on_files.under_way(_("Matching %(requests)s requests and %(offers)s offers")
                    % {"requests": len(requests), "offers": len(offers)}):  # fmt: skip
        return match(requests, offers, limit_km=given.limit_km, time_limit_seconds=given.seconds, evenness_km=given.evenness_km)


def _write(given: argparse.Namespace, outcome: Outcome) -> None:
    from django.utils.translation import gettext as _
    from django.utils.translation import pgettext

    from taawun.house.commands.match_words import header, rows
    from taawun.reach.sheets.writing import write_table

    try:
        with on_files.under_way(_("Writing the plan")):
            if given.output.suffix.casefold() == ".xlsx":
                table = (pgettext("sheet", "plan"), header(), map(_typed, rows(outcome, given.limit_km)))
                on_files.write_book(given.output, [table], right_to_left=given.language == "ar")
            else:
                write_table(given.output, header(), rows(outcome, given.limit_km), byte_order_mark=not given.no_bom)
    except OSError as error:
        raise explain(error) or Trouble(
            _("The plan could not be written to %(file)s: %(reason)s.")
            % {"file": given.output, "reason": error.strerror or error}
        ) from error


def _typed(row: list[str]) -> list[str | float | None]:
    """Quantity and distance are numbers in a workbook, so that they can be added up; all else is text."""
    return [float(cell) if place in (4, 6) and cell else cell for place, cell in enumerate(row)]


def _show(given: argparse.Namespace, requests_sheet: Sheet, offers_sheet: Sheet, outcome: Outcome) -> None:
    from django.utils.translation import gettext as _

    from taawun.house.commands.match_words import summary

    requests = requests_sheet.entries
    on_files.show_notes((requests_sheet, offers_sheet), sys.stderr if given.json else sys.stdout)
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
        plan["read"] = {"requests": on_files.read_json(requests_sheet), "offers": on_files.read_json(offers_sheet)}
        print(json.dumps(plan, ensure_ascii=False, indent=1))
    print("\n".join(lines), file=sys.stderr if given.json else sys.stdout)


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
