"""The running house, the system's Chromium, and a way to walk in as somebody."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.browser.serving import CHROMIUM, House, serving, sign_in
from tests.browser.walking import Walk


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    here = str(Path(__file__).parent)
    for item in items:
        if str(item.path).startswith(here):
            item.add_marker("browser")
            if CHROMIUM is None:
                item.add_marker(pytest.mark.skip(reason="Chromium is not installed"))


@pytest.fixture(scope="session")
def house() -> Iterator[House]:
    with serving() as running:
        yield running


class States(dict[str, Any]):
    """The cookies of each person, signed in by a link when they first walk in."""

    def __init__(self, house: House) -> None:
        super().__init__()
        self.house = house
        self.chromium: Any = None

    def __missing__(self, name: str) -> Any:
        self[name] = sign_in(self.chromium, self.house, name)
        return self[name]


@pytest.fixture(scope="session")
def all_states(house: House) -> States:
    return States(house)


@pytest.fixture(scope="module")
def states(all_states: States, chromium: Any) -> States:
    all_states.chromium = chromium
    return all_states


@pytest.fixture
def visit(house: House, chromium: Any, states: States) -> Iterator[Any]:
    """Open a browser as somebody (or nobody): ``visit("Yusuf", width=360, scripts=False)`` gives a page."""
    contexts = []

    def open_page(who: str = "", *, width: int = 360, scripts: bool = True, **options: Any) -> Any:
        context = chromium.new_context(
            base_url=house.url, viewport={"width": width, "height": 800}, java_script_enabled=scripts,
            **({"storage_state": states[who]} if who else {}), **options,
        )  # fmt: skip
        contexts.append(context)
        return context.new_page()

    yield open_page
    for context in contexts:
        context.close()


@pytest.fixture(scope="module")
def walk(house: Any, chromium: Any, states: Any) -> Iterator[Walk]:
    made = Walk(house, chromium, states)
    yield made
    for page in made.windows.values():
        page.context.close()
