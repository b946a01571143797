"""As which user of the system PostgreSQL runs. It refuses to run as root, so root lends it a user of its own.

That user must reach the data folder and the programs, which for root often lie under /root. Opening those folders to
everybody would be the easy way; instead the server alone is given the one right to walk through folders (and read).
"""

from __future__ import annotations

import os
import pwd
import shutil
import subprocess
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from taawun.house.trouble import Trouble

SYSTEM_USER = "taawun-db"


@dataclass(frozen=True, slots=True)
class Owner:
    """A user of the system that the server's files belong to."""

    name: str
    uid: int
    gid: int


def owner_of(files: Path) -> Owner | None:
    """The user to run the server as; None for the user we already are, unless that is root."""
    if os.geteuid() != 0:
        return None
    if sys.platform != "linux":
        raise Trouble("PostgreSQL cannot run as root: start ./taawun as an ordinary user.")
    # Files that an ordinary user made stay that user's: the same folder can be started by either.
    if files.exists() and files.stat().st_uid != 0:
        uid = files.stat().st_uid
        return Owner(name_of(uid), uid, files.stat().st_gid)
    return _system_user()


def as_owner(owner: Owner | None, command: Sequence[str], *, beneath: Sequence[Path | str]) -> list[str]:
    """The command, run as that user, with the right to walk to the given paths where their folders are closed to it."""
    if owner is None:
        return list(command)
    tool = shutil.which("setpriv")
    if tool is None:
        raise Trouble(
            "Running as root needs the program setpriv: install the package util-linux, or start ./taawun as an ordinary user."
        )
    rights = ["--clear-groups", "--no-new-privs", "--pdeathsig=INT", f"--reuid={owner.uid}", f"--regid={owner.gid}"]
    if any(_is_closed(parent, owner) for path in beneath for parent in Path(path).resolve().parents):
        right = _walking_right()
        rights += [f"--inh-caps=+{right}", f"--ambient-caps=+{right}"]
    return [tool, *rights, "--", *command]


def name_of(uid: int) -> str:
    try:
        return pwd.getpwuid(uid).pw_name
    except KeyError:
        return str(uid)


def _walking_right() -> str:
    """The smallest right this process may lend that lets another walk through closed folders. Containers lack the first."""
    status = Path("/proc/self/status").read_text()
    lendable = int(next(line for line in status.splitlines() if line.startswith("CapBnd:")).split()[1], 16)
    return "dac_read_search" if lendable & 1 << 2 else "dac_override"


def _is_closed(folder: Path, owner: Owner) -> bool:
    status = folder.stat()
    needed = 0o100 if status.st_uid == owner.uid else 0o010 if status.st_gid == owner.gid else 0o001
    return not status.st_mode & needed


def _system_user() -> Owner:
    try:
        found = pwd.getpwnam(SYSTEM_USER)
    except KeyError:
        tool = shutil.which("useradd", path=f"{os.environ.get('PATH', '')}:/usr/sbin:/sbin")
        command = [
            tool or "useradd",
            "--system",
            "--no-create-home",
            "--home-dir",
            "/nonexistent",
            "--shell",
            "/usr/sbin/nologin",
            SYSTEM_USER,
        ]
        if tool is None or subprocess.run(command, capture_output=True, check=False).returncode:
            raise Trouble(
                f"PostgreSQL cannot run as root, and the user {SYSTEM_USER} for it could not be made: start ./taawun as an ordinary user."
            ) from None
        found = pwd.getpwnam(SYSTEM_USER)
    return Owner(found.pw_name, found.pw_uid, found.pw_gid)
