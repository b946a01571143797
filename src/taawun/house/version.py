"""Which Taawun a checkout is, and how far its tables go: read from its files."""

from __future__ import annotations

import tomllib
from pathlib import Path


def version_of(checkout: Path) -> str:
    """The version a checkout or an unpacked release calls itself."""
    with (checkout / "pyproject.toml").open("rb") as file:
        return str(tomllib.load(file)["project"]["version"])


def migrations_in(checkout: Path) -> dict[str, set[str]]:
    """The migrations a checkout has, by room, from the names of its files."""
    known: dict[str, set[str]] = {}
    for path in (checkout / "src" / "taawun").glob("*/*/migrations/[0-9]*.py"):
        known.setdefault(path.parents[1].name, set()).add(path.stem)
    return known
