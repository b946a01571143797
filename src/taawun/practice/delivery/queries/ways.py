"""Times and lengths of real ways for a plan: asked of the operator's router by the planning, kept sealed for the day.

Only the planning itself asks (``ask``), outside any transaction. What it got lies sealed under the plan's id, so that
times, and what a move by hand costs, are reckoned on the same ways without waiting for anybody. A place that came
since is reached by straight lines until the next planning. This file loads the solver's libraries: import it where
something is planned.

Places are kept as blind tokens: whoever opened the table would still not read from it where a door is.
"""

import io
import math
import time
import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final

import numpy as np
from django.conf import settings

from taawun.ground.vault import machine, store
from taawun.practice.delivery import roads, rules
from taawun.practice.delivery.models import DayPlan

Place = tuple[float, float]
FIELD: Final = "ways"
# More places are a table nobody wants to wait for, nor to open with every page.
PLACES_MAX: Final = 500
ASK_SECONDS: Final = 60.0
KEPT: Final = timedelta(days=4)
WAY_OF: Final[Mapping[str, roads.Way]] = {
    "foot": "foot", "bicycle": "bicycle", "cargo_bike": "bicycle", "motorbike": "car", "car": "car", "van": "car",
    "truck": "car",
}  # fmt: skip
# What a plan says of its ways (``progress["ways"]``): by the router, or why not.
ROADS, DOWN, MANY = "roads", "down", "many"


@dataclass(frozen=True)
class Ways:
    """Tables of seconds and metres by way of travelling; ``row_of`` finds a place's row by its token."""

    row_of: Mapping[int, int]
    tables: Mapping[roads.Way, tuple[roads.IntArray, roads.IntArray]]


def router() -> roads.Router | None:
    return roads.router_of(settings.ROUTER)


def ask(places: Sequence[Place], vehicles: set[str]) -> tuple[Ways | None, str]:
    """Ask the router for the ways between places; without an answer, None and what the plan says of it.

    The caller is outside any transaction and has seen to it that there is a router.
    """
    known = router()
    apart = sorted({one for one in places if math.isfinite(one[0])})
    if known is None or not apart:
        return None, ""
    if len(apart) > PLACES_MAX:
        return None, MANY
    until = time.monotonic() + ASK_SECONDS
    try:
        kinds = sorted({WAY_OF[one] for one in vehicles if one in WAY_OF})
        tables = {way: roads.table(known, apart, way, until=until) for way in kinds}
    except roads.RoadsDown:
        return None, DOWN
    return Ways({token: row for row, token in enumerate(_tokens(apart))}, tables), ROADS


def keep(plan: DayPlan, ways: Ways | None, *, now: datetime) -> None:
    """Keep what the router said, in place of what it said before; None: nothing any more."""
    if ways is None:
        store.erase(plan.id)
        return
    arrays: dict[str, Any] = {"tokens": np.array(list(ways.row_of), dtype=np.int64)}
    for way, (seconds, metres) in ways.tables.items():
        arrays[f"{way}_seconds"], arrays[f"{way}_metres"] = seconds.astype(np.int32), metres.astype(np.int32)
    into = io.BytesIO()
    np.savez_compressed(into, **arrays)
    over = datetime.combine(plan.on_date, datetime.min.time(), tzinfo=now.tzinfo)
    store.seal_file(plan.circle_id, plan.id, FIELD, into.getvalue(), now=now, expires_at=max(now, over) + KEPT)


def kept(circle_id: uuid.UUID, plan_id: uuid.UUID, *, now: datetime) -> Ways | None:
    """Return what the router said of this plan; None where none is set, or it was not asked or did not answer."""
    if not settings.ROUTER:
        return None
    data = store.open_file(circle_id, plan_id, FIELD, now=now)
    if data is None:
        return None
    with np.load(io.BytesIO(data), allow_pickle=False) as held:
        tables = {
            way: (held[f"{way}_seconds"].astype(np.int64), held[f"{way}_metres"].astype(np.int64))
            for way in roads.WAYS
            if f"{way}_seconds" in held
        }
        return Ways({int(token): row for row, token in enumerate(held["tokens"])}, tables)


def profile(ways: Ways | None, places: Sequence[Place], vehicle: str, straight: Any) -> Any:
    """Return how this vehicle travels between these places: by the tables, and by ``straight`` where they know no place."""
    way = WAY_OF.get(vehicle)
    if ways is None or way is None or way not in ways.tables or not places:
        return straight
    from taawun.solve.routing import problem as routing
    from taawun.solve.routing.prepare import great_circle

    known = np.array([ways.row_of.get(token, -1) for token in _tokens(places)], dtype=np.int64)
    # Who has no home starts at a depot: her row is never looked at.
    latitude, longitude = (np.nan_to_num(np.array(column, dtype=np.float64)) for column in zip(*places, strict=True))
    length = great_circle(latitude, longitude, latitude, longitude) * straight.detour
    metres = np.minimum(np.ceil(length), 2**31 - 1).astype(np.int64)
    seconds = np.minimum(np.ceil(length / straight.metres_per_second), 2**31 - 1).astype(np.int64)
    both = (known[:, None] >= 0) & (known[None, :] >= 0)
    there = np.ix_(known, known)
    real_seconds, real_metres = ways.tables[way]
    pace = rules.OF_VEHICLE[vehicle].metres_per_second / rules.OF_VEHICLE[_MEASURE[way]].metres_per_second
    quick = np.where(real_seconds[there] < 0, -1, np.ceil(real_seconds[there] / pace)).astype(np.int64)
    seconds, metres = np.where(both, quick, seconds), np.where(both, real_metres[there], metres)
    return routing.Profile(straight.metres_per_second, straight.detour, seconds=seconds, metres=metres)


# The vehicle a router has in mind with each way; the others are so much slower or quicker in a town.
_MEASURE: Final[Mapping[roads.Way, str]] = {"foot": "foot", "bicycle": "bicycle", "car": "car"}


def _tokens(places: Sequence[Place]) -> list[int]:
    return machine.blind_tokens("ways", (f"{latitude:.6f},{longitude:.6f}" for latitude, longitude in places))
