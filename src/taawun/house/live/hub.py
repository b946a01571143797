"""Everybody who listens in this process, by circle. Each new entry is read once and handed to all who may hear it.

All of it runs in the event loop, so nothing here is locked; what asks the database goes to threads of its own, so that
neither busy pages nor many arrivals hold an entry back.
"""

import asyncio
import logging
import uuid
from collections import Counter
from collections.abc import Callable, Coroutine, Iterable
from concurrent.futures import ThreadPoolExecutor
from typing import Any, ParamSpec, TypeVar

from django.db import Error as DatabaseError

from taawun.house.live import doorbell, events, gate
from taawun.house.live.events import Line, Seat

HEARTBEAT_SECONDS = 20.0
LOOK_AGAIN_SECONDS = 60.0
# The doorbell brings entries at once; this finds those whose ring was lost.
POLL_SECONDS = 10.0
CHUNKS_WAITING_MAX = 200
READ_AT_ONCE = 500
SEATS_AT_ONCE = 50
# A heartbeat moves the browser's place forward only after this many entries that were not for it: a visitor who comes
# back then missed few, and cannot count from one heartbeat to the next what happens out of their sight.
SILENT_PLACES_MAX = 100

log = logging.getLogger("taawun.live")
P = ParamSpec("P")
T = TypeVar("T")


class Listener:
    """One open stream: what waits to be sent, and how far in the journal it has come."""

    __slots__ = ("chunks", "closed", "seat", "seq", "session_key", "slug", "told_seq", "wake")

    def __init__(self, slug: str, session_key: str, seat: Seat, seq: int) -> None:
        self.slug = slug
        self.session_key = session_key
        self.seat = seat
        self.seq = seq
        self.told_seq = seq
        self.chunks: list[bytes] = []
        self.closed = False
        self.wake = asyncio.Event()

    def push(self, chunk: bytes) -> None:
        """Queue a chunk. A reader too slow for so many is told once to fetch anew instead of being kept all of them."""
        self.chunks.append(chunk)
        if len(self.chunks) > CHUNKS_WAITING_MAX:
            self.chunks = [events.reset(self.seq)]
            self.told_seq = self.seq
        self.wake.set()

    def hear(self, line: Line, chunk: bytes | None) -> None:
        """Take an entry in its turn; ``chunk`` is None when it is not for this listener."""
        self.seq = line.seq
        if chunk is not None:
            self.told_seq = line.seq
            self.push(chunk)

    def beat(self) -> None:
        if self.chunks:
            return
        if self.seq - self.told_seq >= SILENT_PLACES_MAX:
            self.told_seq = self.seq
            self.push(events.heartbeat(self.seq))
        else:
            self.push(events.heartbeat())

    def take(self) -> bytes:
        self.wake.clear()
        taken, self.chunks = b"".join(self.chunks), []
        return taken

    def close(self) -> None:
        self.closed = True
        self.wake.set()


class Channel:
    """The listeners of one circle, and the place in its journal up to which they have been told."""

    __slots__ = ("circle_id", "listeners", "reading", "rung", "seq")

    def __init__(self, circle_id: uuid.UUID, seq: int) -> None:
        self.circle_id = circle_id
        self.seq = seq
        self.listeners: set[Listener] = set()
        self.reading: asyncio.Task[None] | None = None
        self.rung = False

    def tell(self, line: Line) -> None:
        """Hand an entry to everybody who may hear it. Its bytes are made once and shared, but for those it names."""
        self.seq = line.seq
        naming = events.agent_topics(line)
        shared = events.entry(line, frozenset())
        for listener in self.listeners:
            # Who came while this entry was being read has had it already.
            if line.seq <= listener.seq:
                continue
            seat = listener.seat
            if naming & seat.own_topics:
                listener.hear(line, events.entry_for(line, seat))
            else:
                listener.hear(line, shared if line.audience >= seat.audience else None)


class Hub:
    """All channels of this process and the duties that keep them: the doorbell, the poll, the heartbeat, the gate."""

    def __init__(self, database_url: str) -> None:
        self.database_url = database_url
        self.channels: dict[uuid.UUID, Channel] = {}
        self.visitors: Counter[str] = Counter()  # open streams, by who has them
        self.stopping = False
        self._duties: list[asyncio.Task[None]] = []
        self._errands: set[asyncio.Task[None]] = set()
        self._gate = ThreadPoolExecutor(2, "live-gate")
        self._reader = ThreadPoolExecutor(1, "live-reader")

    def start(self) -> None:
        """Begin the duties. Call it inside the running loop."""
        ring = doorbell.listen(self.database_url, on_ring=self.ring, on_open=self._ring_all)
        self._duties = [
            asyncio.create_task(ring, name="live doorbell"),
            asyncio.create_task(self._every(POLL_SECONDS, self._poll), name="live poll"),
            asyncio.create_task(self._every(HEARTBEAT_SECONDS, self._beat), name="live heartbeat"),
            asyncio.create_task(self._every(LOOK_AGAIN_SECONDS, self._look_again_at_all), name="live gate"),
        ]

    def stop(self) -> None:
        """End every stream now. Browsers come back by themselves, each in its own time."""
        self.stopping = True
        for listener in self._listeners():
            listener.close()

    def close(self) -> None:
        """End the duties and let go of the threads, when the last stream has ended."""
        self.stop()
        for duty in (*self._duties, *self._errands):
            duty.cancel()
        self._gate.shutdown(wait=False, cancel_futures=True)
        self._reader.shutdown(wait=False, cancel_futures=True)

    async def ask(self, question: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
        """Put a question about who may listen to the database, in a thread of the gate."""
        return await asyncio.get_running_loop().run_in_executor(self._gate, lambda: question(*args, **kwargs))

    async def join(self, slug: str, session_key: str, admission: gate.Admission) -> Listener:
        """Seat a listener behind exactly what they missed: no entry twice, none left out."""
        seat, seq = admission.seat, admission.seq
        listener = Listener(slug, session_key, seat, seq)
        if admission.missed is None:
            listener.push(events.reset(seq))
        for line in admission.missed or ():
            listener.hear(line, events.entry_for(line, seat))
        listener.seq = seq
        # Between the gate's look at the journal and this moment others may have been told more: catch up with them.
        while (channel := self.channels.get(seat.circle_id)) is not None and channel.seq > listener.seq:
            lines = await self.ask(gate.lines_after, seat.circle_id, listener.seq, READ_AT_ONCE)
            for line in lines:
                listener.hear(line, events.entry_for(line, seat))
            if not lines:
                # The journal was restored from a backup and is shorter than what was told; the poll will end this stream.
                break
        # No await from here on: what is told next is told to this listener too.
        if channel is None:
            channel = self.channels[seat.circle_id] = Channel(seat.circle_id, listener.seq)
        channel.listeners.add(listener)
        if self.stopping:
            listener.close()
        return listener

    def leave(self, listener: Listener) -> None:
        channel = self.channels[listener.seat.circle_id]
        channel.listeners.discard(listener)
        if not channel.listeners:
            del self.channels[channel.circle_id]

    def ring(self, circle_id: uuid.UUID, seq: int) -> None:
        """Somebody wrote in this circle's journal: read it, unless nobody here listens or it is read already."""
        channel = self.channels.get(circle_id)
        if channel is None or seq <= channel.seq:
            return
        channel.rung = True
        if channel.reading is None:
            channel.reading = asyncio.create_task(self._read(channel), name="live read")

    async def _read(self, channel: Channel) -> None:
        """Read and tell until nothing is new. Rings meanwhile are answered by one more round, however many they were."""
        try:
            while channel.rung and channel.listeners:
                channel.rung = False
                lines = await self._read_in_thread(gate.lines_after, channel.circle_id, channel.seq, READ_AT_ONCE)
                for line in lines:
                    channel.tell(line)
                channel.rung = channel.rung or len(lines) == READ_AT_ONCE
                self._look_again_after(channel, lines)
        except DatabaseError:
            # The doorbell's own connection notices too, says so once, and has everything read when it is back.
            log.debug("entries could not be read", exc_info=True)
        finally:
            channel.reading = None

    async def _read_in_thread(self, question: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
        return await asyncio.get_running_loop().run_in_executor(self._reader, lambda: question(*args, **kwargs))

    async def _every(self, seconds: float, duty: Callable[[], Coroutine[Any, Any, None]]) -> None:
        """Do a duty again and again. One that fails for want of a database is due again the next time."""
        while True:
            await asyncio.sleep(seconds)
            try:
                await _unless_database_is_away(duty())
            except Exception:
                log.exception("A duty of the live stream failed; it is tried again.")

    def _listeners(self) -> list[Listener]:
        return [listener for channel in self.channels.values() for listener in channel.listeners]

    async def _beat(self) -> None:
        for listener in self._listeners():
            listener.beat()

    async def _poll(self) -> None:
        """Find what was written without a ring. A journal that is shorter than before was restored: its pages start anew."""
        told = {circle_id: channel.seq for circle_id, channel in self.channels.items()}
        if not told:
            return
        for circle_id, seq in (await self._read_in_thread(gate.newest, list(told))).items():
            self.ring(circle_id, seq)
            if seq < told[circle_id] and (channel := self.channels.get(circle_id)) is not None:
                for listener in channel.listeners:
                    listener.close()

    def _ring_all(self) -> None:
        """Rings may have been missed: have every circle looked at, by a poll that does not wait its turn."""
        self._in_background(self._poll())

    async def _look_again_at_all(self) -> None:
        await self._look_again(self._listeners())

    def _look_again_after(self, channel: Channel, lines: Iterable[Line]) -> None:
        """Who joined, left or changed roles is looked at now: the minute until everybody's turn is too long to read on."""
        concerned: set[uuid.UUID | None] = set()
        for line in lines:
            if line.name.startswith("circle."):
                concerned.update(listener.seat.agent_id for listener in channel.listeners)
            elif line.name.startswith(("member.", "representative.")):
                concerned |= {line.actor_id, line.subject_id}
        due = [listener for listener in channel.listeners if listener.seat.agent_id in concerned]
        if due:
            self._in_background(self._look_again(due))

    def _in_background(self, work: Coroutine[Any, Any, None]) -> None:
        task = asyncio.create_task(_unless_database_is_away(work))
        # A task nobody holds may be thrown away half done.
        self._errands.add(task)
        task.add_done_callback(self._errands.discard)

    async def _look_again(self, listeners: Iterable[Listener]) -> None:
        """Ask the gate about each visitor once, a few at a time. Who may no longer listen loses the stream."""
        by_visitor: dict[tuple[str, str], list[Listener]] = {}
        for listener in listeners:
            by_visitor.setdefault((listener.slug, listener.session_key), []).append(listener)
        visitors = list(by_visitor)
        for start in range(0, len(visitors), SEATS_AT_ONCE):
            some = visitors[start : start + SEATS_AT_ONCE]
            for visitor, seat in zip(some, await self.ask(gate.seats, some), strict=True):
                for listener in by_visitor[visitor]:
                    # Signed out or in meanwhile: the page was rendered for somebody else, so its stream ends.
                    if seat is None or seat.agent_id != listener.seat.agent_id:
                        listener.close()
                    else:
                        listener.seat = seat


async def _unless_database_is_away(work: Coroutine[Any, Any, None]) -> None:
    """Do it, or leave it for the next time. The doorbell says once, for all duties, that the database is away."""
    try:
        await work
    except DatabaseError:
        log.debug("a duty of the live stream has to wait", exc_info=True)
