"""`./taawun verify` against real tampering: whatever the superuser of the database changes behind our back is found."""

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from io import StringIO
from pathlib import Path
from typing import Any
from urllib.parse import quote

import psycopg
import pytest
from django.db import connection

from taawun.ground.journal import record
from taawun.ground.journal.proof import export_circle
from taawun.ground.values.ids import new_id
from taawun.ground.values.scope import circle_scope
from taawun.house.commands.__main__ import main as one_command
from taawun.house.database import SUPERUSER
from tests.world import NOW, World, make_world

ENTRIES = 12


class Verified:
    """What a run of the command said."""

    def __init__(self, code: int, out: str, err: str) -> None:
        self.code, self.out, self.err = code, out, err
        self.lines = [json.loads(line) for line in out.splitlines() if line.startswith("{")]

    def faults(self) -> list[tuple[Any, str]]:
        return [(line.get("entry"), line["what"]) for line in self.lines if line["event"] == "fault"]

    def head(self, circle: str) -> str:
        return next(line["head"] for line in self.lines if line["event"] == "chain" and line["circle"] == circle)


def verify(*arguments: str, **environment: str) -> Verified:
    done = subprocess.run(
        [sys.executable, "-m", "taawun.house.commands", "verify", "--json", *arguments],
        capture_output=True, text=True, check=False, timeout=60, env={**os.environ, **environment},
    )  # fmt: skip
    return Verified(done.returncode, done.stdout, done.stderr)


@pytest.fixture
def db(committed_db: None) -> None:
    """Every test here commits, because the command looks from outside."""


@pytest.fixture
def told(db: None) -> Iterator[tuple[World, World]]:
    """Two circles with a dozen entries each, committed."""
    with circle_scope():
        worlds = make_world(), make_world("Hillside", founder="Omar")
        for world in worlds:
            world.open()
            for number in range(ENTRIES - 1):
                record.append(
                    world.circle.id, "intent.posted", actor_id=new_id(), subject_id=new_id(), data={"n": number}, now=NOW
                )
    yield worlds


Check = Callable[..., Verified]


@pytest.fixture
def check(told: tuple[World, World], capsys, monkeypatch) -> Check:
    """Runs the command on the database of the tests; in this process, since it is run so often here."""
    found = connection.settings_dict
    url = f"postgresql://{found['USER']}:{found['PASSWORD']}@/{found['NAME']}?host={quote(str(found['HOST']), safe='')}"
    monkeypatch.setenv("TAAWUN_DATABASE_URL", url)
    monkeypatch.setenv("TAAWUN_DATA", os.environ.get("TAAWUN_DATA", ""))

    def run(*arguments: str) -> Verified:
        capsys.readouterr()
        code = one_command(["verify", "--json", *arguments])
        return Verified(code, *capsys.readouterr())

    return run


@pytest.fixture
def tamper(told: tuple[World, World]) -> Callable[..., None]:
    """Runs statements as the superuser, who is bound by no policy, with the triggers switched off."""
    found = connection.settings_dict
    url = f"postgresql://{SUPERUSER}@/{found['NAME']}?host={quote(str(found['HOST']), safe='')}"
    try:
        psycopg.connect(url, connect_timeout=5).close()
    except psycopg.Error:
        pytest.skip("the superuser of this database is out of reach")
    circle = told[0].circle.id

    def run(*statements: str) -> None:
        with psycopg.connect(url) as root:
            root.execute("SET session_replication_role = replica")
            for statement in statements:
                assert root.execute(statement.replace("THIS", f"circle_id = '{circle}'")).rowcount > 0  # type: ignore[arg-type]

    return run


def test_an_untouched_record_is_whole(check, told):
    verified = check()
    assert (verified.code, verified.err, verified.faults()) == (0, "", [])
    chains = [line for line in verified.lines if line["event"] == "chain"]
    assert {line["circle"] for line in chains} == {str(world.circle.id) for world in told}
    assert [line["count"] for line in chains] == [ENTRIES, ENTRIES]
    assert verified.lines[-1] == {
        "event": "result", "text": f"2 chains, {2 * ENTRIES} entries: nothing was changed.", "faults": 0,
        "entries": 2 * ENTRIES,
    }  # fmt: skip


@pytest.mark.parametrize(
    ("statements", "faults"),
    [
        pytest.param(
            ["UPDATE journal_entry SET body = replace(body, '\"n\":3', '\"n\":4') WHERE seq = 5 AND THIS"],
            [(5, "its text does not give its hash: it was edited")],
            id="the text of an entry",
        ),
        pytest.param(
            ["UPDATE journal_entry SET actor_id = gen_random_uuid() WHERE seq = 5 AND THIS"],
            [(5, "its column actor_id differs from what was hashed")],
            id="a column beside the text",
        ),
        pytest.param(
            ["UPDATE journal_entry SET recorded_at = recorded_at + '1 us' WHERE seq = 5 AND THIS"],
            [(5, "its column recorded_at differs from what was hashed")],
            id="a moment by a millionth of a second",
        ),
        pytest.param(
            ["UPDATE journal_entry SET audience = 3 WHERE seq = 5 AND THIS"],
            [(5, "its column audience differs from what was hashed")],
            id="who may be told",
        ),
        pytest.param(
            ["DELETE FROM journal_entry WHERE seq = 5 AND THIS"], [(5, "entry 5 is missing")], id="an entry in the middle"
        ),
        pytest.param(
            ["DELETE FROM journal_entry WHERE seq <= 3 AND THIS"], [(1, "entries 1 to 3 are missing")], id="the beginning"
        ),
        pytest.param(
            [
                "DELETE FROM journal_entry WHERE seq = 5 AND THIS",
                "UPDATE journal_entry SET seq = seq + 100 WHERE seq > 5 AND THIS",
                "UPDATE journal_entry SET seq = seq - 101 WHERE seq > 5 AND THIS",
                "UPDATE journal_head SET seq = seq - 1 WHERE THIS",
            ],
            [
                (5, "does not follow from the entry before it"),
                *[(place, "its text does not give its hash: it was edited") for place in range(5, ENTRIES)],
            ],
            id="an entry, with the others moved up",
        ),
        pytest.param(
            ["DELETE FROM journal_entry WHERE seq > 9 AND THIS"],
            [(ENTRIES, "the newest entries are missing or the head was edited")],
            id="the tail alone",
        ),
        pytest.param(
            ["DELETE FROM journal_entry WHERE seq > 9 AND THIS", "DELETE FROM journal_head WHERE THIS"],
            [(9, "the head of the chain is missing")],
            id="the tail with the head",
        ),
        pytest.param(
            ["UPDATE journal_head SET seq = 9 WHERE THIS"],
            [(9, "the newest entries are missing or the head was edited")],
            id="the head alone",
        ),
        pytest.param(
            ["DELETE FROM journal_entry WHERE THIS"],
            [(ENTRIES, "the newest entries are missing or the head was edited")],
            id="everything but the head",
        ),
        pytest.param(
            [
                "UPDATE journal_entry SET seq = -4 WHERE seq = 4 AND THIS",
                "UPDATE journal_entry SET seq = 4 WHERE seq = 7 AND THIS",
                "UPDATE journal_entry SET seq = 7 WHERE seq = -4 AND THIS",
            ],
            [
                (4, "does not follow from the entry before it"),
                (4, "its text does not give its hash: it was edited"),
                (5, "does not follow from the entry before it"),
                (7, "does not follow from the entry before it"),
                (7, "its text does not give its hash: it was edited"),
                (8, "does not follow from the entry before it"),
            ],
            id="two entries that changed places",
        ),
        pytest.param(
            [
                "UPDATE journal_entry SET body = replace(body, '\"n\":3', '\"n\":4') WHERE seq = 5 AND THIS",
                "UPDATE journal_entry SET hash = sha256(previous_hash || int8send(seq) || convert_to(body, 'UTF8')) WHERE seq = 5 AND THIS",
            ],
            [(6, "does not follow from the entry before it")],
            id="an entry with its own hash made right",
        ),
    ],
)  # fmt: skip
def test_tampering_is_found_and_named(check, told, tamper, statements, faults):
    tamper(*statements)
    verified = check()
    assert verified.code == 1
    assert verified.faults() == faults
    # It says which circle, and the other one is not suspected.
    wrong = {line["circle"] for line in verified.lines if line["event"] == "fault"}
    assert wrong == {str(told[0].circle.id)}


def test_a_tail_cut_off_with_a_head_to_match_is_only_found_by_the_hash_written_down(check, told, tamper):
    """Such a chain is whole in itself, only shorter: nothing in the database can tell. The record page shows the hash for this."""
    written_down = check("--circle", told[0].circle.slug).head(str(told[0].circle.id))
    assert check("--expect", written_down).code == 0
    tamper(
        "DELETE FROM journal_entry WHERE seq > 9 AND THIS",
        "UPDATE journal_head SET seq = 9, hash = (SELECT hash FROM journal_entry AS e WHERE e.seq = 9"
        " AND e.circle_id = journal_head.circle_id) WHERE THIS",
    )
    assert check().code == 0
    expecting = check("--expect", written_down)
    assert expecting.code == 1
    assert expecting.faults() == [(None, "the expected hash is not the last one")]


@pytest.fixture
def export(told: tuple[World, World], tmp_path: Path) -> Path:
    out = StringIO()
    with circle_scope(told[0].circle.id):
        export_circle(told[0].circle.id, out)
    path = tmp_path / "record.jsonl"
    path.write_text(out.getvalue(), encoding="utf-8")
    return path


def offline(path: Path, *arguments: str) -> Verified:
    """Without a database, without settings, and without a data folder: as somebody who was only sent the file."""
    nowhere = {"TAAWUN_DATA": "/nonexistent", "TAAWUN_DATABASE_URL": "", "DATABASE_URL": "", "DJANGO_SETTINGS_MODULE": ""}
    return verify(str(path), *arguments, **nowhere)


def test_an_export_is_verified_by_anyone(check, told, export):
    head = check().head(str(told[0].circle.id))
    verified = offline(export, "--expect", head)
    assert (verified.code, verified.err) == (0, "")
    assert [line["count"] for line in verified.lines if line["event"] == "chain"] == [ENTRIES]
    assert offline(export, "--expect", "0" * 64).code == 1


def test_the_offline_proof_needs_neither_django_nor_a_database_driver(export):
    code = (
        "import sys; from taawun.house.commands.verify import main; code = main([sys.argv[1]]);"
        "assert not {'django', 'psycopg'} & set(sys.modules); sys.exit(code)"
    )
    done = subprocess.run([sys.executable, "-c", code, str(export)], capture_output=True, text=True, check=False)
    assert (done.returncode, done.stderr) == (0, "")
    assert "nothing was changed" in done.stdout


@pytest.mark.parametrize(
    ("spoil", "faults"),
    [
        (lambda lines: [line.replace('\\"n\\":3', '\\"n\\":4') for line in lines],
         [(5, "its text does not give its hash: it was edited")]),
        (lambda lines: lines[:4] + lines[5:], [(5, "entry 5 is missing")]),
        (lambda lines: [*lines[:4], "not an entry", *lines[4:]], [(5, "line 5 is not a journal entry")]),
        (lambda lines: [*lines[:5], *lines[4:]],
         [(5, "stands where another entry belongs")]),
    ],
)  # fmt: skip
def test_an_edited_export_is_found_out(export, spoil, faults):
    export.write_text("\n".join(spoil(export.read_text().splitlines())) + "\n")
    verified = offline(export)
    assert (verified.code, verified.faults()) == (1, faults)


def test_what_is_no_export_gets_one_clear_sentence(tmp_path):
    missing, empty, binary = tmp_path / "missing.jsonl", tmp_path / "empty.jsonl", tmp_path / "binary.jsonl"
    empty.write_text("\n\n")
    shutil.copy(sys.executable, binary)
    for path, sentence in [
        (missing, "There is no file"), (tmp_path, "is a folder"), (empty, "is empty")
    ]:  # fmt: skip
        verified = offline(path)
        assert (verified.code, sentence in verified.err, verified.err.count("\n")) == (1, True, 1)
    assert "line 1 is not a journal entry" in offline(binary).out


def test_a_file_wrong_in_every_line_is_told_in_twenty(tmp_path):
    wrong = tmp_path / "wrong.jsonl"
    wrong.write_text("no entry\n" * 50)
    said = offline(wrong)
    assert said.code == 1
    assert [entry for entry, _what in said.faults()] == list(range(1, 21))
    assert [line["more"] for line in said.lines if line["event"] == "more"] == [30]


def test_wrong_arguments_are_refused_with_what_would_be_right(check, export, told):
    assert "64 hexadecimal digits" in check("--expect", "abc").err
    assert "There is no circle called nowhere here: " in check("--circle", "nowhere").err
    assert "--circle is for the database" in offline(export, "--circle", told[0].circle.slug).err
