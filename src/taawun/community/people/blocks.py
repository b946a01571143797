"""Who wants nothing to do with whom. Neither sees the other; only the one who blocked knows why.

Somebody is known again by handles: an agent's id and the addresses that are proven to be theirs, each as a keyed hash.
Whoever is matched brings their own addresses along as handles, so that a third account made with them is hidden too.
Coordinators who say that two agents are the same person extend a block the same way (``same_person``).
"""

import uuid
from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from django.db import connection, transaction
from django.db.models import F, Q

from taawun.community.people import limits, texts
from taawun.community.people.identity import parse_address
from taawun.community.people.models import Account, Agent, AgentKind, Block, BlockHandle, Contact, HiddenPair
from taawun.ground.values.refusal import Refusal
from taawun.ground.vault import store
from taawun.ground.vault.store import Viewer

BLOCKS_MAX = 100
# Whoever types an address could watch who disappears from a list: a few tries a day, not a whole phone book.
ADDRESSES_A_DAY_MAX = 5
CALLED_LENGTH_MAX = 300

# An address somebody proved, or one that was written down for who has no account to prove it with.
_KNOWN = Q(verified_at__isnull=False) | Q(agent__account__isnull=True)

Ending = Callable[[uuid.UUID, uuid.UUID, datetime], None]
_endings: list[Ending] = []


def when_hidden(end: Ending) -> Ending:
    """Register what a room ends between two agents once they are hidden from each other: ``end(one, other, now)``."""
    if end not in _endings:
        _endings.append(end)
    return end


Links = Callable[[frozenset[uuid.UUID]], set[uuid.UUID]]
_links: list[Links] = []


def known_as(links: Links) -> Links:
    """Register who is said to be the same person as some agents, in whatever circle it was said."""
    if links not in _links:
        _links.append(links)
    return links


@dataclass(frozen=True, slots=True)
class Blocked:
    """A block as its owner sees it: what she calls the one she blocked, and since when."""

    id: uuid.UUID
    called: str
    made_at: datetime


@dataclass(frozen=True, slots=True)
class _Kept:
    """What is sealed of a block: whose it is, whom it hides, who was meant at first, and what the owner calls them."""

    owner_id: uuid.UUID
    hidden: frozenset[uuid.UUID]
    meant: uuid.UUID | None
    called: str


def hidden_from(agent_id: uuid.UUID) -> frozenset[uuid.UUID]:
    """Return who does not see this agent and is not seen by them: one statement."""
    return frozenset(HiddenPair.objects.filter(one_id=agent_id).values_list("other_id", flat=True))


def are_hidden(one_id: uuid.UUID, other_id: uuid.UUID) -> bool:
    return HiddenPair.objects.filter(one_id=one_id, other_id=other_id).exists()


def pairs_among(some: Iterable[uuid.UUID], others: Iterable[uuid.UUID]) -> frozenset[tuple[uuid.UUID, uuid.UUID]]:
    """Return which of ``some`` are hidden from which of ``others``: one statement."""
    found = HiddenPair.objects.filter(one_id__in=set(some), other_id__in=set(others))
    return frozenset(found.values_list("one_id", "other_id"))


def block_agent(account: Account, agent: Agent, *, called: str, now: datetime) -> Block:
    """Block somebody who is here. An organisation is not blocked: people are, whoever they act for."""
    if agent.id == account.agent_id:
        raise Refusal("block.self")
    if agent.kind == AgentKind.ORGANISATION:
        raise Refusal("block.organisation")
    return _block(account, {_handle_of(agent.id)}, meant=agent.id, called=called, now=now)


def block_address(account: Account, text: str, region: str, *, now: datetime) -> Block:
    """Block whoever proves this address, now or later. Whether anybody has it is not told."""
    limits.require("block", str(account.pk), at_most=ADDRESSES_A_DAY_MAX, window=timedelta(days=1), now=now)
    address = parse_address(text, region)
    if Contact.objects.filter(agent_id=account.agent_id, blind_index=address.blind_index).exists():
        raise Refusal("block.own_address", "address")
    return _block(account, {address.blind_index}, meant=None, called=address.value, now=now)


def _block(account: Account, handles: set[bytes], *, meant: uuid.UUID | None, called: str, now: datetime) -> Block:
    owner = _owner_of(account.agent_id)
    with transaction.atomic():
        # Two taps of one thumb wait for each other.
        Account.objects.select_for_update().get(pk=account.pk)
        mine = list(Block.objects.filter(owner=owner).order_by("pk"))
        called = texts.line(called, "called", CALLED_LENGTH_MAX)
        # The same again is the same block. It is compared by what was meant and not by whom it hides: else blocking
        # an address after a name would tell whether the two belong together.
        opened = _open(mine, now=now)
        for one in mine:
            if one.id in opened and opened[one.id].meant == meant and (meant or opened[one.id].called == called):
                return one
        if len(mine) >= BLOCKS_MAX:
            raise Refusal.conflict("block.too_many", limit=BLOCKS_MAX)
        block = Block.objects.create(owner=owner, made_at=now)
        BlockHandle.objects.bulk_create([BlockHandle(block=block, handle=one) for one in handles])
        kept = _Kept(account.agent_id, frozenset(), meant, called)
        _grow(block, kept, {meant} if meant else set(), now=now)
    return block


def unblock(account: Account, block_id: uuid.UUID, *, now: datetime) -> None:
    """Take a block back. Whom another block hides stays hidden."""
    with transaction.atomic():
        mine = Block.objects.select_for_update().filter(owner=_owner_of(account.agent_id))
        block = mine.filter(pk=block_id).first()
        if block is None:
            raise Refusal.not_found()
        _remove(block, now=now)


def blocks_of(account: Account, *, now: datetime) -> list[Blocked]:
    """Return one's own blocks, the newest first: three statements."""
    rows = list(Block.objects.filter(owner=_owner_of(account.agent_id)).order_by("-made_at", "-id"))
    opened = _open(rows, now=now)
    return [Blocked(row.id, opened[row.id].called, row.made_at) for row in rows if row.id in opened]


def contact_proven(contact: Contact, *, now: datetime) -> None:
    """An address was proven: who blocked it is hidden from its owner from now on, and the owner from them."""
    wanted = [bytes(contact.blind_index), _handle_of(contact.agent_id)]
    _extend(Block.objects.filter(handles__handle__in=wanted), {contact.agent_id}, now=now)


def same_person(one_id: uuid.UUID, other_id: uuid.UUID, *, now: datetime) -> None:
    """Coordinators say that two agents are one person: who is hidden from one is hidden from the other."""
    wanted = [_handle_of(one_id), _handle_of(other_id)]
    _extend(Block.objects.filter(handles__handle__in=wanted), {one_id, other_id}, now=now)


def not_same_person(one_id: uuid.UUID, other_id: uuid.UUID, *, now: datetime) -> None:
    """Coordinators take that back: the one nobody meant is seen again, unless an address says otherwise."""
    with transaction.atomic():
        both = Block.objects.filter(handles__handle=_handle_of(one_id)).filter(handles__handle=_handle_of(other_id))
        for block, kept in _locked(both, now=now):
            gone = one_id if kept.meant == other_id else other_id
            theirs = {_handle_of(gone), *_indexes_of({gone})}
            BlockHandle.objects.filter(block=block, handle__in=theirs).delete()
            _show(kept.owner_id, {gone} & kept.hidden)
            _grow(block, replace(kept, hidden=kept.hidden - {gone}), set(), now=now)


def forget(agent_id: uuid.UUID, *, now: datetime) -> None:
    """Remove what somebody who is erased had blocked. What others blocked of hers stays keyed, for their safety."""
    with transaction.atomic():
        for block in Block.objects.select_for_update().filter(owner=_owner_of(agent_id)).order_by("pk"):
            _remove(block, now=now)
        HiddenPair.objects.filter(Q(one_id=agent_id) | Q(other_id=agent_id)).delete()


def _owner_of(agent_id: uuid.UUID) -> bytes:
    return store.blind_index("block owner", str(agent_id))


def _handle_of(agent_id: uuid.UUID) -> bytes:
    return store.blind_index("blocked agent", str(agent_id))


def _indexes_of(agent_ids: Iterable[uuid.UUID]) -> set[bytes]:
    """Return the addresses by which agents are known again. One that somebody added to an account and never proved may
    be anybody's, and would hide a bystander."""
    known = Contact.objects.filter(_KNOWN, agent_id__in=set(agent_ids))
    return {bytes(one) for one in known.values_list("blind_index", flat=True)}


def _open(blocks: Iterable[Block], *, now: datetime) -> dict[uuid.UUID, _Kept]:
    """Open what is sealed of blocks. The program looks, and shows it to nobody but the owner: no look to record."""
    ids = [one.id for one in blocks]
    found = {}
    for block_id, fields in store.reveal(
        Viewer(uuid.UUID(int=0), frozenset(ids)), ids, "own", circle_id=None, now=now
    ).items():
        found[block_id] = _Kept(
            owner_id=uuid.UUID(fields["owner"]),
            hidden=frozenset(uuid.UUID(one) for one in fields.get("hidden", "").split()),
            meant=uuid.UUID(fields["meant"]) if "meant" in fields else None,
            called=fields.get("called", ""),
        )
    return found


def _seal(block: Block, kept: _Kept, *, now: datetime) -> None:
    fields = {
        "owner": str(kept.owner_id),
        "hidden": " ".join(sorted(str(one) for one in kept.hidden)),
        "meant": str(kept.meant) if kept.meant else "",
        "called": kept.called,
    }
    store.seal(circle_id=None, subject_id=block.id, row_id=block.id, fields=fields, now=now)


def _locked(blocks: Iterable[Block], *, now: datetime) -> list[tuple[Block, _Kept]]:
    ids = {one.id for one in blocks}
    rows = list(Block.objects.select_for_update().filter(pk__in=ids).order_by("pk"))
    opened = _open(rows, now=now)
    return [(row, opened[row.id]) for row in rows if row.id in opened]


def _extend(blocks: Iterable[Block], found: set[uuid.UUID], *, now: datetime) -> None:
    with transaction.atomic():
        for block, kept in _locked(blocks, now=now):
            _grow(block, kept, found, now=now)


def _grow(block: Block, kept: _Kept, found: set[uuid.UUID], *, now: datetime) -> None:
    """Follow handles to agents and agents to their handles until nothing new is found; hide whom that adds."""
    handles = {bytes(one) for one in block.handles.values_list("handle", flat=True)}
    agents, known = (set(kept.hidden) | found) - {kept.owner_id}, set(handles)
    while True:
        proven = Contact.objects.filter(_KNOWN, blind_index__in=known)
        linked = {one for links in _links for one in links(frozenset(agents))}
        more_agents = (agents | linked | set(proven.values_list("agent_id", flat=True))) - {kept.owner_id}
        more_known = known | {_handle_of(one) for one in more_agents} | _indexes_of(more_agents)
        if more_agents == agents and more_known == known:
            break
        agents, known = more_agents, more_known
    BlockHandle.objects.bulk_create([BlockHandle(block=block, handle=one) for one in known - handles])
    _seal(block, replace(kept, hidden=frozenset(agents)), now=now)
    for agent_id in sorted(agents - kept.hidden):
        _hide(kept.owner_id, agent_id)
        for end in _endings:
            end(kept.owner_id, agent_id, now)


def _hide(one_id: uuid.UUID, other_id: uuid.UUID) -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            """
            INSERT INTO people_hiddenpair (one_id, other_id, count) VALUES (%(one)s, %(other)s, 1), (%(other)s, %(one)s, 1)
            ON CONFLICT (one_id, other_id) DO UPDATE SET count = people_hiddenpair.count + 1
            """,
            {"one": one_id, "other": other_id},
        )


def _show(owner_id: uuid.UUID, agent_ids: Iterable[uuid.UUID]) -> None:
    wanted = list(agent_ids)
    pairs = HiddenPair.objects.filter(Q(one_id=owner_id, other_id__in=wanted) | Q(one_id__in=wanted, other_id=owner_id))
    pairs.filter(count__lte=1).delete()
    pairs.update(count=F("count") - 1)


def _remove(block: Block, *, now: datetime) -> None:
    kept = _open([block], now=now).get(block.id)
    if kept is not None:
        _show(kept.owner_id, kept.hidden)
    store.erase(block.id)
    block.delete()
