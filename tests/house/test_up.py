"""`./taawun up` for real: one installation in a temporary folder, started, hurt, stopped and started again."""

import json
import os
import queue
import signal
import socket
import subprocess
import sys
import threading
import time
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import psycopg
import pytest

from taawun.house import processes
from taawun.house.config import embedded_url

STOP_SECONDS = 10.0


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as probe:
        return int(probe.getsockname()[1])


def environment() -> dict[str, str]:
    return {
        name: value for name, value in os.environ.items() if not name.startswith("TAAWUN_") and name != "DATABASE_URL"
    }


def command(*arguments: object) -> list[str]:
    return [sys.executable, "-m", "taawun.house.commands", *map(str, arguments)]


class Installation:
    """A running `up`, and what it said so far."""

    def __init__(self, data: Path, port: int) -> None:
        self.data = data
        self.port = port
        self.process = subprocess.Popen(
            command("up", "--data", data, "--port", port, "--json"),
            env=environment(),
            stdout=subprocess.PIPE,
            text=True,
        )
        self.heard: queue.Queue[dict[str, Any]] = queue.Queue()
        threading.Thread(target=self._listen, daemon=True).start()

    def _listen(self) -> None:
        assert self.process.stdout is not None
        for line in self.process.stdout:
            self.heard.put(json.loads(line))

    def wait_for(self, event: str, seconds: float = 60, **facts: object) -> dict[str, Any]:
        """The next line of this kind."""
        deadline = time.monotonic() + seconds
        while True:
            fact = self.heard.get(timeout=max(0.01, deadline - time.monotonic()))
            if fact["event"] == event and facts.items() <= fact.items():
                return fact

    def answers(self) -> bool:
        try:
            with urllib.request.urlopen(f"http://127.0.0.1:{self.port}/health/", timeout=20) as answer:
                return bool(answer.status == 200)
        except OSError:
            return False

    def child(self, word: str) -> int:
        """The id of the child whose command holds this word."""
        for pid, _ in json.loads((self.data / "children.json").read_text()):
            if word in Path(f"/proc/{pid}/cmdline").read_text():
                return int(pid)
        raise LookupError(word)

    def stop(self, number: signal.Signals) -> float:
        """Asks it to stop and returns how many seconds that took."""
        began = time.monotonic()
        self.process.send_signal(number)
        self.process.wait(STOP_SECONDS + 5)
        return time.monotonic() - began


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, int]:
    return tmp_path_factory.mktemp("up") / "data", free_port()


@pytest.fixture(scope="module")
def running(place: tuple[Path, int]) -> Iterator[Installation]:
    made = Installation(*place)
    yield made
    if made.process.poll() is None:
        made.stop(signal.SIGTERM)


pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="looks up processes in /proc")


def test_a_first_start_ends_at_an_address_that_works(running: Installation) -> None:
    ready = running.wait_for("ready")
    assert ready["url"].startswith(f"http://127.0.0.1:{running.port}/")
    assert running.answers()
    with urllib.request.urlopen(ready["url"], timeout=30) as answer:
        assert answer.status == 200


def test_a_second_start_on_the_same_folder_is_refused(running: Installation) -> None:
    refused = subprocess.run(
        command("up", "--data", running.data, "--port", free_port()),
        env=environment(),
        capture_output=True,
        text=True,
        check=False,
    )
    assert refused.returncode == 1
    assert f"already runs on {running.data}" in refused.stderr
    assert str(running.port) in refused.stderr
    assert refused.stderr.count("\n") == 1


def test_a_taken_port_is_one_sentence(running: Installation, tmp_path: Path) -> None:
    refused = subprocess.run(
        command("up", "--data", tmp_path / "other", "--port", running.port),
        env=environment(),
        capture_output=True,
        text=True,
        check=False,
    )
    assert refused.returncode == 1
    assert f"Port {running.port} is taken" in refused.stderr
    assert refused.stderr.count("\n") == 1


@pytest.mark.parametrize("word", ["taawun.house.web", "procrastinate", "bin/postgres"])
def test_a_killed_child_comes_back(running: Installation, word: str) -> None:
    before = running.child(word)
    os.kill(before, signal.SIGKILL)
    running.wait_for("restart", 30, code=-signal.SIGKILL)

    def is_back() -> bool:
        try:
            return running.child(word) != before
        except (LookupError, OSError):
            return False

    assert processes.wait_until(is_back, 30)
    if "web" in word:
        # The supervisor holds the socket, so that a visitor waits for the new server instead of being refused.
        assert running.answers()
    assert processes.wait_until(lambda: can_connect(running.data) and running.answers(), 30)


def can_connect(data: Path) -> bool:
    try:
        psycopg.connect(embedded_url(data)).close()
    except psycopg.OperationalError:
        return False
    return True


def test_the_doctor_finds_all_well(running: Installation) -> None:
    looked = subprocess.run(
        command("doctor", "--data", running.data, "--json"),
        env=environment(),
        capture_output=True,
        text=True,
        check=False,
    )
    findings = {fact["name"]: fact for fact in map(json.loads, looked.stdout.splitlines())}
    # Whether the environment was made by the script depends on how these tests were started.
    wrong = [fact["text"] for name, fact in findings.items() if not fact["well"] and name not in ("packages",)]
    assert wrong == []
    assert {
        "Python",
        "settings",
        "data folder",
        "disk",
        "keys",
        "database",
        "role",
        "tables",
        "worker",
    } <= findings.keys()


def test_after_a_killed_supervisor_the_next_start_works(running: Installation) -> None:
    left = [tuple(noted) for noted in json.loads((running.data / "children.json").read_text())]
    running.process.kill()
    running.process.wait()
    again = Installation(running.data, running.port)
    try:
        again.wait_for("ready")
        assert not any(processes.is_same(pid, born) for pid, born in left)
    finally:
        assert again.stop(signal.SIGHUP) < STOP_SECONDS
    assert again.process.returncode == 0


def test_stopping_leaves_no_process_behind(place: tuple[Path, int]) -> None:
    one = Installation(*place)
    one.wait_for("ready")
    children = [tuple(noted) for noted in json.loads((one.data / "children.json").read_text())]
    assert len(children) == 3
    # An open connection that never asks for anything must not hold it up.
    with socket.create_connection(("127.0.0.1", one.port)):
        assert one.stop(signal.SIGINT) < STOP_SECONDS
    assert one.process.returncode == 0
    assert not any(processes.is_same(pid, born) for pid, born in children)


def test_stopping_during_a_start_is_heard(place: tuple[Path, int]) -> None:
    one = Installation(*place)
    assert processes.wait_until(lambda: (one.data / "postgres" / "postmaster.pid").exists(), 60)
    assert one.stop(signal.SIGTERM) < STOP_SECONDS
    assert one.process.returncode == 0
    assert not (one.data / "postgres" / "postmaster.pid").exists()


@pytest.mark.parametrize(
    ("url", "said"),
    [("postgresql://a:hidden-word@127.0.0.1:1/x", "cannot be reached"), ("mysql://a:hidden-word@h/x", "postgresql://")],
)
def test_an_unreachable_database_is_one_sentence(tmp_path: Path, url: str, said: str) -> None:
    refused = subprocess.run(
        command("up", "--data", tmp_path / "data", "--port", free_port()),
        env={**environment(), "DATABASE_URL": url},
        capture_output=True,
        text=True,
        check=False,
    )
    assert refused.returncode == 1
    assert said in refused.stderr
    assert "hidden-word" not in refused.stderr + refused.stdout
    assert "Traceback" not in refused.stderr + refused.stdout
