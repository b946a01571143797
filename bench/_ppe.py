"""A real crisis network's offers and requests, under the harness of the package ``ppe-match`` (GetUsPPE, April to July 2020).

    python -m bench._ppe                 near and wide, each beside its goals
    BENCH_INCUMBENTS=1 python -m bench._ppe   also the package's own two strategies in the same harness, kept for later runs
    python -m bench._ppe --frontier      near and wide with other rates: what one costs the other

The package and a pandas old enough for it are taken once into build/, checked by their hashes. The harness takes minutes for
each strategy, ours seconds: only those of ``ours`` are held against a goal.
"""

import hashlib
import json
import os
import subprocess
import sys
import zipfile
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

from bench import Figure
from bench._extra import library, pip

ROOT = Path(__file__).parent.parent
FOLDER = ROOT / "build" / "ppe"
PACKAGE = "ppe-match==0.1.4"
WHEEL = "ppe_match-0.1.4-py3-none-any.whl"
SHA256 = "c21622bf7e3254c9665f4110014b223d3e27974b1ebc85f339e690a234c6dd98"
PEERS = {"first come": "FCFM_strategy", "proximity": "proximity_match_strategy"}
# As published with the goals; the package's order of kinds differs from run to run, and its results in the third digit.
PUBLISHED = {
    "first come": {"fill": 0.0602, "unit_miles": 1344.9, "holding_days": 13.79, "shipments": 1.906},
    "proximity": {"fill": 0.0628, "unit_miles": 90.6, "holding_days": 16.29, "shipments": 2.318},
}

# A way is worth a small request met, a hundred miles of it one more; a unit is worth 88 miles of its own way; for two weeks
# an offer waits for somebody within 50 miles, and nobody is asked for more than ten ways.
NEAR: dict[str, Any] = {
    "rates": {"unit": 0.044, "carry": 0.0005, "way": 1.0, "way_length": 0.01},
    "patience": {"near": 50, "days": 14},
    "limits": {"ways_each": 10},
    "tries_each": 10,
}
# As many met as can be, each further way a third of a request; 100,000 miles of one unit weigh as much as a request.
WIDE: dict[str, Any] = {"rates": {"carry": 0.00001, "way": 0.35}, "tries_each": 10}
# At most so many ways a donor on average: what wide may cost its donors.
WIDE_SHIPMENTS = 9.0

FRONTIER: dict[str, dict[str, Any]] = {
    "near, ways of any number": NEAR | {"limits": {}},
    "near, no patience": NEAR | {"patience": {}},
    "near, ways 2": NEAR | {"rates": NEAR["rates"] | {"way": 2.0}},
    "between, ways 0.5": NEAR | {"rates": NEAR["rates"] | {"way": 0.5}, "limits": {}},
    "wide, ways 0.8": WIDE | {"rates": {"carry": 0.00001, "way": 0.8}},
    "wide, ways 0.1": WIDE | {"rates": {"carry": 0.00001, "way": 0.1}},
    "wide, miles ten times dearer": WIDE | {"rates": {"carry": 0.0001, "way": 0.35}},
    "wide, at most 30 ways a donor": WIDE | {"limits": {"ways_each": 30}},
}


def figures() -> Iterable[Figure]:
    folders = fetch()
    if folders is None:
        missing = "real network (ppe-match): left out, it could not be fetched (no registry, or a hash is another)"
        yield Figure(missing, "none", "fetched", False)
        return
    peers = _peers(folders)
    for name, known in peers.items():
        yield Figure(f"{name}: {_said(known)}", known["fill"], "none", True)
    for name, known in PUBLISHED.items():
        yield Figure(f"{name}, as published: {_said(known)}", known["fill"], "none", True)
    first = peers.get("first come", PUBLISHED["first come"])
    yield from _near(_play(folders, NEAR))
    yield from _wide(_play(folders, WIDE), first)


def _near(found: dict[str, float]) -> Iterator[Figure]:
    yield Figure("near: fill rate", found["fill"], ">= 0.0635", found["fill"] >= 0.0635)
    yield Figure("near: miles a unit", found["unit_miles"], "<= 88", found["unit_miles"] <= 88)
    yield Figure("near: days held", found["holding_days"], "<= 14", found["holding_days"] <= 14)
    yield Figure("near: shipments a donor", found["shipments"], "<= 2.2", found["shipments"] <= 2.2)
    yield from _beside("near", found)


def _wide(found: dict[str, float], first: dict[str, float]) -> Iterator[Figure]:
    more, miles = found["fill"] / first["fill"], found["unit_miles"] / first["unit_miles"]
    yield Figure("wide: fill rate", found["fill"], ">= 0.241", found["fill"] >= 0.241)
    yield Figure("wide: fill rate over first come's", more, ">= 4", more >= 4)
    yield Figure("wide: miles a unit over first come's", miles, "<= 0.4", miles <= 0.4)
    yield Figure("wide: days held", found["holding_days"], "none", True)
    few = found["shipments"] <= WIDE_SHIPMENTS
    yield Figure("wide: shipments a donor", found["shipments"], f"<= {WIDE_SHIPMENTS:g}", few)
    yield from _beside("wide", found)


def _beside(name: str, found: dict[str, float]) -> Iterator[Figure]:
    """What the harness doesn't count: long ways with little in them, and the donor who is asked most."""
    yield Figure(f"{name}: miles a way, whatever it carries", found["miles_a_way"], "none", True)
    yield Figure(f"{name}: ways of the busiest donor", found["most_ways"], "none", True)
    yield Figure(f"{name}: our seconds, all rounds", found["own_seconds"], "<= 60", found["own_seconds"] <= 60)


def _said(known: dict[str, float]) -> str:
    text = "fill {fill:.4f}, {unit_miles:,.1f} miles, {holding_days:.1f} days, {shipments:.2f} shipments".format(
        **known
    )
    return text + (f", {known['miles_a_way']:,.0f} miles a way" if "miles_a_way" in known else "")


def frontier(folders: list[Path]) -> Iterator[Figure]:
    for name, asked in ({"near": NEAR, "wide": WIDE} | FRONTIER).items():
        found = _play(folders, asked)
        yield Figure(f"{name}: {_said(found)}, busiest {found['most_ways']:.0f}", found["fill"], "none", True)


def _play(folders: list[Path], asked: dict[str, Any]) -> dict[str, float]:
    """Play one strategy in a process of its own that has the package on its path."""
    path = os.pathsep.join([*map(str, folders), str(ROOT / "src"), str(ROOT)])
    command = [sys.executable, "-W", "ignore", "-m", "bench._ppe_play", json.dumps({"strategy": "ours"} | asked)]
    done = subprocess.run(
        command, cwd=ROOT, env=os.environ | {"PYTHONPATH": path}, stdout=subprocess.PIPE, text=True, check=True
    )
    found: dict[str, float] = json.loads(done.stdout.splitlines()[-1])
    return found


def _peers(folders: list[Path]) -> dict[str, dict[str, float]]:
    """The package's own strategies: from a run before, or played now when asked for."""
    kept = FOLDER / f"peers-{SHA256[:12]}.json"
    if kept.exists():
        found: dict[str, dict[str, float]] = json.loads(kept.read_text(encoding="utf-8"))
        return found
    if os.environ.get("BENCH_INCUMBENTS") != "1":
        return {}
    found = {name: _play(folders, {"strategy": strategy}) for name, strategy in PEERS.items()}
    kept.write_text(json.dumps(found), encoding="utf-8")
    return found


def fetch() -> list[Path] | None:
    """Return the folders with the package and its pandas, taken once and checked; None where they cannot be had."""
    wheel, package = FOLDER / WHEEL, FOLDER / "package"
    FOLDER.mkdir(parents=True, exist_ok=True)
    if not wheel.exists() and not pip("download", "--no-deps", "--dest", str(FOLDER), PACKAGE):
        return None
    if _digest(wheel) != SHA256:
        wheel.unlink()
        return None
    pandas = library("ppe")
    if pandas is None:
        return None
    if not package.exists():
        # The harness opens its tables as files beside itself, so the wheel is unpacked, under another name until it is whole.
        unpacking = FOLDER / "unpacking"
        with zipfile.ZipFile(wheel) as archive:
            archive.extractall(unpacking)
        unpacking.rename(package)
    return [pandas, package]


def _digest(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()


def _print(lines: Iterable[Figure]) -> None:
    for figure in lines:
        said = f"{figure.name:<100}  {figure.value_text():>8}  {figure.goal:<10}  {'ok' if figure.ok else 'SHORT'}"
        print(said, flush=True)


if __name__ == "__main__":
    if sys.argv[1:] == ["--frontier"]:
        there = fetch()
        _print(frontier(there) if there else figures())
    else:
        _print(figures())
