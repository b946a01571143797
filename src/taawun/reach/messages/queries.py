"""What pages and mails read of notices, in a bounded number of statements."""

import uuid
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from django.utils import timezone

from taawun.community.circles import kinds
from taawun.community.circles.actor import Actor
from taawun.community.circles.models import Circle
from taawun.community.people.models import Agent, Channel, Consent, Contact
from taawun.ground.words.units import format_amount
from taawun.practice.aid import access
from taawun.practice.aid.models import Commitment, Intent, Series
from taawun.practice.delivery.queries.carrying import ComingLine, coming_of
from taawun.reach.messages import links, wording
from taawun.reach.messages.models import Notice

PAGE_SIZE = 40
# Who may open these is asked when they are opened: a helper is on a conversation about a need she is not shown on the board.
OPENED_BY_ITS_OWN_PAGE = links.IN_A_CONVERSATION | links.OF_CARRIERS | {"note.shown"}
MAIL = "mail"


@dataclass(frozen=True, slots=True)
class Told:
    """A notice as its reader sees it: a sentence without names, what it is about, and where to go.

    ``for_name`` is somebody the reader acts for. ``stands_in`` says that nobody else could be told: she should pass it
    on. ``what`` and ``path`` are empty where she may no longer see it.
    """

    notice: Notice
    text: str
    what: str
    path: str
    icon: str
    for_name: str
    stands_in: bool
    sensitive: bool
    coming: ComingLine | None = None

    @property
    def is_new(self) -> bool:
        return self.notice.read_at is None


def unread_count(circle_id: uuid.UUID, agent_id: uuid.UUID) -> int:
    """Return how many notices wait for somebody in a circle whose scope is open: one statement, from an index."""
    return Notice.objects.filter(circle_id=circle_id, agent_id=agent_id, read_at__isnull=True).count()


def notices_of(actor: Actor, *, before: int | None = None) -> list[Told]:
    """Return a page of somebody's notices in her circle, newest first: five statements."""
    rows = Notice.objects.filter(circle_id=actor.circle.id, agent_id=actor.agent_id)
    if before is not None:
        rows = rows.filter(seq__lt=before)
    return told(actor, list(rows.order_by("-seq")[:PAGE_SIZE]))


def told(actor: Actor, notices: Iterable[Notice]) -> list[Told]:
    """Return notices of one person in one circle in her words: at most five statements. The circle's scope is open."""
    rows = list(notices)
    circle = actor.circle
    commitments = {
        one.id: one
        for one in Commitment.objects.filter(
            circle=circle, pk__in={row.commitment_id for row in rows if row.commitment_id}
        ).select_related("request", "offer")
    }
    intent_ids = {row.intent_id for row in rows if row.intent_id}
    intents = Intent.objects.filter(circle=circle).in_bulk(list(intent_ids))
    visible = set(access.visible_intents(circle, actor).filter(pk__in=intent_ids).values_list("pk", flat=True))
    series = _series(actor, rows)
    coming = _coming(circle, rows)
    acted_for = {row.for_id for row in rows if row.for_id in actor.acts_for}
    names = dict(Agent.objects.filter(pk__in=acted_for).values_list("pk", "name")) if acted_for else {}
    shown = []
    for row in rows:
        commitment = commitments.get(row.commitment_id) if row.commitment_id else None
        intent = intents.get(row.intent_id) if row.intent_id else None
        repeating = series.get(row.series_id) if row.series_id else None
        about = (commitment.request or commitment.offer) if commitment else intent or repeating
        may_see = (commitment is not None and _sees(commitment, actor)) or (
            intent is not None and intent.id in visible
        ) or repeating is not None or (row.name in links.OF_COORDINATORS | links.OF_SHEETS | links.OF_ROUNDS and actor.is_coordinator)
        amount = commitment.quantity if commitment else about.quantity if about else 0
        shown.append(
            Told(
                notice=row,
                text=wording.sentence(row, intent, commitment),
                what=_what(circle, about, amount) if about is not None and may_see else "",
                path=links.about(row, circle, intent.agent_id if intent else None) if may_see or row.name in OPENED_BY_ITS_OWN_PAGE else "",
                icon=wording.icon(row),
                for_name=names.get(row.for_id, ""),
                stands_in=row.for_id not in actor.own_ids,
                sensitive=about is None or about.sensitive,
                coming=coming.get(row.intent_id) if row.intent_id and row.name in links.OF_DELIVERIES else None,
            )
        )
    return shown


def _coming(circle: Circle, notices: Iterable[Notice]) -> dict[uuid.UUID, ComingLine]:
    """Return the deliveries that notices tell the time of, by their needs: one statement, or none."""
    told_of = [row for row in notices if row.name in links.OF_DELIVERIES and row.intent_id]
    if not told_of:
        return {}
    now = max(row.made_at for row in told_of)
    with timezone.override(ZoneInfo(circle.time_zone)):
        lines = coming_of(circle, [row.intent_id for row in told_of if row.intent_id], now=now)
    return {line.stop.intent_id: line for line in lines if line.is_told and line.stop.intent_id}


def _series(actor: Actor, notices: Iterable[Notice]) -> dict[uuid.UUID, Series]:
    """Return what repeats and notices are about, as far as she may see it: one statement, or none."""
    wanted = {row.series_id for row in notices if row.series_id}
    return access.visible_series(actor.circle, actor).in_bulk(wanted) if wanted else {}


def _sees(commitment: Commitment, actor: Actor) -> bool:
    """The rule of ``access.commitment``: its sides, and coordinators who are not hidden from one of them."""
    if access.is_party(commitment, actor):
        return True
    return actor.is_coordinator and not actor.hides(commitment.giver_id, commitment.receiver_id)


def _what(circle: Circle, intent: Intent | Series, amount_parts: int) -> str:
    return f"{kinds.shown(circle, intent.kind).name} · {format_amount(amount_parts, intent.unit)}"


def mail_address_of(agent_id: uuid.UUID) -> Contact | None:
    """Return the proven e-mail contact of somebody, the first she gave."""
    proven = Contact.objects.filter(agent_id=agent_id, channel=Channel.EMAIL, verified_at__isnull=False)
    return proven.order_by("created_at").first()


def wants_mail(agent_ids: Iterable[uuid.UUID]) -> set[uuid.UUID]:
    """Return those who did not ask for the mails to stop. The latest word stands: one statement."""
    ids = set(agent_ids)
    said = Consent.objects.filter(agent_id__in=ids, to=MAIL).order_by("agent_id", "-recorded_at", "-id")
    return ids - {one.agent_id for one in said.distinct("agent_id") if not one.given}


def all_notices(circle: Circle) -> Iterator[tuple[str | datetime, ...]]:
    """Yield every notice of a circle for those who take everything away: what it was about and when, never if it was read."""
    rows = Notice.objects.filter(circle_id=circle.id).order_by("id")
    for one in rows.iterator(chunk_size=1000):
        about = (one.agent_id, one.intent_id or "", one.commitment_id or "")
        yield str(one.id), one.name, *(str(part) for part in about), one.made_at
