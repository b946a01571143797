"""Something that repeats: its next dates, what became of the last ones, who does it, and which are somebody's own."""

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from itertools import islice

from django.db.models import Exists, OuterRef, Q
from django.utils import timezone

from taawun.community.circles import kinds
from taawun.community.circles.actor import Actor
from taawun.community.circles.kinds import CircleKind
from taawun.community.circles.models import Circle
from taawun.practice.aid import access, rules, series_rules
from taawun.practice.aid.models import Commitment, Intent, Series, Skip, StandIn
from taawun.practice.aid.queries.board import Card, cards

NEXT, LAST = 6, 4
HELPED = ("agreed", "delivered", "received")


@dataclass(frozen=True, slots=True)
class Date:
    """One date. ``state`` is one of ``series_wording.STATES``; ``who`` are names a member may see; ``card`` its intent."""

    day: date
    state: str
    who: tuple[str, ...] = ()
    card: Card | None = None


@dataclass(frozen=True, slots=True)
class Doing:
    """Somebody who does it: every time, or as a stand-in from a day to another. ``name`` is empty for outsiders."""

    name: str
    agent_id: uuid.UUID
    waits: bool
    stand_in: StandIn | None = None

    @property
    def waits_for_giver(self) -> bool:
        return self.stand_in is not None and self.stand_in.waiting_for == rules.Side.GIVER


@dataclass(frozen=True, slots=True)
class Shown:
    """A series as its reader may see it."""

    series: Series
    kind: CircleKind
    doing: Sequence[Doing]
    coming: Sequence[Date]
    past: Sequence[Date]
    is_mine: bool


def shown(series: Series, actor: Actor | None, *, now: datetime) -> Shown:
    """Return a series with its dates: six statements at most."""
    circle = series.circle
    today = timezone.localtime(now).date()
    doing = _doing(series, actor, today)
    return Shown(
        series=series,
        kind=kinds.shown(circle, series.kind),
        doing=doing,
        coming=_coming(series, doing, actor, now, today) if series.state != "ended" else (),
        past=_past(series, actor, now, today),
        is_mine=actor is not None and actor.is_one_of(series.agent_id),
    )


def _name(agent_id: uuid.UUID, name: str, actor: Actor | None) -> str:
    return name if actor is not None and actor.is_member and agent_id not in actor.hidden_ids else ""


def _doing(series: Series, actor: Actor | None, today: date) -> list[Doing]:
    """Who does it every time, and who stands in now or later. Who is only asked is nobody else's business."""
    found = []
    manages = access.may_manage_series(series, actor)
    if series.giver is not None:
        name = _name(series.giver.id, series.giver.shown, actor)
        found.append(Doing(name, series.giver.id, not series.giver_agreed))
    for row in StandIn.objects.filter(series=series, until__gte=today).select_related("agent").order_by("since", "id"):
        concerned = manages or (actor is not None and actor.is_one_of(row.agent_id, series.giver_id))
        if not row.waiting_for or concerned:
            found.append(Doing(_name(row.agent_id, row.agent.shown, actor), row.agent_id, bool(row.waiting_for), row))
    return found


def _coming(series: Series, doing: Sequence[Doing], actor: Actor | None, now: datetime, today: date) -> list[Date]:
    zone = timezone.get_current_timezone()
    ahead = (
        day
        for day in series_rules.dates(series.rule, today)
        if series_rules.window(day, series.from_minute, series.to_minute, zone)[1] > now  # type: ignore[arg-type]
    )
    days = list(islice(ahead, NEXT))
    rows = Intent.objects.filter(series=series, occurs_on__gte=today, ends_at__gt=now).select_related("agent", "area")
    by_day = {one.intent.occurs_on: one for one in cards(rows, series.circle, actor, now=now)}
    skipped = set(Skip.objects.filter(series=series, day__gte=today).values_list("day", flat=True))
    # What was agreed before the rule changed still takes place.
    days = sorted({*days, *(day for day in by_day if day is not None)})[:NEXT]
    return [_date(series, day, by_day.get(day), day in skipped, doing, actor) for day in days]


def _date(
    series: Series, day: date, card: Card | None, is_skipped: bool, doing: Sequence[Doing], actor: Actor | None
) -> Date:
    if is_skipped:
        return Date(day, "skipped")
    if card is not None:
        states = {"open": "open", "taken": "taken", "fulfilled": "done", "withdrawn": "withdrawn", "expired": "missed"}
        who = tuple(dict.fromkeys(one.name for one in card.helpers if one.name))
        state = (
            "taken"
            if card.helpers and card.intent.state == "open" and not card.intent.left
            else states[card.intent.state]
        )
        return Date(day, state, who, card)
    if series.state == "paused" and (series.paused_until is None or day < series.paused_until):
        return Date(day, "paused")
    return Date(day, "coming", tuple(name for name in [_who_will(day, doing)] if name))


def _who_will(day: date, doing: Sequence[Doing]) -> str:
    agreed = [one for one in doing if not one.waits]
    for one in agreed:
        if one.stand_in is not None and one.stand_in.since <= day <= one.stand_in.until:
            return one.name
    return next((one.name for one in agreed if one.stand_in is None), "")


def _past(series: Series, actor: Actor | None, now: datetime, today: date) -> list[Date]:
    """What became of the last dates, newest first, and who helped."""
    rows = list(
        Intent.objects.filter(series=series, occurs_on__isnull=False, ends_at__lte=now).order_by("-occurs_on")[:LAST]
    )
    helped: dict[uuid.UUID | None, list[Commitment]] = {}
    promises = Commitment.objects.filter(request__in=rows, state__in=HELPED).select_related("giver").order_by("made_at")
    for one in promises:
        helped.setdefault(one.request_id, []).append(one)
    skips = Skip.objects.filter(series=series, day__lt=today).order_by("-day").values_list("day", flat=True)[:LAST]
    dates = [_became(row, helped.get(row.id, []), actor) for row in rows]
    dates += [Date(day, "skipped") for day in skips]
    return sorted(dates, key=lambda one: one.day, reverse=True)[:LAST]


def _became(intent: Intent, promises: Sequence[Commitment], actor: Actor | None) -> Date:
    assert intent.occurs_on is not None
    names = [_name(one.giver_id, one.giver.shown, actor) for one in promises]
    arrived = any(one.state != "agreed" for one in promises)
    state = "done" if arrived else "unsaid" if promises else "withdrawn" if intent.state == "withdrawn" else "missed"
    return Date(intent.occurs_on, state, tuple(dict.fromkeys(name for name in names if name)))


@dataclass(frozen=True, slots=True)
class Line:
    """A series in a list: ``gives`` where the reader does it, ``waits`` where an answer of hers is asked for."""

    series: Series
    kind: CircleKind
    gives: bool
    waits: bool


def mine(actor: Actor) -> list[Line]:
    """Return what repeats and is somebody's own, or done by her: one statement."""
    ids = actor.own_ids
    stood = StandIn.objects.filter(series=OuterRef("pk"), agent_id__in=ids, until__gte=timezone.localdate())
    found = Series.objects.filter(circle=actor.circle).annotate(
        stands_in=Exists(stood), asked=Exists(stood.filter(waiting_for=rules.Side.GIVER))
    )
    hers = Q(agent_id__in=ids) | Q(giver_id__in=ids) | Q(stands_in=True)
    return [_line(row, actor) for row in found.filter(hers).exclude(state="ended").order_by("-posted_at")[:40]]


def _line(row: Series, actor: Actor) -> Line:
    own = actor.is_one_of(row.agent_id)
    waits = bool(row.asked) or (own and row.giver_id is not None and not row.giver_agreed)  # type: ignore[attr-defined]
    return Line(row, kinds.shown(actor.circle, row.kind), not own, waits)


def listed(circle: Circle, actor: Actor | None, *, ended: bool, after: uuid.UUID | None, limit: int) -> list[Series]:
    """Return the series of a circle this person may see, newest first."""
    found = access.visible_series(circle, actor).select_related("agent", "area", "giver")
    found = found.filter(state="ended") if ended else found.exclude(state="ended")
    if after is not None:
        found = found.filter(pk__lt=after)
    # Ids are made in the order of time.
    return list(found.order_by("-pk")[:limit])
