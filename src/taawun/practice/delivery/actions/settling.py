"""Promises behind stops: made when a run is promised, handed on when a stop changes carriers, let go when it has none.

What always holds afterwards: a stop whose goods come from a depot has a promise in aid exactly while its run is told, and
the giver is who drives it. A promise somebody else gave stays theirs: the carrier only carries.

Locks are taken in this order: the plan, its runs, intents by their ids, then commitments.
"""

import uuid
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from taawun.community.circles.actor import Actor
from taawun.community.people import blocks
from taawun.community.people.models import Agent
from taawun.ground.values.bulk import update_many
from taawun.ground.values.refusal import Refusal
from taawun.ground.vault import store
from taawun.practice.aid import access as aid_access
from taawun.practice.aid import rules as aid_rules
from taawun.practice.aid.actions.together import Together
from taawun.practice.aid.models import Commitment, Intent
from taawun.practice.delivery import access, rules
from taawun.practice.delivery.actions import entries
from taawun.practice.delivery.models import DayPlan, Run, Stop

# Whoever carries it tells of the window: aid's own "somebody is on it" would say it twice.
TOLD_BY = {"told_by": "delivery"}
# Longer than the day is kept open for papers that are typed back.
KEPT_AFTER = timedelta(hours=48)


def lock_runs(plan: DayPlan) -> list[Run]:
    """Lock the plan's runs by their ids, so that a carrier's tap comes before or after, and never between."""
    rows = Run.objects.select_for_update(of=("self",)).filter(plan=plan).exclude(state__in=rules.RUN.final)
    return list(rows.order_by("pk"))


def settle(actor: Actor, plan: DayPlan, stops: Iterable[Stop], *, tell: bool = True, now: datetime) -> None:
    """Bring promises and told windows into line with the runs these stops are on now.

    Without ``tell`` recipients keep the window they were told, for where the next moment brings the next run."""
    rows = list(
        Stop.objects.filter(pk__in=[one.id for one in stops], what__in=("pickup", "dropoff"))
        .select_related("intent", "commitment", "run__carrier__agent", "run__companion", "pickup")
        .order_by("run__number", "position")
    )
    drops = [one for one in rows if one.what == "dropoff" and one.giver_id is None]
    locked = aid_access.lock_intents(plan.circle, *{one.intent_id for one in drops})
    work = _Work(actor, Together(actor, now), locked, _lock_promises(drops), now)
    seen = _seen(drops, locked)
    for stop in drops:
        work.let_go(stop)
        work.promise(plan, stop, seen)
    work.write()
    work.together.record()
    if tell:
        _tell(actor, plan, rows, now=now)


def _is_told(stop: Stop) -> bool:
    return stop.run is not None and stop.run.state in rules.TOLD_RUNS and stop.state in rules.AHEAD


def _lock_promises(stops: Sequence[Stop]) -> dict[uuid.UUID, Commitment]:
    ids = [one.commitment_id for one in stops if one.commitment_id is not None]
    return {row.id: row for row in Commitment.objects.select_for_update().filter(pk__in=ids).order_by("pk")}


def _seen(stops: Sequence[Stop], locked: Mapping[uuid.UUID, Intent]) -> Callable[[Agent, Intent], bool]:
    """Return who may meet whom, of the carriers of these stops and those who need something."""
    givers = {one.run.carrier.agent_id for one in stops if one.run is not None}
    pairs = blocks.pairs_among(givers, {one.agent_id for one in locked.values()})
    return lambda giver, intent: (giver.id, intent.agent_id) not in pairs


@dataclass
class _Work:
    """Promises made and let go for many stops: worked out stop by stop, written in a few statements."""

    actor: Actor
    together: Together
    locked: Mapping[uuid.UUID, Intent]
    promises: Mapping[uuid.UUID, Commitment]
    now: datetime
    stops: dict[uuid.UUID, Stop] = field(default_factory=dict)
    sealing: dict[uuid.UUID, list[uuid.UUID]] = field(default_factory=dict)
    givers: dict[uuid.UUID, Agent] = field(default_factory=dict)

    def let_go(self, stop: Stop, *, reason: str = "") -> None:
        """Release a promise whose carrier does not come any more. Its part is open again, if nobody takes it on at once."""
        if stop.commitment_id is None or stop.intent_id is None:
            return
        commitment = self.promises[stop.commitment_id]
        fits = _is_told(stop) and stop.run is not None and commitment.giver_id == stop.run.carrier.agent_id
        if commitment.state not in aid_rules.LIVING or (fits and not reason):
            return
        handed = _is_told(stop)
        self.together.release(
            commitment, self.locked[stop.intent_id], reason or ("handed_over" if handed else "dropped_out"),
            entry="claim.handed_over" if handed else "claim.released", told_by="delivery",
        )  # fmt: skip
        stop.commitment = None
        self.stops[stop.id] = stop

    def promise(self, plan: DayPlan, stop: Stop, seen: Callable[[Agent, Intent], bool]) -> None:
        """Make the promise of a stop on a told run. What somebody else has taken meanwhile is taken off the run."""
        if stop.commitment_id is not None or not _is_told(stop) or stop.run is None or stop.intent_id is None:
            return
        intent, giver = self.locked[stop.intent_id], stop.run.carrier.agent
        try:
            if not seen(giver, intent):
                raise Refusal.not_found()
            if giver.id == intent.agent_id:
                raise Refusal("claim.own")
            yes = aid_rules.needs_yes(self.actor.circle.accept_claims, intent.terms, vouched=True)
            wanted = min(stop.quantity, intent.left)
            claimed = aid_rules.claim(intent.terms, wanted if wanted > 0 else None, now=self.now, needs_yes=yes)
        except Refusal:
            self.cancel(stop, "gone")
            return
        made = self.together.commit(intent, giver, claimed)
        # It is promised for a day: until that is over nobody has to say that she is still on it.
        _start, end = rules.day_span(plan.on_date, ZoneInfo(plan.circle.time_zone))
        made.due_at, made.warn_at, made.release_at = stop.leaves_at or end, None, end + KEPT_AFTER
        self.sealing.setdefault(stop.run.carrier_id, []).append(made.id)
        self.givers[stop.run.carrier_id] = giver
        stop.commitment, stop.quantity = made, claimed.quantity
        self.stops[stop.id] = stop
        self.together.tell(made, intent, "claim.made", {"agreed": made.state == "agreed", **TOLD_BY})

    def cancel(self, stop: Stop, reason: str) -> None:
        stop.state, stop.reason, stop.recorded_at = "cancelled", reason, self.now
        self.stops[stop.id] = stop
        entry = entries.stop_entry(stop, "stop.cancelled", self.actor.agent_id, {"reason": reason})
        self.together.entries.append(entry)

    def write(self) -> None:
        self.together.write()
        circle_id = self.actor.circle.id
        for carrier_id, made in self.sealing.items():
            giver = self.givers[carrier_id]
            store.seal_each(circle_id, giver.id, made, {"giver_name": giver.name}, now=self.now)
            store.copy_to_each(circle_id, carrier_id, made, {"phone": "giver_phone"}, now=self.now)
        fields = ["commitment", "quantity", "state", "reason", "recorded_at"]
        update_many(self.stops.values(), fields)


def _tell(actor: Actor, plan: DayPlan, rows: Sequence[Stop], *, now: datetime) -> None:
    """Give recipients a window, or another one where the planned time has left the one they were told."""
    width = timedelta(minutes=access.preferences(plan.circle).window_minutes)
    told, said = [], []
    for stop in rows:
        if stop.state not in rules.AHEAD or stop.what != "dropoff":
            continue
        if not _is_told(stop):
            if stop.told_from is not None:
                stop.told_from = stop.told_until = None
                told.append(stop)
                said.append(entries.stop_entry(stop, "stop.unplanned", actor.agent_id, {}))
            continue
        if stop.eta is None or (stop.told_until is not None and stop.told_from <= stop.eta <= stop.told_until):  # type: ignore[operator]
            continue
        name = "stop.promised" if stop.told_from is None else "stop.moved"
        stop.told_from, stop.told_until = rules.told_window(stop.eta, width, stop.opens_at, stop.closes_at)
        told.append(stop)
        window = {"told_from": stop.told_from.isoformat(), "told_until": stop.told_until.isoformat()}
        said.append(entries.stop_entry(stop, name, actor.agent_id, window))
    update_many(told, ["told_from", "told_until"])
    entries.append_many(plan.circle_id, said, now=now)


def tell_anew(actor: Actor, plan: DayPlan, run_ids: Iterable[uuid.UUID], *, now: datetime) -> None:
    """Tell recipients on these runs a new window where the time has left the old one."""
    rows = Stop.objects.filter(plan=plan, run_id__in=list(run_ids), state__in=rules.AHEAD)
    _tell(actor, plan, list(rows.select_related("intent", "run__carrier__agent")), now=now)


def cancel(actor: Actor, plan: DayPlan, stops: Sequence[Stop], reason: str, *, now: datetime) -> None:
    """Cancel stops with their pairs: promises from a depot are let go, those of other givers stay with them."""
    locked = aid_access.lock_intents(plan.circle, *{one.intent_id for one in stops if one.intent_id})
    work = _Work(actor, Together(actor, now), locked, _lock_promises(stops), now)
    for stop in stops:
        if stop.what == "dropoff" and stop.giver_id is None and stop.intent_id in locked:
            work.let_go(stop, reason="dropped_out")
        work.cancel(stop, reason)
    work.write()
    work.together.record()


def with_pairs(stops: Iterable[Stop]) -> list[Stop]:
    """Return stops with the other ends of their pairs that are still ahead, each once."""
    ids = [one.id for one in stops]
    rows = Stop.objects.filter(pk__in=ids) | Stop.objects.filter(pickup__in=ids) | Stop.objects.filter(dropoff__in=ids)
    loaded = Stop.objects.filter(pk__in=rows.values("pk"), state__in=rules.AHEAD)
    return list(
        loaded.select_related("intent", "commitment", "run__carrier__agent", "run__companion", "pickup").order_by("pk")
    )
