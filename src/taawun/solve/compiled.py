"""Functions made into machine code by Numba, kept on disk so that only the first run ever waits for it.

Numba forgets what it kept when the file of a function changes, but not when a function it calls does, in another file. So
what is kept here lies in a folder named after all the solver's files that a function's own file builds on.
"""

import hashlib
import inspect
import os
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any, ParamSpec, TypeVar, cast

import numba
import numpy as np

P = ParamSpec("P")
R = TypeVar("R")

SOLVERS = Path(__file__).parent
IMPORTED = re.compile(r"^from taawun\.solve\.([\w.]+) import", re.MULTILINE)

# A whole number of 64 bits in a kernel; to the type checker a plain one, which it is to whoever calls.
whole = cast(Callable[..., int], np.int64)


def compiled(function: Callable[P, R]) -> Callable[P, R]:
    """Compile ``function`` when it is first called. It gets arrays of one type each, so it is compiled once."""
    return _made(function)


def compiled_bare(function: Callable[P, R]) -> Callable[P, R]:
    """The same for a function that makes no arrays. It does not count who holds those it is given, which takes as long as a
    small function's own work when these are many."""
    return _made(function, _nrt=False)


def _made(function: Callable[P, R], **options: bool) -> Callable[P, R]:
    folder = _folder(Path(inspect.getfile(function)))
    config = cast(Any, numba).config
    before = config.CACHE_DIR
    try:
        if folder is not None:
            config.CACHE_DIR = str(folder)
        decorate = cast(Callable[..., Callable[[Callable[P, R]], Callable[P, R]]], numba.njit)
        return decorate(cache=folder is not None, nogil=True, **options)(function)
    finally:
        config.CACHE_DIR = before


def _folder(source: Path) -> Path | None:
    """Return where to keep what comes of a file: beside it, or in the user's own folder, or nowhere."""
    name = _stamp(source)
    own = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "taawun"
    for place in (source.parent / "__pycache__", own):
        folder = place / "kernels" / name
        try:
            folder.mkdir(parents=True, exist_ok=True)
        except OSError:
            continue
        if os.access(folder, os.W_OK):
            return folder
    return None


def _stamp(source: Path) -> str:
    """Return the fingerprint of a file and of all the solvers' files it imports, near and far."""
    waiting, seen = [source], {source}
    while waiting:
        for name in IMPORTED.findall(waiting.pop().read_text(encoding="utf-8")):
            other = SOLVERS.joinpath(*name.split(".")).with_suffix(".py")
            if other not in seen and other.exists():
                seen.add(other)
                waiting.append(other)
    digest = hashlib.sha256()
    for path in sorted(seen):
        digest.update(path.read_bytes())
    return f"{source.stem}-{digest.hexdigest()[:16]}"
