"""A stolen disk, a stolen dump, a published journal: what was sealed is in none of them."""

import secrets
import subprocess
from collections.abc import Iterator
from io import StringIO
from pathlib import Path
from urllib.parse import quote

import psycopg
import pytest
from django.db import connection

from taawun.community.people import actions as people
from taawun.ground.journal.proof import export_circle
from taawun.ground.values.scope import circle_scope
from taawun.house.database import SUPERUSER, program
from taawun.practice.aid import access
from taawun.practice.aid import actions as aid
from taawun.practice.aid.actions import IntentDraft, Private
from taawun.practice.aid.actions.agreeing import Reach
from tests.world import NOW, make_world


@pytest.fixture
def superuser() -> Iterator[str]:
    """How the superuser of the embedded PostgreSQL reaches the database of the tests."""
    found = connection.settings_dict
    url = f"postgresql://{SUPERUSER}@/{found['NAME']}?host={quote(str(found['HOST']), safe='')}"
    try:
        psycopg.connect(url, connect_timeout=5).close()
    except psycopg.Error:
        pytest.skip("this database is not the embedded one, so its files and its superuser are out of reach")
    yield url


def test_no_canary_is_found_in_files_dump_or_journal(committed_db, superuser):
    canary = {
        name: f"canary{secrets.token_hex(8)}"
        for name in ("name", "door", "details", "mail", "giver_door", "public_name", "public_door", "public_details")
    }
    phones = {"phone": f"+4479494{secrets.randbelow(10**5):05}", "giver_phone": f"+4479495{secrets.randbelow(10**5):05}"}
    with circle_scope():
        world = make_world()
        world.join("Yusuf")
        world.join("Zeynep")
        people.add_contact(world.accounts["Yusuf"], f"{canary['mail']}@example.org", "GB", now=NOW, verified=True)
        private = Private(
            name=canary["name"], reach=phones["phone"], door=canary["door"], details=canary["details"]
        )
        draft = IntentDraft(direction="request", kind="food.cooked_meal", quantity=2, urgency=3, private=private)
        need = aid.post(world.actor("Yusuf"), draft, now=NOW)
        reach = Reach(phone=phones["giver_phone"], door=canary["giver_door"])
        aid.claim(world.actor("Zeynep"), need.id, reach=reach, now=NOW)
        filed = Private(
            name=canary["public_name"], reach="ring at the bakery", door=canary["public_door"],
            details=canary["public_details"],
        )  # fmt: skip
        aid.post_without_account(
            world.circle, IntentDraft("request", "food.cooked_meal", 1, 3, private=filed), visitor="::1", now=NOW
        )
        # Looked at once, so that the canaries are known to be in the vault and a look is in the journal.
        opened = access.details_for_coordinator(world.actor("Amina"), need.id, "she called back", now=NOW)
    assert opened["door"] == canary["door"]
    wanted = [text.encode() for text in (*canary.values(), *phones.values(), *(one[3:] for one in phones.values()))]
    # The other way round: what is written for everybody must be found, or the search itself is blind.
    control = world.circle.slug.encode()

    with psycopg.connect(superuser, autocommit=True) as root:
        root.execute("CHECKPOINT")
        row = root.execute("SHOW data_directory").fetchone()
        assert row is not None
    found: dict[bytes, list[str]] = {}
    for path in Path(row[0]).rglob("*"):
        content = path.read_bytes() if path.is_file() else b""
        for name in [*wanted, control]:
            if name in content:
                found.setdefault(name, []).append(path.name)
    assert list(found) == [control]

    dump = subprocess.run(
        [str(program("pg_dump")), f"--dbname={superuser}"], capture_output=True, check=True, timeout=60
    ).stdout
    assert control in dump
    assert [name for name in wanted if name in dump] == []

    journal = StringIO()
    with circle_scope(world.circle.id):
        assert export_circle(world.circle.id, journal)
    assert "vault.revealed" in journal.getvalue()
    assert [name for name in wanted if name.decode() in journal.getvalue()] == []

