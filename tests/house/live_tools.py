"""A real web server on a free port, as the supervisor starts it, and readers of its streams over real sockets."""

from __future__ import annotations

import http.client
import json
import os
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import IO, Any, Self
from urllib.parse import urlencode

from django.conf import settings
from django.db import connection, transaction
from django.test import Client

from taawun.community.people.models import Account
from taawun.ground.journal import record
from taawun.ground.journal.models import Audience, Head
from taawun.ground.values.scope import set_scope
from tests.world import NOW, World

# A hasty server does in half a second what an ordinary one does in a minute. The other one never does it in the time of
# a test: what arrives there came by the doorbell.
START = (
    "import taawun.house.server; from taawun.house.live import hub; from taawun.house.web import main;"
    " hub.HEARTBEAT_SECONDS = hub.LOOK_AGAIN_SECONDS = hub.POLL_SECONDS = {seconds}; main()"
)
PATIENCE_SECONDS = 8.0
START_SECONDS = 30.0


class Server:
    """A running web server."""

    def __init__(self, process: subprocess.Popen[bytes], port: int, complaints: IO[bytes]) -> None:
        self.process = process
        self.port = port
        self._complaints = complaints

    def complaints(self) -> str:
        """Return what the server has written to its error output."""
        self._complaints.seek(0)
        return self._complaints.read().decode()

    def wait_until_it_answers(self) -> None:
        deadline = time.monotonic() + START_SECONDS
        while True:
            assert self.process.poll() is None and time.monotonic() < deadline, self.complaints()
            try:
                self.ask("/health/", patience_seconds=1.0)
                return
            except TimeoutError:
                continue

    def ask(
        self,
        path: str,
        method: str = "GET",
        *,
        headers: Mapping[str, str] | None = None,
        body: Any = None,
        patience_seconds: float = PATIENCE_SECONDS,
    ) -> tuple[int, str]:
        asked = http.client.HTTPConnection("127.0.0.1", self.port, timeout=patience_seconds)
        asked.request(method, path, body=body, headers=dict(headers or {}))
        answered = asked.getresponse()
        text = answered.read().decode()
        asked.close()
        return answered.status, text

    def stream(self, path: str, headers: Mapping[str, str] | None = None) -> Stream:
        return Stream(self.port, path, headers or {})

    def listen(self, world: World, name: str | None = None, **headers: str) -> Stream:
        """Open the stream of a world's circle as one of its people, or as a visitor, and read the greeting."""
        account = world.accounts[name] if name else None
        opened = self.stream(path_of(world), cookie_of(account) | {k.replace("_", "-"): v for k, v in headers.items()})
        assert opened.status == 200, opened.status
        opened.greeting = opened.block()
        return opened

    def peak_kilobytes(self) -> int:
        status = Path(f"/proc/{self.process.pid}/status").read_text()
        return int(next(line for line in status.splitlines() if line.startswith("VmHWM")).split()[1])

    def stop(self) -> float:
        """Stop as the supervisor does and return how many seconds it took."""
        began = time.monotonic()
        self.process.send_signal(signal.SIGTERM)
        self.process.wait(15)
        return time.monotonic() - began


class Stream:
    """One open `/live/` answer, read block by block."""

    greeting: dict[str, str]

    def __init__(self, port: int, path: str, headers: Mapping[str, str]) -> None:
        self._connection = http.client.HTTPConnection("127.0.0.1", port, timeout=PATIENCE_SECONDS)
        self._connection.request("GET", path, headers=dict(headers))
        self._response = self._connection.getresponse()
        self.status = self._response.status
        self.type = self._response.headers["content-type"]

    def block(self) -> dict[str, str]:
        """Return the next block's fields; a comment is the field of no name. An ended stream gives {}."""
        fields: dict[str, str] = {}
        while line := self._response.readline().decode().rstrip("\n"):
            name, _, value = line.partition(":")
            fields[name] = value.removeprefix(" ")
        return fields

    def next(self) -> dict[str, Any]:
        """Return the data of the next event, whatever heartbeats come before it."""
        while "event" not in (block := self.block()):
            assert block, "the stream ended"
        return {"event": block["event"], "id": int(block["id"])} | json.loads(block["data"])

    def names(self, until: str) -> list[str]:
        """Return the names of the entries up to the one called ``until``."""
        heard = []
        while not heard or heard[-1] != until:
            heard.append(self.next().get("name", "reset"))
        return heard

    def ended(self) -> bool:
        """Wait for the end; True when it came in order and not by a broken line."""
        while self.block():
            pass
        return self._response.isclosed()

    def close(self) -> None:
        self._response.close()
        self._connection.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()


@contextmanager
def serving(
    database_url: str, *, threads: int = 4, hasty: bool = False, data: Path | None = None
) -> Iterator[Server]:
    """Start a server as the supervisor does, on a socket that is open already."""
    with socket.create_server(("127.0.0.1", 0), backlog=256) as listener:
        kept = {key: value for key, value in os.environ.items() if not key.startswith("TAAWUN_")}
        env = kept | {
            "TAAWUN_DATA": str(data or settings.CONFIG.data),
            "TAAWUN_DATABASE_URL": database_url,
            "TAAWUN_THREADS": str(threads),
            "DJANGO_SETTINGS_MODULE": "taawun.house.settings",
        }
        env.pop("DATABASE_URL", None)
        number = listener.fileno()
        command = [sys.executable, "-c", START.format(seconds=0.5 if hasty else 600), "--socket", str(number)]
        with tempfile.TemporaryFile() as complaints:
            process = subprocess.Popen(command, env=env, pass_fds=[number], stderr=complaints)
            server = Server(process, listener.getsockname()[1], complaints)
            try:
                server.wait_until_it_answers()
                yield server
            finally:
                process.kill()
                process.wait()


def database_url() -> str:
    """Return the URL of the database these tests run on, which must never be one that somebody lives in."""
    assert connection.settings_dict["NAME"].startswith("test_")
    wanted = {"dbname", "user", "password", "host", "port"}
    return f"postgresql:///?{urlencode({k: v for k, v in connection.get_connection_params().items() if k in wanted})}"


def path_of(world: World, since: int | None = None) -> str:
    return f"/live/{world.circle.slug}/" + (f"?since={since}" if since is not None else "")


def cookie_of(account: Account | None) -> dict[str, str]:
    """Sign an account in and return the header its browser sends."""
    if account is None:
        return {}
    browser = Client()
    browser.force_login(account)
    return {"Cookie": f"{settings.SESSION_COOKIE_NAME}={browser.cookies[settings.SESSION_COOKIE_NAME].value}"}


def write(
    world: World, *names: str, audience: Audience = Audience.PUBLIC, topics: Sequence[str] = ("board",)
) -> list[int]:
    """Append entries of these names to the circle's journal, in one transaction; return their places."""
    with transaction.atomic():
        set_scope([world.circle.id])
        return [
            record.append(
                world.circle.id, name, actor_id=None, subject_id=world.circle.id, data={}, now=NOW,
                audience=audience, topics=topics,
            )
            for name in names
        ]


def newest(world: World) -> int:
    with transaction.atomic():
        set_scope([world.circle.id])
        return Head.objects.get(circle_id=world.circle.id).seq
