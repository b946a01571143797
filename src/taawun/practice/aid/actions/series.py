"""Needs that come again: begun, and their dates put on the board. Each date is an intent of its own.

Whoever changes a series locks it first, then the intents of its coming dates (``lock_dates``), and writes to the journal
after that: so no two who touch the same date wait for each other in a ring.
"""

import uuid
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime
from zoneinfo import ZoneInfo

from django.db import transaction
from django.db.models import Q

from taawun.community.circles import access as circle_access
from taawun.community.circles import kinds
from taawun.community.circles.actions import area_of
from taawun.community.circles.actor import Actor
from taawun.community.circles.models import Circle
from taawun.community.people import blocks
from taawun.community.people.models import Agent
from taawun.ground.journal import record
from taawun.ground.values.refusal import Refusal
from taawun.ground.vault import store
from taawun.practice.aid import access, rules, series_rules
from taawun.practice.aid.actions import entries
from taawun.practice.aid.actions.agreeing import commit
from taawun.practice.aid.actions.holding import close
from taawun.practice.aid.actions.posting import IntentDraft, _seal, decide
from taawun.practice.aid.models import Commitment, Intent, Series, Skip, StandIn
from taawun.practice.aid.series_rules import Repetition

RAMADAN = "ramadan"
SEALED_FIELDS = {name: name for name in ("name", "phone", "door", "details", "point")}
GIVER_FIELDS = {"giver_phone": "giver_phone"}
TOLD_BY = "series"


@dataclass(frozen=True, slots=True)
class Again:
    """How a draft comes again: the rule, and "ramadan" where its end is computed from the month."""

    rule: Repetition
    ends_with: str = ""


def today_in(circle: Circle, now: datetime) -> date:
    return now.astimezone(ZoneInfo(circle.time_zone)).date()


def start(actor: Actor, draft: IntentDraft, again: Again, *, now: datetime) -> Series:
    """Begin something that repeats, and put its next dates on the board."""
    if draft.direction != rules.Direction.REQUEST:
        raise Refusal("series.offer", "repeat")
    if not (actor.is_member or draft.on_behalf_of in actor.represents):
        raise Refusal.forbidden("claim.members_only")
    agent = circle_access.agent_to_act_for(actor, draft.on_behalf_of)
    circle, today = actor.circle, today_in(actor.circle, now)
    rule = completed(again, today)
    series_rules.check(rule, today)
    once = replace(draft, weekdays=(), starts_at=None, ends_at=None, urgency=int(rules.Urgency.WHENEVER))
    with transaction.atomic():
        decided = decide(
            circle, once, agent, kinds.find(circle, draft.kind), area_of(circle, draft.area_id),
            entered_by=actor.agent_id, checked=True, now=now,
        )  # fmt: skip
        like = decided.intent
        made = Series.objects.create(
            circle=circle, agent=agent, entered_by_id=like.entered_by_id, kind=like.kind, unit=like.unit,
            quantity=like.quantity, whole_only=like.whole_only, sensitive=like.sensitive, summary=like.summary,
            area=like.area, cell=like.cell, visibility=like.visibility, repeat=rule.kind, every=rule.every,
            weekdays=sorted(set(rule.weekdays)), month_day=rule.month_day, nth=rule.nth, starts_on=rule.starts_on,
            ends_on=rule.ends_on, count=rule.count, ends_with=again.ends_with, from_minute=draft.from_minute,
            to_minute=draft.to_minute, posted_at=now,
        )  # fmt: skip
        like.id = made.id
        _seal(circle, like, agent, decided.sealed, actor, now=now)
        tell(made, "series.begun", actor.agent_id, {"every": rule.every, "repeat": rule.kind}, now=now)
        make_dates(made, now=now)
    return made


def completed(again: Again, today: date) -> Repetition:
    """Put the day in place of "until Ramadan ends"."""
    if again.ends_with == RAMADAN and again.rule.ends_on is None:
        return replace(again.rule, ends_on=series_rules.ramadan_ends_on(max(today, again.rule.starts_on)))
    return again.rule


def tell(
    series: Series, name: str, actor_id: uuid.UUID | None, data: Mapping[str, object], *,
    to: Iterable[uuid.UUID | None] = (), owner: bool = True, now: datetime,
) -> None:  # fmt: skip
    """Write what happened to a series. Those in ``to`` are told, and whose it is: who does it, who was on a date."""
    concerned = dict.fromkeys(one for one in (series.agent_id if owner else None, *to) if one is not None)
    record.append(
        series.circle_id, name, actor_id=actor_id, subject_id=series.id, data={"kind": series.kind, **data}, now=now,
        audience=entries.audience_of(Intent(visibility=series.visibility, checked_at=now)),
        topics=["board", f"series:{series.id}", *(f"agent:{one}" for one in concerned)],
    )  # fmt: skip


# ---- the dates ----


def coming(series: Series, now: datetime) -> Q:
    """Which intents are dates of a series that are not over."""
    return Q(series=series, ends_at__gt=now, occurs_on__isnull=False)


def lock_dates(series: Series, *, now: datetime) -> None:
    """Lock the coming dates of a series, and whatever else their living promises take from, in the order of their ids."""
    rows = Intent.objects.filter(coming(series, now), state__in=["open", "taken"])
    ids = set(rows.values_list("pk", flat=True))
    living = Commitment.objects.filter(request_id__in=ids, state__in=rules.LIVING)
    offers = set(living.values_list("offer_id", flat=True))
    access.lock_intents(series.circle, *ids, *offers)
    list(living.select_for_update(of=("self",)).order_by("pk"))


def keep(circle: Circle, series_id: uuid.UUID, *, now: datetime) -> int:
    """Put the coming dates of one series on the board, and let the open ones grow more urgent. Returns how many are new.

    The caller's transaction holds nothing else.
    """
    found = Series.objects.select_for_update(of=("self",), skip_locked=True).select_related("circle", "giver")
    series = found.filter(circle=circle, pk=series_id).exclude(state="ended").first()
    if series is None:
        return 0
    lock_dates(series, now=now)
    return make_dates(series, now=now)


def make_dates(series: Series, *, now: datetime) -> int:
    """As ``keep``, for a series that is locked together with its dates."""
    today = today_in(series.circle, now)
    if series.state == "ended":
        return 0
    if next(series_rules.dates(series.rule, today), None) is None:
        finish(series, None, now=now)
        return 0
    if series.state == "paused":
        if series.paused_until is None or series.paused_until > today:
            return 0
        series.state, series.paused_until = "running", None
        series.save(update_fields=["state", "paused_until"])
        tell(series, "series.resumed", None, {}, to=[series.giver_id], now=now)
    _raise_urgency(series, today)
    missing = missing_dates(series, today, now=now)
    for day in missing:
        _make_date(series, day, today, now=now)
    return len(missing)


def missing_dates(series: Series, today: date, *, now: datetime) -> list[date]:
    """Return the dates that belong on the board and are not there: within two weeks, a handful at most."""
    days = series_rules.between(series.rule, today, today + series_rules.HORIZON)
    zone = ZoneInfo(series.circle.time_zone)
    skipped = set(Skip.objects.filter(series=series, day__gte=today).values_list("day", flat=True))
    wanted = [
        day
        for day in days
        if day not in skipped and series_rules.window(day, series.from_minute, series.to_minute, zone)[1] > now
    ]
    there = set(Intent.objects.filter(series=series, occurs_on__gte=today).values_list("occurs_on", flat=True))
    return [day for day in wanted[: series_rules.DATES_AHEAD_MAX] if day not in there]


def _raise_urgency(series: Series, today: date) -> None:
    for intent in Intent.objects.filter(series=series, state__in=["open", "taken"], occurs_on__gte=today):
        assert intent.occurs_on is not None
        wanted = series_rules.urgency(intent.occurs_on, today)
        if wanted > intent.urgency:
            Intent.objects.filter(pk=intent.pk).update(urgency=wanted)


def _make_date(series: Series, day: date, today: date, *, now: datetime) -> Intent:
    """Put one date on the board; whoever does it every time, or stands in, is on it from the start."""
    zone = ZoneInfo(series.circle.time_zone)
    starts_at, ends_at = series_rules.window(day, series.from_minute, series.to_minute, zone)
    intent = Intent.objects.create(
        circle_id=series.circle_id, direction=rules.Direction.REQUEST, kind=series.kind, unit=series.unit,
        quantity=series.quantity, whole_only=series.whole_only, sensitive=series.sensitive, agent_id=series.agent_id,
        entered_by_id=series.entered_by_id, summary=series.summary, area_id=series.area_id, cell=series.cell,
        starts_at=starts_at, ends_at=ends_at, urgency=series_rules.urgency(day, today), visibility=series.visibility,
        # Nobody is asked whether a date still holds: the series says so until it is paused or ended.
        checked_at=now, posted_at=now, fresh_at=now, ask_at=ends_at, expires_at=ends_at, series=series, occurs_on=day,
    )  # fmt: skip
    store.copy(series.circle_id, series.id, intent.id, SEALED_FIELDS, now=now)
    posted = {"quantity": intent.quantity, "on_behalf": series.entered_by_id is not None, **entries.told(TOLD_BY)}
    entries.about_intent(intent, "intent.posted", None, posted, now=now)
    fill(series, intent, now=now)
    return intent


# ---- who is on them ----


def doing(series: Series, day: date) -> tuple[Agent, uuid.UUID] | None:
    """Return who does this date, and the row under which her phone lies: a stand-in's, or who does it every time."""
    stand_in = (
        StandIn.objects.filter(series=series, waiting_for="", since__lte=day, until__gte=day)
        .select_related("agent")
        .order_by("-made_at", "-id")
        .first()
    )
    if stand_in is not None:
        return stand_in.agent, stand_in.id
    return (series.giver, series.id) if series.giver is not None and series.giver_agreed else None


def fill(series: Series, intent: Intent, *, now: datetime) -> None:
    """Put whoever does a date on it, where nobody is on it yet. Its intent is locked."""
    assert intent.occurs_on is not None
    found = doing(series, intent.occurs_on)
    if found is None or intent.state != "open" or intent.taken or intent.expires_at <= now:
        return
    giver, row_id = found
    if not blocks.are_hidden(giver.id, series.agent_id):
        _put_on(series, intent, giver, row_id, now=now)


def _put_on(series: Series, intent: Intent, giver: Agent, row_id: uuid.UUID, *, now: datetime) -> None:
    """Agree on one date with somebody both sides have said yes to for all of them."""
    locked = access.lock_intents(series.circle, intent.id)
    intent = locked[intent.id]
    claimed = rules.claim(intent.terms, None, now=now, needs_yes=False)
    hand = Actor(giver.id, series.circle, frozenset(), True, frozenset(), giver.name)
    commitment = commit(hand, locked, intent, giver, claimed, now=now)
    store.copy(series.circle_id, row_id, commitment.id, GIVER_FIELDS, now=now)
    store.seal(
        circle_id=series.circle_id,
        subject_id=giver.id,
        row_id=commitment.id,
        fields={"giver_name": giver.name},
        now=now,
    )
    entries.about_commitment(
        commitment, locked, "claim.made", giver.id, {"agreed": True, **entries.told(TOLD_BY)}, now=now
    )


def fill_open(series: Series, *, now: datetime) -> None:
    """Put whoever does it on all open dates nobody is on."""
    for intent in Intent.objects.filter(coming(series, now), state="open", taken=0).order_by("pk"):
        fill(series, intent, now=now)


# ---- taking dates off the board ----


def withdraw(
    series: Series, days: Iterable[date] | None, actor_id: uuid.UUID | None, *, reason: str = "withdrawn", now: datetime
) -> set[uuid.UUID]:
    """Take dates off the board that have not ended, these days' or all. Returns who had promised something on them.

    What nothing came of makes room for a new intent of the same day, should it be wanted again.
    """
    rows = Intent.objects.filter(coming(series, now), state__in=["open", "taken"])
    if days is not None:
        rows = rows.filter(occurs_on__in=list(days))
    found = list(rows.order_by("pk"))
    promised = Commitment.objects.filter(request__in=found, state__in=rules.LIVING)
    givers = set(promised.values_list("giver_id", flat=True))
    for intent in found:
        close(intent, reason, actor_id=actor_id, now=now, told_by=TOLD_BY)
    Intent.objects.filter(pk__in=[one.pk for one in found], taken=0).update(occurs_on=None)
    return givers


def finish(series: Series, actor_id: uuid.UUID | None, *, givers: Iterable[uuid.UUID] = (), now: datetime) -> None:
    """Say that no dates follow. What was sealed for it goes a while later; whoever was asked to step in need not answer."""
    series.state, series.ended_at, series.paused_until = "ended", now, None
    series.save(update_fields=["state", "ended_at", "paused_until"])
    StandIn.objects.filter(series=series).exclude(waiting_for="").delete()
    rows = [series.id, *StandIn.objects.filter(series=series).values_list("pk", flat=True)]
    store.keep_until(rows, now + rules.SEALED_AFTER_END)
    tell(series, "series.ended", actor_id, {}, to=[series.giver_id, *sorted(givers)], now=now)
