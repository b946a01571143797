"""A thousand open pages on one server process: how late the last one hears, what each costs, how long stopping takes.

Fifty members with twenty pages each, every one admitted through the circle's own gate; the readers are in this process.
"""

from __future__ import annotations

import asyncio
import os
import resource
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

from django.conf import settings
from django.db import transaction
from django.test import Client
from django.utils import timezone

from bench import Figure
from taawun.community.circles import actions as circles
from taawun.community.circles.models import Circle
from taawun.community.people import actions as people
from taawun.ground.journal import record
from taawun.ground.journal.models import Audience
from taawun.ground.values.scope import set_scope
from taawun.house.live.stream import STREAMS_A_PERSON_MAX

LISTENERS = 1000
ENTRIES = 30
PAUSE_SECONDS = 0.1
OPENING_AT_ONCE = 50


def run() -> Iterator[Figure]:
    _, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))
    circle, cookies = _town()
    with socket.create_server(("127.0.0.1", 0), backlog=1024) as listener:
        number, port = listener.fileno(), listener.getsockname()[1]
        server = subprocess.Popen([sys.executable, "-m", "taawun.house.web", "--socket", str(number)], pass_fds=[number])
    try:
        yield from asyncio.run(_measure(server, port, circle, cookies))
    finally:
        server.kill()
        server.wait()


def _town() -> tuple[Circle, list[str]]:
    """A circle whose members are all signed in; returns it and their cookies."""
    now = timezone.now()
    cookies = []
    with transaction.atomic():
        founder = people.open_account(name="Founder", language="en", now=now)
        circle = circles.set_up(founder, name="Bench", place_name="Harbour", languages=["en"], now=now)
        circle.is_joinable = True
        circle.save()
        for number in range(LISTENERS // STREAMS_A_PERSON_MAX):
            account = people.open_account(name=f"Member {number}", language="en", now=now)
            circles.join_open(circle, account, now=now)
            browser = Client()
            browser.force_login(account)
            cookies.append(f"{settings.SESSION_COOKIE_NAME}={browser.cookies[settings.SESSION_COOKIE_NAME].value}")
    return circle, cookies


class Page:
    """One open page: reads its stream and notes when each entry came."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.writer = writer
        self.heard_at: dict[int, float] = {}
        self.reading = asyncio.create_task(self._read(reader))

    @classmethod
    async def open(cls, port: int, path: str, cookie: str) -> Page:
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        writer.write(f"GET {path} HTTP/1.1\r\nHost: localhost\r\nCookie: {cookie}\r\n\r\n".encode())
        status = await reader.readline()
        assert b" 200 " in status, status
        await reader.readuntil(b"retry: ")
        return cls(reader, writer)

    async def _read(self, reader: asyncio.StreamReader) -> None:
        while line := await reader.readline():
            if line.startswith(b"id: "):
                self.heard_at[int(line[4:])] = time.monotonic()


async def _measure(server: subprocess.Popen[bytes], port: int, circle: Circle, cookies: list[str]) -> list[Figure]:
    path = f"/live/{circle.slug}/"
    pages = [await Page.open(port, path, cookie) for cookie in cookies]
    empty_bytes = _memory_bytes(server.pid)
    gate = asyncio.Semaphore(OPENING_AT_ONCE)

    async def open_one(number: int) -> Page:
        async with gate:
            return await Page.open(port, path, cookies[number % len(cookies)])

    began = time.monotonic()
    pages += await asyncio.gather(*(open_one(number) for number in range(LISTENERS - len(pages))))
    opening_seconds = time.monotonic() - began
    written_at = {}
    for _ in range(ENTRIES):
        began = time.monotonic()
        seq = await asyncio.to_thread(_write, circle)
        written_at[seq] = began
        await asyncio.sleep(PAUSE_SECONDS)
    await asyncio.sleep(2)
    full_bytes = _memory_bytes(server.pid)
    late = [max(page.heard_at.get(seq, float("inf")) - at for page in pages) for seq, at in written_at.items()]
    began = time.monotonic()
    server.send_signal(signal.SIGTERM)
    await asyncio.to_thread(server.wait)
    stop_seconds = time.monotonic() - began
    await asyncio.wait_for(asyncio.gather(*(page.reading for page in pages)), 5)
    for page in pages:
        page.writer.close()
    listener_kilobytes = (full_bytes - empty_bytes) / (LISTENERS - len(cookies)) / 1000
    return [
        Figure("opening 950 more pages, s", opening_seconds, "≤ 30", opening_seconds <= 30),
        Figure("an entry reaches the last of 1,000, s (worst of 30)", max(late), "≤ 2", max(late) <= 2),
        Figure("the same, median entry, s", sorted(late)[ENTRIES // 2], "≤ 2", sorted(late)[ENTRIES // 2] <= 2),
        Figure("memory of an open page, KB", listener_kilobytes, "≤ 50", listener_kilobytes <= 50),
        Figure("stopping with 1,000 open, s", stop_seconds, "≤ 5", stop_seconds <= 5),
    ]


def _write(circle: Circle) -> int:
    with transaction.atomic():
        set_scope([circle.id])
        return record.append(
            circle.id, "intent.posted", actor_id=None, subject_id=circle.id, data={}, now=timezone.now(),
            audience=Audience.MEMBERS, topics=["board", f"intent:{circle.id}"],
        )


def _memory_bytes(pid: int) -> int:
    """What the process holds in memory of its own at this moment."""
    resident_pages, shared_pages = (int(part) for part in Path(f"/proc/{pid}/statm").read_text().split()[1:3])
    return (resident_pages - shared_pages) * os.sysconf("SC_PAGE_SIZE")
