"""Whether the worker lives, by the note it makes in the database every few seconds."""

from django.db import connection


def worker_seen_seconds() -> float | None:
    """Return how long ago a worker last gave a sign of life, in seconds, or None when none is known."""
    with connection.cursor() as cursor:
        # The database's clock measures both ends, so that a laptop with a wrong clock is not called dead.
        cursor.execute(
            "SELECT extract(epoch FROM clock_timestamp() - max(last_heartbeat))::float8 FROM procrastinate_workers"
        )
        row = cursor.fetchone()
    return None if row is None or row[0] is None else max(0.0, float(row[0]))
