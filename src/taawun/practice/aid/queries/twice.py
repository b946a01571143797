"""Who may be one person and which needs may be one need, for coordinators: each side with what is open of it."""

import uuid
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Q

from taawun.community.circles import kinds
from taawun.community.circles.actor import Actor
from taawun.community.circles.kinds import CircleKind
from taawun.community.circles.likeness import finding, pairs
from taawun.community.circles.models import Circle, Membership, Twin
from taawun.community.people.models import Account, Agent, Contact
from taawun.ground.values.refusal import Refusal
from taawun.ground.vault import store
from taawun.practice.aid.models import Intent, Repeat

SHOWN = 40
NEEDS_SHOWN = 8
TWINS_SHOWN = 3


@dataclass(frozen=True, slots=True)
class Asked:
    """A need or an offer of somebody, as a line."""

    intent: Intent
    kind: CircleKind


@dataclass(frozen=True, slots=True)
class Side:
    """One of two persons. ``name`` is empty for who filed a need without an account: it is in the vault."""

    agent: Agent
    member_since: datetime | None
    has_account: bool
    asked: list[Asked]

    @property
    def name(self) -> str:
        return self.agent.name


@dataclass(frozen=True, slots=True)
class Pair:
    twin: Twin
    sides: tuple[Side, Side]


@dataclass(frozen=True, slots=True)
class Link:
    """A need and the one it repeats, the first before the later."""

    repeat: Repeat
    needs: tuple[Asked, Asked]


@dataclass(frozen=True, slots=True)
class Around:
    """What is known beside one need: what it repeats or is repeated by, pairs to decide, and other needs of the person."""

    links: list[Link]
    twins: list[Twin]
    others: list[Asked]


def _require_coordinator(actor: Actor) -> None:
    if not actor.is_coordinator:
        raise Refusal.forbidden()


def person_pairs(actor: Actor, *, state: str = "likely") -> list[Pair]:
    """Return pairs of persons in a state, the likeliest first: four statements."""
    _require_coordinator(actor)
    return _with_sides(actor.circle, pairs.pairs_to_look_at(actor.circle, state=state, limit=SHOWN))


def person_pair(actor: Actor, pair_id: uuid.UUID) -> Pair:
    [found] = _with_sides(actor.circle, [pairs.pair(actor, pair_id)])
    return found


def _with_sides(circle: Circle, twins: Sequence[Twin]) -> list[Pair]:
    agents = {agent.id: agent for twin in twins for agent in (twin.one, twin.other)}
    joined = dict(
        Membership.objects.filter(circle=circle, agent_id__in=agents, left_at__isnull=True).values_list(
            "agent_id", "joined_at"
        )
    )
    accounts = set(Account.objects.filter(agent_id__in=agents).values_list("agent_id", flat=True))
    asked: dict[uuid.UUID, list[Asked]] = defaultdict(list)
    rows = Intent.objects.filter(circle=circle, agent_id__in=agents).select_related("area").order_by("-posted_at")
    for row in list(rows[: SHOWN * NEEDS_SHOWN]):
        if len(asked[row.agent_id]) < NEEDS_SHOWN:
            asked[row.agent_id].append(_asked(circle, row))

    def side(agent: Agent) -> Side:
        return Side(agent, joined.get(agent.id), agent.id in accounts, asked[agent.id])

    return [Pair(twin, (side(twin.one), side(twin.other))) for twin in twins]


def _asked(circle: Circle, intent: Intent) -> Asked:
    return Asked(intent, kinds.shown(circle, intent.kind))


def need_links(actor: Actor, *, states: Iterable[str] = ("likely", "waiting")) -> list[Link]:
    """Return links between needs in these states, the newest first: one statement."""
    _require_coordinator(actor)
    rows = Repeat.objects.filter(circle=actor.circle, state__in=list(states)).order_by("-made_at")
    return [_link(actor.circle, row) for row in _with_needs(rows)[:SHOWN]]


def need_link(actor: Actor, link_id: uuid.UUID) -> Link:
    _require_coordinator(actor)
    found = _with_needs(Repeat.objects.filter(circle=actor.circle, pk=link_id)).first()
    if found is None:
        raise Refusal.not_found()
    return _link(actor.circle, found)


def _with_needs(rows):  # type: ignore[no-untyped-def]
    return rows.select_related("first__area", "first__agent", "again__area", "again__agent", "decided_by")


def _link(circle: Circle, repeat: Repeat) -> Link:
    return Link(repeat, (_asked(circle, repeat.first), _asked(circle, repeat.again)))


def counts(circle: Circle) -> tuple[int, int]:
    """Return how many pairs of persons and of needs wait for a look."""
    return pairs.count_likely(circle), Repeat.objects.filter(circle=circle, state__in=["likely", "waiting"]).count()


def around(intent: Intent, actor: Actor | None) -> Around | None:
    """Return what guardians and coordinators see beside a need; None for everybody else. Five statements."""
    if actor is None or not actor.is_guardian:
        return None
    circle = actor.circle
    rows = _with_needs(
        Repeat.objects.filter(Q(first=intent) | Q(again=intent), circle=circle).exclude(state="different")
    )
    links = [_link(circle, row) for row in rows.order_by("made_at")[:NEEDS_SHOWN]]
    others = []
    if actor.is_coordinator and (same := finding.same_as(circle, [intent.agent_id])[intent.agent_id]):
        found = Intent.objects.filter(circle=circle, agent_id__in=same).select_related("area").order_by("-posted_at")
        others = [_asked(circle, row) for row in found[:NEEDS_SHOWN]]
    return Around(links, pairs.pairs_of(circle, intent.agent_id)[:TWINS_SHOWN], others)


def open_pair(actor: Actor, pair: Pair, *, now: datetime) -> tuple[dict[str, str], dict[str, str]]:
    """Open what is sealed of both sides. Each look is on record; who has an account shows her own door herself."""
    _require_coordinator(actor)
    wanted: dict[uuid.UUID, uuid.UUID] = {}
    for side in pair.sides:
        if not side.has_account:
            members = Membership.objects.filter(circle=actor.circle, agent=side.agent).values_list("pk", flat=True)
            addresses = Contact.objects.filter(agent=side.agent).values_list("pk", flat=True)
            wanted |= {row_id: side.agent.id for row_id in (*members, *addresses)}
        wanted |= {asked.intent.id: side.agent.id for asked in side.asked}
    return _open(actor, wanted, (pair.sides[0].agent.id, pair.sides[1].agent.id), now)


def open_link(actor: Actor, link: Link, *, now: datetime) -> tuple[dict[str, str], dict[str, str]]:
    """Open what is sealed of both needs. Each look is on record."""
    _require_coordinator(actor)
    first, again = link.needs[0].intent.id, link.needs[1].intent.id
    return _open(actor, {first: first, again: again}, (first, again), now)


def _open(
    actor: Actor, wanted: dict[uuid.UUID, uuid.UUID], sides: tuple[uuid.UUID, uuid.UUID], now: datetime
) -> tuple[dict[str, str], dict[str, str]]:
    opened = store.reveal(actor.viewer, wanted, "twice", circle_id=actor.circle.id, now=now)
    told: dict[uuid.UUID, dict[str, str]] = {side: {} for side in sides}
    for row_id, fields in opened.items():
        side = told[wanted[row_id]]
        for name, text in fields.items():
            name = {"full_name": "name", "value": "phone"}.get(name, name)
            if name in {"name", "phone", "door"} and text not in side.get(name, ""):
                side[name] = "\n".join(filter(None, [side.get(name, ""), text]))
    return told[sides[0]], told[sides[1]]
