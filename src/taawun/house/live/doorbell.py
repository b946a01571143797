"""PostgreSQL's NOTIFY as a doorbell: it says that a circle has something new, never what. A ring that is lost loses nothing."""

import asyncio
import logging
import uuid
from collections.abc import Callable

import psycopg

CHANNEL = "taawun_journal"
FIRST_PAUSE_SECONDS = 0.25
LONGEST_PAUSE_SECONDS = 5.0

log = logging.getLogger("taawun.live")


async def listen(url: str, *, on_ring: Callable[[uuid.UUID, int], None], on_open: Callable[[], None]) -> None:
    """Listen for ever on one connection of its own. ``on_open`` is called whenever rings may have been missed before."""
    pause = FIRST_PAUSE_SECONDS
    well = True
    while True:
        try:
            async with await psycopg.AsyncConnection.connect(
                url, autocommit=True, connect_timeout=5, application_name="taawun live", keepalives_idle=30
            ) as connection:
                await connection.execute(f"LISTEN {CHANNEL}")
                on_open()
                pause, well = FIRST_PAUSE_SECONDS, True
                async for notice in connection.notifies():
                    circle_id, seq = read_ring(notice.payload)
                    if circle_id is not None:
                        on_ring(circle_id, seq)
        except (psycopg.Error, OSError):
            if well:
                log.warning("The live stream has lost the database; it catches up when the database is back.")
            well = False
        await asyncio.sleep(pause)
        pause = min(pause * 2, LONGEST_PAUSE_SECONDS)


def read_ring(payload: str) -> tuple[uuid.UUID | None, int]:
    """Return the circle and the place in a ring. Anybody with a connection can ring; nonsense is nobody's ring."""
    circle, _, seq = payload.partition(":")
    try:
        return uuid.UUID(circle), int(seq)
    except ValueError:
        return None, 0
