"""Writing the index: in the transaction that seals the texts, so that the two never differ."""

import uuid
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db import connection

from taawun.community.circles.likeness.tokens import Tokens, tokens_of
from taawun.community.circles.models import Likeness, LikenessToken
from taawun.solve.linking.persons import Person

AT_ONCE = 2000


@dataclass(frozen=True, slots=True)
class Noted:
    """A row to be found by: whose it is, which room's (``member``, ``need``), and what its texts say."""

    row_id: uuid.UUID
    agent_id: uuid.UUID
    source: str
    person: Person


def note(circle_id: uuid.UUID, noted: Noted, *, now: datetime) -> Tokens:
    """Let one row be found, in place of what was noted of it before. Returns its tokens."""
    found = tokens_of(circle_id, noted.person)
    forget([noted.row_id])
    write(circle_id, [(noted.row_id, noted.agent_id, noted.source, found.all)], now=now)
    return found


def note_many(
    circle_id: uuid.UUID, rows: Sequence[Noted], *, tokens: Sequence[Tokens] | None = None, now: datetime
) -> None:
    """Let many new rows be found. For rows that were noted before, call ``forget`` first. ``tokens``: theirs, if known."""
    for start in range(0, len(rows), AT_ONCE):
        some = rows[start : start + AT_ONCE]
        known = tokens[start : start + AT_ONCE] if tokens else [tokens_of(circle_id, row.person) for row in some]
        write(
            circle_id,
            [(row.row_id, row.agent_id, row.source, found.all) for row, found in zip(some, known, strict=True)],
            now=now,
        )


def write(
    circle_id: uuid.UUID, rows: Sequence[tuple[uuid.UUID, uuid.UUID, str, Sequence[int]]], *, now: datetime
) -> None:
    """Write rows (row, agent, source, tokens). One without tokens is written too: it has been looked at."""
    Likeness.objects.bulk_create(
        [
            Likeness(row_id=row_id, circle_id=circle_id, agent_id=agent_id, source=source, noted_at=now)
            for row_id, agent_id, source, _tokens in rows
        ],
        ignore_conflicts=True,
    )
    pairs = [(token, row_id) for row_id, _agent, _source, tokens in rows for token in dict.fromkeys(tokens)]
    if pairs:
        with connection.cursor() as cursor:
            cursor.execute(
                "INSERT INTO circles_likenesstoken (circle_id, token, row_id)"
                " SELECT %s, token, row_id FROM unnest(%s::bigint[], %s::uuid[]) AS new (token, row_id)"
                " ON CONFLICT DO NOTHING",
                [circle_id, [token for token, _ in pairs], [row_id for _, row_id in pairs]],
            )


def forget(row_ids: Iterable[uuid.UUID]) -> None:
    """Let rows be found no more."""
    wanted = list(row_ids)
    LikenessToken.objects.filter(row_id__in=wanted).delete()
    Likeness.objects.filter(row_id__in=wanted).delete()
