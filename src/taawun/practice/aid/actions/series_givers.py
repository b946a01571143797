"""Who does something that repeats: every time, or for a while in somebody's place."""

import uuid
from datetime import date, datetime, timedelta

from django.db import transaction
from django.db.models import Q

from taawun.community.circles import access as circle_access
from taawun.community.circles.actor import Actor
from taawun.community.circles.rights import Right
from taawun.community.people.models import Agent
from taawun.ground.values.refusal import Refusal
from taawun.ground.vault import store
from taawun.practice.aid import access, rules
from taawun.practice.aid.actions.agreeing import require_seen
from taawun.practice.aid.actions.holding import release
from taawun.practice.aid.actions.posting import normal_reach
from taawun.practice.aid.actions.series import TOLD_BY, coming, fill_open, lock_dates, tell, today_in
from taawun.practice.aid.actions.series_running import to_manage
from taawun.practice.aid.models import Commitment, Intent, Series, StandIn

STAND_IN_DAYS_MAX = 92


def _to_move(actor: Actor, series_id: uuid.UUID, *, now: datetime) -> Series:
    found = access.series_to_move(actor, series_id)
    if found.state == "ended":
        raise Refusal.conflict("series.ended")
    lock_dates(found, now=now)
    return found


def take(
    actor: Actor, series_id: uuid.UUID, *, until: date | None = None, phone: str = "",
    on_behalf_of: uuid.UUID | None = None, now: datetime,
) -> Series:  # fmt: skip
    """ "I do it every time", or every time until a day: the open dates from now on are hers.

    It needs the yes of whose it is where a single claim would. Where somebody does it already, she or a coordinator asks
    for a stand-in (``hand``): nobody is pushed aside.
    """
    agent = circle_access.agent_to_act_for(actor, on_behalf_of, right=Right.ANSWER)
    with transaction.atomic():
        series = _to_move(actor, series_id, now=now)
        _require_taker(series, actor, agent)
        if series.giver_id is not None:
            raise Refusal.conflict("series.has_giver")
        yes = _needs_yes(series, actor)
        if until is not None:
            waiting = rules.Side.RECEIVER if yes else ""
            today = today_in(series.circle, now)
            made = _stand_in(series, agent, today, until, waiting_for=waiting, actor_id=actor.agent_id, now=now)
            _seal_phone(series, agent.id, made.id, phone, now=now)
        else:
            _seal_phone(series, agent.id, series.id, phone, now=now)
            series.giver, series.giver_agreed = agent, not yes
            series.save(update_fields=["giver", "giver_agreed"])
            data = {"giver": str(agent.id), "agreed": not yes}
            tell(series, "series.taken", actor.agent_id, data, to=[agent.id], now=now)
        if not yes:
            fill_open(series, now=now)
    return series


def _seal_phone(series: Series, agent_id: uuid.UUID, row_id: uuid.UUID, phone: str, *, now: datetime) -> None:
    fields = {"giver_phone": normal_reach(phone, series.circle.region, "phone")}
    store.seal(circle_id=series.circle_id, subject_id=agent_id, row_id=row_id, fields=fields, now=now)


def _require_taker(series: Series, actor: Actor, agent: Agent) -> None:
    if not (actor.is_member or agent.id in actor.represents):
        raise Refusal.forbidden("claim.members_only")
    if agent.id == series.agent_id:
        raise Refusal("claim.own")
    require_seen(agent.id, series.agent_id)


def _needs_yes(series: Series, actor: Actor) -> bool:
    setting = series.circle.accept_claims
    return setting == "always" or (setting != "never" and series.sensitive and not actor.is_coordinator)


def _stand_in(
    series: Series, agent: Agent, since: date, until: date, *, waiting_for: str, actor_id: uuid.UUID, now: datetime
) -> StandIn:
    if not since <= until <= since + timedelta(days=STAND_IN_DAYS_MAX):
        raise Refusal("series.stand_in", "until", limit=STAND_IN_DAYS_MAX)
    if StandIn.objects.filter(series=series, agent=agent, since__lte=until, until__gte=since).exists():
        raise Refusal.conflict("series.stands_in_already", "to")
    made = StandIn.objects.create(
        circle_id=series.circle_id, series=series, agent=agent, since=since, until=until, waiting_for=waiting_for,
        made_at=now,
    )  # fmt: skip
    days = {"since": since.isoformat(), "until": until.isoformat(), "giver": str(agent.id), "waits": str(waiting_for)}
    # Of a question among givers whose it is hears when it is settled.
    tell(series, "series.stand_in", actor_id, days, to=[agent.id], owner=waiting_for != rules.Side.GIVER, now=now)
    return made


def answer(actor: Actor, series_id: uuid.UUID, *, yes: bool, now: datetime) -> Series:
    """Whose it is says yes or no to somebody who wants to do it every time."""
    with transaction.atomic():
        series = to_manage(actor, series_id, now=now)
        giver_id = series.giver_id
        if giver_id is None or series.giver_agreed:
            raise Refusal.conflict("series.nobody_waits")
        if yes and actor.is_one_of(giver_id):
            raise Refusal.forbidden("commitment.not_yours")
        if yes:
            series.giver_agreed = True
        else:
            series.giver = None
            _forget_phone(series, giver_id, now=now)
        series.save(update_fields=["giver", "giver_agreed"])
        name = "series.accepted" if yes else "series.declined"
        tell(series, name, actor.agent_id, {"giver": str(giver_id)}, to=[giver_id], now=now)
        if yes:
            fill_open(series, now=now)
    return series


def _forget_phone(series: Series, giver_id: uuid.UUID, *, now: datetime) -> None:
    _seal_phone(series, giver_id, series.id, "", now=now)


def leave(actor: Actor, series_id: uuid.UUID, *, now: datetime) -> Series:
    """Stop doing it every time: the coming dates are open again, whoever says so for her."""
    with transaction.atomic():
        series = _to_move(actor, series_id, now=now)
        if series.giver_id is None:
            raise Refusal.conflict("series.no_giver")
        if not (access.may_give(actor, series.giver_id) or access.may_manage_series(series, actor)):
            raise Refusal.forbidden("commitment.not_yours")
        let_giver_go(series, actor.agent_id, "dropped_out", now=now)
    return series


def let_giver_go(series: Series, actor_id: uuid.UUID | None, reason: str, *, now: datetime) -> None:
    """Nobody does it every time from now on. The series is locked together with its dates."""
    giver_id = series.giver_id
    if giver_id is None:
        return
    own = _own_days(series, giver_id)
    series.giver, series.giver_agreed = None, False
    series.save(update_fields=["giver", "giver_agreed"])
    _forget_phone(series, giver_id, now=now)
    tell(series, "series.left", actor_id, {"giver": str(giver_id)}, to=[giver_id], now=now)
    _let_go(series, Q(giver_id=giver_id) & ~own, actor_id, reason, now=now)


def let_go_of(series: Series, agent_id: uuid.UUID, reason: str, *, now: datetime) -> None:
    """Somebody is gone, or parted from whose it is: she does it no more, neither every time nor for a while."""
    for found in StandIn.objects.filter(series=series, agent_id=agent_id):
        end_stand_in(found, series, None, reason, now=now)
    if series.giver_id == agent_id:
        let_giver_go(series, None, reason, now=now)


def _own_days(series: Series, agent_id: uuid.UUID) -> Q:
    """Which promises somebody keeps as a stand-in, whatever else ends."""
    days = Q(pk__in=[])
    for one in StandIn.objects.filter(series=series, agent_id=agent_id, waiting_for=""):
        days |= Q(request__occurs_on__gte=one.since, request__occurs_on__lte=one.until)
    return days


def _let_go(series: Series, which: Q, actor_id: uuid.UUID | None, reason: str, *, now: datetime) -> None:
    """Release promises on dates that have not begun. Their intents are locked (``lock_dates``)."""
    dates = Intent.objects.filter(coming(series, now), starts_at__gt=now)
    promises = Commitment.objects.filter(which, request__in=dates, state__in=rules.LIVING)
    for commitment in promises.select_for_update(of=("self",)).order_by("pk"):
        intents = access.lock_intents(series.circle, commitment.request_id, commitment.offer_id)
        release(commitment, intents, reason, actor_id=actor_id, now=now, told_by=TOLD_BY)


def hand(
    actor: Actor, series_id: uuid.UUID, to_agent_id: uuid.UUID, since: date, until: date, *, now: datetime
) -> StandIn:
    """Who does it, or a coordinator, asks somebody to take over for a while. Until she says yes, nothing changes."""
    with transaction.atomic():
        series = _to_move(actor, series_id, now=now)
        if not ((series.giver_agreed and access.may_give(actor, series.giver_id)) or actor.is_coordinator):
            raise Refusal.forbidden("commitment.not_yours")
        successor = circle_access.member(actor, to_agent_id).agent
        if successor.id in {series.agent_id, series.giver_id}:
            raise Refusal("hand_over.member", "to")
        require_seen(successor.id, series.agent_id)
        if since < today_in(series.circle, now):
            raise Refusal("series.stand_in_past", "since")
        asked = rules.Side.GIVER
        return _stand_in(series, successor, since, until, waiting_for=asked, actor_id=actor.agent_id, now=now)


def answer_hand(
    actor: Actor, stand_in_id: uuid.UUID, *, series_id: uuid.UUID, yes: bool, phone: str = "", now: datetime
) -> Series:
    """Say yes or no to a stand-in: whoever was asked to do it, or, for one who offered, whose it is.

    Both may say no, also later: then her dates are open again, or back with who does it every time.
    """
    with transaction.atomic():
        series = _to_move(actor, series_id, now=now)
        found = StandIn.objects.filter(series=series, pk=stand_in_id).first()
        if found is None:
            raise Refusal.not_found()
        gives, manages = access.may_give(actor, found.agent_id), access.may_manage_series(series, actor)
        asked_herself = found.waiting_for == rules.Side.GIVER
        if not (gives or manages) or (yes and not (gives if asked_herself else manages and not gives)):
            raise Refusal.forbidden("commitment.not_yours")
        if not yes:
            end_stand_in(found, series, actor.agent_id, "dropped_out", now=now)
            return series
        if not found.waiting_for:
            raise Refusal.conflict("series.nobody_waits")
        if asked_herself and phone.strip():
            _seal_phone(series, found.agent_id, found.id, phone, now=now)
        _begin_stand_in(found, series, actor.agent_id, now=now)
    return series


def _days(found: StandIn) -> dict[str, object]:
    return {"giver": str(found.agent_id), "since": found.since.isoformat(), "until": found.until.isoformat()}


def _begin_stand_in(found: StandIn, series: Series, actor_id: uuid.UUID, *, now: datetime) -> None:
    """Her days are hers: those who were to do them, every time or standing in themselves, are free of them."""
    others = set(StandIn.objects.filter(series=series, waiting_for="").values_list("agent_id", flat=True))
    others = {one for one in (*others, series.giver_id) if one is not None} - {found.agent_id}
    found.waiting_for = ""
    found.save(update_fields=["waiting_for"])
    tell(series, "series.accepted", actor_id, _days(found), to=[found.agent_id, *sorted(others)], now=now)
    hers = Q(request__occurs_on__gte=found.since, request__occurs_on__lte=found.until)
    _let_go(series, Q(giver_id__in=others) & hers, actor_id, "handed_over", now=now)
    fill_open(series, now=now)


def end_stand_in(found: StandIn, series: Series, actor_id: uuid.UUID | None, reason: str, *, now: datetime) -> None:
    """She does not stand in, or not any more. The series is locked together with its dates."""
    agreed, days = not found.waiting_for, _days(found)
    hers = Q(giver_id=found.agent_id, request__occurs_on__gte=found.since, request__occurs_on__lte=found.until)
    agent_id, row_id, owner = found.agent_id, found.id, found.waiting_for != rules.Side.GIVER
    found.delete()
    store.erase_rows([row_id])
    name = "series.left" if agreed else "series.declined"
    tell(series, name, actor_id, days, to=[agent_id, series.giver_id], owner=owner, now=now)
    if agreed and series.giver_id != agent_id:
        _let_go(series, hers, actor_id, reason, now=now)
        fill_open(series, now=now)
