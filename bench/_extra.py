"""Packages that only a measurement needs: taken into build/ with their hashes, beside the environment and never in it."""

import hashlib
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parent.parent


def library(name: str) -> Path | None:
    """Return the folder that holds what `lock/bench-NAME.txt` pins, or None where it cannot be had."""
    lock = ROOT / "lock" / f"bench-{name}.txt"
    folder = ROOT / "build" / name / f"library-{hashlib.sha256(lock.read_bytes()).hexdigest()[:12]}"
    whole = folder / ".whole"
    if not whole.exists():
        # What run.txt pins is left out of these locks, so pip is told to fetch nothing by itself.
        if not pip("install", "--no-deps", "--require-hashes", "--upgrade", "--target", str(folder), "-r", str(lock)):
            return None
        whole.touch()
    return folder


def pip(*arguments: str) -> bool:
    command = [sys.executable, "-m", "pip", "--quiet", "--disable-pip-version-check", *arguments]
    return subprocess.run(command, capture_output=True, check=False).returncode == 0
