"""The chain itself: canonical text of an entry, its hash, and the proof that nothing was edited or taken out.

Pure functions, so that an export can be verified by anyone, offline, without a server.
"""

import hashlib
import json
import struct
import uuid
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime

START = b"\x00" * 32


def canonical(fields: Mapping[str, object]) -> str:
    """Return JSON with sorted keys and no spaces. Values are text, integers, booleans, lists, objects and null."""
    return json.dumps(fields, sort_keys=True, separators=(",", ":"), ensure_ascii=False, allow_nan=False)


def moment(value: datetime) -> str:
    """Return an aware datetime as UTC text with microseconds."""
    return value.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ")


def link(previous_hash: bytes, seq: int, body: str) -> bytes:
    """Return the hash of entry ``seq``: SHA-256 over the hash before, the place (64 bits, big-endian) and the body."""
    return hashlib.sha256(previous_hash + struct.pack(">q", seq) + body.encode()).digest()


@dataclass(frozen=True, slots=True)
class Link:
    """An entry as it is stored or exported."""

    circle_id: uuid.UUID
    seq: int
    body: str
    previous_hash: bytes
    hash: bytes
    columns: Mapping[str, object]


@dataclass(frozen=True, slots=True)
class Fault:
    """Where a chain is broken and how."""

    circle_id: uuid.UUID
    seq: int
    what: str


def verify(links: Iterable[Link]) -> Iterator[Fault]:
    """Yield every fault of one circle's entries, given in order of ``seq``."""
    expected_seq, previous = 1, START
    for one in links:
        if one.seq > expected_seq:
            yield Fault(one.circle_id, expected_seq, _missing(expected_seq, one.seq - 1))
        elif one.seq < expected_seq:
            yield Fault(one.circle_id, one.seq, "stands where another entry belongs")
        elif one.previous_hash != previous:
            yield Fault(one.circle_id, one.seq, "does not follow from the entry before it")
        if link(one.previous_hash, one.seq, one.body) != one.hash:
            yield Fault(one.circle_id, one.seq, "its text does not give its hash: it was edited")
        yield from _columns_faults(one)
        expected_seq, previous = one.seq + 1, one.hash


def _missing(first: int, last: int) -> str:
    return f"entry {first} is missing" if first == last else f"entries {first} to {last} are missing"


def _columns_faults(one: Link) -> Iterator[Fault]:
    try:
        told = json.loads(one.body)
    except (ValueError, RecursionError):
        told = None
    if not isinstance(told, dict):
        # Without columns to compare, as in an export, the hash alone decides.
        if one.columns:
            yield Fault(one.circle_id, one.seq, "its text is not an entry")
        return
    for name, value in one.columns.items():
        if told.get(name) != value:
            yield Fault(one.circle_id, one.seq, f"its column {name} differs from what was hashed")
