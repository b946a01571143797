"""`./taawun test`: the whole suite against a real PostgreSQL that lives only as long as the tests do."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

from taawun.house import database
from taawun.house.config import CHECKOUT
from taawun.house.say import Say
from taawun.house.trouble import Trouble


def main(arguments: list[str]) -> int:
    say = Say()
    say.step("Starting a database for the tests")
    with database.throwaway() as (data, url):
        env = environment(data, url)
        make_files(env)
        return run_to_the_end([sys.executable, "-m", "pytest", *arguments], env)


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
