"""Proving an export (JSON lines) without a database and without settings: anyone can check a copy they were given."""

import json
import uuid
from collections.abc import Iterable, Iterator

from taawun.ground.journal.chain import Fault, Link, verify

NOWHERE = uuid.UUID(int=0)
SEQ_MAX = (1 << 63) - 1


def verify_export(lines: Iterable[str]) -> tuple[int, str, list[Fault]]:
    """Return the number of entries, the last hash (hex) and the faults.

    A line that is not an entry is a fault with its line number as place. Lines are read one by one, however many.
    """
    faults: list[Fault] = []
    count, last = 0, b""
    circles: set[uuid.UUID] = set()

    def counted() -> Iterator[Link]:
        nonlocal count, last
        for number, text in enumerate(lines, start=1):
            if not text.strip():
                continue
            link = _read(text)
            if link is None:
                faults.append(Fault(NOWHERE, number, f"line {number} is not a journal entry"))
                continue
            count, last = count + 1, link.hash
            circles.add(link.circle_id)
            yield link

    faults.extend(verify(counted()))
    if len(circles) > 1:
        faults.append(Fault(NOWHERE, 0, "the export mixes entries of several circles"))
    return count, last.hex(), faults


def _read(text: str) -> Link | None:
    """Return the entry in a line, or None where it is none."""
    try:
        line = json.loads(text)
        seq, body = line["seq"], line["body"]
        if not isinstance(body, str) or type(seq) is not int or not 0 < seq <= SEQ_MAX:
            return None
        body.encode()
        return Link(
            circle_id=uuid.UUID(json.loads(body)["circle_id"]),
            seq=seq,
            body=body,
            previous_hash=bytes.fromhex(line["previous_hash"]),
            hash=bytes.fromhex(line["hash"]),
            columns={},
        )
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError):
        return None
