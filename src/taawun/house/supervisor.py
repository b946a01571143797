"""Keeps a few child processes alive, passes on what they print, and stops them in order.

One thread, one loop: read output, notice deaths, start again what is due. A child that dies is started again, sooner
the first time than the fifth, and a line says so.
"""

from __future__ import annotations

import os
import selectors
import signal
import subprocess
import time
from collections import deque
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Self

from taawun.house.folder import Claim
from taawun.house.say import Say
from taawun.house.trouble import Trouble

FIRST_PAUSE_SECONDS = 0.5
LONGEST_PAUSE_SECONDS = 30.0
# A child that lived this long was well; its next death counts as the first one.
WELL_SECONDS = 60.0
REPEATS_REMEMBERED = 3
LINE_LIMIT_BYTES = 64_000
STOP_SIGNALS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)


class Stopped(Exception):
    """Somebody asked to stop while something was being waited for."""


@dataclass(eq=False)
class Child:
    """One process to keep alive: how to start it, how to stop it, and how it has fared."""

    name: str
    start: Callable[[], subprocess.Popen[bytes]]
    stop_signals: Sequence[tuple[signal.Signals, float]]
    on_line: Callable[[str], None] | None = None
    stops_last: bool = False
    process: subprocess.Popen[bytes] | None = None
    started_at: float = 0.0
    deaths: int = 0
    due_at: float | None = None
    tail: deque[str] = field(default_factory=lambda: deque(maxlen=30))
    unfinished: bytes = b""

    @property
    def alive(self) -> bool:
        return self.process is not None and self.process.poll() is None


class Supervisor:
    """The loop. Use it from the main thread, inside `with`, so that leaving stops every child whatever happened."""

    def __init__(self, say: Say, claim: Claim) -> None:
        self.say = say
        self.claim = claim
        self.children: list[Child] = []
        self.asked_to_stop = False
        # Told to make way for another version: stop everything, and then become the process that changes it.
        self.asked_to_upgrade = False
        self._selector = selectors.DefaultSelector()
        self._wake_reader, self._wake_writer = os.pipe()
        os.set_blocking(self._wake_writer, False)
        self._selector.register(self._wake_reader, selectors.EVENT_READ, None)

    def __enter__(self) -> Self:
        for number in STOP_SIGNALS:
            signal.signal(number, self._on_signal)
        signal.signal(signal.SIGUSR1, self._on_upgrade)
        # A signal that comes between two looks must end the wait for output, or stopping would lag.
        signal.set_wakeup_fd(self._wake_writer)
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()
        signal.set_wakeup_fd(-1)
        self._selector.close()
        os.close(self._wake_reader)
        os.close(self._wake_writer)

    def add(self, child: Child) -> None:
        """Starts a child and keeps it alive from here on."""
        self.children.append(child)
        self._start(child)

    def run(self, child: Child) -> int:
        """Runs a process to its end, with the others kept alive meanwhile. Returns its exit code."""
        self._start(child)
        process = child.process
        assert process is not None
        try:
            while process.poll() is None:
                self.tick()
                if self.asked_to_stop:
                    raise Stopped
        finally:
            self._end([child])
        return process.returncode

    def wait_until(self, condition: Callable[[], bool], seconds: float) -> bool:
        """Whether the condition came true within the time, with the children served meanwhile."""
        deadline = time.monotonic() + seconds
        while not condition():
            if self.asked_to_stop:
                raise Stopped
            if time.monotonic() >= deadline:
                return False
            self.tick(0.05)
        return True

    def serve(self) -> None:
        """Runs until somebody asks to stop."""
        while not self.asked_to_stop:
            self.tick(1.0)

    def tick(self, seconds: float = 0.2) -> None:
        """One round: pass on output, notice deaths, start again what is due."""
        for key, _ in self._selector.select(seconds):
            if key.data is None:
                os.read(self._wake_reader, 4096)
            else:
                self._read(key.data)
        now = time.monotonic()
        for child in self.children:
            if child.process is not None and child.process.poll() is not None:
                self._bury(child, now)
            elif child.due_at is not None and now >= child.due_at and not self.asked_to_stop:
                self._start(child)
        self.say.tick()

    def stop(self) -> None:
        """Stops every child; the database goes last, when nobody uses it any more."""
        self.asked_to_stop = True
        self._end([child for child in self.children if not child.stops_last])
        self._end([child for child in self.children if child.stops_last])
        self.children.clear()
        self.claim.note_children([])

    def _start(self, child: Child) -> None:
        child.due_at = None
        child.started_at = time.monotonic()
        child.process = child.start()
        assert child.process.stdout is not None
        os.set_blocking(child.process.stdout.fileno(), False)
        self._selector.register(child.process.stdout, selectors.EVENT_READ, child)
        alive = {other.process.pid for other in (*self.children, child) if other.process is not None}
        self.claim.note_children(sorted(alive))

    def _bury(self, child: Child, now: float) -> None:
        """A child died by itself: say so, and set the time of its next start."""
        assert child.process is not None
        code = child.process.returncode
        self._let_go(child)
        if self.asked_to_stop:
            return
        child.deaths = 1 if now - child.started_at > WELL_SECONDS else child.deaths + 1
        pause = min(FIRST_PAUSE_SECONDS * 2 ** (child.deaths - 1), LONGEST_PAUSE_SECONDS)
        child.due_at = now + pause
        how = f"was ended by signal {-code}" if code < 0 else f"ended with code {code}"
        self.say.line("restart", f"{child.name} {how}; starting it again in {pause:g} s", child=child.name, code=code)

    def _let_go(self, child: Child) -> None:
        """Reads what is left of a dead child's output and forgets the process."""
        assert child.process is not None and child.process.stdout is not None
        self._read(child)
        if child.unfinished:
            self._relay(child, child.unfinished)
            child.unfinished = b""
        if child.process.stdout.fileno() in self._selector.get_map():
            self._selector.unregister(child.process.stdout)
        child.process.stdout.close()
        child.process = None

    def _read(self, child: Child) -> None:
        assert child.process is not None and child.process.stdout is not None
        while True:
            try:
                block = os.read(child.process.stdout.fileno(), 65536)
            except BlockingIOError:
                return
            if not block:
                # Closed, though perhaps not dead yet; without this the loop would spin on it.
                if child.process.stdout.fileno() in self._selector.get_map():
                    self._selector.unregister(child.process.stdout)
                return
            *lines, child.unfinished = (child.unfinished + block).split(b"\n")
            for line in lines:
                self._relay(child, line)
            if len(child.unfinished) > LINE_LIMIT_BYTES:
                self._relay(child, child.unfinished)
                child.unfinished = b""

    def _relay(self, child: Child, raw: bytes) -> None:
        line = raw.decode("utf-8", "replace").rstrip()
        # A child that tries again and again says the same again and again; once is enough until it says something else.
        repeated = line in list(child.tail)[-REPEATS_REMEMBERED:]
        if not line or repeated:
            return
        child.tail.append(line)
        if child.on_line is not None:
            child.on_line(line)
        elif not self.asked_to_stop:
            # While everything stops, each child complains about what was cut short; that is no news.
            self.say.line("output", f"{child.name} | {line}", child=child.name)

    def _end(self, children: Sequence[Child]) -> None:
        """Ends these children together, by one signal after the other, each with its seconds."""
        left = [child for child in children if child.process is not None]
        for round_number in range(max((len(child.stop_signals) for child in left), default=0)):
            seconds = 0.0
            for child in left:
                if child.alive and child.process is not None and round_number < len(child.stop_signals):
                    number, patience = child.stop_signals[round_number]
                    child.process.send_signal(number)
                    seconds = max(seconds, patience)
            deadline = time.monotonic() + seconds
            while any(child.alive for child in left) and time.monotonic() < deadline:
                for key, _ in self._selector.select(0.05):
                    if key.data is not None:
                        self._read(key.data)
                    else:
                        os.read(self._wake_reader, 4096)
        for child in left:
            child.due_at = None
            if child.alive:
                # Unkillable: stuck in the kernel on a dead disk. Nothing more can be done from here.
                raise Trouble(
                    f"{child.name} does not stop: its disk does not answer. Check the disk, and restart the machine."
                )
            self._let_go(child)

    def _on_signal(self, *_: object) -> None:
        self.asked_to_stop = True

    def _on_upgrade(self, *_: object) -> None:
        self.asked_to_upgrade = self.asked_to_stop = True
