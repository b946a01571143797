"""The data folder: everything an installation owns lies in it, and one process at a time runs on it.

What stands here answers two questions before anything is written: is the folder fit for use, and is it free?
"""

from __future__ import annotations

import fcntl
import json
import os
import secrets
import shutil
import signal
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from taawun.house import processes
from taawun.house.trouble import Trouble, disk_full, explain

FREE_BYTES_NEEDED = 200_000_000
CHILDREN_FILE = "children.json"


def check(data: Path) -> None:
    """Makes the data folder where it is missing, and refuses one that is no folder, not writable, or on a full disk."""
    blocked = next((part for part in (data, *data.parents) if part.exists() and not part.is_dir()), None)
    if blocked is not None:
        raise Trouble(
            f"The data folder {data} cannot be used, because {blocked} is a file: choose another folder with --data."
        )
    try:
        make(data)
        probe = data / f".probe-{secrets.token_hex(4)}"
        probe.write_bytes(b"x" * 4096)
        probe.unlink()
    except OSError as error:
        raise explain(error) or Trouble(
            f"The data folder {data} cannot be written ({error.strerror}): choose another with --data."
        ) from error
    free = shutil.disk_usage(data).free
    if free < FREE_BYTES_NEEDED:
        megabytes = f"{free // 1_000_000} MB"
        raise disk_full(f" ({megabytes} free at {data}, {FREE_BYTES_NEEDED // 1_000_000} MB needed)")


def make(data: Path) -> None:
    """Makes the folder, closed to others. Under root the database runs as a user of its own, who must walk through it."""
    data.mkdir(mode=0o700, parents=True, exist_ok=True)
    status = data.stat()
    if os.geteuid() == 0 and status.st_uid == 0 and not status.st_mode & 0o001:
        data.chmod(status.st_mode & 0o777 | 0o011)


class Claim:
    """The right to run on a data folder. It also notes the children, so that a successor can clear what a crash left."""

    def __init__(self, data: Path, descriptor: int) -> None:
        self._descriptor = descriptor
        self._children = data / CHILDREN_FILE

    def describe(self, **facts: object) -> None:
        """Notes who holds the claim; shown to whoever is refused."""
        os.ftruncate(self._descriptor, 0)
        os.pwrite(self._descriptor, json.dumps({"process": os.getpid(), **facts}).encode(), 0)

    def note_children(self, pids: list[int]) -> None:
        draft = self._children.with_suffix(".draft")
        draft.write_text(json.dumps([[pid, processes.birth(pid)] for pid in pids]))
        draft.replace(self._children)

    def clear_orphans(self) -> int:
        """Ends what a supervisor that was killed left running, by the ids it noted. Returns how many there were."""
        try:
            noted = [(int(pid), str(born)) for pid, born in json.loads(self._children.read_text())]
        except (OSError, ValueError, TypeError):
            return 0
        orphans = [(pid, born) for pid, born in noted if processes.is_same(pid, born)]
        for pid, born in orphans:
            processes.end(pid, born, [(signal.SIGTERM, 4.0), (signal.SIGKILL, 2.0)])
        self._children.unlink(missing_ok=True)
        return len(orphans)


@contextmanager
def claimed(data: Path) -> Iterator[Claim]:
    """Holds the data folder for this process alone. The system lets go of it by itself when the process dies."""
    descriptor = os.open(data / "lock", os.O_RDWR | os.O_CREAT, 0o600)
    try:
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            holder = _holder(descriptor)
            raise Trouble(
                f"Taawun already runs on {data} (process {holder.get('process', 'unknown')}"
                + (f", {holder['address']}" if holder.get("address") else "")
                + "): use that one, stop it first, or give another folder with --data."
            ) from None
        claim = Claim(data, descriptor)
        claim.describe()
        yield claim
    finally:
        os.close(descriptor)


def is_claimed(data: Path) -> bool:
    """Whether some process runs on this data folder at the moment."""
    try:
        with (data / "lock").open("rb") as file:
            fcntl.flock(file, fcntl.LOCK_SH | fcntl.LOCK_NB)
    except BlockingIOError:
        return True
    except FileNotFoundError:
        return False
    return False


def _holder(descriptor: int) -> dict[str, Any]:
    try:
        content = json.loads(os.pread(descriptor, 4096, 0))
    except ValueError:
        return {}
    return content if isinstance(content, dict) else {}
