"""`./taawun rotate`: gives the vault a new master key while people go on working.

The new key goes into the key file beside the old ones, then every data key is wrapped anew, circle by circle. Whatever
happens in between, both keys are there, so nothing is unreadable for a moment; a run that was cut short is taken up by the
next. The old keys stay in the file until `--forget-old`, because backups made before still need them.
"""

from __future__ import annotations

import argparse
import base64
import json
import os
import secrets
import time
import uuid
from pathlib import Path
from typing import TYPE_CHECKING, Any

from taawun.house import keys
from taawun.house.config import Config, load_config
from taawun.house.say import Say
from taawun.house.trouble import Trouble

if TYPE_CHECKING:
    from taawun.ground.vault.cipher import KeyRing

BATCH_SIZE = 500
WAIT_SECONDS = 60.0
LOCK = 0x7661756C74
# A value that is being sealed outside a transaction holds its key in hand for some milliseconds.
GRACE_SECONDS = 2.0


def main(arguments: list[str]) -> int:
    parser = argparse.ArgumentParser(
        prog="./taawun rotate", description="Gives the vault a new master key while people go on working."
    )
    parser.add_argument("--forget-old", action="store_true", help="remove old keys afterwards; older backups then stay shut")
    parser.add_argument("--data", help="the data folder (./data)")
    parser.add_argument("--json", action="store_true", help="print one JSON object a line")
    given = parser.parse_args(arguments)
    from taawun.house import database

    config = load_config(data=given.data)
    if not _key_file(config).exists():
        raise Trouble(f"There is no key file {_key_file(config)}: put it back from your backup, or give the data folder with --data.")
    keys.check_vault_file(_key_file(config))
    database.require(config)
    os.environ["TAAWUN_DATA"] = str(config.data)
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "taawun.house.settings")
    say = Say(given.json)
    with database.running(config):
        import django

        django.setup()
        from django.db import connection

        try:
            with connection.cursor() as cursor:
                cursor.execute("SELECT pg_try_advisory_lock(%s)", [LOCK])
                if cursor.fetchone() != (True,):
                    raise Trouble("Another rotation is at work on this database: wait until it has finished.")
            return rotate(config, say, forget_old=given.forget_old)
        finally:
            connection.close()


def rotate(config: Config, say: Say, *, forget_old: bool) -> int:
    """The steps, for one who holds the lock."""
    path = _key_file(config)
    if any(name in _ring(path).keys for name in _waiting()):
        say.line("resumed", f"An earlier rotation was cut short; it is finished now, with {_ring(path).active} as its key.")
    else:
        say.line("key", f"The new key {_add_key(path)} is in {path}.", active=_ring(path).active)
    done = _rewrap(say)
    say.line("wrapped", f"{done} data keys are under {_ring(path).active} now.", count=done)
    left = _waiting()
    lost = {name: count for name, count in left.items() if name not in _ring(path).keys}
    if lost:
        say.line(
            "lost",
            f"WRONG  {sum(lost.values())} data keys are under {', '.join(sorted(lost))}, which the key file does not hold:"
            " put that key back from your backup.",
            keys=sorted(lost),
        )
    if forget_old:
        _forget_old(path, say)
    else:
        old = sorted(set(_ring(path).keys) - {_ring(path).active})
        say.line("kept", f"Kept for older backups: {', '.join(old)}. ./taawun rotate --forget-old removes them.", keys=old)
    return 1 if lost else 0


def _key_file(config: Config) -> Path:
    return config.vault_keys


def _ring(path: Path) -> KeyRing:
    from taawun.ground.vault.cipher import load_key_ring

    return load_key_ring(path)


def _add_key(path: Path) -> str:
    """Put a new key into the file and make it the active one. The old ones stay."""
    content = json.loads(path.read_text(encoding="utf-8"))
    numbers = [int(name[1:]) for name in content["keys"] if name[:1] == "k" and name[1:].isdecimal()]
    name = f"k{max(numbers, default=0) + 1}"
    content["keys"][name] = base64.b64encode(secrets.token_bytes(keys.KEY_BYTES)).decode("ascii")
    content["active"] = name
    _replace(path, content)
    return name


def _replace(path: Path, content: dict[str, Any]) -> None:
    """Write the key file anew: whole or not at all, for this user alone, and on the disk before anything relies on it."""
    draft = path.with_name(f".{path.name}.{os.getpid()}.{secrets.token_hex(4)}")
    owner = path.stat()
    descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, keys.PRIVATE_FILE)
    try:
        with os.fdopen(descriptor, "w", encoding="utf-8") as file:
            file.write(json.dumps(content, indent=1) + "\n")
            file.flush()
            os.fsync(file.fileno())
            if (owner.st_uid, owner.st_gid) != (os.geteuid(), os.getegid()):
                # Whoever runs the server must go on being able to read it, also after root has rotated.
                os.fchown(file.fileno(), owner.st_uid, owner.st_gid)
        keys.check_vault_file(draft)
        draft.replace(path)
    finally:
        draft.unlink(missing_ok=True)
    folder = os.open(path.parent, os.O_RDONLY)
    try:
        os.fsync(folder)
    finally:
        os.close(folder)


def _waiting() -> dict[str, int]:
    """Count the data keys that are not under the active key, everywhere, by the key they are under."""
    from taawun.community.circles.everywhere import circle_ids
    from taawun.ground.values.scope import circle_scope
    from taawun.ground.vault import store

    with circle_scope(*circle_ids()):
        return store.waiting_for_rotation()


def _rewrap(say: Say) -> int:
    """Wrap every data key anew, a batch a transaction: first those outside circles, then circle by circle."""
    from taawun.community.circles.everywhere import circle_ids

    say.step("Wrapping the data keys anew")
    total, done = sum(_waiting().values()), 0
    scopes: list[tuple[uuid.UUID, ...]] = [(), *((circle_id,) for circle_id in circle_ids())]
    for scope in scopes:
        while count := _one_batch(scope):
            done += count
            say.tick(f"{done} of {max(total, done)}")
    say.done()
    return done


def _one_batch(scope: tuple[uuid.UUID, ...]) -> int:
    from taawun.ground.values.scope import circle_scope
    from taawun.ground.vault import store

    with circle_scope(*scope):
        return store.rotate(BATCH_SIZE)


def _forget_old(path: Path, say: Say) -> None:
    """Remove the keys that wrap nothing any more, once nobody can still be holding one of them."""
    say.step("Waiting until everybody uses the new key")
    _wait_for_older_transactions(say)
    time.sleep(GRACE_SECONDS)
    # Somebody may have sealed a first value in the moment the key changed.
    _rewrap(say)
    _wait_for_older_transactions(say)
    in_use = _waiting()
    content = json.loads(path.read_text(encoding="utf-8"))
    old = [name for name in content["keys"] if name != content["active"] and not in_use.get(name)]
    for name in old:
        del content["keys"][name]
    if old:
        _replace(path, content)
    say.done()
    say.line(
        "forgotten",
        f"Removed from the key file: {', '.join(sorted(old)) or 'none'}. Backups made before now can no longer be read.",
        keys=sorted(old),
    )


def _wait_for_older_transactions(say: Say) -> None:
    """Wait for every transaction that began before now: it may have read the key file, or a wrapped key, as it was."""
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute("SELECT clock_timestamp()")
        since = cursor.fetchone()[0]
        deadline = time.monotonic() + WAIT_SECONDS
        while True:
            cursor.execute(
                "SELECT count(*) FROM pg_stat_activity"
                " WHERE datname = current_database() AND backend_type = 'client backend' AND pid <> pg_backend_pid()"
                " AND xact_start < %s",
                [since],
            )
            if cursor.fetchone()[0] == 0:
                return
            if time.monotonic() > deadline:
                raise Trouble(
                    f"Something has been working in the database for over {WAIT_SECONDS:.0f} seconds, so the old keys stay:"
                    " run ./taawun rotate --forget-old again later."
                )
            say.tick()
            time.sleep(0.2)
