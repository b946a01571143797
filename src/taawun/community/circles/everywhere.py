"""Doing something in every circle, each in a transaction and a scope of its own, so that one that fails stops no other."""

import logging
import uuid
from collections.abc import Callable, Iterable
from contextlib import nullcontext

from taawun.community.circles.models import Circle
from taawun.ground.values.scope import circle_scope

logger = logging.getLogger("taawun.circles")


class NotEverywhere(Exception):
    """It was done in every circle but some. The log says in which; the others are finished."""


def circle_ids() -> list[uuid.UUID]:
    return list(Circle.objects.order_by("id").values_list("id", flat=True))


def in_every_circle(
    act: Callable[[Circle], int], *, what: str, only: Iterable[uuid.UUID] | None = None, scoped: bool = True
) -> int:
    """Run ``act`` in every circle (or in those of ``only``) and return the sum of what it answers.

    The caller is outside any transaction. ``scoped=False`` is for an act that opens its own scopes, one after another.
    A circle's failure is logged by its id and raised at the end, when every
    other circle has had its turn.
    """
    done, failed = 0, 0
    for circle_id in circle_ids() if only is None else only:
        try:
            circle = Circle.objects.filter(pk=circle_id).first()
            if circle is None:
                continue
            with circle_scope(circle_id) if scoped else nullcontext():
                done += act(circle)
        except Exception as error:  # noqa: BLE001  (whatever it is, the other circles have their turn)
            failed += 1
            # Messages of the database may repeat what a person typed, so only the kind of failure is told.
            logger.error("%s failed in circle %s: %s", what, circle_id, type(error).__name__)
    if failed:
        raise NotEverywhere(f"{what} failed in {failed} circles")
    return done
