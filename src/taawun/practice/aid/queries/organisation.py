"""The board of an organisation: what was handed to it, what it promised, what it could take, and what it has on offer."""

from dataclasses import dataclass
from datetime import datetime

from django.db.models import Q

from taawun.community.circles import kinds
from taawun.community.circles.actor import Actor
from taawun.community.circles.rights import Right
from taawun.community.people.models import Agent, HiddenPair
from taawun.ground.journal.models import Entry, Head
from taawun.practice.aid import access, rules
from taawun.practice.aid.models import Commitment, Intent, Placement, Programme
from taawun.practice.aid.queries import services
from taawun.practice.aid.queries.board import Card, cards, shown_on_cards
from taawun.practice.aid.queries.mine import Promise

PROMISES_READ = 200
NEEDS_SHOWN = 30
LISTED_SHOWN = 60
ENTRIES_SHOWN = 15


@dataclass(frozen=True, slots=True)
class Handed:
    """A promise of the organisation with the programme it was handed to, if it was."""

    promise: Promise
    programme: Programme | None


@dataclass(frozen=True, slots=True)
class Listed:
    """A need on a waiting list: what and how much, which area, how urgent, and the words written for everybody."""

    placement: Placement
    card: Card
    has_room: bool


@dataclass(frozen=True, slots=True)
class Takeable:
    """A need that one of the organisation's programmes has room for."""

    card: Card
    programme: Programme


@dataclass(frozen=True, slots=True)
class OwnBoard:
    to_answer: list[Handed]
    listed: list[Listed]
    promised: list[Handed]
    coming: list[Handed]
    takeable: list[Takeable]
    intents: list[Card]
    programmes: list[services.Shown]
    entries: list[Entry]
    newest: int


def board(actor: Actor, organisation: Agent, *, now: datetime) -> OwnBoard:
    """Return an organisation's board as this person may see it: some ten statements, whatever there is.

    Promises and what waits for an answer are for whoever answers; a coordinator sees them as on the circle's own pages.
    """
    circle = actor.circle
    answers = actor.is_coordinator or actor.may(Right.ANSWER, organisation.id)
    posts = answers or actor.may(Right.POST, organisation.id)
    programmes = services.shown(
        circle, access.programmes(circle, actor).filter(organisation=organisation).order_by("-is_open", "name"), now=now
    )
    handed = _promises(actor, organisation, now) if answers else []
    living = [one for one in handed if one.promise.commitment.state in rules.LIVING]
    return OwnBoard(
        to_answer=[one for one in living if one.promise.waits_for_me],
        listed=_listed(actor, organisation, programmes, now) if answers else [],
        promised=sorted(
            (one for one in living if one.promise.gives and not one.promise.waits_for_me),
            key=lambda one: (not one.promise.late, one.promise.commitment.due_at),
        ),
        coming=[one for one in living if not one.promise.gives and not one.promise.waits_for_me],
        takeable=takeable(actor, organisation, programmes, now=now) if answers else [],
        intents=_intents(actor, organisation, now) if posts else [],
        programmes=programmes,
        entries=_entries(actor, organisation, handed) if answers else [],
        newest=Head.objects.filter(circle_id=circle.id).values_list("seq", flat=True).first() or 0,
    )


def _promises(actor: Actor, organisation: Agent, now: datetime) -> list[Handed]:
    rows = list(
        Commitment.objects.filter(
            Q(giver=organisation) | Q(receiver=organisation), circle=actor.circle
        )
        .filter(Q(state__in=rules.LIVING) | Q(ended_at__gt=now - rules.REVEAL_AFTER_END * 7))
        .exclude(giver_id__in=actor.hidden_ids)
        .exclude(receiver_id__in=actor.hidden_ids)
        .select_related("request__area", "offer__area", "giver", "receiver", "placement__programme")
        .order_by("due_at")[:PROMISES_READ]
    )
    made = []
    for row in rows:
        intent = row.request or row.offer
        assert intent is not None
        placement = getattr(row, "placement", None)
        made.append(Handed(_promise(actor, row, intent, organisation, now), placement.programme if placement else None))
    return made


def _promise(actor: Actor, row: Commitment, intent: Intent, organisation: Agent, now: datetime) -> Promise:
    """Return a promise from the organisation's side, whoever of its staff reads it."""
    waits = {"giver": row.giver_id, "receiver": row.receiver_id}.get(row.waiting_for)
    return Promise(
        commitment=row,
        intent=intent,
        kind=kinds.shown(actor.circle, intent.kind),
        gives=row.giver_id == organisation.id,
        waits_for_me=row.state == "waiting" and waits == organisation.id,
        late=row.state == "agreed" and row.due_at < now,
    )


def _listed(
    actor: Actor, organisation: Agent, programmes: list[services.Shown], now: datetime
) -> list[Listed]:
    by_id = {one.programme.id: one for one in programmes}
    rows = list(
        Placement.objects.filter(
            circle=actor.circle, programme_id__in=by_id, commitment=None, ended_at=None, intent__state="open"
        )
        .exclude(intent__agent_id__in=actor.hidden_ids)
        .select_related("programme", "intent__area", "intent__agent", "referred_by")
        .order_by("-intent__urgency", "made_at")[:LISTED_SHOWN]
    )
    shown = cards([row.intent for row in rows], actor.circle, actor, now=now)
    made = []
    for row, card in zip(rows, shown, strict=True):
        room = by_id[row.programme_id].room(row.intent.kind)
        made.append(Listed(row, card, room.takes(min(row.quantity, row.intent.left))))
    return made


def takeable(
    actor: Actor, organisation: Agent, programmes: list[services.Shown], *, now: datetime
) -> list[Takeable]:
    """Return open needs of the kinds and in the areas of open programmes with room, among those this person may see."""
    wanted = Q()
    for one in programmes:
        if one.programme.is_open:
            wanted |= _of(actor, one)
    if not wanted:
        return []
    hidden = HiddenPair.objects.filter(one_id=organisation.id).values("other_id")
    rows = list(
        shown_on_cards(access.visible_intents(actor.circle, actor).filter(wanted))
        .filter(direction="request", state="open", expires_at__gt=now)
        .exclude(agent_id=organisation.id)
        .exclude(agent_id__in=hidden)
        .order_by("-urgency", "-posted_at")[:NEEDS_SHOWN]
    )
    made = []
    for card in cards(rows, actor.circle, actor, now=now):
        need = services.need_of(card.intent, card.kind)
        fits = [(one, services.judge(one, need)) for one in programmes if one.programme.is_open]
        best = max(
            ((one, fit) for one, fit in fits if fit is not None and not fit.is_full),
            key=lambda pair: pair[1].points, default=None,
        )  # fmt: skip
        if best is not None:
            made.append(Takeable(card, best[0].programme))
    return made


def _of(actor: Actor, one: services.Shown) -> Q:
    """Return the condition for needs a programme serves, by kind and place."""
    codes = set(one.served.kinds)
    if one.served.groups:
        codes |= {kind.code for kind in kinds.all_of(actor.circle) if kind.group in one.served.groups}
    what = Q(kind__in=codes)
    if not one.served.areas and not one.served.cells:
        return what
    return what & (Q(area_id__in=one.served.areas) | Q(cell__in=one.served.cells))


def _intents(actor: Actor, organisation: Agent, now: datetime) -> list[Card]:
    rows = (
        Intent.objects.filter(circle=actor.circle, agent=organisation, state__in=["open", "taken", "expired"])
        .select_related("agent", "area")
        .order_by("-posted_at")[:NEEDS_SHOWN]
    )
    return cards(rows, actor.circle, actor, now=now)


def _entries(actor: Actor, organisation: Agent, handed: list[Handed]) -> list[Entry]:
    """Return what happened lately to the organisation's promises and programmes, newest first."""
    subjects = [one.promise.commitment.id for one in handed]
    return list(
        Entry.objects.filter(circle_id=actor.circle.id, subject_id__in=subjects).exclude(name="vault.revealed").order_by("-seq")[
            :ENTRIES_SHOWN
        ]
    )


def referred(actor: Actor, *, everybody: bool, intent: Intent | None = None) -> list[Placement]:
    """Return what was handed to programmes, newest first: on one need, by this person, or in the whole circle."""
    found = Placement.objects.filter(circle=actor.circle).exclude(intent__agent_id__in=actor.hidden_ids)
    if intent is not None:
        found = found.filter(intent=intent)
    elif not everybody:
        found = found.filter(referred_by_id=actor.agent_id)
    else:
        found = found.filter(referred_by__isnull=False)
    return list(
        found.select_related("programme__organisation", "commitment", "intent__area", "referred_by").order_by("-made_at")[:100]
    )
