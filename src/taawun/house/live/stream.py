"""The door of the live stream: `GET /live/<circle>/` answers with server-sent events for as long as the page is open."""

import asyncio
import random
import re
import uuid

from django.conf import settings
from django.db import Error as DatabaseError
from django.http import parse_cookie
from django.http.request import split_domain_port, validate_host

from taawun.house.live import events, gate
from taawun.house.live.asgi import Receive, Scope, Send, answer, header
from taawun.house.live.hub import Hub, Listener

PATH = re.compile(r"/live/([-\w]{1,60})/")
# Eighteen digits hold every place a journal can reach, and fit the database's own number.
PLACE = re.compile(r"[0-9]{1,18}")
SINCE = re.compile(rb"(?:^|&)since=([0-9]+)(?:&|$)")
STREAMS_A_PERSON_MAX = 20
# A whole mosque, school or mobile network may come from one address.
STREAMS_AN_ADDRESS_MAX = 200
STREAMS_MAX = 5000
RETRY_MILLISECONDS = (1000, 4000)
HEADERS = [
    (b"content-type", b"text/event-stream"),
    (b"cache-control", b"no-store, no-transform"),
    (b"x-accel-buffering", b"no"),
    (b"x-content-type-options", b"nosniff"),
]


class LiveStream:
    """Answers for `/live/`: looks who asks, seats them in the hub, and passes on what it says until one side ends it."""

    def __init__(self, hub: Hub) -> None:
        self.hub = hub
        self._open = 0

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        found = PATH.fullmatch(scope["path"])
        if scope["method"] not in ("GET", "HEAD"):
            await answer(send, 405, "A live stream can only be read.", [(b"allow", b"GET, HEAD")])
        elif not _is_our_host(header(scope, b"host") or ""):
            await answer(send, 400, "This server has another name.")
        elif found is None:
            await answer(send, 404, "There is no such page.")
        elif self.hub.stopping or self._open >= STREAMS_MAX:
            await answer(send, 503, "Too many pages are open. Try again in a minute.", [(b"retry-after", b"60")])
        else:
            self._open += 1
            try:
                await self._enter(found[1], scope, receive, send)
            finally:
                self._open -= 1

    async def _enter(self, slug: str, scope: Scope, receive: Receive, send: Send) -> None:
        session_key = parse_cookie(header(scope, b"cookie") or "").get(settings.SESSION_COOKIE_NAME, "")
        try:
            admission = await self.hub.ask(gate.admit, slug, session_key, _place(scope))
        except DatabaseError:
            await answer(send, 503, "The database does not answer. Try again in a minute.", [(b"retry-after", b"60")])
            return
        if admission is None:
            await answer(send, 404, "There is no such page.")
            return
        visitor, at_most = _visitor(admission.seat.agent_id, scope)
        if self.hub.visitors[visitor] >= at_most:
            await answer(send, 429, "Too many live pages are open. Close some of them.", [(b"retry-after", b"60")])
            return
        if scope["method"] == "HEAD":
            await send({"type": "http.response.start", "status": 200, "headers": HEADERS})
            await send({"type": "http.response.body", "body": b""})
            return
        self.hub.visitors[visitor] += 1
        try:
            await self._serve(slug, session_key, admission, receive, send)
        finally:
            self.hub.visitors[visitor] -= 1
            if not self.hub.visitors[visitor]:
                del self.hub.visitors[visitor]

    async def _serve(
        self, slug: str, session_key: str, admission: gate.Admission, receive: Receive, send: Send
    ) -> None:
        """Send until the page goes, the gate closes or the server stops. A reader who is slow is simply waited for."""
        listener = await self.hub.join(slug, session_key, admission)
        watcher = asyncio.create_task(_close_when_gone(receive, listener))
        try:
            await send({"type": "http.response.start", "status": 200, "headers": HEADERS})
            # Everyone comes back after a restart, but not all in the same second.
            first = events.greeting(_start_of(admission), random.randint(*RETRY_MILLISECONDS))
            await send({"type": "http.response.body", "body": first, "more_body": True})
            while not listener.closed:
                await listener.wake.wait()
                chunk = listener.take()
                if chunk:
                    await send({"type": "http.response.body", "body": chunk, "more_body": True})
            await send({"type": "http.response.body", "body": b""})
        finally:
            watcher.cancel()
            self.hub.leave(listener)


def _start_of(admission: gate.Admission) -> int:
    """The place before the first event that follows, so that a line that breaks at once loses nothing."""
    return admission.missed[0].seq - 1 if admission.missed else admission.seq


async def _close_when_gone(receive: Receive, listener: Listener) -> None:
    while (await receive())["type"] != "http.disconnect":
        pass
    listener.close()


def _is_our_host(host: str) -> bool:
    return validate_host(split_domain_port(host)[0], ["*"] if settings.DEBUG else settings.ALLOWED_HOSTS)


def _place(scope: Scope) -> int | None:
    """Return where to go on: the browser's own last place, else the one the page was rendered at, else now (None)."""
    wanted = header(scope, b"last-event-id")
    if not wanted:
        since = SINCE.search(scope["query_string"])
        wanted = since[1].decode() if since else ""
    return int(wanted) if PLACE.fullmatch(wanted) else None


def _visitor(agent_id: uuid.UUID | None, scope: Scope) -> tuple[str, int]:
    """Return by what a visitor's streams are counted, and how many there may be. It is kept only while they are open."""
    if agent_id is not None:
        return str(agent_id), STREAMS_A_PERSON_MAX
    client = scope.get("client")
    return f"address {client[0] if client else ''}", STREAMS_AN_ADDRESS_MAX
