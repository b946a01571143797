"""The half of an upgrade during which Taawun stands still: change the code, try it, and go back if it does not start.

`./taawun upgrade` prepares everything and hands over to this; where Taawun runs, the process of `./taawun up` becomes this
one, so that whoever watches over that process (systemd, a terminal) sees it stop for a moment and go on.
Everything it needs is imported at the top: while it works, the code it came from is moved away.
"""

from __future__ import annotations

import json
import os
import shutil
import signal
import subprocess
import sys
import tempfile
from dataclasses import asdict, dataclass, field
from pathlib import Path

from taawun.house import folder, processes
from taawun.house.trouble import Trouble, explain

NEXT, PREVIOUS = ".next", ".previous"
# What belongs to this machine and not to a version.
STAYS = {".git", ".venv", "build", "data", NEXT, PREVIOUS}
TRIAL_SECONDS = 1800.0
STOP_SECONDS = 20.0
PLAN_FILE, RESULT_FILE = "upgrade.json", "upgrade-result.json"
COPY = "postgres.before-upgrade"


@dataclass(frozen=True)
class Plan:
    """What was prepared. ``commits`` holds the old and the new one in a git checkout and is empty otherwise."""

    root: str
    data: str
    old: str
    new: str
    embedded: bool
    with_environment: bool
    backup: str
    commits: list[str] = field(default_factory=list)
    restart: list[str] | None = None

    def write(self) -> None:
        (Path(self.data) / PLAN_FILE).write_text(json.dumps(asdict(self)))

    @classmethod
    def read(cls, data: Path) -> Plan:
        return cls(**json.loads((data / PLAN_FILE).read_text()))


def main(arguments: list[str]) -> int:
    """Carry out the plan of a data folder; then become `up` again if it was running."""
    data = Path(arguments[0])
    plan = Plan.read(data)
    (data / PLAN_FILE).unlink()
    text, done = carry_out(plan)
    result = data / RESULT_FILE
    draft = result.with_suffix(".draft")
    draft.write_text(json.dumps({"done": done, "text": text}))
    draft.replace(result)
    print(text, flush=True)
    if plan.restart is not None:
        launcher = os.path.join(plan.root, "taawun")
        python = outside_python()
        os.execv(python, [python, launcher, *plan.restart])
    return 0 if done else 1


def outside_python() -> str:
    """The Python that an environment was made from: it stays when the environment is replaced."""
    return str(getattr(sys, "_base_executable", sys.executable))


def carry_out(plan: Plan) -> tuple[str, bool]:
    """Return a sentence on what became of it, and whether the new version is in place."""
    data = Path(plan.data)
    try:
        _keep_database(plan)
    except OSError as error:
        shutil.rmtree(data / COPY, ignore_errors=True)
        reason = explain(error) or error
        return f"Nothing was changed: the database cannot be set aside first ({reason}).", False
    swapped = False
    try:
        _swap(plan, forward=True)
        swapped = True
        _try(plan)
    except (Trouble, OSError, subprocess.SubprocessError) as error:
        said = str(error).rstrip(".")
        if swapped:
            _swap(plan, forward=False)
        return f"{said}. {_put_database_back(plan)}", False
    shutil.rmtree(data / COPY, ignore_errors=True)
    return f"Taawun {plan.new} runs. The version before lies in {PREVIOUS}, and the backup is {plan.backup}.", True


def _keep_database(plan: Plan) -> None:
    """Set the database's files aside while nobody writes to them: the quickest way back, and one that needs no code."""
    if not plan.embedded:
        return
    data = Path(plan.data)
    with folder.claimed(data):
        shutil.rmtree(data / COPY, ignore_errors=True)
        # cp keeps owners, and shares the blocks where the file system can.
        command = ["cp", "-a", "--reflink=auto", str(data / "postgres"), str(data / COPY)]
        if sys.platform != "linux":
            command.remove("--reflink=auto")
        done = subprocess.run(command, capture_output=True, text=True, check=False)
        if done.returncode:
            raise OSError(done.stderr.strip().splitlines()[-1] if done.stderr.strip() else "cp failed")


def _put_database_back(plan: Plan) -> str:
    if not plan.embedded:
        return (
            f"You are back on {plan.old}. The database is on a server of your own: if the new version changed it,"
            f" restore {plan.backup} into an empty one."
        )
    data = Path(plan.data)
    with folder.claimed(data):
        shutil.rmtree(data / "postgres", ignore_errors=True)
        (data / COPY).rename(data / "postgres")
    return f"You are back on {plan.old} with everything as it was."


def _swap(plan: Plan, *, forward: bool) -> None:
    root = Path(plan.root)
    if plan.commits:
        wanted = plan.commits[1 if forward else 0]
        done = subprocess.run(
            ["git", "-C", str(root), "reset", "--quiet", "--keep", wanted], capture_output=True, text=True, check=False
        )
        if done.returncode:
            raise Trouble(f"git could not change the code: {done.stderr.strip().splitlines()[0]}")
    elif forward:
        shutil.rmtree(root / PREVIOUS, ignore_errors=True)
        _move(root, root / PREVIOUS, Path(plan.data))
        _move(root / NEXT, root, Path(plan.data))
    else:
        shutil.rmtree(root / NEXT, ignore_errors=True)
        _move(root, root / NEXT, Path(plan.data))
        _move(root / PREVIOUS, root, Path(plan.data))
    if plan.with_environment:
        _swap_environment(root, forward=forward)


def _move(source: Path, target: Path, data: Path) -> None:
    """Move all that is a version's from one folder to another."""
    target.mkdir(exist_ok=True)
    for entry in sorted(source.iterdir()):
        if entry.name not in STAYS and entry != data and entry not in data.parents:
            entry.rename(target / entry.name)


def _swap_environment(root: Path, *, forward: bool) -> None:
    """Put the environment that was made beside into place, or take it out again."""
    here, beside, kept = root / ".venv", root / NEXT / ".venv", root / PREVIOUS / ".venv"
    (root / NEXT).mkdir(exist_ok=True)
    (root / PREVIOUS).mkdir(exist_ok=True)
    if forward:
        shutil.rmtree(kept, ignore_errors=True)
        here.rename(kept)
        beside.rename(here)
    else:
        here.rename(beside)
        kept.rename(here)
    _settle_in(root)


def _settle_in(root: Path) -> None:
    """Tell an environment where it lies now, or the launcher would take it for a copy and make a new one."""
    stamp = root / ".venv" / "taawun-stamp.json"
    noted = json.loads(stamp.read_text())
    noted["source"] = str(root)
    noted["python"] = os.path.realpath(root / ".venv" / "bin" / "python")
    stamp.write_text(json.dumps(noted))
    for path in (root / ".venv" / "lib").glob("python3.*/site-packages/taawun_source.pth"):
        path.write_text(f"{root / 'src'}\n")


def _try(plan: Plan) -> None:
    """Start the new version on a port nobody knows, as far as a page that answers, and stop it again."""
    python = outside_python()
    command = [
        python,
        os.path.join(plan.root, "taawun"),
        "up",
        "--json",
        "--data",
        plan.data,
        "--port",
        str(_free_port()),
    ]
    env = {name: text for name, text in os.environ.items() if name not in ("PYTHONPATH", "TAAWUN_PUBLIC_URL")}
    with tempfile.TemporaryFile("w+") as output:
        trial = subprocess.Popen(command, stdout=output, stderr=subprocess.STDOUT, cwd=plan.root, env=env)
        try:
            ready = processes.wait_until(lambda: trial.poll() is not None or _said(output, "ready"), TRIAL_SECONDS)
            if trial.poll() is not None or not ready:
                raise Trouble(f"Taawun {plan.new} does not start: {_last_words(output)}")
        finally:
            if trial.poll() is None:
                trial.send_signal(signal.SIGTERM)
            try:
                trial.wait(STOP_SECONDS)
            except subprocess.TimeoutExpired:
                trial.kill()
                trial.wait()


def _lines(output: object) -> list[str]:
    output.seek(0)  # type: ignore[attr-defined]
    return str(output.read()).splitlines()  # type: ignore[attr-defined]


def _said(output: object, event: str) -> bool:
    return any(f'"event": "{event}"' in line for line in _lines(output))


def _last_words(output: object) -> str:
    lines = [line for line in _lines(output) if line.strip()]
    return lines[-1].removeprefix("taawun: ")[:300] if lines else "it said nothing"


def _free_port() -> int:
    import socket

    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        return int(free.getsockname()[1])


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
