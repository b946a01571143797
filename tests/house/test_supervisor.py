"""Keeping processes alive and stopping them, with real processes."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from taawun.house import folder, processes
from taawun.house.say import Say
from taawun.house.supervisor import Child, Stopped, Supervisor

POLITE = ((signal.SIGTERM, 2.0), (signal.SIGKILL, 1.0))


@pytest.fixture
def supervisor(tmp_path: Path) -> Iterator[Supervisor]:
    before = {number: signal.getsignal(number) for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)}
    with folder.claimed(tmp_path) as claim, Supervisor(Say(), claim) as made:
        yield made
    for number, handler in before.items():
        signal.signal(number, handler)


def child(name: str, code: str) -> Child:
    return Child(name, lambda: processes.start([sys.executable, "-u", "-c", code], env=os.environ), POLITE)


def test_what_a_child_prints_is_passed_on_with_its_name(
    supervisor: Supervisor, capfd: pytest.CaptureFixture[str]
) -> None:
    talker = child("talker", "import sys; print('one'); sys.stderr.write('two'); print('\\xff')")
    assert supervisor.run(talker) == 0
    assert capfd.readouterr().out.splitlines() == ["talker | one", "talker | two\xff"]


def test_a_child_that_repeats_itself_is_heard_once(supervisor: Supervisor, capfd: pytest.CaptureFixture[str]) -> None:
    supervisor.run(
        child("worker", "for _ in range(50): print('no database'); print('  is it running?')\nprint('there it is')")
    )
    assert capfd.readouterr().out.splitlines() == [
        "worker | no database",
        "worker |   is it running?",
        "worker | there it is",
    ]


def test_a_line_without_end_does_not_fill_the_memory(supervisor: Supervisor) -> None:
    flood = child("flood", "print('x' * 3_000_000, end='')")
    assert supervisor.run(flood) == 0
    assert max(len(line) for line in flood.tail) < 200_000


def test_a_killed_child_is_started_again_and_a_line_says_so(
    supervisor: Supervisor, capfd: pytest.CaptureFixture[str]
) -> None:
    sleeper = child("web", "import time; time.sleep(60)")
    supervisor.add(sleeper)
    assert sleeper.process is not None
    first = sleeper.process.pid
    os.kill(first, signal.SIGKILL)
    assert supervisor.wait_until(
        lambda: sleeper.alive and sleeper.process is not None and sleeper.process.pid != first, 5
    )
    assert "web was ended by signal 9; starting it again in 0.5 s" in capfd.readouterr().out


def test_the_pause_grows_with_each_death(supervisor: Supervisor, capfd: pytest.CaptureFixture[str]) -> None:
    supervisor.add(broken := child("broken", "raise SystemExit(3)"))
    assert supervisor.wait_until(lambda: broken.deaths == 3, 10)
    said = [line for line in capfd.readouterr().out.splitlines() if "ended with code 3" in line]
    assert [line.rsplit(" in ", 1)[1] for line in said] == ["0.5 s", "1 s", "2 s"]


def test_stopping_is_in_order_and_a_deaf_child_is_killed(supervisor: Supervisor) -> None:
    ended: list[str] = []
    report = (
        "import signal, sys, time; signal.signal(signal.SIGTERM, lambda *_: sys.exit(0)); print('up'); time.sleep(60)"
    )
    deaf = "import signal, time; signal.signal(signal.SIGTERM, signal.SIG_IGN); print('up'); time.sleep(60)"
    database = Child("database", child("", report).start, POLITE, stops_last=True)
    others = [child("web", report), child("worker", deaf)]
    for each in (database, *others):
        supervisor.add(each)
    running = [each.process for each in (database, *others)]
    assert supervisor.wait_until(lambda: all(each.tail for each in (database, *others)), 5)

    original = supervisor._end

    def noting(children: list[Child]) -> None:
        ended.extend(each.name for each in children)
        original(children)

    supervisor._end = noting  # type: ignore[method-assign]
    began = time.monotonic()
    supervisor.stop()
    assert time.monotonic() - began < 4
    assert ended == ["web", "worker", "database"]
    assert [process.returncode for process in running if process] == [0, 0, -signal.SIGKILL]


def test_a_signal_ends_any_wait_at_once(supervisor: Supervisor) -> None:
    helper = subprocess.Popen([sys.executable, "-c", f"import os, time; time.sleep(0.3); os.kill({os.getpid()}, 15)"])
    began = time.monotonic()
    with pytest.raises(Stopped):
        supervisor.run(child("long", "import time; time.sleep(60)"))
    assert time.monotonic() - began < 3
    helper.wait()


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux ends a child with its parent")
def test_children_end_when_their_parent_is_killed(tmp_path: Path) -> None:
    note = tmp_path / "child"
    code = (
        "import os, sys, pathlib; from taawun.house import processes\n"
        "made = processes.start([sys.executable, '-c', 'import time; time.sleep(60)'], env=os.environ)\n"
        f"pathlib.Path({str(note)!r}).write_text(f'{{made.pid}} {{processes.birth(made.pid)}}')\n"
        "made.wait()"
    )
    with subprocess.Popen([sys.executable, "-c", code]) as parent:
        assert processes.wait_until(lambda: note.exists() and " " in note.read_text(), 10)
        pid, born = note.read_text().split()
        parent.kill()
    assert processes.wait_until(lambda: not processes.is_same(int(pid), born), 3)
