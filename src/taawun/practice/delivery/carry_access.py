"""Who may carry which run, and whose door she sees meanwhile. Fails closed, as "not found"."""

import hmac
import uuid
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime, time, timedelta
from zoneinfo import ZoneInfo

from taawun.community.circles.actor import Actor
from taawun.community.circles.models import Circle
from taawun.community.people import secrets
from taawun.community.people.models import Channel, Contact
from taawun.ground.journal import record
from taawun.ground.media import keeping
from taawun.ground.media.models import Medium
from taawun.ground.values.refusal import Refusal
from taawun.ground.values.scope import set_scope
from taawun.ground.vault import machine, store
from taawun.practice.aid.models import Commitment
from taawun.practice.delivery import access, carry_rules, rules
from taawun.practice.delivery.models import Preferences, Run, Stop, Tap

SHOWN_RUNS = (*sorted(rules.TOLD_RUNS), "done", "cancelled")
# What a carrier needs of whom she goes to, and under which of a promise's names it may lie as well.
FIELDS = ("name", "phone", "door", "details", "point")
# What is done at somebody's place; the rest of a run's rows are breaks and loading.
CARRIED = ("pickup", "dropoff")
COMING = "coming"
ALONG = "along"
# A round that goes on past midnight, or is back late, still has its doors.
KEPT_AFTER = timedelta(hours=3)
# Until then a promised round can be looked at, and paper typed back.
SHOWN_FOR = timedelta(days=14)


def own_runs(actor: Actor, *, now: datetime) -> list[Run]:
    """Return the runs somebody was told of that are not over, and those of the last days; the next one first."""
    rows = access.own_runs(actor).filter(state__in=SHOWN_RUNS, plan__on_date__gte=(now - SHOWN_FOR).date())
    return sorted(
        rows, key=lambda one: (one.state not in rules.TOLD_RUNS, one.plan.on_date, one.depart_at or now, one.number)
    )


def run(actor: Actor, run_id: uuid.UUID) -> Run:
    """Return a run for whoever drives it, and for coordinators, who type back what stands on paper."""
    found = access.run(actor, run_id)
    if found.state not in SHOWN_RUNS:
        raise Refusal.not_found()
    found.circle = actor.circle
    return found


def run_to_move(actor: Actor, run_id: uuid.UUID) -> Run:
    """Return a run, locked after its plan, for one who may say what happened on it."""
    run(actor, run_id)
    found = access.run_to_move(actor, run_id)
    found.circle = actor.circle
    return found


def run_by_code(actor: Actor, code: str) -> Run:
    """Return the run whose code stands on a sheet of paper."""
    found = Run.objects.filter(circle=actor.circle, code=code).exclude(code="").first()
    if found is None:
        raise Refusal("run.code", "code", status=404)
    return run(actor, found.id)


def stops(run_: Run) -> list[Stop]:
    """Return what there is to do on a run, in order: one statement."""
    rows = Stop.objects.filter(circle_id=run_.circle_id, run=run_).order_by("position", "id")
    return list(rows.select_related("intent__area", "intent__agent", "offer__area", "commitment", "giver"))


def kept_until(run_: Run, circle: Circle) -> datetime:
    """Return when a phone forgets a run: at the end of its day, or later where the way back is later."""
    zone = ZoneInfo(circle.time_zone)
    midnight = datetime.combine(run_.plan.on_date + timedelta(days=1), time(), zone)
    return max(midnight, run_.back_at + KEPT_AFTER) if run_.back_at else midnight


def may_take_along(run_: Run, actor: Actor, preferences_: Preferences, *, now: datetime) -> bool:
    """Whether her phone may keep the doors: a told run of hers, from some hours before it leaves to the end of its day."""
    if not preferences_.doors_offline or run_.state not in rules.TOLD_RUNS or not access.drives(run_, actor):
        return False
    zone = ZoneInfo(actor.circle.time_zone)
    day = datetime.combine(run_.plan.on_date, time(), zone)
    leaves = run_.depart_at or day
    return leaves - timedelta(hours=preferences_.doors_hours) <= now < kept_until(run_, actor.circle)


def shows_doors(run_: Run, actor: Actor, *, now: datetime) -> bool:
    """Whether doors of this run are open to her now: not days before, not when it is over."""
    if run_.state not in rules.TOLD_RUNS or now >= kept_until(run_, actor.circle):
        return False
    hours = timedelta(hours=max(24, access.preferences(actor.circle).doors_hours))
    return run_.depart_at is None or run_.depart_at - hours <= now


def doors(
    run_: Run, actor: Actor, wanted: Iterable[Stop], why: str, *, now: datetime
) -> dict[uuid.UUID, Mapping[str, str]]:
    """Open name, phone and door of stops that are still to be done; each look leaves its entry first.

    Whom she is hidden from, she does not see: such a stop should never have come to her, and it shows no door.
    """
    if not shows_doors(run_, actor, now=now):
        return {}
    open_ = [one for one in wanted if one.state in rules.OPEN and one.what in CARRIED and not _hidden(one, actor)]
    # Where each lies, and under which names: a promise holds both sides, and only the one she goes to is opened.
    lies: dict[uuid.UUID, list[tuple[uuid.UUID, str]]] = {}
    only: dict[uuid.UUID, list[str]] = {}
    for one in open_:
        side, about = ("giver_", one.offer_id) if one.what == "pickup" else ("receiver_", one.intent_id)
        lies[one.id] = [(row, prefix) for row, prefix in ((about, ""), (one.commitment_id, side)) if row]
        for row, prefix in lies[one.id]:
            only.setdefault(row, []).extend(prefix + field for field in FIELDS)
    opened = store.reveal(actor.viewer, only, why, circle_id=actor.circle.id, now=now, only=only)
    return {
        stop_id: {
            field: opened[row][prefix + field]
            for row, prefix in where
            for field in FIELDS
            if opened.get(row, {}).get(prefix + field)
        }
        for stop_id, where in lies.items()
    }


def depot_door(run_: Run, actor: Actor, *, now: datetime) -> Mapping[str, str]:
    """Open where the goods are fetched, for who goes there."""
    if run_.depot_id is None or not shows_doors(run_, actor, now=now):
        return {}
    rows = store.reveal(actor.viewer, [run_.depot_id], f"run:{run_.id}", circle_id=actor.circle.id, now=now)
    return rows.get(run_.depot_id, {})


def _hidden(stop_: Stop, actor: Actor) -> bool:
    commitment = stop_.commitment
    sides = (commitment.giver_id, commitment.receiver_id) if commitment else (stop_.giver_id,)
    owner = stop_.intent.agent_id if stop_.intent else None
    return actor.hides(owner, *sides)


def for_giver(actor: Actor, commitment: Commitment) -> Actor:
    """Return the carrier as the one who speaks for the giver of what she carries, for aid's own rules.

    She brought it; what aid writes down still says that it was she who said so.
    """
    rights = {one: given for one, given in actor.rights.items() if one != commitment.giver_id}
    return replace(actor, acts_for=actor.acts_for | {commitment.giver_id}, rights=rights)


def code_for(stop_id: uuid.UUID) -> str:
    """Return the code its recipient is told. It is stored nowhere, and no carrier's phone can compute it."""
    return carry_rules.code_of(store.blind_index("delivery code", str(stop_id)))


def coming_token(stop_id: uuid.UUID) -> str:
    return secrets.token_of(COMING, stop_id)


def taps(actor: Actor, run_: Run, stop_id: uuid.UUID) -> list[Tap]:
    """Return what was said of a stop on a run, for coordinators: who said it, by which clock, and how it was answered."""
    access.require_coordinator(actor)
    rows = Tap.objects.filter(circle=actor.circle, run=run_, stop_id=stop_id).select_related("by", "stop__intent")
    return list(rows.order_by("event_at", "id"))


def notes(actor: Actor, run_: Run, found: Iterable[Tap], *, now: datetime) -> Mapping[uuid.UUID, Mapping[str, str]]:
    """Open the notes that were written at a door; the look is on record."""
    access.require_coordinator(actor)
    return store.reveal(actor.viewer, [one.id for one in found], f"proof:{run_.id}", circle_id=actor.circle.id, now=now)


def photo(actor: Actor, run_: Run, tap_id: uuid.UUID, *, now: datetime) -> bytes:
    """Open a photo taken as proof; the look is on record."""
    access.require_coordinator(actor)
    tap = Tap.objects.filter(circle=actor.circle, run=run_, pk=tap_id).first()
    held = keeping.of_rows([tap_id]).get(tap_id, []) if tap is not None else []
    medium = Medium.objects.get(pk=held[0].pk) if held else None
    content = keeping.opened(medium) if medium is not None else None
    if medium is None or content is None or actor.hides(medium.subject_id):
        raise Refusal.not_found()
    record.append(
        actor.circle.id, "vault.revealed", actor_id=actor.agent_id, subject_id=medium.subject_id,
        data={"fields": ["photo"], "why": f"proof:{run_.id}"}, now=now,
    )  # fmt: skip
    return content


@dataclass(frozen=True, slots=True)
class Coming:
    """A delivery as its recipient holds it by a link: the stop, and she herself as who acts."""

    stop: Stop
    actor: Actor


def coming_by_token(token: str, circle_ids: Iterable[uuid.UUID]) -> Coming:
    """Return the delivery behind a link from a message, and open its circle's scope. The link is the permission."""
    stop_id = secrets.read_token(COMING, token[:80])
    if stop_id is None:
        raise Refusal("link.ended", status=404)
    # This server made the token, so the stop may be looked for in every circle; after that, only its own is open.
    set_scope(circle_ids)
    rows = Stop.objects.filter(pk=stop_id, what="dropoff", intent__isnull=False)
    found = rows.select_related("circle", "run__plan", "intent__area", "commitment").first()
    # Off its round because somebody dropped out, it waits for another; a round nobody was told of is nobody's business.
    if found is None or (found.run is not None and found.run.state not in SHOWN_RUNS):
        raise Refusal("link.ended", status=404)
    return _coming(found)


def _coming(found: Stop) -> Coming:
    set_scope([found.circle_id])
    assert found.intent is not None
    herself = Actor(
        agent_id=found.intent.agent_id, circle=found.circle, roles=frozenset(), is_member=False, acts_for=frozenset(),
        name="",
    )  # fmt: skip
    return Coming(found, herself)


def coming_to(circle: Circle, intent_ids: Iterable[uuid.UUID]) -> list[Stop]:
    """Return the deliveries somebody waits for, by her needs: those of rounds that were promised, the next first."""
    rows = Stop.objects.filter(
        circle=circle, intent_id__in=list(intent_ids), what="dropoff", run__state__in=SHOWN_RUNS
    ).exclude(state="cancelled")
    return list(rows.select_related("run__plan", "intent").order_by("told_from", "id"))


def coming_by_phone(circle: Circle, phone: str, *, now: datetime) -> list[Coming]:
    """Return what is still to be brought near this time to whoever has this number. Nobody sees whose it is.

    The number is compared by machine with what is sealed; the sender of a message has shown it by sending.
    """
    near = timedelta(hours=18)
    rows = Stop.objects.filter(
        circle=circle, what="dropoff", run__state__in=rules.TOLD_RUNS, state__in=rules.OPEN,
        told_from__lt=now + near, told_until__gt=now - near,
    )  # fmt: skip
    stops_ = list(rows.select_related("circle", "run__plan", "intent__area", "commitment"))
    wanted = store.blind_index("phone of a delivery", phone)

    def judge(_row: uuid.UUID, fields: Mapping[str, str]) -> machine.Verdict | None:
        held = store.blind_index("phone of a delivery", fields.get("phone") or fields.get("value", ""))
        return machine.Verdict(words=("same",)) if hmac.compare_digest(held, wanted) else None

    held_by: dict[uuid.UUID, uuid.UUID] = {one.intent.id: one.intent.id for one in stops_ if one.intent is not None}
    agents = {one.intent.agent_id: one.intent.id for one in stops_ if one.intent is not None}
    for contact_id, agent_id in Contact.objects.filter(
        agent_id__in=agents, channel=Channel.PHONE, verified_at__isnull=False
    ).values_list("pk", "agent_id"):
        held_by[contact_id] = agents[agent_id]
    same = {held_by[row] for row in machine.weigh(held_by, judge, now=now)}
    return [_coming(one) for one in stops_ if one.intent_id in same]
