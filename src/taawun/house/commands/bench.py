"""`./taawun bench [NAME]`: runs the measurements in `bench/`, one line a figure: name, value, goal, ok or SHORT.

Each bench gets a process and a database of its own, so that none measures what another left behind.
"""

from __future__ import annotations

import argparse
import importlib
import os
import subprocess
import sys
from collections.abc import Iterable
from typing import TYPE_CHECKING

from taawun.house import database
from taawun.house.commands.test import environment, make_files
from taawun.house.config import CHECKOUT
from taawun.house.say import Say
from taawun.house.trouble import Trouble

if TYPE_CHECKING:
    from bench import Figure

# What can be measured on files of one's own.
FILES = {
    "golden": "sheets: a folder of sheets with their columns mapped by hand",
    "messages": "reading: messages with what they mean, a JSON object a line",
    "names": "linking: pairs of names, a JSON object a line",
}


def main(arguments: list[str]) -> int:
    parser = argparse.ArgumentParser(prog="./taawun bench", description="Measures, and compares with the goals.")
    parser.add_argument("name", nargs="*", help=f"one of: {', '.join(names())}; all of them when none is given")
    parser.add_argument("--json", action="store_true", help="print one JSON object a line")
    for name, about in FILES.items():
        parser.add_argument(f"--{name}", help=about)
    given = parser.parse_args(arguments)
    # A bench reads what it needs from its environment, in whichever process it runs.
    os.environ.update(
        {f"BENCH_{name.upper()}": os.path.abspath(path) for name in FILES if (path := getattr(given, name))}
    )
    unknown = [name for name in given.name if name not in names()]
    if unknown:
        raise Trouble(f"There is no bench {unknown[0]!r}: choose from {', '.join(names()) or 'none yet'}.")
    if len(given.name) == 1:
        return 0 if _measure(given.name[0], as_json=given.json) else 1
    # Every bench is measured, also after one that falls short: a list of all figures is what one wants to read.
    flags = ["--json"] if given.json else []
    codes = [
        subprocess.call([sys.executable, "-m", "taawun.house.commands", "bench", name, *flags])
        for name in given.name or names()
    ]
    return max(codes, default=0)


def names() -> list[str]:
    """The benches there are: every public module in `bench/`."""
    return sorted(path.stem for path in (CHECKOUT / "bench").glob("*.py") if not path.stem.startswith("_"))


def _measure(name: str, *, as_json: bool) -> bool:
    say = Say(as_json)
    say.step(f"Preparing {name}")
    with database.throwaway() as (data, url):
        env = environment(data, url)
        for variable in os.environ.keys() - env.keys():
            del os.environ[variable]
        os.environ.update(env)
        sys.path.insert(0, str(CHECKOUT))
        make_files(env)
        import django

        django.setup()
        from django.core.management import call_command
        from django.db import connections

        call_command("migrate", interactive=False, verbosity=0)
        say.done()
        try:
            figures: Iterable[Figure] = importlib.import_module(f"bench.{name}").run()
            return report(name, figures, say)
        finally:
            connections.close_all()


def report(bench: str, figures: Iterable[Figure], say: Say) -> bool:
    """Prints each figure as it comes; True when every one reaches its goal."""
    verdicts = []
    for figure in figures:
        verdict = "ok" if figure.ok else "SHORT"
        text = f"{figure.name:<52}  {figure.value_text():>12}  {figure.goal:<24}  {verdict}"
        facts = {"bench": bench, "name": figure.name, "value": figure.value, "goal": figure.goal, "ok": bool(figure.ok)}
        say.line("figure", text, **facts)
        verdicts.append(figure.ok)
    if not verdicts:
        raise Trouble(f"The bench {bench} gave no figure: its run() must yield at least one.")
    return all(verdicts)
