"""A plan as its page draws it: runs with times, load bars and stops; what waits and why; a map of coarse cells."""

import uuid
from collections.abc import Sequence
from dataclasses import dataclass, field

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from taawun.ground.values.place import centre_of, outline_of
from taawun.ground.words.formats import format_date, format_number, format_time
from taawun.ground.words.units import format_amount
from taawun.practice.aid.pages.map_drawing import WIDTH, Frame
from taawun.practice.delivery import rules, wording
from taawun.practice.delivery.actions.moving import Option
from taawun.practice.delivery.models import DayPlan, Run
from taawun.practice.delivery.queries.plans import RunLine, Shown, StopLine

# Told apart by their order too: each run's number stands where it begins.
COLOURS = ("#0b5d51", "#b3321f", "#1f5d94", "#8a5a00", "#6b3fa0", "#2b7a2b", "#a0306c", "#4a5951")


@dataclass(frozen=True, slots=True)
class StopView:
    """One line. ``id`` is None for what nobody can move: loading and rests."""

    id: uuid.UUID | None
    time: str
    text: str
    area: str
    flags: tuple[tuple[str, str], ...] = ()
    icon: str = ""
    over: bool = False


@dataclass(frozen=True, slots=True)
class Bar:
    label: str
    text: str
    value: int
    most: int


@dataclass(frozen=True, slots=True)
class RunView:
    run: Run
    vehicle: str
    icon: str
    state: tuple[str, str, str]
    facts: str
    faults: str
    bars: list[Bar]
    stops: list[StopView]
    alone: bool
    may_promise: bool
    ahead: int


@dataclass(frozen=True, slots=True)
class Waiting:
    reason: str
    sentence: str
    stops: list[StopView]


@dataclass(frozen=True, slots=True)
class PlanView:
    plan: DayPlan
    title: str
    state: tuple[str, str, str]
    totals: str
    runs: list[RunView]
    waiting: list[Waiting]
    over: list[StopView] = field(default_factory=list)
    may_promise: int = 0
    waits: int = 0
    depots: str = ""
    ways: str = ""


def title_of(plan: DayPlan) -> str:
    day = format_date(plan.on_date, style="short")
    return wording.joined([plan.name, day]) if plan.name else _("Rounds of %(day)s") % {"day": day}


def plan_view(found: Shown) -> PlanView:
    plan = found.plan
    runs = [_run_view(one) for one in found.runs]
    waiting = [
        Waiting(
            reason, str(wording.UNSERVED.get(reason, wording.UNSERVED["time"])), [stop_view(line) for line in lines]
        )
        for reason, lines in sorted(found.waiting.items())
    ]
    name, icon, look = wording.PLAN_STATES[plan.state]
    return PlanView(
        plan, title_of(plan), (str(name), icon, look), totals(plan.totals), runs, waiting,
        [stop_view(line) for line in found.over], sum(one.may_promise for one in runs),
        sum(len(one.stops) for one in waiting), _(", ").join(one.name for one in found.depots),
        str(wording.WAYS.get(str(plan.progress.get("ways", "")), "")),
    )  # fmt: skip


def totals(said: dict[str, int]) -> str:
    """Return what a plan comes to, in one line."""
    if not said.get("runs"):
        waiting = said.get("unserved", 0)
        return ngettext("%(count)s need", "%(count)s needs", waiting) % {"count": format_number(waiting)}
    parts = [
        ngettext("%(count)s round", "%(count)s rounds", said["runs"]) % {"count": format_number(said["runs"])},
        _stops(said["stops"]), wording.length(said["seconds"]), wording.kilometres(said["metres"]),
    ]  # fmt: skip
    if said.get("unserved"):
        left = said["unserved"]
        parts.append(ngettext("%(count)s on no round", "%(count)s on no round", left) % {"count": format_number(left)})
    if said["runs"] > 1:
        facts = {"least": wording.length(said["shortest"]), "most": wording.length(said["longest"])}
        parts.append(_("from %(least)s to %(most)s each") % facts)
    return wording.joined(parts)


def _stops(count: int) -> str:
    return ngettext("%(count)s stop", "%(count)s stops", count) % {"count": format_number(count)}


def _run_view(line: RunLine) -> RunView:
    run, said = line.run, line.run.totals
    vehicle, icon = wording.VEHICLES[run.carrier.vehicle]
    name, picture, look = wording.RUN_STATES[run.state]
    facts = []
    if said.get("stops"):
        span = wording.span(run.depart_at, run.back_at)
        facts = [_stops(said["stops"]), span, wording.length(said["seconds"]), wording.kilometres(said["metres"])]
    ahead = sum(one.stop.state in rules.AHEAD and one.stop.what in ("pickup", "dropoff") for one in line.stops)
    alone = run.companion_id is None and (
        run.carrier.must_pair or any("pair" in one.stop.needs for one in line.stops if one.stop.state in rules.AHEAD)
    )
    return RunView(
        run, str(vehicle), icon, (str(name), picture, look), wording.joined(facts),
        wording.faults(said.get("faults", [])) if run.state not in rules.RUN.final else "", _bars(run),
        [stop_view(one) for one in line.stops], alone, run.state == "planned" and ahead > 0 and not alone, ahead,
    )  # fmt: skip


def _bars(run: Run) -> list[Bar]:
    """Return how full the vehicle is at its fullest, for what is on it at all."""
    bars = []
    for name, amount in run.totals.get("load", {}).items():
        most = int(run.carrier.capacity.get(name, 0))
        text = _("%(load)s of %(room)s") % {"load": format_number(amount), "room": format_number(most)}
        bars.append(Bar(str(wording.ROOM[name]), text, min(int(amount), most or 1), most or 1))
    return bars


def stop_view(line: StopLine) -> StopView:
    stop = line.stop
    time = format_time(stop.eta) if stop.eta is not None else ""
    if stop.what == "load":
        return StopView(None, time, _("Load"), line.area, icon="box")
    if stop.what == "break":
        return StopView(None, time, _("Break"), "", icon="clock")
    kind = line.kind.name if line.kind is not None else ""
    unit = stop.intent.unit if stop.intent is not None else "piece"
    text = wording.joined([kind, format_amount(stop.quantity, unit)])
    if stop.what == "pickup":
        text = _("Pick up: %(what)s") % {"what": text}
    flags = []
    if line.is_late and stop.state in rules.AHEAD:
        flags.append((_("too late"), "bad"))
    if stop.locked:
        flags.append((_("locked"), "info"))
    if stop.intent is not None and stop.intent.urgency == 3 and stop.state in rules.AHEAD:
        flags.append((_("urgent"), "warn"))
    if stop.state not in ("waiting",):
        name, _icon, look = wording.STOP_STATES[stop.state]
        flags.append((str(name), look))
    return StopView(stop.id, time, text, line.area, tuple(flags), over=stop.state not in rules.AHEAD)


def option_text(one: Option) -> str:
    """Return what a move costs, in words, with what it would break."""
    if not one.possible:
        return _("not possible: it can't be reached, or has happened already")
    said = wording.difference(one.seconds, one.metres)
    if one.faults:
        return _("%(cost)s, but %(faults)s") % {"cost": said, "faults": wording.faults(one.faults)}
    return said


@dataclass(frozen=True, slots=True)
class Track:
    number: int
    colour: str
    points: str
    x: str
    y: str


@dataclass(frozen=True, slots=True)
class Drawing:
    width: int
    height: int
    size: int
    cells: list[tuple[str, str, str, int]]
    tracks: list[Track]
    depots: list[tuple[str, str]]


def draw(found: Shown) -> Drawing | None:
    """Return the map: cells with how many stops lie in them, and each run as a line from cell to cell. No point is finer."""
    counts: dict[int, int] = {}
    for line in _all(found):
        if line.stop.cell is not None and line.stop.what in ("pickup", "dropoff"):
            counts[line.stop.cell] = counts.get(line.stop.cell, 0) + 1
    homes = [one.cell for one in found.depots if one.cell is not None]
    cells = [*counts, *(one for one in homes if one not in counts)]
    if not cells:
        return None
    frame = Frame([corner for cell in cells for corner in outline_of(cell)])
    drawn = []
    for cell in cells:
        outline = " ".join(f"{x:.1f},{y:.1f}" for x, y in (frame.place(corner) for corner in outline_of(cell)))
        x, y = frame.place(centre_of(cell))
        drawn.append((outline, f"{x:.1f}", f"{y:.1f}", counts.get(cell, 0)))
    width = max(float(one) for one in drawn[0][0].replace(",", " ").split()[::2])
    width -= min(float(one) for one in drawn[0][0].replace(",", " ").split()[::2])
    at = {cell: frame.place(centre_of(cell)) for cell in cells}
    tracks = [track for one in found.runs if (track := _track(one, at, homes, width)) is not None]
    squares = [(f"{at[one][0]:.1f}", f"{at[one][1]:.1f}") for one in homes]
    return Drawing(int(WIDTH), frame.height, max(11, min(26, int(width / 6))), drawn, tracks, squares)


def _all(found: Shown) -> Sequence[StopLine]:
    return [
        *(line for run in found.runs for line in run.stops if line.stop.state != "cancelled"),
        *(line for lines in found.waiting.values() for line in lines),
    ]


def _track(line: RunLine, at: dict[int, tuple[float, float]], homes: Sequence[int], width: float) -> Track | None:
    route: list[int] = []
    for one in line.stops:
        cell = one.stop.cell
        if cell is not None and cell in at and one.stop.state != "cancelled" and (not route or route[-1] != cell):
            route.append(cell)
    if not route or line.run.state == "cancelled":
        return None
    # Runs that share a way lie beside each other.
    shift = (line.run.number % 7 - 3) * width / 24
    places = [(at[cell][0] + shift, at[cell][1] + shift) for cell in ([homes[0], *route] if homes else route)]
    first = places[1] if homes and len(places) > 1 else places[0]
    points = " ".join(f"{x:.1f},{y:.1f}" for x, y in places)
    colour = COLOURS[(line.run.number - 1) % len(COLOURS)]
    beside = (line.run.number % 7 - 3) * width / 7
    return Track(line.run.number, colour, points, f"{first[0] + beside:.1f}", f"{first[1]:.1f}")
