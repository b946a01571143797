"""Proving a circle's chain, from the database or from an export (JSON lines)."""

import json
import uuid
from collections.abc import Iterable, Iterator
from typing import TextIO

from taawun.ground.journal.chain import Fault, Link, moment, verify
from taawun.ground.journal.models import Entry, Head


def _link(entry: Entry) -> Link:
    return Link(
        circle_id=entry.circle_id,
        seq=entry.seq,
        body=entry.body,
        previous_hash=bytes(entry.previous_hash),
        hash=bytes(entry.hash),
        columns={
            "id": str(entry.id),
            "circle_id": str(entry.circle_id),
            "name": entry.name,
            "actor_id": str(entry.actor_id) if entry.actor_id else None,
            "subject_id": str(entry.subject_id) if entry.subject_id else None,
            "audience": entry.audience,
            "topics": entry.topics,
            "event_at": moment(entry.event_at),
            "recorded_at": moment(entry.recorded_at),
        },
    )


def verify_circle(circle_id: uuid.UUID) -> tuple[int, str, list[Fault]]:
    """Return the number of entries, the last hash (hex) and the faults. The caller has opened the circle's scope."""
    entries = Entry.objects.filter(circle_id=circle_id).order_by("seq")
    count, last = 0, b""

    def counted() -> Iterator[Link]:
        nonlocal count, last
        for entry in entries.iterator(chunk_size=2000):
            count += 1
            last = bytes(entry.hash)
            yield _link(entry)

    head = Head.objects.filter(circle_id=circle_id).first()
    faults = list(verify(counted()))
    if head is None and count:
        faults.append(Fault(circle_id, count, "the head of the chain is missing"))
    elif head is not None and (head.seq, bytes(head.hash)) != (count, last):
        faults.append(Fault(circle_id, head.seq, "the newest entries are missing or the head was edited"))
    return count, last.hex(), faults


def export_circle(circle_id: uuid.UUID, out: TextIO) -> int:
    """Write the chain as JSON lines: seq, previous_hash, hash (hex) and the body that was hashed."""
    count = 0
    for entry in Entry.objects.filter(circle_id=circle_id).order_by("seq").iterator(chunk_size=2000):
        line = {
            "seq": entry.seq,
            "previous_hash": bytes(entry.previous_hash).hex(),
            "hash": bytes(entry.hash).hex(),
            "body": entry.body,
        }
        out.write(json.dumps(line, ensure_ascii=False) + "\n")
        count += 1
    return count


def verify_export(lines: Iterable[str]) -> tuple[int, str, list[Fault]]:
    """Verify an export without a database; a line that is not an entry is a fault with its line number as place."""
    links: list[Link] = []
    faults: list[Fault] = []
    nowhere = uuid.UUID(int=0)
    for number, text in enumerate(lines, start=1):
        if not text.strip():
            continue
        try:
            line = json.loads(text)
            links.append(
                Link(
                    circle_id=uuid.UUID(json.loads(line["body"])["circle_id"]),
                    seq=int(line["seq"]),
                    body=str(line["body"]),
                    previous_hash=bytes.fromhex(line["previous_hash"]),
                    hash=bytes.fromhex(line["hash"]),
                    columns={},
                )
            )
        except (ValueError, KeyError, TypeError):
            faults.append(Fault(nowhere, number, f"line {number} is not a journal entry"))
    faults.extend(verify(links))
    circles = {one.circle_id for one in links}
    if len(circles) > 1:
        faults.append(Fault(nowhere, 0, "the export mixes entries of several circles"))
    return len(links), links[-1].hash.hex() if links else "", faults
