"""What other practices show beside a need, to whose it is: they register here, since this room knows none of them."""

import uuid
from collections.abc import Callable, Iterable, Sequence
from datetime import datetime

from django.http import HttpRequest
from django.utils.safestring import SafeString

from taawun.community.circles.models import Circle

# Given the request, the circle, needs of one person and now: the drawn panels, or none.
Drawing = Callable[[HttpRequest, Circle, Sequence[uuid.UUID], datetime], Iterable[SafeString]]
_drawings: list[Drawing] = []


def register(drawing: Drawing) -> None:
    if drawing not in _drawings:
        _drawings.append(drawing)


def panels(request: HttpRequest, circle: Circle, intent_ids: Sequence[uuid.UUID], *, now: datetime) -> list[SafeString]:
    """Return what stands beside these needs. The caller has asked that they are the reader's own."""
    return [panel for drawing in _drawings for panel in drawing(request, circle, intent_ids, now)]
