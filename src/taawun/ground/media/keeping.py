"""Keeping pictures and voice notes sealed, opening them, and letting them go. Inside the caller's transaction and scope.

Who may open one is for the room it belongs to: it asks here only after its own ``access`` has said yes.
"""

import uuid
from collections.abc import Iterable
from datetime import datetime

from taawun.ground.media.making import Made
from taawun.ground.media.models import Medium
from taawun.ground.values.ids import new_id
from taawun.ground.vault import store

FACTS = ("id", "circle_id", "subject_id", "row_id", "kind", "mime", "width", "height", "milliseconds")


def keep(made: Made, *, circle_id: uuid.UUID, subject_id: uuid.UUID, row_id: uuid.UUID, now: datetime) -> Medium:
    """Seal what was made under the subject's key and store it for a row."""
    medium = Medium(
        id=new_id(), circle_id=circle_id, subject_id=subject_id, row_id=row_id, kind=made.kind, mime=made.mime,
        width=made.width, height=made.height, milliseconds=made.milliseconds, made_at=now,
    )  # fmt: skip
    for field, plain in (("content", made.content), ("small", made.small)):
        if plain:
            sealed = store.seal_bytes(
                circle_id=circle_id, subject_id=subject_id, row_id=medium.id, field=field, plain=plain, now=now
            )
            setattr(medium, field, sealed)
    medium.save(force_insert=True)
    return medium


def of_rows(row_ids: Iterable[uuid.UUID]) -> dict[uuid.UUID, list[Medium]]:
    """Return what belongs to rows, without the bytes: one statement."""
    found: dict[uuid.UUID, list[Medium]] = {}
    for medium in Medium.objects.filter(row_id__in=list(row_ids)).only(*FACTS).order_by("kind"):
        found.setdefault(medium.row_id, []).append(medium)
    return found


def opened(medium: Medium, *, small: bool = False) -> bytes | None:
    """Return the bytes of a medium, or of its small picture; None when there are none (any more)."""
    field = "small" if small else "content"
    sealed = bytes(getattr(medium, field))
    if not sealed:
        return None
    return store.open_bytes(
        circle_id=medium.circle_id, subject_id=medium.subject_id, row_id=medium.id, field=field, sealed=sealed
    )


def remove(row_ids: Iterable[uuid.UUID]) -> int:
    """Destroy what belongs to rows."""
    return Medium.objects.filter(row_id__in=list(row_ids)).delete()[0]

