"""Sealing, revealing, expiring and erasing over the two tables of the vault.

``reveal`` writes who looked at what and why to the journal before it returns a single letter. ``seal`` and
``reveal`` work inside the caller's transaction and circle scope.
"""

import functools
import uuid
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from django.conf import settings
from django.db import connection, transaction
from django.db.models import Count

from taawun.ground.journal import record
from taawun.ground.vault import cipher
from taawun.ground.vault.models import DataKey, Sealed


@dataclass(frozen=True, slots=True)
class Viewer:
    """Who looks: the agent, and the agents whose data are this viewer's own (herself, those she acts for)."""

    agent_id: uuid.UUID
    own_ids: frozenset[uuid.UUID]


@functools.cache
def _ring_of(path: Path, modified_nanoseconds: int) -> cipher.KeyRing:
    return cipher.load_key_ring(path)


def key_ring() -> cipher.KeyRing:
    """Return the key ring, read again when the key file has changed, so that a rotation needs no restart."""
    path = Path(settings.VAULT_KEYS)
    try:
        modified = path.stat().st_mtime_ns
    except FileNotFoundError:
        modified = 0
    return _ring_of(path, modified)


def blind_index(purpose: str, value: str) -> bytes:
    """Return the keyed hash under which an exact phone, address or receipt is found."""
    return cipher.blind_index(key_ring(), purpose, value)


def _bound(*parts: object) -> bytes:
    return "|".join(str(part) for part in parts).encode()


def _data_key(row: DataKey) -> bytes:
    bound = _bound(row.circle_id, row.subject_id)
    return cipher.unwrap(key_ring(), row.key_id, bytes(row.wrapped), bound)


def _ensure_data_key(circle_id: uuid.UUID | None, subject_id: uuid.UUID, now: datetime) -> bytes:
    row = DataKey.objects.filter(circle_id=circle_id, subject_id=subject_id).first()
    if row is None:
        key_id, wrapped = cipher.wrap(key_ring(), cipher.new_key(), _bound(circle_id, subject_id))
        DataKey.objects.bulk_create(
            [DataKey(circle_id=circle_id, subject_id=subject_id, key_id=key_id, wrapped=wrapped, created_at=now)],
            ignore_conflicts=True,
        )
        row = DataKey.objects.get(circle_id=circle_id, subject_id=subject_id)
    return _data_key(row)


def seal(
    *,
    circle_id: uuid.UUID | None,
    subject_id: uuid.UUID,
    row_id: uuid.UUID,
    fields: Mapping[str, str],
    now: datetime,
    expires_at: datetime | None = None,
) -> None:
    """Seal the fields of a row under the subject's key. An empty text removes the field."""
    gone = [name for name, text in fields.items() if not text]
    if gone:
        Sealed.objects.filter(row_id=row_id, field__in=gone).delete()
    kept = {name: text for name, text in fields.items() if text}
    if not kept:
        return
    key = _ensure_data_key(circle_id, subject_id, now)
    Sealed.objects.bulk_create(
        [
            Sealed(
                circle_id=circle_id,
                subject_id=subject_id,
                row_id=row_id,
                field=name,
                ciphertext=cipher.encrypt(key, text.encode(), _bound(circle_id, row_id, name)),
                sealed_at=now,
                expires_at=expires_at,
            )
            for name, text in kept.items()
        ],
        update_conflicts=True,
        unique_fields=["row_id", "field"],
        update_fields=["subject_id", "ciphertext", "sealed_at", "expires_at"],
    )


def reveal(
    who: Viewer, row_ids: Iterable[uuid.UUID], why: str, *, circle_id: uuid.UUID | None, now: datetime
) -> dict[uuid.UUID, dict[str, str]]:
    """Open the sealed fields of rows: row id to field to text. Rows and fields that are gone are absent.

    ``circle_id`` is the circle in which the look is recorded; looking at one's own data is not a look.
    """
    wanted = list(row_ids)
    rows = list(Sealed.objects.filter(row_id__in=wanted))
    rows = [row for row in rows if row.expires_at is None or row.expires_at > now]
    keys = {
        (key.circle_id, key.subject_id): _data_key(key)
        for key in DataKey.objects.filter(subject_id__in={row.subject_id for row in rows})
    }
    opened: dict[uuid.UUID, dict[str, str]] = {}
    looked: dict[uuid.UUID, list[str]] = {}
    for row in rows:
        key = keys.get((row.circle_id, row.subject_id))
        if key is None:
            continue
        plain = cipher.decrypt(key, bytes(row.ciphertext), _bound(row.circle_id, row.row_id, row.field))
        opened.setdefault(row.row_id, {})[row.field] = plain.decode()
        if row.subject_id not in who.own_ids:
            looked.setdefault(row.subject_id, []).append(row.field)
    for subject_id, fields in looked.items():
        if circle_id is None:
            raise cipher.VaultError("another person's data is only revealed within a circle")
        record.append(
            circle_id,
            "vault.revealed",
            actor_id=who.agent_id,
            subject_id=subject_id,
            data={"fields": sorted(set(fields)), "why": why},
            now=now,
        )
    return opened


def keep_until(row_ids: Iterable[uuid.UUID], expires_at: datetime | None) -> int:
    """Set when the sealed fields of rows are to be gone; None keeps them."""
    return Sealed.objects.filter(row_id__in=list(row_ids)).update(expires_at=expires_at)


def remove_expired(now: datetime) -> int:
    """Delete what has expired in the circles of the scope. Returns the number of values."""
    return Sealed.objects.filter(expires_at__lte=now).delete()[0]


def erase(subject_id: uuid.UUID) -> None:
    """Throw the subject's keys and values away, in the circles of the scope and outside circles."""
    with transaction.atomic():
        DataKey.objects.filter(subject_id=subject_id).delete()
        Sealed.objects.filter(subject_id=subject_id).delete()


def waiting_for_rotation() -> dict[str, int]:
    """Count the data keys of the scope that are not under the active master key, by the master key they are under."""
    rows = DataKey.objects.exclude(key_id=key_ring().active).values_list("key_id").annotate(count=Count("id"))
    return dict(rows.order_by("key_id"))


def rotate(batch_size: int = 500) -> int:
    """Re-wrap one batch of data keys under the active master key; returns how many. Readers are never blocked.

    Call it until it returns 0, in each circle's scope; afterwards the old master key can leave the key file.
    Data keys under a master key that is not in the file cannot be opened and are passed over.
    """
    ring = key_ring()
    others = [name for name in ring.keys if name != ring.active]
    with transaction.atomic():
        waiting = DataKey.objects.select_for_update(skip_locked=True).filter(key_id__in=others)
        rows = list(waiting.order_by("id")[:batch_size])
        wrapped = [cipher.wrap(ring, _data_key(row), _bound(row.circle_id, row.subject_id))[1] for row in rows]
        if rows:
            with connection.cursor() as cursor:
                cursor.execute(
                    "UPDATE vault_datakey AS key SET key_id = %s, wrapped = new.wrapped"
                    " FROM unnest(%s::uuid[], %s::bytea[]) AS new (id, wrapped) WHERE key.id = new.id",
                    [ring.active, [row.id for row in rows], wrapped],
                )
    return len(rows)
