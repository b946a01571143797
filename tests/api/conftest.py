"""A world whose people have tokens, and whose clock is the real one: the API asks no test what time it is."""

import pytest
from django.utils import timezone

from tests.api.caller import Caller, caller_of
from tests.world import World


@pytest.fixture(autouse=True)
def addresses(settings) -> None:
    settings.ROOT_URLCONF = "tests.api.urls"


@pytest.fixture
def town(world: World) -> World:
    world.now = timezone.now()
    return world


@pytest.fixture
def amina(town: World) -> Caller:
    """The coordinator."""
    return caller_of(town.accounts["Amina"])


@pytest.fixture
def yusuf(town: World) -> Caller:
    return caller_of(town.accounts["Yusuf"])


@pytest.fixture
def zeynep(town: World) -> Caller:
    return caller_of(town.accounts["Zeynep"])


@pytest.fixture
def visitor() -> Caller:
    return Caller()


@pytest.fixture
def place(town: World) -> str:
    """The address of the circle."""
    return f"/circles/{town.circle.slug}"
