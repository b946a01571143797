"""`./taawun test`: the whole suite against a real PostgreSQL that lives only as long as the tests do."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from taawun.house import database
from taawun.house.config import CHECKOUT
from taawun.house.say import Say
from taawun.house.trouble import Trouble
from taawun.solve import warming

MOST_PROCESSES = 4


def main(arguments: list[str]) -> int:
    say = Say()
    say.step("Starting a database for the tests")
    with database.throwaway() as (data, url):
        env = environment(data, url)
        several = side_by_side(arguments)
        with solvers_warming(env, wanted=bool(several)):
            make_files(env)
            return run_to_the_end([sys.executable, "-m", "pytest", *several, *arguments], env)


@contextmanager
def solvers_warming(env: dict[str, str], *, wanted: bool) -> Iterator[None]:
    """In a fresh checkout, make the solvers ready beside the first tests, so that not each process does it for itself."""
    if not wanted or warming.is_warm():
        yield
        return
    command = [sys.executable, "-m", "taawun.solve.warming"]
    with subprocess.Popen(command, env=env, cwd=CHECKOUT, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) as beside:
        try:
            yield
        finally:
            beside.terminate()


def side_by_side(arguments: list[str]) -> list[str]:
    """Run the files of tests in several processes when all of them are asked for; what is chosen by hand runs in one.

    Whole files, because a browser or a server is started once for all tests of a file.
    """
    if any(not one.startswith("-") for one in arguments) or {"-n", "--pdb", "-s", "--collect-only"} & set(arguments):
        return []
    return ["-n", str(max(1, min(MOST_PROCESSES, os.cpu_count() or 1))), "--dist", "loadfile"]


def environment(data: Path, url: str) -> dict[str, str]:
    """A clean one: how this machine's own installation is set up must not change what a test or a bench finds."""
    kept = {
        name: value for name, value in os.environ.items() if not name.startswith("TAAWUN_") and name != "DATABASE_URL"
    }
    return {
        **kept,
        "TAAWUN_DATA": str(data),
        "TAAWUN_DATABASE_URL": url,
        "DJANGO_SETTINGS_MODULE": "taawun.house.settings",
        "PYTHONUNBUFFERED": "1",
    }


def make_files(env: dict[str, str]) -> None:
    """Compiles the translations and builds the static files, as a start would."""
    done = subprocess.run(
        [sys.executable, "-m", "taawun.house.prepare", "--files", "--verbose"],
        env=env,
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode:
        sys.stderr.write(done.stderr)
        raise Trouble("The translations or the static files could not be made: the lines above say why.")


def run_to_the_end(command: list[str], env: dict[str, str]) -> int:
    """Runs a program in the terminal. Ctrl-C reaches it directly; here we only wait until it has tidied up."""
    with subprocess.Popen(command, env=env, cwd=CHECKOUT) as running:
        while True:
            try:
                return running.wait()
            except KeyboardInterrupt:
                continue
