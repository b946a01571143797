"""The catalogues are compiled before the first sentence is asked for, and every test begins in English."""

from collections.abc import Iterator

import pytest
from django.utils import translation

from taawun.ground.words.compile import compile_catalogues

compile_catalogues()


@pytest.fixture(autouse=True)
def _in_english() -> Iterator[None]:
    with translation.override("en"):
        yield
