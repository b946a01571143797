"""Which Taawun this is, from the one place it is written down."""

from __future__ import annotations

import tomllib
from pathlib import Path


def version_of(checkout: Path) -> str:
    """The version a checkout or an unpacked release calls itself."""
    with (checkout / "pyproject.toml").open("rb") as file:
        return str(tomllib.load(file)["project"]["version"])
