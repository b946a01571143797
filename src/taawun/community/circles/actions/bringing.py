"""Entering people by the hundred, as ``add_member`` enters one: the same rules, written in a few statements, told last."""

import uuid
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime

from django.db import IntegrityError, models, transaction

from taawun.community.circles.actions.members import NAME_LENGTH_MAX, NOTE_LENGTH_MAX
from taawun.community.circles.actions.setting_up import KnownAreas
from taawun.community.circles.actor import Actor
from taawun.community.circles.likeness import members as likeness
from taawun.community.circles.models import Membership, Role
from taawun.community.people import texts
from taawun.community.people.identity import Address, parse_address
from taawun.community.people.models import Account, Agent, Consent, Contact
from taawun.ground.journal import record
from taawun.ground.journal.models import Audience
from taawun.ground.journal.record import NewEntry
from taawun.ground.values.refusal import Refusal
from taawun.ground.vault import store
from taawun.ground.words.languages import BY_CODE as LANGUAGES

AT_ONCE = 1000
ADDRESSES_MAX = 5


@dataclass(frozen=True, slots=True)
class PersonDraft:
    """Somebody without an account, as a list has them. ``addresses`` are phones and e-mails."""

    name: str
    addresses: Sequence[str] = ()
    door: str = ""
    languages: Sequence[str] = ()
    area_id: uuid.UUID | None = None


@dataclass(frozen=True, slots=True)
class DecidedPerson:
    """What the rules made of a draft, not written yet."""

    membership: Membership
    sealed: dict[str, str]
    addresses: tuple[Address, ...]


@dataclass
class EnteringMany:
    """One load of people on its way into a circle. ``tell`` writes the journal and comes last in the transaction."""

    actor: Actor
    consented: bool
    now: datetime
    _areas: KnownAreas = field(init=False)
    _waiting: list[uuid.UUID] = field(default_factory=list)

    def __post_init__(self) -> None:
        if not self.actor.is_coordinator:
            raise Refusal.forbidden()
        self._areas = KnownAreas(self.actor.circle)

    def decide(self, draft: PersonDraft) -> DecidedPerson:
        """Return who a draft becomes, or refuse it. Nothing is written."""
        actor, now = self.actor, self.now
        shown = texts.line(draft.name, "name", NAME_LENGTH_MAX)
        agent = Agent(
            name=texts.name(shown), languages=[one for one in draft.languages if one in LANGUAGES],
            entered_by_id=actor.agent_id, created_at=now,
        )  # fmt: skip
        membership = Membership(
            circle=actor.circle, agent=agent, roles=[Role.MEMBER.value], area=self._areas.of(draft.area_id),
            looked_after_by_id=actor.agent_id, joined_at=now,
        )  # fmt: skip
        addresses = {parse_address(one, actor.circle.region, "phone") for one in draft.addresses[:ADDRESSES_MAX]}
        sealed = {"door": texts.paragraph(draft.door, "door", NOTE_LENGTH_MAX)}
        return DecidedPerson(membership, sealed, tuple(sorted(addresses, key=lambda one: one.value)))

    def write(self, decided: Sequence[DecidedPerson]) -> None:
        """Write people, their memberships, addresses and what they agreed to."""
        now, circle = self.now, self.actor.circle
        agents = [one.membership.agent for one in decided]
        Agent.objects.bulk_create(agents, batch_size=AT_ONCE)
        Membership.objects.bulk_create([one.membership for one in decided], batch_size=AT_ONCE)
        contacts, values = [], []
        for one in decided:
            for address in one.addresses:
                contact = Contact(
                    agent=one.membership.agent, channel=address.channel, blind_index=address.blind_index, created_at=now
                )
                contacts.append(contact)
                values.append(store.Secret(one.membership.agent_id, contact.id, {"value": address.value}))
        Contact.objects.bulk_create(contacts, batch_size=AT_ONCE)
        store.seal_many(None, values, now=now)
        doors = [store.Secret(one.membership.agent_id, one.membership.id, one.sealed) for one in decided]
        store.seal_many(circle.id, doors, now=now)
        likeness.recognise_many(
            circle,
            [
                (
                    one.membership.id, one.membership.agent_id, one.membership.agent.name,
                    [address.value for address in one.addresses], one.sealed["door"],
                )
                for one in decided
            ],
            now=now,
        )  # fmt: skip
        Consent.objects.bulk_create(
            Consent(
                agent=agent, to="entered by others", given=self.consented, recorded_by_id=self.actor.agent_id,
                recorded_at=now,
            )
            for agent in agents
        )  # fmt: skip
        self._waiting += [agent.id for agent in agents]

    def tell(self, last: Sequence[NewEntry] = ()) -> None:
        """Write the entries of everybody entered, then ``last``."""
        data: dict[str, object] = {"kind": "person", "consented": self.consented}
        entered = [
            NewEntry("member.entered", self.actor.agent_id, one, data, Audience.MEMBERS, ("members",))
            for one in self._waiting
        ]
        record.append_many(self.actor.circle.id, [*entered, *last], now=self.now)
        self._waiting.clear()


def take_back_people(actor: Actor, membership_ids: Sequence[uuid.UUID]) -> set[uuid.UUID]:
    """Forget people who were entered, and return the memberships that are gone.

    Who has opened an account, or has asked, offered or promised anything since, is somebody here now, and stays.
    """
    if not actor.is_coordinator:
        raise Refusal.forbidden()
    gone: set[uuid.UUID] = set()
    for start in range(0, len(membership_ids), AT_ONCE):
        some = membership_ids[start : start + AT_ONCE]
        rows = Membership.objects.select_for_update().filter(circle=actor.circle, pk__in=some)
        agent_of = dict(rows.order_by("pk").values_list("pk", "agent_id"))
        known = set(Account.objects.filter(agent_id__in=agent_of.values()).values_list("agent_id", flat=True))
        for membership_id, agent_id in agent_of.items():
            if agent_id not in known and _forget(membership_id, agent_id):
                gone.add(membership_id)
    return gone


def _forget(membership_id: uuid.UUID, agent_id: uuid.UUID) -> bool:
    """Forget one person; False where something of theirs holds on to them."""
    contacts = list(Contact.objects.filter(agent_id=agent_id).values_list("pk", flat=True))
    try:
        with transaction.atomic():
            Membership.objects.filter(pk=membership_id).delete()
            Agent.objects.filter(pk=agent_id).delete()
    except (models.ProtectedError, IntegrityError):
        return False
    store.erase_rows([membership_id, *contacts])
    store.erase(agent_id)
    return True
