"""`./taawun restore`: a backup becomes an installation again, or only shows that it could."""

from __future__ import annotations

import argparse
import getpass
import sys
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey

from taawun.house.backup import keeping, recovery, restoring
from taawun.house.config import load_config
from taawun.house.say import Say
from taawun.house.trouble import Trouble


def main(arguments: list[str]) -> int:
    given = _parser().parse_args(arguments)
    say = Say(given.json)
    config = load_config(data=given.data)
    code = _code(given.code_file)
    now = datetime.now(UTC)
    say.step("Opening the backup")
    with restoring.unpacked(given.file, code, config.data, say.tick) as laid:
        say.step("Bringing it back")
        if given.check:
            proof = restoring.rehearse(laid, config, say.tick)
            if config.data.is_dir():
                keeping.note_rehearsal(config, now=now)
        else:
            proof = restoring.bring_back(laid, config, over=given.over, now=now, progress=say.tick)
    say.done()
    _tell(proof, say, checked=given.check, data=str(config.data))
    return 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="./taawun restore",
        description="Brings a backup back into a data folder. Asks for the recovery code, and proves everything before"
        " it touches anything.",
    )
    parser.add_argument("file", type=Path, help="the backup")
    parser.add_argument(
        "--check", action="store_true", help="only show that it could be brought back; nothing is changed"
    )
    parser.add_argument("--over", action="store_true", help="move the installation that is there aside first")
    parser.add_argument("--code-file", type=Path, help="a file that holds the recovery code, instead of typing it")
    parser.add_argument("--data", help="the data folder to restore into (./data)")
    parser.add_argument("--json", action="store_true", help="print one JSON object a line")
    return parser


def _code(file: Path | None) -> X25519PrivateKey:
    """Read the code from a file, from a pipe, or unseen from the terminal."""
    try:
        if file is not None:
            text = file.read_text("utf-8")
        elif sys.stdin.isatty():
            text = getpass.getpass("Recovery code: ")
        else:
            text = sys.stdin.readline()
    except (OSError, UnicodeDecodeError):
        raise Trouble(f"The file {file} cannot be read: give one that holds the recovery code.") from None
    if not text.strip():
        raise Trouble("A recovery code is needed: type it, pipe it in, or name a file with --code-file.")
    return recovery.read(text)


def _tell(proof: dict[str, Any], say: Say, *, checked: bool, data: str) -> None:
    for chain in proof["chains"].values():
        say.line(
            "chain", f"ok     {chain['slug']}: {chain['entries']} entries, last hash {chain['hash'] or 'none'}", **chain
        )
    what = f"{proof['agents']} people and organisations, {proof['intents']} needs and offers"
    upto = f"up to {proof['newest']}" if proof["newest"] else "nothing on record yet"
    facts = {name: proof[name] for name in ("agents", "intents", "newest", "made_at", "version")}
    if checked:
        say.line("result", f"This backup can be brought back: {what}, {upto}. Nothing was changed.", **facts)
        return
    if proof["aside"]:
        say.line(
            "aside",
            f"What was there before lies in {proof['aside']}: remove it when all is well.",
            folder=proof["aside"],
        )
    say.line("result", f"Back in {data}: {what}, {upto}. Start it with ./taawun up.", data=data, **facts)
