"""Members in the index: noted when they are entered or join, and compared with who is there already."""

import uuid
from collections.abc import Sequence
from datetime import datetime

from taawun.community.circles.likeness import finding, index, pairs
from taawun.community.circles.likeness.index import Noted
from taawun.community.circles.likeness.tokens import person_of
from taawun.community.circles.models import Circle, Membership, Twin

SOURCE = "member"


def recognise(
    circle: Circle,
    membership: Membership,
    *,
    full_name: str = "",
    phones: Sequence[str] = (),
    door: str = "",
    now: datetime,
) -> list[Twin]:
    """Note a member and put before the coordinators whom they may be. Returns the pairs."""
    agent = membership.agent
    person = person_of(name=agent.name, full_name=full_name, phones=phones, place=door)
    found = finding.find_person(circle, person, but=[agent.id], now=now)
    index.note(circle.id, Noted(membership.id, agent.id, SOURCE, person), now=now)
    return pairs.suggest(circle, agent.id, membership.id, found, now=now)


def recognise_many(
    circle: Circle, rows: Sequence[tuple[uuid.UUID, uuid.UUID, str, Sequence[str], str]], *, now: datetime
) -> None:
    """As ``recognise``, for many who were just entered: (membership, agent, name, phones, door)."""
    people = [person_of(name=name, phones=phones, place=door) for _row, _agent, name, phones, door in rows]
    met = finding.find_many(circle, people, now=now)
    index.note_many(
        circle.id,
        [Noted(row[0], row[1], SOURCE, person) for row, person in zip(rows, people, strict=True)],
        tokens=met.tokens,
        now=now,
    )
    made: dict[tuple[uuid.UUID, uuid.UUID], Twin] = {}
    for place, (row_id, agent_id, *_rest) in enumerate(rows):
        like = list(met.known.get(place, ()))
        like += [
            finding.Likely(rows[other][1], rows[other][0], SOURCE, points, reasons)
            for other, points, reasons in met.within.get(place, ())
        ]
        for one in finding.likeliest(like)[: finding.SHOWN]:
            twin = pairs.of(circle, agent_id, row_id, one, now=now)
            made.setdefault((twin.one_id, twin.other_id), twin)
    pairs.suggest_many(list(made.values()))
