"""Starting and stopping other processes so that none is ever left behind.

A process is named by its id and the moment it started: an id alone may by now belong to somebody else.
"""

from __future__ import annotations

import ctypes
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import IO, Any

POLL_SECONDS = 0.02
PR_SET_PDEATHSIG = 1
# Loaded before any fork: between fork and exec nothing may be looked up.
_libc = ctypes.CDLL(None, use_errno=True) if sys.platform == "linux" else None


def start(
    argv: Sequence[str],
    *,
    env: Mapping[str, str],
    death_signal: signal.Signals = signal.SIGTERM,
    pass_fds: Sequence[int] = (),
    output: int | IO[bytes] = subprocess.PIPE,
) -> subprocess.Popen[bytes]:
    """Starts a child whose output comes back through a pipe (or goes to the given file), and which the system itself ends when this process is gone.

    The child gets a session of its own, so that Ctrl-C in the terminal reaches only the supervisor, which stops the
    children in order. Call from the main thread alone: Linux ends such a child with the *thread* that started it.
    """
    parent = os.getpid()

    def before_exec() -> None:
        if _libc is not None:
            _libc.prctl(PR_SET_PDEATHSIG, int(death_signal))
            # The parent may have died before the line above; then nobody would ever send the signal.
            if os.getppid() != parent:
                os._exit(1)

    return subprocess.Popen(
        argv,
        env=dict(env),
        stdin=subprocess.DEVNULL,
        stdout=output,
        stderr=subprocess.STDOUT,
        start_new_session=True,
        pass_fds=pass_fds,
        preexec_fn=before_exec,  # noqa: PLW1509 - it calls one function of C, loaded beforehand, and takes no lock
    )


def birth(pid: int) -> str:
    """A word for the moment the process started; empty when there is no such process (or only its remains)."""
    stat = Path(f"/proc/{pid}/stat")
    if stat.parent.parent.joinpath("self").exists():
        try:
            # The name in parentheses may hold anything, so count from the last one: state first, start time 20th.
            fields = stat.read_text().rpartition(")")[2].split()
        except OSError:
            return ""
        return "" if fields[0] in "ZX" else fields[19]
    shown = subprocess.run(["ps", "-o", "state=,lstart=", "-p", str(pid)], capture_output=True, text=True, check=False)
    state, _, started = shown.stdout.strip().partition(" ")
    return "" if not state or state[0] in "ZX" else started.strip()


def is_same(pid: int, born: str) -> bool:
    return bool(born) and birth(pid) == born


def end(pid: int, born: str, signals: Sequence[tuple[signal.Signals, float]]) -> bool:
    """Ends a process that is not our child, by one signal after the other, each with its seconds. True when it is gone."""
    for number, seconds in signals:
        if not is_same(pid, born):
            return True
        try:
            os.kill(pid, number)
        except ProcessLookupError:
            return True
        wait_until(lambda: not is_same(pid, born), seconds)
    return not is_same(pid, born)


def wait_until(condition: Callable[[], Any], seconds: float) -> bool:
    """Whether the condition came true within the time."""
    deadline = time.monotonic() + seconds
    while not condition():
        if time.monotonic() >= deadline:
            return False
        time.sleep(POLL_SECONDS)
    return True
