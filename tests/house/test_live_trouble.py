"""The live stream when something is wrong: a lost ring, a database that restarts, a slow reader, an ended session."""

from __future__ import annotations

import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

import psycopg
import pytest
from django.db import connection, transaction

from taawun.community.people.sessions import SessionStore
from taawun.ground.journal.models import Audience, Entry, Head
from taawun.ground.values.ids import new_id
from taawun.ground.values.scope import set_scope
from taawun.house import accounts, database, folder, keys
from taawun.house.commands.test import environment
from taawun.house.config import embedded_url, postgres_folder
from tests.house.live_tools import (
    PATIENCE_SECONDS,
    Server,
    cookie_of,
    database_url,
    newest,
    path_of,
    serving,
    write,
)
from tests.world import NOW, World, make_world

HEALTH_KNOWN_SECONDS = 1.1
MAKE_CIRCLE = """
import django; django.setup()
from django.core.management import call_command
from django.db import transaction
from tests.world import make_world
call_command("migrate", verbosity=0)
with transaction.atomic():
    print(make_world().circle.slug)
"""
WRITE = """
BEGIN;
SELECT set_config('taawun.circles', id::text, true) FROM circles_circle;
SELECT journal_append(json_build_object('id', gen_random_uuid(), 'circle_id', id, 'name', '{name}', 'audience', 3,
    'topics', json_build_array('board'), 'event_at', now(), 'recorded_at', now())::text) FROM circles_circle;
COMMIT;
"""


@pytest.fixture(scope="module")
def hasty(django_db_setup: None) -> Iterator[Server]:
    with serving(database_url(), hasty=True) as running:
        yield running


@pytest.fixture
def db(committed_db: None) -> None:
    """Rows that are really committed: the server is another process. By this name pytest knows to make a test database."""


@pytest.fixture
def town(db: None) -> World:
    with transaction.atomic():
        made = make_world()
        made.join("Yusuf")
    return made


def test_a_quiet_line_is_kept_open(hasty: Server, town: World) -> None:
    with hasty.listen(town) as stream:
        assert stream.block() == {"": ""}


def test_a_heartbeat_moves_the_place_of_one_who_heard_nothing_for_long(hasty: Server, town: World) -> None:
    with hasty.listen(town) as stream:
        write(town, *["not.for_visitors"] * 150, audience=Audience.MEMBERS)
        while "id" not in (block := stream.block()):
            assert block == {"": ""}
        assert block == {"": "", "id": str(newest(town))}


def test_a_session_that_ends_takes_its_stream_with_it(hasty: Server, town: World) -> None:
    cookie = cookie_of(town.accounts["Yusuf"])
    with hasty.stream(path_of(town), cookie) as stream, hasty.listen(town, "Amina") as other:
        SessionStore().delete(cookie["Cookie"].partition("=")[2])
        assert stream.ended()
        write(town, "still.here", audience=Audience.COORDINATORS)
        assert other.next()["name"] == "still.here"


def test_a_changed_password_ends_the_streams_of_old_sessions(hasty: Server, town: World) -> None:
    with hasty.listen(town, "Yusuf") as stream:
        account = town.accounts["Yusuf"]
        account.set_password("a new and better one")
        account.save()
        assert stream.ended()


def test_a_lost_ring_loses_nothing(hasty: Server, town: World) -> None:
    with hasty.listen(town) as stream:
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity"
                " WHERE application_name = 'taawun live' AND datname = current_database()"
            )
            assert cursor.fetchone()[0] >= 1
        write(town, "while.deaf")
        assert stream.next()["name"] == "while.deaf"


def test_what_came_without_a_ring_is_found(hasty: Server, town: World) -> None:
    with hasty.listen(town) as stream:
        with transaction.atomic():
            set_scope([town.circle.id])
            seq = newest(town) + 1
            Entry.objects.create(
                id=new_id(), circle_id=town.circle.id, seq=seq, name="without.ring", audience=Audience.PUBLIC,
                topics=[], body="{}", event_at=NOW, recorded_at=NOW, previous_hash=b"", hash=b"",
            )  # fmt: skip
            Head.objects.filter(circle_id=town.circle.id).update(seq=seq)
        assert stream.next()["name"] == "without.ring"


def test_a_journal_restored_from_a_backup_has_everybody_start_anew(hasty: Server, town: World) -> None:
    with hasty.listen(town) as stream:
        write(town, "lost")
        place = stream.next()["id"]
        with transaction.atomic():
            set_scope([town.circle.id])
            Head.objects.filter(circle_id=town.circle.id).update(seq=place - 1)
        assert stream.ended()
    with hasty.listen(town, Last_Event_ID=str(place)) as again:
        assert again.next() == {"event": "reset", "id": place - 1, "seq": place - 1}


def test_a_slow_reader_is_told_to_start_anew_and_holds_up_nobody(hasty: Server, town: World) -> None:
    before_kilobytes = hasty.peak_kilobytes()
    topics = [f"intent:{number:060}" for number in range(600)]
    with socket.socket() as raw:
        raw.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
        raw.settimeout(PATIENCE_SECONDS)
        raw.connect(("127.0.0.1", hasty.port))
        raw.sendall(f"GET {path_of(town)} HTTP/1.1\r\nHost: localhost\r\n\r\n".encode())
        with hasty.listen(town) as quick:
            for batch in range(45):
                write(town, *["big.entry"] * 10, topics=topics)
                assert [quick.next()["name"] for _ in range(10)] == ["big.entry"] * 10, batch
            write(town, "end")
            assert quick.next()["name"] == "end"
        # The bytes of an event are shared by all who wait for it, and nobody is kept more than a bounded number.
        assert hasty.peak_kilobytes() - before_kilobytes < 60_000
        slow = _read_until(raw, b'"name":"end"')
    assert slow.count(b"event: reset") >= 1
    assert slow.count(b"event: entry") < 451
    places = [int(line.partition(b":")[2]) for line in slow.splitlines() if line.startswith(b"id: ")]
    assert places == sorted(places)


def _read_until(raw: socket.socket, end: bytes) -> bytes:
    seen = bytearray()
    while end not in seen[-1000:]:
        piece = raw.recv(1 << 16)
        assert piece
        seen += piece
    return bytes(seen)


def test_stopping_with_open_streams_ends_them_all_in_order(town: World) -> None:
    with serving(database_url()) as server:
        streams = [server.listen(town) for _ in range(40)]
        with socket.create_connection(("127.0.0.1", server.port)) as stalled:
            stalled.sendall(f"GET {path_of(town)} HTTP/1.1\r\nHost: localhost\r\n\r\n".encode())
            assert server.stop() < 3
        assert all(stream.ended() for stream in streams)
        assert "ERROR" not in server.complaints()


def test_the_stream_outlives_a_restart_of_the_database() -> None:
    with tempfile.TemporaryDirectory(prefix="taawun-") as name, ExitStack() as stack:
        data, url = Path(name), embedded_url(Path(name))
        folder.make(data)
        keys.ensure(data)
        cluster = database.Cluster(data, accounts.owner_of(postgres_folder(data)), durable=False)
        with database._started(cluster):
            made = subprocess.run(
                [sys.executable, "-c", MAKE_CIRCLE], env=environment(data, url), capture_output=True, text=True, check=True
            )
            path = f"/live/{made.stdout.strip()}/"
            server = stack.enter_context(serving(url, data=data))
            stream = stack.enter_context(server.stream(path))
            stream.block()
            _write_raw(url, "before")
            assert stream.next()["name"] == "before"
        time.sleep(HEALTH_KNOWN_SECONDS)
        assert server.ask("/health/") == (503, "The database does not answer.\n")
        assert server.ask("/health/", "HEAD") == (503, "")
        assert server.ask(path)[0] == 503
        with database._started(cluster):
            # The stream that was open all the time hears on; nobody had to come back.
            _write_raw(url, "after")
            assert stream.next()["name"] == "after"
            time.sleep(HEALTH_KNOWN_SECONDS)
            assert server.ask("/health/") == (200, "ok\n")
            assert server.ask(path, "HEAD")[0] == 200


def _write_raw(url: str, name: str) -> None:
    with psycopg.connect(url, autocommit=True) as connected:
        connected.execute(WRITE.format(name=name))
