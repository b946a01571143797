"""One port, two engines: live streams and the health check are plain asyncio, everything else is Django in a few threads.

Threads wait for nobody's telephone: a request is read whole before a thread takes it, and an answer is handed back to
the event loop, which sends it as slowly as the line needs. Why it is so: docs/decisions/0003-two-engines-on-one-port.md.
"""

import asyncio
import logging
import os
import resource
import signal
import time
from collections.abc import Callable
from types import FrameType
from urllib.parse import quote

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "taawun.house.settings")

import psycopg
from a2wsgi import WSGIMiddleware
from django.core.wsgi import get_wsgi_application

wsgi = get_wsgi_application()

# Models can be imported from here on, and not before.
from taawun.house import watch
from taawun.house.live.asgi import Message, Receive, Scope, Send, answer, header
from taawun.house.live.hub import Hub
from taawun.house.live.stream import LiveStream
from taawun.house.settings import CONFIG
from taawun.house.uploads import BODY_BYTES_MAX, body_bytes_max

# A browser shows an answer only when it has sent everything, so what is too large is read and thrown away up to here.
DRAINED_BYTES_MAX = 64_000_000
# What all requests that are being read may hold together.
BODIES_BYTES_MAX = 96_000_000
SILENCE_SECONDS = 60.0
WAITING_A_THREAD_MAX = 16
# So many pieces of an answer wait in memory for a slow line before a thread has to wait too.
PIECES_WAITING_MAX = 128
HEALTH_SECONDS = 2.0
HEALTH_KNOWN_SECONDS = 1.0
OPEN_FILES_WANTED = 65_536

log = logging.getLogger("taawun.server")


class TooLarge(Exception):
    """The request has a body larger than anything Taawun takes."""


class Gone(Exception):
    """The visitor left, or fell silent, before the request was complete."""


class Pages:
    """Django in a fixed number of threads. More requests than can wait are told so at once."""

    def __init__(self, threads: int) -> None:
        self._django = WSGIMiddleware(wsgi, workers=threads, send_queue_size=PIECES_WAITING_MAX)  # type: ignore[arg-type]
        self._inside_max = threads * (1 + WAITING_A_THREAD_MAX)
        self._inside = 0
        self._held_bytes = 0

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        # Small requests go on while a file is handed in; a second file waits until the first is through.
        held_max = BODIES_BYTES_MAX if _most(scope) == BODY_BYTES_MAX else BODIES_BYTES_MAX // 4
        if self._inside >= self._inside_max or self._held_bytes >= held_max:
            await answer(send, 503, "Too much is going on. Try again in a few seconds.", [(b"retry-after", b"5")])
            return
        body = bytearray()
        try:
            await self._read(scope, receive, body)
            self._inside += 1
            try:
                whole = _whole(body, receive)
                await self._django(_as_django_reads(scope, len(body)), whole, _patient(send))  # type: ignore[arg-type]
            finally:
                self._inside -= 1
        except TooLarge:
            megabytes = _most(scope) // 1_000_000
            text = f"This is too large: at most {megabytes} MB can be sent at once."
            await answer(send, 413, text, [(b"connection", b"close")])
        except Gone:
            await answer(send, 408, "The request did not arrive completely.", [(b"connection", b"close")])
        finally:
            self._held_bytes -= len(body)

    def close(self) -> None:
        self._django.executor.shutdown(wait=False, cancel_futures=True)

    async def _read(self, scope: Scope, receive: Receive, body: bytearray) -> None:
        """Read the whole request into ``body``, or refuse it without holding more than is allowed."""
        announced = header(scope, b"content-length") or "0"
        most = _most(scope)
        too_large = not announced.isdecimal() or int(announced) > most
        if too_large and header(scope, b"expect") is not None:
            raise TooLarge
        drained_bytes = 0
        more = True
        while more:
            message = await _next(receive)
            piece: bytes = message.get("body", b"")
            more = message.get("more_body", False)
            if not too_large and len(body) + len(piece) <= most:
                body += piece
                self._held_bytes += len(piece)
                continue
            too_large = True
            drained_bytes += len(piece)
            if drained_bytes > DRAINED_BYTES_MAX:
                break
        if too_large:
            raise TooLarge


def _most(scope: Scope) -> int:
    """Return how large this request may be. A stranger hands in no file."""
    if header(scope, b"cookie") is None and header(scope, b"authorization") is None:
        return BODY_BYTES_MAX
    return body_bytes_max(scope["method"], scope["path"])


async def _next(receive: Receive) -> Message:
    try:
        async with asyncio.timeout(SILENCE_SECONDS):
            message = await receive()
    except TimeoutError:
        raise Gone from None
    # What a broken line cut short must not be acted on as if it were all.
    if message["type"] == "http.disconnect":
        raise Gone
    return message


def _as_django_reads(scope: Scope, body_bytes: int) -> Scope:
    """Return the scope with the body's true length, and without what would mean something else to WSGI.

    A header written with underscores would be taken for the one with hyphens that only a proxy may set.
    """
    headers = [
        (name, value)
        for name, value in scope["headers"]
        if b"_" not in name and name not in (b"content-length", b"transfer-encoding")
    ]
    headers.append((b"content-length", str(body_bytes).encode()))
    query = quote(scope["query_string"], safe=bytes(range(0x21, 0x7F)))
    return {**scope, "headers": headers, "query_string": query.encode()}


def _whole(body: bytearray, receive: Receive) -> Receive:
    """Return a ``receive`` that gives the body at once, and afterwards whatever comes."""
    pieces: list[Message] = [{"type": "http.request", "body": bytes(body), "more_body": False}]

    async def receive_whole() -> Message:
        return pieces.pop() if pieces else await receive()

    return receive_whole


def _patient(send: Send) -> Send:
    """Return a ``send`` that gives up on a visitor who takes nothing for a minute, so that no thread waits for ever."""
    gave_up = False

    async def send_patiently(message: Message) -> None:
        nonlocal gave_up
        if gave_up:
            return
        try:
            async with asyncio.timeout(SILENCE_SECONDS):
                await send(message)
        except TimeoutError:
            gave_up = True

    return send_patiently


class Health:
    """Whether the database answers. Asked often, it asks the database once a second."""

    def __init__(self, database_url: str) -> None:
        self._database_url = database_url
        self._asking: asyncio.Task[bool] | None = None
        self._asked_at = 0.0

    async def __call__(self, scope: Scope, send: Send) -> None:
        if scope["method"] not in ("GET", "HEAD"):
            await answer(send, 405, "The health check can only be read.", [(b"allow", b"GET, HEAD")])
        elif await self._is_well():
            await answer(send, 200, "ok")
        else:
            await answer(send, 503, "The database does not answer.")

    async def _is_well(self) -> bool:
        now = time.monotonic()
        if self._asking is None or (self._asking.done() and now - self._asked_at > HEALTH_KNOWN_SECONDS):
            self._asked_at = now
            self._asking = asyncio.create_task(self._ask())
        return await asyncio.shield(self._asking)

    async def _ask(self) -> bool:
        try:
            async with asyncio.timeout(HEALTH_SECONDS):
                connection = await psycopg.AsyncConnection.connect(self._database_url, application_name="taawun health")
                async with connection:
                    await connection.execute("SELECT 1")
        except (psycopg.Error, OSError):
            return False
        return True


class Application:
    """What the web server calls: sends each request to its engine, and begins and ends what lives between requests."""

    def __init__(self, database_url: str, threads: int) -> None:
        self.hub = Hub(database_url)
        self.live = LiveStream(self.hub)
        self.health = Health(database_url)
        self.pages = Pages(threads)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "lifespan":
            await self._live_through(receive, send)
        elif scope["type"] == "websocket":
            await send({"type": "websocket.close", "code": 1000})
        elif scope["path"].startswith("/live/"):
            await self.live(scope, receive, send)
        elif scope["path"] == "/health/":
            await self.health(scope, send)
        elif scope["path"] == "/status/":
            await self.status(send)
        else:
            await self.pages(scope, receive, send)

    async def status(self, send: Send) -> None:
        """Say whether everything that works by itself does, to whoever watches from outside: which, but nothing more."""
        wrong = watch.grave()
        await answer(send, 503 if wrong else 200, f"not well: {', '.join(wrong)}" if wrong else "ok")

    async def _live_through(self, receive: Receive, send: Send) -> None:
        await receive()
        _allow_many_files()
        self.hub.start()
        looking = asyncio.create_task(watch.keep_looking(CONFIG))
        _call_on_stop_signal(self.hub.stop)
        await send({"type": "lifespan.startup.complete"})
        await receive()
        looking.cancel()
        self.hub.close()
        self.pages.close()
        await send({"type": "lifespan.shutdown.complete"})


def _allow_many_files() -> None:
    """Every open page is an open file, and the usual limit of 1,024 is less than a town has pages open."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    wanted = OPEN_FILES_WANTED if hard == resource.RLIM_INFINITY else min(OPEN_FILES_WANTED, hard)
    if soft != resource.RLIM_INFINITY and soft < wanted:
        resource.setrlimit(resource.RLIMIT_NOFILE, (wanted, hard))


def _call_on_stop_signal(stop: Callable[[], None]) -> None:
    """Have ``stop`` called in the loop when the process is told to end.

    The server below tells an application that it ends only after every request has ended, and a live stream never
    ends by itself: so the signal has to be heard here too. Outside the main thread there are no signals to hear; the
    server's own time limit then ends the streams.
    """
    loop = asyncio.get_running_loop()

    def after(previous: Callable[[int, FrameType | None], object]) -> Callable[[int, FrameType | None], None]:
        def on_signal(number: int, frame: FrameType | None) -> None:
            loop.call_soon_threadsafe(stop)
            previous(number, frame)

        return on_signal

    for number in (signal.SIGINT, signal.SIGTERM):
        previous = signal.getsignal(number)
        if callable(previous):
            try:
                signal.signal(number, after(previous))
            except ValueError:
                return


application = Application(CONFIG.database_url, CONFIG.threads)
