"""The loops are compiled before the clock of any test runs."""

import pytest

from taawun.solve.routing import warm


@pytest.fixture(scope="session", autouse=True)
def compiled_loops() -> None:
    warm()
