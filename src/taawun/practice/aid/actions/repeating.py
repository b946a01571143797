"""The same need asked for again: linked, both stay, and the first becomes more urgent.

``look`` runs in the transaction that posts, before the journal is held; ``tell`` writes the entries after. Nobody is
merged, nothing is dropped, and the one who posts without an account is told nothing of it.
"""

import uuid
from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING

from django.db import transaction
from django.db.models import Q, QuerySet

from taawun.community.circles.actor import Actor
from taawun.community.circles.likeness import finding, index, pairs
from taawun.community.circles.likeness.finding import Likely
from taawun.community.circles.likeness.index import Noted
from taawun.community.circles.likeness.tokens import Tokens, person_of, tokens_of
from taawun.community.circles.models import Circle, LikenessToken, Twin
from taawun.ground.journal import record
from taawun.ground.journal.models import Audience
from taawun.ground.journal.record import NewEntry
from taawun.ground.values.refusal import Refusal
from taawun.practice.aid import access, rules
from taawun.practice.aid.actions import entries
from taawun.practice.aid.models import Intent, Repeat
from taawun.solve.linking import persons
from taawun.solve.linking.persons import Person

if TYPE_CHECKING:
    # Posting calls this module.
    from taawun.practice.aid.actions.posting import Decided

SOURCE = "need"
LIVING = ("open", "taken")
LINKS_MAX = 5
ALSO_MAX = 60
# What a coordinator may say of a repeat.
STATES = ("counted", "different")


@dataclass
class Found:
    """What looking brought: repeats that were linked, pairs of persons, and needs whose urgency rose."""

    repeats: list[Repeat] = field(default_factory=list)
    twins: list[Twin] = field(default_factory=list)
    raised: list[tuple[Intent, int, Repeat]] = field(default_factory=list)


def person_in(sealed: Mapping[str, str]) -> Person:
    """Return the person whom the sealed fields of a need describe."""
    return person_of(name=sealed.get("name", ""), phones=[sealed.get("phone", "")], place=sealed.get("door", ""))


def look(intent: Intent, sealed: Mapping[str, str], *, now: datetime) -> Found:
    """Compare a need or an offer that was just sealed with what the circle knows, link, and let it be found."""
    found, person = Found(), person_in(sealed)
    tokens = tokens_of(intent.circle_id, person)
    also = _of_this_kind(intent, tokens, now) if intent.is_request else {}
    compared = finding.compared_with(intent.circle, person, tokens=tokens, also=also, now=now)
    others = [one for one in finding.likeliest(compared) if one.agent_id != intent.agent_id][: finding.SHOWN]
    found.twins = pairs.suggest(intent.circle, intent.agent_id, intent.id, others, now=now)
    index.note(intent.circle_id, Noted(intent.id, intent.agent_id, SOURCE, person), now=now)
    if intent.is_request:
        for first, reason, points in _repeated(intent, compared, now):
            _link(found, first, intent, reason, points, now)
    return found


def _of_this_kind(intent: Intent, tokens: Tokens, now: datetime) -> dict[uuid.UUID, Collection[int]]:
    """Return open needs of the same kind that share a phone, a name or a door: a shelter's phone is behind a hundred
    needs, and the one that is repeated need not be among the nearest."""
    signs = tokens.strong | tokens.doors
    if not signs:
        return {}
    shared: dict[uuid.UUID, set[int]] = {}
    near = LikenessToken.objects.filter(circle_id=intent.circle_id, token__in=signs)
    wanted = near.filter(row_id__in=_open_like(intent, now).values("pk")).values_list("row_id", "token")
    for row_id, token in wanted[:ALSO_MAX]:
        shared.setdefault(row_id, set()).add(token)
    return dict(shared)


def _repeated(intent: Intent, compared: Sequence[Likely], now: datetime) -> list[tuple[Intent, str, int]]:
    """Return what is open of the same kind and may be the same need, the first of each chain: (need, reason, points)."""
    same = finding.same_as(intent.circle, [intent.agent_id])[intent.agent_id] | {intent.agent_id}
    by_row = {one.row_id: one for one in compared if one.source == SOURCE}
    by_agent: dict[uuid.UUID, Likely] = {}
    for one in sorted(compared, key=lambda likely: likely.points):
        if one.source != SOURCE:
            by_agent[one.agent_id] = one
    rows = (
        _open_like(intent, now)
        .filter(Q(pk__in=by_row) | Q(agent_id__in={*same, *by_agent}))
        .order_by("posted_at", "id")
    )
    found: dict[uuid.UUID, tuple[Intent, str, int]] = {}
    for row in list(rows[: 10 * LINKS_MAX]):
        like = by_row.get(row.id) or by_agent.get(row.agent_id)
        codes, points = (like.reasons, like.points) if like else ((), 0.0)
        reason = rules.repeat_reason(codes, points, same_person=row.agent_id in same, likely=persons.DEFAULT.likely)
        if reason:
            first = _first_of(row)
            found.setdefault(first.id, (first, reason, min(99, max(0, int(points)))))
    sure = [one for one in found.values() if one[1] in rules.REPEAT_REASONS]
    # Once it is known which need is repeated, the merely likely ones say nothing new.
    return sure[:1] or list(found.values())[:LINKS_MAX]


def _open_like(intent: Intent, now: datetime) -> QuerySet[Intent]:
    found = Intent.objects.filter(
        circle_id=intent.circle_id, direction="request", kind=intent.kind, state__in=LIVING, expires_at__gt=now
    ).exclude(pk=intent.id)
    # The dates of one series are not the same need asked again: that it comes again is what was agreed.
    return found if intent.series_id is None else found.exclude(series_id=intent.series_id)


def _first_of(row: Intent) -> Intent:
    """Return the need a repeat repeats, while that is open; else itself."""
    link = Repeat.objects.filter(again=row, state__in=["counted", "waiting"]).select_related("first").first()
    return link.first if link is not None and link.first.state in LIVING else row


def _link(found: Found, first: Intent, again: Intent, reason: str, points: int, now: datetime) -> None:
    sure = reason in rules.REPEAT_REASONS
    at_once = rules.counts_at_once(
        checked=again.checked_at is not None,
        first_is_public=first.visibility == "public" and first.checked_at is not None,
    )
    repeat = Repeat(
        circle_id=again.circle_id, first=first, again=again, reason=reason, points=points, made_at=now,
        state=("counted" if at_once else "waiting") if sure else "likely",
    )  # fmt: skip
    if repeat.state == "counted":
        _raise(found, repeat, now)
    repeat.save(force_insert=True)
    found.repeats.append(repeat)


def _raise(found: Found, repeat: Repeat, now: datetime) -> None:
    """Make the first need one step more urgent, and its repeat no less. Both stay on the board at least as long."""
    locked = access.lock_intents(repeat.again.circle, repeat.first_id, repeat.again_id)
    first, again = locked[repeat.first_id], locked[repeat.again_id]
    repeat.first_urgency, repeat.again_urgency = first.urgency, again.urgency
    for row, wanted in ((first, rules.raised(first.urgency)), (again, max(again.urgency, rules.raised(first.urgency)))):
        before = row.urgency
        if row is again and again.checked_at is None:
            # Who filed it sees it, and must not learn from it that somebody has asked before.
            continue
        # That it was asked for again says that it holds.
        times = rules.clocks(
            rules.Direction.REQUEST, rules.Urgency(wanted), standing=row.is_standing, ends_at=row.ends_at, now=now
        )
        row.urgency = wanted
        row.ask_at, row.expires_at = max(row.ask_at, times.ask_at), max(row.expires_at, times.expires_at)
        row.save(update_fields=["urgency", "ask_at", "expires_at"])
        if row.urgency != before:
            found.raised.append((row, before, repeat))
    repeat.first.urgency, repeat.again.urgency = first.urgency, again.urgency
    repeat.again.ask_at, repeat.again.expires_at = again.ask_at, again.expires_at


def tell(circle: Circle, found: Found, actor_id: uuid.UUID | None, *, now: datetime) -> None:
    """Write what was found to the journal: what rose for all who see it, who repeats what for coordinators only."""
    for entry in told(found, actor_id):
        record.append(
            circle.id, entry.name, actor_id=entry.actor_id, subject_id=entry.subject_id, data=entry.data, now=now,
            audience=entry.audience, topics=entry.topics,
        )  # fmt: skip


def told(found: Found, actor_id: uuid.UUID | None) -> Iterable[NewEntry]:
    for repeat in found.repeats:
        data = {
            "first": str(repeat.first_id),
            "again": str(repeat.again_id),
            "reason": repeat.reason,
            "state": repeat.state,
        }
        yield NewEntry("repeat.linked", actor_id, repeat.id, data, Audience.COORDINATORS, ("twice",))
    for row, before, _repeat in found.raised:
        yield NewEntry(
            "intent.asked_again", None, row.id,
            {"direction": row.direction, "kind": row.kind, "from": int(before), "to": int(row.urgency)},
            entries.audience_of(row), ("board", f"intent:{row.id}", f"agent:{row.agent_id}"),
        )  # fmt: skip


def firsts_of(intent_id: uuid.UUID) -> list[uuid.UUID]:
    """Return the needs that a filed one will raise once it has been looked at: to be locked together with it."""
    return list(Repeat.objects.filter(again_id=intent_id, state="waiting").values_list("first_id", flat=True))


def unlink(circle: Circle, going: Collection[uuid.UUID]) -> None:
    """Take back the steps that needs about to vanish had raised, as when a load is undone. Their links go with them."""
    counted = Repeat.objects.filter(again_id__in=going, state="counted").exclude(first_id__in=going)
    links = list(counted.order_by("-made_at", "-again_id"))
    rows = access.lock_intents(circle, *{link.first_id for link in links})
    for link in links:
        rows[link.first_id].urgency = rules.lowered(rows[link.first_id].urgency, link.first_urgency)
    Intent.objects.bulk_update([row for row in rows.values() if row.state in LIVING], ["urgency"], batch_size=500)


def look_at_waiting(intent: Intent, *, now: datetime) -> Found:
    """A coordinator has looked at a filed need: what it repeats counts from now on. The caller holds the need's lock."""
    found = Found()
    for repeat in Repeat.objects.filter(again=intent, state="waiting").select_related("first", "again__circle"):
        repeat.again.checked_at = intent.checked_at
        if repeat.first.state in LIVING:
            _raise(found, repeat, now)
        repeat.state = "counted"
        repeat.save(update_fields=["state", "first_urgency", "again_urgency"])
    return found


def decide(actor: Actor, repeat_id: uuid.UUID, state: str, *, now: datetime) -> Repeat:
    """Say that it is the same need asked again (it counts), or that it is not (what it raised goes back). Both stay."""
    if not actor.is_coordinator:
        raise Refusal.forbidden()
    with transaction.atomic():
        seen = Repeat.objects.filter(circle=actor.circle, pk=repeat_id).first()
        if seen is None:
            raise Refusal.not_found()
        if state not in STATES:
            raise Refusal("repeat.state", "state")
        # Needs first, then the link, as everywhere: two actions never wait for each other in a ring.
        locked = access.lock_intents(actor.circle, seen.first_id, seen.again_id)
        repeat = Repeat.objects.select_for_update().get(pk=repeat_id)
        repeat.first, repeat.again = locked[seen.first_id], locked[seen.again_id]
        if repeat.state == state:
            return repeat
        found, before = Found(), repeat.state
        if state == "counted" and repeat.first.state in LIVING:
            _raise(found, repeat, now)
        elif state == "different" and before == "counted":
            _lower(found, repeat)
        repeat.state, repeat.decided_by_id, repeat.decided_at = state, actor.agent_id, now
        repeat.save()
        data = {"first": str(repeat.first_id), "again": str(repeat.again_id), "before": before}
        record.append(
            actor.circle.id, f"repeat.{state}", actor_id=actor.agent_id, subject_id=repeat.id, data=data, now=now,
            audience=Audience.COORDINATORS, topics=["twice"],
        )  # fmt: skip
        tell(actor.circle, found, actor.agent_id, now=now)
    return repeat


def _lower(found: Found, repeat: Repeat) -> None:
    for row, before in ((repeat.first, repeat.first_urgency), (repeat.again, repeat.again_urgency)):
        now_at = row.urgency
        if row is repeat.again and repeat.first_urgency is not None and before is not None:
            after = before if now_at == max(before, rules.raised(repeat.first_urgency)) else now_at
        else:
            after = rules.lowered(now_at, before)
        if after != now_at and row.state in LIVING:
            row.urgency = after
            row.save(update_fields=["urgency"])
            found.raised.append((row, now_at, repeat))


def look_many(circle: Circle, decided: "Sequence[Decided]", *, now: datetime) -> Found:
    """As ``look``, for a load of needs and offers that were just sealed: a few statements a batch."""
    found = Found()
    people = [person_in(one.sealed) for one in decided]
    met = finding.find_many(circle, people, now=now)
    index.note_many(
        circle.id,
        [
            Noted(one.intent.id, one.intent.agent_id, SOURCE, person)
            for one, person in zip(decided, people, strict=True)
        ],
        tokens=met.tokens,
        now=now,
    )
    compared = _compared_many(decided, met)
    _suggest_many(circle, decided, compared, found, now)
    open_rows = _open_of_many(circle, decided, compared, now)
    firsts: dict[uuid.UUID, uuid.UUID] = dict(
        Repeat.objects.filter(
            again__in=open_rows, state__in=["counted", "waiting"], first__state__in=LIVING
        ).values_list("again", "first")
    )
    here = {one.intent.id: one.intent for one in decided}
    known = Intent.objects.in_bulk([one for one in firsts.values() if one not in open_rows and one not in here])
    rows = {**open_rows, **known, **here}
    places = {one.intent.id: place for place, one in enumerate(decided)}
    links = []
    for place, one in enumerate(decided):
        if one.intent.is_request and (link := _link_of_many(one.intent, compared[place], rows, firsts, places, now)):
            firsts[one.intent.id] = link.first_id
            links.append(link)
    _raise_many(circle, links, found, now)
    Repeat.objects.bulk_create(links, batch_size=2000)
    found.repeats += links
    return found


def _compared_many(decided: "Sequence[Decided]", met: finding.Met) -> dict[int, list[Likely]]:
    compared: dict[int, list[Likely]] = defaultdict(list)
    for place, known in met.known.items():
        compared[place] += known
    for place, others in met.within.items():
        for other, points, reasons in others:
            row = decided[other].intent
            compared[place].append(Likely(row.agent_id, row.id, SOURCE, points, reasons))
    return compared


def _suggest_many(
    circle: Circle, decided: "Sequence[Decided]", compared: Mapping[int, Sequence[Likely]], found: Found, now: datetime
) -> None:
    made: dict[tuple[uuid.UUID, uuid.UUID], Twin] = {}
    for place, likely in compared.items():
        intent = decided[place].intent
        for one in finding.likeliest(likely)[: finding.SHOWN]:
            if one.agent_id != intent.agent_id:
                twin = pairs.of(circle, intent.agent_id, intent.id, one, now=now)
                made.setdefault((twin.one_id, twin.other_id), twin)
    pairs.suggest_many(list(made.values()))
    found.twins += made.values()


def _open_of_many(
    circle: Circle, decided: "Sequence[Decided]", compared: Mapping[int, Sequence[Likely]], now: datetime
) -> dict[uuid.UUID, Intent]:
    row_ids = {one.row_id for some in compared.values() for one in some if one.source == SOURCE}
    agents = {one.agent_id for some in compared.values() for one in some if one.source != SOURCE}
    agents |= {one.intent.agent_id for one in decided if one.intent.agent.name}
    own = {one.intent.id for one in decided}
    rows = Intent.objects.filter(circle=circle, direction="request", state__in=LIVING, expires_at__gt=now)
    found = rows.filter(Q(pk__in=row_ids) | Q(agent_id__in=agents)).exclude(pk__in=own)
    return {row.id: row for row in found}


def _link_of_many(
    intent: Intent,
    compared: Sequence[Likely],
    rows: Mapping[uuid.UUID, Intent],
    firsts: Mapping[uuid.UUID, uuid.UUID],
    places: Mapping[uuid.UUID, int],
    now: datetime,
) -> Repeat | None:
    """Return the link of one need to the earliest it repeats, or to one that is likely; none where there is none.

    ``places`` is where the rows of the load stand in it: of two of them, the later repeats the earlier.
    """
    best: tuple[bool, int, datetime, uuid.UUID, str, float] | None = None
    by_agent = {one.agent_id: one for one in compared if one.source != SOURCE}
    candidates = [(rows[one.row_id], one) for one in compared if one.row_id in rows]
    if by_agent:
        candidates += [(row, by_agent[row.agent_id]) for row in rows.values() if row.agent_id in by_agent]
    for row, like in candidates:
        if row.kind != intent.kind or not row.is_request or places.get(row.id, -1) >= places[intent.id]:
            continue
        reason = rules.repeat_reason(
            like.reasons, like.points, same_person=row.agent_id == intent.agent_id, likely=persons.DEFAULT.likely
        )
        if reason:
            first = rows.get(firsts.get(row.id, row.id), row)
            unsure = reason not in rules.REPEAT_REASONS
            key = (unsure, places.get(first.id, -1), first.posted_at, first.id, reason, like.points)
            best = min(best, key) if best is not None else key
    if best is None:
        return None
    unsure, _place, _posted, first_id, reason, points = best
    return Repeat(
        circle_id=intent.circle_id, first=rows[first_id], again=intent, reason=reason, made_at=now,
        points=min(99, max(0, int(points))), state="likely" if unsure else "counted",
    )  # fmt: skip


def _raise_many(circle: Circle, links: Sequence[Repeat], found: Found, now: datetime) -> None:
    counted = [link for link in links if link.state == "counted"]
    locked = access.lock_intents(circle, *{one for link in counted for one in (link.first_id, link.again_id)})
    before = {row_id: row.urgency for row_id, row in locked.items()}
    last: dict[uuid.UUID, Repeat] = {}
    for link in counted:
        first, again = locked[link.first_id], locked[link.again_id]
        link.first_urgency, link.again_urgency = first.urgency, again.urgency
        first.urgency = rules.raised(first.urgency)
        again.urgency = max(again.urgency, first.urgency)
        last[first.id] = last[again.id] = link
    changed = []
    for row_id, link in last.items():
        row = locked[row_id]
        times = rules.clocks(
            rules.Direction.REQUEST, rules.Urgency(row.urgency), standing=row.is_standing, ends_at=row.ends_at, now=now
        )
        row.ask_at, row.expires_at = max(row.ask_at, times.ask_at), max(row.expires_at, times.expires_at)
        changed.append(row)
        if row.urgency != before[row_id]:
            found.raised.append((row, before[row_id], link))
    Intent.objects.bulk_update(changed, ["urgency", "ask_at", "expires_at"], batch_size=500)
