"""Makes one backup: the database as of one moment, the files beside it that matter, and a list of what is inside.

A backup is a tar archive in a sealed stream. What stands in it is written as it is read, so that neither memory nor a
second copy on the disk is needed, and the file gets its name when it is whole and on the disk.
"""

from __future__ import annotations

import hashlib
import io
import json
import os
import subprocess
import tarfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import psycopg

from taawun.house import database, keys
from taawun.house.backup import recovery, sealing
from taawun.house.config import CHECKOUT, FILE_NAME, Config, embedded_url
from taawun.house.trouble import Trouble, explain
from taawun.house.version import version_of

SUFFIX = ".backup"
DUMP_PIECE_BYTES = 8 << 20
FORMAT = 1

Progress = Callable[[str], None]


@dataclass(frozen=True, slots=True)
class Made:
    """A finished backup and what is inside."""

    path: Path
    size_bytes: int
    made_at: datetime
    circles: int
    entries: int


def make(config: Config, target: Path, *, now: datetime, progress: Progress = lambda _: None) -> Made:
    """Write a backup to ``target``, a file that is not there yet. The database must be running."""
    recipient = recovery.public_key(config.data)
    if recipient is None:
        raise Trouble("There is no recovery code yet: ./taawun backup makes one and shows it.")
    if target.exists():
        raise Trouble(f"{target} is there already: give another name.")
    draft = target.with_name(f".{target.name}.unfinished")
    try:
        with open(draft, "wb", opener=_private) as file:
            sealer = sealing.Sealer(file, recipient)
            manifest = _write(config, sealer, now, progress)
            sealer.finish()
            file.flush()
            os.fsync(file.fileno())
        # A link, not a rename: whoever gave this name to another file meanwhile keeps it.
        os.link(draft, target)
        _settle(target.parent)
    except FileExistsError:
        raise Trouble(f"{target} is there already: give another name.") from None
    except OSError as error:
        raise explain(error) or Trouble(f"The backup cannot be written to {target} ({error.strerror}).") from error
    finally:
        draft.unlink(missing_ok=True)
    chains = manifest["chains"]
    return Made(target, target.stat().st_size, now, len(chains), sum(one["entries"] for one in chains.values()))


def name_for(now: datetime) -> str:
    return f"taawun-{now.astimezone(UTC):%Y%m%d-%H%M%S}{SUFFIX}"


def _private(path: str, flags: int) -> int:
    return os.open(path, flags, keys.PRIVATE_FILE)


def _settle(folder: Path) -> None:
    """Have the folder's new entry on the disk before anybody is told that there is a backup."""
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


@dataclass
class _Packer:
    """The archive while it grows, and the fingerprint of each part."""

    archive: tarfile.TarFile
    now: datetime
    parts: dict[str, str] = field(default_factory=dict)

    def add(self, name: str, content: bytes) -> None:
        entry = tarfile.TarInfo(name)
        entry.size, entry.mode, entry.mtime = len(content), keys.PRIVATE_FILE, int(self.now.timestamp())
        self.archive.addfile(entry, io.BytesIO(content))
        self.parts[name] = hashlib.sha256(content).hexdigest()


def _write(config: Config, sealer: sealing.Sealer, now: datetime, progress: Progress) -> dict[str, Any]:
    # A generous buffer: the archive is written in blocks of 512 bytes.
    with (
        io.BufferedWriter(sealer, 1 << 20) as buffered,
        tarfile.open(fileobj=buffered, mode="w|") as archive,
        _moment(config) as (snapshot, about),
    ):
        packer = _Packer(archive, now)
        packer.add("about.json", _json({**about["about"], "made_at": now.isoformat()}))
        for path in files_of(config.data):
            packer.add(f"data/{path.relative_to(config.data).as_posix()}", path.read_bytes())
        for number, piece in enumerate(_dumped(config, snapshot, about["circles"]), 1):
            packer.add(f"database/{number:06}", piece)
            progress(f"{sealer.count_bytes // 1_000_000} MB")
        manifest = {"parts": packer.parts, "chains": about["chains"], "counts": about["counts"]}
        packer.add("manifest.json", _json(manifest))
    return manifest


def files_of(data: Path) -> Iterator[Path]:
    """Yield what lies in the data folder besides the database and is not made anew by itself."""
    single = [data / FILE_NAME, keys.vault_file(data), keys.secret_file(data), recovery.public_file(data)]
    yield from (path for path in single if path.is_file())
    yield from (path for path in sorted((data / "lexicons").rglob("*")) if path.is_file())


def _json(content: object) -> bytes:
    return json.dumps(content, ensure_ascii=False, indent=1).encode()


@contextmanager
def _moment(config: Config) -> Iterator[tuple[str, dict[str, Any]]]:
    """Hold one moment of the database open: its name for the dump, and what the list of contents says of it."""
    with psycopg.connect(_dump_url(config), connect_timeout=database.CONNECT_SECONDS) as connection:
        connection.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY")
        circles = [str(row[0]) for row in connection.execute("SELECT id FROM circles_circle ORDER BY id")]
        connection.execute("SELECT set_config('taawun.circles', %s, true)", [",".join(circles)])
        heads = connection.execute("SELECT circle_id, seq, hash FROM journal_head ORDER BY circle_id").fetchall()
        applied = connection.execute("SELECT app, name FROM django_migrations ORDER BY id").fetchall()
        about = {
            "format": FORMAT,
            "version": version_of(CHECKOUT),
            "postgres": connection.info.server_version // 10000,
            "migrations": [f"{app}.{name}" for app, name in applied],
        }
        chains = {str(circle): {"entries": seq, "hash": bytes(mark).hex()} for circle, seq, mark in heads}
        counts = {table: _count(connection, table) for table in ("people_agent", "aid_intent", "vault_sealed")}
        snapshot = connection.execute("SELECT pg_export_snapshot()").fetchone()
        assert snapshot is not None
        yield snapshot[0], {"about": about, "circles": circles, "chains": chains, "counts": counts}


def _count(connection: psycopg.Connection[Any], table: str) -> int:
    row = connection.execute(
        psycopg.sql.SQL("SELECT count(*) FROM {}").format(psycopg.sql.Identifier(table))
    ).fetchone()
    return int(row[0]) if row else 0


def _dump_url(config: Config) -> str:
    """The embedded database is dumped as its owner of everything; elsewhere, as the role we were given."""
    return embedded_url(config.data, database.SUPERUSER) if config.embedded else config.database_url


def _dumped(config: Config, snapshot: str, circles: list[str]) -> Iterator[bytes]:
    """Yield the dump of the database in pieces as pg_dump writes it."""
    command = [
        str(database.program("pg_dump")), "--format=custom", "--compress=gzip:3", "--no-owner", "--no-privileges",
        f"--snapshot={snapshot}", "--enable-row-security", f"--dbname={_dump_url(config)}",
    ]  # fmt: skip
    # A role bound by row-level security sees the circles it names, as the program does: here, all of them.
    env = {**os.environ, "LC_ALL": "C", "PGOPTIONS": f"-c taawun.circles={','.join(circles)}"}
    if config.embedded:
        command.remove("--enable-row-security")
        del env["PGOPTIONS"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, cwd="/", env=env) as dump:
        assert dump.stdout is not None and dump.stderr is not None
        try:
            while piece := dump.stdout.read(DUMP_PIECE_BYTES):
                yield piece
            said = dump.stderr.read().decode("utf-8", "replace").strip().splitlines()
        except BaseException:
            dump.kill()
            raise
    if dump.returncode:
        raise Trouble(
            f"The database cannot be dumped ({said[0] if said else 'pg_dump said nothing'}): see ./taawun doctor."
        )
