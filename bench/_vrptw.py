"""Instances of the vehicle routing problem with time windows, read from their two public file formats."""

from pathlib import Path

import numpy as np

from taawun.solve.routing.problem import Carriers, Depots, IntArray, Options, Problem, Profile, Stops, Travel, Weights

SCALE = 10  # distances truncated to one decimal, as the best-known values have them


def read(path: Path) -> Problem:
    """Return the instance, all lengths and times in tenths."""
    rows, vehicles, capacity = _vrplib(path) if path.suffix == ".vrp" else _solomon(path)
    x, y, demand, opens, closes, service = rows.T
    away = np.sqrt((x[:, None] - x[None, :]) ** 2 + (y[:, None] - y[None, :]) ** 2)
    table = np.floor(away * SCALE).astype(np.int64)
    n = len(rows) - 1
    # Our order is stops, homes of carriers (here: nobody's), depots; the files have the depot first.
    order = np.concatenate([np.arange(1, n + 1), np.zeros(vehicles + 1, np.int64)])
    table = table[np.ix_(order, order)]
    nowhere = np.zeros(n)
    stops = Stops.of(
        nowhere, nowhere, service_seconds=service[1:] * SCALE, opens=opens[1:] * SCALE, closes=closes[1:] * SCALE,
        load=demand[1:, None],
    )  # fmt: skip
    carriers = Carriers.of(
        np.full((vehicles, 1), capacity),
        opens=np.full(vehicles, opens[0] * SCALE),
        closes=np.full(vehicles, closes[0] * SCALE),
    )
    travel = Travel((Profile(seconds=table, metres=table),))
    options = Options(weights=Weights(travel_second=0, metre=1))
    return Problem(stops, carriers, Depots.of([0.0], [0.0]), travel, options)


def _solomon(path: Path) -> tuple[IntArray, int, int]:
    lines = [line.split() for line in path.read_text().splitlines()]
    numbers = [[int(word) for word in line] for line in lines if line and all(word.isdigit() for word in line)]
    vehicles, capacity = next(line for line in numbers if len(line) == 2)
    rows = np.array([line[1:] for line in numbers if len(line) == 7], dtype=np.int64)
    return rows, vehicles, capacity


def _vrplib(path: Path) -> tuple[IntArray, int, int]:
    head: dict[str, str] = {}
    parts: dict[str, list[list[int]]] = {}
    part = ""
    for line in path.read_text().splitlines():
        words = line.split()
        if ":" in line:
            key, _, value = line.partition(":")
            head[key.strip()] = value.strip()
        elif len(words) == 1 and words[0].endswith("_SECTION"):
            part = words[0]
            parts[part] = []
        elif part and words and words[0].lstrip("-").isdigit():
            parts[part].append([int(word) for word in words])
    nodes = np.array(parts["NODE_COORD_SECTION"], dtype=np.int64)
    demand = np.array(parts["DEMAND_SECTION"], dtype=np.int64)
    windows = np.array(parts["TIME_WINDOW_SECTION"], dtype=np.int64)
    if "SERVICE_TIME_SECTION" in parts:
        service = np.array(parts["SERVICE_TIME_SECTION"], dtype=np.int64)[:, 1]
    else:
        service = np.full(len(nodes), int(head["SERVICE_TIME"]))
        service[0] = 0
    rows = np.column_stack([nodes[:, 1:], demand[:, 1], windows[:, 1:], service])
    return rows, int(head["VEHICLES"]), int(head["CAPACITY"])
