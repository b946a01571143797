"""Published instances and their best known solutions, read from beside the checkout."""

import csv
from pathlib import Path

import pytest

from bench._vrptw import SCALE, read
from taawun.solve.routing import check, plan, timetable

FOLDER = Path(__file__).parents[4] / "shared" / "data" / "vrptw"
SOLVED = sorted(FOLDER.glob("*.sol"))
PLAIN = sorted(FOLDER.glob("*.txt"))

if not SOLVED:
    pytest.skip("7 published instances are not beside the checkout (../shared/data/vrptw)", allow_module_level=True)


def _known() -> dict[str, float]:
    with (FOLDER / "best_known.csv").open() as lines:
        return {row["instance"]: float(row["best_known"]) for row in csv.DictReader(lines)}


@pytest.mark.parametrize("path", SOLVED, ids=lambda path: path.stem)
def test_published_solutions_cost_what_they_say_and_break_no_rule(path: Path) -> None:
    problem = read(path.with_suffix(".vrp"))
    lines = [line.partition(":")[2].split() for line in path.read_text().splitlines() if line.startswith("Route")]
    orders = [tuple(int(word) - 1 for word in line) for line in lines]
    orders += [()] * (len(problem.carriers) - len(orders))
    made = timetable(problem, orders)
    assert made.feasible and not made.unserved and check(problem, made) == []
    assert made.totals.metres == round(_known()[path.stem] * SCALE) == made.totals.cost


@pytest.mark.parametrize("path", PLAIN, ids=lambda path: path.stem)
def test_plans_come_near_the_best_known_and_never_below(path: Path) -> None:
    problem = read(path)
    solution = plan(problem, time_limit_seconds=0.8)
    assert check(problem, solution) == [] and not solution.unserved
    assert 1.0 <= solution.totals.metres / SCALE / _known()[path.stem] < 1.15
