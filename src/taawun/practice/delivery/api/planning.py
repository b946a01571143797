"""Planning a day over the API: begin, plan, watch, move, promise, close."""

import uuid
from datetime import date, datetime
from typing import Annotated, Literal

from ninja import Query, Router, Status
from pydantic import Field

from taawun.community.circles.actor import Actor
from taawun.community.circles.api import as_coordinator
from taawun.community.people.api.shapes import (
    Amount,
    Answer,
    Body,
    Flag,
    Id,
    Line,
    Moment,
    Named,
    Page,
    Quantity,
    Slug,
    Word,
    read_amount,
)
from taawun.community.people.api.tokens import READS, WRITES, ApiRequest
from taawun.practice.aid.api.asked import URGENCIES, UrgencyName
from taawun.practice.aid.api.series import Day
from taawun.practice.aid.api.told import KindNamed
from taawun.practice.delivery import access, showing, wording
from taawun.practice.delivery.actions import moving, planning, promising, solving
from taawun.practice.delivery.actions.planning import PlanDraft, StopChange
from taawun.practice.delivery.api.fleet import ROUNDS, Goal, RoomIn, Whole
from taawun.practice.delivery.models import DayPlan
from taawun.practice.delivery.queries import plans as queries
from taawun.practice.delivery.queries import wanted as wants
from taawun.practice.delivery.queries.plans import RunLine, StopLine
from taawun.practice.delivery.queries.wanted import Filters, Wanted

router = Router(tags=["rounds"])
PLANS = ROUNDS + "/plans"
PLAN = PLANS + "/{plan_id}"
RUN = PLAN + "/runs/{run_id}"
STOP = PLAN + "/stops/{stop_id}"
Version = Annotated[
    int | None,
    Field(description="The version that was seen. When another has changed the plan since, 409 plan.changed."),
]


class Versioned(Body):
    """What a coordinator changes, with the version of the plan she saw."""

    version: Version = None


class FiltersIn(Body):
    """Which needs to begin with; empty means all. ``kinds`` are codes or groups of kinds."""

    kinds: list[Word] = Field(default=[], max_length=100)
    areas: list[Id] = Field(default=[], max_length=100)
    urgency: UrgencyName | None = Field(default=None, description="At least so urgent")


class PlanIn(Body):
    """A day to plan. ``empty`` begins without needs; ``promises`` also takes agreed promises whose goods want carrying."""

    on_date: Day
    name: Line = ""
    depots: list[Id] = Field(default=[], max_length=20)
    carriers: list[Id] = Field(default=[], max_length=200)
    goal: Goal | None = None
    needs: FiltersIn = FiltersIn()
    promises: Flag = False
    empty: Flag = False


class NeedsIn(Versioned):
    """Needs and promises to put on the plan."""

    needs: list[Id] = Field(default=[], max_length=500)
    promises: list[Id] = Field(default=[], max_length=500)


class CarriersIn(Versioned):
    carriers: list[Id] = Field(max_length=200)


class SettingsIn(Versioned):
    """From where, and how the work is shared; what is left out keeps its value."""

    depots: list[Id] | None = Field(default=None, max_length=20)
    goal: Goal | None = None


class SolveIn(Versioned):
    """``fit``: fit what waits into all rounds with the fewest moves, promised ones too. Without it everything that is not
    promised is planned anew. ``seconds``: how long it may take at most."""

    fit: Flag = False
    seconds: Annotated[int, Field(strict=True, ge=1, le=600)] | None = None


class PromiseIn(Versioned):
    """Which rounds; without it all that have stops."""

    runs: list[Id] | None = Field(default=None, max_length=200)


class CompanionIn(Versioned):
    companion: Id | None = Field(description="A member, or null for nobody")


class MoveIn(Versioned):
    """``run`` null takes it off its round. ``position`` counts the stops to come from 1; null is where it costs least."""

    run: Id | None
    position: Annotated[int, Field(strict=True, ge=1, le=10_000)] | None = None


class StopIn(Versioned):
    """What is left out keeps its value. ``window`` sets both ends; null in it leaves that end open."""

    quantity: Amount | None = None
    loads: RoomIn | None = None
    needs: list[Literal["cold_box", "medicine", "cash", "pair"]] | None = Field(default=None, max_length=4)
    opens_at: Moment | None = None
    closes_at: Moment | None = None
    window: Flag = Field(default=False, description="Read opens_at and closes_at")
    service_minutes: Whole | None = None
    depot: Id | None = None


class StopsOutIn(Versioned):
    stops: list[Id] = Field(min_length=1, max_length=500)


class WhereIn(Body):
    """To which round, at which place; without a round, every round at its best place."""

    run: Id | None = None
    position: Annotated[int, Field(ge=1, le=10_000)] | None = None


class StopFacts(Answer):
    """A stop. Nobody is named and no place is told but the area; ``unserved`` says in words why it is on no round."""

    id: uuid.UUID
    what: str
    need: uuid.UUID | None
    kind: KindNamed | None
    quantity: Quantity | None
    area: str
    position: int
    eta: datetime | None
    opens_at: datetime | None
    closes_at: datetime | None
    told_from: datetime | None
    told_until: datetime | None
    loads: dict[str, int]
    requires: list[str]
    locked: bool
    state: str
    unserved: str
    unserved_text: str


class RunFacts(Answer):
    """A round of one carrier. ``faults`` say in codes what is wrong with it, where somebody moved stops by hand."""

    id: uuid.UUID
    number: int
    carrier: uuid.UUID
    who: Named
    companion: Named | None
    vehicle: str
    state: str
    locked: bool
    depart_at: datetime | None
    back_at: datetime | None
    seconds: int
    metres: int
    load: dict[str, int]
    capacity: dict[str, int]
    faults: list[str]
    stops: list[StopFacts]


class PlanFacts(Answer):
    """A day's plan, as lists show it."""

    id: uuid.UUID
    on_date: date
    name: str
    state: str
    version: int
    goal: str
    depots: list[uuid.UUID]
    seconds: int
    metres: int
    planned: int = Field(description="Stops on rounds")
    unserved: int = Field(description="Needs on no round")
    percent: int = Field(description="How far the planning is; 100 when it is over")
    ways: str = Field(
        description="What times are reckoned on: roads (the router's), down (straight lines: the router did not answer), "
        "many (straight lines: too many places to ask about); empty where no router is set or nothing is planned yet"
    )
    text: str


class PlanDetail(PlanFacts):
    """With its rounds and what is on none."""

    runs: list[RunFacts]
    waiting: list[StopFacts]


class WantedFacts(Answer):
    """Something that could go on the plan: an open need, or a promise whose goods want carrying."""

    need: uuid.UUID
    promise: uuid.UUID | None
    kind: KindNamed
    quantity: Quantity
    area: str
    urgency: int
    opens_at: datetime | None
    closes_at: datetime | None
    loads: dict[str, int]


class OptionFacts(Answer):
    """What a move would cost in the whole plan; ``faults`` are what it would break. Nothing is moved by asking."""

    run: uuid.UUID
    number: int
    possible: bool
    seconds: int
    metres: int
    faults: list[str]
    text: str


def _plan_facts(plan: DayPlan) -> dict[str, object]:
    totals = plan.totals
    percent = int(plan.progress.get("percent", 0)) if plan.state == "planning" else 100 if plan.planned_at else 0
    return {
        "id": plan.id, "on_date": plan.on_date, "name": plan.name, "state": plan.state, "version": plan.version,
        "goal": plan.goal, "depots": plan.depot_ids, "seconds": totals.get("seconds", 0),
        "metres": totals.get("metres", 0), "planned": totals.get("stops", 0), "unserved": totals.get("unserved", 0),
        "percent": percent, "ways": plan.progress.get("ways", ""), "text": showing.totals(totals),
    }  # fmt: skip


def _stop_facts(line: StopLine) -> StopFacts:
    stop, kind = line.stop, line.kind
    waits = stop.run_id is None and stop.state == "waiting"
    return StopFacts(
        id=stop.id, what=stop.what, need=stop.intent_id,
        kind=KindNamed(code=kind.code, name=kind.name, icon=kind.icon) if kind else None,
        quantity=Quantity.of(stop.quantity, stop.intent.unit) if stop.intent else None, area=line.area,
        position=stop.position, eta=stop.eta, opens_at=stop.opens_at, closes_at=stop.closes_at,
        told_from=stop.told_from, told_until=stop.told_until, loads=stop.loads, requires=stop.needs,
        locked=stop.locked, state=stop.state, unserved=stop.unserved if waits else "",
        unserved_text=str(wording.UNSERVED.get(stop.unserved, "")) if waits else "",
    )  # fmt: skip


def _run_facts(line: RunLine) -> RunFacts:
    run, said = line.run, line.run.totals
    return RunFacts(
        id=run.id, number=run.number, carrier=run.carrier_id,
        who=Named(id=run.carrier.agent_id, name=run.carrier.agent.shown),
        companion=Named(id=run.companion.id, name=run.companion.shown) if run.companion else None,
        vehicle=run.carrier.vehicle, state=run.state, locked=run.locked, depart_at=run.depart_at, back_at=run.back_at,
        seconds=said.get("seconds", 0), metres=said.get("metres", 0), load=said.get("load", {}),
        capacity=run.carrier.capacity, faults=said.get("faults", []), stops=[_stop_facts(one) for one in line.stops],
    )  # fmt: skip


def _detail(actor: Actor, plan_id: uuid.UUID) -> PlanDetail:
    found = queries.shown(actor, plan_id)
    waiting = [_stop_facts(line) for lines in found.waiting.values() for line in lines]
    runs = [_run_facts(one) for one in found.runs]
    return PlanDetail.model_validate(_plan_facts(found.plan) | {"runs": runs, "waiting": waiting})


@router.get(PLANS, auth=READS, response=Page[PlanFacts], operation_id="list_plans", summary="Planned days")
def list_plans(request: ApiRequest, slug: Slug) -> Page[PlanFacts]:
    """Return the days that are not closed, the next first, then those closed lately."""
    with as_coordinator(request, slug) as (_circle, actor, now):
        living, closed = queries.plans(actor, now.date())
        return Page[PlanFacts](items=[PlanFacts.model_validate(_plan_facts(one.plan)) for one in (*living, *closed)])


@router.post(PLANS, auth=WRITES, response={201: PlanDetail}, operation_id="begin_plan", summary="Plan a day")
def begin_plan(request: ApiRequest, slug: Slug, wanted: PlanIn) -> Status[PlanDetail]:
    """Begin a plan with who carries, from where, and what is open and fits. Then ask for it to be solved."""
    with as_coordinator(request, slug) as (_circle, actor, now):
        chosen = wanted.needs
        least = URGENCIES[chosen.urgency] if chosen.urgency else 0
        filters = None if wanted.empty else Filters(tuple(chosen.kinds), tuple(chosen.areas), least)
        draft = PlanDraft(
            wanted.on_date, wanted.name, wanted.depots, wanted.carriers, wanted.goal or "", filters, wanted.promises
        )
        return Status(201, _detail(actor, planning.begin(actor, draft, now=now).id))


@router.get(PLAN, auth=READS, response=PlanDetail, operation_id="one_plan", summary="A planned day")
def one_plan(request: ApiRequest, slug: Slug, plan_id: Id) -> PlanDetail:
    """Return a plan as it is now, also while it is being solved: the best so far."""
    with as_coordinator(request, slug) as (_circle, actor, _now):
        return _detail(actor, plan_id)


@router.get(
    PLAN + "/wanted", auth=READS, response=Page[WantedFacts], operation_id="wanted_on_plan",
    summary="What could go on the plan",
)  # fmt: skip
def wanted_on_plan(request: ApiRequest, slug: Slug, plan_id: Id) -> Page[WantedFacts]:
    """Return open needs and promises that fit the day and are on no plan yet."""
    with as_coordinator(request, slug) as (_circle, actor, now):
        plan = access.plan(actor, plan_id)
        found = wants.open_needs(actor, plan.on_date, Filters(), now=now) + wants.promises(
            actor, plan.on_date, Filters()
        )
        return Page[WantedFacts](items=[_wanted_facts(one) for one in found])


def _wanted_facts(one: Wanted) -> WantedFacts:
    return WantedFacts(
        need=one.intent.id, promise=one.commitment.id if one.commitment else None,
        kind=KindNamed(code=one.kind.code, name=one.kind.name, icon=one.kind.icon),
        quantity=Quantity.of(one.quantity, one.intent.unit), area=one.intent.area.name if one.intent.area else "",
        urgency=one.intent.urgency, opens_at=one.opens_at, closes_at=one.closes_at, loads=one.loads,
    )  # fmt: skip


@router.post(PLAN + "/needs", auth=WRITES, response=PlanDetail, operation_id="add_needs", summary="Add needs")
def add_needs(request: ApiRequest, slug: Slug, plan_id: Id, wanted: NeedsIn) -> PlanDetail:
    """Put needs on the plan, also late ones on the day itself. They wait until it is solved again."""
    with as_coordinator(request, slug) as (_circle, actor, now):
        planning.add_needs(actor, plan_id, wanted.needs, wanted.promises, version=wanted.version, now=now)
        return _detail(actor, plan_id)


@router.post(
    PLAN + "/carriers", auth=WRITES, response=PlanDetail, operation_id="add_plan_carriers", summary="Add carriers"
)
def add_carriers(request: ApiRequest, slug: Slug, plan_id: Id, wanted: CarriersIn) -> PlanDetail:
    """Let more carriers drive on this day."""
    with as_coordinator(request, slug) as (_circle, actor, now):
        planning.add_carriers(actor, plan_id, wanted.carriers, version=wanted.version, now=now)
        return _detail(actor, plan_id)


@router.post(
    PLAN + "/settings", auth=WRITES, response=PlanDetail, operation_id="set_plan", summary="Choose depots and goal"
)
def set_plan(request: ApiRequest, slug: Slug, plan_id: Id, wanted: SettingsIn) -> PlanDetail:
    """Choose anew from where goods come and how the work is shared."""
    with as_coordinator(request, slug) as (_circle, actor, now):
        seen = wanted.version
        if wanted.depots is not None:
            seen = planning.set_depots(actor, plan_id, wanted.depots, version=seen, now=now).version
        if wanted.goal is not None:
            planning.set_goal(actor, plan_id, wanted.goal, version=seen, now=now)
        return _detail(actor, plan_id)


@router.post(PLAN + "/solve", auth=WRITES, response=PlanDetail, operation_id="solve_plan", summary="Plan the rounds")
def solve_plan(request: ApiRequest, slug: Slug, plan_id: Id, wanted: SolveIn) -> PlanDetail:
    """Have the rounds worked out in the background. Read the plan to see how far it is; the best so far is in it."""
    with as_coordinator(request, slug) as (_circle, actor, now):
        solving.ask(actor, plan_id, fit=wanted.fit, seconds=wanted.seconds, version=wanted.version, now=now)
        return _detail(actor, plan_id)


@router.post(PLAN + "/enough", auth=WRITES, response=PlanDetail, operation_id="stop_solving", summary="Good enough")
def stop_solving(request: ApiRequest, slug: Slug, plan_id: Id) -> PlanDetail:
    """Take the best so far; it is written within a second or two."""
    with as_coordinator(request, slug) as (_circle, actor, now):
        solving.stop(actor, plan_id, now=now)
        return _detail(actor, plan_id)


@router.post(PLAN + "/promise", auth=WRITES, response=PlanDetail, operation_id="promise_runs", summary="Promise rounds")
def promise_runs(request: ApiRequest, slug: Slug, plan_id: Id, wanted: PromiseIn) -> PlanDetail:
    """Tell carriers, take the needs in their name, and give recipients a window."""
    with as_coordinator(request, slug) as (_circle, actor, now):
        promising.promise(actor, plan_id, wanted.runs, version=wanted.version, now=now)
        return _detail(actor, plan_id)


@router.post(PLAN + "/close", auth=WRITES, response=PlanDetail, operation_id="close_plan", summary="Close the day")
def close_plan(request: ApiRequest, slug: Slug, plan_id: Id, wanted: Versioned) -> PlanDetail:
    """End the day. What was not delivered is open on the board again."""
    with as_coordinator(request, slug) as (_circle, actor, now):
        promising.close(actor, plan_id, version=wanted.version, now=now)
        return _detail(actor, plan_id)


@router.post(
    PLAN + "/take-out", auth=WRITES, response=PlanDetail, operation_id="take_stops_out", summary="Take stops out"
)
def take_out(request: ApiRequest, slug: Slug, plan_id: Id, wanted: StopsOutIn) -> PlanDetail:
    """Take stops out of the plan, with their pick-ups. What was promised from a depot is open again."""
    with as_coordinator(request, slug) as (_circle, actor, now):
        promising.take_out(actor, plan_id, wanted.stops, version=wanted.version, now=now)
        return _detail(actor, plan_id)


@router.post(RUN + "/lock", auth=WRITES, response=PlanDetail, operation_id="lock_run", summary="Lock a round")
def lock_run(request: ApiRequest, slug: Slug, plan_id: Id, run_id: Id, wanted: Versioned) -> PlanDetail:
    """Leave a round as it is when the rest is planned anew."""
    with as_coordinator(request, slug) as (_circle, actor, now):
        planning.lock_run(actor, plan_id, run_id, True, version=wanted.version, now=now)
        return _detail(actor, plan_id)


@router.post(RUN + "/unlock", auth=WRITES, response=PlanDetail, operation_id="unlock_run", summary="Unlock a round")
def unlock_run(request: ApiRequest, slug: Slug, plan_id: Id, run_id: Id, wanted: Versioned) -> PlanDetail:
    """Let a round be planned anew."""
    with as_coordinator(request, slug) as (_circle, actor, now):
        planning.lock_run(actor, plan_id, run_id, False, version=wanted.version, now=now)
        return _detail(actor, plan_id)


@router.post(RUN + "/remove", auth=WRITES, response=PlanDetail, operation_id="remove_run", summary="Take a carrier out")
def remove_run(request: ApiRequest, slug: Slug, plan_id: Id, run_id: Id, wanted: Versioned) -> PlanDetail:
    """Take a carrier out before she was told. Her stops wait for another round."""
    with as_coordinator(request, slug) as (_circle, actor, now):
        planning.remove_run(actor, plan_id, run_id, version=wanted.version, now=now)
        return _detail(actor, plan_id)


@router.post(
    RUN + "/companion", auth=WRITES, response=PlanDetail, operation_id="set_companion", summary="Say who goes along"
)
def set_companion(request: ApiRequest, slug: Slug, plan_id: Id, run_id: Id, wanted: CompanionIn) -> PlanDetail:
    """Say who goes along as the second person of a pair."""
    with as_coordinator(request, slug) as (_circle, actor, now):
        planning.set_companion(actor, plan_id, run_id, wanted.companion, version=wanted.version, now=now)
        return _detail(actor, plan_id)


@router.post(RUN + "/drop", auth=WRITES, response=PlanDetail, operation_id="drop_run", summary="A carrier drops out")
def drop_run(request: ApiRequest, slug: Slug, plan_id: Id, run_id: Id) -> PlanDetail:
    """Say that a carrier can't go, or not go on. What she has not done goes to others with the fewest moves."""
    with as_coordinator(request, slug) as (_circle, actor, now):
        access.run_in(access.plan(actor, plan_id), run_id)
        promising.drop_out(actor, run_id, now=now)
        return _detail(actor, plan_id)


@router.get(
    STOP + "/moves", auth=READS, response=Page[OptionFacts], operation_id="cost_of_moves", summary="What a move costs"
)
def cost_of_moves(
    request: ApiRequest, slug: Slug, plan_id: Id, stop_id: Id, where: Annotated[WhereIn, Query()]
) -> Page[OptionFacts]:
    """Return what moving a stop would cost: to every round at its best place, or to one at a place. The best first."""
    with as_coordinator(request, slug) as (_circle, actor, now):
        found = moving.options(actor, plan_id, stop_id, run_id=where.run, position=where.position, now=now)
        items = [
            OptionFacts(
                run=one.run.id, number=one.run.number, possible=one.possible, seconds=one.seconds, metres=one.metres,
                faults=list(one.faults), text=showing.option_text(one),
            )
            for one in found
        ]  # fmt: skip
        return Page[OptionFacts](items=items)


@router.post(STOP + "/move", auth=WRITES, response=PlanDetail, operation_id="move_stop", summary="Move a stop")
def move_stop(request: ApiRequest, slug: Slug, plan_id: Id, stop_id: Id, wanted: MoveIn) -> PlanDetail:
    """Put a stop on another round or place, with its pick-up. A move that breaks a window is done, and the round says so."""
    with as_coordinator(request, slug) as (_circle, actor, now):
        moving.move_stop(actor, plan_id, stop_id, wanted.run, wanted.position, version=wanted.version, now=now)
        return _detail(actor, plan_id)


@router.post(STOP + "/change", auth=WRITES, response=PlanDetail, operation_id="change_stop", summary="Change a stop")
def change_stop(request: ApiRequest, slug: Slug, plan_id: Id, stop_id: Id, wanted: StopIn) -> PlanDetail:
    """Say how much, how big, with what, when and from where. Times of its round are worked out anew."""
    with as_coordinator(request, slug) as (_circle, actor, now):
        stop = access.stop_in(access.plan(actor, plan_id), stop_id)
        unit = stop.intent.unit if stop.intent is not None else "piece"
        change = StopChange(
            quantity=read_amount(wanted.quantity, unit), loads=wanted.loads.values() if wanted.loads else None,
            needs=wanted.needs, window=(wanted.opens_at, wanted.closes_at) if wanted.window else None,
            service_minutes=wanted.service_minutes, depot_id=wanted.depot,
        )  # fmt: skip
        planning.change_stop(actor, plan_id, stop_id, change, version=wanted.version, now=now)
        return _detail(actor, plan_id)


@router.post(STOP + "/lock", auth=WRITES, response=PlanDetail, operation_id="lock_stop", summary="Lock a stop")
def lock_stop(request: ApiRequest, slug: Slug, plan_id: Id, stop_id: Id, wanted: Versioned) -> PlanDetail:
    """Keep a stop on its round, whatever is planned anew."""
    with as_coordinator(request, slug) as (_circle, actor, now):
        planning.lock_stop(actor, plan_id, stop_id, True, version=wanted.version, now=now)
        return _detail(actor, plan_id)


@router.post(STOP + "/unlock", auth=WRITES, response=PlanDetail, operation_id="unlock_stop", summary="Unlock a stop")
def unlock_stop(request: ApiRequest, slug: Slug, plan_id: Id, stop_id: Id, wanted: Versioned) -> PlanDetail:
    """Let a stop change rounds again."""
    with as_coordinator(request, slug) as (_circle, actor, now):
        planning.lock_stop(actor, plan_id, stop_id, False, version=wanted.version, now=now)
        return _detail(actor, plan_id)
