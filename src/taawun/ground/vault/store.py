"""Sealing, revealing, expiring and erasing over the two tables of the vault.

``reveal`` writes who looked at what and why to the journal before it returns a single letter. ``seal`` and
``reveal`` work inside the caller's transaction and circle scope.
"""

import functools
import uuid
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path

from django.conf import settings
from django.db import connection, transaction
from django.db.models import Count

from taawun.ground.journal import record
from taawun.ground.values.bulk import insert_many
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


@dataclass(frozen=True, slots=True)
class Secret:
    """Texts of one row to be sealed together with those of other rows; empty ones are left out."""

    subject_id: uuid.UUID
    row_id: uuid.UUID
    fields: Mapping[str, str]


def seal_many(
    circle_id: uuid.UUID | None, secrets: Sequence[Secret], *, now: datetime, expires_at: datetime | None = None
) -> None:
    """Seal the texts of many new rows in a few statements. A field that was sealed before is not replaced: an error."""
    keys = _ensure_data_keys(circle_id, {one.subject_id for one in secrets if any(one.fields.values())}, now)
    insert_many(
        [
            Sealed(
                circle_id=circle_id,
                subject_id=one.subject_id,
                row_id=one.row_id,
                field=name,
                ciphertext=cipher.encrypt(keys[one.subject_id], text.encode(), _bound(circle_id, one.row_id, name)),
                sealed_at=now,
                expires_at=expires_at,
            )
            for one in secrets
            for name, text in one.fields.items()
            if text
        ]
    )


def seal_each(
    circle_id: uuid.UUID, subject_id: uuid.UUID, row_ids: Iterable[uuid.UUID], fields: Mapping[str, str], *, now: datetime
) -> None:
    """Seal the same texts of one person under many new rows, each by itself, in a few statements."""
    key = _ensure_data_key(circle_id, subject_id, now)
    insert_many(
        [
            Sealed(
                circle_id=circle_id,
                subject_id=subject_id,
                row_id=row_id,
                field=name,
                ciphertext=cipher.encrypt(key, text.encode(), _bound(circle_id, row_id, name)),
                sealed_at=now,
            )
            for row_id in row_ids
            for name, text in fields.items()
            if text
        ]
    )


def _ensure_data_keys(
    circle_id: uuid.UUID | None, subject_ids: set[uuid.UUID], now: datetime
) -> dict[uuid.UUID, bytes]:
    """Return the opened keys of many subjects: those they have, and new ones for the others."""
    had = DataKey.objects.filter(circle_id=circle_id, subject_id__in=subject_ids)
    keys = {row.subject_id: _data_key(row) for row in had}
    made = []
    for subject_id in sorted(subject_ids - keys.keys()):
        keys[subject_id] = cipher.new_key()
        key_id, wrapped = cipher.wrap(key_ring(), keys[subject_id], _bound(circle_id, subject_id))
        made.append(
            DataKey(circle_id=circle_id, subject_id=subject_id, key_id=key_id, wrapped=wrapped, created_at=now)
        )
    insert_many(made)
    return keys


PIECE_BYTES = 1 << 20


def seal_file(
    circle_id: uuid.UUID, row_id: uuid.UUID, field: str, data: bytes, *, now: datetime, expires_at: datetime
) -> None:
    """Seal a file in pieces under a key of its own, in place of the one sealed there before. ``erase(row_id)`` ends it.

    A file belongs to the room that keeps it, and not to a person: what is in it is nobody's yet. Whoever opens it shows
    it only to the one who brought it.
    """
    Sealed.objects.filter(row_id=row_id, field__startswith=f"{field}.").delete()
    key = _ensure_data_key(circle_id, row_id, now)
    # The number of pieces is part of what each is bound to, so that a file cut at its end does not open.
    count = max(1, -(-len(data) // PIECE_BYTES))
    for number in range(count):
        name = f"{field}.{number}"
        piece = data[number * PIECE_BYTES : (number + 1) * PIECE_BYTES]
        Sealed.objects.create(
            circle_id=circle_id,
            subject_id=row_id,
            row_id=row_id,
            field=name,
            ciphertext=cipher.encrypt(key, piece, _bound(circle_id, row_id, name, count)),
            sealed_at=now,
            expires_at=expires_at,
        )


def open_file(circle_id: uuid.UUID, row_id: uuid.UUID, field: str, *, now: datetime) -> bytes | None:
    """Return a sealed file, or None when it is gone."""
    key = DataKey.objects.filter(circle_id=circle_id, subject_id=row_id).first()
    pieces = Sealed.objects.filter(row_id=row_id, field__startswith=f"{field}.", expires_at__gt=now)
    numbers = sorted(int(name.rpartition(".")[2]) for name in pieces.values_list("field", flat=True))
    if key is None or not numbers:
        return None
    opened = _data_key(key)
    data = bytearray()
    for number in range(len(numbers)):
        name = f"{field}.{number}"
        row = Sealed.objects.filter(row_id=row_id, field=name).first()
        if row is None:
            return None
        data += cipher.decrypt(opened, bytes(row.ciphertext), _bound(circle_id, row_id, name, len(numbers)))
    return bytes(data)


@dataclass
class Look:
    """Sealed fields of many rows, opened one batch after the other; see ``look_through``."""

    who: Viewer
    now: datetime
    seen: dict[uuid.UUID, set[str]] = field(default_factory=dict)

    def open(self, row_ids: Iterable[uuid.UUID]) -> dict[uuid.UUID, dict[str, str]]:
        return _open(self.who, row_ids, self.seen, self.now)


@contextmanager
def look_through(who: Viewer, why: str, *, circle_id: uuid.UUID, now: datetime) -> Iterator[Look]:
    """Open the sealed fields of a great many rows; the looks are recorded when the block ends, last in the transaction.

    Until then nothing that was opened leaves the house: the caller hands it out after the transaction is committed.
    So the journal of the circle is held for seconds, and not as long as it takes to open everything.
    """
    look = Look(who, now)
    yield look
    record.append_many(
        circle_id, (_revealed(who, subject_id, names, why) for subject_id, names in look.seen.items()), now=now
    )


def _revealed(who: Viewer, subject_id: uuid.UUID, names: set[str], why: str) -> record.NewEntry:
    return record.NewEntry("vault.revealed", who.agent_id, subject_id, {"fields": sorted(names), "why": why})


def _open(
    who: Viewer,
    row_ids: Iterable[uuid.UUID],
    seen: dict[uuid.UUID, set[str]],
    now: datetime,
    only: Mapping[uuid.UUID, Collection[str]] | None = None,
) -> dict[uuid.UUID, dict[str, str]]:
    """Open the fields of rows (those named for a row in ``only``), and add to ``seen`` whose they were."""
    rows: Iterable[Sealed] = Sealed.objects.filter(row_id__in=list(row_ids))
    if only is not None:
        rows = [row for row in rows if row.field in only.get(row.row_id, ())]
    return _open_rows(who, rows, seen, now)


def _open_rows(
    who: Viewer, sealed: Iterable[Sealed], seen: dict[uuid.UUID, set[str]], now: datetime
) -> dict[uuid.UUID, dict[str, str]]:
    rows = [row for row in sealed if row.expires_at is None or row.expires_at > now]
    keys = {
        (key.circle_id, key.subject_id): _data_key(key)
        for key in DataKey.objects.filter(subject_id__in={row.subject_id for row in rows})
    }
    opened: dict[uuid.UUID, dict[str, str]] = {}
    for row in rows:
        key = keys.get((row.circle_id, row.subject_id))
        if key is None:
            continue
        plain = cipher.decrypt(key, bytes(row.ciphertext), _bound(row.circle_id, row.row_id, row.field))
        opened.setdefault(row.row_id, {})[row.field] = plain.decode()
        if row.subject_id not in who.own_ids:
            seen.setdefault(row.subject_id, set()).add(row.field)
    return opened


def reveal(
    who: Viewer,
    row_ids: Iterable[uuid.UUID],
    why: str,
    *,
    circle_id: uuid.UUID | None,
    now: datetime,
    only: Mapping[uuid.UUID, Collection[str]] | None = None,
) -> dict[uuid.UUID, dict[str, str]]:
    """Open the sealed fields of rows: row id to field to text. Rows and fields that are gone are absent.

    ``circle_id`` is the circle in which the look is recorded; looking at one's own data is not a look. ``only`` names
    the fields to open of each row, where two people's lie in one.
    """
    looked: dict[uuid.UUID, set[str]] = {}
    opened = _open(who, row_ids, looked, now, only)
    if looked and circle_id is None:
        raise cipher.VaultError("another person's data is only revealed within a circle")
    for subject_id, names in looked.items():
        record.append(
            circle_id,  # type: ignore[arg-type]
            "vault.revealed",
            actor_id=who.agent_id,
            subject_id=subject_id,
            data={"fields": sorted(names), "why": why},
            now=now,
        )
    return opened


def reveal_subject(
    who: Viewer, subject_id: uuid.UUID, why: str, *, circle_id: uuid.UUID | None, now: datetime
) -> dict[uuid.UUID, dict[str, str]]:
    """Open all that is sealed of one subject in the scope, and nothing that others sealed in the same rows."""
    looked: dict[uuid.UUID, set[str]] = {}
    opened = _open_rows(who, Sealed.objects.filter(subject_id=subject_id), looked, now)
    for names in looked.values():
        if circle_id is None:
            raise cipher.VaultError("another person's data is only revealed within a circle")
        record.append_many(circle_id, [_revealed(who, subject_id, names, why)], now=now)
    return opened


@dataclass(frozen=True, slots=True)
class Kept:
    """That something is sealed, and until when; not what."""

    row_id: uuid.UUID
    field: str
    expires_at: datetime | None


def kept(subject_id: uuid.UUID, *, now: datetime) -> list[Kept]:
    """Return what is sealed of a subject in the scope, without opening it: nobody looked."""
    rows = Sealed.objects.filter(subject_id=subject_id).order_by("sealed_at", "id")
    found = [Kept(*row) for row in rows.values_list("row_id", "field", "expires_at")]
    return [one for one in found if one.expires_at is None or one.expires_at > now]


def seal_bytes(
    *, circle_id: uuid.UUID, subject_id: uuid.UUID, row_id: uuid.UUID, field: str, plain: bytes, now: datetime
) -> bytes:
    """Return bytes sealed under the subject's key, for a room that stores them itself (a picture, a voice note)."""
    return cipher.encrypt(_ensure_data_key(circle_id, subject_id, now), plain, _bound(circle_id, row_id, field))


def open_bytes(
    *, circle_id: uuid.UUID, subject_id: uuid.UUID, row_id: uuid.UUID, field: str, sealed: bytes
) -> bytes | None:
    """Open what ``seal_bytes`` sealed; None once the subject was erased. Who may look, and whether it is a look that
    goes on record, is for the caller to see to."""
    row = DataKey.objects.filter(circle_id=circle_id, subject_id=subject_id).first()
    if row is None:
        return None
    return cipher.decrypt(_data_key(row), sealed, _bound(circle_id, row_id, field))


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


def erase_many(subject_ids: Iterable[uuid.UUID]) -> None:
    """As ``erase``, for many subjects at once."""
    wanted = list(subject_ids)
    with transaction.atomic():
        DataKey.objects.filter(subject_id__in=wanted).delete()
        Sealed.objects.filter(subject_id__in=wanted).delete()


def erase_rows(row_ids: Iterable[uuid.UUID]) -> None:
    """Remove the sealed fields of rows that are gone. The subjects keep their keys: they may have other rows."""
    Sealed.objects.filter(row_id__in=list(row_ids)).delete()


def copy(
    circle_id: uuid.UUID, from_row: uuid.UUID, to_row: uuid.UUID, names: Mapping[str, str], *, now: datetime
) -> None:
    """Seal fields of one row again under another, by the names they have there. Nothing is shown, so nobody looked."""
    for subject_id, name, text in _to_copy(circle_id, from_row, names, now):
        seal(circle_id=circle_id, subject_id=subject_id, row_id=to_row, fields={name: text}, now=now)


def copy_to_each(
    circle_id: uuid.UUID, from_row: uuid.UUID, to_rows: Sequence[uuid.UUID], names: Mapping[str, str], *, now: datetime
) -> None:
    """As ``copy``, under many rows in which these fields are new."""
    for subject_id, name, text in _to_copy(circle_id, from_row, names, now):
        seal_each(circle_id, subject_id, to_rows, {name: text}, now=now)


def _to_copy(
    circle_id: uuid.UUID, from_row: uuid.UUID, names: Mapping[str, str], now: datetime
) -> Iterator[tuple[uuid.UUID, str, str]]:
    rows = list(Sealed.objects.filter(circle_id=circle_id, row_id=from_row, field__in=names))
    for row in rows:
        key = DataKey.objects.filter(circle_id=circle_id, subject_id=row.subject_id).first()
        if key is None or (row.expires_at is not None and row.expires_at <= now):
            continue
        plain = cipher.decrypt(_data_key(key), bytes(row.ciphertext), _bound(circle_id, from_row, row.field))
        yield row.subject_id, names[row.field], plain.decode()


def count_unopenable() -> int:
    """Return how many data keys of the opened scope the key file does not unwrap, as after keys of another house."""
    count = 0
    for row in DataKey.objects.iterator(chunk_size=2000):
        try:
            _data_key(row)
        except cipher.VaultError:
            count += 1
    return count


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
