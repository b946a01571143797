"""Times and lengths of real ways, from a router the operator runs: OSRM or Valhalla, both speak HTTP and JSON.

Without one, ways are straight lines made longer. A router learns where doors are, so it is the operator's own, set in the
settings and never chosen by a page. When it does not answer, the plan is made without it and says so.
"""

import json
import math
import time
import urllib.error
import urllib.request
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any, Final, Literal, get_args
from urllib.parse import urlsplit

import numpy as np
from numpy.typing import NDArray

IntArray = NDArray[np.int64]
Kind = Literal["osrm", "valhalla"]
Way = Literal["foot", "bicycle", "car"]
WAYS: Final[tuple[Way, ...]] = get_args(Way)
# What each router calls a way of travelling. An OSRM server knows one, whatever the address says.
_COSTINGS: Final = {"foot": "pedestrian", "bicycle": "bicycle", "car": "auto"}
_PROFILES: Final = {"foot": "foot", "bicycle": "bike", "car": "driving"}
# Both answer tables of up to 100 places as they are installed: fifty from and fifty to.
BLOCK: Final = 50
TIMEOUT_SECONDS: Final = 30.0
ANSWER_BYTES_MAX: Final = 8_000_000
NO_WAY: Final = -1


class RoadsDown(Exception):
    """The router did not answer, or not what it should; the text says how."""


class Answered(RoadsDown):
    """The router answered in its own words that it cannot: it is there."""


@dataclass(frozen=True, slots=True)
class Router:
    kind: Kind
    url: str


def router_of(text: str) -> Router | None:
    """Return the router a setting names, ``osrm=http://…`` or ``valhalla=http://…``; None for an empty one."""
    if not text.strip():
        return None
    kind, equals, url = text.strip().partition("=")
    parts = urlsplit(url)
    if kind not in get_args(Kind) or not equals or parts.scheme not in ("http", "https") or not parts.hostname:
        raise ValueError(f"{text!r} is no router: write osrm=http://127.0.0.1:5000 or valhalla=http://127.0.0.1:8002")
    return Router(kind, url.rstrip("/"))  # type: ignore[arg-type]


def table(
    router: Router, places: Sequence[tuple[float, float]], way: Way, *, until: float = math.inf
) -> tuple[IntArray, IntArray]:
    """Return (n, n) seconds and metres from each place to each, -1 where no way leads; places are latitude, longitude.

    ``until``: the moment of ``time.monotonic`` from which no further piece of the table is waited for.
    """
    seconds = np.full((len(places), len(places)), NO_WAY, dtype=np.int64)
    metres = seconds.copy()
    for rows in _blocks(len(places)):
        for columns in _blocks(len(places)):
            if time.monotonic() > until:
                raise RoadsDown("it is too slow")
            answer = _osrm if router.kind == "osrm" else _valhalla
            times, lengths = answer(router, [places[i] for i in rows], [places[i] for i in columns], way)
            part = np.ix_(list(rows), list(columns))
            seconds[part], metres[part] = (
                _whole(times, len(rows), len(columns)),
                _whole(lengths, len(rows), len(columns)),
            )
    np.fill_diagonal(seconds, 0)
    np.fill_diagonal(metres, 0)
    # A way whose length or time is missing is no way.
    unknown = (seconds == NO_WAY) | (metres == NO_WAY)
    seconds[unknown] = metres[unknown] = NO_WAY
    return seconds, metres


def try_out(router: Router) -> None:
    """Ask for one small table, near nothing in particular: whether somebody answers. ``RoadsDown`` where not."""
    ask = _osrm if router.kind == "osrm" else _valhalla
    try:
        ask(router, [(0.0, 0.0)], [(0.0, 0.001)], "car")
    except Answered:
        # It has no streets there, and says so: it is there.
        return


def _blocks(count: int) -> Iterator[range]:
    return (range(start, min(start + BLOCK, count)) for start in range(0, count, BLOCK))


def _whole(values: Any, rows: int, columns: int) -> IntArray:
    """Return a table of whole numbers from an answer; null and what is no number is no way."""
    try:
        found = np.array([[np.nan if one is None else float(one) for one in row] for row in values], dtype=np.float64)
    except (TypeError, ValueError) as error:
        raise RoadsDown("its table holds what is no number") from error
    if found.shape != (rows, columns):
        raise RoadsDown(f"its table has the shape {found.shape}, and {(rows, columns)} was asked for")
    fine = np.isfinite(found) & (found >= 0) & (found < 2**31)
    return np.where(fine, np.rint(np.where(fine, found, 0.0)), NO_WAY).astype(np.int64)


def _osrm(
    router: Router, sources: Sequence[tuple[float, float]], targets: Sequence[tuple[float, float]], way: Way
) -> tuple[Any, Any]:
    every = ";".join(f"{longitude:.6f},{latitude:.6f}" for latitude, longitude in (*sources, *targets))
    numbers = [
        ";".join(map(str, some)) for some in (range(len(sources)), range(len(sources), len(sources) + len(targets)))
    ]
    told = _ask(
        f"{router.url}/table/v1/{_PROFILES[way]}/{every}?annotations=duration,distance&sources={numbers[0]}&destinations={numbers[1]}"
    )
    if told.get("code") != "Ok":
        raise _no(told.get("code") and (told.get("message") or told.get("code")))
    return told.get("durations"), told.get("distances")


def _valhalla(
    router: Router, sources: Sequence[tuple[float, float]], targets: Sequence[tuple[float, float]], way: Way
) -> tuple[Any, Any]:
    asked = {
        "sources": [{"lat": latitude, "lon": longitude} for latitude, longitude in sources],
        "targets": [{"lat": latitude, "lon": longitude} for latitude, longitude in targets],
        "costing": _COSTINGS[way],
        "units": "kilometers",
    }
    told = _ask(f"{router.url}/sources_to_targets", asked)
    rows = told.get("sources_to_targets")
    if not isinstance(rows, list):
        raise _no(told.get("error"))
    try:
        times = [[one.get("time") for one in row] for row in rows]
        lengths = [[None if one.get("distance") is None else 1000 * one["distance"] for one in row] for row in rows]
    except (AttributeError, TypeError) as error:
        raise RoadsDown("its answer is not understood") from error
    return times, lengths


def _no(why: object) -> RoadsDown:
    return Answered(str(why)[:200]) if why else RoadsDown("its answer is not understood")


def _ask(url: str, asked: dict[str, Any] | None = None) -> dict[str, Any]:
    body = None if asked is None else json.dumps(asked).encode()
    request = urllib.request.Request(url, data=body, headers={"Content-Type": "application/json"})
    try:
        with _OPENER.open(request, timeout=TIMEOUT_SECONDS) as answer:
            text = answer.read(ANSWER_BYTES_MAX + 1)
    except urllib.error.HTTPError as error:
        # Both explain themselves in the body of a refusal.
        text = error.read(ANSWER_BYTES_MAX)
    except (OSError, ValueError) as error:
        raise RoadsDown(str(getattr(error, "reason", error))[:200]) from error
    if len(text) > ANSWER_BYTES_MAX:
        raise RoadsDown("its answer is too large")
    try:
        told = json.loads(text)
    except ValueError as error:
        raise RoadsDown("its answer is not JSON") from error
    if not isinstance(told, dict):
        raise RoadsDown("its answer is not understood")
    return told


class _StayThere(urllib.request.HTTPRedirectHandler):
    """Where doors are is told to the operator's router and to nobody it points to."""

    def redirect_request(self, *_args: Any, **_kinds: Any) -> None:
        return None


# No proxy of the machine's environment comes between either.
_OPENER = urllib.request.build_opener(urllib.request.ProxyHandler({}), _StayThere())
