"""The web server's own look, once a minute: what is gravely wrong is known to every page without a query of its own."""

from __future__ import annotations

import asyncio
import logging
from datetime import UTC, datetime
from typing import Any

import psycopg

from taawun.ground.jobs.health import Ask
from taawun.house import wellness
from taawun.house.config import Config
from taawun.house.wellness import Finding

EVERY_SECONDS = 60.0
FIRST_AFTER_SECONDS = 20.0
log = logging.getLogger("taawun.server")
_grave: tuple[str, ...] = ()


def grave() -> tuple[str, ...]:
    """The names of what is gravely wrong at the moment, as of the last look."""
    return _grave


async def keep_looking(config: Config) -> None:
    """Look for ever. The first look waits until the worker, which starts after the server, has had time to."""
    await asyncio.sleep(FIRST_AFTER_SECONDS)
    while True:
        await asyncio.to_thread(look, config)
        await asyncio.sleep(EVERY_SECONDS)


def look(config: Config) -> list[Finding]:
    """Look now and remember what is grave. A database that does not answer is told by every page itself."""
    global _grave
    try:
        with psycopg.connect(config.database_url, connect_timeout=5, application_name="taawun watch") as connection:
            found = list(wellness.of_everything(config, asking(connection), now=datetime.now(UTC)))
    except (psycopg.Error, OSError) as error:
        log.warning("the look at the house failed (%s)", type(error).__name__)
        return []
    _grave = tuple(one.name for one in found if one.grave and not one.well)
    return found


def asking(connection: psycopg.Connection[Any]) -> Ask:
    return lambda sql: connection.execute(sql).fetchone()
