"""Comparing sealed texts by machine: nobody sees them, so nobody is said to have looked.

``weigh`` opens the rows one after the other, hands each to a judge, and lets nothing out but numbers and words of the
program: a ``Verdict`` has no room for what was read. To see a text takes ``store.reveal``, which leaves its entry.
(docs/decisions/0016)
"""

import hmac
import re
import uuid
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime

from taawun.ground.vault import cipher, store
from taawun.ground.vault.models import DataKey, Sealed
from taawun.ground.vault.store import _bound, _data_key

_WORD = re.compile(r"[a-z_]{1,20}(\.[a-z_]{1,20})?")
TOKEN_BYTES = 8
# What says who somebody is; notes on a case and pictures are never compared.
JUDGED = ("name", "full_name", "phone", "door", "value")


@dataclass(frozen=True, slots=True)
class Verdict:
    """What may leave: points, words of the program such as ``name.same``, and blind tokens."""

    points: float = 0.0
    words: tuple[str, ...] = ()
    tokens: tuple[int, ...] = ()

    def __post_init__(self) -> None:
        if any(not _WORD.fullmatch(word) for word in self.words):
            raise cipher.VaultError("a verdict holds words of the program only")


Judge = Callable[[uuid.UUID, Mapping[str, str]], Verdict | None]


def weigh(row_ids: Iterable[uuid.UUID], judge: Judge, *, now: datetime) -> dict[uuid.UUID, Verdict]:
    """Return the judge's verdict on the sealed fields of each row of the scope; rows that are gone are absent."""
    sealed = Sealed.objects.filter(row_id__in=list(row_ids), field__in=JUDGED)
    columns = sealed.values_list("circle_id", "subject_id", "row_id", "field", "ciphertext", "expires_at")
    rows = [row for row in columns if row[5] is None or row[5] > now]
    held = DataKey.objects.filter(subject_id__in={row[1] for row in rows})
    keys = {(key.circle_id, key.subject_id): _data_key(key) for key in held}
    opened: dict[uuid.UUID, dict[str, str]] = {}
    for circle_id, subject_id, row_id, field, ciphertext, _expires_at in rows:
        key = keys.get((circle_id, subject_id))
        if key is not None:
            plain = cipher.decrypt(key, bytes(ciphertext), _bound(circle_id, row_id, field))
            opened.setdefault(row_id, {})[field] = plain.decode(errors="replace")
    verdicts = ((row_id, judge(row_id, fields)) for row_id, fields in opened.items())
    return {row_id: verdict for row_id, verdict in verdicts if verdict is not None}


def blind_tokens(purpose: str, values: Iterable[str]) -> list[int]:
    """Return short keyed hashes of values, one a value: eight bytes, which fit an index. They find, they prove nothing."""
    key = store.key_ring().index
    # As ``cipher.blind_index``, in one call: a sheet of a hundred thousand rows has a million of these.
    digests = (hmac.digest(key, f"{purpose}|{value}".encode(), "sha256") for value in values)
    return [int.from_bytes(digest[:TOKEN_BYTES], "big", signed=True) for digest in digests]


POINT = "point"
# Some ten metres: enough to order the doors of a street, too little to tell two beside one another apart.
POINT_DECIMALS = 4


def locate(row_ids: Iterable[uuid.UUID], *, now: datetime) -> dict[uuid.UUID, tuple[float, float]]:
    """Return the sealed positions of rows as latitude and longitude, for a solver that works out ways between them.

    Nobody is shown one: what the caller lets out are an order, whole minutes and kilometres, never a position. Rows
    without one, and those that are gone, are absent. (docs/decisions/0022)
    """
    sealed = Sealed.objects.filter(row_id__in=list(row_ids), field=POINT)
    columns = list(sealed.values_list("circle_id", "subject_id", "row_id", "ciphertext", "expires_at"))
    rows = [row for row in columns if row[4] is None or row[4] > now]
    held = DataKey.objects.filter(subject_id__in={row[1] for row in rows})
    keys = {(key.circle_id, key.subject_id): _data_key(key) for key in held}
    found: dict[uuid.UUID, tuple[float, float]] = {}
    for circle_id, subject_id, row_id, ciphertext, _expires_at in rows:
        key = keys.get((circle_id, subject_id))
        if key is None:
            continue
        text = cipher.decrypt(key, bytes(ciphertext), _bound(circle_id, row_id, POINT)).decode()
        latitude, _comma, longitude = text.partition(",")
        try:
            found[row_id] = (round(float(latitude), POINT_DECIMALS), round(float(longitude), POINT_DECIMALS))
        except ValueError:
            # What is no position is no place: the stop is then where its public cell is.
            continue
    return found
