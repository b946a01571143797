"""Real ways from a router of the operator's: what OSRM and Valhalla answer, and what happens when they do not."""

import json
import re
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import numpy as np
import pytest

from taawun.house.commands import doctor
from taawun.house.config import Config
from taawun.practice.delivery import roads


def way(one: tuple[float, float], other: tuple[float, float]) -> int | None:
    """What the routers of these tests know: seconds of a one-way grid, and an island nobody reaches."""
    if (one[0] > 80) != (other[0] > 80):
        return None
    return round(1000 * (abs(one[0] - other[0]) + 2 * max(0.0, other[1] - one[1])))


class Answering(BaseHTTPRequestHandler):
    broken = ""

    def do_GET(self) -> None:
        parts = urlsplit(self.path)
        found = re.fullmatch(r"/table/v1/(driving|bike|foot)/(.*)", parts.path)
        assert found
        places = [tuple(map(float, one.split(",")))[::-1] for one in found[2].split(";")]
        assert len(places) <= 100, "an OSRM as it is installed answers no more"
        asked = parse_qs(parts.query)
        rows, columns = ([places[int(i)] for i in asked[name][0].split(";")] for name in ("sources", "destinations"))
        seconds = [[way(one, other) for other in columns] for one in rows]  # type: ignore[arg-type]
        metres = [[None if one is None else one * 10 for one in row] for row in seconds]
        self._say({"code": "Ok", "durations": seconds, "distances": metres})

    def do_POST(self) -> None:
        asked = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        assert asked["costing"] in ("auto", "bicycle", "pedestrian")
        rows, columns = ([(one["lat"], one["lon"]) for one in asked[name]] for name in ("sources", "targets"))
        told = [
            [{"time": (t := way(one, other)), "distance": None if t is None else t / 100} for other in columns] for one in rows
        ]
        self._say({"sources_to_targets": told})

    def _say(self, told: dict[str, Any]) -> None:
        body = {
            "": json.dumps(told).encode(), "no json": b"<html>", "a list": b"[]",
            "refused": b'{"code": "TooBig", "message": "Too many table coordinates"}',
            "short": b'{"code": "Ok", "durations": [[0]], "distances": [[0]]}',
        }.get(self.broken, b"")  # fmt: skip
        if self.broken == "elsewhere":
            self.send_response(302)
            self.send_header("Location", "http://127.0.0.1:9/")
        else:
            self.send_response(400 if self.broken == "refused" else 200)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: object) -> None:
        pass


@pytest.fixture
def url(monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    monkeypatch.setattr(Answering, "broken", "")
    server = ThreadingHTTPServer(("127.0.0.1", 0), Answering)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    server.server_close()


@pytest.mark.parametrize("kind", ["osrm", "valhalla"])
@pytest.mark.parametrize("count", [3, 120])
def test_the_table_is_that_of_the_router_also_in_pieces(url: str, kind: str, count: int) -> None:
    places = [(10 + i / 100, 20 + (i * 7 % count) / 100) for i in range(count - 1)] + [(85.0, 20.0)]
    router = roads.router_of(f"{kind}={url}/")
    assert router is not None
    seconds, metres = roads.table(router, places, "bicycle")
    wanted = np.array([[roads.NO_WAY if (t := way(a, b)) is None else t for b in places] for a in places])
    assert np.array_equal(seconds, wanted)
    assert np.array_equal(metres, np.where(wanted < 0, roads.NO_WAY, wanted * 10))
    assert (seconds[0, -1], metres[-1, 0]) == (-1, -1) and seconds[1, 0] != seconds[0, 1]


@pytest.mark.parametrize("broken", ["no json", "a list", "refused", "short", "elsewhere"])
def test_a_router_that_answers_nonsense_is_down(url: str, broken: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Answering, "broken", broken)
    with pytest.raises(roads.RoadsDown):
        roads.table(roads.Router("osrm", url), [(1, 1), (2, 2)], "car")


def test_nobody_there_and_settings_that_name_none() -> None:
    with pytest.raises(roads.RoadsDown):
        roads.table(roads.Router("valhalla", "http://127.0.0.1:9"), [(1, 1), (2, 2)], "car")
    assert roads.router_of("  ") is None
    for text in ("http://127.0.0.1", "osrm=", "osrm=ftp://x", "other=http://x", "osrm=file:///etc/passwd"):
        with pytest.raises(ValueError, match="is no router"):
            roads.router_of(text)


@pytest.mark.parametrize("kind", ["osrm", "valhalla"])
def test_the_doctor_says_whether_the_router_answers(url: str, kind: str, monkeypatch: pytest.MonkeyPatch) -> None:
    def finding(broken: str, where: str) -> bool:
        monkeypatch.setattr(Answering, "broken", broken)
        return doctor._router(Config(data=Path("/nowhere"), router=f"{kind}={where}")).well

    assert finding("", url) and not finding("no json", url) and not finding("", "http://127.0.0.1:9")
    # "Too many" is an answer too, in the words of the one that says so.
    assert finding("refused", url) == (kind == "osrm")


def test_a_router_that_takes_too_long_is_given_up(url: str) -> None:
    with pytest.raises(roads.RoadsDown, match="too slow"):
        roads.table(roads.Router("osrm", url), [(1, 1), (2, 2)], "car", until=0.0)
