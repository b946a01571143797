"""The rounds of `./taawun plan` in words: the tables of the workbook, the lines at the end, and the same as JSON."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import ngettext, pgettext

from taawun.ground.words.formats import format_number
from taawun.house.commands import plan_rounds
from taawun.house.commands.match_words import kilometres
from taawun.house.commands.plan_reading import clock
from taawun.house.commands.plan_rounds import MEASURES, PARTS, Carrier, Day, Delivery, Depot, Left
from taawun.reach.sheets.workbook import Cell
from taawun.solve.routing.problem import Run, Visit

VEHICLE_NAMES = {
    "foot": lambda: _("on foot"), "bicycle": lambda: _("bicycle"), "cargo_bike": lambda: _("cargo bike"),
    "motorbike": lambda: _("motorbike"), "car": lambda: _("car"), "van": lambda: _("van"), "truck": lambda: _("truck"),
    "boat": lambda: _("boat"),
}  # fmt: skip


def driven(day: Day) -> list[tuple[int, Carrier, Run]]:
    """Return the rounds there are, numbered from 1, in the order of the carriers' sheet."""
    runs = [run for run in day.solution.runs if run.stops]
    return [(number, day.carriers[run.carrier], run) for number, run in enumerate(runs, start=1)]


def calls(day: Day, run: Run) -> Iterator[tuple[Visit, Delivery | None, Depot | None, bool]]:
    """Yield the visits of a round: the delivery it is for, or the depot it loads at, and whether it is a pick-up.

    Who starts at a depot loads there before the first way, which the solver does not count as a visit.
    """
    picks = int(day.problem.stops.collects.sum())
    start = int(day.problem.carriers.start[run.carrier])
    if start >= 0 and any(run.aboard):
        yield Visit(-1, start, run.begin, 0, run.begin, run.begin, 0, 0, 0, run.aboard), None, day.depots[start], False
    for visit in run.visits:
        if visit.stop < 0:
            yield visit, None, day.depots[visit.depot], False
        else:
            yield visit, day.deliveries[day.stop_of[visit.stop]], None, visit.stop < picks


def rounds_header() -> list[str]:
    return [
        pgettext("column", "round"), pgettext("column", "carrier"), pgettext("column", "no."),
        pgettext("column", "at the door"), pgettext("column", "what to do"), pgettext("column", "for whom"),
        pgettext("column", "their phone"), pgettext("column", "door"), pgettext("column", "their area"),
        pgettext("column", "what"), pgettext("column", "time asked for"), pgettext("column", "request"),
        pgettext("column", "km so far"), pgettext("column", "why"),
    ]  # fmt: skip


def rounds_rows(day: Day) -> Iterator[list[Cell]]:
    for number, carrier, run in driven(day):
        metres = 0
        for place, (visit, delivery, depot, collecting) in enumerate(calls(day, run), start=1):
            metres += visit.metres
            yield [
                number, carrier.name, place, clock(visit.begin), _task(delivery, collecting),
                delivery.name if delivery else depot.name if depot else "", delivery.phone if delivery else "",
                delivery.door if delivery and not collecting else "", delivery.area if delivery else "",
                delivery.what if delivery else _loaded(visit.aboard), _asked(delivery) if not collecting else "",
                delivery.id if delivery else "", Decimal(f"{metres / 1000:.1f}"), "",
            ]  # fmt: skip


def left_rows(left: Sequence[Left]) -> Iterator[list[Cell]]:
    """Yield what is not planned in the columns of the rounds, for a file that has only one table."""
    for one in left:
        yield ["", "", "", "", pgettext("status", "not planned"), one.name, one.phone, "", one.area, "", "", one.id, "", one.why]  # fmt: skip


def _task(delivery: Delivery | None, collecting: bool) -> str:
    if delivery is None:
        return pgettext("task", "load")
    return pgettext("task", "pick up") if collecting else pgettext("task", "bring")


def _asked(delivery: Delivery | None) -> str:
    if delivery is None or (delivery.opens is None and delivery.closes is None):
        return ""
    opens = clock(delivery.opens) if delivery.opens is not None else "…"
    return f"{opens}–{clock(delivery.closes) if delivery.closes is not None else '…'}"


def _loaded(aboard: Sequence[int]) -> str:
    loads = [(amount, measure) for amount, measure in zip(aboard, MEASURES, strict=True) if amount]
    return ", ".join(
        f"{format_number(Decimal(amount) / PARTS)} {plan_rounds.measure_name(measure)}" for amount, measure in loads
    )


def carriers_header() -> list[str]:
    return [
        pgettext("column", "round"), pgettext("column", "carrier"), pgettext("column", "phone"),
        pgettext("column", "vehicle"), pgettext("column", "leaves"), pgettext("column", "is back"),
        pgettext("column", "break"), pgettext("column", "stops"), pgettext("column", "km"),
        pgettext("column", "loads at the start"),
    ]  # fmt: skip


def carriers_rows(day: Day) -> Iterator[list[Cell]]:
    for number, carrier, run in driven(day):
        rest = f"{clock(run.rest[0])}–{clock(run.rest[1])}" if run.rest else ""
        yield [
            number, carrier.name, carrier.phone, VEHICLE_NAMES[carrier.vehicle](), clock(run.begin), clock(run.end), rest,
            len(run.stops), Decimal(f"{run.metres / 1000:.1f}"), _loaded(run.aboard),
        ]  # fmt: skip
    idle = {carrier.line for _number, carrier, _run in driven(day)}
    for carrier in day.carriers:
        if carrier.line not in idle:
            yield ["", carrier.name, carrier.phone, VEHICLE_NAMES[carrier.vehicle](), "", "", "", 0, 0, _("not needed")]


def left_header() -> list[str]:
    return [
        pgettext("column", "line"), pgettext("column", "request"), pgettext("column", "for whom"),
        pgettext("column", "their phone"), pgettext("column", "their area"), pgettext("column", "why"),
    ]  # fmt: skip


def left_table(left: Sequence[Left]) -> Iterator[list[Cell]]:
    for one in left:
        yield [one.line, one.id, one.name, one.phone, one.area, one.why]


def summary(day: Day) -> list[str]:
    """Return the lines at the end: how much is planned, how far it is, who drives longest, and what is left."""
    runs = driven(day)
    planned = len(day.deliveries) + len(day.left) - len({(one.line, one.id) for one in day.left})
    lines = [
        ngettext("%(count)s delivery is planned.", "%(count)s deliveries are planned.", planned)
        % {"count": format_number(planned), "number": planned},
        ngettext("%(count)s round, %(distance)s in all.", "%(count)s rounds, %(distance)s in all.", len(runs))
        % {
            "count": format_number(len(runs)),
            "distance": kilometres(sum(run.metres for _n, _c, run in runs) / 1000),
            "number": len(runs),
        },
    ]
    if runs:
        hours = sorted(run.work_seconds for _n, _c, run in runs)
        facts = {"least": _minutes(hours[0]), "most": _minutes(hours[-1])}
        lines.append(_("The shortest round takes %(least)s, the longest %(most)s.") % facts)
    if day.left:
        count = len(day.left)
        lines.append(ngettext("%(count)s is not planned:", "%(count)s are not planned:", count) % {"count": format_number(count), "number": count})
        reasons: dict[str, list[str]] = {}
        for one in day.left:
            reasons.setdefault(one.why, []).append(one.id)
        for why, ids in reasons.items():
            lines.append(f"  {why} ({', '.join(ids[:10])}{' …' if len(ids) > 10 else ''})")
    return lines


def _minutes(seconds: int) -> str:
    hours, minutes = divmod(round(seconds / 60), 60)
    return _("%(hours)s h %(minutes)s min") % {"hours": format_number(hours), "minutes": format_number(minutes)}


def as_json(day: Day) -> dict[str, Any]:
    totals = day.solution.totals
    return {
        "rounds": [
            {
                "round": number,
                "carrier": carrier.name,
                "line": carrier.line,
                "begins": clock(run.begin),
                "ends": clock(run.end),
                "metres": run.metres,
                "travel_seconds": run.travel_seconds,
                "stops": [_stop_json(visit, delivery, depot, collecting) for visit, delivery, depot, collecting in calls(day, run)],
            }
            for number, carrier, run in driven(day)
        ],
        "not_planned": [{"line": one.line, "request": one.id, "why": one.why} for one in day.left],
        "summary": {
            "planned": len(day.deliveries) - len(day.solution.unserved) + _halves(day),
            "not_planned": len(day.left),
            "rounds": totals.runs,
            "metres": totals.metres,
            "work_seconds": totals.work_seconds,
            "longest_seconds": totals.longest_work,
        },
    }  # fmt: skip


def _halves(day: Day) -> int:
    """A pick-up that is left out with its drop-off is one delivery, not two."""
    left = [day.stop_of[one.stop] for one in day.solution.unserved]
    return len(left) - len(set(left))


def _stop_json(visit: Visit, delivery: Delivery | None, depot: Depot | None, collecting: bool) -> dict[str, Any]:
    task = "load" if delivery is None else "pick_up" if collecting else "bring"
    return {
        "task": task,
        "request": delivery.id if delivery else None,
        "line": delivery.line if delivery else None,
        "depot": depot.name if depot else None,
        "arrives": clock(visit.arrival),
        "begins": clock(visit.begin),
        "leaves": clock(visit.leave),
        "metres": visit.metres,
    }
