"""The data folder: fit for use or refused, and never used by two at once."""

import shutil
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from taawun.house import folder, processes
from taawun.house.trouble import Trouble


def test_a_missing_folder_is_made(tmp_path: Path) -> None:
    folder.check(tmp_path / "deep" / "data")
    assert (tmp_path / "deep" / "data").is_dir()
    assert list((tmp_path / "deep" / "data").iterdir()) == []


@pytest.mark.parametrize("below", ["", "data"])
def test_a_file_in_its_place_is_refused(tmp_path: Path, below: str) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(Trouble, match=r"file is a file: choose another folder with --data"):
        folder.check(tmp_path / "file" / below)


def test_too_little_room_is_refused_before_anything_is_made(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(folder, "FREE_BYTES_NEEDED", shutil.disk_usage(tmp_path).free + 10**12)
    with pytest.raises(Trouble, match=r"The disk is full .* free some space"):
        folder.check(tmp_path)


def test_a_second_claim_is_refused_and_told_who_holds_the_first(tmp_path: Path) -> None:
    with folder.claimed(tmp_path) as claim:
        claim.describe(address="http://here:1")
        assert folder.is_claimed(tmp_path)
        with pytest.raises(Trouble, match=r"already runs on .*http://here:1"), folder.claimed(tmp_path):
            pass
    assert not folder.is_claimed(tmp_path)
    with folder.claimed(tmp_path):
        pass


def test_what_a_crash_left_running_is_ended_and_strangers_are_let_be(tmp_path: Path) -> None:
    orphan, stranger = (subprocess.Popen([sys.executable, "-c", "import time; time.sleep(60)"]) for _ in range(2))
    try:
        with folder.claimed(tmp_path) as claim:
            claim.note_children([orphan.pid])
            assert claim.clear_orphans() == 1
            assert orphan.wait(1) == -signal.SIGTERM
            # The same id with another moment of birth is somebody else's process.
            (tmp_path / folder.CHILDREN_FILE).write_text(f'[[{stranger.pid}, "another time"]]')
            assert claim.clear_orphans() == 0
            assert stranger.poll() is None
    finally:
        for process in (orphan, stranger):
            process.kill()
            process.wait()


def test_damaged_notes_about_children_are_no_obstacle(tmp_path: Path) -> None:
    with folder.claimed(tmp_path) as claim:
        for text in ("", "{", '{"a": 1}', "[1]", '[["x", "y"]]'):
            (tmp_path / folder.CHILDREN_FILE).write_text(text)
            assert claim.clear_orphans() == 0


def test_a_process_is_known_by_its_birth() -> None:
    with subprocess.Popen([sys.executable, "-c", "input()"], stdin=subprocess.PIPE) as process:
        born = processes.birth(process.pid)
        assert born
        assert processes.is_same(process.pid, born)
        assert not processes.is_same(process.pid, born + "1")
        process.kill()
    assert processes.birth(process.pid) == ""
