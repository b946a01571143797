"""`./taawun rotate` while people read and write: nothing is unreadable for a moment, and a run that was killed is taken up."""

import json
import os
import signal
import subprocess
import sys
import threading
import time
import uuid
from pathlib import Path
from urllib.parse import quote

import pytest
from django.db import connection, connections

from taawun.community.circles.everywhere import circle_ids
from taawun.ground.values.ids import new_id
from taawun.ground.values.scope import circle_scope
from taawun.ground.vault import store
from taawun.ground.vault.models import DataKey
from taawun.house import keys
from taawun.house.config import load_config
from tests.world import NOW, World, make_world

ROWS = 2000
FEW = 60
OUTSIDE = 40


class House:
    """The data folder of one test with its own key file, and the rows sealed under it."""

    def __init__(self, data: Path, worlds: list[World], rows: int) -> None:
        self.file = keys.vault_file(data)
        self.env = {**os.environ, "TAAWUN_DATA": str(data), "TAAWUN_DATABASE_URL": _url(), "DATABASE_URL": _url()}
        self.circles: list[uuid.UUID | None] = [*(world.circle.id for world in worlds), None]
        self.rows: dict[uuid.UUID | None, list[uuid.UUID]] = {}
        for circle in self.circles:
            with circle_scope(*([circle] if circle else [])):
                self.rows[circle] = [self._seal(circle) for _ in range(OUTSIDE if circle is None else rows // len(worlds))]

    def seal(self, circle: uuid.UUID | None) -> uuid.UUID:
        with circle_scope(*([circle] if circle else [])):
            return self._seal(circle)

    def _seal(self, circle: uuid.UUID | None) -> uuid.UUID:
        row = new_id()
        store.seal(circle_id=circle, subject_id=row, row_id=row, fields={"door": f"door {row}"}, now=NOW)
        return row

    def reads(self, circle: uuid.UUID | None, row: uuid.UUID) -> bool:
        with circle_scope(*([circle] if circle else [])):
            own = store.Viewer(row, frozenset({row}))
            return store.reveal(own, [row], "own", circle_id=circle, now=NOW) == {row: {"door": f"door {row}"}}

    def everything_reads(self) -> bool:
        return all(self.reads(circle, row) for circle, rows in self.rows.items() for row in rows[::7])

    def start(self, *arguments: str) -> "subprocess.Popen[str]":
        command = [sys.executable, "-m", "taawun.house.commands", "rotate", "--json", *arguments]
        return subprocess.Popen(command, env=self.env, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)

    def rotate(self, *arguments: str) -> dict[str, dict[str, object]]:
        """Run to the end; returns the lines it printed by their event."""
        running = self.start(*arguments)
        out, err = running.communicate(timeout=100)
        assert (running.returncode, err) == (0, "")
        return {line["event"]: line for line in map(json.loads, out.splitlines())}

    @property
    def content(self) -> dict[str, dict[str, str]]:
        return json.loads(self.file.read_text())

    def wrapped_by(self) -> dict[str, int]:
        """How many data keys lie under each master key, everywhere."""
        with circle_scope(*circle_ids()):
            names = list(DataKey.objects.values_list("key_id", flat=True))
        return {name: names.count(name) for name in sorted(set(names))}


def _url() -> str:
    found = connection.settings_dict
    return f"postgresql://{found['USER']}:{found['PASSWORD']}@/{found['NAME']}?host={quote(str(found['HOST']), safe='')}"


@pytest.fixture
def db(committed_db: None) -> None:
    """Every test here commits, because the command looks from outside."""


@pytest.fixture
def key_file(db: None, tmp_path: Path, settings) -> Path:
    """A data folder with keys of its own, so that rotating touches no other test's."""
    keys.ensure(tmp_path)
    settings.VAULT_KEYS = keys.vault_file(tmp_path)
    assert load_config({"TAAWUN_DATA": str(tmp_path)}).vault_keys == settings.VAULT_KEYS
    return tmp_path


def _worlds() -> list[World]:
    with circle_scope():
        return [make_world(), make_world("Hillside", founder="Omar")]


@pytest.fixture
def house(key_file: Path) -> House:
    return House(key_file, _worlds(), FEW)


@pytest.fixture
def large_house(key_file: Path) -> House:
    return House(key_file, _worlds(), ROWS)


def test_nobody_is_kept_waiting_or_left_without_an_answer(large_house):
    """2,000 rows; three readers and a writer go on all through two rotations and the forgetting of the old keys."""
    stop, failures, counts = threading.Event(), [], {"read": 0, "written": 0}
    slowest = [0.0]

    def go_on(kind: str, circle: uuid.UUID | None) -> None:
        number = 0
        try:
            while not stop.is_set():
                began = time.monotonic()
                if kind == "written":
                    large_house.rows[circle].append(large_house.seal(circle))
                elif not large_house.reads(circle, large_house.rows[circle][number * 13 % len(large_house.rows[circle])]):
                    failures.append("a row did not read as it was written")
                slowest[0] = max(slowest[0], time.monotonic() - began)
                counts[kind] += 1
                number += 1
                time.sleep(0.005)
        except Exception as error:  # noqa: BLE001  (whatever it is, the test must say so)
            failures.append(repr(error))
        finally:
            connections.close_all()

    threads = [threading.Thread(target=go_on, args=("read", circle)) for circle in large_house.circles]
    threads.append(threading.Thread(target=go_on, args=("written", large_house.circles[0])))
    for thread in threads:
        thread.start()
    try:
        first = large_house.rotate()
        assert (large_house.content["active"], set(large_house.content["keys"])) == ("k2", {"k1", "k2"})
        assert first["wrapped"]["count"] >= ROWS + OUTSIDE
        assert first["kept"]["keys"] == ["k1"]
        second = large_house.rotate("--forget-old")
        assert second["forgotten"]["keys"] == ["k1", "k2"]
        time.sleep(0.3)
    finally:
        stop.set()
        for thread in threads:
            thread.join(30)
    assert failures == []
    assert set(large_house.content["keys"]) == {"k3"}
    assert set(large_house.wrapped_by()) == {"k3"}
    assert large_house.everything_reads()
    assert counts["read"] > 100
    assert counts["written"] > 20
    assert slowest[0] < 5


def test_a_rotation_that_was_killed_is_taken_up(large_house):
    running = large_house.start()
    deadline = time.monotonic() + 60
    while len(large_house.wrapped_by()) < 2 and time.monotonic() < deadline:
        time.sleep(0.002)
    running.send_signal(signal.SIGKILL)
    running.communicate()
    halfway = large_house.wrapped_by()
    assert set(halfway) == {"k1", "k2"}, "it was over before it could be killed"
    # Nothing is lost in between, and what is sealed now is under the new key.
    assert large_house.everything_reads()
    large_house.rows[None].append(large_house.seal(None))
    assert large_house.wrapped_by()["k2"] == halfway["k2"] + 1

    again = large_house.rotate("--forget-old")
    assert "resumed" in again
    assert "key" not in again
    assert again["wrapped"]["count"] == halfway["k1"]
    assert again["forgotten"]["keys"] == ["k1"]
    assert set(large_house.wrapped_by()) == set(large_house.content["keys"]) == {"k2"}
    assert large_house.everything_reads()


def test_the_key_file_stays_private_and_keeps_the_index(house):
    before = house.content
    house.rotate()
    assert house.file.stat().st_mode & 0o777 == keys.PRIVATE_FILE
    assert house.content["index"] == before["index"]
    assert house.content["keys"]["k1"] == before["keys"]["k1"]
    assert sorted(path.name for path in house.file.parent.iterdir()) == ["secret", "vault.json"]


def test_old_keys_stay_while_somebody_may_hold_one(house):
    """A transaction that began before the key changed may still seal under the old one: forgetting waits for its end."""
    began, end = threading.Event(), threading.Event()

    def long_story() -> None:
        try:
            with circle_scope():
                store.key_ring()
                began.set()
                end.wait(60)
        finally:
            connections.close_all()

    thread = threading.Thread(target=long_story)
    thread.start()
    began.wait(30)
    running = house.start("--forget-old")
    deadline = time.monotonic() + 60
    while set(house.wrapped_by()) != {"k2"} and time.monotonic() < deadline:
        time.sleep(0.05)
    time.sleep(3)
    waited = set(house.content["keys"])
    end.set()
    thread.join()
    assert running.communicate(timeout=60)[1] == ""
    assert (waited, set(house.content["keys"])) == ({"k1", "k2"}, {"k2"})


def test_only_one_rotation_at_a_time(house):
    from taawun.house.commands.rotate import LOCK

    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_lock(%s)", [LOCK])
        running = house.start()
        _out, err = running.communicate(timeout=60)
        cursor.execute("SELECT pg_advisory_unlock(%s)", [LOCK])
    assert running.returncode == 1
    assert err == "taawun: Another rotation is at work on this database: wait until it has finished.\n"
    assert house.content["active"] == "k1"


def test_data_keys_under_a_key_that_was_lost_are_told_of(house):
    house.rotate()
    with circle_scope():
        lost = DataKey.objects.filter(circle_id=None)[:3]
        DataKey.objects.filter(pk__in=[one.pk for one in lost]).update(key_id="k0")
    running = house.start()
    out, _err = running.communicate(timeout=60)
    assert running.returncode == 1
    assert "3 data keys are under k0, which the key file does not hold" in out
    # They are passed over, not stumbled upon: the others are under the new key.
    assert house.wrapped_by() == {"k0": 3, "k3": FEW + OUTSIDE - 3}


def test_a_missing_key_file_is_not_replaced_by_an_empty_one(house):
    house.file.unlink()
    running = house.start()
    _out, err = running.communicate(timeout=60)
    assert running.returncode == 1
    assert err.startswith("taawun: There is no key file") and "backup" in err
    assert not house.file.exists()


def test_a_damaged_key_file_is_not_made_worse(house):
    house.file.write_text('{"active": "k1"}')
    running = house.start()
    _out, err = running.communicate(timeout=60)
    assert running.returncode == 1
    assert "is damaged: put it back from your backup" in err
    assert house.file.read_text() == '{"active": "k1"}'
