"""Whether the worker lives, by the note it makes in the database every few seconds."""

from collections.abc import Callable, Sequence
from typing import Any

from django.db import connection

Ask = Callable[[str], Sequence[Any] | None]


def ask(sql: str) -> Sequence[Any] | None:
    """Return the one row a statement gives, through Django's connection."""
    with connection.cursor() as cursor:
        cursor.execute(sql)
        row: Sequence[Any] | None = cursor.fetchone()
        return row


def worker_seen_seconds(ask: Ask = ask) -> float | None:
    """Return how long ago a worker last gave a sign of life, in seconds, or None when none is known.

    The database's clock measures both ends, so that a laptop with a wrong clock is not called dead.
    """
    row = ask("SELECT extract(epoch FROM clock_timestamp() - max(last_heartbeat))::float8 FROM procrastinate_workers")
    return None if row is None or row[0] is None else max(0.0, float(row[0]))
