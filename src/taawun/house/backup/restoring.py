"""Brings a backup back: everything is opened and proven in a folder of its own before anything else is touched."""

from __future__ import annotations

import hashlib
import json
import os
import shutil
import subprocess
import sys
import tarfile
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path, PurePosixPath
from typing import IO, Any

import psycopg
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey

from taawun.house import database, folder, keys
from taawun.house.backup import sealing
from taawun.house.backup.making import FORMAT
from taawun.house.config import CHECKOUT, Config, load_config
from taawun.house.trouble import Trouble, explain
from taawun.house.version import migrations_in

DUMP_FILE = "database.dump"
PARTS_MAX_BYTES = 64 << 20

Progress = Callable[[str], None]


@dataclass(frozen=True, slots=True)
class Unpacked:
    """A backup laid out in a folder, every part compared with the list of contents."""

    place: Path
    about: dict[str, Any]
    manifest: dict[str, Any]

    @property
    def dump(self) -> Path:
        return self.place / DUMP_FILE


@contextmanager
def unpacked(file: Path, code: X25519PrivateKey, beside: Path, progress: Progress) -> Iterator[Unpacked]:
    """Open a backup into a new private folder next to ``beside``, which is gone afterwards unless it was moved away."""
    beside.parent.mkdir(parents=True, exist_ok=True)
    place = Path(tempfile.mkdtemp(prefix=f".{beside.name}.restoring-", dir=beside.parent))
    try:
        folder.make(place)
        with _opened(file) as source:
            yield _unpack(file, sealing.Opener(source, code), place, progress)
    finally:
        shutil.rmtree(place, ignore_errors=True)


def _opened(file: Path) -> IO[bytes]:
    try:
        return file.open("rb")
    except FileNotFoundError:
        raise Trouble(f"There is no file {file}: give the backup to restore.") from None
    except IsADirectoryError:
        raise Trouble(f"{file} is a folder: give one backup in it.") from None
    except OSError as error:
        raise explain(error) or Trouble(f"{file} cannot be read ({error.strerror}).") from error


def _unpack(file: Path, stream: sealing.Opener, place: Path, progress: Progress) -> Unpacked:
    found: dict[str, str] = {}
    papers: dict[str, Any] = {}
    try:
        with tarfile.open(fileobj=stream, mode="r|") as archive:
            for entry in archive:
                reader = archive.extractfile(entry)
                if reader is None or entry.size > PARTS_MAX_BYTES:
                    raise _not_whole(file)
                content = reader.read()
                if entry.name in ("about.json", "manifest.json"):
                    papers[entry.name] = json.loads(content)
                if entry.name == "about.json":
                    check_version(papers[entry.name])
                if entry.name != "manifest.json":
                    found[entry.name] = hashlib.sha256(content).hexdigest()
                    _lay(place, entry.name, content)
                progress(entry.name)
        # What follows the archive belongs to the stream too, and its last mark stands there.
        while stream.read(1 << 20):
            pass
    except sealing.NotABackup:
        raise Trouble(f"{file} is not a backup of Taawun: give one that ./taawun backup wrote.") from None
    except sealing.Unreadable as error:
        raise (
            _not_whole(file)
            if error.begun
            else Trouble(
                f"{file} does not open with this recovery code: use the code that was shown when backups began, or it was damaged."
            )
        ) from None
    except (tarfile.TarError, ValueError, EOFError):
        raise _not_whole(file) from None
    except OSError as error:
        raise explain(error) or Trouble(f"The backup cannot be unpacked to {place} ({error.strerror}).") from error
    if papers.get("manifest.json", {}).get("parts") != found or "about.json" not in papers:
        raise _not_whole(file)
    return Unpacked(place, papers["about.json"], papers["manifest.json"])


def _not_whole(file: Path) -> Trouble:
    return Trouble(f"{file} is damaged or cut short: use another backup. Nothing was changed.")


def _lay(place: Path, name: str, content: bytes) -> None:
    """Put one part where it belongs. Names were written by us and sealed; one that leads elsewhere is refused all the same."""
    parts = PurePosixPath(name).parts
    if parts[0] == "database":
        target, mode = place / DUMP_FILE, "ab"
    elif parts[0] == "data" and ".." not in parts:
        target, mode = place.joinpath(*parts[1:]), "xb"
        target.parent.mkdir(mode=keys.PRIVATE_FOLDER, parents=True, exist_ok=True)
    elif name == "about.json":
        return
    else:
        raise ValueError(name)
    with open(target, mode, opener=lambda path, flags: os.open(path, flags, keys.PRIVATE_FILE)) as file:
        file.write(content)


def check_version(about: dict[str, Any]) -> None:
    """Refuse a backup this program cannot understand: one made by a newer Taawun."""
    newer = Trouble(
        f"This backup was made by Taawun {about.get('version', '?')}, which is newer than this one: restore it with that one."
    )
    if about.get("format") != FORMAT or int(about.get("postgres", 0)) > database.MAJOR:
        raise newer
    ours = migrations_in(CHECKOUT)
    applied = (one.partition(".") for one in about["migrations"])
    if any(room in ours and name not in ours[room] for room, _dot, name in applied):
        raise newer


def bring_back(
    laid: Unpacked, target: Config, *, over: bool, now: datetime, progress: Progress = lambda _: None
) -> dict[str, Any]:
    """Load the database, prove it, and put the folder in its place. Returns what came back.

    ``target`` is the installation to restore into. With ``over``, what is there is moved aside under another name.
    """
    data = target.data
    if folder.is_claimed(data):
        raise Trouble(f"Taawun runs on {data}: stop it first, then restore.")
    if _holds_something(data) and not over:
        raise Trouble(
            f"The folder {data} already holds an installation: give another with --data, or --over to move that one aside."
        )
    proof = rehearse(laid, target, progress)
    aside = None
    laid.dump.unlink(missing_ok=True)
    for leftover in ("run", "lock", "children.json", "static"):
        path = laid.place / leftover
        shutil.rmtree(path, ignore_errors=True) if path.is_dir() else path.unlink(missing_ok=True)
    try:
        if data.exists():
            aside = data.with_name(f"{data.name}.before-{now:%Y%m%d-%H%M%S}")
            data.rename(aside)
        laid.place.rename(data)
    except OSError as error:
        if aside is not None and not data.exists():
            aside.rename(data)
        raise explain(error) or Trouble(f"The folder {data} cannot be put in place ({error.strerror}).") from error
    if aside is not None and not any(aside.iterdir()):
        aside.rmdir()
        aside = None
    return {**proof, "aside": str(aside) if aside else ""}


def _holds_something(data: Path) -> bool:
    return any((data / name).exists() for name in ("postgres", "keys", "taawun.toml"))


def rehearse(laid: Unpacked, target: Config, progress: Progress = lambda _: None) -> dict[str, Any]:
    """Load the backup into its own folder, bring it up to date and prove it. Returns what is in it."""
    config = load_config(environ=_without_data(target), data=str(laid.place))
    if not target.embedded:
        config = replace(config, database_url=target.database_url)
        _refuse_filled(config)
    with database.running(config) as url:
        progress("loading the database")
        _load(laid.dump, url)
        progress("proving it")
        return _proven(config, laid)


def _without_data(target: Config) -> dict[str, str]:
    """The environment for the unpacked folder: its own settings file counts, and where it lies is told apart."""
    skipped = {"TAAWUN_DATA", "DATABASE_URL", "TAAWUN_DATABASE_URL"}
    environ = {name: value for name, value in os.environ.items() if name not in skipped}
    return environ | {"TAAWUN_DATABASE_URL": "" if target.embedded else target.database_url}


def _refuse_filled(config: Config) -> None:
    with psycopg.connect(config.database_url, connect_timeout=database.CONNECT_SECONDS) as connection:
        row = connection.execute("SELECT count(*) FROM pg_tables WHERE schemaname = 'public'").fetchone()
    if row and row[0]:
        raise Trouble("The database at DATABASE_URL is not empty: give an empty one, and restore into that.")


def _load(dump: Path, url: str) -> None:
    # As the program's own role, so that it owns what comes back. Security by row begins after the rows are in.
    command = [
        str(database.program("pg_restore")), "--no-owner", "--no-privileges", "--exit-on-error", "--single-transaction",
        f"--dbname={url}", str(dump),
    ]  # fmt: skip
    done = subprocess.run(
        command, capture_output=True, text=True, check=False, cwd="/", env={**os.environ, "LC_ALL": "C"}
    )
    if done.returncode:
        said = done.stderr.strip().splitlines()
        raise Trouble(
            f"The database cannot be loaded ({said[0] if said else 'pg_restore said nothing'}). Nothing was changed."
        )


def _proven(config: Config, laid: Unpacked) -> dict[str, Any]:
    """Have a process of its own, with the restored settings, migrate and prove the database; compare with the list."""
    env = _without_data(config) | {"TAAWUN_DATA": str(config.data), "TAAWUN_DATABASE_URL": config.database_url}
    done = subprocess.run(
        [sys.executable, "-m", "taawun.house.backup.proving"], env=env, capture_output=True, text=True, check=False
    )
    try:
        proof: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
    except (IndexError, ValueError):
        said = done.stderr.strip().splitlines()
        raise Trouble(
            f"What came back cannot be proven ({said[-1] if said else 'no answer'}). Nothing was changed."
        ) from None
    wrong = [
        circle
        for circle, chain in laid.manifest["chains"].items()
        if proof["chains"].get(circle, {}).get("hash") != chain["hash"] or proof["chains"][circle]["faults"]
    ]
    if wrong:
        raise Trouble(f"The record of {len(wrong)} communities is not what was backed up. Nothing was changed.")
    if proof["sealed_wrong"]:
        raise Trouble(
            f"{proof['sealed_wrong']} sealed values do not open with the keys that came along. Nothing was changed."
        )
    return proof | {"made_at": laid.about["made_at"], "version": laid.about["version"]}
