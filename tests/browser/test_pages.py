"""Every page in both languages, light and dark, on a phone and on a desk: what a machine can see of its quality."""

from __future__ import annotations

import hashlib
import itertools
import os
from pathlib import Path
from typing import Any

import pytest

from tests.browser.measuring import visit as measured_visit
from tests.browser.pages import CORE, PAGES, Shown
from tests.browser.serving import CHECKOUT
from tests.browser.walking import Walk

LANGUAGES = ("en", "ar")
AXE_FILE = CHECKOUT / "build/axe/axe.min.js"
AXE_RECORD = Path(__file__).with_name("axe.sha256")
AXE_RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]
TOTAL_BYTES_MAX, HTML_BYTES_MAX, REQUESTS_MAX = 40 * 1024, 14 * 1024, 5
TAB_STOPS = 15

FAULTS = (Path(__file__).parent / "faults.js").read_text("utf-8")
FOCUS = """() => {
    const part = document.activeElement;
    if (!part || part === document.body) return null;
    const shown = part.matches('.choice input') ? part.closest('.choice') : part;
    const look = getComputedStyle(part), box = shown.getBoundingClientRect(), bar = document.querySelector('.nav');
    const low = bar && !bar.contains(part) && getComputedStyle(bar).position === 'fixed'
        ? bar.getBoundingClientRect().top : innerHeight;
    return {
        name: part.outerHTML.slice(0, 120),
        // Inside a date the browser itself marks the part that has the keyboard, and the field as a whole has not.
        ring: look.outlineStyle !== 'none' && parseFloat(look.outlineWidth) >= 2 || part.type === 'date',
        seen: box.top < low && box.bottom > 0 && box.left < innerWidth && box.right > 0,
    };
}"""


def axe_violations(page: Any) -> list[str]:
    """What axe-core finds: the rule, and the first places. Nothing where it is not installed; a test says so."""
    if not AXE_FILE.exists():
        return []
    if not page.evaluate("'axe' in window"):
        page.evaluate(AXE_FILE.read_text("utf-8"))
    found = page.evaluate(
        "rules => axe.run(document, {runOnly: rules, resultTypes: ['violations'], iframes: false, preload: false}).then(result => result.violations"
        ".map(one => one.id + ': ' + one.nodes.slice(0, 3).map(node => node.html.slice(0, 160)).join(' | ')))",
        AXE_RULES,
    )
    return [str(one) for one in found]


def test_axe_is_the_recorded_one() -> None:
    if not AXE_FILE.exists():
        pytest.skip("axe-core is not installed (.ci/run fetches it where npm is present): pages are walked without it")
    digest, name = AXE_RECORD.read_text().split()
    assert hashlib.sha256(AXE_FILE.read_bytes()).hexdigest() == digest
    assert CHECKOUT / name == AXE_FILE


def walked() -> list[Any]:
    """The core pages in both languages, the others by turns in one; WALK=all walks all in both, as before a release."""
    everything = os.environ.get("WALK") == "all"
    return [
        pytest.param(shown, language, id=f"{shown.name}-{language}")
        for place, shown in enumerate(PAGES)
        for number, language in enumerate(LANGUAGES)
        if everything or shown in CORE or place % 2 == number
    ]


@pytest.mark.parametrize(("shown", "language"), walked())
def test_a_page_is_whole(walk: Walk, shown: Shown, language: str) -> None:
    """On a phone: complete, named, big enough for a thumb, reachable by keyboard, no wider than the narrowest window."""
    page = walk.to(shown, language)
    assert page.evaluate("[document.documentElement.lang, document.documentElement.dir]") == [
        language, "rtl" if language == "ar" else "ltr",
    ]  # fmt: skip
    assert page.evaluate(FAULTS) == []
    assert axe_violations(page) == []
    for _ in range(TAB_STOPS):
        page.keyboard.press("Tab")
        stop = page.evaluate(FOCUS)
        if stop is None:
            break
        assert stop["ring"] and stop["seen"], stop
    page.set_viewport_size({"width": 320, "height": 800})
    assert page.evaluate("document.documentElement.scrollWidth") <= 320
    assert walk.complaints == []


@pytest.mark.parametrize(("scheme", "width"), [("dark", 360), ("light", 1280)])
@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("shown", CORE, ids=lambda shown: shown.name)
def test_a_core_page_in_every_light_and_size(walk: Walk, shown: Shown, language: str, scheme: str, width: int) -> None:
    page = walk.to(shown, language, width=width, scheme=scheme)
    assert axe_violations(page) == []
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    assert page.locator(shown.primary).first.is_visible()
    assert walk.complaints == []


@pytest.mark.parametrize("shown", CORE, ids=lambda shown: shown.name)
def test_a_core_page_needs_no_script(house: Any, visit: Any, shown: Shown) -> None:
    """What the page is for can be pressed, and leads on: it is a link, or a button in a form."""
    facts = house.facts["galleries"]["en"]
    page = visit(f"en {shown.who}", scripts=False)
    page.goto(shown.address(facts))
    primary = page.locator(shown.primary).first
    assert primary.is_visible()
    way = page.locator(f"{shown.primary} >> nth=0").evaluate("part => part.href || part.form && part.form.method || part.tagName")
    assert way.startswith("http") or way in {"post", "FORM"}, way
    assert page.locator("[data-enhanced]:visible").count() == 0


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("shown", CORE, ids=lambda shown: shown.name)
def test_a_first_visit_is_light(house: Any, visit: Any, shown: Shown, language: str) -> None:
    facts = house.facts["galleries"][language]
    seen = measured_visit(visit(f"{language} {shown.who}", locale=language), shown.address(facts))
    assert seen.elsewhere == []
    assert seen.total_bytes <= TOTAL_BYTES_MAX, seen
    assert seen.html_bytes <= HTML_BYTES_MAX, seen
    assert seen.requests <= REQUESTS_MAX, seen


def test_every_page_has_its_own_name() -> None:
    assert len({shown.name for shown in PAGES}) == len(PAGES)
    assert len(CORE) == 6
    assert all(shown.primary for shown in CORE)
    assert not set(itertools.chain.from_iterable(shown.path.split() for shown in PAGES)) - {shown.path for shown in PAGES}
