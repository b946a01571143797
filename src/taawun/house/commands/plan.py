"""`./taawun plan deliveries.csv carriers.csv -o rounds.xlsx --map rounds.html`: rounds for a coordinator without a server."""

from __future__ import annotations

import argparse
import json
import sys
import time
from collections import Counter
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any

from taawun.house.commands import on_files
from taawun.house.trouble import Trouble, explain

if TYPE_CHECKING:
    from taawun.house.commands.match_reading import Sheet
    from taawun.house.commands.plan_reading import Row, Told
    from taawun.house.commands.plan_rounds import Day, Depot, Left, Wishes
    from taawun.practice.delivery.roads import Router
    from taawun.solve.routing.problem import Solution

TIME_LIMIT_SECONDS = 10.0
TELL_EVERY_SECONDS = 2.0
MISUSED = 2


def main(argv: list[str]) -> int:
    given = _arguments(argv)
    on_files.prepare()
    from django.utils.translation import override

    with override(given.language):
        return _run(given)


def _run(given: argparse.Namespace) -> int:
    from django.utils.translation import gettext as _

    from taawun.house.commands.plan_reading import Told, read

    for output in filter(None, (given.output, given.map)):
        on_files.check_output(output, (given.deliveries, given.carriers), force=given.force)
    ask = on_files.ask if sys.stdin.isatty() and not given.json else None
    names = on_files.names(given.deliveries, given.carriers)
    with on_files.under_way(_("Reading the two files"), shown=ask is None):
        how: dict[str, Any] = {"today": date.today(), "dates_order": given.dates, "ask": ask}
        sheets = [
            read(given.deliveries, names[0], "deliveries", sheet=given.deliveries_sheet, **how),
            read(given.carriers, names[1], "carriers", sheet=given.carriers_sheet, **how),
        ]
    errors = [error for sheet, _rows in sheets for error in sheet.errors]
    if errors:
        on_files.show_errors(errors, as_json=given.json)
        return MISUSED
    told = Told()
    day = _plan(given, sheets, told)
    _write(given, day)
    _show(given, [sheet for sheet, _rows in sheets], told, day)
    return 0


def _arguments(argv: list[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        prog="./taawun plan",
        description="Plans rounds from two sheets (XLSX, ODS, XLS or CSV): deliveries, and who carries them. Nothing is sent"
        " anywhere. See docs/plan.md.",
    )
    parser.add_argument("deliveries", type=Path, help="where help has to go: a workbook or a CSV file")
    parser.add_argument("carriers", type=Path, help="who carries it, likewise")
    parser.add_argument("-o", "--output", type=Path, help="where to write the rounds: a name ending in .xlsx or .csv")
    parser.add_argument("--map", type=Path, metavar="FILE", help="also draw the rounds on a page: a name ending in .html")
    parser.add_argument(
        "--depot", action="append", default=[], metavar="[NAME=]PLACE",
        help="where the goods lie: 15.61,32.53 or a whole plus code; may be given several times",
    )  # fmt: skip
    parser.add_argument("--date", type=_date, help="the day to plan, as 2026-05-14 (the one day the sheets name)")
    parser.add_argument("--aim", choices=("shortest", "balanced"), default="shortest", help="the shortest ways, or even rounds")
    parser.add_argument("--hours", type=_hours, default=(32_400, 64_800), metavar="9-18", help="hours of carriers whose row names none")
    parser.add_argument("--service", type=_minutes, default=5.0, metavar="MINUTES", help="time at a door whose row names none (5)")
    parser.add_argument("--limit-km", type=on_files.kilometres, default=300.0, metavar="KM", help="further away than this is a mistake (300)")
    parser.add_argument("--router", type=_router, metavar="KIND=URL", help="an OSRM or Valhalla of your own for real ways: osrm=http://127.0.0.1:5000")
    parser.add_argument("--seconds", type=on_files.seconds, default=TIME_LIMIT_SECONDS, help="how long to search for better rounds at most (10)")
    parser.add_argument("--dates", choices=("dmy", "mdy"), default="", help="how days such as 05/06/2026 are written")
    parser.add_argument("--deliveries-sheet", default="", metavar="NAME", help="the sheet of the workbook with the deliveries")
    parser.add_argument("--carriers-sheet", default="", metavar="NAME", help="the sheet of the workbook with the carriers")
    parser.add_argument("--force", action="store_true", help="replace the files if they exist")
    parser.add_argument("--language", choices=("en", "ar"), default="en", help="the language of the result (en)")
    parser.add_argument("--no-bom", action="store_true", help="leave out the mark by which Excel knows UTF-8")
    parser.add_argument("--json", action="store_true", help="print the rounds as JSON")
    parser.add_argument("--verbose", action="store_true", help="show where an unexpected error came from")
    given = parser.parse_args(argv)
    if given.output is None and given.map is None and not given.json:
        parser.error("say where to write the rounds, for example: -o rounds.xlsx")
    if given.output is not None and given.output == given.map:
        parser.error("the rounds and the map need two names")
    return given


def _date(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise argparse.ArgumentTypeError(f"{text} is not a day; write it as 2026-05-14") from None


def _minutes(text: str) -> float:
    value = on_files.number(text)
    if not 0 <= value <= 600:
        raise argparse.ArgumentTypeError(f"{text} is not a time; write minutes from 0 to 600")
    return value


def _router(text: str) -> Router | None:
    from taawun.practice.delivery.roads import router_of

    try:
        return router_of(text)
    except ValueError as error:
        raise argparse.ArgumentTypeError(str(error)) from None


def _hours(text: str) -> tuple[int, int]:
    begins, _dash, ends = text.partition("-")
    parts = [one.partition(":") for one in (begins, ends)]
    if not all(hour.isdecimal() and (not minute or minute.isdecimal()) for hour, _colon, minute in parts):
        raise argparse.ArgumentTypeError(f"{text} is no time of day; write it as 9-18 or 8:30-16:00")
    first, last = (int(hour) * 3600 + int(minute or 0) * 60 for hour, _colon, minute in parts)
    if not first < last <= 172_800:
        raise argparse.ArgumentTypeError(f"{text} ends before it begins; write it as 9-18")
    return first, last


def _depots(given: argparse.Namespace) -> tuple[Depot, ...]:
    from django.utils.translation import gettext as _

    from taawun.house.commands.plan_reading import place
    from taawun.house.commands.plan_rounds import Depot

    found = []
    for number, text in enumerate(given.depot, start=1):
        name, equals, where = text.rpartition("=")
        point = place(where if equals else text)
        if point is None:
            raise Trouble(_("--depot %(text)s is not understood. Write it as 15.61,32.53 or Store=15.61,32.53 or as a whole plus code.") % {"text": text[:60]})
        found.append(Depot(name.strip() or (_("Depot") if len(given.depot) == 1 else _("Depot %(number)s") % {"number": number}), *point))
    return tuple(found)


def _plan(given: argparse.Namespace, sheets: list[tuple[Sheet, list[Row]]], told: Told) -> Day:
    from django.utils.translation import gettext as _

    try:
        from taawun.house.commands import plan_rounds
    except ImportError as missing:
        raise Trouble(
            _("The solver is not installed (%(part)s is missing). Please install Taawun with its extra “solve”.")
            % {"part": missing.name}
        ) from missing
    wishes = plan_rounds.Wishes(
        _day(given, [row for _sheet, rows in sheets for row in rows]), _depots(given), given.aim, given.hours,
        given.service, given.limit_km, given.seconds, given.router,
    )  # fmt: skip
    found, left = plan_rounds.deliveries(sheets[0][1], wishes, told)
    people, away = plan_rounds.carriers(sheets[1][1], wishes)
    for one in away:
        told.once(_("%(file)s, line %(line)s: %(why)s") % {"file": sheets[1][0].file, "line": one.line, "why": one.why})
    _require_somewhere(found, people, wishes)
    text = _("Planning %(deliveries)s deliveries for %(carriers)s carriers") % {"deliveries": len(found), "carriers": len(people)}
    with on_files.under_way(text):
        return plan_rounds.plan_day(found, people, [*_faulty(sheets[0][0]), *left], wishes, told, better=_teller())


def _require_somewhere(found: list[Any], people: list[Any], wishes: Wishes) -> None:
    from django.utils.translation import gettext as _

    somewhere = wishes.depots or any(one.home for one in people) or all(one.pickup for one in found)
    if found and people and not somewhere:
        raise Trouble(_("Nobody says where the goods lie. Add --depot 15.61,32.53, or give the carriers' sheet latitude and longitude."))


def _day(given: argparse.Namespace, rows: list[Row]) -> date:
    """The day that is planned: as told, or the one that most rows name, or today."""
    from taawun.house.commands.plan_reading import day_of

    if given.date is not None:
        day: date = given.date
        return day
    days = Counter(one for row in rows if (one := day_of(row)) is not None)
    return min(days, key=lambda one: (-days[one], one)) if days else date.today()


def _faulty(sheet: Sheet) -> list[Left]:
    from taawun.house.commands.plan_rounds import Left

    return [Left(line, f"{sheet.file}:{line}", "", "", "", reason) for line, reason in sheet.skipped]


def _teller() -> Any:
    """Return what says on standard error, now and then, how good the best rounds are so far."""
    from django.utils.translation import gettext as _

    from taawun.house.commands.match_words import kilometres

    last = time.monotonic()

    def tell(solution: Solution) -> None:
        nonlocal last
        if time.monotonic() - last < TELL_EVERY_SECONDS:
            return
        last = time.monotonic()
        facts = {"stops": solution.totals.served, "distance": kilometres(solution.totals.metres / 1000)}
        print(_("So far: %(stops)s stops, %(distance)s.") % facts, file=sys.stderr, flush=True)

    return tell


def _write(given: argparse.Namespace, day: Day) -> None:
    from django.utils.translation import gettext as _
    from django.utils.translation import pgettext

    from taawun.house.commands import plan_map, plan_words
    from taawun.reach.sheets.writing import write_table

    rounds, carriers = plan_words.rounds_header(), plan_words.carriers_header()
    target = given.output
    try:
        if given.output is not None and given.output.suffix.casefold() == ".xlsx":
            tables = [
                (pgettext("sheet", "rounds"), rounds, plan_words.rounds_rows(day)),
                (pgettext("sheet", "carriers"), carriers, plan_words.carriers_rows(day)),
                (pgettext("sheet", "not planned"), plan_words.left_header(), plan_words.left_table(day.left)),
            ]
            on_files.write_book(given.output, tables, right_to_left=given.language == "ar")
        elif given.output is not None:
            rows = [[str(cell) for cell in row] for row in (*plan_words.rounds_rows(day), *plan_words.left_rows(day.left))]
            write_table(given.output, rounds, rows, byte_order_mark=not given.no_bom)
        if given.map is not None:
            target = given.map
            text = plan_map.page(day, _("Rounds"), given.language).encode()
            on_files.write_whole(given.map, lambda file: file.write(text))
    except OSError as error:
        raise explain(error) or Trouble(
            _("The plan could not be written to %(file)s: %(reason)s.") % {"file": target, "reason": error.strerror or error}
        ) from error


def _show(given: argparse.Namespace, sheets: list[Sheet], told: Told, day: Day) -> None:
    from django.utils.translation import gettext as _

    from taawun.house.commands import plan_words

    to = sys.stderr if given.json else sys.stdout
    for sheet in sheets:
        sheet.notes.extend(told.lines if sheet is sheets[-1] else [])
        # What was left out of the deliveries stands in the plan itself, with its reason.
        sheet.skipped = [] if sheet is sheets[0] else sheet.skipped
    on_files.show_notes(tuple(sheets), to)
    lines = plan_words.summary(day)
    for output in filter(None, (given.output, given.map)):
        lines.append(_("The plan is in %(file)s.") % {"file": output})
    if given.json:
        print(json.dumps(plan_words.as_json(day), ensure_ascii=False, indent=1))
    print("\n".join(lines), file=to)
