"""`./taawun upgrade`: another version in one command, with a backup before and the way back if it does not start."""

from __future__ import annotations

import argparse
import fcntl
import json
import os
import shutil
import signal
import subprocess
import sys
import tarfile
import time
import zipfile
from datetime import UTC, datetime
from pathlib import Path

import psycopg

from taawun.house import database, folder, upgrading
from taawun.house.backup import keeping, recovery
from taawun.house.backup.making import make, name_for
from taawun.house.commands.backup import show_code
from taawun.house.config import CHECKOUT, Config, load_config
from taawun.house.say import Say
from taawun.house.trouble import Trouble, explain
from taawun.house.upgrading import NEXT, STAYS, Plan
from taawun.house.version import migrations_in, version_of

FILES_MAX, BYTES_MAX = 50_000, 2_000_000_000


def main(arguments: list[str]) -> int:
    given = _parser().parse_args(arguments)
    say = Say(given.json)
    config = load_config(data=given.data)
    database.require(config, "there is nothing to carry over, so use the new version")
    beside = CHECKOUT / NEXT
    with _alone():
        shutil.rmtree(beside, ignore_errors=True)
        try:
            commits = _from_git(beside, say) if given.source is None else _unpack(given.source, beside)
            if commits and commits[0] == commits[1]:
                say.line("result", "This is the newest version already.", done=True)
                return 0
            plan = _prepare(config, beside, commits, say)
            return _hand_over(plan, config, say)
        finally:
            shutil.rmtree(beside, ignore_errors=True)


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="./taawun upgrade",
        description="Puts another version in the place of this one: makes a backup, installs what it needs beside, changes"
        " the code, brings the database up to date and starts it; if that fails, everything is put back as it was.",
    )
    parser.add_argument("source", nargs="?", type=Path, help="a release (.tar.gz, .zip) or a folder; without it, the newest"
                        " commit of the branch this git checkout follows")  # fmt: skip
    parser.add_argument("--data", help="the data folder (./data)")
    parser.add_argument("--json", action="store_true", help="print one JSON object a line")
    return parser


class _alone:
    """One upgrade at a time: the script itself is what is locked."""

    def __enter__(self) -> None:
        self._file = (CHECKOUT / "pyproject.toml").open()
        try:
            fcntl.flock(self._file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise Trouble("Another upgrade of this checkout is under way: wait until it has ended.") from None

    def __exit__(self, *_: object) -> None:
        self._file.close()


# ---- where the new version comes from ----


def _unpack(source: Path, beside: Path) -> list[str]:
    """Lay a release out beside the checkout."""
    draft = beside.with_name(f"{NEXT}.unpacked")
    shutil.rmtree(draft, ignore_errors=True)
    try:
        if source.is_dir():
            skipped = shutil.ignore_patterns(*STAYS, "__pycache__", "*.pyc")
            shutil.copytree(source, draft, ignore=skipped, symlinks=True)
        elif zipfile.is_zipfile(source):
            _unzip(source, draft)
        else:
            with tarfile.open(source) as archive:
                _check_size(((one.name, one.size) for one in archive), source)
                archive.extractall(draft, filter="data")
        _whole(draft, source).rename(beside)
    except FileNotFoundError:
        raise Trouble(f"There is no file or folder {source}: give a release of Taawun.") from None
    except (tarfile.TarError, zipfile.BadZipFile, EOFError):
        raise Trouble(f"{source} is no release of Taawun: give the .tar.gz or .zip of one, or a folder.") from None
    except OSError as error:
        raise explain(error) or Trouble(f"{source} cannot be unpacked ({error.strerror or error}).") from error
    finally:
        shutil.rmtree(draft, ignore_errors=True)
    return []


def _unzip(source: Path, draft: Path) -> None:
    with zipfile.ZipFile(source) as archive:
        _check_size(((one.filename, one.file_size) for one in archive.infolist()), source)
        archive.extractall(draft)
    # A zip forgets who may be run.
    for launcher in (*draft.glob("taawun"), *draft.glob("*/taawun")):
        launcher.chmod(0o755)


def _check_size(entries: object, source: Path) -> None:
    found = list(entries)  # type: ignore[call-overload]
    if len(found) > FILES_MAX or sum(size for _, size in found) > BYTES_MAX:
        raise Trouble(f"{source} holds more than a release does: give the .tar.gz or .zip of one.")


def _whole(draft: Path, source: Path) -> Path:
    """Return the folder in which the release lies: the archive's own, or the only one in it."""
    candidates = [draft, *(path for path in draft.iterdir() if path.is_dir())] if draft.is_dir() else []
    for place in candidates:
        if all((place / part).exists() for part in ("taawun", "pyproject.toml", "lock/run.txt", "src/taawun/house")):
            return place
    raise Trouble(f"{source} is no release of Taawun: give the .tar.gz or .zip of one, or a folder.")


def _from_git(beside: Path, say: Say) -> list[str]:
    """Fetch the branch this checkout follows. Returns the commit that is here and the newest one."""
    if not (CHECKOUT / ".git").exists():
        raise Trouble(
            "This is no git checkout: name the release to upgrade to, as in ./taawun upgrade taawun-1.2.tar.gz."
        )
    if _git("status", "--porcelain", "--untracked-files=no"):
        raise Trouble("Files of the program were changed here: put them back (git status names them), then upgrade.")
    say.step("Fetching the newest version")
    _git("fetch", "--quiet")
    commits = [_git("rev-parse", "HEAD"), _git("rev-parse", "@{upstream}")]
    if commits[0] != commits[1]:
        if _git("merge-base", *commits) != commits[0]:
            raise Trouble(
                "The branch has gone another way than this checkout: bring them together with git, then upgrade."
            )
        beside.mkdir()
        archived = subprocess.run(["git", "-C", str(CHECKOUT), "archive", commits[1]], capture_output=True, check=True)
        subprocess.run(["tar", "-x", "-C", str(beside)], input=archived.stdout, check=True)
    say.done()
    return commits


def _git(*arguments: str) -> str:
    done = subprocess.run(["git", "-C", str(CHECKOUT), *arguments], capture_output=True, text=True, check=False)
    if done.returncode:
        said = done.stderr.strip().splitlines()
        raise Trouble(f"git {arguments[0]} failed ({said[-1] if said else 'it said nothing'}).")
    return done.stdout.strip()


# ---- before anything is changed ----


def _prepare(config: Config, beside: Path, commits: list[str], say: Say) -> Plan:
    """Install what the new version needs beside, look whether it fits the data, and make a backup."""
    old, new = version_of(CHECKOUT), version_of(beside)
    changed = (beside / "lock" / "run.txt").read_bytes() != (CHECKOUT / "lock" / "run.txt").read_bytes()
    python = _environment_beside(beside, say) if changed else Path(sys.executable)
    say.step("Looking whether it fits")
    if recovery.public_key(config.data) is None:
        show_code(config, say)
    now = datetime.now(UTC)
    with database.running(config) as url:
        _refuse_older(beside, url)
        _check(python, beside, config, url)
        say.step("Making a backup")
        place = keeping.folder_of(config)
        place.mkdir(mode=0o700, parents=True, exist_ok=True)
        backup = make(config, place / name_for(now), now=now, progress=say.tick)
    say.done()
    say.line("backup", f"Backup: {backup.path}", file=str(backup.path))
    return Plan(str(CHECKOUT), str(config.data), old, new, config.embedded, changed, str(backup.path), commits)


def _environment_beside(beside: Path, say: Say) -> Path:
    say.step("Installing what the new version needs")
    python = upgrading.outside_python()
    env = {name: text for name, text in os.environ.items() if name != "PYTHONPATH"}
    done = subprocess.run(
        [python, str(beside / "taawun"), "verify", "--help"], capture_output=True, text=True, check=False, env=env
    )
    say.done()
    if done.returncode:
        said = (done.stderr or done.stdout).strip().splitlines()
        raise Trouble(f"What the new version needs cannot be installed: {said[-1] if said else 'it said nothing'}")
    return beside / ".venv" / "bin" / "python"


def _refuse_older(beside: Path, url: str) -> None:
    """The tables must not be ahead of the new version."""
    known, rooms = migrations_in(beside), migrations_in(CHECKOUT)
    with psycopg.connect(url, connect_timeout=database.CONNECT_SECONDS) as connection:
        applied = connection.execute("SELECT app, name FROM django_migrations").fetchall()
    ahead = [f"{app}.{name}" for app, name in applied if app in rooms and name not in known.get(app, ())]
    if ahead:
        raise Trouble(
            f"That version is older than the data here ({len(ahead)} steps, such as {ahead[0]}): give a newer one. Nothing was changed."
        )


def _check(python: Path, beside: Path, config: Config, url: str) -> None:
    env = {**os.environ, "TAAWUN_DATA": str(config.data), "TAAWUN_DATABASE_URL": url, "PYTHONPATH": str(beside / "src")}
    for step in (["check"], ["migrate", "--plan"]):
        done = subprocess.run(
            [str(python), "-m", "taawun.house.manage", *step],
            env=env,
            cwd=beside,
            capture_output=True,
            text=True,
            check=False,
        )
        if done.returncode:
            said = (done.stderr or done.stdout).strip().splitlines()
            raise Trouble(f"That version does not fit: {said[-1] if said else 'it said nothing'} Nothing was changed.")


# ---- the change itself ----


def _hand_over(plan: Plan, config: Config, say: Say) -> int:
    """Have the change made by whoever runs Taawun, or here where nobody does. Returns the exit code."""
    result = config.data / upgrading.RESULT_FILE
    result.unlink(missing_ok=True)
    say.step(f"Changing to {plan.new}")
    if folder.is_claimed(config.data):
        holder = json.loads((config.data / "lock").read_text())
        plan = Plan(**{**plan.__dict__, "restart": holder.get("arguments", ["up", "--data", str(config.data)])})
        plan.write()
        os.kill(int(holder["process"]), signal.SIGUSR1)
        while not result.exists():
            time.sleep(0.2)
            say.tick()
        answer = json.loads(result.read_text())
        text, done = str(answer["text"]), bool(answer["done"])
    else:
        text, done = upgrading.carry_out(plan)
    result.unlink(missing_ok=True)
    say.done()
    say.line("result", text, done=done, version=plan.new if done else plan.old)
    return 0 if done else 1
