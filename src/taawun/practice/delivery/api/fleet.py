"""Who carries, from where, how the circle does it, and rounds that come again, over the API."""

import uuid
from datetime import date
from typing import Annotated, Literal

from ninja import Router, Status
from pydantic import Field

from taawun.community.circles.api import as_acting, as_coordinator
from taawun.community.circles.models import Circle
from taawun.community.people.api.shapes import Answer, Body, Flag, Id, Line, Named, Page, Paragraph, Slug, Word
from taawun.community.people.api.tokens import READS, WRITES, ApiRequest
from taawun.ground.values.place import Point
from taawun.practice.aid.api.asked import Clock, PointIn, Weekday, minute_of
from taawun.practice.aid.api.series import Day
from taawun.practice.delivery import access
from taawun.practice.delivery.actions import fleet, standing
from taawun.practice.delivery.actions.fleet import CarrierDraft, DepotDraft, Place
from taawun.practice.delivery.actions.standing import StandingDraft
from taawun.practice.delivery.forms import clock
from taawun.practice.delivery.models import Carrier, Depot, Preferences, StandingRun

router = Router(tags=["rounds"])
ROUNDS = "/circles/{slug}/rounds"
Goal = Literal["shortest", "balanced"]
Whole = Annotated[int, Field(strict=True, ge=0, le=100_000)]
VehicleName = Literal["foot", "bicycle", "cargo_bike", "motorbike", "car", "van", "truck", "boat"]


class RoomIn(Body):
    """Room, or what takes it, in whole pieces."""

    boxes: Whole = 0
    litres: Whole = 0
    seats: Whole = 0
    kilograms: Whole = 0

    def values(self) -> dict[str, int]:
        return {name: most for name, most in self.model_dump().items() if most}


class PlaceIn(Body):
    """Where something is. ``point``, ``door`` and ``phone`` are sealed at once and are in no answer; without them what was
    sealed before stays. ``forget`` takes all of it away."""

    area: Id | None = None
    point: PointIn | None = None
    door: Paragraph = ""
    phone: Line = ""
    forget: Flag = False

    def value(self) -> Place:
        point = Point(self.point.latitude, self.point.longitude) if self.point else None
        return Place(self.area, point, self.door, self.phone, forget=self.forget)


class DepotIn(Body):
    """A place where goods are fetched. No days and hours mean always."""

    name: Line
    place: PlaceIn = PlaceIn()
    weekdays: list[Weekday] = Field(default=[], max_length=7, description="Monday = 0")
    from_time: Clock | None = None
    to_time: Clock | None = None

    def draft(self) -> DepotDraft:
        return DepotDraft(
            self.name, self.place.value(), self.weekdays, minute_of(self.from_time), minute_of(self.to_time)
        )


class DepotFacts(Answer):
    id: uuid.UUID
    name: str
    area: Named | None
    weekdays: list[int]
    from_time: str | None
    to_time: str | None


class CarrierIn(Body):
    """What somebody carries with and when. ``agent``: a member, for coordinators; whom the caller acts for, for others."""

    agent: Id | None = Field(default=None, description="Without it, the caller; only read when it is added")
    vehicle: VehicleName
    capacity: RoomIn = Field(default=RoomIn(), description="All zero: what is usual for the vehicle")
    cold_box: Flag = False
    weekdays: list[Weekday] = Field(default=[], max_length=7, description="Monday = 0; none means any day")
    from_time: Clock = "09:00"
    to_time: Clock = "17:00"
    break_minutes: Whole = 0
    break_from: Clock | None = None
    break_to: Clock | None = None
    starts: Literal["depot", "home"] = "depot"
    ends: Literal["anywhere", "depot", "home"] = "anywhere"
    home: PlaceIn = PlaceIn()
    max_stops: Annotated[int, Field(strict=True, ge=1, le=500)] | None = None
    max_minutes: Annotated[int, Field(strict=True, ge=1, le=1440)] | None = None
    pairs_with: Id | None = None

    def draft(self) -> CarrierDraft:
        opens, closes = minute_of(self.from_time), minute_of(self.to_time)
        assert opens is not None and closes is not None
        return CarrierDraft(
            vehicle=self.vehicle, capacity=self.capacity.values(), cold_box=self.cold_box, weekdays=self.weekdays,
            from_minute=opens, to_minute=closes, break_from=minute_of(self.break_from),
            break_to=minute_of(self.break_to), break_minutes=self.break_minutes, starts=self.starts, ends=self.ends,
            place=self.home.value(), max_stops=self.max_stops, max_minutes=self.max_minutes, pairs_with=self.pairs_with,
        )  # fmt: skip


class CarrierFacts(Answer):
    """Somebody who carries. Where she lives is in no answer."""

    id: uuid.UUID
    agent: Named
    vehicle: str
    capacity: dict[str, int]
    cold_box: bool
    may_carry: list[str]
    must_pair: bool
    pairs_with: Named | None
    weekdays: list[int]
    from_time: str
    to_time: str
    break_minutes: int
    break_from: str | None
    break_to: str | None
    starts: str
    ends: str
    area: Named | None
    max_stops: int | None
    max_minutes: int | None
    paused: bool


class VetIn(Body):
    """What a coordinator who has met her says: what she may carry, and whether she goes alone."""

    may_carry: list[Literal["medicine", "cash"]] = Field(default=[], max_length=2)
    must_pair: Flag = False


class PreferencesFacts(Answer):
    """How the circle plans and carries. ``detour``: how much longer streets are than the straight line, in hundredths."""

    goal: str
    detour: int
    service_minutes: int
    window_minutes: int
    doors_ahead: int
    doors_offline: bool
    doors_hours: int


class PreferencesIn(Body):
    """What is left out keeps its value."""

    goal: Goal | None = None
    detour: Whole | None = None
    service_minutes: Whole | None = None
    window_minutes: Whole | None = None
    doors_ahead: Whole | None = None
    doors_offline: Flag | None = None
    doors_hours: Whole | None = None


class StandingIn(Body):
    """A round that comes again. Empty ``kinds`` (codes or groups), ``areas`` and ``series`` mean all that is open and fits."""

    name: Line
    weekdays: list[Weekday] = Field(max_length=7, description="Monday = 0")
    every: Annotated[int, Field(strict=True, ge=1, le=standing.EVERY_MAX)] = Field(1, description="Weeks")
    starts_on: Day
    ends_on: Day | None = None
    depots: list[Id] = Field(default=[], max_length=20)
    carriers: list[Id] = Field(max_length=200)
    series: list[Id] = Field(default=[], max_length=500)
    kinds: list[Word] = Field(default=[], max_length=100)
    areas: list[Id] = Field(default=[], max_length=100)
    goal: Goal = "shortest"
    prefer_same: Flag = Field(default=True, description="Who came last time comes again, where possible")

    def draft(self) -> StandingDraft:
        return StandingDraft(
            self.name, self.weekdays, self.starts_on, self.every, self.ends_on, self.depots, self.carriers, self.series,
            self.kinds, self.areas, self.goal, self.prefer_same,
        )  # fmt: skip


class StandingFacts(Answer):
    id: uuid.UUID
    name: str
    weekdays: list[int]
    every: int
    starts_on: date
    ends_on: date | None
    depots: list[uuid.UUID]
    carriers: list[uuid.UUID]
    series: list[uuid.UUID]
    kinds: list[str]
    areas: list[uuid.UUID]
    goal: str
    prefer_same: bool
    paused: bool


def _depot(one: Depot) -> DepotFacts:
    return DepotFacts(
        id=one.id, name=one.name, area=Named(id=one.area.id, name=one.area.name) if one.area else None,
        weekdays=one.weekdays, from_time=clock(one.from_minute) or None, to_time=clock(one.to_minute) or None,
    )  # fmt: skip


def _carrier(one: Carrier) -> CarrierFacts:
    partner = Named(id=one.pairs_with.id, name=one.pairs_with.shown) if one.pairs_with else None
    return CarrierFacts(
        id=one.id, agent=Named(id=one.agent_id, name=one.agent.shown), vehicle=one.vehicle, capacity=one.capacity,
        cold_box=one.cold_box, may_carry=one.may_carry, must_pair=one.must_pair, pairs_with=partner,
        weekdays=one.weekdays, from_time=clock(one.from_minute), to_time=clock(one.to_minute),
        break_minutes=one.break_minutes, break_from=clock(one.break_from) or None, break_to=clock(one.break_to) or None,
        starts=one.starts, ends=one.ends, area=Named(id=one.area.id, name=one.area.name) if one.area else None,
        max_stops=one.max_stops, max_minutes=one.max_minutes, paused=one.paused_at is not None,
    )  # fmt: skip


def _preferences(one: Preferences) -> PreferencesFacts:
    return PreferencesFacts(**{name: getattr(one, name) for name in PreferencesFacts.model_fields})


def _standing(one: StandingRun) -> StandingFacts:
    return StandingFacts(
        id=one.id, name=one.name, weekdays=one.weekdays, every=one.every, starts_on=one.starts_on, ends_on=one.ends_on,
        depots=one.depot_ids, carriers=one.carrier_ids, series=one.series_ids, kinds=one.kinds, areas=one.area_ids,
        goal=one.goal, prefer_same=one.prefer_same, paused=one.paused_at is not None,
    )  # fmt: skip


def _shown_depot(circle: Circle, depot_id: uuid.UUID) -> DepotFacts:
    return _depot(Depot.objects.select_related("area").get(circle=circle, pk=depot_id))


def _shown_carrier(circle: Circle, carrier_id: uuid.UUID) -> CarrierFacts:
    rows = Carrier.objects.select_related("agent", "area", "pairs_with")
    return _carrier(rows.get(circle=circle, pk=carrier_id))


@router.get(ROUNDS + "/depots", auth=READS, response=Page[DepotFacts], operation_id="list_depots", summary="Depots")
def list_depots(request: ApiRequest, slug: Slug) -> Page[DepotFacts]:
    """Return where goods are fetched, for coordinators."""
    with as_coordinator(request, slug) as (circle, _actor, _now):
        return Page[DepotFacts](items=[_depot(one) for one in access.depots(circle)])


@router.post(
    ROUNDS + "/depots", auth=WRITES, response={201: DepotFacts}, operation_id="add_depot", summary="Add a depot"
)
def add_depot(request: ApiRequest, slug: Slug, wanted: DepotIn) -> Status[DepotFacts]:
    """Say where goods are fetched: by an area, or a point that is sealed."""
    with as_coordinator(request, slug) as (circle, actor, now):
        return Status(201, _shown_depot(circle, fleet.add_depot(actor, wanted.draft(), now=now).id))


@router.post(
    ROUNDS + "/depots/{depot_id}/change", auth=WRITES, response=DepotFacts, operation_id="change_depot",
    summary="Change a depot",
)  # fmt: skip
def change_depot(request: ApiRequest, slug: Slug, depot_id: Id, wanted: DepotIn) -> DepotFacts:
    """Say all of it anew; what is sealed stays where nothing new is given."""
    with as_coordinator(request, slug) as (circle, actor, now):
        return _shown_depot(circle, fleet.change_depot(actor, depot_id, wanted.draft(), now=now).id)


@router.post(
    ROUNDS + "/depots/{depot_id}/end", auth=WRITES, response=DepotFacts, operation_id="end_depot", summary="End a depot"
)
def end_depot(request: ApiRequest, slug: Slug, depot_id: Id) -> DepotFacts:
    """Say that nothing is fetched there any more. Promised rounds stay as they are."""
    with as_coordinator(request, slug) as (circle, actor, now):
        return _shown_depot(circle, fleet.end_depot(actor, depot_id, now=now).id)


@router.get(
    ROUNDS + "/carriers", auth=READS, response=Page[CarrierFacts], operation_id="list_carriers", summary="Carriers"
)
def list_carriers(request: ApiRequest, slug: Slug) -> Page[CarrierFacts]:
    """Return who carries: all for coordinators, for others what is their own."""
    with as_acting(request, slug) as (_circle, actor, _now):
        return Page[CarrierFacts](items=[_carrier(one) for one in access.visible_carriers(actor)])


@router.post(
    ROUNDS + "/carriers",
    auth=WRITES,
    response={201: CarrierFacts},
    operation_id="add_carrier",
    summary="Offer to carry",
)
def add_carrier(request: ApiRequest, slug: Slug, wanted: CarrierIn) -> Status[CarrierFacts]:
    """Offer to carry, for oneself or somebody one acts for; coordinators enter any member who agreed to it."""
    with as_acting(request, slug) as (circle, actor, now):
        return Status(201, _shown_carrier(circle, fleet.add_carrier(actor, wanted.draft(), wanted.agent, now=now).id))


@router.post(
    ROUNDS + "/carriers/{carrier_id}/change", auth=WRITES, response=CarrierFacts, operation_id="change_carrier",
    summary="Change what somebody carries with",
)  # fmt: skip
def change_carrier(request: ApiRequest, slug: Slug, carrier_id: Id, wanted: CarrierIn) -> CarrierFacts:
    """Say all of it anew, from the next planning on; what is sealed stays where nothing new is given."""
    with as_acting(request, slug) as (circle, actor, now):
        return _shown_carrier(circle, fleet.change_carrier(actor, carrier_id, wanted.draft(), now=now).id)


@router.post(
    ROUNDS + "/carriers/{carrier_id}/pause", auth=WRITES, response=CarrierFacts, operation_id="pause_carrier",
    summary="Pause",
)  # fmt: skip
def pause_carrier(request: ApiRequest, slug: Slug, carrier_id: Id) -> CarrierFacts:
    """Do not plan rounds with this for a while. Promised rounds stay."""
    with as_acting(request, slug) as (circle, actor, now):
        return _shown_carrier(circle, fleet.pause_carrier(actor, carrier_id, True, now=now).id)


@router.post(
    ROUNDS + "/carriers/{carrier_id}/resume", auth=WRITES, response=CarrierFacts, operation_id="resume_carrier",
    summary="Carry again",
)  # fmt: skip
def resume_carrier(request: ApiRequest, slug: Slug, carrier_id: Id) -> CarrierFacts:
    """Plan rounds with this again."""
    with as_acting(request, slug) as (circle, actor, now):
        return _shown_carrier(circle, fleet.pause_carrier(actor, carrier_id, False, now=now).id)


@router.post(
    ROUNDS + "/carriers/{carrier_id}/end", auth=WRITES, response=CarrierFacts, operation_id="end_carrier",
    summary="Carry no longer",
)  # fmt: skip
def end_carrier(request: ApiRequest, slug: Slug, carrier_id: Id) -> CarrierFacts:
    """Carry no longer; where she lives is forgotten. Refused while a round is promised."""
    with as_acting(request, slug) as (circle, actor, now):
        return _shown_carrier(circle, fleet.end_carrier(actor, carrier_id, now=now).id)


@router.post(
    ROUNDS + "/carriers/{carrier_id}/vet", auth=WRITES, response=CarrierFacts, operation_id="vet_carrier",
    summary="Say what a carrier may carry",
)  # fmt: skip
def vet_carrier(request: ApiRequest, slug: Slug, carrier_id: Id, wanted: VetIn) -> CarrierFacts:
    """Give or take medicine and cash, as a coordinator who has met her; never for oneself."""
    with as_coordinator(request, slug) as (circle, actor, now):
        found = fleet.vet(actor, carrier_id, wanted.may_carry, must_pair=wanted.must_pair, now=now)
        return _shown_carrier(circle, found.id)


@router.get(
    ROUNDS + "/preferences", auth=READS, response=PreferencesFacts, operation_id="rounds_preferences",
    summary="How rounds are planned",
)  # fmt: skip
def preferences(request: ApiRequest, slug: Slug) -> PreferencesFacts:
    """Return how the circle plans and carries."""
    with as_coordinator(request, slug) as (circle, _actor, _now):
        return _preferences(access.preferences(circle))


@router.post(
    ROUNDS + "/preferences", auth=WRITES, response=PreferencesFacts, operation_id="set_rounds_preferences",
    summary="Say how rounds are planned",
)  # fmt: skip
def set_preferences(request: ApiRequest, slug: Slug, wanted: PreferencesIn) -> PreferencesFacts:
    """Set how the circle plans and carries."""
    with as_coordinator(request, slug) as (_circle, actor, now):
        values = {name: value for name, value in wanted.model_dump().items() if value is not None}
        return _preferences(fleet.set_preferences(actor, now=now, **values))


@router.get(
    ROUNDS + "/standing", auth=READS, response=Page[StandingFacts], operation_id="list_standing_rounds",
    summary="Rounds that come again",
)  # fmt: skip
def list_standing(request: ApiRequest, slug: Slug) -> Page[StandingFacts]:
    """Return rounds that come again."""
    with as_coordinator(request, slug) as (_circle, actor, _now):
        return Page[StandingFacts](items=[_standing(one) for one in access.standing_runs(actor)])


@router.post(
    ROUNDS + "/standing", auth=WRITES, response={201: StandingFacts}, operation_id="begin_standing_round",
    summary="Begin a round that comes again",
)  # fmt: skip
def begin_standing(request: ApiRequest, slug: Slug, wanted: StandingIn) -> Status[StandingFacts]:
    """Begin it; the plans of the coming days are made at once, and after that by themselves."""
    with as_coordinator(request, slug) as (_circle, actor, now):
        return Status(201, _standing(standing.add(actor, wanted.draft(), now=now)))


@router.post(
    ROUNDS + "/standing/{standing_id}/change", auth=WRITES, response=StandingFacts,
    operation_id="change_standing_round", summary="Change a round that comes again",
)  # fmt: skip
def change_standing(request: ApiRequest, slug: Slug, standing_id: Id, wanted: StandingIn) -> StandingFacts:
    """Say all of it anew, for days that are not planned yet."""
    with as_coordinator(request, slug) as (_circle, actor, now):
        return _standing(standing.change(actor, standing_id, wanted.draft(), now=now))


@router.post(
    ROUNDS + "/standing/{standing_id}/pause", auth=WRITES, response=StandingFacts,
    operation_id="pause_standing_round", summary="Pause a round that comes again",
)  # fmt: skip
def pause_standing(request: ApiRequest, slug: Slug, standing_id: Id) -> StandingFacts:
    """Make no new days of it for now."""
    with as_coordinator(request, slug) as (_circle, actor, now):
        return _standing(standing.pause(actor, standing_id, True, now=now))


@router.post(
    ROUNDS + "/standing/{standing_id}/resume", auth=WRITES, response=StandingFacts,
    operation_id="resume_standing_round", summary="Go on with it",
)  # fmt: skip
def resume_standing(request: ApiRequest, slug: Slug, standing_id: Id) -> StandingFacts:
    """Make its days again."""
    with as_coordinator(request, slug) as (_circle, actor, now):
        return _standing(standing.pause(actor, standing_id, False, now=now))


@router.post(
    ROUNDS + "/standing/{standing_id}/end", auth=WRITES, response=StandingFacts, operation_id="end_standing_round",
    summary="End a round that comes again",
)  # fmt: skip
def end_standing(request: ApiRequest, slug: Slug, standing_id: Id) -> StandingFacts:
    """End it. Days that are planned already stay."""
    with as_coordinator(request, slug) as (_circle, actor, now):
        return _standing(standing.end(actor, standing_id, now=now))
