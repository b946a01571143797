"""A real server on a port of its own, with a real database: what the browser tests and the bench of pages look at."""

from __future__ import annotations

import json
import os
import shutil
import socket
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit, urlunsplit

import psycopg
from django.conf import settings
from psycopg import sql

CHECKOUT = Path(__file__).parents[2]
CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
FLAGS = [
    "--no-sandbox", "--disable-gpu", "--disable-background-networking", "--disable-component-update", "--disable-sync",
    "--no-first-run", "--use-fake-device-for-media-stream",
]  # fmt: skip
BUILD = "import django; django.setup(); from django.conf import settings; from taawun.ground.site import assets; assets.build(settings.STATIC_ROOT)"


@dataclass
class House:
    """The running server and what was put into it."""

    url: str
    facts: dict[str, Any]
    used: dict[str, int] = field(default_factory=dict)

    @property
    def board(self) -> str:
        return f"/c/{self.facts['slug']}/"

    def link(self, name: str) -> str:
        """A sign-in link that nobody has used yet."""
        number = self.used.get(name, 0)
        self.used[name] = number + 1
        return str(self.facts["links"][name][number])


@contextmanager
def serving(seed: str = "tests.browser.seed") -> Iterator[House]:
    """Serve a database of its own, filled by the module ``seed``; both are gone afterwards."""
    config = settings.CONFIG
    name = f"browser_{os.getpid()}"
    port = free_port()
    env = {variable: text for variable, text in os.environ.items() if variable != "DATABASE_URL"} | {
        "TAAWUN_DATA": str(config.data),
        "TAAWUN_DATABASE_URL": urlunsplit(urlsplit(config.database_url)._replace(path=f"/{name}")),
        "TAAWUN_PUBLIC_URL": f"http://127.0.0.1:{port}",
        "DJANGO_SETTINGS_MODULE": "taawun.house.settings",
        "PYTHONPATH": os.pathsep.join([str(CHECKOUT), str(CHECKOUT / "src")]),
    }
    with psycopg.connect(config.database_url, autocommit=True) as connection:
        connection.execute(sql.SQL("DROP DATABASE IF EXISTS {}").format(sql.Identifier(name)))
        connection.execute(sql.SQL("CREATE DATABASE {}").format(sql.Identifier(name)))
    try:
        run(env, "-m", "django", "migrate", "--verbosity", "0")
        run(env, "-c", BUILD)
        facts = json.loads(run(env, "-m", seed).splitlines()[-1])
        with served(port, env):
            yield House(f"http://127.0.0.1:{port}", facts)
    finally:
        with psycopg.connect(config.database_url, autocommit=True) as connection:
            connection.execute(sql.SQL("DROP DATABASE {} WITH (FORCE)").format(sql.Identifier(name)))


def free_port() -> int:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        return int(free.getsockname()[1])


@contextmanager
def served(port: int, env: dict[str, str]) -> Iterator[None]:
    """Run the web server, as it is run for people, until the block ends."""
    command = [
        sys.executable, "-m", "uvicorn", "taawun.house.server:application", "--port", str(port), "--log-level",
        "warning", "--timeout-graceful-shutdown", "2",
    ]  # fmt: skip
    with tempfile.NamedTemporaryFile("w+", suffix=".log") as log:
        server = subprocess.Popen(command, cwd=CHECKOUT, env=env, stdout=log, stderr=log)
        try:
            wait_for(f"http://127.0.0.1:{port}/health/", server, log.name)
            yield
        finally:
            server.terminate()
            server.wait(15)


def run(env: dict[str, str], *command: str) -> str:
    done = subprocess.run([sys.executable, *command], cwd=CHECKOUT, env=env, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    return done.stdout


def wait_for(address: str, server: subprocess.Popen[bytes], log: str) -> None:
    for _ in range(150):
        assert server.poll() is None, Path(log).read_text()
        try:
            with urllib.request.urlopen(address, timeout=2):
                return
        except OSError:
            time.sleep(0.1)
    raise AssertionError(Path(log).read_text())


def sign_in(chromium: Any, house: House, name: str) -> Any:
    """Sign somebody in as people do, by a link, and return the state of the browser afterwards."""
    context = chromium.new_context(base_url=house.url)
    page = context.new_page()
    page.goto(house.link(name))
    page.locator("main form button").first.click()
    page.wait_for_load_state()
    state = context.storage_state()
    context.close()
    return state
