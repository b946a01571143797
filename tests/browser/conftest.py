"""A real server on a port of its own, a real database, and the system's Chromium."""

from __future__ import annotations

import json
import os
import shutil
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit, urlunsplit

import psycopg
import pytest
from django.conf import settings
from psycopg import sql

CHECKOUT = Path(__file__).parents[2]
CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
FLAGS = [
    "--no-sandbox", "--disable-gpu", "--disable-background-networking", "--disable-component-update", "--disable-sync",
    "--no-first-run",
]


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    here = str(Path(__file__).parent)
    for item in items:
        if str(item.path).startswith(here):
            item.add_marker("browser")
            if CHROMIUM is None:
                item.add_marker(pytest.mark.skip(reason="Chromium is not installed"))


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


@pytest.fixture(scope="session")
def house(tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    config = settings.CONFIG
    name = f"browser_{os.getpid()}"
    with psycopg.connect(config.database_url, autocommit=True) as connection:
        connection.execute(sql.SQL("DROP DATABASE IF EXISTS {}").format(sql.Identifier(name)))
        connection.execute(sql.SQL("CREATE DATABASE {}").format(sql.Identifier(name)))
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    env = {variable: text for variable, text in os.environ.items() if variable != "DATABASE_URL"} | {
        "TAAWUN_DATA": str(config.data),
        "TAAWUN_DATABASE_URL": urlunsplit(urlsplit(config.database_url)._replace(path=f"/{name}")),
        "TAAWUN_PUBLIC_URL": f"http://127.0.0.1:{port}",
        "DJANGO_SETTINGS_MODULE": "taawun.house.settings",
        "PYTHONPATH": os.pathsep.join([str(CHECKOUT), str(CHECKOUT / "src")]),
    }
    run(env, "-m", "django", "migrate", "--verbosity", "0")
    build = "import django; django.setup(); from django.conf import settings; from taawun.ground.site import assets; assets.build(settings.STATIC_ROOT)"
    run(env, "-c", build)
    facts = json.loads(run(env, "-m", "tests.browser.seed").splitlines()[-1])
    log = (tmp_path_factory.mktemp("server") / "log").open("w+")
    command = [
        sys.executable, "-m", "uvicorn", "taawun.house.server:application", "--port", str(port), "--log-level",
        "warning", "--timeout-graceful-shutdown", "2",
    ]
    server = subprocess.Popen(command, cwd=CHECKOUT, env=env, stdout=log, stderr=log)
    try:
        wait_for(f"http://127.0.0.1:{port}/health/", server, log.name)
        yield House(f"http://127.0.0.1:{port}", facts)
    finally:
        server.terminate()
        server.wait(15)
        with psycopg.connect(config.database_url, autocommit=True) as connection:
            connection.execute(sql.SQL("DROP DATABASE {} WITH (FORCE)").format(sql.Identifier(name)))


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


@pytest.fixture(scope="session")
def chromium() -> Iterator[Any]:
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        yield browser
        browser.close()


@pytest.fixture(scope="session")
def states(house: House, chromium: Any) -> dict[str, Any]:
    """The cookies of each person, signed in once by a link."""
    kept = {}
    for name in house.facts["links"]:
        context = chromium.new_context(base_url=house.url)
        page = context.new_page()
        page.goto(house.link(name))
        page.locator("main form button").first.click()
        page.wait_for_load_state()
        kept[name] = context.storage_state()
        context.close()
    return kept


@pytest.fixture
def visit(house: House, chromium: Any, states: dict[str, Any]) -> Iterator[Any]:
    """Open a browser as somebody (or nobody): ``visit("Yusuf", width=360, scripts=False)`` gives a page."""
    contexts = []

    def open_page(who: str = "", *, width: int = 360, scripts: bool = True, **options: Any) -> Any:
        context = chromium.new_context(
            base_url=house.url, viewport={"width": width, "height": 800}, java_script_enabled=scripts,
            **({"storage_state": states[who]} if who else {}), **options,
        )
        contexts.append(context)
        return context.new_page()

    yield open_page
    for context in contexts:
        context.close()
