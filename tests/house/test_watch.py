"""The web server's own look: what is grave is told to whoever watches from outside, and nothing more."""

import asyncio
from collections.abc import Iterator
from dataclasses import replace

import pytest
from django.conf import settings
from django.db import connection

from taawun.house import watch
from taawun.house.server import Application
from tests.house.live_tools import database_url


@pytest.fixture
def worker(committed_db: None) -> Iterator[None]:
    yield
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM procrastinate_workers")


def worker_seen(seconds: float) -> None:
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM procrastinate_workers")
        cursor.execute(
            "INSERT INTO procrastinate_workers (last_heartbeat) VALUES (clock_timestamp() - make_interval(secs => %s))",
            [seconds],
        )


def status() -> tuple[int, str]:
    said: list[dict[str, object]] = []

    async def send(message: dict[str, object]) -> None:
        said.append(message)

    asyncio.run(Application.status(object.__new__(Application), send))
    return int(str(said[0]["status"])), bytes(said[1]["body"]).decode().strip()  # type: ignore[arg-type]


def test_what_is_grave_is_named_and_nothing_more(worker: None, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(watch, "_grave", ())
    assert status() == (200, "ok")
    config = replace(settings.CONFIG, database_url=database_url())
    worker_seen(600)
    watch.look(config)
    code, said = status()
    assert code == 503 and "worker" in said and "minutes" not in said
    worker_seen(5)
    watch.look(config)
    assert "worker" not in status()[1]
