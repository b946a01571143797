"""Rows that existed before the index, or that slipped past it, are noted by a duty: each room says which are its own."""

import uuid
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from taawun.community.circles.likeness import index
from taawun.community.circles.likeness.tokens import person_of, tokens_of
from taawun.community.circles.models import Circle, Likeness, Membership
from taawun.community.people.models import Contact
from taawun.ground.vault import machine
from taawun.ground.vault.machine import Verdict

BATCH = 1000


@dataclass(frozen=True, slots=True)
class Missing:
    """A row that is not in the index: whose it is, the name everybody may know, and rows that hold the person's addresses."""

    row_id: uuid.UUID
    agent_id: uuid.UUID
    name: str = ""
    contacts: tuple[uuid.UUID, ...] = ()


@dataclass(frozen=True, slots=True)
class Source:
    """A room's rows: ``missing(circle, limit)`` returns those the index does not have."""

    name: str
    missing: Callable[[Circle, int], Sequence[Missing]]


_sources: dict[str, Source] = {}


def register_source(source: Source) -> None:
    if _sources.setdefault(source.name, source) is not source:
        raise ValueError(f"two sources called {source.name}")


def catch_up(circle: Circle, *, now: datetime, limit: int = BATCH) -> int:
    """Note up to ``limit`` rows of each room that the index misses. The circle's scope is open. Returns how many."""
    return sum(_catch_up(circle, source, limit, now) for source in _sources.values())


def _catch_up(circle: Circle, source: Source, limit: int, now: datetime) -> int:
    rows = {row.row_id: row for row in source.missing(circle, limit)}
    owner = {contact: row.row_id for row in rows.values() for contact in row.contacts}
    reached: dict[uuid.UUID, list[int]] = {}

    def of_contact(row_id: uuid.UUID, fields: Mapping[str, str]) -> Verdict:
        person = person_of(phones=[fields.get("value", "")])
        return Verdict(tokens=tokens_of(circle.id, person).all)

    def of_row(row_id: uuid.UUID, fields: Mapping[str, str]) -> Verdict:
        person = person_of(
            name=rows[row_id].name or fields.get("name", ""), full_name=fields.get("full_name", ""),
            phones=[fields.get("phone", "")], place=fields.get("door", ""),
        )  # fmt: skip
        return Verdict(tokens=tokens_of(circle.id, person).all)

    for contact, verdict in machine.weigh(owner, of_contact, now=now).items():
        reached.setdefault(owner[contact], []).extend(verdict.tokens)
    found = machine.weigh(rows, of_row, now=now)
    found |= {row_id: of_row(row_id, {}) for row_id in rows if row_id not in found}
    index.write(
        circle.id,
        [
            (row_id, rows[row_id].agent_id, source.name, [*reached.get(row_id, ()), *verdict.tokens])
            for row_id, verdict in found.items()
        ],
        now=now,
    )
    return len(rows)


def _missing_members(circle: Circle, limit: int) -> list[Missing]:
    known = Likeness.objects.filter(circle=circle, source="member").values("row_id")
    rows = Membership.objects.filter(circle=circle, left_at__isnull=True).exclude(pk__in=known).select_related("agent")
    found = list(rows.order_by("pk")[:limit])
    contacts: dict[uuid.UUID, list[uuid.UUID]] = {}
    for pk, agent_id in Contact.objects.filter(agent_id__in=[row.agent_id for row in found]).values_list(
        "pk", "agent_id"
    ):
        contacts.setdefault(agent_id, []).append(pk)
    return [Missing(row.pk, row.agent_id, row.agent.name, tuple(contacts.get(row.agent_id, ()))) for row in found]


register_source(Source("member", _missing_members))
