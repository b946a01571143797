"""Bringing in needs and offers by the thousand: the rules of ``post``, written in a few statements, told last.

Each row is somebody else's: it gets an agent of its own, without a name and without an account, entered by the
coordinator who brings it. Nobody is merged with anybody here. What was brought can be taken back as long as nobody has
acted on it.
"""

import uuid
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import TypeVar

from django.db import IntegrityError, models, transaction

from taawun.community.circles import access as circle_access
from taawun.community.circles import kinds
from taawun.community.circles.actions import KnownAreas
from taawun.community.circles.actor import Actor
from taawun.community.circles.kinds import CircleKind
from taawun.community.circles.models import Membership
from taawun.community.people.models import Agent
from taawun.ground.journal import record
from taawun.ground.journal.models import Audience
from taawun.ground.journal.record import NewEntry
from taawun.ground.values.bulk import insert_many
from taawun.ground.values.refusal import Refusal
from taawun.ground.values.scope import circle_scope
from taawun.ground.vault import store
from taawun.practice.aid import access
from taawun.practice.aid.actions import entries, repeating
from taawun.practice.aid.actions.holding import close
from taawun.practice.aid.actions.posting import Decided, IntentDraft, decide, entry_of_posting
from taawun.practice.aid.models import Commitment, Intent

Row = TypeVar("Row")
AT_ONCE = 1000
LINKED_AT_ONCE = 250
# An intent and its sealed name, phone and door.
Unlinked = tuple[uuid.UUID, str, str, str]
# What a row in the hand may change of one on the board; the rest (who, when posted, what came of it) stays.
REVISED = (
    "direction", "kind", "unit", "quantity", "whole_only", "sensitive", "summary", "area", "cell", "starts_at",
    "ends_at", "weekdays", "from_minute", "to_minute", "urgency", "visibility", "ask_at", "expires_at",
)  # fmt: skip

Acted = Callable[[Sequence[uuid.UUID]], Iterable[uuid.UUID]]
_acted: list[Acted] = []


def acted_on_when(look: Acted) -> Acted:
    """Let another room say which of some intents people have acted on there, so that they are not taken back silently."""
    _acted.append(look)
    return look


@dataclass
class Bringing:
    """One load of needs and offers on its way to the board. ``decide`` asks the rules, ``write`` writes what they made,
    ``tell`` writes the journal and comes last in the transaction: from there on the circle waits for the commit."""

    actor: Actor
    now: datetime
    _kinds: dict[str, CircleKind] = field(default_factory=dict)
    _areas: KnownAreas = field(init=False)
    _agents: dict[uuid.UUID, Agent] = field(default_factory=dict)
    _doorless: dict[uuid.UUID, list[uuid.UUID]] = field(default_factory=dict)
    _revised: list[Intent] = field(default_factory=list)
    _waiting: list[tuple[uuid.UUID, uuid.UUID, str, str, int, int, bool]] = field(default_factory=list)
    _repeats: list[NewEntry] = field(default_factory=list)
    # Where a list waits, what was brought is looked through for repeats after the commit: see ``link_many``.
    later: "list[Unlinked] | None" = None

    def __post_init__(self) -> None:
        if not self.actor.is_coordinator:
            raise Refusal.forbidden()
        self._areas = KnownAreas(self.actor.circle)

    def decide(self, draft: IntentDraft, languages: Sequence[str] = ()) -> Decided:
        """Return what a draft becomes, or refuse it. Nothing is written, so a rehearsal asks the same."""
        actor = self.actor
        agent = self._agent(draft, languages)
        return decide(
            actor.circle, draft, agent, self._kind(draft.kind), self._areas.of(draft.area_id),
            entered_by=actor.agent_id, checked=True, now=self.now,
        )  # fmt: skip

    def _kind(self, code: str) -> CircleKind:
        if code not in self._kinds:
            self._kinds[code] = kinds.find(self.actor.circle, code)
        return self._kinds[code]

    def _agent(self, draft: IntentDraft, languages: Sequence[str]) -> Agent:
        wanted = draft.on_behalf_of
        if wanted is None:
            return Agent(name="", languages=list(languages), created_at=self.now, entered_by_id=self.actor.agent_id)
        if wanted not in self._agents:
            self._agents[wanted] = circle_access.agent_to_act_for(self.actor, wanted)
        return self._agents[wanted]

    def write(self, decided: Sequence[Decided]) -> None:
        """Write rows, their people and their sealed fields. The caller is inside the transaction that ``tell`` ends."""
        strangers = [one.intent.agent for one in decided if one.intent.agent_id not in self._agents]
        insert_many(strangers)
        insert_many([one.intent for one in decided])
        secrets = [store.Secret(one.intent.agent_id, one.intent.id, one.sealed) for one in decided]
        store.seal_many(self.actor.circle.id, secrets, now=self.now)
        if self.later is None:
            found = repeating.look_many(self.actor.circle, decided, now=self.now)
            self._repeats += repeating.told(found, self.actor.agent_id)
        else:
            self.later += [
                (one.intent.id, one.sealed["name"], one.sealed["phone"], one.sealed["door"]) for one in decided
            ]
        for one in decided:
            intent = one.intent
            if intent.agent_id in self._agents and intent.agent_id != self.actor.agent_id and not one.sealed["door"]:
                self._doorless.setdefault(intent.agent_id, []).append(intent.id)
            audience = int(entries.audience_of(intent))
            known = intent.entered_by_id is not None
            self._waiting.append(
                (intent.id, intent.agent_id, intent.direction, intent.kind, intent.quantity, audience, known)
            )

    def revise(self, intent_id: uuid.UUID, decided: Decided) -> bool:
        """Give a row of the board what its row in the sheet says now; False when somebody has acted on it meanwhile."""
        circle = self.actor.circle
        intent = Intent.objects.select_for_update().filter(circle=circle, pk=intent_id).first()
        if intent is None or intent.id in acted_on([intent.id]):
            return False
        for name in REVISED:
            setattr(intent, name, getattr(decided.intent, name))
        intent.save(update_fields=REVISED)
        store.seal(
            circle_id=circle.id, subject_id=intent.agent_id, row_id=intent.id, fields=decided.sealed, now=self.now
        )
        self._revised.append(intent)
        return True

    def tell(self, last: Iterable[NewEntry] = ()) -> None:
        """Write the entries of everything written, then ``last``."""
        self._open_known_doors()
        record.append_many(self.actor.circle.id, self._entries(last), now=self.now)
        self._waiting.clear()
        self._revised.clear()
        self._repeats.clear()

    def _entries(self, last: Iterable[NewEntry]) -> Iterator[NewEntry]:
        for intent_id, agent_id, direction, kind, quantity, audience, known in self._waiting:
            intent = Intent(
                id=intent_id, agent_id=agent_id, direction=direction, kind=kind, quantity=quantity,
                entered_by_id=self.actor.agent_id if known else None,
            )  # fmt: skip
            name, actor_id, data = entry_of_posting(intent, self.actor.agent_id)
            yield NewEntry(
                name, actor_id, intent_id, {"direction": direction, "kind": kind, **data}, Audience(audience),
                ("board", f"intent:{intent_id}", f"agent:{agent_id}"),
            )  # fmt: skip
        for changed in self._revised:
            yield NewEntry(
                "intent.changed", self.actor.agent_id, changed.id,
                {"direction": changed.direction, "kind": changed.kind, "quantity": changed.quantity},
                entries.audience_of(changed), ("board", f"intent:{changed.id}", f"agent:{changed.agent_id}"),
            )  # fmt: skip
        yield from self._repeats
        yield from last

    def _open_known_doors(self) -> None:
        """Members whose need came without a door are asked at the one they gave when they were entered, as in ``post``."""
        circle = self.actor.circle
        members = Membership.objects.filter(circle=circle, agent_id__in=self._doorless)
        agent_of = dict(members.values_list("id", "agent_id"))
        if not agent_of:
            return
        opened = store.reveal(self.actor.viewer, agent_of, "post on behalf", circle_id=circle.id, now=self.now)
        store.seal_many(
            circle.id,
            [
                store.Secret(agent_of[row_id], intent_id, {"door": found["door"]})
                for row_id, found in opened.items()
                if found.get("door")
                for intent_id in self._doorless[agent_of[row_id]]
            ],
            now=self.now,
        )
        self._doorless.clear()


def link_many(actor: Actor, rows: Sequence[Unlinked], *, now: datetime) -> None:
    """Look through what was brought for needs that are asked again, a few hundred at a time, each in its own transaction.

    Comparing a hundred thousand people takes minutes, and nobody's board should wait for that.
    """
    for some in in_batches(rows, LINKED_AT_ONCE):
        with circle_scope(actor.circle.id):
            here = Intent.objects.filter(circle=actor.circle).select_related("agent").in_bulk([one[0] for one in some])
            decided = [
                Decided(here[intent_id], {"name": name, "phone": phone, "door": door})
                for intent_id, name, phone, door in some
                if intent_id in here
            ]
            found = repeating.look_many(actor.circle, decided, now=now)
            record.append_many(actor.circle.id, repeating.told(found, actor.agent_id), now=now)


def post_many(actor: Actor, drafts: Iterable[IntentDraft], *, now: datetime) -> list[Intent | Refusal]:
    """Post every draft the rules allow, in one transaction; a refusal stands at the place of a draft they don't."""
    bringing = Bringing(actor, now)
    answers: list[Intent | Refusal] = []
    with transaction.atomic():
        for some in in_batches(drafts, AT_ONCE):
            decided = []
            for draft in some:
                try:
                    decided.append(bringing.decide(draft))
                    answers.append(decided[-1].intent)
                except Refusal as refusal:
                    answers.append(refusal)
            bringing.write(decided)
        bringing.tell()
    return answers


def kept_by_others(intent_ids: Sequence[uuid.UUID]) -> set[uuid.UUID]:
    """Return those of the intents that others hold on to: somebody has promised on it, or talks about it."""
    found: set[uuid.UUID] = set()
    for side in ("request_id", "offer_id"):
        promised = Commitment.objects.filter(**{f"{side}__in": intent_ids})
        found.update(promised.values_list(side, flat=True))
    for look in _acted:
        found.update(look(intent_ids))
    return found


def acted_on(intent_ids: Sequence[uuid.UUID]) -> set[uuid.UUID]:
    """As ``kept_by_others``, and also those that were closed or renewed since they were posted."""
    untouched = Intent.objects.filter(pk__in=intent_ids, state="open", fresh_at=models.F("posted_at"))
    return kept_by_others(intent_ids) | (set(intent_ids) - set(untouched.values_list("pk", flat=True)))


def take_back(actor: Actor, intent_ids: Sequence[uuid.UUID], *, with_promises: bool, now: datetime) -> set[uuid.UUID]:
    """Make what was brought undone, and return the ids that are gone: rows, people, sealed fields.

    What somebody has acted on stays. ``with_promises`` takes that off the board too: who had promised is told, and the
    row stays for the books, withdrawn.
    """
    if not actor.is_coordinator:
        raise Refusal.forbidden()
    gone: set[uuid.UUID] = set()
    for some in in_batches(intent_ids, AT_ONCE):
        locked = list(
            Intent.objects.select_for_update().filter(circle=actor.circle, pk__in=some).order_by("pk").only("agent_id")
        )
        stays = kept_by_others([one.pk for one in locked])
        going = {one.pk: one.agent_id for one in locked if one.pk not in stays}
        repeating.unlink(actor.circle, going)
        Intent.objects.filter(pk__in=going).delete()
        store.erase_rows(going)
        forget_strangers(set(going.values()))
        gone |= going.keys()
        if with_promises:
            for one in sorted(stays):
                _close(actor, one, now=now)
    return gone


def _close(actor: Actor, intent_id: uuid.UUID, *, now: datetime) -> None:
    intent = access.intent(actor.circle, actor, intent_id)
    if intent.state in {"open", "taken", "expired"}:
        close(intent, "withdrawn", actor_id=actor.agent_id, now=now)


def forget_strangers(agent_ids: set[uuid.UUID]) -> None:
    """Forget people who were only known by what was taken back: no name, no account, nothing else of theirs here."""
    strangers = Agent.objects.filter(pk__in=agent_ids, name="", account__isnull=True, memberships__isnull=True)
    going = set(strangers.filter(intents__isnull=True).values_list("pk", flat=True))
    store.erase_many(going)
    try:
        with transaction.atomic():
            Agent.objects.filter(pk__in=going).delete()
    except (models.ProtectedError, IntegrityError):
        for one in going:
            _forget_stranger(one)


def _forget_stranger(agent_id: uuid.UUID) -> None:
    """Forget one; where another room still points at it, a row without any name is all that is left."""
    try:
        with transaction.atomic():
            Agent.objects.filter(pk=agent_id).delete()
    except (models.ProtectedError, IntegrityError):
        Agent.objects.filter(pk=agent_id).update(languages=[])


def in_batches(rows: Iterable[Row], size: int) -> Iterator[list[Row]]:
    batch: list[Row] = []
    for row in rows:
        batch.append(row)
        if len(batch) == size:
            yield batch
            batch = []
    if batch:
        yield batch
