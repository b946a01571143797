"""`./taawun verify`: the journal proves that nothing in it was changed, from the database or from an export of it.

What a chain cannot know by itself is that its newest part was cut off together with the note of where it ends; for that,
compare its last hash with one that was written down elsewhere (`--expect`).
"""

from __future__ import annotations

import argparse
import io
import os
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

from taawun.ground.journal.chain import Fault
from taawun.ground.journal.export import verify_export
from taawun.house.config import load_config
from taawun.house.say import Say
from taawun.house.trouble import Trouble

HASH = re.compile("[0-9a-f]{64}")
FAULTS_SHOWN = 20
LINES_BETWEEN_TICKS = 2000


@dataclass(frozen=True, slots=True)
class Proof:
    """What one chain proved: how many entries, the hash to write down, and where it is broken."""

    name: str
    count: int
    head: str
    faults: list[Fault] = field(default_factory=list)
    circle: str = ""


def main(arguments: list[str]) -> int:
    given = _parser().parse_args(arguments)
    say = Say(given.json)
    expected = given.expect.strip().lower() if given.expect is not None else None
    if expected is not None and not HASH.fullmatch(expected):
        raise Trouble("--expect needs the 64 hexadecimal digits of a hash, as verify prints them.")
    if given.file is not None and given.circle is not None:
        raise Trouble("--circle is for the database; a file holds one circle's entries.")
    proofs = [_of_file(given.file, say)] if given.file is not None else list(_of_database(given, say))
    say.done()
    faults = sum(_tell(proof, say) for proof in proofs)
    if expected is not None and expected not in {proof.head for proof in proofs}:
        faults += 1
        say.line(
            "fault",
            f"WRONG  no chain ends with {expected}: entries were added since it was written down, or the newest were cut off.",
            what="the expected hash is not the last one",
            expected=expected,
        )
    entries = sum(proof.count for proof in proofs)
    chains = f"{len(proofs)} {'chain' if len(proofs) == 1 else 'chains'}"
    if faults:
        say.line("result", f"{chains}, {entries} entries, {faults} WRONG: what is named above was changed.", faults=faults)
        return 1
    say.line("result", f"{chains}, {entries} entries: nothing was changed.", faults=0, entries=entries)
    return 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="./taawun verify",
        description="Proves that no entry of the record was changed, taken out or put in.",
    )
    parser.add_argument("file", nargs="?", type=Path, help="an export (JSON lines) to verify, without a database")
    parser.add_argument("--circle", help="verify the circle with this address name only")
    parser.add_argument("--expect", metavar="HASH", help="fail unless a chain ends with this hash, written down earlier")
    parser.add_argument("--data", help="the data folder whose database is verified (./data)")
    parser.add_argument("--json", action="store_true", help="print one JSON object a line")
    return parser


def _tell(proof: Proof, say: Say) -> int:
    """Print what one chain proved; returns the number of faults."""
    mark = "WRONG" if proof.faults else "ok   "
    say.line(
        "chain",
        f"{mark}  {proof.name}: {proof.count} entries, last hash {proof.head or 'none'}",
        name=proof.name,
        circle=proof.circle,
        count=proof.count,
        head=proof.head,
        faults=len(proof.faults),
    )
    # The first places say where to look. A wrong file has one fault a line, and would push them out of the terminal.
    for fault in proof.faults[:FAULTS_SHOWN]:
        say.line(
            "fault",
            f"       {proof.name}, entry {fault.seq}: {fault.what}",
            name=proof.name,
            circle=proof.circle,
            entry=fault.seq,
            what=fault.what,
        )
    more = len(proof.faults) - FAULTS_SHOWN
    if more > 0:
        say.line("more", f"       {proof.name}: {more} more like these.", name=proof.name, circle=proof.circle, more=more)
    return len(proof.faults)


def _of_file(path: Path, say: Say) -> Proof:
    say.step(f"Reading {path.name}")
    try:
        with path.open("rb") as file:
            count, head, faults = verify_export(_lines(file, say))
    except FileNotFoundError:
        raise Trouble(f"There is no file {path}: give the export that the record page of a community wrote.") from None
    except IsADirectoryError:
        raise Trouble(f"{path} is a folder: give the export that the record page of a community wrote.") from None
    if not count and not faults:
        raise Trouble(f"The file {path} is empty: an export holds one entry a line.")
    return Proof(path.name, count, head, faults)


def _lines(file: io.BufferedReader, say: Say) -> Iterator[str]:
    """Yield the lines of a file; what is not UTF-8 becomes a line that is no entry, and is then named with its number."""
    for number, line in enumerate(file):
        if number % LINES_BETWEEN_TICKS == 0:
            say.tick(f"{number} entries")
        try:
            yield line.decode("utf-8")
        except UnicodeDecodeError:
            yield "not UTF-8"


def _of_database(given: argparse.Namespace, say: Say) -> Iterator[Proof]:
    from taawun.house import database

    config = load_config(data=given.data)
    database.require(config)
    os.environ["TAAWUN_DATA"] = str(config.data)
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "taawun.house.settings")
    say.step("Asking the database")
    with database.running(config):
        import django

        django.setup()
        from django.db import connection

        try:
            yield from _of_circles(given.circle, say)
        finally:
            connection.close()


def _of_circles(only: str | None, say: Say) -> Iterator[Proof]:
    from django.db import connection, transaction
    from django.db.utils import ProgrammingError

    from taawun.community.circles.models import Circle
    from taawun.ground.journal.proof import verify_circle
    from taawun.ground.values.scope import circle_scope

    try:
        circles = list(Circle.objects.order_by("slug").values_list("id", "slug"))
    except ProgrammingError:
        raise Trouble("This database has no tables yet: ./taawun up makes them.") from None
    chosen = [(circle_id, slug) for circle_id, slug in circles if only in (None, slug)]
    if only is not None and not chosen:
        raise Trouble(f"There is no circle called {only} here: {', '.join(slug for _, slug in circles[:20]) or 'none at all'}.")
    for circle_id, slug in chosen:
        say.step(f"Verifying {slug}")
        with transaction.atomic():
            with connection.cursor() as cursor:
                # One moment for the whole chain, however much is written meanwhile.
                cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY")
            with circle_scope(circle_id):
                count, head, faults = verify_circle(circle_id, lambda done: say.tick(f"{done} entries"))
        yield Proof(slug, count, head, faults, str(circle_id))
