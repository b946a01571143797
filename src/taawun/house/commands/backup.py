"""`./taawun backup`: everything in one sealed file, while Taawun runs or not."""

from __future__ import annotations

import argparse
from datetime import UTC, datetime
from pathlib import Path

from taawun.house import database
from taawun.house.backup import keeping, recovery
from taawun.house.backup.making import make, name_for
from taawun.house.config import Config, load_config
from taawun.house.say import Say
from taawun.house.trouble import Trouble


def main(arguments: list[str]) -> int:
    given = _parser().parse_args(arguments)
    say = Say(given.json)
    config = load_config(data=given.data)
    database.require(config)
    if given.new_code or recovery.public_key(config.data) is None:
        show_code(config, say)
    now = datetime.now(UTC)
    target = _target(given.target, config, now)
    say.step("Making the backup")
    with database.running(config):
        made = make(config, target, now=now, progress=say.tick)
    say.done()
    size = f"{made.size_bytes / 1e6:.1f} MB"
    say.line(
        "backup",
        f"{made.path}: {size}, {made.circles} {'community' if made.circles == 1 else 'communities'}, {made.entries} entries of the record.",
        file=str(made.path), size_bytes=made.size_bytes, circles=made.circles, entries=made.entries,
    )  # fmt: skip
    if made.path.parent == keeping.folder_of(config):
        for path in keeping.prune(config, now=now):
            say.line("pruned", f"{path.name} had its time and was removed.", file=str(path))
    else:
        say.line(
            "hint",
            "Taawun keeps no count of backups elsewhere. Remove them after 35 days: people who were erased stand in them.",
        )
    return 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="./taawun backup",
        description="Writes everything of this installation into one sealed file. The first time, it shows the recovery"
        " code that opens backups. While ./taawun up runs, one is made every day by itself.",
    )
    parser.add_argument(
        "target", nargs="?", type=Path, help="a file or folder to write to (backups/ in the data folder)"
    )
    parser.add_argument(
        "--new-code", action="store_true", help="make a new recovery code; older backups keep the old one"
    )
    parser.add_argument("--data", help="the data folder to back up (./data)")
    parser.add_argument("--json", action="store_true", help="print one JSON object a line")
    return parser


def show_code(config: Config, say: Say) -> None:
    """Make the recovery code and show it, this once."""
    code = recovery.new_code(config.data)
    groups = code.split("-")
    rows = [" ".join(groups[start : start + 7]) for start in range(0, len(groups), 7)]
    if say.as_json:
        say.line("recovery_code", code, code=code)
        return
    say.line("recovery_code", "The recovery code. Write it on paper and keep it away from this machine:\n")
    for row in rows:
        say.line("recovery_code", f"    {row}")
    say.line(
        "recovery_code",
        "\nIt opens every backup made from now on, and it is shown only now. Without it no backup can be opened by anybody.\n",
    )


def _target(given: Path | None, config: Config, now: datetime) -> Path:
    if given is None:
        place = keeping.folder_of(config)
        try:
            place.mkdir(mode=0o700, parents=True, exist_ok=True)
        except OSError as error:
            raise Trouble(
                f"The folder {place} for backups cannot be made ({error.strerror}): correct backup_folder."
            ) from error
        return place / name_for(now)
    if given.is_dir():
        return given.absolute() / name_for(now)
    if not given.absolute().parent.is_dir():
        raise Trouble(f"There is no folder {given.absolute().parent}: make it, or give another place.")
    return given.absolute()
