"""Trouble is a failure that has one clear sentence: what is wrong, and what to do about it.

Everything the operator meets at the terminal goes through here, so that a full disk reads the same wherever it strikes.
"""

from __future__ import annotations

import errno
import os


class Trouble(Exception):
    """Something the operator can put right. `str(trouble)` is the whole sentence; no traceback is shown with it."""


def explain(error: BaseException) -> Trouble | None:
    """The sentence for errors of the operating system that any write can meet; None where there is no better sentence."""
    if isinstance(error, Trouble):
        return error
    if not isinstance(error, OSError) or error.errno is None:
        return None
    place = f" ({error.filename})" if error.filename else ""
    if error.errno in (errno.ENOSPC, errno.EDQUOT):
        return disk_full(place)
    if error.errno == errno.EROFS:
        return Trouble(f"The disk is read-only{place}: mount it writable, or choose another folder with --data.")
    if error.errno in (errno.EACCES, errno.EPERM):
        return Trouble(
            f"{_who()} may not do this{place}: {error.strerror}. Give this user the rights, or choose another folder with --data."
        )
    return None


def disk_full(place: str = "") -> Trouble:
    """Said both when Python and when PostgreSQL finds no room left."""
    return Trouble(
        f"The disk is full{place}: free some space, or move the data folder to a larger disk, and start again."
    )


def _who() -> str:
    return "The user root" if os.geteuid() == 0 else f"The user with id {os.geteuid()}"
