"""Pairs of persons who may be one: brought up by the machine, decided by people, never merged."""

import uuid
from collections.abc import Iterable, Sequence
from datetime import datetime

from django.db import transaction

from taawun.community.circles.actor import Actor
from taawun.community.circles.likeness.finding import Likely
from taawun.community.circles.models import Circle, Likeness, Twin
from taawun.community.people import blocks
from taawun.ground.journal import record
from taawun.ground.journal.models import Audience
from taawun.ground.values.refusal import Refusal

# What a coordinator may say of a pair; ``likely`` takes back what was said.
STATES = ("same", "different", "likely")


def suggest(
    circle: Circle, agent_id: uuid.UUID, row_id: uuid.UUID, found: Iterable[Likely], *, now: datetime
) -> list[Twin]:
    """Put pairs before the coordinators. What was decided of a pair stays decided. Returns those still to be decided."""
    rows = [of(circle, agent_id, row_id, likely, now=now) for likely in found if likely.agent_id != agent_id]
    suggest_many(rows)
    return pairs_of(circle, agent_id) if rows else []


def of(circle: Circle, agent_id: uuid.UUID, row_id: uuid.UUID, likely: Likely, *, now: datetime) -> Twin:
    """Return the pair of somebody and whom they are like, not written yet."""
    (one, one_row), (other, other_row) = sorted([(agent_id, row_id), (likely.agent_id, likely.row_id)])
    return Twin(
        circle=circle, one_id=one, other_id=other, one_row=one_row, other_row=other_row,
        points=min(int(likely.points), 99), reasons=list(likely.reasons), made_at=now,
    )  # fmt: skip


def suggest_many(rows: Sequence[Twin]) -> None:
    """Write pairs; those that are known stay as they are."""
    Twin.objects.bulk_create(rows, ignore_conflicts=True, batch_size=2000)


def pairs_of(circle: Circle, agent_id: uuid.UUID, *states: str) -> list[Twin]:
    """Return the pairs an agent is in, in these states (likely without any), the likeliest first: one statement."""
    rows = Twin.objects.filter(circle=circle, state__in=states or ["likely"]).select_related("one", "other")
    found = list(rows.filter(one_id=agent_id).union(rows.filter(other_id=agent_id), all=True))
    return sorted(found, key=lambda twin: (-twin.points, twin.id))


def pairs_to_look_at(circle: Circle, *, state: str = "likely", limit: int = 50) -> list[Twin]:
    """Return pairs of a state, the likeliest first."""
    rows = Twin.objects.filter(circle=circle, state=state).select_related("one", "other", "decided_by")
    return list(rows.order_by("-points", "-made_at")[:limit])


def count_likely(circle: Circle) -> int:
    return Twin.objects.filter(circle=circle, state="likely").count()


def pair(actor: Actor, pair_id: uuid.UUID, *, lock: bool = False) -> Twin:
    """Return a pair, for coordinators."""
    if not actor.is_coordinator:
        raise Refusal.forbidden()
    rows = Twin.objects.filter(circle=actor.circle, pk=pair_id)
    found = (rows.select_for_update() if lock else rows.select_related("one", "other", "decided_by")).first()
    if found is None:
        raise Refusal.not_found()
    return found


def decide(actor: Actor, pair_id: uuid.UUID, state: str, *, now: datetime) -> Twin:
    """Say that two are the same person, that they are not, or take back what was said. Both stay as they are."""
    with transaction.atomic():
        found = pair(actor, pair_id, lock=True)
        if state not in STATES:
            raise Refusal("twin.state", "state")
        if found.state == state:
            return found
        before, found.state = found.state, state
        found.decided_by_id, found.decided_at = (None, None) if state == "likely" else (actor.agent_id, now)
        found.save(update_fields=["state", "decided_by", "decided_at"])
        # Who blocked one of them has blocked the other too. It ends promises, so it comes before the journal is held.
        if state == "same":
            blocks.same_person(found.one_id, found.other_id, now=now)
        elif before == "same":
            blocks.not_same_person(found.one_id, found.other_id, now=now)
        record.append(
            actor.circle.id,
            f"twin.{'taken_back' if state == 'likely' else state}",
            actor_id=actor.agent_id,
            subject_id=found.id,
            data={"one": str(found.one_id), "other": str(found.other_id), "before": before},
            now=now,
            audience=Audience.COORDINATORS,
            topics=["twice"],
        )
    return found


def link(actor: Actor, one_id: uuid.UUID, other_id: uuid.UUID, state: str, *, now: datetime) -> Twin:
    """As ``decide``, for two persons the machine did not bring together: a coordinator knows better."""

    if not actor.is_coordinator:
        raise Refusal.forbidden()
    known = {
        row.agent_id: row.row_id
        for row in Likeness.objects.filter(circle=actor.circle, agent_id__in=[one_id, other_id])
    }
    if one_id == other_id or len(known) < 2:
        raise Refusal("member.unknown", "other")
    one, other = sorted([one_id, other_id])
    with transaction.atomic():
        Twin.objects.bulk_create(
            [
                Twin(
                    circle=actor.circle,
                    one_id=one,
                    other_id=other,
                    one_row=known[one],
                    other_row=known[other],
                    made_at=now,
                )
            ],
            ignore_conflicts=True,
        )
        return decide(actor, Twin.objects.get(circle=actor.circle, one_id=one, other_id=other).id, state, now=now)
