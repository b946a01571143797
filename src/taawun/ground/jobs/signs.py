"""Writing down that something went well or did not, whatever becomes of the transaction it happened in."""

import logging
import time
from datetime import datetime

from django.db import DatabaseError, connection
from django.utils import timezone

from taawun.ground.jobs.models import Sign

# A thousand letters in a minute are one sign.
QUIET_SECONDS = 60.0
_said: dict[tuple[str, str], float] = {}
logger = logging.getLogger("taawun.jobs")


def well(name: str) -> None:
    """Note that it works, now."""
    _write(name, "well_at", "")


def ill(name: str, why: str) -> None:
    """Note that it does not, and why, in words that hold no address and no name."""
    _write(name, "ill_at", why)


def _write(name: str, column: str, why: str) -> None:
    now = time.monotonic()
    other = "ill_at" if column == "well_at" else "well_at"
    if now - _said.get((name, column), -QUIET_SECONDS) < QUIET_SECONDS:
        return
    try:
        # A connection of its own: the caller's transaction may be about to be taken back because of this very failure.
        apart = connection.copy()
        try:
            with apart.cursor() as cursor:
                cursor.execute(
                    f"INSERT INTO jobs_sign (name, {column}, note) VALUES (%s, clock_timestamp(), %s)"
                    f" ON CONFLICT (name) DO UPDATE SET {column} = excluded.{column}, note = excluded.note",
                    [name, why[:200]],
                )
        finally:
            apart.close()
    except DatabaseError:
        logger.warning("a sign of %s could not be written", name)
        return
    _said[(name, column)] = now
    _said.pop((name, other), None)


def remember(name: str, note: str, *, now: datetime | None = None) -> None:
    """Keep a note from look to look, inside the caller's transaction."""
    Sign.objects.update_or_create(name=name, defaults={"note": note, "well_at": now or timezone.now()})
