"""Backups, by doing it: a house is filled, backed up, destroyed and brought back elsewhere; and what may go wrong on the way."""

import json
import os
import subprocess
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from taawun.house import database
from taawun.house.backup import keeping, recovery, sealing
from taawun.house.config import load_config
from taawun.house.trouble import Trouble

NOW = datetime(2026, 5, 18, 9, 0, tzinfo=UTC)
CHECKOUT = Path(__file__).parents[2]


class House:
    """A data folder with an embedded database of its own, and the one command for it."""

    def __init__(self, data: Path) -> None:
        self.data = data
        kept = {
            name: text for name, text in os.environ.items() if not name.startswith("TAAWUN_") and name != "DATABASE_URL"
        }
        self.env = kept | {
            "TAAWUN_DATA": str(data), "DJANGO_SETTINGS_MODULE": "taawun.house.settings",
            "PYTHONPATH": os.pathsep.join([str(CHECKOUT), str(CHECKOUT / "src")]),
        }  # fmt: skip

    def do(self, *arguments: str, typed: str = "") -> "subprocess.CompletedProcess[str]":
        command = [sys.executable, "-m", "taawun.house.commands", *arguments]
        return subprocess.run(command, env=self.env, input=typed, capture_output=True, text=True, check=False)

    def town(self, verb: str) -> dict[str, str]:
        with database.running(load_config(environ=self.env)) as url:
            done = subprocess.run(
                [sys.executable, "-m", "tests.house.small_town", verb], env=self.env | {"TAAWUN_DATABASE_URL": url},
                capture_output=True, text=True, check=False,
            )  # fmt: skip
        assert done.returncode == 0, done.stderr
        return dict(json.loads(done.stdout))


@pytest.fixture(scope="module")
def filled(tmp_path_factory: pytest.TempPathFactory) -> tuple[House, dict[str, str], Path, str]:
    """A filled house, what is in it, a backup of it, and the recovery code."""
    folder = tmp_path_factory.mktemp("backups")
    folder.chmod(0o711)
    house = House(folder / "data")
    known = house.town("fill")
    (house.data / "lexicons").mkdir()
    (house.data / "lexicons" / "own.toml").write_text("# ours\n")
    made = house.do("backup", "--json", str(folder / "one.backup"))
    assert made.returncode == 0, made.stderr
    lines = [json.loads(line) for line in made.stdout.splitlines()]
    code = next(line["code"] for line in lines if line["event"] == "recovery_code")
    assert next(line for line in lines if line["event"] == "backup")["circles"] == 1
    return house, known, folder / "one.backup", code


def test_what_was_backed_up_comes_back_elsewhere(filled, tmp_path) -> None:
    _house, known, backup, code = filled
    tmp_path.chmod(0o711)
    elsewhere = House(tmp_path / "new")
    back = elsewhere.do("restore", str(backup), typed=code.lower().replace("-", " ") + "\n")
    assert back.returncode == 0, back.stderr + back.stdout
    assert "Back in" in back.stdout
    assert elsewhere.town("look") == {**known, "path": None}
    assert (tmp_path / "new" / "lexicons" / "own.toml").read_text() == "# ours\n"
    assert elsewhere.do("verify").returncode == 0
    # What is there is not written over unless that is asked for, and then it is moved aside.
    again = elsewhere.do("restore", str(backup), typed=code)
    assert again.returncode == 1 and "already holds an installation" in again.stderr
    over = elsewhere.do("restore", str(backup), "--over", typed=code)
    assert over.returncode == 0 and len(list(tmp_path.glob("new.before-*"))) == 1


def test_a_rehearsal_changes_nothing_and_is_noted(filled) -> None:
    house, known, backup, code = filled
    before = keeping.state_of(load_config(environ=house.env)).rehearsed_at
    done = house.do("restore", "--check", str(backup), typed=code)
    assert done.returncode == 0, done.stderr
    assert "can be brought back" in done.stdout
    assert before is None and keeping.state_of(load_config(environ=house.env)).rehearsed_at is not None
    assert house.town("look")["door"] == known["door"]
    assert not list(house.data.parent.glob(".*restoring*"))


def test_a_backup_holds_nothing_readable(filled) -> None:
    house, known, backup, code = filled
    content = backup.read_bytes()
    for text in (known["slug"], "Yusuf", "PGDMP", code, (house.data / "keys" / "secret").read_text().strip()):
        assert text.encode() not in content
    assert backup.stat().st_mode & 0o077 == 0


def test_a_backup_is_refused_that_is_not_whole(filled, tmp_path) -> None:
    _house, _known, backup, code = filled
    content = backup.read_bytes()
    broken = {
        "changed in the middle": content[: len(content) // 2] + bytes([content[len(content) // 2] ^ 1]) + content[len(content) // 2 + 1 :],
        "changed at the end": content[:-1] + bytes([content[-1] ^ 1]),
        "cut short": content[: -len(content) // 3],
        "longer": content + b"more",
    }  # fmt: skip
    for name, wrong in broken.items():
        file = tmp_path / "wrong.backup"
        file.write_bytes(wrong)
        done = House(tmp_path / "new").do("restore", str(file), typed=code)
        assert done.returncode == 1 and "damaged" in done.stderr, (name, done.stderr)
        assert [path.name for path in tmp_path.iterdir()] == ["wrong.backup"], name


def test_what_cannot_be_restored_is_said_in_one_sentence(filled, tmp_path) -> None:
    _house, _known, backup, code = filled
    new = House(tmp_path / "new")
    (tmp_path / "text.backup").write_text("hello")
    other = recovery.new_code(tmp_path / "other")
    cases = [
        ((str(tmp_path / "text.backup"),), code, "is not a backup of Taawun"),
        ((str(tmp_path / "none.backup"),), code, "There is no file"),
        ((str(tmp_path),), code, "is a folder"),
        ((str(backup),), other, "does not open with this recovery code"),
        ((str(backup),), code[:-1] + ("0" if code[-1] != "0" else "1"), "has a mistake in it"),
        ((str(backup),), code[:-5], "type all of it"),
        ((str(backup),), "", "is needed"),
    ]
    for arguments, typed, sentence in cases:
        done = new.do("restore", *arguments, typed=typed)
        assert done.returncode == 1 and sentence in done.stderr, (sentence, done.stderr)
        assert len(done.stderr.splitlines()) == 1
    assert not new.data.exists()


def test_a_backup_of_a_newer_taawun_is_refused(filled, tmp_path, monkeypatch) -> None:
    from taawun.house.backup import restoring

    about = {"format": 1, "version": "9.9", "postgres": 18, "migrations": ["aid.0001_initial"]}
    restoring.check_version(about)
    for change in ({"format": 2}, {"postgres": 99}, {"migrations": ["aid.9999_from_the_future"]}):
        with pytest.raises(Trouble, match="newer than this one"):
            restoring.check_version(about | change)


def test_one_a_day_is_made_and_old_ones_go(tmp_path) -> None:
    config = load_config(
        environ={"TAAWUN_DATA": str(tmp_path / "data"), "TAAWUN_BACKUP_FOLDER": str(tmp_path / "disk")}
    )
    assert not keeping.state_of(config).is_due(NOW)
    recovery.new_code(config.data)
    assert keeping.state_of(config).is_due(NOW) and keeping.state_of(config).is_late(NOW)
    (tmp_path / "disk").mkdir()
    for day in range(60):
        stamp = NOW - timedelta(days=day)
        (tmp_path / "disk" / f"taawun-{stamp:%Y%m%d-%H%M%S}.backup").write_bytes(b"x")
    (tmp_path / "disk" / "taawun-mine.backup").write_bytes(b"x")
    assert not keeping.state_of(config).is_due(NOW) and not keeping.state_of(config).is_late(NOW)
    keeping.prune(config, now=NOW)
    left = sorted(path.name for path in (tmp_path / "disk").iterdir())
    # Seven days, and the last day of each of the three weeks before this one that the days do not reach.
    assert len(left) == 7 + 3 - 1 + 1 and "taawun-mine.backup" in left
    assert keeping.prune(config, now=NOW + timedelta(days=40)) and not keeping.state_of(config).count


def test_a_stream_opens_whole_or_not_at_all(tmp_path) -> None:
    code = recovery.new_code(tmp_path)
    public = recovery.public_key(tmp_path)
    assert public is not None
    size = sealing.PIECE_BYTES
    for length in (0, 1, size - 1, size, size + 1, 3 * size):
        with (tmp_path / "stream").open("wb") as file:
            sealer = sealing.Sealer(file, public)
            sealer.write(b"a" * length)
            sealer.finish()
        with (tmp_path / "stream").open("rb") as file:
            assert b"".join(sealing.opened(file, recovery.read(code))) == b"a" * length
    # Whole pieces cut off at the end leave no last mark.
    content = (tmp_path / "stream").read_bytes()
    (tmp_path / "stream").write_bytes(content[: sealing.HEADER_BYTES + size + 16])
    with (tmp_path / "stream").open("rb") as file, pytest.raises(sealing.Unreadable):
        list(sealing.opened(file, recovery.read(code)))


def test_a_destination_that_cannot_be_written_leaves_nothing_half_made(filled, tmp_path) -> None:
    house, _known, backup, _code = filled
    there = house.do("backup", str(backup))
    assert there.returncode == 1 and "is there already" in there.stderr
    nowhere = house.do("backup", str(tmp_path / "no" / "folder.backup"))
    assert nowhere.returncode == 1 and "There is no folder" in nowhere.stderr
    assert not list(backup.parent.glob("*.unfinished"))
