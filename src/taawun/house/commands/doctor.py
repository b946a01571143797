"""`./taawun doctor`: looks at everything an installation stands on, one line each, with what to do where it is not well.

It changes nothing. Where Taawun is not running, the database is started for the look and stopped again.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import os
import shutil
import sys
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

import psycopg

from taawun.house import database, folder, keys, watch, wellness
from taawun.house.config import CHECKOUT, Config, load_config
from taawun.house.say import Say
from taawun.house.trouble import Trouble, explain
from taawun.house.wellness import Finding

NEEDED_PYTHON = (3, 11)


def main(arguments: list[str]) -> int:
    parser = argparse.ArgumentParser(
        prog="./taawun doctor", description="Says what is wrong with this installation, and what to do."
    )
    parser.add_argument("--data", help="the data folder to look at (./data)")
    parser.add_argument("--mail", metavar="ADDRESS", help="send a letter to this address, to see whether mail leaves")
    parser.add_argument("--json", action="store_true", help="print one JSON object a line")
    given = parser.parse_args(arguments)
    say = Say(given.json)
    well = True
    for finding in findings(given.data, given.mail):
        verdict = "ok   " if finding.well else "WRONG"
        # Programs find what to do under "finding"; "text" is the line people read.
        text = f"{verdict}  {finding.name:<12}  {finding.text}"
        say.line("finding", text, name=finding.name, well=finding.well, finding=finding.text)
        well = well and finding.well
    return 0 if well else 1


def findings(data: str | None, mail: str | None = None) -> Iterator[Finding]:
    """Every check in order. One that cannot be made because an earlier one failed is left out."""
    yield _python()
    yield _packages()
    if data:
        # Django's settings, which know the tables, read the same variable.
        os.environ["TAAWUN_DATA"] = os.path.abspath(data)
    try:
        config = load_config()
    except Trouble as trouble:
        yield Finding("settings", False, str(trouble))
        return
    yield Finding("settings", True, f"data folder {config.data}, address {config.public_url}")
    if not config.data.is_dir():
        yield Finding(
            "data folder", False, f"{config.data} is not there: ./taawun up makes it, or --data names another."
        )
        return
    yield _writable(config)
    yield _free_disk(config)
    yield _keys(config)
    if mail:
        yield _letter(config, mail)
    if config.router:
        yield _router(config)
    yield from _database(config)


def _python() -> Finding:
    version = ".".join(str(part) for part in sys.version_info[:3])
    if sys.version_info < NEEDED_PYTHON:
        return Finding("Python", False, f"{version} is too old: install 3.11 or newer, delete .venv and start again.")
    return Finding("Python", True, version)


def _packages() -> Finding:
    """Whether what is installed is what the lock file pins, by the note the one command left."""
    try:
        stamp: dict[str, Any] = json.loads((CHECKOUT / ".venv" / "taawun-stamp.json").read_text())
        pinned = hashlib.sha256((CHECKOUT / "lock" / f"{stamp['kind']}.txt").read_bytes()).hexdigest()
    except (OSError, ValueError, KeyError):
        return Finding(
            "packages", False, "the environment was not made by ./taawun: delete .venv, and any verb makes it anew."
        )
    if stamp.get("hash") != pinned:
        return Finding(
            "packages", False, "the environment is older than the lock file: any start of ./taawun renews it."
        )
    return Finding("packages", True, f"as pinned in lock/{stamp['kind']}.txt")


def _writable(config: Config) -> Finding:
    if os.access(config.data, os.W_OK | os.X_OK):
        return Finding("data folder", True, "can be written")
    return Finding("data folder", False, f"{config.data} cannot be written: give it to this user with chown.")


def _free_disk(config: Config) -> Finding:
    free = shutil.disk_usage(config.data).free
    text = f"{free / 1e9:.1f} GB free"
    if free < folder.FREE_BYTES_NEEDED:
        return Finding("disk", False, f"{text}: free some space, or move the data folder to a larger disk.")
    return Finding("disk", True, text)


def _keys(config: Config) -> Finding:
    missing = [path for path in (keys.vault_file(config.data), keys.secret_file(config.data)) if not path.exists()]
    if missing:
        return Finding(
            "keys",
            False,
            f"{missing[0]} is missing: put it back from your backup; on a new installation ./taawun up makes it.",
        )
    loose = keys.mode_troubles(config.data)
    if loose:
        return Finding("keys", False, loose[0])
    try:
        keys.check_vault_file(keys.vault_file(config.data))
    except (Trouble, OSError) as error:
        return Finding("keys", False, str(error))
    return Finding("keys", True, "present, readable by this user alone")


def _database(config: Config) -> Iterator[Finding]:
    runs = folder.is_claimed(config.data)
    if config.embedded and not database.cluster(config).files.exists():
        yield Finding("database", False, "there is none yet: ./taawun up makes it.")
        return
    try:
        with (
            database.running(config) as url,
            psycopg.connect(url, connect_timeout=database.CONNECT_SECONDS) as connection,
        ):
            for check in (_server, _role, _migrations):
                yield check(connection)
            yield from _by_itself(config, connection, runs=runs)
    except (Trouble, OSError, psycopg.Error) as error:
        trouble = explain(error)
        yield Finding(
            "database",
            False,
            str(
                trouble
                or f"it does not answer ({str(error).splitlines()[0]}): start ./taawun up and read what it says."
            ),
        )


def _server(connection: psycopg.Connection[Any]) -> Finding:
    version = connection.info.server_version
    text = f"PostgreSQL {version // 10000}.{version % 10000}"
    if version < database.OLDEST_MAJOR * 10000:
        return Finding(
            "database", False, f"{text} is too old: upgrade that server to {database.OLDEST_MAJOR} or newer."
        )
    return Finding("database", True, text)


def _role(connection: psycopg.Connection[Any]) -> Finding:
    row = connection.execute(
        "SELECT rolname, rolsuper OR rolbypassrls FROM pg_roles WHERE rolname = current_user"
    ).fetchone()
    if row is None or row[1]:
        return Finding(
            "role",
            False,
            f"{row[0] if row else 'the role'} passes by row-level security: run ALTER ROLE {row[0] if row else '…'} NOSUPERUSER NOBYPASSRLS.",
        )
    return Finding("role", True, f"{row[0]} is bound by row-level security")


def _migrations(connection: psycopg.Connection[Any]) -> Finding:
    """Compares the files of the installed rooms with the table in which Django notes what it applied."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "taawun.house.settings")
    import django
    from django.db.migrations.loader import MigrationLoader

    django.setup()
    loader = MigrationLoader(None)
    if connection.execute("SELECT to_regclass('django_migrations')").fetchone() == (None,):
        return Finding("tables", False, "there are none yet: ./taawun up makes them.")
    applied = set(connection.execute("SELECT app, name FROM django_migrations").fetchall())
    known = set(loader.disk_migrations or ())
    behind, ahead = known - applied, {key for key in applied - known if key[0] in {app for app, _ in known}}
    if ahead:
        return Finding(
            "tables", False, f"{len(ahead)} steps ahead of this program: use the newer Taawun that made them."
        )
    if behind:
        return Finding("tables", False, f"{len(behind)} steps behind this program: start ./taawun up once.")
    return Finding("tables", True, f"up to date, {len(known)} steps")


def _by_itself(config: Config, connection: psycopg.Connection[Any], *, runs: bool) -> Iterator[Finding]:
    """What works without anybody: the same look as the page for coordinators has."""
    ask = watch.asking(connection)
    if ask("SELECT to_regclass('jobs_sign')") in (None, (None,)):
        return
    for finding in wellness.of_everything(config, ask, now=datetime.now(UTC)):
        if not runs and finding.name in ("worker", "jobs"):
            if finding.name == "worker":
                yield Finding("worker", True, "not running, because Taawun is not: ./taawun up starts both")
            continue
        yield finding
    yield _record(connection)


def _record(connection: psycopg.Connection[Any]) -> Finding:
    """The newest entries of each chain are linked to one another; `./taawun verify` proves them all."""
    connection.execute(
        "SELECT set_config('taawun.circles', coalesce(string_agg(id::text, ','), ''), false) FROM circles_circle"
    )
    row = connection.execute(
        """
        SELECT count(*) FILTER (WHERE newer.previous_hash IS DISTINCT FROM older.hash),
               (SELECT max(recorded_at) FROM journal_entry)
          FROM journal_head AS head
          JOIN journal_entry AS newer ON newer.circle_id = head.circle_id AND newer.seq > head.seq - 200
          JOIN journal_entry AS older ON older.circle_id = newer.circle_id AND older.seq = newer.seq - 1
        """
    ).fetchone()
    broken, newest = row or (0, None)
    if broken:
        return Finding(
            "record",
            False,
            f"{broken} of the newest entries are not linked: run ./taawun verify, and restore a backup.",
        )
    return Finding(
        "record", True, f"the newest entry is of {newest:%Y-%m-%d %H:%M} UTC" if newest else "nothing on record yet"
    )


def _router(config: Config) -> Finding:
    """Whether the router for real ways answers; rounds are planned without it too."""
    from taawun.practice.delivery import roads

    router = roads.router_of(config.router)
    assert router is not None
    try:
        roads.try_out(router)
    except roads.RoadsDown as down:
        text = f"{config.router} does not answer ({down}): start it, or correct router. Until then rounds go by straight lines."
        return Finding("router", False, text)
    return Finding("router", True, f"{config.router} answers")


def _letter(config: Config, address: str) -> Finding:
    """Hand one letter to the mail server, as a notice would be."""
    import smtplib

    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "taawun.house.settings")
    import django

    django.setup()
    from django.core.mail import EmailMessage

    if not config.mail_host:
        return Finding(
            "letter",
            False,
            "no mail server is set: set mail_host, and mail_user and mail_password if it asks for them.",
        )
    try:
        EmailMessage("Taawun", "This letter shows that mail leaves.", config.mail_from, [address]).send()
    except (OSError, smtplib.SMTPException, ValueError) as error:
        said = " ".join(str(error).split())[:200]
        return Finding(
            "letter",
            False,
            f"it did not leave ({type(error).__name__}: {said}): check mail_host, mail_port, mail_user, mail_password and mail_tls.",
        )
    return Finding("letter", True, f"handed to {config.mail_host} for {address}: see whether it arrives")
