"""The verbs of the one command, as a table.

Standard library only, and free of imports: the script `taawun` reads it before there is an environment.
"""

from __future__ import annotations

from typing import NamedTuple


class Verb(NamedTuple):
    """One verb: the module whose `main(argv)` does it, a line of help, and which lock file its environment is made from."""

    name: str
    module: str
    help: str
    lock: str = "run"


VERBS = (
    Verb("up", "taawun.house.commands.up", "start Taawun and print its address (--demo fills a town to try)"),
    Verb("doctor", "taawun.house.commands.doctor", "say what is wrong with this installation, and what to do"),
    Verb("backup", "taawun.house.commands.backup", "write everything into one sealed file"),
    Verb("restore", "taawun.house.commands.restore", "bring a backup back, or only show that it could be (--check)"),
    Verb("upgrade", "taawun.house.commands.upgrade", "put another version in place, with a backup before and a way back"),
    Verb("verify", "taawun.house.commands.verify", "let the record prove that nothing in it was changed"),
    Verb("rotate", "taawun.house.commands.rotate", "give the vault a new master key while people go on working"),
    Verb("match", "taawun.house.commands.match", "match requests and offers from two files, without a server"),
    Verb("plan", "taawun.house.commands.plan", "plan delivery rounds from two files, without a server"),
    Verb("test", "taawun.house.commands.test", "run the tests (arguments go to pytest)", "dev"),
    Verb("check", "taawun.house.commands.check", "check style, types, import contracts and translations", "dev"),
    Verb("bench", "taawun.house.commands.bench", "measure, and compare with the goals (bench NAME for one)", "dev"),
)


def find(name: str) -> Verb | None:
    return next((verb for verb in VERBS if verb.name == name), None)


def usage() -> str:
    """What `./taawun` prints when it is given no verb."""
    width = max(len(verb.name) for verb in VERBS)
    lines = [f"  {verb.name:<{width}}  {verb.help}" for verb in VERBS]
    return "\n".join(
        [
            "usage: ./taawun VERB [options]",
            "",
            *lines,
            "",
            "./taawun VERB --help says more. TAAWUN_DATA and TAAWUN_PORT say where the data lies and which port to take.",
        ]
    )
