"""What people write stays text on every page, whatever they write. A file of its own, so that it is walked beside the other walk."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from tests.browser.pages import PAGES, Shown
from tests.browser.walking import Walk

WITHOUT_HARM = [shown for shown in PAGES if shown.status == 200 and not shown.name.startswith(("home", "sign in", "code"))]
INERT = (Path(__file__).parent / "inert.js").read_text("utf-8")


# By turns with the other walk: each page is walked in one language or with harm at least, and with WALK=all in all three ways.
HARMED = WITHOUT_HARM if os.environ.get("WALK") == "all" else [one for n, one in enumerate(WITHOUT_HARM) if n % 3 != 2]


@pytest.mark.parametrize("shown", HARMED, ids=lambda shown: shown.name)
def test_what_people_write_stays_text(walk: Walk, shown: Shown) -> None:
    """Names, areas, welcomes, summaries and doors full of markup, script, quotes and turning signs do nothing."""
    page = walk.to(shown, "hostile")
    assert page.evaluate(INERT) == []
    assert page.url.startswith(walk.house.url)
    assert page.evaluate("document.documentElement.scrollWidth") <= 360
    assert walk.complaints == []


def test_the_check_for_harm_finds_it(walk: Walk) -> None:
    """The same check on pages that were made to fail it, one way at a time."""
    board = next(shown for shown in PAGES if shown.name == "board")
    spoilt = [
        "document.body.appendChild(document.createElement('x-evil'))",
        "window.stolen = 1",
        "document.querySelector('.card h2').setAttribute('onclick', '')",
        "document.querySelector('.card h2 b').textContent = '\\u202e4 portions'",
    ]
    for harm in spoilt:
        page = walk.to(board, "hostile")
        page.evaluate(harm)
        assert page.evaluate(INERT) != [], harm
