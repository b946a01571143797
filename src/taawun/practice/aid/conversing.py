"""What of aid people talk about, and who is on it: how this room answers for its subjects to the conversations.

Everybody who helps with one request speaks in one place, the request's. Those who take from one offer do not know of each
other, so each of them speaks with the giver alone, about the commitment. The yes opens the conversation: who still
waits for it has seen neither name nor door. Who dropped out, or with whom it did not work, is not on it any more.
"""

import uuid
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial

from django.db.models import Exists, Max, OuterRef, Q
from django.urls import reverse

from taawun.community.circles import kinds
from taawun.community.circles.actor import Actor
from taawun.community.circles.models import Circle
from taawun.community.conversations import queries as talks
from taawun.community.conversations import rules as talk_rules
from taawun.community.conversations.subjects import About, Practice, Side, Subject
from taawun.ground.words.units import format_amount
from taawun.practice.aid import rules, showing
from taawun.practice.aid.models import Commitment, Intent

INTENT, COMMITMENT = "intent", "commitment"
# From the yes on; a promise that was kept leaves those who kept it on it until the conversation ends for them.
ON_IT = ("agreed", "delivered", "received")


def _on_it(now: datetime) -> Q:
    still = Q(ended_at__isnull=True) | Q(ended_at__gt=now - talk_rules.READS_AFTER_END)
    return Q(state__in=ON_IT, agreed_at__isnull=False) & still


def _title(circle: Circle, intent: Intent, quantity: int) -> str:
    return f"{kinds.shown(circle, intent.kind).name} · {format_amount(quantity, intent.unit)}"


def thread_of(commitment: Commitment) -> tuple[str, uuid.UUID]:
    """Return where those on a commitment speak: with everybody on its request, or else with each other alone."""
    return (INTENT, commitment.request_id) if commitment.request_id else (COMMITMENT, commitment.id)


def _find_intent(circle: Circle, intent_id: uuid.UUID, now: datetime) -> Subject | None:
    found = Intent.objects.filter(circle=circle, pk=intent_id, direction="request").select_related("agent").first()
    if found is None:
        return None
    promises = Commitment.objects.filter(_on_it(now), circle=circle, request=found).select_related("giver")
    givers = {one.giver_id: Side(one.giver_id, one.giver.shown) for one in promises.order_by("made_at")}
    givers.pop(found.agent_id, None)
    return Subject(
        kind=INTENT,
        id=found.id,
        title=_title(circle, found, found.quantity),
        url=partial(showing.url, "intent", circle, found.id),
        icon=kinds.shown(circle, found.kind).icon,
        sides=(Side(found.agent_id, found.agent.shown, asks=True), *givers.values()),
        ended_at=_ended_intents(circle, [found.id]).get(found.id),
        sensitive=found.sensitive,
    )


def _about_intent(circle: Circle, intent_id: uuid.UUID) -> About | None:
    found = Intent.objects.filter(circle=circle, pk=intent_id).first()
    if found is None:
        return None
    title = _title(circle, found, found.quantity)
    return About(INTENT, found.id, title, partial(showing.url, "intent", circle, found.id), found.agent_id)


def _ended_intents(circle: Circle, ids: Iterable[uuid.UUID]) -> Mapping[uuid.UUID, datetime | None]:
    """An intent is over when it left the board and nobody has a promise on it any more."""
    on_it = Commitment.objects.filter(Q(request=OuterRef("pk")) | Q(offer=OuterRef("pk")))
    last = on_it.order_by().values("circle").annotate(last=Max("ended_at")).values("last")
    found = Intent.objects.filter(circle=circle, pk__in=list(ids)).annotate(
        living=Exists(on_it.filter(state__in=rules.LIVING)), last_end=last
    )
    return {
        one.id: None if one.state in {"open", "taken"} or one.living
        else max(at for at in (one.closed_at or one.expires_at, one.last_end) if at is not None)
        for one in found
    }  # fmt: skip


def _intents_of(circle: Circle, agent_ids: frozenset[uuid.UUID], now: datetime) -> Iterable[uuid.UUID]:
    since = now - timedelta(days=400)
    asked = Intent.objects.filter(circle=circle, agent_id__in=agent_ids, direction="request", posted_at__gt=since)
    given = Commitment.objects.filter(_on_it(now), circle=circle, giver_id__in=agent_ids, request__isnull=False)
    return {*asked.values_list("pk", flat=True), *given.values_list("request_id", flat=True)}


def _find_commitment(circle: Circle, commitment_id: uuid.UUID, now: datetime) -> Subject | None:
    found = (
        Commitment.objects.filter(_on_it(now), circle=circle, pk=commitment_id, request__isnull=True)
        .select_related("offer", "giver", "receiver")
        .first()
    )
    if found is None or found.offer is None:
        return None
    return Subject(
        kind=COMMITMENT,
        id=found.id,
        title=_title(circle, found.offer, found.quantity),
        url=partial(showing.url, "commitment", circle, found.id),
        icon=kinds.shown(circle, found.offer.kind).icon,
        sides=(
            Side(found.receiver_id, found.receiver.shown, asks=True), Side(found.giver_id, found.giver.shown)
        ),
        ended_at=found.ended_at,
        sensitive=found.offer.sensitive,
    )  # fmt: skip


def _ended_commitments(circle: Circle, ids: Iterable[uuid.UUID]) -> Mapping[uuid.UUID, datetime | None]:
    found = Commitment.objects.filter(circle=circle, pk__in=list(ids))
    return dict(found.values_list("pk", "ended_at"))


def _commitments_of(circle: Circle, agent_ids: frozenset[uuid.UUID], now: datetime) -> Iterable[uuid.UUID]:
    sides = Q(giver_id__in=agent_ids) | Q(receiver_id__in=agent_ids)
    found = Commitment.objects.filter(_on_it(now), sides, circle=circle, request__isnull=True)
    return list(found.values_list("pk", flat=True))


def _about_nothing(circle: Circle, commitment_id: uuid.UUID) -> About | None:
    """Notes are about needs, offers and people; what is to be said of a promise is said of one of these."""
    return None


PRACTICES = {
    INTENT: Practice(find=_find_intent, about=_about_intent, ended=_ended_intents, mine=_intents_of),
    COMMITMENT: Practice(
        find=_find_commitment, about=_about_nothing, ended=_ended_commitments, mine=_commitments_of
    ),
}


@dataclass(frozen=True, slots=True)
class Ways:
    """The ways from a page of aid to what is said about it: an address is empty where there is no way."""

    talk_url: str = ""
    count: int = 0
    new: int = 0
    notes_url: str = ""
    notes: int = 0


def ways_from_intent(intent: Intent, actor: Actor | None, helps: Iterable[Commitment]) -> Ways:
    """Return the ways from a need or an offer: one statement, and none for who is not on it. ``helps`` are the
    commitments on it that this reader sees."""
    if actor is None or not actor.is_member:
        return Ways()
    is_own = actor.is_one_of(intent.agent_id)
    gives = any(one.state in ON_IT and one.agreed_at and actor.is_one_of(one.giver_id) for one in helps)
    if not (is_own or gives or actor.is_coordinator):
        return Ways()
    writes_notes = actor.is_coordinator and not is_own
    found = talks.summary(actor, intent.id, all_notes=writes_notes)
    is_over = intent.closed_at is not None and not found.count
    return Ways(
        talk_url=_talk_url(actor, intent.id) if intent.is_request and not is_over else "",
        count=found.count,
        new=found.new,
        notes_url=_notes_url(actor, intent.id) if writes_notes or (is_own and found.notes) else "",
        notes=found.notes,
    )


def ways_of_holder(need: Intent, actor: Actor) -> Ways:
    """Return the way from a need followed by a receipt to its conversation."""
    found = talks.summary(actor, need.id, all_notes=False)
    return Ways(talk_url=reverse("aid:followed_talk"), count=found.count, new=found.new)


def notes_for_holder(need: Intent, actor: Actor, *, now: datetime) -> list[talks.NoteLine]:
    """Return the notes that coordinators wrote for the holder of a receipt to read."""
    about = _about_intent(actor.circle, need.id)
    return talks.notes(actor, about, now=now) if about is not None else []


def ways_from_commitment(commitment: Commitment, actor: Actor) -> Ways:
    """Return the way from a promise to its conversation: one statement."""
    if commitment.state not in ON_IT or commitment.agreed_at is None or not actor.is_member:
        return Ways()
    _kind, thread_id = thread_of(commitment)
    found = talks.summary(actor, thread_id, all_notes=False)
    return Ways(talk_url=_talk_url(actor, thread_id), count=found.count, new=found.new)


def _talk_url(actor: Actor, thread_id: uuid.UUID) -> str:
    return reverse("conversations:talk", args=[actor.circle.slug, thread_id])


def _notes_url(actor: Actor, about_id: uuid.UUID) -> str:
    return reverse("conversations:notes", args=[actor.circle.slug, about_id])
