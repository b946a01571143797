"""Opening recoveries: for coordinators of the circle, for whoever holds a link, for the member it is about."""

import uuid
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime

from taawun.community.circles import rules
from taawun.community.circles.actor import Actor
from taawun.community.circles.everywhere import circle_ids
from taawun.community.circles.models import Circle, Membership, Recovery, Role, Vouch
from taawun.community.circles.queries import reach_of
from taawun.community.people import secrets
from taawun.community.people.models import Account, AgentKind
from taawun.ground.values.refusal import Refusal
from taawun.ground.values.scope import set_scope
from taawun.ground.vault import store
from taawun.ground.words.clean import search_key

PURPOSE = "recovery"
STOP_PURPOSE = "recovery stop"
FIELDS = ("name", "address", "note")


def find_circle(text: str) -> Circle | None:
    """Return the community somebody means: by the address of its page, or by its name, however it is spelled."""
    cleaned = text.strip()
    if "/c/" in cleaned:
        cleaned = cleaned.partition("/c/")[2].partition("/")[0]
    found = Circle.objects.filter(slug=cleaned).first()
    if found is not None:
        return found
    wanted = search_key(cleaned)
    named = [one for one in Circle.objects.only("id", "name").order_by("id") if search_key(one.name) == wanted]
    return Circle.objects.get(pk=named[0].pk) if len(named) == 1 and wanted else None


def path_token(recovery_id: uuid.UUID) -> str:
    return secrets.token_of(PURPOSE, recovery_id)


def by_link(token: str, purpose: str, *, lock: bool = False) -> Recovery | None:
    """Return the recovery behind a link, with the scope of its circle open; None where there never was one.

    This server made the link, so the row may be looked for in every circle; after that, only its own is open.
    """
    recovery_id = secrets.read_token(purpose, token[:100])
    if recovery_id is None:
        raise Refusal("recovery.no_link", status=404)
    set_scope(circle_ids())
    rows = Recovery.objects.select_for_update(of=("self",)) if lock else Recovery.objects
    found = rows.select_related("circle", "agent").filter(pk=recovery_id).first()
    set_scope([found.circle_id] if found is not None else [])
    return found


def asked_at(token: str) -> datetime:
    """Return when a link was made, which its id tells: so the page of one that leads nowhere ends like any other."""
    recovery_id = secrets.read_token(PURPOSE, token[:100])
    if recovery_id is None:
        raise Refusal("recovery.no_link", status=404)
    return datetime.fromtimestamp((recovery_id.int >> 80) / 1000, tz=UTC)


def in_circle(actor: Actor, recovery_id: uuid.UUID, *, lock: bool = False) -> Recovery:
    """Return a recovery of the actor's circle, for coordinators."""
    if not actor.is_coordinator:
        raise Refusal.forbidden()
    rows = Recovery.objects.select_for_update(of=("self",)) if lock else Recovery.objects
    found = rows.select_related("circle", "agent").filter(circle=actor.circle, pk=recovery_id).first()
    if found is None:
        raise Refusal.not_found()
    return found


@dataclass(frozen=True, slots=True)
class Line:
    """A recovery in the coordinators' list."""

    recovery: Recovery
    words: list[Vouch]
    is_living: bool


def in_hand(actor: Actor, *, now: datetime) -> list[Line]:
    """Return the recoveries of the last weeks, those that still wait first: two statements."""
    rows = list(
        Recovery.objects.filter(circle=actor.circle, asked_at__gt=now - 2 * rules.RECOVERY_LASTS)
        .select_related("agent")
        .prefetch_related("vouches__by")
        .order_by("-asked_at")[:60]
    )
    lines = [Line(one, list(one.vouches.all()), is_living(one, now=now)) for one in rows]
    return sorted(lines, key=lambda line: not line.is_living)


def is_living(recovery: Recovery, *, now: datetime) -> bool:
    return recovery.state in rules.LIVING and recovery.expires_at > now


def is_open(recovery: Recovery, *, now: datetime) -> bool:
    """Return whether its door is open: the last word was given, and the wait is over."""
    waited = recovery.opens_at is not None and recovery.opens_at <= now
    return recovery.state in {"granted", "open"} and waited and recovery.expires_at > now


def of_member(agent_id: uuid.UUID, *, now: datetime) -> list[Recovery]:
    """Return the living recoveries about somebody, in the circles whose scope is open."""
    return list(
        Recovery.objects.filter(agent_id=agent_id, state__in=sorted(rules.LIVING), expires_at__gt=now).select_related(
            "circle"
        )
    )


def written(recovery: Recovery, actor: Actor, *, now: datetime) -> dict[str, str]:
    """Open what the one who asks wrote. The look goes on the record."""
    opened = store.reveal(actor.viewer, [recovery.id], "recovery", circle_id=actor.circle.id, now=now)
    return opened.get(recovery.id, {})


def account_of_member(recovery_circle: Circle, agent_id: uuid.UUID) -> tuple[Membership, Account]:
    """Return the membership and the account of the member somebody says to be."""
    membership = (
        Membership.objects.filter(circle=recovery_circle, agent_id=agent_id, left_at__isnull=True)
        .select_related("agent")
        .first()
    )
    account = Account.objects.select_related("agent").filter(agent_id=agent_id, is_active=True).first()
    if membership is None:
        raise Refusal.not_found()
    if account is None or membership.agent.kind != AgentKind.PERSON:
        raise Refusal("recovery.no_account", "agent")
    return membership, account


def asking_of(recovery: Recovery, agent_id: uuid.UUID) -> tuple[rules.Asking, list[uuid.UUID]]:
    """Return what the answer to a recovery depends on, and the circles in which the member holds a role."""
    coordinators = Membership.objects.filter(
        circle_id=recovery.circle_id,
        left_at__isnull=True,
        roles__contains=[Role.COORDINATOR.value],
        agent__account__is_active=True,
    ).exclude(agent_id=agent_id)
    roles_in, belongs_to = reach_of(agent_id)
    asking = rules.Asking(
        state=recovery.state,
        asked_at=recovery.asked_at,
        expires_at=recovery.expires_at,
        others=coordinators.count(),
        words=Vouch.objects.filter(recovery=recovery).count(),
        reaches_far=bool(roles_in) or belongs_to > 1,
    )
    return asking, roles_in


def due(circle: Circle, *, now: datetime) -> Iterable[Recovery]:
    """Return the recoveries of a circle whose wait or whose time is over, locked."""
    rows = Recovery.objects.select_for_update(skip_locked=True, of=("self",)).select_related("circle", "agent")
    waiting = rows.filter(circle=circle, state__in=sorted(rules.LIVING))
    return [
        one for one in waiting
        if one.expires_at <= now or (one.state == "granted" and one.opens_at is not None and one.opens_at <= now)
    ]  # fmt: skip
