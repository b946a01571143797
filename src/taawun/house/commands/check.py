"""`./taawun check`: what a reviewer should not have to look for. Style, types, import contracts, translations."""

from __future__ import annotations

import argparse
import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import NamedTuple

from taawun.house.config import CHECKOUT
from taawun.house.say import Say
from taawun.house.trouble import Trouble


class Check(NamedTuple):
    """One tool: its name, its command, and what to do about what it finds."""

    name: str
    command: list[str]
    remedy: str


def main(arguments: list[str]) -> int:
    parser = argparse.ArgumentParser(
        prog="./taawun check", description="Checks style, types, import contracts and translations."
    )
    parser.add_argument("--json", action="store_true", help="print one JSON object a line")
    parser.add_argument("name", nargs="*", help="run only these")
    given = parser.parse_args(arguments)
    known = checks()
    unknown = [name for name in given.name if name not in {check.name for check in known}]
    if unknown:
        raise Trouble(f"There is no check {unknown[0]!r}: choose from {', '.join(check.name for check in known)}.")
    say = Say(given.json)
    with tempfile.TemporaryDirectory(prefix="taawun-") as data:
        # The type checker loads the settings, which make keys where there are none: not in the operator's folder.
        env = {**os.environ, "TAAWUN_DATA": data, "DJANGO_SETTINGS_MODULE": "taawun.house.settings"}
        passed = [_passes(check, env, say) for check in known if not given.name or check.name in given.name]
    return 0 if all(passed) else 1


def checks() -> list[Check]:
    """The tools, with the folders each of them looks at."""
    tools = Path(sys.executable).parent
    python = [part for part in ("src", "tests", "bench") if (CHECKOUT / part).exists()]
    return [
        Check("style", [str(tools / "ruff"), "check", "--quiet", *python, "taawun"], "mend the lines above; ruff check --fix does most of it"),
        Check("types", [sys.executable, "-m", "mypy", "--strict", "--no-error-summary", *strictly_typed()], "mend the lines above"),
        Check("contracts", [str(tools / "lint-imports")], "a room imports only from floors below its own: docs/developer.md"),
        Check("translations", [sys.executable, "-m", "taawun.ground.words.check"], "complete the catalogues named above"),
    ]  # fmt: skip


def strictly_typed() -> list[str]:
    """What must hold under the strict type checker: the ground, the mathematics, the house, and every room's rules."""
    package = CHECKOUT / "src" / "taawun"
    rules = sorted(
        path for path in package.rglob("rules.py") if path.relative_to(package).parts[0] not in ("ground", "solve")
    )
    # A room whose rules outgrew one file keeps them in a folder of that name.
    rules += sorted(path.parent for path in package.rglob("rules/__init__.py"))
    return [
        str(path.relative_to(CHECKOUT)) for path in (package / "solve", package / "ground", package / "house", *rules)
    ]


def _passes(check: Check, env: dict[str, str], say: Say) -> bool:
    began = time.monotonic()
    say.step(f"Checking {check.name}")
    with tempfile.TemporaryFile("w+") as output:
        running = subprocess.Popen(check.command, env=env, cwd=CHECKOUT, stdout=output, stderr=subprocess.STDOUT)
        while running.poll() is None:
            say.tick()
            time.sleep(0.05)
        say.done()
        output.seek(0)
        said = output.read().rstrip()
    passed = running.returncode == 0
    if not passed and said:
        print(said, file=sys.stderr, flush=True)
    seconds = round(time.monotonic() - began, 1)
    text = f"{check.name:<14}ok     {seconds} s" if passed else f"{check.name:<14}WRONG  {check.remedy}"
    say.line("check", text, name=check.name, ok=passed, seconds=seconds)
    return passed
